/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigv4a.c - from credentials to the ECDSA key that SigV4A signs with.
 *
 * A KDF in counter mode (NIST SP 800-108) gives candidates; what is not below the
 * curve's order less 1 is thrown away. All that looks at a candidate takes the same
 * time for each. Knows no day and no region: the key depends on neither.
 */
#include "sigv4a.h"
#include "../base/check.h"
#include "../base/error.h"
#include "../base/out.h"

#define LABEL      "AWS4-ECDSA-P256-SHA256"
#define SECRET_MAX 256
#define ID_MAX     128
#define ROUNDS     254

_Static_assert(sizeof(fgp_ecdsa_key) <= sizeof((fgp_sigv4a_key *)0)->room, "room for an ECDSA key");

/* The order of P-256, less 2: the largest candidate that is taken. */
static const uint8_t largest[FGP_P256_SIZE] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
};

/* 1 where |k| is not above |largest|, else 0: the sign of the difference, borrowed from
 * byte to byte. */
static unsigned is_taken(const uint8_t k[FGP_P256_SIZE])
{
    unsigned borrow = 0;

    for (size_t i = FGP_P256_SIZE; i-- != 0;)
        borrow = (((unsigned)largest[i] - k[i] - borrow) >> 8) & 1;
    return 1 - borrow;
}

static void add_one(uint8_t k[FGP_P256_SIZE])
{
    unsigned carry = 1;

    for (size_t i = FGP_P256_SIZE; i-- != 0;) {
        carry += k[i];
        k[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

fgp_status fgp_sigv4a_of_secret(const void *context, uint8_t counter, uint8_t k[FGP_P256_SIZE])
{
    const fgp_sigv4a_secret *c = context;
    char         first[5 + SECRET_MAX], text[4 + sizeof LABEL + ID_MAX + 5];
    fgp_out      seed = { first, sizeof first, 0, NULL };
    fgp_out      info = { text, sizeof text, 0, NULL };
    fgp_hmac_key key;
    fgp_status   s;

    fgp_put(&seed, fgp_lit("AWS4A"));
    fgp_put(&seed, c->secret_access_key);
    fgp_put(&info, fgp_lit("\0\0\0\1" LABEL "\0"));
    fgp_put(&info, c->access_key_id);
    fgp_put_char(&info, (char)counter);
    fgp_put(&info, fgp_lit("\0\0\1\0"));
    s = fgp_hmac_key_init(&key, fgp_out_since(&seed, 0));
    if (s == FGP_OK)
        s = fgp_hmac(&key, fgp_out_since(&info, 0), k);
    fgp_wipe(first, sizeof first);
    fgp_wipe(&key, sizeof key);
    return s;
}

fgp_status fgp_sigv4a_derive(uint8_t d[FGP_P256_SIZE], fgp_sigv4a_candidate *candidate,
                             const void *context)
{
    for (unsigned counter = 1; counter <= ROUNDS; counter++) {
        fgp_status s = candidate(context, (uint8_t)counter, d);

        if (s != FGP_OK)
            return s;
        if (is_taken(d)) {
            add_one(d);
            return FGP_OK;
        }
    }
    return FGP_ERR_CRYPTO;
}

fgp_status fgp_sigv4a_key_init(fgp_sigv4a_key *key, fgp_str access_key_id,
                               fgp_str secret_access_key, fgp_error *err)
{
    fgp_sigv4a_secret of = { access_key_id, secret_access_key };
    uint8_t           d[FGP_P256_SIZE];
    fgp_status        s;

    memset(key, 0, sizeof *key);
    s = fgp_check_access_key_id(access_key_id, err);
    if (s == FGP_OK)
        s = fgp_check_secret(secret_access_key, err);
    if (s != FGP_OK)
        return s;
    s = fgp_sigv4a_derive(d, fgp_sigv4a_of_secret, &of);
    if (s == FGP_OK)
        s = fgp_ecdsa_key_init(fgp_sigv4a_ecdsa(key), d);
    fgp_wipe(d, sizeof d);
    return s == FGP_OK ? s : fgp_fail(err, s, "the SigV4A key", (fgp_str){ NULL, 0 },
                                      "OpenSSL could not make it; see that it offers P-256");
}

void fgp_sigv4a_key_free(fgp_sigv4a_key *key)
{
    fgp_ecdsa_key_free(fgp_sigv4a_ecdsa(key));
}
