/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto_ecdsa.c - keeps ecdsa.h's promises with OpenSSL. Knows nothing of AWS.
 *
 * OpenSSL notes each failure in a queue of the thread's, which hosts look at: what
 * is noted here is taken away again.
 */
#include "ecdsa.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
#include <openssl/core_names.h>
#include <openssl/params.h>
#endif

/* ---- keys ------------------------------------------------------------- */

/* The public key of |d|. The product by the generator takes a time that does not
 * depend on |d|. */
static bool make_point(const BIGNUM *d, uint8_t point[FGP_POINT_SIZE])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *p = group != NULL ? EC_POINT_new(group) : NULL;
    bool      ok = p != NULL && EC_POINT_mul(group, p, d, NULL, NULL, NULL) == 1 &&
              EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, point, FGP_POINT_SIZE,
                                 NULL) == FGP_POINT_SIZE;

    EC_POINT_free(p);
    EC_GROUP_free(group);
    return ok;
}

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
static EVP_PKEY *make_pkey(const BIGNUM *d, uint8_t point[FGP_POINT_SIZE])
{
    uint8_t       native[FGP_P256_SIZE];
    char          curve[] = SN_X9_62_prime256v1;
    EVP_PKEY     *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM    params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, FGP_POINT_SIZE),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, sizeof native),
        OSSL_PARAM_construct_end(),
    };

    if (ctx == NULL || BN_bn2nativepad(d, native, sizeof native) < 0 ||
        EVP_PKEY_fromdata_init(ctx) <= 0 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) <= 0)
        pkey = NULL;
    fgp_wipe(native, sizeof native);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}
#else
static EVP_PKEY *make_pkey(const BIGNUM *d, uint8_t point[FGP_POINT_SIZE])
{
    EC_KEY   *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    EVP_PKEY *pkey = EVP_PKEY_new();

    if (key != NULL && pkey != NULL && EC_KEY_set_private_key(key, d) == 1 &&
        EC_KEY_oct2key(key, point, FGP_POINT_SIZE, NULL) == 1 &&
        EVP_PKEY_set1_EC_KEY(pkey, key) == 1) {
        EC_KEY_free(key);
        return pkey;
    }
    EC_KEY_free(key);
    EVP_PKEY_free(pkey);
    return NULL;
}
#endif

fgp_status fgp_ecdsa_key_init(fgp_ecdsa_key *k, const uint8_t d[FGP_P256_SIZE])
{
    BIGNUM *number;

    memset(k, 0, sizeof *k);
    ERR_set_mark();
    number = BN_secure_new();
    if (number != NULL) {
        BN_set_flags(number, BN_FLG_CONSTTIME);
        if (BN_bin2bn(d, FGP_P256_SIZE, number) != NULL && make_point(number, k->point))
            k->pkey = make_pkey(number, k->point);
    }
    BN_clear_free(number);
    ERR_pop_to_mark();
    if (k->pkey != NULL)
        return FGP_OK;
    fgp_wipe(k, sizeof *k);
    return FGP_ERR_CRYPTO;
}

void fgp_ecdsa_key_free(fgp_ecdsa_key *k)
{
    for (size_t i = 0; i < FGP_ECDSA_SPARES; i++)
        EVP_PKEY_CTX_free(k->spare[i]);
    EVP_PKEY_free(k->pkey);
    fgp_wipe(k, sizeof *k);
}

/* ---- signatures ------------------------------------------------------- */

static EVP_PKEY_CTX *take(fgp_ecdsa_key *k)
{
    EVP_PKEY_CTX *ctx;

    for (size_t i = 0; i < FGP_ECDSA_SPARES; i++) {
        ctx = __atomic_exchange_n(&k->spare[i], NULL, __ATOMIC_ACQUIRE);
        if (ctx != NULL)
            return ctx;
    }
    ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
    if (ctx != NULL && EVP_PKEY_sign_init(ctx) > 0)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

static void give_back(fgp_ecdsa_key *k, EVP_PKEY_CTX *ctx)
{
    for (size_t i = 0; i < FGP_ECDSA_SPARES; i++) {
        void *none = NULL;

        if (__atomic_compare_exchange_n(&k->spare[i], &none, (void *)ctx, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
    EVP_PKEY_CTX_free(ctx);
}

fgp_status fgp_ecdsa_sign(fgp_ecdsa_key *k, const uint8_t digest[FGP_SHA256_SIZE],
                          uint8_t signature[FGP_ECDSA_MAX], size_t *len)
{
    EVP_PKEY_CTX *ctx;
    bool          ok;

    if (k->pkey == NULL)
        return FGP_ERR_CRYPTO;
    ERR_set_mark();
    ctx = take(k);
    *len = FGP_ECDSA_MAX;
    ok = ctx != NULL && EVP_PKEY_sign(ctx, signature, len, digest, FGP_SHA256_SIZE) > 0;
    if (ok)
        give_back(k, ctx);
    else
        EVP_PKEY_CTX_free(ctx);
    ERR_pop_to_mark();
    return ok ? FGP_OK : FGP_ERR_CRYPTO;
}

fgp_status fgp_ecdsa_verify(const fgp_ecdsa_key *k, const uint8_t digest[FGP_SHA256_SIZE],
                            const uint8_t *signature, size_t len)
{
    EVP_PKEY_CTX *ctx;
    fgp_status    s = FGP_ERR_CRYPTO;

    if (k->pkey == NULL)
        return s;
    ERR_set_mark();
    ctx = EVP_PKEY_CTX_new(k->pkey, NULL);
    if (ctx != NULL && EVP_PKEY_verify_init(ctx) > 0)
        s = EVP_PKEY_verify(ctx, signature, len, digest, FGP_SHA256_SIZE) == 1
                ? FGP_OK
                : FGP_ERR_BAD_SIGNATURE;
    EVP_PKEY_CTX_free(ctx);
    ERR_pop_to_mark();
    return s;
}
