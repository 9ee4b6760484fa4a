/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream_evp_test.c - bodies and events in the build over OpenSSL's providers, where
 * there is no hash: everything says so, and leaves nothing that could be sent.
 */
#include "event_case.h"

#include <openssl/err.h>
#include <openssl/provider.h>

#define NOW 1440938160 /* 2015-08-30T12:36:00Z */

static fgp_signing_key key;
static OSSL_PROVIDER  *null;
static const char      seed[] = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

static int setup(void **state)
{
    (void)state;
    null = OSSL_PROVIDER_load(NULL, "null");
    key.scope_len = 34;
    key.day = NOW / 86400;
    memcpy(key.scope, "20150830/us-east-1/s3/aws4_request", 34);
    return null == NULL;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(0, ERR_peek_error()); /* the host's queue stays as it was */
    return !OSSL_PROVIDER_unload(null);
}

static void chunks(void **state)
{
    static char buf[16384], plain[FGP_CHUNK_MIN];
    fgp_chunked body = { .kind = FGP_PAYLOAD_CHUNKS, .length = sizeof plain, .chunk = FGP_CHUNK_MIN };
    fgp_out     out = { buf, sizeof buf, 0, NULL };
    fgp_str     in = { plain, sizeof plain };
    fgp_chunker c;

    (void)state;
    assert_int_equal(FGP_OK, fgp_chunker_init(&c, &body, &key, NOW, text(seed)));
    assert_int_equal(FGP_ERR_CRYPTO, fgp_chunker_put(&c, &in, &out));
    assert_int_equal(0, out.need);
    assert_int_equal(FGP_ERR_CRYPTO, fgp_chunker_end(&c, &out)); /* and it stays */
    assert_int_equal(0, out.need);
    fgp_chunker_wipe(&c);

    body.length = 0;
    assert_int_equal(FGP_OK, fgp_chunker_init(&c, &body, &key, NOW, text(seed)));
    assert_int_equal(FGP_ERR_CRYPTO, fgp_chunker_end(&c, &out));
    assert_int_equal(0, out.need);
    fgp_chunker_wipe(&c);
}

static void checksums(void **state)
{
    fgp_chunked  body = { .kind = FGP_PAYLOAD_UNSIGNED_TRAILER, .checksum = FGP_CHECKSUM_SHA1 };
    char         buf[256];
    fgp_out      out = { buf, sizeof buf, 0, NULL };
    fgp_chunker  c;
    fgp_checksum sum;

    (void)state;
    assert_int_equal(FGP_OK, fgp_chunker_init(&c, &body, NULL, 0, text("")));
    assert_int_equal(FGP_ERR_CRYPTO, fgp_chunker_end(&c, &out));
    assert_int_equal(0, out.need);
    fgp_chunker_wipe(&c);
    for (int kind = FGP_CHECKSUM_SHA1; kind <= FGP_CHECKSUM_SHA256; kind++) {
        fgp_checksum_init(&sum, (fgp_checksum_kind)kind);
        fgp_checksum_add(&sum, text("abc"));
        assert_int_equal(FGP_ERR_CRYPTO, fgp_put_checksum(&out, &sum));
        assert_int_equal(0, out.need);
    }
}

static void received(void **state)
{
    static const char sent[] = "3;chunk-signature=4f232c4386841ef735655705268965c44a0e4690baa4adea1"
                               "53f7db9fa80a0a9\r\nabc\r\n";
    fgp_chunked       body = { .kind = FGP_PAYLOAD_CHUNKS, .length = 3 };
    fgp_str           in = { sent, sizeof sent - 1 }, bytes;
    fgp_dechunker     d;

    (void)state;
    assert_int_equal(FGP_OK, fgp_dechunker_init(&d, &body, &key, NOW, text(seed)));
    assert_int_equal(FGP_ERR_CRYPTO, fgp_dechunker_next(&d, &in, &bytes));
    assert_int_equal(0, bytes.len + d.trusted);
    assert_false(d.done);
    fgp_dechunker_wipe(&d);
}

static void events(void **state)
{
    char      buf[256];
    fgp_out   out = { buf, sizeof buf, 0, NULL };
    fgp_chain chain, before;
    fgp_error err;

    (void)state;
    assert_int_equal(FGP_OK, fgp_chain_init(&chain, text(seed), &err));
    before = chain;
    assert_int_equal(FGP_ERR_CRYPTO, fgp_event_sign(&chain, &key, NOW, text("m"), &out, &err));
    assert_int_equal(0, out.need);
    assert_memory_equal(&before, &chain, sizeof chain);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks),
        cmocka_unit_test(checksums),
        cmocka_unit_test(received),
        cmocka_unit_test(events),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
