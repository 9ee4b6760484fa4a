/* SPDX-License-Identifier: Apache-2.0 */
/* Signed events: published chains of them, and refusals. */
#include "event_case.h"

/* ---- vectors ---------------------------------------------------------- */

static void check_seed(const vector *v, const fgp_signing_key *key, int64_t now)
{
    static char room[8192];
    fgp_str     rest = vector_section(v, "request"), line, method, path, also[] = {
        vector_setting(v, "also") };
    fgp_header  headers[16];
    fgp_out     out = { room, sizeof room, 0, NULL };
    fgp_signed  res;
    fgp_signer  signer = { .access_key_id = vector_setting(v, "access_key_id"), .key = key,
                           .rules = fgp_sign_rules_for(vector_setting(v, "service")),
                           .also = also, .nalso = 1 };
    fgp_request req = { .scheme = text("https"), .headers = headers,
                        .payload = { FGP_PAYLOAD_EVENTS, { NULL, 0 } } };

    fgp_str_cut(&rest, '\n', &line);
    fgp_str_cut(&line, ' ', &method);
    fgp_str_cut(&line, ' ', &path);
    req.method = method;
    req.path = path;
    req.nheaders = take_headers(rest, headers);
    req.authority = headers[0].value;
    if (fgp_sign(&signer, &req, now, &out, NULL, &res) != FGP_OK)
        fail_msg("%s", res.error.text);
    same(res.signature, vector_setting(v, "seed"));
}

/* The event |line| tells is signed as it says, and verified by what follows it. */
static void check_event(fgp_str line, const fgp_signing_key *key, fgp_chain *chain,
                        fgp_chain *verifier)
{
    char      room[512];
    fgp_out   out = { room, sizeof room, 0, NULL };
    fgp_str   when, shown, message;
    fgp_event e;
    fgp_error err;
    int64_t   time;

    fgp_str_cut(&line, ' ', &when);
    fgp_str_cut(&line, ' ', &shown);
    message = fgp_str_eq(shown, text("-")) ? vector_bytes(text("")) : vector_bytes(shown);
    for (out.cap = 0; fgp_event_sign(chain, key, vector_number(when), message, &out, &err) ==
                      FGP_ERR_NOSPACE; out.cap++) {
        assert_int_equal(message.len + FGP_EVENT_SIGNED_MORE, out.need);
        out.need = 0;
    }
    assert_int_equal(message.len + FGP_EVENT_SIGNED_MORE, out.cap);
    same((fgp_str){ chain->text, chain->len }, line);

    assert_int_equal(FGP_OK, fgp_event_read((fgp_str){ room, out.need }, 0, &e, &err));
    if (fgp_event_verify(verifier, key, &e, &time, &err) != FGP_OK)
        fail_msg("%s", err.text);
    same(e.payload, message);
    assert_true(time == vector_number(when));
    assert_memory_equal(chain->text, verifier->text, 64);
    free((void *)(uintptr_t)message.ptr);
}

static void check_events(const vector *v)
{
    fgp_str         lines = vector_section(v, "events"), line;
    fgp_signing_key key;
    fgp_chain       chain, verifier;
    fgp_error       err;

    make_key(&key, v);
    if (vector_section(v, "request").len != 0)
        check_seed(v, &key, vector_number(vector_setting(v, "now")));
    assert_int_equal(FGP_OK, fgp_chain_init(&chain, vector_setting(v, "seed"), &err));
    verifier = chain;
    while (lines.len != 0) {
        fgp_str_cut(&lines, '\n', &line);
        check_event(line, &key, &chain, &verifier);
    }
}

static void events(void **state)
{
    (void)state;
    vector_each("event-signed", check_events);
}

/* ---- refusals ----------------------------------------------- */

static fgp_signing_key key;
static fgp_chain       first;
static const int64_t   now = 1440938160;

static int setup(void **state)
{
    fgp_error err;

    (void)state;
    assert_int_equal(FGP_OK, fgp_chain_init(&first, text("e1d8e8c8815e60969f2a34765c9a15945ffc0bad"
                                                         "baa4b7e3b163ea19131e949b"), &err));
    return fgp_signing_key_init(&key, text("secret"), now, text("us-east-1"), text("demo"), &err);
}

static void expect_verify(fgp_str bytes, int64_t want_when, fgp_status status, const char *want)
{
    fgp_chain chain = first;
    int64_t   when;
    fgp_event e;
    fgp_error err = { .status = FGP_OK, .text = "" };

    assert_int_equal(FGP_OK, fgp_event_read(bytes, 0, &e, &err));
    assert_int_equal(status, fgp_event_verify(&chain, &key, &e, &when, &err));
    same_error(&err, status, want);
    assert_true(when == want_when);
    if (status != FGP_OK) /* the chain is as it was */
        assert_memory_equal(&first, &chain, sizeof chain);
}

static void cannot_verify(void **state)
{
    static const char changed[] = "the event: is not what was signed: it was changed, or one is "
                                  "missing or out of order";
    char              room[256];
    fgp_out           out = { room, sizeof room, 0, NULL };
    fgp_chain         chain = first;
    fgp_error         err;

    (void)state;
    assert_int_equal(FGP_OK, fgp_event_sign(&chain, &key, now, text("message"), &out, &err));
    expect_verify((fgp_str){ room, out.need }, now, FGP_OK, "");
    room[12 + 6 + 8]++; /* the date's last byte but one: 256 ms later */
    mend(room, out.need, out.need, 67);
    expect_verify((fgp_str){ room, out.need }, now + (room[26] == 0), FGP_ERR_BAD_SIGNATURE, changed);
    room[12 + 6 + 8]--;
    room[12 + 67]++;
    mend(room, out.need, out.need, 67);
    expect_verify((fgp_str){ room, out.need }, now, FGP_ERR_BAD_SIGNATURE, changed);
    room[12 + 67]--;
    room[12 + 66]++;
    mend(room, out.need, out.need, 67);
    expect_verify((fgp_str){ room, out.need }, now, FGP_ERR_BAD_SIGNATURE, changed);

    out.need = 0; /* the one after is not the first */
    assert_int_equal(FGP_OK, fgp_event_sign(&chain, &key, now, text("message"), &out, &err));
    expect_verify((fgp_str){ room, out.need }, now, FGP_ERR_BAD_SIGNATURE, changed);
}

static void wrong_headers(void **state)
{
    static const struct {
        fgp_event_header headers[3];
        const char      *text;
    } rows[] = {
        { { { .name = FGP_STR(":date"), .type = FGP_EVENT_TIME } },
          "the event: is not signed: :date or :chunk-signature is missing" },
        { { { .name = FGP_STR(":chunk-signature"), .type = FGP_EVENT_BYTES,
              .text = FGP_STR("32 bytes in the place of a MAC..") } },
          "the event: is not signed: :date or :chunk-signature is missing" },
        { { { .name = FGP_STR(":date"), .type = FGP_EVENT_LONG } },
          "event header \":date\": is of another type or length, or not covered by the "
          "signature" },
        { { { .name = FGP_STR(":chunk-signature"), .type = FGP_EVENT_BYTES,
              .text = FGP_STR("31 bytes in the place of a MAC.") } },
          "event header \":chunk-signature\": is of another type or length, or not covered by "
          "the signature" },
        { { { .name = FGP_STR("extra"), .type = FGP_EVENT_TRUE } },
          "event header \"extra\": is of another type or length, or not covered by the "
          "signature" },
        { { { .name = FGP_STR(":chunk-signature"), .type = FGP_EVENT_BYTES,
              .text = FGP_STR("32 bytes in the place of a MAC..") },
            { .name = FGP_STR(":date"), .type = FGP_EVENT_TIME, .number = -1 } },
          "event header \":date\": is not within the years 1970 to 9999" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char      room[256];
        fgp_out   out = { room, sizeof room, 0, NULL };
        fgp_error err;

        assert_int_equal(FGP_OK, fgp_event_put(&out, rows[i].headers,
                                               rows[i].headers[1].name.len ? 2 : 1, text(""), &err));
        expect_verify((fgp_str){ room, out.need }, 0, FGP_ERR_BAD_EVENT, rows[i].text);
    }
}

/* Events go on over midnight, with the next day's key. */
static void midnight(void **state)
{
    int64_t         day = now - now % 86400 + 86400, when;
    fgp_chain       chain = first, verifier = first;
    fgp_signing_key next;
    char            room[512];
    fgp_out         out = { room, sizeof room, 0, NULL };
    fgp_event       e;
    fgp_error       err;

    (void)state;
    fgp_signing_key_init(&next, text("secret"), day, text("us-east-1"), text("demo"), &err);
    assert_int_equal(FGP_OK, fgp_event_sign(&chain, &key, day - 1, text("a"), &out, &err));
    assert_int_equal(FGP_ERR_KEY_SCOPE, fgp_event_sign(&chain, &key, day, text("b"), &out, &err));
    same_error(&err, FGP_ERR_KEY_SCOPE,
               "the signing key: is of another day than the event; derive it anew");
    assert_int_equal(FGP_OK, fgp_event_sign(&chain, &next, day, text("b"), &out, &err));

    fgp_event_read((fgp_str){ room, out.need }, 0, &e, &err);
    assert_int_equal(FGP_OK, fgp_event_verify(&verifier, &key, &e, &when, &err));
    fgp_event_read((fgp_str){ room + e.length, out.need - e.length }, 0, &e, &err);
    assert_int_equal(FGP_ERR_KEY_SCOPE, fgp_event_verify(&verifier, &key, &e, &when, &err));
    assert_true(when == day);
    assert_int_equal(FGP_OK, fgp_event_verify(&verifier, &next, &e, &when, &err));
    assert_int_equal(FGP_ERR_KEY_SCOPE,
                     fgp_event_sign(&chain, &key, INT64_MAX, text("b"), &out, &err));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),        cmocka_unit_test(cannot_verify),
        cmocka_unit_test(wrong_headers), cmocka_unit_test(midnight),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
