/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base_test.c - output, encoding, hashes, dates, URLs, checks and errors, each against
 * another source: the specification's own lists, libc, or published values.
 */
#include "vector.h"

#include <time.h>

#include "base/chars.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/out.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char alphanumeric[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* ---- output ----------------------------------------------------------- */

static void puts_and_counts(void **state)
{
    char    buf[8] = "";
    fgp_out out = { buf, 4, 0, NULL };

    (void)state;
    fgp_put(&out, text("ab"));
    fgp_put(&out, (fgp_str){ NULL, 0 });
    same(fgp_out_since(&out, 1), text("b"));
    fgp_put(&out, text("cde")); /* dropped whole, and what follows too */
    fgp_put_char(&out, 'f');
    assert_int_equal(6, out.need);
    assert_false(fgp_out_fits(&out));
    assert_int_equal(0, fgp_out_since(&out, 0).len);
    assert_string_equal("ab", buf);
    out.need = SIZE_MAX - 1;
    fgp_put(&out, text("abc"));
    assert_int_equal(SIZE_MAX, out.need);
}

/* Every length, so every way in which a piece is copied. */
static void copies(void **state)
{
    char from[200], to[202];

    (void)state;
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (char)(i + 1);
    for (size_t n = 0; n <= sizeof from; n++) {
        fgp_out out = { to + 1, sizeof to - 2, 0, NULL };

        memset(to, 0, sizeof to);
        fgp_put(&out, (fgp_str){ from, n });
        assert_int_equal(n, out.need);
        assert_memory_equal(from, to + 1, n);
        assert_int_equal(0, to[0] | to[n + 1]);
    }
}

static void lower_copies(void **state)
{
    char from[256], to[257];

    (void)state;
    for (int i = 0; i < 256; i++)
        from[i] = (char)i;
    for (size_t at = 0; at <= 256; at++) {
        memset(to, '!', sizeof to);
        fgp_lower_copy(to, (fgp_str){ from + at, 256 - at });
        for (size_t i = 0; i < 256 - at; i++)
            assert_int_equal(fgp_lower(from[at + i]), to[i]);
        assert_int_equal('!', to[256 - at]);
    }
}

/* A window of any size hashes the same. */
static void windows(void **state)
{
    uint8_t    whole[FGP_SHA256_SIZE], pieces[FGP_SHA256_SIZE];
    char       data[300], window[100];
    fgp_sha256 hash;

    (void)state;
    memset(data, 'x', sizeof data);
    for (size_t size = 0; size <= sizeof window; size++) {
        fgp_out out = { window, size, 0, &hash };

        fgp_sha256_init(&hash);
        for (size_t n = 0, at = 0; at + n <= sizeof data; at += n, n++)
            fgp_put(&out, (fgp_str){ data + at, n });
        assert_int_equal(FGP_OK, fgp_out_hash(&out, pieces));
        fgp_sha256_init(&hash);
        fgp_sha256_add(&hash, (fgp_str){ data, 300 });
        assert_int_equal(FGP_OK, fgp_sha256_out(&hash, whole));
        assert_memory_equal(whole, pieces, sizeof whole);
    }
}

static void numbers(void **state)
{
    char    buf[64];
    fgp_out out = { buf, sizeof buf, 0, NULL };
    uint8_t bytes[] = { 0x00, 0x1f, 0xa0, 0xff, 0x09 };

    (void)state;
    fgp_put_number(&out, 0);
    fgp_put_char(&out, ' ');
    fgp_put_number(&out, UINT64_MAX);
    fgp_put_char(&out, ' ');
    fgp_put_hex(&out, bytes, sizeof bytes);
    same(fgp_out_since(&out, 0), text("0 18446744073709551615 001fa0ff09"));
    out = (fgp_out){ buf, 5, 0, NULL };
    fgp_put_hex(&out, bytes, sizeof bytes);
    assert_int_equal(10, out.need);
}

/* ---- characters and encoding ------------------------------------------ */

static bool among(int c, const char *more)
{
    return c != 0 && (strchr(alphanumeric, c) != NULL || strchr(more, c) != NULL);
}

static void kinds(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool control = c < 32 || c == 127, graphic = c > 32 && c < 127;
        int  kind = fgp_is((char)c, 255);

        assert_int_equal(among(c, "-._~"), (kind & FGP_UNRESERVED) != 0);
        assert_int_equal(among(c, "-._~/"), (kind & FGP_PATH) != 0);
        assert_int_equal(among(c, "!#$%&'*+-.^_`|~"), (kind & FGP_TOKEN) != 0);
        assert_int_equal(control, (kind & FGP_CONTROL) != 0);
        assert_int_equal(among(c, "-_."), (kind & FGP_HOST) != 0);
        assert_int_equal(among(c, "-_"), (kind & FGP_LABEL) != 0);
        assert_int_equal(graphic && c != '/' && c != ',', (kind & FGP_ID) != 0);
        assert_int_equal(control || c == '#' || c == '%', (kind & FGP_STOP) != 0);
    }
}

static void skips(void **state)
{
    char s[12];

    (void)state;
    for (size_t n = 0; n <= sizeof s; n++)
        for (size_t bad = 0; bad <= n; bad++)
            for (size_t from = 0; from <= bad; from++) {
                memset(s, 'a', sizeof s);
                if (bad < n)
                    s[bad] = ' ';
                assert_int_equal(bad, fgp_skip((fgp_str){ s, n }, from, FGP_UNRESERVED));
            }
}

static void encodes(void **state)
{
    char    buf[1024], want[1024];
    fgp_out out = { buf, sizeof buf, 0, NULL };
    size_t  w = 0;

    (void)state;
    for (int c = 0; c < 256; c++) {
        char byte = (char)c;

        fgp_put_uri_encoded(&out, (fgp_str){ &byte, 1 });
        w += (size_t)snprintf(want + w, sizeof want - w, among(c, "-._~") ? "%c" : "%%%02X", c);
    }
    same(fgp_out_since(&out, 0), (fgp_str){ want, w });
    out.need = 0;
    fgp_put_uri_path(&out, text("/a b//\xc3\xbc/~%"));
    same(fgp_out_since(&out, 0), text("/a%20b//%C3%BC/~%25"));
}

static void reencodes(void **state)
{
    static const struct {
        const char *given, *path, *query; /* NULL: refused */
    } rows[] = {
        { "", "", "" },
        { "/a%2fb%2F", "/a/b/", "%2Fa%2Fb%2F" },
        { "%61%7E%7e%2D", "a~~-", "a~~-" },
        { "a+b c=d&", "a%2Bb%20c%3Dd%26", "a%2Bb%20c%3Dd%26" },
        { "%20%C3%bc%00", "%20%C3%BC%00", "%20%C3%BC%00" },
        { "%25%2520", "%25%2520", "%25%2520" },
        { "?", NULL, "%3F" },
        { "a%", NULL, NULL },
        { "a%4", NULL, NULL },
        { "a%4g", NULL, NULL },
        { "a%G4", NULL, NULL },
        { "a#", NULL, NULL },
        { "a\x7f", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows) * 2; i++) {
        fgp_str     given = text(rows[i / 2].given);
        const char *want = i % 2 ? rows[i / 2].query : rows[i / 2].path;
        char        buf[64];
        fgp_out     out = { buf, sizeof buf, 0, NULL };
        size_t      end = fgp_put_reencoded(&out, given, i % 2 ? FGP_UNRESERVED : FGP_PATH);

        assert_int_equal(want != NULL, end == given.len);
        if (want != NULL)
            same(fgp_out_since(&out, 0), text(want));
    }
}

/* ---- hashes ----------------------------------------------------------- */

static void hex_is(const uint8_t digest[FGP_SHA256_SIZE], const char *want)
{
    char    hex[65] = "";
    fgp_out out = { hex, 64, 0, NULL };

    fgp_put_hex(&out, digest, FGP_SHA256_SIZE);
    assert_string_equal(want, hex);
}

/* FIPS 180-4's examples, whole and cut at every place. */
static void digests(void **state)
{
    static const char long_[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char              hex[65] = "";
    fgp_digest        d;

    (void)state;
    fgp_digest_init(&d);
    assert_int_equal(FGP_OK, fgp_digest_hex(&d, hex));
    assert_string_equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex);
    for (size_t cut = 0; cut < sizeof long_; cut++) {
        fgp_digest_init(&d);
        fgp_digest_add(&d, (fgp_str){ long_, cut });
        fgp_digest_add(&d, text(long_ + cut));
        assert_int_equal(FGP_OK, fgp_digest_hex(&d, hex));
        assert_string_equal("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
                            hex);
    }
}

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block). */
static void macs(void **state)
{
    char         key[131];
    uint8_t      mac[FGP_SHA256_SIZE];
    fgp_hmac_key k;

    (void)state;
    memset(key, 0x0b, 20);
    assert_int_equal(FGP_OK, fgp_hmac_key_init(&k, (fgp_str){ key, 20 }));
    assert_int_equal(FGP_OK, fgp_hmac(&k, text("Hi There"), mac));
    hex_is(mac, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_int_equal(FGP_OK, fgp_hmac_key_init(&k, text("Jefe")));
    for (int again = 0; again < 2; again++) {
        assert_int_equal(FGP_OK, fgp_hmac(&k, text("what do ya want for nothing?"), mac));
        hex_is(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
    memset(key, 0xaa, sizeof key);
    assert_int_equal(FGP_OK, fgp_hmac_key_init(&k, (fgp_str){ key, sizeof key }));
    assert_int_equal(FGP_OK, fgp_hmac(&k, text("Test Using Larger Than Block-Size Key - "
                                               "Hash Key First"), mac));
    hex_is(mac, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* ---- dates ------------------------------------------------------------ */

static void date_is(int64_t now)
{
    time_t     at = (time_t)now;
    struct tm  tm;
    char       want[32], buf[16];
    fgp_out    out = { buf, sizeof buf, 0, NULL };

    gmtime_r(&at, &tm);
    strftime(want, sizeof want, "%Y%m%dT%H%M%SZ", &tm);
    fgp_put_amz_date(&out, now);
    same(fgp_out_since(&out, 0), text(want));
}

static void dates(void **state)
{
    char    buf[48];
    fgp_out out = { buf, sizeof buf, 0, NULL };

    (void)state;
    for (int64_t now = 0; now <= 253402300799; now += 86400 * 13 + 3601)
        date_is(now);
    for (int64_t day = 10957 * 86400LL; day < 11700 * 86400LL; day += 86400) { /* from 2000 on */
        date_is(day);
        date_is(day - 1);
    }
    date_is(253402300799);
    fgp_put_amz_date(&out, -1);
    fgp_put_amz_date(&out, INT64_MAX);
    fgp_put_amz_date(&out, 253402300800);
    same(fgp_out_since(&out, 0), text("00000000T000000Z00000000T000000Z00000000T000000Z"));
}

/* ---- errors ----------------------------------------------------------- */

static void errors(void **state)
{
    fgp_error err;
    char      s[300];

    (void)state;
    assert_int_equal(FGP_ERR_BAD_KEY, fgp_fail(&err, FGP_ERR_BAD_KEY, "key", text("a\n\xff\""), "r"));
    same_error(&err, FGP_ERR_BAD_KEY, "key \"a\\x0a\\xff\"\": r");
    fgp_fail(&err, FGP_ERR_BAD_KEY, "key", text(""), "r");
    same_error(&err, FGP_ERR_BAD_KEY, "key: r");
    fgp_fail_at(&err, FGP_ERR_BAD_KEY, "key", text("ab\tc"), 2, "is no good");
    same_error(&err, FGP_ERR_BAD_KEY, "key \"ab\\x09c\": byte 2 (\\x09) is no good");
    memset(s, 'a', sizeof s);
    fgp_fail(&err, FGP_ERR_BAD_KEY, "key", (fgp_str){ s, sizeof s }, "r");
    assert_int_equal(strlen("key \"") + 64 + strlen("\"...: r"), strlen(err.text));
    for (size_t n = 0; n <= sizeof s; n++) { /* all escaped: the input gives way */
        memset(s, 1, sizeof s);
        fgp_fail(&err, FGP_ERR_BAD_KEY, "key", (fgp_str){ s, n }, "the remedy stays");
        assert_non_null(strstr(err.text, "the remedy stays"));
    }
    assert_int_equal(FGP_ERR_BAD_KEY, fgp_fail(NULL, FGP_ERR_BAD_KEY, "key", text("a"), "r"));
}

static void statuses(void **state)
{
    (void)state;
#define X(name, value, text_)                                                 \
    assert_int_equal(value, FGP_ERR_##name);                                  \
    assert_string_equal(#name, fgp_status_name(FGP_ERR_##name));              \
    assert_string_equal(text_, fgp_status_text(FGP_ERR_##name));
    FGP_STATUS_LIST(X)
#undef X
    assert_string_equal("OK", fgp_status_name(FGP_OK));
    assert_string_equal("ok", fgp_status_text(FGP_OK));
    assert_string_equal("UNKNOWN", fgp_status_name((fgp_status)1));
    assert_non_null(fgp_status_text((fgp_status)1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_and_counts), cmocka_unit_test(copies),
        cmocka_unit_test(lower_copies),    cmocka_unit_test(windows),
        cmocka_unit_test(numbers),         cmocka_unit_test(kinds),
        cmocka_unit_test(skips),           cmocka_unit_test(encodes),
        cmocka_unit_test(reencodes),       cmocka_unit_test(digests),
        cmocka_unit_test(macs),            cmocka_unit_test(dates),
        cmocka_unit_test(errors),          cmocka_unit_test(statuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
