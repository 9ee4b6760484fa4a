/* SPDX-License-Identifier: Apache-2.0 */
/* stream_memory_test.c - bodies in chunks and events take no memory, sent or received:
 * malloc() and its kin are counted. */
#include "event_case.h"
#include "count_malloc.h"

static char encoded[1 << 18];

static void send_and_receive(const chunked_case *c)
{
    fgp_out       out = { encoded, sizeof encoded, 0, NULL };
    fgp_str       in = c->plain, bytes;
    fgp_chunker   k;
    fgp_dechunker d;

    fgp_chunker_init(&k, &c->body, &c->key, c->now, c->seed);
    while (in.len != 0 && fgp_chunker_put(&k, &in, &out) == FGP_OK)
        continue;
    fgp_chunker_end(&k, &out);
    fgp_chunker_wipe(&k);

    in = (fgp_str){ encoded, out.need };
    fgp_dechunker_init(&d, &c->body, &c->key, c->now, c->seed);
    while (in.len != 0 && fgp_dechunker_next(&d, &in, &bytes) == FGP_OK)
        continue;
    assert_true(d.done);
    fgp_dechunker_wipe(&d);
}

static void chunks_take_none(const vector *v)
{
    chunked_case c;
    unsigned     before;

    case_load(&c, v);
    before = allocations;
    send_and_receive(&c);
    assert_int_equal(before, allocations);
    case_free(&c);
}

static void chunks(void **state)
{
    void *volatile p;
    unsigned       before = allocations;

    (void)state;
    p = malloc(1);
    free(p);
    assert_true(allocations > before); /* they are counted */
    vector_each("chunked", chunks_take_none);
}

static void events(void **state)
{
    fgp_out         out = { encoded, sizeof encoded, 0, NULL };
    fgp_signing_key key;
    fgp_chain       chain, verifier;
    fgp_event       e;
    fgp_error       err;
    int64_t         when;
    unsigned        before = allocations;

    (void)state;
    fgp_signing_key_init(&key, text("secret"), 0, text("us-east-1"), text("demo"), &err);
    fgp_chain_init(&chain, text("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"),
                   &err);
    verifier = chain;
    assert_int_equal(FGP_OK, fgp_event_sign(&chain, &key, 0, text("message"), &out, &err));
    assert_int_equal(FGP_OK, fgp_event_read((fgp_str){ encoded, out.need }, 0, &e, &err));
    assert_int_equal(FGP_OK, fgp_event_verify(&verifier, &key, &e, &when, &err));
    assert_int_equal(before, allocations);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(chunks), cmocka_unit_test(events) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
