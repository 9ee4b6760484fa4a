/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer_test.c - headers, hosts, keys and credentials: what is covered, what is sent,
 * what is refused, and that none of it takes memory.
 */
#include "signing_fixture.h"

#include "sign/facts.h"

/* ---- headers ---------------------------------------------------------- */

static void one_header(const char *name, fgp_str value)
{
    t.req.nheaders = 1;
    t.headers[0] = (fgp_header){ text(name), value };
}

/* C1: each byte in a value, first, in the middle and last. */
static void bytes_in_values(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char values[][3] = { { (char)c, 'a', 'b' }, { 'a', (char)c, 'b' }, { 'a', 'b', (char)c } };

        for (size_t i = 0; i < COUNT(values); i++) {
            one_header("x-custom", (fgp_str){ values[i], 3 });
            if ((c < 32 && c != '\t') || c == 127)
                both_refused(FGP_ERR_BAD_HEADER);
            else
                signed_well(sign());
        }
    }
}

/* The same at each place of a longer value, where words are looked at and not bytes. */
static void bytes_in_long_values(void **state)
{
    static const char bad[] = { '\r', '\n', '\0', '\x1f', '\x7f', '\x01' };
    char              value[40];

    (void)state;
    for (size_t n = 1; n <= sizeof value; n++)
        for (size_t at = 0; at < n; at++)
            for (size_t i = 0; i < sizeof bad; i++) {
                memset(value, '\x80' + (int)(at % 2) * 0x21, n);
                value[at] = bad[i];
                one_header("x-custom", (fgp_str){ value, n });
                refused(sign(), FGP_ERR_BAD_HEADER);
            }
}

/* C3 */
static void bytes_in_names(void **state)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    (void)state;
    for (int c = 0; c < 256; c++) {
        char names[][10] = { { (char)c, 'a', 'b', 'a', 'a', 'a', 'a', 'a', 'a', 'a' },
                             { 'a', 'a', 'b', 'a', 'a', (char)c, 'a', 'a', 'a', 'a' },
                             { 'a', 'a', 'b', 'a', 'a', 'a', 'a', 'a', 'a', (char)c } };

        for (size_t i = 0; i < COUNT(names); i++) {
            t.req.nheaders = 1;
            t.headers[0] = (fgp_header){ { names[i], 10 }, FGP_STR("v") };
            if (c == 0 || strchr(token, c) == NULL)
                both_refused(FGP_ERR_BAD_HEADER);
            else
                signed_well(sign());
        }
    }
    one_header("", text("v"));
    both_refused(FGP_ERR_BAD_HEADER);
}

/* C6: what a server makes of a value is what is signed, wherever the blanks stand. */
static void blanks(void **state)
{
    static const char pieces[] = { ' ', '\t', 'x' };
    char              value[9], want[16], line[32];

    (void)state;
    for (unsigned n = 0; n < 19683; n++) { /* 3 to the 9th */
        size_t w = 0;

        for (unsigned i = 0, rest = n; i < 9; i++, rest /= 3)
            value[i] = pieces[rest % 3];
        for (size_t i = 0; i < 9; i++) {
            if (value[i] == 'x')
                want[w++] = 'x';
            else if (w != 0 && want[w - 1] != ' ')
                want[w++] = ' ';
        }
        if (w != 0 && want[w - 1] == ' ')
            w--;
        want[w] = '\0';
        one_header("zz", (fgp_str){ value, sizeof value });
        signed_well(sign());
        snprintf(line, sizeof line, "\nzz:%s\n\n", want);
        if (memmem(t.res.canonical_request.ptr, t.res.canonical_request.len, line,
                   strlen(line)) == NULL)
            fail_msg("%.9s", value);
    }
}

/* C4 */
static void repeated(void **state)
{
    static const char *const once[] = { "Content-Type", "content-md5", "CONTENT-LENGTH" };

    (void)state;
    t.req.nheaders = 2;
    for (size_t i = 0; i < COUNT(once); i++) {
        t.headers[0] = (fgp_header){ text(once[i]), text("1") };
        t.headers[1] = (fgp_header){ text(once[i]), text("1") };
        both_refused(FGP_ERR_BAD_HEADER);
    }
    t.headers[0] = (fgp_header){ text("Host"), text("a.example.com") };
    t.headers[1] = (fgp_header){ text("host"), text("a.example.com") };
    both_refused(FGP_ERR_BAD_HEADER);

    t.req.nheaders = 3;
    t.headers[0] = (fgp_header){ text("Accept"), text(" b") };
    t.headers[1] = (fgp_header){ text("x-amz-acl"), text("private") };
    t.headers[2] = (fgp_header){ text("accept"), text("a ") };
    t.signer.session_token.len = 0;
    signed_well(sign());
    same(t.res.signed_headers, text("accept;host;x-amz-acl;x-amz-content-sha256;x-amz-date"));
    assert_non_null(memmem(t.res.canonical_request.ptr, t.res.canonical_request.len,
                           "\naccept:b,a\n", 12));
}

/* C5 */
static void header_limits(void **state)
{
    static char value[FGP_TEXT_MAX], names[FGP_HEADERS_MAX + 1][60];

    (void)state;
    memset(value, 'v', sizeof value);
    one_header("x", (fgp_str){ value, FGP_TEXT_MAX - 1 });
    signed_well(sign());
    one_header("xy", (fgp_str){ value, FGP_TEXT_MAX - 1 });
    both_refused(FGP_ERR_BAD_HEADER);

    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(names[i], sizeof names[i], "h%zu", (i * 7919) % COUNT(names));
        t.headers[i] = (fgp_header){ text(names[i]), text("v") };
    }
    t.req.nheaders = FGP_HEADERS_MAX;
    signed_well(sign());
    t.req.nheaders++;
    both_refused(FGP_ERR_BAD_HEADER);

    t.req.nheaders = FGP_HEADERS_MAX;
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(names[i], sizeof names[i], "%050zu", i);
        t.headers[i] = (fgp_header){ text(names[i]), text("v") };
    }
    both_refused(FGP_ERR_BAD_HEADER); /* names longer than 8192 bytes together */
}

static void order_of_names(void **state)
{
    static const char *const names[] = { "a", "a-b", "aa", "abcdefg", "abcdefgh", "abcdefgh-",
                                         "abcdefghi", "b", "x_", "x~" };

    (void)state;
    start_for(text("execute-api"));
    t.signer.session_token.len = 0;
    t.req.nheaders = COUNT(names);
    for (size_t shift = 0; shift < COUNT(names); shift++) {
        for (size_t i = 0; i < COUNT(names); i++)
            t.headers[(i * 3 + shift) % COUNT(names)] = (fgp_header){ text(names[i]), text("") };
        signed_well(sign());
        same(t.res.signed_headers,
             text("a;a-b;aa;abcdefg;abcdefgh;abcdefgh-;abcdefghi;b;host;x-amz-date;x_;x~"));
    }
}

/* ---- what is covered -------------------------------------------------- */

/* The table is sorted, and the index leads to each row. */
static void header_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < fgp_header_facts_first[26]; i++) {
        const fgp_header_fact *fact = &fgp_header_facts[i];

        assert_true(i == 0 || fgp_str_cmp(fgp_header_facts[i - 1].name, fact->name) < 0);
        assert_ptr_equal(fact, fgp_header_fact_of(fact->name));
        assert_int_equal((fact->kind & FGP_HEADER_NEVER) != 0, fact->why != NULL);
    }
    assert_int_equal(FGP_HEADER_SIGNING, fgp_header_fact_of(text("x-amz-date"))->kind);
    assert_null(fgp_header_fact_of(text("x-amz-dat")));
    assert_null(fgp_header_fact_of(text("")));
    assert_null(fgp_header_fact_of(text("~")));
}

static void never_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < fgp_header_facts_first[26]; i++) {
        fgp_str     name = fgp_header_facts[i].name;
        const char *why = fgp_why_unsigned(name);

        if (why == NULL || fgp_str_eq(name, text("authorization")))
            continue; /* the latter is refused */
        t.req.nheaders = 1;
        t.headers[0] = (fgp_header){ name, text("v") };
        t.signer.cover = FGP_COVER_ALL;
        signed_well(sign());
        same(t.res.signed_headers,
             text("host;x-amz-content-sha256;x-amz-date;x-amz-security-token"));
        t.signer.also = &name;
        t.signer.nalso = 1;
        both_refused(FGP_ERR_BAD_HEADER);
        t.signer.nalso = 0;
    }
    assert_string_equal("hop by hop", fgp_why_unsigned(text("te")));
    assert_null(fgp_why_unsigned(text("content-length")));
}

/* Named or not, Host is covered once. */
static void host_named(void **state)
{
    static const fgp_str host = FGP_STR("Host");

    (void)state;
    t.signer.also = &host;
    t.signer.nalso = 1;
    one_header("host", text("bucket.example.com"));
    signed_well(sign());
    same(t.res.signed_headers, text("host;x-amz-content-sha256;x-amz-date;x-amz-security-token"));
}

/* The page on signing has each of those never signed, with its reason. */
static void documented(void **state)
{
    char *page = vector_slurp(FGP_DOCS "/signing.md");
    char  row[256];

    (void)state;
    for (size_t i = 0; i < fgp_header_facts_first[26]; i++) {
        if (fgp_header_facts[i].why == NULL)
            continue;
        snprintf(row, sizeof row, "| `%s` | %s |\n", fgp_header_facts[i].name.ptr,
                 fgp_header_facts[i].why);
        if (strstr(page, row) == NULL)
            fail_msg("docs/signing.md lacks %s", row);
    }
    free(page);
}

static void rules(void **state)
{
    static const struct {
        const char    *name;
        fgp_sign_rules want;
    } rows[] = {
        { "s3", { false, false, true, true } },
        { "s3-outposts", { false, false, true, true } },
        { "s3-object-lambda", { false, false, true, true } },
        { "s3express", { false, false, true, true } },
        { "glacier", { true, true, true, false } },
        { "aoss", { true, true, true, false } },
        { "vpc-lattice-svcs", { true, true, true, false } },
        { "dynamodb", { true, true, false, false } },
        { "", { true, true, false, false } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fgp_sign_rules got = fgp_sign_rules_for(text(rows[i].name));

        assert_int_equal(rows[i].want.normalize, got.normalize);
        assert_int_equal(rows[i].want.double_encode, got.double_encode);
        assert_int_equal(rows[i].want.content_sha256, got.content_sha256);
        assert_int_equal(rows[i].want.presign_unsigned, got.presign_unsigned);
    }
}

/* ---- hosts ------------------------------------------------------------ */

static void hosts(void **state)
{
    static const struct {
        const char *scheme, *authority, *header, *host, *url;
    } rows[] = {
        { "https", "Bucket.Example.COM", NULL, "bucket.example.com", "https://bucket.example.com/" },
        { "https", "h:443", NULL, "h", "https://h/" },
        { "http", "h:443", NULL, "h:443", "http://h:443/" },
        { "http", "h:80", NULL, "h", "http://h/" },
        { "https", "h:80", NULL, "h:80", "https://h:80/" },
        { "https", "[::1]:9000", NULL, "[::1]:9000", "https://[::1]:9000/" },
        { "https", "[2001:DB8::1]:443", NULL, "[2001:db8::1]", "https://[2001:db8::1]/" },
        { "http", "127.0.0.1:8080", " real.example.com:80 ", "real.example.com",
          "http://127.0.0.1:8080/" },
        { "https", "", "real.example.com", "real.example.com", "https://real.example.com/" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        t.req.scheme = text(rows[i].scheme);
        t.req.authority = text(rows[i].authority);
        t.req.path = text("");
        t.req.nheaders = 0;
        if (rows[i].header != NULL)
            one_header("Host", text(rows[i].header));
        signed_well(sign());
        same(t.res.host, text(rows[i].host));
        same(t.res.url, text(rows[i].url));
        assert_true(fgp_str_starts(t.res.canonical_request, text("GET\n/\n\nhost:")));
    }
}

/* C8, A8 to A12 */
static void bad_hosts(void **state)
{
    static const char *const bad[] = {
        "", "a@b", "x#y", "a b", "a/b", "a?b", "a\\b", "h:", "h:0", "h:65536", "h:443x", "h:0443",
        "[::1", "[::1%eth0]", "[1:2]", "a..b", ".a", "a.", "h\xc3\xbc", "1.2.3", "0x7f.1",
        "h:80:80", "h\r\nX:1", "%2f", "127.1", "1.2.3.256", "01.2.3.4",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        t.req.nheaders = 0;
        t.req.authority = text(bad[i]);
        both_refused(FGP_ERR_BAD_URL);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        t.req.authority = text("good.example.com");
        one_header("Host", text(bad[i]));
        if (sign() == FGP_OK)
            fail_msg("%s", bad[i]);
    }
    t.req.nheaders = 0;
    t.req.scheme = text("ftp");
    both_refused(FGP_ERR_BAD_URL);
    t.req.scheme = text("HTTPS");
    both_refused(FGP_ERR_BAD_URL);
}

/* ---- keys and credentials --------------------------------------------- */

static void keys(void **state)
{
    fgp_signing_key key, none;
    fgp_error       err;
    char            long_text[300];

    (void)state;
    memset(long_text, 'a', sizeof long_text);
    memset(&none, 0, sizeof none);
#define INIT(secret, now, region, name) \
    fgp_signing_key_init(&key, secret, now, text(region), name, &err)
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS, INIT(text(""), NOW, "r", text("s3")));
    assert_memory_equal(&key, &none, sizeof key);
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS,
                     INIT(((fgp_str){ long_text, 257 }), NOW, "r", text("s3")));
    assert_int_equal(FGP_OK, INIT(((fgp_str){ long_text, 256 }), NOW, "r", text("s3")));
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS, INIT(text("se\ncret"), NOW, "r", text("s3")));
    assert_int_equal(FGP_ERR_BAD_REGION, INIT(text("s"), NOW, "", text("s3")));
    assert_int_equal(FGP_ERR_BAD_REGION, INIT(text("s"), NOW, "x@evil:443/#", text("s3")));
    assert_int_equal(FGP_ERR_BAD_SIGNING_NAME, INIT(text("s"), NOW, "r", text("")));
    assert_int_equal(FGP_ERR_BAD_SIGNING_NAME, INIT(text("s"), NOW, "r", text("s/3")));
    assert_int_equal(FGP_ERR_BAD_SIGNING_NAME,
                     INIT(text("s"), NOW, "r", ((fgp_str){ long_text, 64 })));
    assert_int_equal(FGP_ERR_BAD_TIME, INIT(text("s"), -1, "r", text("s3")));
    assert_int_equal(FGP_ERR_BAD_TIME, INIT(text("s"), 253402300800, "r", text("s3")));
    assert_memory_equal(&key, &none, sizeof key);
    long_text[63] = '\0'; /* the longest scope there can be */
    assert_int_equal(FGP_OK, INIT(text("s"), 253402300799, long_text, text(long_text)));
#undef INIT
    assert_int_equal(149, key.scope_len);
    assert_true(fgp_signing_key_is_current(&key, 253402300799 - 86399));
    assert_false(fgp_signing_key_is_current(&key, 253402300799 - 86400));
    assert_false(fgp_signing_key_is_current(&none, 0));
}

/* D7, C14: the second before midnight and midnight. */
static void midnight(void **state)
{
    static const int64_t last = 1440979199; /* 2015-08-30T23:59:59Z */
    static const int64_t odd[] = { INT64_MIN, -1, 0, INT64_MAX };

    (void)state;
    assert_int_equal(FGP_OK, fgp_sign(&t.signer, &t.req, last, &t.out, NULL, &t.res));
    same(header(&t.res, "x-amz-date"), text("20150830T235959Z"));
    t.out.need = 0;
    refused(fgp_sign(&t.signer, &t.req, last + 1, &t.out, NULL, &t.res), FGP_ERR_KEY_SCOPE);
    refused(fgp_presign(&t.signer, &t.req, last + 1, 60, &t.out, NULL, &t.res),
            FGP_ERR_KEY_SCOPE);
    for (size_t i = 0; i < COUNT(odd); i++)
        refused(fgp_sign(&t.signer, &t.req, odd[i], &t.out, NULL, &t.res), FGP_ERR_KEY_SCOPE);
    memset(&t.key, 0, sizeof t.key);
    both_refused(FGP_ERR_KEY_SCOPE);
}

/* D13 */
static void bytes_in_credentials(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char s[] = { 'A', (char)c, 'B' };

        start(NULL);
        t.signer.access_key_id = (fgp_str){ s, sizeof s };
        if (c <= 32 || c >= 127 || c == '/' || c == ',')
            both_refused(FGP_ERR_BAD_CREDENTIALS);
        else
            signed_well(sign());
        start(NULL);
        t.signer.session_token = (fgp_str){ s, sizeof s };
        if (c <= 32 || c >= 127)
            both_refused(FGP_ERR_BAD_CREDENTIALS);
        else
            signed_well(sign());
    }
    start(NULL);
    t.signer.access_key_id.len = 0;
    both_refused(FGP_ERR_BAD_CREDENTIALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bytes_in_values, start),
        cmocka_unit_test_setup(bytes_in_long_values, start),
        cmocka_unit_test_setup(bytes_in_names, start),
        cmocka_unit_test_setup(blanks, start),
        cmocka_unit_test_setup(repeated, start),
        cmocka_unit_test_setup(header_limits, start),
        cmocka_unit_test_setup(order_of_names, start),
        cmocka_unit_test(header_facts),
        cmocka_unit_test_setup(never_signed, start),
        cmocka_unit_test_setup(host_named, start),
        cmocka_unit_test(documented),
        cmocka_unit_test(rules),
        cmocka_unit_test_setup(hosts, start),
        cmocka_unit_test_setup(bad_hosts, start),
        cmocka_unit_test(keys),
        cmocka_unit_test_setup(midnight, start),
        cmocka_unit_test_setup(bytes_in_credentials, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
