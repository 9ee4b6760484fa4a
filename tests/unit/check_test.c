/* SPDX-License-Identifier: Apache-2.0 */
/* check_test.c - URLs, regions, buckets and keys: what is one, and what must not pass. */
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void urls(void **state)
{
    static const struct {
        const char *url, *scheme, *host, *authority, *path, *query;
        unsigned    port;
        bool        is_ip, has_query;
    } rows[] = {
        { "https://a.b/c/d?e=f?g", "https", "a.b", "a.b", "/c/d", "e=f?g", 443, false, true },
        { "http://a", "http", "a", "a", "", "", 80, false, false },
        { "http://a?", "http", "a", "a", "", "", 80, false, true },
        { "https://A-b_c:8443/", "https", "A-b_c", "A-b_c:8443", "/", "", 8443, false, false },
        { "https://a:443?x", "https", "a", "a:443", "", "x", 443, false, true },
        { "https://a:65535/\xc3\xbc%zz", "https", "a", "a:65535", "/\xc3\xbc%zz", "", 65535, false,
          false },
        { "http://1.2.3.4:1/", "http", "1.2.3.4", "1.2.3.4:1", "/", "", 1, true, false },
        { "http://[::]/", "http", "::", "[::]", "/", "", 80, true, false },
        { "http://[::1]:9000/x", "http", "::1", "[::1]:9000", "/x", "", 9000, true, false },
        { "http://[1:2:3:4:5:6:7:8]", "http", "1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]", "", "", 80,
          true, false },
        { "http://[1:2:3:4:5:6:7::]", "http", "1:2:3:4:5:6:7::", "[1:2:3:4:5:6:7::]", "", "", 80,
          true, false },
        { "http://[::ffff:1.2.3.4]", "http", "::ffff:1.2.3.4", "[::ffff:1.2.3.4]", "", "", 80, true,
          false },
        { "https://1.2.3.example/", "https", "1.2.3.example", "1.2.3.example", "/", "", 443, false,
          false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fgp_error err;
        fgp_url   url;

        if (fgp_url_parse(text(rows[i].url), &url, &err) != FGP_OK)
            fail_msg("%s", err.text);
        same(url.scheme, text(rows[i].scheme));
        same(url.host, text(rows[i].host));
        same(url.authority, text(rows[i].authority));
        same(url.path, text(rows[i].path));
        same(url.query, text(rows[i].query));
        assert_int_equal(rows[i].port, url.port);
        assert_int_equal(rows[i].is_ip, url.is_ip);
        assert_int_equal(rows[i].has_query, url.has_query);
    }
}

static void url_refused(fgp_str given)
{
    fgp_error err = { FGP_OK, "" };
    fgp_url   url;

    if (fgp_url_parse(given, &url, &err) != FGP_ERR_BAD_URL)
        fail_msg("%.*s was let through", (int)given.len, given.ptr);
    assert_int_equal(FGP_ERR_BAD_URL, err.status);
    assert_true(err.text[0] != '\0');
    assert_int_equal(0, url.scheme.len + url.host.len + url.authority.len + url.path.len);
}

/* A8 to A12 */
static void bad_urls(void **state)
{
    static const char *const rows[] = {
        "", "https", "https:/", "https:a", "https://", "https:///a", "//a", "a.b", "ftp://a",
        "HTTPS://a", "https://user@a/", "https://user:pw@a/", "https://a@b", "https://a#b",
        "https://a/#", "https://a\\b", "https://a b", "https://a/ ", "https://a:/", "https://a:0/",
        "https://a:65536", "https://a:443x", "https://a:+1", "https://a:01", "https://a:99999999999",
        "https://a:1:2", "https://%61/", "https://a%2fb", "https://a..b", "https://.a", "https://a.",
        "https://b\xc3\xbc", "https://[", "https://[]",
        "https://[::1", "https://::1", "https://[::1]x", "https://[::1]:", "https://[::1%25eth0]",
        "https://[1::2::3]", "https://[1:2:3:4:5:6:7]", "https://[1:2:3:4:5:6:7:8:9]",
        "https://[1:2:3:4:5:6:7:8::]", "https://[12345::]", "https://[g::]", "https://[:1]",
        "https://[::1.2.3]", "https://[1.2.3.4::]", "https://1.2.3", "https://1.2.3.4.5",
        "https://256.1.1.1", "https://01.2.3.4", "https://127.1", "https://0x7f.1",
        "https://0x7f000001", "https://2130706433", "https://1.2.3.0x4", "https://a,b",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        url_refused(text(rows[i]));
    for (int c = 0; c < 33; c++) {
        char where[][12] = { "https://a?b", "https://a/b", "https://ab?" };

        for (size_t i = 0; i < COUNT(where); i++) {
            where[i][10] = c == 32 ? '\x7f' : (char)c;
            url_refused((fgp_str){ where[i], 11 });
        }
    }
}

/* Every cut of a good one gives another good one or an error, and reads no further. */
static void url_cuts(void **state)
{
    static const char whole[] = "https://[2001:db8::1.2.3.4]:65535/path/%20?query=1&b";

    (void)state;
    for (size_t n = 0; n <= strlen(whole); n++) {
        char     *cut = malloc(n + 1);
        fgp_error err;
        fgp_url   url;

        memcpy(cut, whole, n);
        if (fgp_url_parse((fgp_str){ cut, n }, &url, &err) == FGP_OK)
            assert_true(n == 27 || n >= 29);
        free(cut);
    }
}

/* What may be a password or a signature is never shown. */
static void url_secrets(void **state)
{
    fgp_error err;
    fgp_url   url;

    (void)state;
    fgp_url_parse(text("https://user:hunter2@a/"), &url, &err);
    assert_null(strstr(err.text, "hunter2"));
    fgp_url_parse(text("https://a:0/?X-Amz-Signature=hunter2"), &url, &err);
    assert_null(strstr(err.text, "hunter2"));
    fgp_url_parse(text("https://a/?X-Amz-Signature=hunter2 "), &url, &err);
    assert_null(strstr(err.text, "hunter2"));
}

/* A1 to A4 */
static void regions(void **state)
{
    static const char *const bad[] = { "", "-a", "a-", "-", "US-EAST-1", "us-east-1.",
                                       "us-east-1/..", "%2e", "evil.com#", "x@evil.com:443/#",
                                       "us-east-1\r\nX:1", "us_east_1" };
    char      s[64];
    fgp_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(FGP_ERR_BAD_REGION, fgp_check_region(text(bad[i]), &err));
        assert_non_null(strstr(err.text, "region"));
    }
    for (int c = 0; c < 256; c++)
        for (size_t at = 0; at < 5; at += 2) {
            bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && at == 2);

            memset(s, 'a', 5);
            s[at] = (char)c;
            assert_int_equal(good ? FGP_OK : FGP_ERR_BAD_REGION,
                             fgp_check_region((fgp_str){ s, 5 }, &err));
        }
    memset(s, 'a', sizeof s);
    assert_int_equal(FGP_OK, fgp_check_region((fgp_str){ s, 63 }, &err));
    assert_int_equal(FGP_ERR_BAD_REGION, fgp_check_region((fgp_str){ s, 64 }, &err));
    assert_int_equal(FGP_OK, fgp_check_region(text("xx-new-9"), NULL));
    assert_int_equal(FGP_ERR_BAD_REGION, fgp_check_region(text("A"), NULL));
}

/* B1 to B3 */
static void buckets(void **state)
{
    static const char *const bad[] = { "", "ab", ".", "..", "a..b", ".ab", "ab.", "-ab", "ab-",
                                       "Abc", "a_b", "a/b", "a#b", "a?b", "a@b", "a%b", "a\\b",
                                       "a b", "b\xc3\xbc\x63" };
    static const char *const good[] = { "abc", "a.b", "a-b", "a.-b", "1.2.3.4", "photos--x-s3" };
    char      s[64];
    fgp_error err;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(FGP_ERR_BAD_BUCKET, fgp_check_bucket(text(bad[i]), &err));
        assert_non_null(strstr(err.text, "bucket"));
    }
    for (size_t i = 0; i < COUNT(good); i++)
        assert_int_equal(FGP_OK, fgp_check_bucket(text(good[i]), &err));
    memset(s, 'a', sizeof s);
    assert_int_equal(FGP_OK, fgp_check_bucket((fgp_str){ s, 63 }, &err));
    assert_int_equal(FGP_ERR_BAD_BUCKET, fgp_check_bucket((fgp_str){ s, 64 }, &err));
}

/* B14 */
static void keys(void **state)
{
    static char s[1025];
    fgp_error   err;

    (void)state;
    assert_int_equal(FGP_ERR_BAD_KEY, fgp_check_key(text(""), &err));
    assert_int_equal(FGP_OK, fgp_check_key((fgp_str){ s, 1 }, &err));
    assert_int_equal(FGP_OK, fgp_check_key((fgp_str){ s, 1024 }, &err));
    assert_int_equal(FGP_ERR_BAD_KEY, fgp_check_key((fgp_str){ s, 1025 }, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls),        cmocka_unit_test(bad_urls), cmocka_unit_test(url_cuts),
        cmocka_unit_test(url_secrets), cmocka_unit_test(regions),  cmocka_unit_test(buckets),
        cmocka_unit_test(keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
