/* SPDX-License-Identifier: Apache-2.0 */
/* query.h - the query in canonical form, which is also the form that is sent. */
#ifndef FGP_QUERY_H
#define FGP_QUERY_H

#include "../base/out.h"

#define FGP_QUERY_OWN 7 /* parameters that presigning adds */

/* A parameter's place: in the query as it came, or among those that are added. */
typedef struct fgp_param {
    uint16_t at, name_len, value_len; /* the value follows the name and one '=' */
    uint8_t  own;                     /* 0, or which of the added ones, from 1 */
    bool     plain;                   /* name and value are encoded as they are */
} fgp_param;

/* The parameters of a query in canonical order. Filled by the functions below. */
typedef struct fgp_query {
    fgp_str        raw;
    const fgp_str *own; /* names of the added ones, by their number less 1 */
    size_t         n;
    fgp_param      param[FGP_QUERY_MAX + FGP_QUERY_OWN];
} fgp_query;

/* Takes |raw| apart. FGP_OK, BAD_QUERY, or ALREADY_SIGNED. */
fgp_status fgp_query_parse(fgp_query *q, fgp_str raw, fgp_error *err);

/* The parameters that a signature in a URL is made of. */
typedef enum fgp_auth_param {
    FGP_QUERY_ALGORITHM,
    FGP_QUERY_CREDENTIAL,
    FGP_QUERY_DATE,
    FGP_QUERY_EXPIRES,
    FGP_QUERY_REGION_SET,
    FGP_QUERY_TOKEN,
    FGP_QUERY_S3_TOKEN, /* of a session of S3 Express */
    FGP_QUERY_SIGNATURE,
    FGP_QUERY_SIGNED_HEADERS,
    FGP_QUERY_SHA256, /* which a URL may carry before it is signed, too */
    FGP_QUERY_AUTH
} fgp_auth_param;

/* Likewise for a query that was received: |found| gets the values of those parameters
 * as they stand there, a NULL where there is none. X-Amz-Signature is left out of
 * |q|; so is the token where it is not signed. FGP_OK, BAD_QUERY, BAD_AUTH where one
 * is named in another case, or DUPLICATE. */
fgp_status fgp_query_parse_received(fgp_query *q, fgp_str raw, bool token_unsigned,
                                    fgp_str found[FGP_QUERY_AUTH], fgp_error *err);

/* Adds the parameters named |own|, FGP_QUERY_OWN at most, less those with an empty
 * name. The names are unreserved characters alone; both are kept. */
void fgp_query_add(fgp_query *q, const fgp_str *own, size_t nown);

/* Puts the encoded value of the added parameter |which|, from 0. */
typedef void fgp_put_own(fgp_out *out, const void *context, size_t which);

/* Puts the canonical query; |put_own| is called for the values of those added. */
void fgp_put_query(fgp_out *out, const fgp_query *q, fgp_put_own *put_own, const void *context);

#endif
