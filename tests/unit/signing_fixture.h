/* SPDX-License-Identifier: Apache-2.0 */
/* signing_fixture.h - one good request, for tests that spoil it in one place each. */
#ifndef SIGNING_FIXTURE_H
#define SIGNING_FIXTURE_H

#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW      1440938160 /* 2015-08-30T12:36:00Z */
#define SECRET   "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TOKEN    "FwoGZXIvYXdzEXAMPLETOKEN"

static char room[1 << 20], trace_room[1 << 20];

static inline fgp_str header(const fgp_signed *res, const char *name)
{
    for (size_t i = 0; i < res->nheaders; i++)
        if (fgp_str_eq(res->headers[i].name, text(name)))
            return res->headers[i].value;
    return (fgp_str){ NULL, 0 };
}

static struct {
    fgp_signing_key key;
    fgp_signer      signer;
    fgp_request     req;
    fgp_header      headers[FGP_HEADERS_MAX + 1];
    fgp_out         out, trace;
    fgp_signed      res;
} t;

/* The request, with a key that is zeroed. */
static inline void start_without_key(fgp_str service)
{
    memset(&t, 0, sizeof t);
    t.signer = (fgp_signer){ .access_key_id = FGP_STR("AKIDEXAMPLE"), .key = &t.key,
                             .session_token = FGP_STR(TOKEN),
                             .rules = fgp_sign_rules_for(service), .cover = FGP_COVER_ALL };
    t.req = (fgp_request){ .method = FGP_STR("GET"), .scheme = FGP_STR("https"),
                           .authority = FGP_STR("bucket.example.com"), .path = FGP_STR("/key"),
                           .headers = t.headers };
    t.out = (fgp_out){ room, sizeof room, 0, NULL };
    t.trace = (fgp_out){ trace_room, sizeof trace_room, 0, NULL };
}

static inline void start_for(fgp_str service)
{
    fgp_error err;

    start_without_key(service);
    assert_int_equal(FGP_OK, fgp_signing_key_init(&t.key, text(SECRET), NOW, text("us-east-1"),
                                                  service, &err));
}

static inline int start(void **state)
{
    (void)state;
    start_for(text("s3"));
    return 0;
}

static inline fgp_status sign(void)
{
    t.out.need = t.trace.need = 0;
    return fgp_sign(&t.signer, &t.req, NOW, &t.out, &t.trace, &t.res);
}

static inline fgp_status presign(int64_t expires_s)
{
    t.out.need = t.trace.need = 0;
    return fgp_presign(&t.signer, &t.req, NOW, expires_s, &t.out, &t.trace, &t.res);
}

/* Whether |s| is the answer, the text says so, and nothing usable is left. */
static inline void refused(fgp_status got, fgp_status want)
{
    if (got != want)
        fail_msg("got %s (%s), want %s", fgp_status_name(got), t.res.error.text,
                 fgp_status_name(want));
    assert_int_equal(want, t.res.error.status);
    assert_true(t.res.error.text[0] != '\0');
    assert_null(strstr(t.res.error.text, SECRET));
    assert_null(strstr(t.res.error.text, TOKEN));
    assert_int_equal(0, t.res.nheaders);
    assert_int_equal(0, t.res.url.len + t.res.target.len + t.res.host.len + t.res.signature.len +
                            t.res.canonical_request.len + t.res.string_to_sign.len);
    assert_int_equal(0, t.out.need);
}

static inline void both_refused(fgp_status want)
{
    refused(sign(), want);
    refused(presign(60), want);
}

static inline void signed_well(fgp_status s)
{
    if (s != FGP_OK)
        fail_msg("%s", t.res.error.text);
}

#endif
