/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - a verification under way: what a request that came in says of its own
 * signature, and what is made of that.
 *
 * verify_header.c and verify_query.c read it, from either place; verify_claim.c judges
 * what it says, verify_payload.c what it says of the body, verify.c the rest.
 */
#ifndef FGP_VERIFY_H
#define FGP_VERIFY_H

#include "../base/out.h"
#include "headers.h"
#include "query.h"

#define FGP_NOTHING (fgp_str){ NULL, 0 }

/* The headers that a signature stands on: each comes once. */
typedef enum fgp_known {
    FGP_KNOWN_AUTHORIZATION,
    FGP_KNOWN_CONTENT_LENGTH,
    FGP_KNOWN_CONTENT_MD5,
    FGP_KNOWN_CONTENT_TYPE,
    FGP_KNOWN_DATE,
    FGP_KNOWN_HOST,
    FGP_KNOWN_AMZ_SHA256,
    FGP_KNOWN_AMZ_DATE,
    FGP_KNOWN_AMZ_S3_TOKEN,
    FGP_KNOWN_AMZ_TOKEN,
    FGP_KNOWN
} fgp_known;

/* Their values, trimmed; a NULL where one did not come. */
typedef struct fgp_known_headers {
    fgp_str value[FGP_KNOWN];
} fgp_known_headers;

/* FGP_OK or DUPLICATE. */
fgp_status fgp_known_find(fgp_known_headers *known, const fgp_request *req, fgp_error *err);

/* The words of a signature, wherever they stood. A NULL: it was not there. */
typedef struct fgp_claim {
    bool    presigned;
    fgp_str algorithm, credential, signed_headers, signature, date, token;
    fgp_str expires; /* presigned */
    fgp_str sha256;  /* x-amz-content-sha256 */
} fgp_claim;

/* Reads the Authorization header, and the headers beside it: FGP_OK, UNKNOWN_ALGORITHM
 * or BAD_AUTH. */
fgp_status fgp_claim_from_headers(fgp_claim *claim, const fgp_known_headers *known,
                                  fgp_error *err);

/* Reads what fgp_query_parse_received() has |found|, decoded onto |out|: FGP_OK or
 * BAD_AUTH. */
fgp_status fgp_claim_from_query(fgp_claim *claim, const fgp_str found[FGP_QUERY_AUTH],
                                const fgp_known_headers *known, fgp_out *out, fgp_error *err);

/* One verification under way. */
typedef struct fgp_verifying {
    const fgp_verifier *verifier;
    const fgp_request  *req;
    fgp_verified       *res;
    fgp_error          *err;
    fgp_out            *out;
    fgp_sign_rules      rules;
    fgp_claim           claim;
    fgp_known_headers   known;
    fgp_str             payload; /* the canonical request's last line */
    fgp_str             listed[FGP_HEADERS_MAX + 1]; /* the names in SignedHeaders */
    size_t              nlisted;
    fgp_query           query;
    fgp_headers         headers;
} fgp_verifying;

/* Checks form, scope and times of the claim, and fills j->res by it: FGP_OK, BAD_AUTH,
 * SCOPE_MISMATCH, BAD_EXPIRES, TIME_SKEW, EXPIRED or BAD_TIME. */
fgp_status fgp_claim_judge(fgp_verifying *j, int64_t now);

/* Finds what covers the body, and compares it with the one that is there: FGP_OK,
 * BAD_PAYLOAD, PAYLOAD_MISMATCH or CRYPTO. */
fgp_status fgp_verify_payload(fgp_verifying *j);

/* FGP_OK or PAYLOAD_MISMATCH. */
fgp_status fgp_compare_hash(fgp_error *err, fgp_str claimed, fgp_str actual);

#endif
