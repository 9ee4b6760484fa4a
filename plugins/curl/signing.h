/* SPDX-License-Identifier: Apache-2.0 */
/* signing.h - one signature of a handle's request. */
#ifndef FGP_CURL_SIGNING_H
#define FGP_CURL_SIGNING_H

#include "easy.h"
#include "lines.h"

/* A signature, and what it was made of: |res| points into |room|. */
typedef struct fgp_work {
    fgp_lines  lines;
    fgp_signed res;
    char      *room;
    size_t     cap;
} fgp_work;

/*
 * Signs |req|, whose headers are filled in from |f|'s, for |target|; presigned where
 * |expires_s| is not 0. Returns a status; unless that is 0 there is nothing to free.
 */
int  fgp_work_sign(fgp_work *work, fgp_curl_easy *f, const fgp_target *target, fgp_request *req,
                   int64_t expires_s);
void fgp_work_free(fgp_work *work);

/* What the payload hash of |method| is of, as |f|'s options say. */
int fgp_choose_payload(fgp_curl_easy *f, fgp_str method, fgp_payload *payload);

/* Hashes FGP_CURLOPT_POSTFIELDS, where it is set. */
int fgp_hash_body(fgp_curl_easy *f);

#endif
