/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto_evp.c - keeps crypto.h's promises with OpenSSL's providers (EVP), for those
 * who must use a validated module: whatever the default properties say, "fips=yes" for
 * one, holds for all that is fetched here.
 *
 * A hash takes memory of OpenSSL's and a look-up of its algorithm. The algorithms are
 * looked up once and kept for the process's life: that is the only state of the core,
 * and it is the same whoever comes first. A look-up that failed is tried again.
 *
 * OpenSSL notes each failure in a queue of the thread's, which hosts look at: what is
 * noted here is taken away again.
 */
#include "crypto.h"

#include <stdatomic.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define BLOCK 64 /* bytes of SHA-256's block: HMAC hashes a key that is longer */

static _Atomic(EVP_MD *)  sha256;
static _Atomic(EVP_MD *)  sha1;
static _Atomic(EVP_MAC *) hmac;

/* The one that is kept in |kept|. Two threads may both look it up the first time; the
 * second gives its own back. NULL where no provider has it. */
static const EVP_MD *digest(_Atomic(EVP_MD *) *kept, const char *name)
{
    EVP_MD *md = atomic_load(kept), *other = NULL;

    if (md != NULL)
        return md;
    md = EVP_MD_fetch(NULL, name, NULL);
    if (md == NULL || atomic_compare_exchange_strong(kept, &other, md))
        return md;
    EVP_MD_free(md);
    return other;
}

static EVP_MAC *mac_algorithm(void)
{
    EVP_MAC *algorithm = atomic_load(&hmac), *other = NULL;

    if (algorithm != NULL)
        return algorithm;
    algorithm = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    if (algorithm == NULL || atomic_compare_exchange_strong(&hmac, &other, algorithm))
        return algorithm;
    EVP_MAC_free(algorithm);
    return other;
}

/* ---- a hash under way: its room holds a pointer, NULL once it has failed ---- */

static EVP_MD_CTX *held(const uint64_t *room)
{
    EVP_MD_CTX *ctx;

    memcpy(&ctx, room, sizeof ctx);
    return ctx;
}

static void hold(uint64_t *room, EVP_MD_CTX *ctx)
{
    memcpy(room, &ctx, sizeof ctx);
}

static void give_back(uint64_t *room)
{
    EVP_MD_CTX_free(held(room)); /* also wipes it; takes NULL */
    hold(room, NULL);
}

static void init(uint64_t *room, _Atomic(EVP_MD *) *kept, const char *name)
{
    const EVP_MD *md;

    ERR_set_mark();
    md = digest(kept, name);
    hold(room, md != NULL ? EVP_MD_CTX_new() : NULL);
    if (held(room) != NULL && !EVP_DigestInit_ex(held(room), md, NULL))
        give_back(room);
    ERR_pop_to_mark();
}

static void add(uint64_t *room, fgp_str s)
{
    ERR_set_mark();
    if (held(room) != NULL && s.len != 0 && !EVP_DigestUpdate(held(room), s.ptr, s.len))
        give_back(room);
    ERR_pop_to_mark();
}

static fgp_status out(uint64_t *room, uint8_t *digest_)
{
    bool done;

    ERR_set_mark();
    done = held(room) != NULL && EVP_DigestFinal_ex(held(room), digest_, NULL);
    give_back(room);
    ERR_pop_to_mark();
    return done ? FGP_OK : FGP_ERR_CRYPTO;
}

void fgp_sha256_init(fgp_sha256 *h)
{
    init(h->room, &sha256, "SHA2-256");
}

void fgp_sha256_add(fgp_sha256 *h, fgp_str s)
{
    add(h->room, s);
}

fgp_status fgp_sha256_out(fgp_sha256 *h, uint8_t digest_[FGP_SHA256_SIZE])
{
    return out(h->room, digest_);
}

void fgp_sha1_init(fgp_sha1 *h)
{
    init(h->room, &sha1, "SHA1");
}

void fgp_sha1_add(fgp_sha1 *h, fgp_str s)
{
    add(h->room, s);
}

fgp_status fgp_sha1_out(fgp_sha1 *h, uint8_t digest_[FGP_SHA1_SIZE])
{
    return out(h->room, digest_);
}

/* ---- HMAC: its key's room holds the key's bytes ----------------------- */

typedef struct key_bytes {
    size_t  len;
    uint8_t bytes[BLOCK];
} key_bytes;

_Static_assert(sizeof(key_bytes) <= sizeof(fgp_hmac_key), "room for a key");

/* Hashes a key that is longer than a block, as HMAC would. */
static fgp_status shorten(key_bytes *to, fgp_str key)
{
    fgp_sha256 h;

    fgp_sha256_init(&h);
    fgp_sha256_add(&h, key);
    to->len = FGP_SHA256_SIZE;
    return fgp_sha256_out(&h, to->bytes);
}

fgp_status fgp_hmac_key_init(fgp_hmac_key *k, fgp_str key)
{
    key_bytes  bytes = { .len = key.len };
    fgp_status s = FGP_OK;

    if (key.len > BLOCK)
        s = shorten(&bytes, key);
    else if (key.len != 0)
        memcpy(bytes.bytes, key.ptr, key.len);
    memcpy(k, &bytes, sizeof bytes);
    fgp_wipe(&bytes, sizeof bytes);
    return s;
}

static bool mac_with(EVP_MAC_CTX *ctx, const fgp_hmac_key *k, fgp_str data, uint8_t *mac)
{
    char       name[] = "SHA2-256"; /* which takes no const, though it is only read */
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                            OSSL_PARAM_construct_end() };
    key_bytes  key;
    bool       done;

    memcpy(&key, k, sizeof key);
    done = EVP_MAC_init(ctx, key.bytes, key.len, params) &&
           EVP_MAC_update(ctx, (const uint8_t *)data.ptr, data.len) &&
           EVP_MAC_final(ctx, mac, NULL, FGP_SHA256_SIZE);
    fgp_wipe(&key, sizeof key);
    return done;
}

fgp_status fgp_hmac(const fgp_hmac_key *k, fgp_str data, uint8_t mac[FGP_SHA256_SIZE])
{
    EVP_MAC     *algorithm;
    EVP_MAC_CTX *ctx;
    bool         done;

    ERR_set_mark();
    algorithm = mac_algorithm();
    ctx = algorithm != NULL ? EVP_MAC_CTX_new(algorithm) : NULL;
    done = ctx != NULL && mac_with(ctx, k, data, mac);
    EVP_MAC_CTX_free(ctx); /* also wipes the key; takes NULL */
    ERR_pop_to_mark();
    return done ? FGP_OK : FGP_ERR_CRYPTO;
}

bool fgp_same_secretly(fgp_str a, fgp_str b)
{
    return a.len == b.len && CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

void fgp_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
