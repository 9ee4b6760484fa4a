/* SPDX-License-Identifier: Apache-2.0 */
/* shared.h - credentials and signing keys that handles and threads share. */
#ifndef FGP_CURL_SHARED_H
#define FGP_CURL_SHARED_H

#include "failure.h"
#include "fingerpost_curl.h"

/* Credentials as they were set at one time, with the keys derived from them: never
 * changed, and wiped when nobody uses them any more. */
typedef struct fgp_generation fgp_generation;

/* What one signature needs, of one generation. */
typedef struct fgp_loan {
    fgp_generation *of;
    fgp_str         access_key_id, session_token;
    fgp_signing_key key;
} fgp_loan;

/* Lends the credentials that are set now, and their key for the day of |now|, |region|
 * (which SigV4A's has none of) and |name|. Returns a status; unless that is 0 there is
 * nothing to give back. */
typedef struct fgp_key_scope {
    fgp_str region, name;
    bool    sigv4a;
} fgp_key_scope;

int  fgp_shared_borrow(fgp_curl *fgp, int64_t now, const fgp_key_scope *scope, fgp_loan *loan,
                       fgp_failure *why);
void fgp_shared_return(fgp_curl *fgp, fgp_loan *loan);

/* Handles keep |fgp| alive: one more, and one less by fgp_curl_free(). */
void fgp_shared_keep(fgp_curl *fgp);

#endif
