/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - what a request that came in says of its own signature.
 *
 * verify_header.c and verify_query.c read it, from either place; verify.c judges it.
 */
#ifndef FGP_VERIFY_H
#define FGP_VERIFY_H

#include "../base/out.h"
#include "query.h"

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

#endif
