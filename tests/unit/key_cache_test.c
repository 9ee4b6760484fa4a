/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_cache_test.c - keys that are kept are the keys that are derived: by one thread,
 * over midnight and rotations, and by eight at a time in too few slots.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"

#define NOW     INT64_C(1440938160) /* 2015-08-30T12:36:00Z */
#define DAY     86400
#define NSLOTS  8
#define THREADS 8
#define ROUNDS  20000
#define SETS    6 /* credentials, each with a secret of its own */

static fgp_key_slot  slots[NSLOTS];
static fgp_key_cache cache = { slots, NSLOTS };

static const char *const regions[] = { "us-east-1", "us-east-1a", "eu-west-1" };
static const char *const services[] = { "s3", "as3", "execute-api" };

static fgp_str text(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

/* The secret of |generation|, in |room|. */
static fgp_str secret_of(char room[32], unsigned generation)
{
    return (fgp_str){ room, (size_t)snprintf(room, 32, "secret-%u/+", generation) };
}

static bool same_key(const fgp_signing_key *a, const fgp_signing_key *b)
{
    return memcmp(a->mac, b->mac, sizeof a->mac) == 0 && a->scope_len == b->scope_len &&
           memcmp(a->scope, b->scope, a->scope_len) == 0;
}

/* Asks for one key, and derives it: whether they are the same. */
static bool is_right(unsigned generation, const char *region, const char *service, int64_t now)
{
    char            room[32];
    fgp_key_for     which = { generation, secret_of(room, generation), text(region), text(service) };
    fgp_signing_key got, want;
    fgp_error       err;

    return fgp_key_cache_get(&cache, &which, now, &got, &err) == FGP_OK &&
           fgp_signing_key_init(&want, which.secret_access_key, now, which.region, which.service,
                                &err) == FGP_OK &&
           same_key(&got, &want);
}

static int clean(void **state)
{
    (void)state;
    fgp_wipe(slots, sizeof slots);
    return 0;
}

/* How many slots hold something. */
static size_t filled(void)
{
    size_t n = 0;

    for (size_t i = 0; i < NSLOTS; i++)
        n += slots[i].word[1] != 0;
    return n;
}

static void keeps_and_finds(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++)
        assert_true(is_right(1, "us-east-1", "s3", NOW));
    assert_int_equal(1, filled());
    assert_true(is_right(1, "us-east-1", "as3", NOW));
    assert_true(is_right(1, "us-east-1a", "s3", NOW));
    assert_true(is_right(2, "us-east-1", "s3", NOW));
    assert_int_equal(4, filled());
}

/* That a kept key is taken shows when the secret given is another. */
static void asks_no_secret_twice(void **state)
{
    fgp_key_for     which = { 7, text("first"), text("us-east-1"), text("s3") };
    fgp_signing_key one, two;
    fgp_error       err;

    (void)state;
    assert_int_equal(FGP_OK, fgp_key_cache_get(&cache, &which, NOW, &one, &err));
    which.secret_access_key = text("second");
    assert_int_equal(FGP_OK, fgp_key_cache_get(&cache, &which, NOW, &two, &err));
    assert_true(same_key(&one, &two));
    which.generation = 8;
    assert_int_equal(FGP_OK, fgp_key_cache_get(&cache, &which, NOW, &two, &err));
    assert_false(same_key(&one, &two));
}

static void joins_no_names(void **state)
{
    static const struct { const char *region, *service; } odd[] = {
        { "us-east-1/s3", "" }, { "", "us-east-1/s3" }, { "us-east-1/s3/aws4_request", "s3" },
        { "us-east-1", "s3/aws4_request" }, { "us-east-1/s", "3" }, { "us-east-1", "" },
    };
    fgp_signing_key key;
    fgp_error       err;

    (void)state;
    assert_true(is_right(1, "us-east-1", "s3", NOW));
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        fgp_key_for which = { 1, text("x"), text(odd[i].region), text(odd[i].service) };

        assert_int_not_equal(FGP_OK, fgp_key_cache_get(&cache, &which, NOW, &key, &err));
        assert_int_equal(0, key.scope_len);
    }
}

static void has_two_days(void **state)
{
    int64_t midnight = NOW - NOW % DAY + DAY;

    (void)state;
    assert_true(is_right(1, "us-east-1", "s3", midnight - 1));
    assert_true(is_right(1, "us-east-1", "s3", midnight));
    assert_int_equal(2, filled());
    for (int i = 0; i < 10; i++) /* both are kept */
        assert_true(is_right(1, "us-east-1", "s3", midnight - i % 2));
    assert_int_equal(2, filled());
    assert_true(is_right(1, "us-east-1", "s3", midnight + DAY)); /* the first is over */
    assert_int_equal(2, filled());
    assert_true(is_right(1, "us-east-1", "s3", midnight + 5 * DAY));
    assert_int_equal(1, filled());
}

static void wipes(void **state)
{
    static const fgp_key_slot empty;
    size_t                    left = 0;

    (void)state;
    for (unsigned generation = 1; generation <= 3; generation++)
        assert_true(is_right(generation, "us-east-1", "s3", NOW));
    fgp_key_cache_drop(&cache, 2);
    assert_int_equal(2, filled());
    for (size_t i = 0; i < NSLOTS; i++)
        left += memcmp(slots[i].word, empty.word, sizeof empty.word) != 0;
    assert_int_equal(2, left);
}

static void does_without_a_slot(void **state)
{
    (void)state;
    for (size_t i = 0; i < NSLOTS; i++)
        slots[i].lock = 1; /* as processes leave them that are killed half-way */
    for (int round = 0; round < 3; round++)
        assert_true(is_right(1, "us-east-1", "s3", NOW));
    assert_int_equal(0, filled());
}

static void tells_what_is_wrong(void **state)
{
    fgp_key_for     which = { 1, text(""), text("us-east-1"), text("s3") };
    fgp_signing_key key;
    fgp_error       err;

    (void)state;
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS, fgp_key_cache_get(&cache, &which, NOW, &key, &err));
    which.secret_access_key = text("x");
    assert_int_equal(FGP_ERR_BAD_TIME, fgp_key_cache_get(&cache, &which, -1, &key, &err));
    assert_int_equal(0, filled());
}

/* ---- threads ---------------------------------------------------------- */

static void *work(void *seed)
{
    uint64_t  random = (uint64_t)(uintptr_t)seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    uintptr_t wrong = 0;

    for (int i = 0; i < ROUNDS; i++) {
        unsigned generation = (unsigned)i / 1000 * SETS; /* all rotate, about together */

        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        generation += (unsigned)(random >> 33) % SETS;
        wrong += !is_right(generation, regions[(random >> 40) % 3], services[(random >> 45) % 3],
                           NOW + (int64_t)(random >> 50) % 2 * DAY);
        if ((random >> 55) % 64 == 0)
            fgp_key_cache_drop(&cache, generation);
    }
    return (void *)wrong;
}

static void threads_get_no_wrong_key(void **state)
{
    pthread_t thread[THREADS];
    void     *wrong;

    (void)state;
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&thread[i], NULL, work, (void *)(i + 1)));
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(0, pthread_join(thread[i], &wrong));
        assert_int_equal(0, (uintptr_t)wrong);
    }
    print_message("%d keys asked for by %d threads, in %d slots\n", THREADS * ROUNDS, THREADS, NSLOTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(keeps_and_finds, clean),
        cmocka_unit_test_setup(asks_no_secret_twice, clean),
        cmocka_unit_test_setup(joins_no_names, clean),
        cmocka_unit_test_setup(has_two_days, clean),
        cmocka_unit_test_setup(wipes, clean),
        cmocka_unit_test_setup(does_without_a_slot, clean),
        cmocka_unit_test_setup(tells_what_is_wrong, clean),
        cmocka_unit_test_setup(threads_get_no_wrong_key, clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
