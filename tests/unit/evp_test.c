/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evp_test.c - the build over OpenSSL's providers: what happens where there is no
 * SHA-256, and where many threads ask for it first.
 */
#include "signing_fixture.h"

#include <openssl/err.h>
#include <openssl/provider.h>
#include <pthread.h>

#include "base/crypto.h"

/* With the null provider alone nothing can be hashed, and everything says so. */
static void no_provider(void **state)
{
    OSSL_PROVIDER  *null = OSSL_PROVIDER_load(NULL, "null");
    fgp_signing_key key, none;
    fgp_digest      d;
    char            hex[64];
    fgp_error       err;

    (void)state;
    assert_non_null(null);
    fgp_digest_init(&d);
    fgp_digest_add(&d, text("abc"));
    assert_int_equal(FGP_ERR_CRYPTO, fgp_digest_hex(&d, hex));
    memset(&key, 1, sizeof key);
    memset(&none, 0, sizeof none);
    assert_int_equal(FGP_ERR_CRYPTO, fgp_signing_key_init(&key, text(SECRET), NOW, text("r"),
                                                          text("s3"), &err));
    assert_memory_equal(&none, &key, sizeof key);

    start_without_key(text("s3"));
    t.key.scope_len = 34;
    t.key.day = NOW / 86400;
    memcpy(t.key.scope, "20150830/us-east-1/s3/aws4_request", 34);
    both_refused(FGP_ERR_CRYPTO);
    t.req.payload.data = text("a body");
    refused(sign(), FGP_ERR_CRYPTO);
    assert_int_equal(0, ERR_peek_error()); /* the host's queue stays as it was */
    OSSL_PROVIDER_unload(null);
}

#define THREADS 8

static void *derive(void *arg)
{
    fgp_signing_key *key = arg;
    fgp_error        err;

    fgp_signing_key_init(key, text(SECRET), NOW, text("us-east-1"), text("s3"), &err);
    return NULL;
}

/* And once there is one it works: for all, with the same result. */
static void first_use(void **state)
{
    static fgp_signing_key keys[THREADS];
    pthread_t              threads[THREADS];
    OSSL_PROVIDER         *provider = OSSL_PROVIDER_load(NULL, "default");

    (void)state;
    assert_non_null(provider);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&threads[i], NULL, derive, &keys[i]));
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_not_equal(0, keys[0].scope_len);
    for (size_t i = 1; i < THREADS; i++)
        assert_memory_equal(&keys[0], &keys[i], sizeof keys[0]);
    start_for(text("s3"));
    t.key = keys[0];
    signed_well(sign());
    OSSL_PROVIDER_unload(provider);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_provider),
                                        cmocka_unit_test(first_use) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
