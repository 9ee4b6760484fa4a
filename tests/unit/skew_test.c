/* SPDX-License-Identifier: Apache-2.0 */
/* skew_test.c - HTTP dates, and what a reply tells of the clock. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/str.h"

#define NOW     INT64_C(1440938160) /* Sun, 30 Aug 2015 12:36:00 GMT */
#define SECOND  INT64_C(1000000000)
#define MINUTE  (60 * SECOND)

static fgp_str text(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

/* -1 for what is no date. */
static int64_t parse(const char *s, int64_t now)
{
    int64_t when = -2;

    return fgp_http_date(text(s), now, &when) ? when : when == -2 ? -1 : -3;
}

static void reads_the_examples(void **state)
{
    (void)state; /* RFC 9110, 5.6.7 */
    assert_int_equal(784111777, parse("Sun, 06 Nov 1994 08:49:37 GMT", NOW));
    assert_int_equal(784111777, parse("Sunday, 06-Nov-94 08:49:37 GMT", NOW));
    assert_int_equal(784111777, parse("Sun Nov  6 08:49:37 1994", NOW));
    assert_int_equal(0, parse("Thu, 01 Jan 1970 00:00:00 GMT", NOW));
    assert_int_equal(253402300799, parse("Fri, 31 Dec 9999 23:59:59 GMT", NOW));
    assert_int_equal(951782400, parse("Tue, 29 Feb 2000 00:00:00 GMT", NOW));
    assert_int_equal(1483228800, parse("Sat, 31 Dec 2016 23:59:60 GMT", NOW)); /* a leap second */
}

static void takes_the_nearer_century(void **state)
{
    const int64_t y2090 = 3786912000; /* 2090-01-01 */

    (void)state;
    assert_int_equal(157766400, parse("Wednesday, 01-Jan-75 00:00:00 GMT", NOW)); /* 1975 */
    assert_int_equal(-1, parse("Tuesday, 01-Jan-75 00:00:00 GMT", NOW)); /* as in 2075 */
    assert_int_equal(2997993600, parse("Thursday, 01-Jan-65 00:00:00 GMT", NOW)); /* 2065 */
    assert_int_equal(3313526400, parse("Tuesday, 01-Jan-75 00:00:00 GMT", y2090));
    assert_int_equal(4417977600, parse("Wednesday, 01-Jan-10 00:00:00 GMT", y2090)); /* 2110 */
}

static void refuses(void **state)
{
    static const char *const bad[] = {
        "", "x", "Sun", "Sun,", "Sun, ", "Mon, 06 Nov 1994 08:49:37 GMT", /* it was a Sunday */
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun,  06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994  08:49:37 GMT",
        "Tue, 30 Feb 1999 00:00:00 GMT", "Mon, 29 Feb 1999 00:00:00 GMT",
        "Mon, 29 Feb 2100 00:00:00 GMT", "Wed, 31 Apr 2015 00:00:00 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT", "Sat, 01 Jan 0000 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:60 GMT", /* is the year 10000 */
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunday 06-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 94",
        "Sun Nov 06 08:49:37 1994 ", "Sun Nov  6 08:49:37 1994 GMT", "Sun Nov   6 08:49:37 1994",
        "Sun, 0\xd9\xa1 Nov 1994 08:49:37 GMT", "2015-08-30T12:36:00Z", "1440938160",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (parse(bad[i], NOW) != -1)
            fail_msg("\"%s\" is taken", bad[i]);
}

/* Every 9 days and some, to the year 2300, as libc writes them; and each cut short. */
static void reads_what_libc_writes(void **state)
{
    static const char *const forms[] = { "%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y" };
    char                     line[64];
    size_t                   n = 0;

    (void)state;
    for (int64_t when = 0; when < INT64_C(10413792000); when += 800011) {
        time_t    t = (time_t)when;
        struct tm tm;

        gmtime_r(&t, &tm);
        for (size_t i = 0; i < 2; i++, n++) {
            size_t len = strftime(line, sizeof line, forms[i], &tm);

            assert_int_equal(when, parse(line, NOW));
            line[when % (int64_t)len] = '\0';
            assert_int_equal(-1, parse(line, NOW));
        }
        strftime(line, sizeof line, "%A, %d-%b-%y %H:%M:%S GMT", &tm);
        assert_int_equal(when, parse(line, when));
        assert_int_equal(when, parse(line, when + INT64_C(40) * 365 * 86400));
    }
    print_message("%zu dates\n", n);
}

/* ---- the offset ------------------------------------------------------- */

static fgp_skew_seen seen(const char *date, int64_t sent_s, int64_t way_ns)
{
    return (fgp_skew_seen){ sent_s * SECOND, sent_s * SECOND + way_ns, text(date), false };
}

static void tells_the_offset(void **state)
{
    static const struct { int64_t sent_s, way_ns, before, want; } cases[] = {
        { NOW, 0, 0, 0 },
        { NOW, 0, 999, 0 },             /* the clock was set right meanwhile */
        { NOW - 239, 0, 0, 0 },
        { NOW - 240, 0, 0, 240 },
        { NOW + 239, 0, 7, 0 },
        { NOW + 240, 0, 0, -240 },
        { NOW - 3600, 0, 0, 3600 },
        { NOW + 3600, 0, 0, -3600 },
        { 0, 0, 0, NOW },               /* a clock without a battery */
        { NOW - 400, 600 * SECOND, 0, 0 },    /* in the middle of its way it was right */
        { NOW - 900, 600 * SECOND, 0, 600 },
        { NOW - 2000, 900 * SECOND, 5, 1550 },
        { NOW - 2000, 900 * SECOND + 1, 5, 5 }, /* too long on its way */
        { NOW - 2000, -1, 5, 5 },       /* received before it was sent: the clock was set */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fgp_skew_seen s = seen("Sun, 30 Aug 2015 12:36:00 GMT", cases[i].sent_s, cases[i].way_ns);

        assert_int_equal(cases[i].want, fgp_skew_offset(&s, cases[i].before));
    }
}

static void keeps_it_where_nothing_is_said(void **state)
{
    fgp_skew_seen s = seen("Sun, 30 Aug 2015 12:36:00 GMT", NOW - 3600, 0);

    (void)state;
    assert_int_equal(3600, fgp_skew_offset(&s, 5));
    s.has_age = true;
    assert_int_equal(5, fgp_skew_offset(&s, 5));
    s.has_age = false;
    s.date = text("yesterday");
    assert_int_equal(5, fgp_skew_offset(&s, 5));
    s.date = (fgp_str){ NULL, 0 };
    assert_int_equal(5, fgp_skew_offset(&s, 5));
    s = seen("Sun, 30 Aug 2015 12:36:00 GMT", -5, 0);
    assert_int_equal(5, fgp_skew_offset(&s, 5));
    s = seen("Sun, 30 Aug 2015 12:36:00 GMT", 0, 0);
    s.received_ns = INT64_MAX;
    assert_int_equal(5, fgp_skew_offset(&s, 5));
}

static void says_what_to_sign_again(void **state)
{
    (void)state;
    assert_true(fgp_skew_retry(text("RequestTimeTooSkewed"), 0, 3600));
    assert_true(fgp_skew_retry(text("SignatureDoesNotMatch"), 3600, 0));
    assert_true(fgp_skew_retry(text("InvalidSignatureException"), 0, -240));
    assert_false(fgp_skew_retry(text("RequestTimeTooSkewed"), 3600, 3600)); /* it was no help */
    assert_false(fgp_skew_retry(text("RequestTimeTooSkewed"), 3600, 3361));
    assert_false(fgp_skew_retry(text("NoSuchKey"), 0, 3600));
    assert_false(fgp_skew_retry(text(""), 0, 3600));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_examples),
        cmocka_unit_test(takes_the_nearer_century),
        cmocka_unit_test(refuses),
        cmocka_unit_test(reads_what_libc_writes),
        cmocka_unit_test(tells_the_offset),
        cmocka_unit_test(keeps_it_where_nothing_is_said),
        cmocka_unit_test(says_what_to_sign_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
