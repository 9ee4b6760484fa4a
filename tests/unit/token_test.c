/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token_test.c - tokens and POST policies in every size of room, and without memory.
 * That they are right, tokens_spec and post_policy_spec hold against botocore.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"

#ifdef COUNT_ALLOCATIONS
#include "count_malloc.h"
#endif

#define NOW    INT64_C(1440938160)
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static fgp_str text(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

static fgp_credentials credentials(fgp_str token)
{
    return (fgp_credentials){ text("AKIDEXAMPLE"), text(SECRET), token };
}

static fgp_token_for what_of(fgp_token_kind kind)
{
    bool by_rules = kind == FGP_TOKEN_MSK || kind == FGP_TOKEN_EKS;
    bool nobody = kind == FGP_TOKEN_DSQL || kind == FGP_TOKEN_DSQL_ADMIN || kind == FGP_TOKEN_IOT ||
                  kind == FGP_TOKEN_MSK;

    return (fgp_token_for){ .kind = kind, .region = text("eu-west-1"),
                            .host = by_rules ? text("") : text("host.example.com"),
                            .port = kind == FGP_TOKEN_RDS ? 3306 : 0,
                            .user = nobody ? text("") : text("user"),
                            .table = fgp_table_builtin() };
}

/* With each room from 0 on: the same token, or a word of how much will do. */
static void check_rooms(fgp_token_kind kind)
{
    fgp_credentials creds = credentials(text("Session/Token=="));
    fgp_token_for   what = what_of(kind);
    char           *room = malloc(1 << 16), *want;
    fgp_out         out = { room, 1 << 16, 0, NULL };
    fgp_str         token;
    fgp_error       err;
    size_t          need, first = 0;

    assert_int_equal(FGP_OK, fgp_token(&what, &creds, NOW, &out, &token, &err));
    want = strndup(token.ptr, token.len);
    need = out.need;
    for (size_t cap = 0; cap <= need; cap++) {
        char      *tight = malloc(cap + 1); /* what AddressSanitizer watches */
        fgp_status s;

        out = (fgp_out){ tight, cap, 0, NULL };
        s = fgp_token(&what, &creds, NOW, &out, &token, &err);
        assert_int_equal(cap < need ? FGP_ERR_NOSPACE : FGP_OK, s);
        if (s == FGP_OK) {
            assert_int_equal(strlen(want), token.len);
            assert_memory_equal(want, token.ptr, token.len);
        } else {
            assert_int_equal(0, token.len);
            assert_true(out.need >= need);
            first = cap == 0 ? out.need : first;
        }
        free(tight);
    }
    out = (fgp_out){ room, first, 0, NULL }; /* as asked for when there was none */
    assert_int_equal(FGP_OK, fgp_token(&what, &creds, NOW, &out, &token, &err));
    free(want);
    free(room);
}

static void tokens_fit(void **state)
{
    int kind = 0;

    (void)state;
    for (; fgp_token_name((fgp_token_kind)kind) != NULL; kind++)
        check_rooms((fgp_token_kind)kind);
    assert_int_equal(9, kind);
}

/* As much as the header says is enough for the longest there is. */
static void longest_fits_in_what_is_said(void **state)
{
    static char     session_token[60000], room[10 * 60000 + 8192], host[253], user[256];
    fgp_credentials creds;
    fgp_str         token;
    fgp_error       err;

    (void)state;
    memset(session_token, '/', sizeof session_token);
    memset(host, 'h', sizeof host);
    memset(user, 'u', sizeof user);
    for (size_t i = 60; i < sizeof host; i += 60)
        host[i] = '.';
    creds = credentials((fgp_str){ session_token, sizeof session_token });
    for (int kind = 0; fgp_token_name((fgp_token_kind)kind) != NULL; kind++) {
        fgp_token_for what = what_of((fgp_token_kind)kind);
        fgp_out       out = { room, sizeof room, 0, NULL };

        if (what.user.len != 0)
            what.user = (fgp_str){ user, sizeof user };
        what.host = (fgp_str){ host, sizeof host };
        assert_int_equal(FGP_OK, fgp_token(&what, &creds, NOW, &out, &token, &err));
    }
}

/* ---- POST policies ---------------------------------------------------- */

static fgp_signing_key key;
static fgp_signer      signer;

static int setup(void **state)
{
    fgp_error err;

    (void)state;
    signer = (fgp_signer){ .access_key_id = text("AKIDEXAMPLE"), .key = &key,
                           .session_token = text("Session/Token==") };
    return fgp_signing_key_init(&key, text(SECRET), NOW, text("us-east-1"), text("s3"), &err);
}

static const fgp_header   more[] = { { FGP_STR("acl"), FGP_STR("private") },
                                     { FGP_STR("x-amz-meta-a"), FGP_STR("\xc3\xbc \xf0\x9f\x98\x80") } };
static const fgp_post_rules rules = { .bucket = FGP_STR("photos"), .key = FGP_STR("up/${filename}"),
                                      .expires_s = 60, .has_length = true, .most = UINT64_MAX,
                                      .content_type = FGP_STR("image/"), .fields = more,
                                      .nfields = 2 };

static const char document[] =
    "{\"expiration\": \"2015-08-30T12:37:00Z\", \"conditions\": [{\"bucket\": \"photos\"}, "
    "[\"starts-with\", \"$key\", \"up/\"], [\"starts-with\", \"$Content-Type\", \"image/\"], "
    "[\"content-length-range\", 0, 18446744073709551615], {\"acl\": \"private\"}, "
    "{\"x-amz-meta-a\": \"\\u00fc \\ud83d\\ude00\"}, {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"}, "
    "{\"x-amz-credential\": \"AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request\"}, "
    "{\"x-amz-date\": \"20150830T123600Z\"}, {\"x-amz-security-token\": \"Session/Token==\"}]}";

static void policies_fit(void **state)
{
    char      room[2048];
    fgp_error err;

    (void)state;
    for (size_t cap = 0; cap <= sizeof document - 1; cap++) {
        char      *tight = malloc(cap + 1);
        fgp_out    out = { tight, cap, 0, NULL };
        fgp_status s = fgp_put_post_policy(&out, &signer, &rules, NOW, &err);

        assert_int_equal(sizeof document - 1, out.need);
        assert_int_equal(cap < out.need ? FGP_ERR_NOSPACE : FGP_OK, s);
        if (s == FGP_OK)
            assert_memory_equal(document, tight, out.need);
        free(tight);
    }
    for (size_t cap = 0, need = SIZE_MAX; cap < need || cap == need; cap++) {
        fgp_out    out = { room, cap, 0, NULL };
        fgp_post   post;
        fgp_status s = fgp_post_sign(&signer, text(document), NOW, &out, &post);

        need = out.need;
        assert_int_equal(cap < need ? FGP_ERR_NOSPACE : FGP_OK, s);
        assert_int_equal(s == FGP_OK ? 6 : 0, post.nfields);
    }
}

static void session_has_its_own_field(void **state)
{
    char     room[4096];
    fgp_out  out = { room, sizeof room, 0, NULL };
    fgp_post post;

    (void)state;
    signer.s3_session = true;
    assert_int_equal(FGP_OK, fgp_post_sign(&signer, text("{}"), NOW, &out, &post));
    assert_true(fgp_str_eq(post.fields[4].name, text("x-amz-s3session-token")));
    signer.session_token = text("");
    assert_int_equal(FGP_OK, fgp_post_sign(&signer, text("{}"), NOW, &out, &post));
    assert_int_equal(5, post.nfields);
    setup(state);
}

static void old_keys_sign_nothing(void **state)
{
    char      room[4096];
    fgp_out   out = { room, sizeof room, 0, NULL };
    fgp_post  post;
    fgp_error err;

    (void)state;
    assert_int_equal(FGP_ERR_KEY_SCOPE, fgp_post_sign(&signer, text("{}"), NOW + 86400, &out, &post));
    assert_int_equal(FGP_ERR_KEY_SCOPE,
                     fgp_put_post_policy(&out, &signer, &rules, NOW + 86400, &err));
    assert_int_equal(0, post.nfields);
    assert_int_equal(0, out.need);
}

/* ---- memory ----------------------------------------------------------- */

#ifdef COUNT_ALLOCATIONS

static void takes_no_memory(void **state)
{
    static char          room[8192];
    static fgp_key_slot  slots[4];
    static fgp_key_cache cache = { slots, 4 };
    fgp_key_for          which = { 1, text(SECRET), text("us-east-1"), text("s3") };
    fgp_credentials      creds = credentials(text(""));
    fgp_signing_key      kept;
    fgp_out              out;
    fgp_str              token;
    fgp_post             post;
    fgp_error            err;
    void *volatile       p = malloc(1);
    unsigned             before = allocations;

    (void)state;
    free(p);
    assert_int_not_equal(0, before); /* they are counted */
    for (int kind = 0; fgp_token_name((fgp_token_kind)kind) != NULL; kind++) {
        fgp_token_for what = what_of((fgp_token_kind)kind);

        out = (fgp_out){ room, sizeof room, 0, NULL };
        assert_int_equal(FGP_OK, fgp_token(&what, &creds, NOW, &out, &token, &err));
    }
    out = (fgp_out){ room, sizeof room, 0, NULL };
    assert_int_equal(FGP_OK, fgp_put_post_policy(&out, &signer, &rules, NOW, &err));
    assert_int_equal(FGP_OK, fgp_post_sign(&signer, text(document), NOW, &out, &post));
    for (int i = 0; i < 8; i++, which.generation++)
        assert_int_equal(FGP_OK, fgp_key_cache_get(&cache, &which, NOW, &kept, &err));
    assert_int_equal(before, allocations);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_fit),
        cmocka_unit_test(longest_fits_in_what_is_said),
        cmocka_unit_test(policies_fit),
        cmocka_unit_test(session_has_its_own_field),
        cmocka_unit_test(old_keys_sign_nothing),
#ifdef COUNT_ALLOCATIONS
        cmocka_unit_test(takes_no_memory),
#endif
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
