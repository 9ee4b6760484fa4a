/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigv4a_test.c - the key that SigV4A derives, and what is refused and promised of its
 * signatures. That others accept them the specs show: suite_v4a and stream_v4a.
 */
#include "signing_fixture.h"

#include <pthread.h>

#include "sign/key.h"
#include "sign/signature.h"
#include "sign/sigv4a.h"

#define ID "AKIDEXAMPLE"

static fgp_sigv4a_key ecdsa;

static int make_key(void **state)
{
    fgp_error err;

    (void)state;
    return fgp_sigv4a_key_init(&ecdsa, text(ID), text(SECRET), &err) == FGP_OK ? 0 : -1;
}

static int free_key(void **state)
{
    (void)state;
    fgp_sigv4a_key_free(&ecdsa);
    fgp_sigv4a_key_free(&ecdsa); /* twice is fine */
    return 0;
}

/* The request of the fixture, with a key of SigV4A's. */
static int start_v4a(void **state)
{
    fgp_error err;

    start(state);
    assert_int_equal(FGP_OK,
                     fgp_signing_key_init_sigv4a(&t.key, &ecdsa, NOW, text("s3"), &err));
    t.signer.region_set = text("*");
    return 0;
}

static void unhex(const char *hex, uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(1, sscanf(hex + 2 * i, "%2hhx", &bytes[i]));
}

static void same_hex(const char *want, const uint8_t *got, size_t n)
{
    uint8_t bytes[64];

    unhex(want, bytes, n);
    assert_memory_equal(bytes, got, n);
}

/* ---- the key ---------------------------------------------------------- */

/* The published example, and candidates of its later rounds by another implementation. */
static const fgp_sigv4a_secret published = {
    FGP_STR("AKISORANDOMAASORANDOM"), FGP_STR("q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom")
};

static void published_key(void **state)
{
    fgp_sigv4a_key key;
    uint8_t        d[FGP_P256_SIZE];
    fgp_error      err;

    (void)state;
    assert_int_equal(FGP_OK, fgp_sigv4a_derive(d, fgp_sigv4a_of_secret, &published));
    same_hex("7fd3bd010c0d9c292141c2b77bfbde1042c92e6836fff749d1269ec890fca1bd", d, sizeof d);
    assert_int_equal(FGP_OK, fgp_sigv4a_key_init(&key, published.access_key_id,
                                                 published.secret_access_key, &err));
    same_hex("15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb"
             "0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0",
             fgp_sigv4a_ecdsa(&key)->point + 1, 64);
    fgp_sigv4a_key_free(&key);
}

/* The first |too_large| rounds give what is no key. */
typedef struct rounds {
    unsigned too_large, asked;
} rounds;

static rounds seen;

static fgp_status after_some(const void *context, uint8_t counter, uint8_t k[FGP_P256_SIZE])
{
    const rounds *r = context;

    seen.asked++;
    assert_int_equal(seen.asked, counter);
    if (counter > r->too_large)
        return fgp_sigv4a_of_secret(&published, counter, k);
    memset(k, 0xff, FGP_P256_SIZE);
    return FGP_OK;
}

static fgp_status derive_after(unsigned too_large, uint8_t d[FGP_P256_SIZE])
{
    rounds r = { too_large, 0 };

    seen.asked = 0;
    return fgp_sigv4a_derive(d, after_some, &r);
}

static void later_rounds(void **state)
{
    uint8_t d[FGP_P256_SIZE];

    (void)state;
    assert_int_equal(FGP_OK, derive_after(1, d));
    same_hex("29ba69b9724aaf3d0bd0e293fed474a5d551efc56fe98553d0db6319cffb4956", d, sizeof d);
    assert_int_equal(FGP_OK, derive_after(253, d));
    same_hex("081eac641c900fa26e28fe06787a785a9523396c5cf095145581bfa3571732d2", d, sizeof d);
    assert_int_equal(FGP_ERR_CRYPTO, derive_after(254, d));
    assert_int_equal(254, seen.asked);
}

static fgp_status exactly(const void *context, uint8_t counter, uint8_t k[FGP_P256_SIZE])
{
    if (counter == 1)
        unhex(context, k, FGP_P256_SIZE);
    else
        memset(k, 0, FGP_P256_SIZE);
    return FGP_OK;
}

/* Around the order n: what is taken gives itself and 1, else the second round's 0 gives 1. */
static void bounds(void **state)
{
    static const char one[] = "0000000000000000000000000000000000000000000000000000000000000001";
    static const struct {
        const char *candidate, *d;
    } cases[] = {
        { "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f", /* n - 2 */
          "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550" },
        { "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", one },
        { "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", one },
        { "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", one },
        { "ffffffff00000001000000000000000000000000000000000000000000000000", one },
        { "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6324ff", /* carries */
          "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632500" },
        { "00000000000000000000000000000000000000000000000000000000ffffffff",
          "0000000000000000000000000000000000000000000000000000000100000000" },
        { "0000000000000000000000000000000000000000000000000000000000000000", one },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t d[FGP_P256_SIZE];

        assert_int_equal(FGP_OK, fgp_sigv4a_derive(d, exactly, cases[i].candidate));
        same_hex(cases[i].d, d, sizeof d);
    }
}

static void bad_keys(void **state)
{
    static char     much[257];
    fgp_sigv4a_key  key;
    fgp_signing_key signing;
    fgp_error       err;

    (void)state;
    memset(much, 'a', sizeof much);
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS,
                     fgp_sigv4a_key_init(&key, text(""), text(SECRET), &err));
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS,
                     fgp_sigv4a_key_init(&key, (fgp_str){ much, 129 }, text(SECRET), &err));
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS, fgp_sigv4a_key_init(&key, text(ID), text(""), &err));
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS,
                     fgp_sigv4a_key_init(&key, text(ID), (fgp_str){ much, 257 }, &err));
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS, /* it is none */
                     fgp_signing_key_init_sigv4a(&signing, &key, NOW, text("s3"), &err));
    fgp_sigv4a_key_free(&key);
    assert_int_equal(FGP_OK, fgp_sigv4a_key_init(&key, (fgp_str){ much, 128 },
                                                 (fgp_str){ much, 256 }, &err));
    fgp_sigv4a_key_free(&key);
    assert_int_equal(FGP_ERR_BAD_SIGNING_NAME,
                     fgp_signing_key_init_sigv4a(&signing, &ecdsa, NOW, text("s 3"), &err));
    assert_int_equal(FGP_ERR_BAD_TIME,
                     fgp_signing_key_init_sigv4a(&signing, &ecdsa, -1, text("s3"), &err));
    assert_int_equal(0, signing.scope_len);
}

/* ---- signatures ------------------------------------------------------- */

static void is_right(void)
{
    assert_int_equal(FGP_OK,
                     fgp_signature_check(&t.key, t.res.string_to_sign, t.res.signature));
}

static void forms(void **state)
{
    (void)state;
    if (sign() != FGP_OK)
        fail_msg("%s", t.res.error.text);
    is_right();
    assert_true(fgp_str_eq(text("*"), header(&t.res, "x-amz-region-set")));
    assert_non_null(strstr(header(&t.res, "authorization").ptr,
                           "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20150830/s3/aws4_request"));
    t.signer.region_set = text("eu-west-1,us-*");
    if (presign(900) != FGP_OK)
        fail_msg("%s", t.res.error.text);
    is_right();
    assert_non_null(strstr(t.res.url.ptr, "&X-Amz-Region-Set=eu-west-1%2Cus-%2A&"));
}

/* Changed in any place a signature is another one's; and no form but ours is taken. */
static void wrong_signatures(void **state)
{
    char    copy[FGP_SIGNATURE_MAX + 2];
    fgp_str changed = { copy, 0 };

    (void)state;
    assert_int_equal(FGP_OK, sign());
    changed.len = t.res.signature.len;
    for (size_t i = 0; i < changed.len; i++) {
        memcpy(copy, t.res.signature.ptr, changed.len);
        copy[i] = copy[i] == '0' ? '1' : '0';
        assert_int_equal(FGP_ERR_BAD_SIGNATURE,
                         fgp_signature_check(&t.key, t.res.string_to_sign, changed));
        copy[i] = i % 2 ? 'A' : '*';
        assert_int_equal(FGP_ERR_BAD_SIGNATURE,
                         fgp_signature_check(&t.key, t.res.string_to_sign, changed));
    }
    for (size_t len = 0; len <= FGP_SIGNATURE_MAX + 2; len++) {
        memset(copy, '0', sizeof copy);
        memcpy(copy, t.res.signature.ptr, len < t.res.signature.len ? len : t.res.signature.len);
        changed.len = len;
        if (len != t.res.signature.len)
            assert_int_equal(FGP_ERR_BAD_SIGNATURE,
                             fgp_signature_check(&t.key, t.res.string_to_sign, changed));
    }
}

/* Signatures differ in length; what a call without room says does for the next one. */
static void rooms(void **state)
{
    static char much[FGP_REGION_SET_MAX];

    (void)state;
    memset(much, '*', sizeof much);
    for (size_t i = 63; i < sizeof much; i += 64)
        much[i] = ',';
    much[sizeof much - 1] = '*';
    t.signer.region_set = (fgp_str){ much, sizeof much - 1 };
    for (int i = 0; i < 200; i++) {
        size_t need;

        for (int presigned = 0; presigned < 2; presigned++) {
            t.out.cap = (size_t)i;
            assert_int_equal(FGP_ERR_NOSPACE, presigned ? presign(900) : sign());
            need = t.out.need;
            assert_true(need <= fgp_sign_room(&t.signer, &t.req));
            t.out.cap = need;
            assert_int_equal(FGP_OK, presigned ? presign(900) : sign());
            assert_true(t.out.need <= need && t.out.need + 8 >= need);
        }
    }
}

static void region_sets(void **state)
{
    static const char *const bad[] = { "", ",", "us-east-1,", ",us-east-1", "us-east-1, eu-west-1",
                                       "US-EAST-1", "us_east_1", "us-east-1\r\nx: y", "a,,b",
                                       "us-east-1;eu-west-1", "\x80", "{Region}" };
    static char long_one[FGP_REGION_SET_MAX + 1];

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        t.signer.region_set = text(bad[i]);
        refused(sign(), FGP_ERR_BAD_REGION);
        refused(presign(900), FGP_ERR_BAD_REGION);
    }
    for (size_t i = 0; i < sizeof long_one; i++)
        long_one[i] = i % 8 == 7 ? ',' : 'a';
    t.signer.region_set = (fgp_str){ long_one, sizeof long_one };
    refused(sign(), FGP_ERR_BAD_REGION);
    memset(long_one, 'a', sizeof long_one);
    t.signer.region_set = (fgp_str){ long_one, 64 };
    refused(sign(), FGP_ERR_BAD_REGION);
    t.signer.region_set = (fgp_str){ long_one, 63 };
    assert_int_equal(FGP_OK, sign());
}

/* Neither algorithm's words with the other's key. */
static void mixed(void **state)
{
    fgp_chain  chain;
    fgp_error  err;
    fgp_post   post;
    char       bytes[4096];
    fgp_out    out = { bytes, sizeof bytes, 0, NULL };
    fgp_payload_kind ours[] = { FGP_PAYLOAD_ECDSA_CHUNKS, FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER };
    fgp_payload_kind others[] = { FGP_PAYLOAD_CHUNKS, FGP_PAYLOAD_CHUNKS_TRAILER,
                                  FGP_PAYLOAD_EVENTS };

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        t.req.payload.kind = others[i];
        refused(sign(), FGP_ERR_BAD_PAYLOAD);
    }
    t.req.payload.kind = FGP_PAYLOAD_UNSIGNED_TRAILER;
    assert_int_equal(FGP_OK, sign());
    for (size_t i = 0; i < COUNT(ours); i++) {
        t.req.payload.kind = ours[i];
        assert_int_equal(FGP_OK, sign());
        refused(presign(900), FGP_ERR_BAD_PAYLOAD);
    }
    assert_int_equal(FGP_OK, fgp_chain_init(&chain, text(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), &err));
    assert_int_equal(FGP_ERR_UNSUPPORTED_AUTH,
                     fgp_event_sign(&chain, &t.key, NOW, text("x"), &out, &err));
    assert_int_equal(FGP_ERR_UNSUPPORTED_AUTH,
                     fgp_post_sign(&t.signer, text("{}"), NOW, &out, &post));

    start(NULL); /* with a key of SigV4's */
    t.signer.region_set = text("*");
    refused(sign(), FGP_ERR_BAD_REGION);
    t.signer.region_set = text("");
    for (size_t i = 0; i < COUNT(ours); i++) {
        t.req.payload.kind = ours[i];
        refused(sign(), FGP_ERR_BAD_PAYLOAD);
    }
}

static void other_day(void **state)
{
    (void)state;
    refused(fgp_sign(&t.signer, &t.req, NOW + 86400, &t.out, NULL, &t.res), FGP_ERR_KEY_SCOPE);
    assert_false(fgp_signing_key_is_current(&t.key, NOW + 86400));
    assert_true(fgp_signing_key_is_current(&t.key, NOW));
}

/* A request that says a region set already is refused. */
static void already_signed(void **state)
{
    (void)state;
    t.headers[0] = (fgp_header){ FGP_STR("X-Amz-Region-Set"), FGP_STR("*") };
    t.req.nheaders = 1;
    refused(sign(), FGP_ERR_ALREADY_SIGNED);
    t.req.nheaders = 0;
    t.req.query = text("x-amz-region-set=%2A");
    refused(presign(900), FGP_ERR_ALREADY_SIGNED);
}

/* ---- threads ---------------------------------------------------------- */

#define THREADS 4

/* Signs again and again with the key that all share; returns how many were wrong. */
static void *sign_much(void *unused)
{
    uintptr_t     wrong = 0;
    fgp_signature signature;

    (void)unused;
    for (int i = 0; i < 200; i++) {
        char    line[32];
        fgp_str to_sign = { line, (size_t)snprintf(line, sizeof line, "text %d", i) };

        if (fgp_signature_make(&t.key, to_sign, &signature) != FGP_OK ||
            fgp_signature_check(&t.key, to_sign, (fgp_str){ signature.text, signature.len }) !=
                FGP_OK)
            wrong++;
    }
    return (void *)wrong;
}

static void threads(void **state)
{
    pthread_t thread[THREADS];
    void     *wrong;

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(0, pthread_create(&thread[i], NULL, sign_much, NULL));
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(0, pthread_join(thread[i], &wrong));
        assert_null(wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_key),
        cmocka_unit_test(later_rounds),
        cmocka_unit_test(bounds),
        cmocka_unit_test(bad_keys),
        cmocka_unit_test_setup(forms, start_v4a),
        cmocka_unit_test_setup(wrong_signatures, start_v4a),
        cmocka_unit_test_setup(rooms, start_v4a),
        cmocka_unit_test_setup(region_sets, start_v4a),
        cmocka_unit_test_setup(mixed, start_v4a),
        cmocka_unit_test_setup(other_day, start_v4a),
        cmocka_unit_test_setup(already_signed, start_v4a),
        cmocka_unit_test_setup(threads, start_v4a),
    };

    return cmocka_run_group_tests(tests, make_key, free_key);
}
