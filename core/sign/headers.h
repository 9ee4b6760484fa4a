/* SPDX-License-Identifier: Apache-2.0 */
/* headers.h - the headers of a request that a signature covers, in canonical order. */
#ifndef FGP_HEADERS_H
#define FGP_HEADERS_H

#include "../base/out.h"

#define FGP_HEADERS_OWN 4 /* host and those that signing adds */

typedef struct fgp_covered {
    fgp_str  name, value; /* as they came; the value trimmed */
    uint64_t order;       /* the name's first 8 bytes in lower case, to be compared */
} fgp_covered;

typedef struct fgp_headers {
    size_t      n;
    fgp_str     host; /* the request's own Host; empty without one */
    fgp_covered covered[FGP_HEADERS_MAX + FGP_HEADERS_OWN];
} fgp_headers;

/*
 * Checks all headers of |req| and takes those that |signer| covers, but for Host,
 * which is left to the caller. FGP_OK, BAD_HEADER or ALREADY_SIGNED.
 */
fgp_status fgp_headers_take(fgp_headers *h, const fgp_signer *signer, const fgp_request *req,
                            fgp_error *err);

/* Adds a header of ours, FGP_HEADERS_OWN at most. Both views are kept. */
void fgp_headers_add(fgp_headers *h, fgp_str name, fgp_str value);

void fgp_put_canonical_headers(fgp_out *out, const fgp_headers *h); /* "name:value\n"… */

/* "host;x-amz-date", and the same to stand in a query. */
void fgp_put_signed_headers(fgp_out *out, const fgp_headers *h);
void fgp_put_signed_headers_encoded(fgp_out *out, const fgp_headers *h);

#endif
