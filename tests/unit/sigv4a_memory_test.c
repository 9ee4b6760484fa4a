/* SPDX-License-Identifier: Apache-2.0 */
/* sigv4a_memory_test.c - a SigV4A signature takes no memory but what OpenSSL's ECDSA takes
 * by itself: malloc() and its kin are counted. */
#include "signing_fixture.h"

#include "count_malloc.h"
#include "sign/sigv4a.h"

#define TRIES 100 /* OpenSSL takes one more where a number grows: the least count says it all */

static fgp_sigv4a_key ecdsa;

static int make(void **state)
{
    fgp_error err;

    start(state);
    t.signer.region_set = text("*");
    return fgp_sigv4a_key_init(&ecdsa, text("AKIDEXAMPLE"), text(SECRET), &err) != FGP_OK ||
           fgp_signing_key_init_sigv4a(&t.key, &ecdsa, NOW, text("s3"), &err) != FGP_OK;
}

static void bare(void)
{
    uint8_t digest[FGP_SHA256_SIZE] = { 1 }, signature[FGP_ECDSA_MAX];
    size_t  len;

    assert_int_equal(FGP_OK, fgp_ecdsa_sign(fgp_sigv4a_ecdsa(&ecdsa), digest, signature, &len));
}

static void in_header(void)
{
    assert_int_equal(FGP_OK, sign());
}

static void in_url(void)
{
    assert_int_equal(FGP_OK, presign(900));
}

/* How many |call| takes at least. */
static unsigned least(void (*call)(void))
{
    unsigned fewest = ~0u;

    for (int i = 0; i < TRIES; i++) {
        unsigned before = allocations;

        call();
        if (allocations - before < fewest)
            fewest = allocations - before;
    }
    return fewest;
}

static void none_of_ours(void **state)
{
    unsigned of_ecdsa, held;

    (void)state;
    bare(); /* makes what is kept */
    held = live;
    of_ecdsa = least(bare);
    assert_true(of_ecdsa != 0); /* they are counted */
    assert_int_equal(of_ecdsa, least(in_header));
    assert_int_equal(of_ecdsa, least(in_url));
    assert_int_equal(held, live); /* and all is given back */
    fgp_sigv4a_key_free(&ecdsa);
    assert_true(live < held);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup(none_of_ours, make) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
