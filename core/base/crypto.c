/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.c - keeps crypto.h's promises with OpenSSL's low-level SHA-256.
 *
 * Low-level because such a context is a plain value, with no look-up and no
 * allocation before the first byte: that is what makes the core's "allocates
 * nothing" true. OpenSSL 3 calls it deprecated and its FIPS module does not
 * cover it; crypto_evp.c keeps the same promises there.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#define BLOCK 64 /* bytes that SHA-256 takes at a time; HMAC pads a key to it */

_Static_assert(sizeof(fgp_sha256) == sizeof(SHA256_CTX), "room for a SHA256_CTX");
_Static_assert(sizeof(fgp_sha1) == sizeof(SHA_CTX), "room for a SHA_CTX");

static SHA256_CTX *ctx(fgp_sha256 *h)
{
    return (SHA256_CTX *)h->room;
}

void fgp_sha256_init(fgp_sha256 *h)
{
    SHA256_Init(ctx(h));
}

void fgp_sha256_add(fgp_sha256 *h, fgp_str s)
{
    if (s.len != 0)
        SHA256_Update(ctx(h), s.ptr, s.len);
}

fgp_status fgp_sha256_out(fgp_sha256 *h, uint8_t digest[FGP_SHA256_SIZE])
{
    return SHA256_Final(digest, ctx(h)) ? FGP_OK : FGP_ERR_CRYPTO;
}

fgp_status fgp_hmac_key_init(fgp_hmac_key *k, fgp_str key)
{
    uint8_t    pad[BLOCK] = { 0 };
    fgp_status s = FGP_OK;

    fgp_sha256_init(&k->inner);
    fgp_sha256_init(&k->outer);
    if (key.len > BLOCK) {
        fgp_sha256_add(&k->inner, key);
        s = fgp_sha256_out(&k->inner, pad);
        fgp_sha256_init(&k->inner);
    } else if (key.len != 0) {
        memcpy(pad, key.ptr, key.len);
    }

    for (int i = 0; i < BLOCK; i++)
        pad[i] ^= 0x36;
    fgp_sha256_add(&k->inner, (fgp_str){ (char *)pad, BLOCK });
    for (int i = 0; i < BLOCK; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    fgp_sha256_add(&k->outer, (fgp_str){ (char *)pad, BLOCK });
    fgp_wipe(pad, sizeof pad);
    return s;
}

fgp_status fgp_hmac(const fgp_hmac_key *k, fgp_str data, uint8_t mac[FGP_SHA256_SIZE])
{
    fgp_sha256 h = k->inner;
    fgp_status s;

    fgp_sha256_add(&h, data);
    s = fgp_sha256_out(&h, mac);
    h = k->outer;
    fgp_sha256_add(&h, (fgp_str){ (char *)mac, FGP_SHA256_SIZE });
    if (s == FGP_OK)
        s = fgp_sha256_out(&h, mac);
    return s; /* all that is left in h is the MAC: OpenSSL wipes the block it hashed */
}

void fgp_sha1_init(fgp_sha1 *h)
{
    SHA1_Init((SHA_CTX *)h->room);
}

void fgp_sha1_add(fgp_sha1 *h, fgp_str s)
{
    if (s.len != 0)
        SHA1_Update((SHA_CTX *)h->room, s.ptr, s.len);
}

fgp_status fgp_sha1_out(fgp_sha1 *h, uint8_t digest[FGP_SHA1_SIZE])
{
    return SHA1_Final(digest, (SHA_CTX *)h->room) ? FGP_OK : FGP_ERR_CRYPTO;
}

bool fgp_same_secretly(fgp_str a, fgp_str b)
{
    return a.len == b.len && CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

void fgp_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
