/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - what signing needs of a key beside fingerpost.h. */
#ifndef FGP_KEY_H
#define FGP_KEY_H

#include "../base/crypto.h"
#include "../base/date.h"

static inline const fgp_hmac_key *fgp_signing_key_mac(const fgp_signing_key *key)
{
    return (const fgp_hmac_key *)key->mac;
}

static inline fgp_str fgp_signing_key_scope(const fgp_signing_key *key)
{
    return (fgp_str){ key->scope, key->scope_len };
}

/* The algorithm's name. */
static inline fgp_str fgp_signing_key_algorithm(const fgp_signing_key *key)
{
    return key->sigv4a != NULL ? fgp_lit("AWS4-ECDSA-P256-SHA256") : fgp_lit("AWS4-HMAC-SHA256");
}

/* Fills |stamp| with |now|, a time of |key|'s day: the date stands in its scope. */
static inline void fgp_signing_key_stamp(const fgp_signing_key *key, int64_t now,
                                         char stamp[FGP_STAMP_LEN])
{
    memcpy(stamp, key->scope, FGP_DAY_LEN);
    fgp_stamp_clock(stamp, now);
}

#endif
