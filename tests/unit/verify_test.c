/* SPDX-License-Identifier: Apache-2.0 */
/* verify_test.c - what Lua can't reach of verifying: room, allocations, the two steps taken
 * wrongly, dates. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/str.h"

#define NOW 1440938160

#ifdef COUNT_ALLOCATIONS
#include "count_malloc.h"
#endif

/* ---- a request that came in ------------------------------------------- */

static const fgp_header own[] = {
    { FGP_STR("Content-Type"), FGP_STR("text/plain") },
    { FGP_STR("x-amz-meta-a"), FGP_STR("1") },
};

typedef struct wire {
    char            text[4096];
    fgp_header      headers[10];
    fgp_signing_key key;
    fgp_request     request;
} wire;

static const fgp_signer *signer_of(wire *w)
{
    static fgp_signer signer;

    assert_int_equal(fgp_signing_key_init(&w->key, fgp_lit("secret"), NOW, fgp_lit("eu-west-1"),
                                          fgp_lit("s3"), NULL), FGP_OK);
    signer = (fgp_signer){ .access_key_id = fgp_lit("AKID"), .session_token = fgp_lit("to/ken+="),
                           .key = &w->key, .rules = fgp_sign_rules_for(fgp_lit("s3")) };
    return &signer;
}

static const fgp_request unsigned_put = {
    .method = FGP_STR("PUT"), .scheme = FGP_STR("https"), .authority = FGP_STR("b.s3.amazonaws.com"),
    .path = FGP_STR("/a%20b"), .query = FGP_STR("b=1&a"), .headers = own, .nheaders = 2,
    .payload = { FGP_PAYLOAD_BYTES, FGP_STR("hello") },
};

static void sign(wire *w)
{
    fgp_out    out = { w->text, sizeof w->text, 0, NULL };
    fgp_signed res;

    assert_int_equal(fgp_sign(signer_of(w), &unsigned_put, NOW, &out, NULL, &res), FGP_OK);
    memcpy(w->headers, own, sizeof own);
    memcpy(w->headers + 2, res.headers, res.nheaders * sizeof *w->headers);
    w->request = unsigned_put;
    w->request.headers = w->headers;
    w->request.nheaders = 2 + res.nheaders;
}

static void presign(wire *w)
{
    fgp_request get = unsigned_put;
    fgp_out     out = { w->text, sizeof w->text, 0, NULL };
    fgp_signed  res;
    fgp_url     url;

    get.method = fgp_lit("GET");
    get.nheaders = 0;
    assert_int_equal(fgp_presign(signer_of(w), &get, NOW, 60, &out, NULL, &res), FGP_OK);
    assert_int_equal(fgp_url_parse(res.url, &url, NULL), FGP_OK);
    w->request = get;
    w->request.path = url.path;
    w->request.query = url.query;
}

static fgp_status begin(const wire *w, fgp_out *out, fgp_out *trace, fgp_verified *res)
{
    static const fgp_verifier verifier = { .skew_s = 0 };

    return fgp_verify_begin(&verifier, &w->request, NOW, out, trace, res);
}

/* ---- tests ------------------------------------------------------------ */

static void takes_both_forms(void **state)
{
    wire         w;
    char         text[4096];
    fgp_verified res;

    (void)state;
    for (int form = 0; form < 2; form++) {
        fgp_out out = { text, sizeof text, 0, NULL };

        (form == 0 ? sign : presign)(&w);
        assert_int_equal(begin(&w, &out, NULL, &res), FGP_OK);
        assert_false(res.valid);
        assert_true(fgp_str_eq(res.session_token, fgp_lit("to/ken+=")));
        assert_int_equal(res.time, NOW);
        assert_int_equal(res.expires_s, form == 0 ? 0 : 60);
        assert_int_equal(fgp_verify_end(&res, &w.key, res.session_token), FGP_OK);
        assert_true(res.valid);
    }
}

/* With 0, 1, 2 … bytes of room: never truncated, and what it needs is enough. */
static void says_what_room_it_needs(void **state)
{
    wire         w;
    char         text[4096], trace_text[4096];
    fgp_verified res;
    size_t       enough = 0;

    (void)state;
    presign(&w);
    for (size_t cap = 0; cap < 600; cap++) {
        fgp_out    out = { text, cap, 0, NULL };
        fgp_status s = begin(&w, &out, NULL, &res);

        assert_true(s == FGP_OK || s == FGP_ERR_NOSPACE);
        assert_true(s != FGP_OK || cap >= enough);
        if (s == FGP_OK)
            continue;
        assert_true(out.need > cap && out.need <= fgp_verify_room(&w.request));
        enough = out.need;
        out = (fgp_out){ text, enough, 0, NULL };
        assert_int_equal(begin(&w, &out, NULL, &res), FGP_OK);
        enough = cap;
    }
    for (size_t cap = 0; cap < sizeof trace_text; cap += 7) {
        fgp_out    out = { text, sizeof text, 0, NULL }, trace = { trace_text, cap, 0, NULL };
        fgp_status s = begin(&w, &out, &trace, &res);

        assert_int_equal(s, trace.need <= cap ? FGP_OK : FGP_ERR_NOSPACE);
        assert_true(trace.need <= fgp_verify_room(&w.request));
    }
}

#ifdef COUNT_ALLOCATIONS
static void allocates_nothing(void **state)
{
    wire         w;
    char         text[4096];
    fgp_verified res;

    (void)state;
    for (int form = 0; form < 2; form++) {
        fgp_out       out = { text, sizeof text, 0, NULL };
        void *volatile p = malloc(1);
        unsigned       before = allocations;

        free(p);
        assert_int_not_equal(before, 0); /* they are counted */
        (form == 0 ? sign : presign)(&w);
        before = allocations;
        assert_int_equal(begin(&w, &out, NULL, &res), FGP_OK);
        assert_int_equal(fgp_verify_end(&res, &w.key, res.session_token), FGP_OK);
        assert_int_equal(allocations, before);
    }
}
#endif

static void goes_on_after_no_error(void **state)
{
    wire            w;
    char            text[4096];
    fgp_out         out = { text, sizeof text, 0, NULL };
    fgp_verified    res;
    fgp_signing_key other;

    (void)state;
    sign(&w);
    w.request.method = fgp_lit("G T");
    assert_int_equal(begin(&w, &out, NULL, &res), FGP_ERR_BAD_METHOD);
    assert_int_equal(res.access_key_id.len, 0);
    assert_int_equal(fgp_verify_end(&res, &w.key, fgp_lit("")), FGP_ERR_BAD_METHOD);
    assert_int_equal(fgp_verify_body(&res, fgp_lit("")), FGP_ERR_BAD_METHOD);
    assert_false(res.valid);

    sign(&w);
    assert_int_equal(begin(&w, &out, NULL, &res), FGP_OK);
    assert_int_equal(fgp_signing_key_init(&other, fgp_lit("secret"), NOW + 86400, fgp_lit("eu-west-1"),
                                          fgp_lit("s3"), NULL), FGP_OK);
    assert_int_equal(fgp_verify_end(&res, &other, res.session_token), FGP_ERR_KEY_SCOPE);
    assert_int_equal(fgp_verify_end(&res, &w.key, res.session_token), FGP_ERR_KEY_SCOPE);
    assert_false(res.valid);
}

static void compares_a_body_that_comes_later(void **state)
{
    static const fgp_verifier later = { .body_later = true };
    wire         w;
    char         text[4096], hex[64];
    fgp_verified res;
    fgp_digest   d;

    (void)state;
    sign(&w);
    for (int right = 0; right < 2; right++) {
        fgp_out out = { text, sizeof text, 0, NULL };

        assert_int_equal(fgp_verify_begin(&later, &w.request, NOW, &out, NULL, &res), FGP_OK);
        assert_int_equal(fgp_verify_end(&res, &w.key, res.session_token), FGP_OK);
        assert_true(res.valid && res.body_due);
        fgp_digest_init(&d);
        fgp_digest_add(&d, right ? fgp_lit("hello") : fgp_lit("hellp"));
        assert_int_equal(fgp_digest_hex(&d, hex), FGP_OK);
        assert_int_equal(fgp_verify_body(&res, (fgp_str){ hex, sizeof hex }),
                         right ? FGP_OK : FGP_ERR_PAYLOAD_MISMATCH);
        assert_int_equal(res.valid, right);
        assert_int_equal(res.body_due, !right);
    }
}

/* Each second of a stamp comes back; what is no time of the calendar does not. */
static void reads_the_dates_it_writes(void **state)
{
    static const char *const none[] = {
        "20150230T000000Z", "20150431T000000Z", "20150800T000000Z", "20150001T000000Z",
        "20151301T000000Z", "20150830T240000Z", "20150830T006000Z", "20150830T000060Z",
        "20150830t000000Z", "20150830T000000z", "2015083OT000000Z", "19691231T235959Z",
        "20150229T000000Z", "21000229T000000Z", "                ", "20150830T-10000Z",
    };
    char    stamp[FGP_STAMP_LEN];
    int64_t when;

    (void)state;
    for (int64_t at = 0; at <= 253402300799; at += 86400 * 11 + 3601) {
        fgp_stamp(stamp, at);
        assert_true(fgp_stamp_read((fgp_str){ stamp, sizeof stamp }, &when));
        assert_int_equal(when, at);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(fgp_stamp_read((fgp_str){ none[i], FGP_STAMP_LEN }, &when));
    assert_true(fgp_stamp_read(fgp_lit("20000229T235959Z"), &when));
    assert_false(fgp_stamp_read(fgp_lit("20000229T235959"), &when));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_both_forms),
        cmocka_unit_test(says_what_room_it_needs),
#ifdef COUNT_ALLOCATIONS
        cmocka_unit_test(allocates_nothing),
#endif
        cmocka_unit_test(goes_on_after_no_error),
        cmocka_unit_test(compares_a_body_that_comes_later),
        cmocka_unit_test(reads_the_dates_it_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
