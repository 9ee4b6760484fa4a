/* SPDX-License-Identifier: Apache-2.0 */
/* headers.h - the headers of a request that a signature covers, in canonical order. */
#ifndef FGP_HEADERS_H
#define FGP_HEADERS_H

#include "../base/out.h"

#define FGP_HEADERS_OWN 5    /* host and those that signing adds */

/* A name of ours: lower case, a ';' before it and a ':' behind it, to be put with either
 * at once, and with 8 bytes to be read. */
#define FGP_OWN_NAME(lit) ((fgp_str){ &";" lit ":\0\0\0\0\0\0\0"[1], sizeof("" lit) - 1 })

typedef struct fgp_covered {
    fgp_str name, value; /* the name in lower case, between a ';' and a ':'; the value trimmed */
    bool    plain;       /* the value is as it is signed */
    bool    repeats;     /* the one before it in order has the same name */
} fgp_covered;

/* A place in the canonical order. */
typedef struct fgp_place {
    uint64_t first8; /* of the name, as a number: numbers compare as names do */
    size_t   at;     /* in covered */
} fgp_place;

/* Filled by the functions below; large, so not zeroed to begin with. */
typedef struct fgp_headers {
    size_t      n, nnames;
    fgp_str     host; /* the request's own Host; empty without one */
    fgp_covered covered[FGP_HEADERS_MAX + FGP_HEADERS_OWN];
    fgp_place   sorted[FGP_HEADERS_MAX + FGP_HEADERS_OWN];
    char        names[FGP_NAMES_MAX];
} fgp_headers;

/*
 * Checks all headers of |req| and takes those that |signer| covers, but for Host,
 * which is left to the caller. FGP_OK, BAD_HEADER or ALREADY_SIGNED.
 */
fgp_status fgp_headers_take(fgp_headers *h, const fgp_signer *signer, const fgp_request *req,
                            fgp_error *err);

/* Says whether the header |name|, in lower case, of the trimmed |value|, is covered. */
typedef fgp_status fgp_headers_choose(void *context, fgp_str name, fgp_str value, bool *covers,
                                      fgp_error *err);

/* Likewise takes those that |choose| covers, be it Host; or what it refuses with. */
fgp_status fgp_headers_take_by(fgp_headers *h, const fgp_request *req, fgp_headers_choose *choose,
                               void *context, fgp_error *err);

/* Adds a header of ours, FGP_HEADERS_OWN at most: |name| is an FGP_OWN_NAME(), |value|
 * as it is signed. Both are kept. */
void fgp_headers_add(fgp_headers *h, fgp_str name, fgp_str value);

/* Sorts them, when all are there. FGP_OK, or BAD_HEADER where one is repeated that may
 * not be. */
fgp_status fgp_headers_sort(fgp_headers *h, fgp_error *err);

/* The |i|-th in canonical order. */
static inline const fgp_covered *fgp_headers_nth(const fgp_headers *h, size_t i)
{
    return &h->covered[h->sorted[i].at];
}

void fgp_put_canonical_headers(fgp_out *out, const fgp_headers *h); /* "name:value\n"… */

/* "host;x-amz-date", and the same to stand in a query. */
void fgp_put_signed_headers(fgp_out *out, const fgp_headers *h);
void fgp_put_signed_headers_encoded(fgp_out *out, const fgp_headers *h);

#endif
