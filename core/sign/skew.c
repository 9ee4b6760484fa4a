/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skew.c - how far the host's clock is from the server's, from a reply's Date.
 *
 * Knows no clock and keeps nothing: the host says when it sent and received, and
 * remembers the offset. Spec: RFC 9110 section 5.6.7 (HTTP-date); the bounds are
 * those of AWS's SDKs.
 */
#include "../base/date.h"
#include "../base/str.h"

#define SECOND   INT64_C(1000000000) /* ns */
#define ON_WAY_S 900 /* a reply that took longer says nothing of the time */

/* What is left of a date. Taking fails once, and then goes on failing. */
typedef struct reader {
    fgp_str rest;
    bool    bad;
} reader;

static void take(reader *r, const char *word)
{
    size_t n = strlen(word);

    r->bad = r->bad || r->rest.len < n || memcmp(r->rest.ptr, word, n) != 0;
    if (!r->bad)
        r->rest = (fgp_str){ r->rest.ptr + n, r->rest.len - n };
}

/* The number in the next |ndigits|. */
static int take_number(reader *r, size_t ndigits)
{
    int n = 0;

    r->bad = r->bad || r->rest.len < ndigits;
    for (size_t i = 0; i < ndigits && !r->bad; i++) {
        r->bad = r->rest.ptr[i] < '0' || r->rest.ptr[i] > '9';
        n = n * 10 + r->rest.ptr[i] - '0';
    }
    if (!r->bad)
        r->rest = (fgp_str){ r->rest.ptr + ndigits, r->rest.len - ndigits };
    return n;
}

/* Which of the |n| |names| comes next, from 0. */
static int take_name(reader *r, const fgp_str *names, int n)
{
    for (int i = 0; i < n && !r->bad; i++) {
        if (!fgp_str_starts(r->rest, names[i]))
            continue;
        r->rest = (fgp_str){ r->rest.ptr + names[i].len, r->rest.len - names[i].len };
        return i;
    }
    r->bad = true;
    return 0;
}

static const fgp_str months[] = {
    FGP_STR("Jan"), FGP_STR("Feb"), FGP_STR("Mar"), FGP_STR("Apr"), FGP_STR("May"), FGP_STR("Jun"),
    FGP_STR("Jul"), FGP_STR("Aug"), FGP_STR("Sep"), FGP_STR("Oct"), FGP_STR("Nov"), FGP_STR("Dec"),
};

/* From Thursday on, which 1970-01-01 was; whole names before those they begin with. */
static const fgp_str long_days[] = {
    FGP_STR("Thursday"), FGP_STR("Friday"), FGP_STR("Saturday"), FGP_STR("Sunday"),
    FGP_STR("Monday"), FGP_STR("Tuesday"), FGP_STR("Wednesday"),
};

static const fgp_str days[] = {
    FGP_STR("Thu"), FGP_STR("Fri"), FGP_STR("Sat"), FGP_STR("Sun"),
    FGP_STR("Mon"), FGP_STR("Tue"), FGP_STR("Wed"),
};

/* 08:49:37 */
static void take_time(reader *r, fgp_civil *d)
{
    d->hour = take_number(r, 2);
    take(r, ":");
    d->minute = take_number(r, 2);
    take(r, ":");
    d->second = take_number(r, 2);
}

/* Sun, 06 Nov 1994 08:49:37 GMT, after the comma. */
static void take_imf(reader *r, fgp_civil *d)
{
    d->day = take_number(r, 2);
    take(r, " ");
    d->month = 1 + take_name(r, months, 12);
    take(r, " ");
    d->year = take_number(r, 4);
    take(r, " ");
    take_time(r, d);
    take(r, " GMT");
}

/* Sunday, 06-Nov-94 08:49:37 GMT, after the comma; the year is not more than 50 after
 * that of |now|. */
static void take_rfc850(reader *r, fgp_civil *d, int64_t now)
{
    char    stamp[FGP_STAMP_LEN];
    reader  present = { { stamp, sizeof stamp }, false };
    int     this_year;

    fgp_stamp(stamp, now);
    this_year = take_number(&present, 4);
    d->day = take_number(r, 2);
    take(r, "-");
    d->month = 1 + take_name(r, months, 12);
    take(r, "-");
    d->year = this_year - this_year % 100 + take_number(r, 2);
    if (d->year > this_year + 50)
        d->year -= 100;
    else if (d->year <= this_year - 50)
        d->year += 100;
    take(r, " ");
    take_time(r, d);
    take(r, " GMT");
}

/* Sun Nov  6 08:49:37 1994, after the day. */
static void take_asctime(reader *r, fgp_civil *d)
{
    bool one_digit;

    d->month = 1 + take_name(r, months, 12);
    take(r, " ");
    one_digit = r->rest.len != 0 && r->rest.ptr[0] == ' ';
    if (one_digit)
        take(r, " ");
    d->day = take_number(r, one_digit ? 1 : 2);
    take(r, " ");
    take_time(r, d);
    take(r, " ");
    d->year = take_number(r, 4);
}

/* Returns the day of the week, from Thursday. */
static int take_date(reader *r, fgp_civil *d, int64_t now)
{
    fgp_str whole = r->rest;
    int     weekday = take_name(r, long_days, 7);

    if (!r->bad) {
        take(r, ", ");
        take_rfc850(r, d, now);
        return weekday;
    }
    *r = (reader){ whole, false };
    weekday = take_name(r, days, 7);
    if (fgp_str_starts(r->rest, fgp_lit(", "))) {
        take(r, ", ");
        take_imf(r, d);
    } else {
        take(r, " ");
        take_asctime(r, d);
    }
    return weekday;
}

bool fgp_http_date(fgp_str text, int64_t now, int64_t *when)
{
    reader    r = { text, false };
    fgp_civil d = { 0, 0, 0, 0, 0, 0 };
    int       weekday = take_date(&r, &d, fgp_time_ok(now) ? now : 0);
    int64_t   seconds;

    if (r.bad || r.rest.len != 0 || !fgp_civil_time(&d, &seconds) ||
        (seconds - (d.second == 60)) / 86400 % 7 != weekday)
        return false;
    *when = seconds;
    return true;
}

/* ---- the offset ------------------------------------------------------- */

static int64_t size_of(int64_t n)
{
    return n < 0 ? -n : n;
}

int64_t fgp_skew_offset(const fgp_skew_seen *seen, int64_t offset_s)
{
    int64_t middle, server, skew;

    if (seen->has_age || seen->sent_ns < 0 || seen->received_ns < seen->sent_ns ||
        seen->received_ns - seen->sent_ns > ON_WAY_S * SECOND)
        return offset_s;
    middle = seen->sent_ns + (seen->received_ns - seen->sent_ns) / 2;
    if (!fgp_http_date(seen->date, middle / SECOND, &server))
        return offset_s;
    skew = server - middle / SECOND;
    return size_of(skew) < FGP_SKEW_LEAST_S ? 0 : skew;
}

bool fgp_skew_retry(fgp_str code, int64_t used_s, int64_t offset_s)
{
    static const fgp_str codes[] = {
        FGP_STR("RequestTimeTooSkewed"), FGP_STR("RequestExpired"), FGP_STR("RequestInTheFuture"),
        FGP_STR("InvalidSignatureException"), FGP_STR("SignatureDoesNotMatch"),
        FGP_STR("AuthFailure"), FGP_STR("AccessDeniedException"),
    };

    if (size_of(offset_s - used_s) < FGP_SKEW_LEAST_S)
        return false;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (fgp_str_eq(code, codes[i]))
            return true;
    return false;
}
