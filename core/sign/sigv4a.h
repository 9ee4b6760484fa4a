/* SPDX-License-Identifier: Apache-2.0 */
/* sigv4a.h - SigV4A's key, and how it is derived: with a seam for what a test can't wait for. */
#ifndef FGP_SIGV4A_H
#define FGP_SIGV4A_H

#include "../base/ecdsa.h"

static inline fgp_ecdsa_key *fgp_sigv4a_ecdsa(fgp_sigv4a_key *key)
{
    return (fgp_ecdsa_key *)(void *)key->room;
}

/* Makes the candidate |k| of round |counter|. FGP_OK or FGP_ERR_CRYPTO. */
typedef fgp_status fgp_sigv4a_candidate(const void *context, uint8_t counter,
                                        uint8_t k[FGP_P256_SIZE]);

/* The candidates of credentials: what a fgp_sigv4a_secret as the context gives. */
typedef struct fgp_sigv4a_secret {
    fgp_str access_key_id, secret_access_key; /* checked */
} fgp_sigv4a_secret;

fgp_status fgp_sigv4a_of_secret(const void *context, uint8_t counter, uint8_t k[FGP_P256_SIZE]);

/* The private key: of the first candidate that is one less than a private key may be,
 * that and 1. Found in 1 round but for one time in 2^32; FGP_ERR_CRYPTO after 254. */
fgp_status fgp_sigv4a_derive(uint8_t d[FGP_P256_SIZE], fgp_sigv4a_candidate *candidate,
                             const void *context);

#endif
