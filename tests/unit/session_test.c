/* SPDX-License-Identifier: Apache-2.0 */
/* session_test.c - S3 Express: the request for a session, its reply, and who renews it. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"

#define NOW INT64_C(1701210300) /* 2023-11-28T22:25:00Z */

static fgp_str text(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

static void same(const char *want, fgp_str got)
{
    assert_int_equal(strlen(want), got.len);
    assert_memory_equal(want, got.ptr, got.len);
}

/* ---- the request ------------------------------------------------------ */

#define BUCKET "photos--usw2-az1--x-s3"

static char room[8192];

static fgp_status plan(unsigned schemes, fgp_plan *p)
{
    static fgp_params params;
    fgp_out           out = { room, sizeof room, 0, NULL };
    fgp_error         err;

    assert_int_equal(FGP_OK, fgp_params_init(&params, fgp_table_builtin(), text("s3"), &err));
    assert_int_equal(FGP_OK, fgp_params_set_string(&params, text("Region"), text("us-west-2"), &err));
    assert_int_equal(FGP_OK, fgp_params_set_string(&params, text("Bucket"), text(BUCKET), &err));
    return schemes == 0 ? fgp_plan_make(&params, &out, p)
                        : fgp_plan_make_for(&params, schemes, &out, p);
}

static void plans_for_who_brings_a_session(void **state)
{
    fgp_plan p;

    (void)state;
    assert_int_equal(FGP_ERR_UNSUPPORTED_AUTH, plan(0, &p));
    assert_non_null(strstr(p.error.text, "DisableS3ExpressSessionAuth"));
    assert_int_equal(FGP_OK, plan(FGP_AUTH_BIT(FGP_AUTH_SIGV4_S3EXPRESS), &p));
    assert_int_equal(FGP_AUTH_SIGV4_S3EXPRESS, p.auth.scheme);
    same("s3express", p.auth.signing_name);
    same("us-west-2", p.auth.signing_region);
    assert_false(p.rules.double_encode);
    assert_true(p.rules.content_sha256);
}

static void asks_for_a_session(void **state)
{
    fgp_plan    p;
    fgp_request req;

    (void)state;
    assert_int_equal(FGP_OK, plan(FGP_AUTH_BIT(FGP_AUTH_SIGV4_S3EXPRESS), &p));
    fgp_session_request(&p, false, &req);
    same("GET", req.method);
    same(BUCKET ".s3express-usw2-az1.us-west-2.amazonaws.com", req.authority);
    same("", req.path);
    same("session", req.query);
    assert_int_equal(1, req.nheaders);
    same("x-amz-create-session-mode", req.headers[0].name);
    same("ReadWrite", req.headers[0].value);
    fgp_session_request(&p, true, &req);
    same("ReadOnly", req.headers[0].value);
}

/* ---- the reply -------------------------------------------------------- */

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
             "<CreateSessionResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Credentials>"
#define TOKEN "<SessionToken>TESTSESSION/TOKEN+1==</SessionToken>"
#define SECRET "<SecretAccessKey>c2VjcmV0/&#43;a&amp;b</SecretAccessKey>"
#define ID "<AccessKeyId>ASIARTESTID</AccessKeyId>"
#define ENDS "<Expiration>2023-11-28T22:30:00Z</Expiration>"
#define TAIL "</Credentials></CreateSessionResult>"

static fgp_session session;
static fgp_error   err;

static fgp_status read_reply(int status, const char *body)
{
    err.text[0] = '\0';
    return fgp_session_read(&session, status, text(body), NOW, &err);
}

static void reads_a_reply(void **state)
{
    (void)state;
    assert_int_equal(FGP_OK, read_reply(200, HEAD TOKEN SECRET ID ENDS TAIL));
    same("ASIARTESTID", session.credentials.access_key_id);
    same("c2VjcmV0/+a&b", session.credentials.secret_access_key);
    same("TESTSESSION/TOKEN+1==", session.credentials.session_token);
    assert_int_equal(NOW + 300, session.expires);
    assert_int_equal(FGP_OK, read_reply(200, HEAD "<New><X>1</X></New>" ID TOKEN SECRET
                                        "<Expiration>2023-11-28T22:30:00.123Z</Expiration>" TAIL));
    assert_int_equal(NOW + 300, session.expires);
}

static void refuses_a_reply(void **state)
{
    static const struct { const char *body, *why; } bad[] = {
        { "", "is empty" },
        { "{}", "is not XML" },
        { HEAD, "is not XML" },
        { HEAD TOKEN SECRET ID ENDS TAIL "x", "is not XML" },
        { HEAD TAIL, "no SessionToken" },
        { HEAD SECRET ID ENDS TAIL, "no SessionToken" },
        { HEAD "<SessionToken/>" SECRET ID ENDS TAIL, "no SessionToken" },
        { HEAD TOKEN ID ENDS TAIL, "no AccessKeyId or SecretAccessKey" },
        { HEAD TOKEN SECRET ENDS TAIL, "no AccessKeyId or SecretAccessKey" },
        { HEAD TOKEN SECRET "<AccessKeyId>A\nB</AccessKeyId>" ENDS TAIL, "or malformed ones" },
        { HEAD TOKEN SECRET ID TAIL, "Expiration that is missing" },
        { HEAD TOKEN SECRET ID "<Expiration>soon</Expiration>" TAIL, "or is none" },
        { HEAD TOKEN SECRET ID "<Expiration>2023-11-31T22:30:00Z</Expiration>" TAIL, "or is none" },
        { HEAD TOKEN SECRET ID "<Expiration>2023-11-28 22:30:00Z</Expiration>" TAIL, "or is none" },
        { HEAD TOKEN SECRET ID "<Expiration>2023-11-28T22:25:00Z</Expiration>" TAIL, "in the past" },
        { HEAD TOKEN SECRET ID "<Expiration>9999-11-28T22:25:00Z</Expiration>" TAIL, "a day ahead" },
        { HEAD TOKEN SECRET ID ID ENDS TAIL, "twice" },
        { HEAD TOKEN SECRET "<AccessKeyId>A<b>B</b></AccessKeyId>" ENDS TAIL, "an element where" },
        { "<!DOCTYPE a [<!ENTITY b \"c\">]>" "<a>&b;</a>", "document type" },
        { "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>", "more than 16 deep" },
        { "<Credentials>" TOKEN SECRET ID ENDS "</Credentials>", "no SessionToken" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(FGP_ERR_BAD_REPLY, read_reply(200, bad[i].body));
        if (strstr(err.text, bad[i].why) == NULL)
            fail_msg("%s: %s", bad[i].body, err.text);
        assert_null(strstr(err.text, "c2VjcmV0"));
        assert_int_equal(0, session.credentials.secret_access_key.len);
        assert_int_equal(0, session.text[0]);
    }
}

static void refuses_what_is_too_long(void **state)
{
    static char body[FGP_REPLY_MAX + 100], token[FGP_SESSION_TEXT + 100];

    (void)state;
    memset(token, 't', sizeof token - 1);
    snprintf(body, sizeof body, HEAD "<SessionToken>%s</SessionToken>" SECRET ID ENDS TAIL, token);
    assert_int_equal(FGP_ERR_BAD_REPLY, read_reply(200, body));
    assert_non_null(strstr(err.text, "too long"));
    memset(body, ' ', sizeof body - 1);
    assert_int_equal(FGP_ERR_BAD_REPLY, read_reply(200, body));
    assert_non_null(strstr(err.text, "longer than 65536"));
}

static void tells_a_refusal(void **state)
{
    (void)state;
    assert_int_equal(FGP_ERR_BAD_REPLY, read_reply(403, "<Error><Code>AccessDenied</Code></Error>"));
    assert_non_null(strstr(err.text, "\"AccessDenied\""));
    assert_int_equal(FGP_ERR_BAD_REPLY, read_reply(404, "<html>"));
    assert_int_equal(FGP_ERR_NO_REPLY, read_reply(503, "<Error><Code>SlowDown</Code></Error>"));
    assert_int_equal(FGP_ERR_NO_REPLY, read_reply(429, ""));
    assert_int_equal(FGP_ERR_NO_REPLY, read_reply(0, ""));
    assert_int_equal(FGP_ERR_BAD_REPLY, read_reply(301, ""));
}

/* ---- sessions by bucket ----------------------------------------------- */

static fgp_session  place[3];
static fgp_sessions sessions = { place, 3 };

static fgp_session_state find(const char *bucket, int64_t now, fgp_session **s)
{
    return fgp_sessions_find(&sessions, 1, text(bucket), now, s);
}

/* Fetches the session of |bucket|, good until NOW + 300. */
static void fetch(const char *bucket)
{
    assert_int_equal(FGP_OK, read_reply(200, HEAD TOKEN SECRET ID ENDS TAIL));
    assert_int_equal(FGP_OK, fgp_sessions_keep(&sessions, 1, text(bucket), &session, &err));
    assert_int_equal(0, session.text[0]); /* wiped */
}

static int clean(void **state)
{
    (void)state;
    memset(place, 0, sizeof place);
    return 0;
}

static void fetches_once_and_renews_ahead(void **state)
{
    fgp_session *s;

    (void)state;
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW, &s));
    assert_null(s);
    assert_int_equal(FGP_SESSION_WAIT, find("aaa", NOW, &s));
    assert_null(s);
    fetch("aaa");
    assert_int_equal(FGP_SESSION_READY, find("aaa", NOW + 239, &s));
    same("ASIARTESTID", s->credentials.access_key_id);
    assert_true(s->credentials.access_key_id.ptr >= s->text); /* its own copy */
    assert_true(s->credentials.access_key_id.ptr < s->text + sizeof s->text);
    assert_int_equal(FGP_SESSION_RENEW, find("aaa", NOW + 240, &s));
    assert_int_equal(FGP_SESSION_READY, find("aaa", NOW + 241, &s));
    assert_int_equal(FGP_SESSION_READY, find("aaa", NOW + 249, &s));
    assert_int_equal(FGP_SESSION_RENEW, find("aaa", NOW + 250, &s)); /* the first gave up */
    same("TESTSESSION/TOKEN+1==", s->credentials.session_token);
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW + 295, &s)); /* too near its end */
    assert_null(s);
    assert_int_equal(FGP_SESSION_WAIT, find("aaa", NOW + 296, &s));
}

static void lets_another_try_after_a_failure(void **state)
{
    fgp_session *s;

    (void)state;
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW, &s));
    assert_int_equal(FGP_OK, fgp_sessions_keep(&sessions, 1, text("aaa"), NULL, &err));
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW, &s));
    assert_int_equal(FGP_SESSION_WAIT, find("aaa", NOW + 9, &s));
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW + 10, &s)); /* it never came back */
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW - 3600, &s)); /* the clock went back */
}

static void keeps_them_apart(void **state)
{
    fgp_session *s;

    (void)state;
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW, &s));
    fetch("aaa");
    assert_int_equal(FGP_SESSION_FETCH, find("aab", NOW, &s));
    assert_int_equal(FGP_SESSION_FETCH, fgp_sessions_find(&sessions, 2, text("aaa"), NOW, &s));
    assert_int_equal(FGP_SESSION_READY, find("aaa", NOW, &s));
    fgp_sessions_drop(&sessions, 1);
    assert_int_equal(FGP_SESSION_WAIT, fgp_sessions_find(&sessions, 2, text("aaa"), NOW, &s));
    assert_int_equal(FGP_SESSION_FETCH, find("aaa", NOW, &s));
}

static void wipes_what_makes_room(void **state)
{
    static const char *const names[] = { "aaa", "bbb", "ccc", "ddd" };
    fgp_session             *s;
    size_t                   n = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        find(names[i], NOW, &s);
        fetch(names[i]);
    }
    assert_int_equal(FGP_SESSION_FETCH, find("ddd", NOW, &s));
    for (size_t i = 0; i < 3; i++)
        n += memmem(&place[i], sizeof place[i], "c2VjcmV0", 8) != NULL;
    assert_int_equal(2, n);
}

static void takes_no_bucket_that_is_none(void **state)
{
    char         longer[80];
    fgp_session *s;

    (void)state;
    memset(longer, 'b', sizeof longer);
    longer[79] = '\0';
    assert_int_equal(FGP_SESSION_FETCH, find(longer, NOW, &s));
    assert_null(s);
    assert_int_equal(FGP_ERR_BAD_BUCKET, fgp_sessions_keep(&sessions, 1, text(longer), &session, &err));
    assert_int_equal(FGP_SESSION_FETCH, find("", NOW, &s));
    assert_int_equal(0, place[0].bucket_len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_for_who_brings_a_session),
        cmocka_unit_test(asks_for_a_session),
        cmocka_unit_test(reads_a_reply),
        cmocka_unit_test(refuses_a_reply),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(tells_a_refusal),
        cmocka_unit_test_setup(fetches_once_and_renews_ahead, clean),
        cmocka_unit_test_setup(lets_another_try_after_a_failure, clean),
        cmocka_unit_test_setup(keeps_them_apart, clean),
        cmocka_unit_test_setup(wipes_what_makes_room, clean),
        cmocka_unit_test_setup(takes_no_bucket_that_is_none, clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
