/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_test.c - signatures against published and independently made ones, the room they
 * are given, and which paths, queries and payloads are refused.
 */
#include "signing_case.h"
#include "signing_fixture.h"

/* ---- vectors ---------------------------------------------------------- */

/* In the order in which one fault spoils the next. */
static void gives_its_signature(const vector *v)
{
    fgp_out      out = { room, sizeof room, 0, NULL };
    fgp_out      trace = { trace_room, sizeof trace_room, 0, NULL };
    fgp_signed   res;
    signing_case c;

    case_make(&c, v);
    if (case_section(v, "error").len != 0) {
        fgp_status s = case_sign(&c, &out, &trace, &res);

        same(text(fgp_status_name(s)), case_section(v, "error"));
        return;
    }
    if (case_sign(&c, &out, &trace, &res) != FGP_OK)
        fail_msg("%s", res.error.text);
    same(res.target, case_section(v, "target"));
    same(res.canonical_request, case_section(v, "canonical request"));
    same(res.string_to_sign, case_section(v, "string to sign"));
    same(res.signature, case_section(v, "signature"));
    if (c.expires_s == 0 && case_section(v, "authorization").len != 0)
        same(header(&res, "authorization"), case_section(v, "authorization"));
    same(header(&res, "host"), res.host);
}

static void vectors(void **state)
{
    (void)state;
    vector_each("signing", gives_its_signature);
}

/* The URL is one, and ends with the target. */
static void gives_a_url(const vector *v)
{
    fgp_out      out = { room, sizeof room, 0, NULL };
    fgp_signed   res;
    fgp_url      url;
    fgp_error    err;
    signing_case c;

    case_make(&c, v);
    if (case_sign(&c, &out, NULL, &res) != FGP_OK)
        return;
    if (fgp_url_parse(res.url, &url, &err) != FGP_OK)
        fail_msg("%s", err.text);
    same((fgp_str){ res.url.ptr + res.url.len - res.target.len, res.target.len }, res.target);
    same(url.authority, res.host);
}

static void urls(void **state)
{
    (void)state;
    vector_each("signing", gives_a_url);
}

/* What S3 is sent is canonical: signed once more it stays the same. */
static void is_idempotent(const vector *v)
{
    fgp_out      out = { room, sizeof room, 0, NULL };
    fgp_signed   first, second;
    fgp_str      target;
    signing_case c;

    case_make(&c, v);
    if (c.signer.rules.double_encode || c.expires_s != 0 ||
        case_sign(&c, &out, NULL, &first) != FGP_OK)
        return;
    target = first.target;
    c.req.query = target;
    fgp_str_cut(&c.req.query, '?', &c.req.path);
    assert_int_equal(FGP_OK, case_sign(&c, &out, NULL, &second));
    same(second.target, first.target);
    same(second.signature, first.signature);
}

static void idempotent(void **state)
{
    (void)state;
    vector_each("signing", is_idempotent);
}

/* ---- room ------------------------------------------------------------- */

/* With one byte less than it needs nothing is usable, and need is told all the same. */
static void needs_its_room(const vector *v)
{
    fgp_out      all = { NULL, 0, 0, NULL }, all_trace = { NULL, 0, 0, NULL };
    fgp_signed   res;
    signing_case c;

    case_make(&c, v);
    if (case_sign(&c, &all, &all_trace, &res) != FGP_ERR_NOSPACE)
        return;
    assert_true(all.need <= fgp_sign_room(&c.signer, &c.req));
    assert_true(all_trace.need <= 2 * fgp_sign_room(&c.signer, &c.req));
    for (size_t n = 0; n <= all.need; n++) {
        char      *buf = malloc(n + 1); /* so that AddressSanitizer sees the end */
        fgp_out    out = { buf, n, 0, NULL }, trace = { trace_room, sizeof trace_room, 0, NULL };
        fgp_status s = case_sign(&c, &out, &trace, &res);

        assert_int_equal(n < all.need ? FGP_ERR_NOSPACE : FGP_OK, s);
        assert_int_equal(all.need, out.need);
        assert_int_equal(all_trace.need, trace.need);
        assert_int_equal(n < all.need, res.url.len == 0 && res.nheaders == 0);
        free(buf);
    }
}

static void needs_its_trace_room(const vector *v)
{
    fgp_out      all = { room, sizeof room, 0, NULL }, all_trace = { NULL, 0, 0, NULL };
    fgp_signed   res;
    signing_case c;

    case_make(&c, v);
    if (case_sign(&c, &all, &all_trace, &res) != FGP_ERR_NOSPACE)
        return;
    for (size_t n = 0; n <= all_trace.need; n++) {
        char      *buf = malloc(n + 1);
        fgp_out    out = { room, sizeof room, 0, NULL }, trace = { buf, n, 0, NULL };
        fgp_status s = case_sign(&c, &out, &trace, &res);

        assert_int_equal(n < all_trace.need ? FGP_ERR_NOSPACE : FGP_OK, s);
        free(buf);
    }
}

static void rooms(void **state)
{
    (void)state;
    vector_each("signing", needs_its_room);
    vector_each("signing", needs_its_trace_room);
}

/* ---- what is refused -------------------------------------------------- */

static void methods(void **state)
{
    static const fgp_str bad[] = { FGP_STR(""), FGP_STR("GET "), FGP_STR("G\rET"),
                                   FGP_STR("G\nX: y"), FGP_STR("G\0T"), FGP_STR("G\xc3\xbc") };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        t.req.method = bad[i];
        both_refused(FGP_ERR_BAD_METHOD);
    }
}

/* C1, B12, B15: each byte by itself, in the middle and at the end. */
static void bytes_in_targets(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char    s[] = { '/', 'a', (char)c, 'b', (char)c };
        bool    control = c < 32 || c == 127, never = control || c == '#' || c == '%';

        start_for(text("s3"));
        t.req.path = (fgp_str){ s, sizeof s };
        if (never || c == '?')
            both_refused(FGP_ERR_BAD_PATH);
        else
            signed_well(sign());
        start_for(text("execute-api"));
        t.req.path = (fgp_str){ s, sizeof s };
        if (never || c == '?')
            both_refused(FGP_ERR_BAD_PATH);
        else
            signed_well(sign());
        start_for(text("s3"));
        t.req.query = (fgp_str){ s, sizeof s };
        if (never)
            both_refused(FGP_ERR_BAD_QUERY);
        else
            signed_well(sign());
    }
}

/* B8: a key of every byte is sent as it is signed, and is that key when decoded. */
static void keys_of_every_byte(void **state)
{
    static char path_room[16];

    (void)state;
    for (int c = 0; c < 256; c++) {
        char     key[] = { (char)c, (char)c };
        fgp_plan plan = { .url = { .path = FGP_STR("/b") } };
        fgp_out  path = { path_room, sizeof path_room, 0, NULL };

        fgp_put_key_path(&plan, (fgp_str){ key, sizeof key }, &path);
        t.req.path = (fgp_str){ path_room, path.need };
        signed_well(sign());
        same(t.res.target, t.req.path);
        assert_true(fgp_str_starts(t.res.canonical_request, text("GET\n/b/")));
        assert_true(memcmp(t.res.canonical_request.ptr + 4, path_room, path.need) == 0);
    }
}

static void limits(void **state)
{
    static char long_path[FGP_TEXT_MAX + 1], many[2 * FGP_QUERY_MAX + 2];

    (void)state;
    memset(long_path, 'a', sizeof long_path);
    long_path[0] = '/';
    t.req.path = (fgp_str){ long_path, FGP_TEXT_MAX };
    signed_well(sign());
    t.req.path.len++;
    both_refused(FGP_ERR_BAD_PATH);

    start_for(text("s3"));
    t.req.query = (fgp_str){ long_path, FGP_TEXT_MAX };
    signed_well(sign());
    t.req.query.len++;
    both_refused(FGP_ERR_BAD_QUERY);

    start_for(text("s3"));
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = i % 2 ? '&' : (char)('z' - i / 2 % 26);
    t.req.query = (fgp_str){ many, 2 * FGP_QUERY_MAX };
    signed_well(sign());
    t.req.query.len++;
    both_refused(FGP_ERR_BAD_QUERY);
    assert_non_null(strstr(t.res.error.text, "1001"));
}

/* As many segments as there can be: empty ones, short ones, and as many ".." again. */
static void segments(void **state)
{
    static char path[FGP_TEXT_MAX];

    (void)state;
    start_for(text("execute-api"));
    memset(path, '/', sizeof path);
    t.req.path = (fgp_str){ path, sizeof path };
    signed_well(sign());
    assert_true(fgp_str_starts(t.res.canonical_request, text("GET\n/\n")));

    for (size_t i = 2; i < sizeof path; i += 2) /* "//a/a…/a" */
        path[i] = 'a';
    signed_well(sign());
    same((fgp_str){ t.res.canonical_request.ptr + 4, sizeof path - 1 },
         (fgp_str){ path + 1, sizeof path - 1 });

    for (size_t i = 0; i + 3 <= sizeof path; i += 3)
        memcpy(path + i, i < sizeof path / 2 ? "/ab" : "/..", 3);
    t.req.path.len = sizeof path / 6 * 6;
    signed_well(sign());
    assert_true(fgp_str_starts(t.res.canonical_request, text("GET\n/")));
}

static void paths(void **state)
{
    (void)state;
    t.req.path = text("");
    signed_well(sign());
    same(t.res.target, text("/"));
    t.req.path = text("*");
    both_refused(FGP_ERR_BAD_PATH);
    t.req.path = text("a/b");
    both_refused(FGP_ERR_BAD_PATH);
    t.req.path = text("/a%");
    both_refused(FGP_ERR_BAD_PATH);
    t.req.path = text("/a%4");
    both_refused(FGP_ERR_BAD_PATH);
    t.req.path = text("/%c0%af\xff");
    signed_well(sign());
    same(t.res.target, text("/%C0%AF%FF"));
    t.req.path = text("/a%2fb/c"); /* a slash of the key, however it came */
    signed_well(sign());
    same(t.res.target, text("/a/b/c"));
}

static void malformed_escape_of_others(void **state)
{
    (void)state;
    t.signer.rules.double_encode = t.signer.rules.normalize = true;
    t.req.path = text("/a%zz");
    both_refused(FGP_ERR_BAD_PATH);
    t.req.path = text("/a%2Fb");
    signed_well(sign());
    same(t.res.target, text("/a%2Fb"));
}

/* B17, B19 beyond the vectors. */
static void queries(void **state)
{
    static const struct {
        fgp_str given, sent;
    } rows[] = {
        { FGP_STR("=v"), FGP_STR("=v") },
        { FGP_STR("&&&"), FGP_STR("") },
        { FGP_STR("a=b=c&A=1&a=B"), FGP_STR("A=1&a=B&a=b%3Dc") },
        { FGP_STR("a-=1&a%2F=2&a/=1"), FGP_STR("a%2F=1&a%2F=2&a-=1") },
        { FGP_STR("\xc3\xbc=1&~=2&%7e=1&_=3"), FGP_STR("%C3%BC=1&_=3&~=1&~=2") },
        { FGP_STR("a=1;b=2"), FGP_STR("a=1%3Bb%3D2") },
        { FGP_STR("a b=c"), FGP_STR("a%20b=c") },
        { FGP_STR("b&a&ab&aa"), FGP_STR("a=&aa=&ab=&b=") },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fgp_str sent, path;

        t.req.query = rows[i].given;
        signed_well(sign());
        sent = t.res.target;
        fgp_str_cut(&sent, '?', &path);
        same(sent, rows[i].sent);
        assert_int_equal(sent.len != 0, memchr(t.res.target.ptr, '?', t.res.target.len) != NULL);
    }
}

/* B18 */
static void signed_already(void **state)
{
    static const fgp_str names[] = {
        FGP_STR("X-Amz-Signature"), FGP_STR("x-amz-credential"), FGP_STR("X-AMZ-DATE"),
        FGP_STR("%58-Amz-Algorithm"), FGP_STR("X%2dAmz-SignedHeaders"), FGP_STR("X-Amz-Expire%73"),
        FGP_STR("X-Amz-Security-Token"), FGP_STR("X-Amz-Region-Set"),
    };
    static const char *const headers[] = { "Authorization", "x-amz-date", "X-Amz-Security-Token",
                                           "x-amz-content-sha256", "X-AMZ-REGION-SET" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        t.req.query = names[i];
        both_refused(FGP_ERR_ALREADY_SIGNED);
    }
    t.req.query = text("X-Amz-Dates=1&X-Amz-Dat=2&xX-Amz-Date=3");
    signed_well(sign());
    start_for(text("s3"));
    t.req.nheaders = 1;
    for (size_t i = 0; i < COUNT(headers); i++) {
        t.headers[0] = (fgp_header){ text(headers[i]), text("x") };
        both_refused(FGP_ERR_ALREADY_SIGNED);
    }
}

static void expiries(void **state)
{
    static const int64_t bad[] = { 0, -1, 604801, INT64_MIN, INT64_MAX };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        refused(presign(bad[i]), FGP_ERR_BAD_EXPIRES);
    signed_well(presign(1));
    signed_well(presign(604800));
}

static void payloads(void **state)
{
    static const char good[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    char              hash[65];

    (void)state;
    t.req.payload.kind = FGP_PAYLOAD_SHA256;
    for (int n = 0; n < 64; n++) {
        t.req.payload.data = (fgp_str){ good, (size_t)n };
        both_refused(FGP_ERR_BAD_PAYLOAD);
        memcpy(hash, good, sizeof hash);
        hash[n] = 'A';
        t.req.payload.data = text(hash);
        both_refused(FGP_ERR_BAD_PAYLOAD);
    }
    t.req.payload.data = text(good);
    signed_well(sign());
    same(header(&t.res, "x-amz-content-sha256"), text(good));

    t.req.payload.kind = FGP_PAYLOAD_UNSIGNED;
    signed_well(sign());
    same(header(&t.res, "x-amz-content-sha256"), text("UNSIGNED-PAYLOAD"));
    t.req.scheme = text("http");
    refused(sign(), FGP_ERR_BAD_PAYLOAD);
    signed_well(presign(60));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        cmocka_unit_test(urls),
        cmocka_unit_test(idempotent),
        cmocka_unit_test(rooms),
        cmocka_unit_test_setup(methods, start),
        cmocka_unit_test_setup(bytes_in_targets, start),
        cmocka_unit_test_setup(keys_of_every_byte, start),
        cmocka_unit_test_setup(limits, start),
        cmocka_unit_test_setup(segments, start),
        cmocka_unit_test_setup(paths, start),
        cmocka_unit_test_setup(malformed_escape_of_others, start),
        cmocka_unit_test_setup(queries, start),
        cmocka_unit_test_setup(signed_already, start),
        cmocka_unit_test_setup(expiries, start),
        cmocka_unit_test_setup(payloads, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
