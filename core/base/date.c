/* SPDX-License-Identifier: Apache-2.0 */
/* date.c - seconds since 1970 to a civil date: no gmtime(), which is neither
 * portable nor free of state. Knows no clock. */
#include "date.h"
#include "out.h"

static void two(char *at, unsigned value)
{
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
}

void fgp_stamp_clock(char stamp[FGP_STAMP_LEN], int64_t now)
{
    unsigned secs = (unsigned)(now % FGP_DAY);

    stamp[FGP_DAY_LEN] = 'T';
    two(stamp + 9, secs / 3600);
    two(stamp + 11, secs / 60 % 60);
    two(stamp + 13, secs % 60);
    stamp[15] = 'Z';
}

void fgp_stamp(char stamp[FGP_STAMP_LEN], int64_t now)
{
    /* Years are counted from March, so that the leap day is the last of its
     * year, in eras of 400 years from 0000-03-01, 719468 days before 1970. */
    unsigned days = (unsigned)(now / FGP_DAY) + 719468;
    unsigned era = days / 146097, doe = days % 146097;
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    unsigned month = mp < 10 ? mp + 3 : mp - 9;
    unsigned year = era * 400 + yoe + (month <= 2);

    two(stamp, year / 100);
    two(stamp + 2, year % 100);
    two(stamp + 4, month);
    two(stamp + 6, doy - (153 * mp + 2) / 5 + 1);
    fgp_stamp_clock(stamp, now);
}

/* The number in |n| digits; what is no digit makes another one of it, or none. */
static unsigned number(const char *digits, size_t n)
{
    unsigned value = 0;

    for (size_t i = 0; i < n; i++)
        value = value * 10 + (unsigned char)digits[i] - '0';
    return value;
}

/* Days from 1970-01-01 to the one of a month from 1 to 12; the reverse of what fgp_stamp()
 * does. */
static int64_t days_to(unsigned year, unsigned month, unsigned day)
{
    unsigned y = year - (month <= 2), mp = month > 2 ? month - 3 : month + 9;

    return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + (153 * mp + 2) / 5 + day - 1 - 719468;
}

bool fgp_stamp_read(fgp_str text, int64_t *when)
{
    char     again[FGP_STAMP_LEN];
    unsigned month;

    if (text.len != FGP_STAMP_LEN)
        return false;
    month = number(text.ptr + 4, 2);
    if (month < 1 || month > 12)
        return false;
    *when = days_to(number(text.ptr, 4), month, number(text.ptr + 6, 2)) * 86400 +
            number(text.ptr + 9, 2) * 3600 + number(text.ptr + 11, 2) * 60 +
            number(text.ptr + 13, 2);
    if (!fgp_time_ok(*when))
        return false;
    fgp_stamp(again, *when); /* what does not come out again is no date: February's 30th */
    return memcmp(again, text.ptr, sizeof again) == 0;
}

static int days_of(int month, int year)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool             leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

bool fgp_civil_time(const fgp_civil *c, int64_t *when)
{
    if (c->year < 1970 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
        c->day > days_of(c->month, c->year) || c->hour < 0 || c->hour > 23 || c->minute < 0 ||
        c->minute > 59 || c->second < 0 || c->second > 60)
        return false;
    *when = days_to((unsigned)c->year, (unsigned)c->month, (unsigned)c->day) * 86400 +
            c->hour * 3600 + c->minute * 60 + c->second;
    return fgp_time_ok(*when);
}

void fgp_put_amz_date(fgp_out *out, int64_t now)
{
    char stamp[FGP_STAMP_LEN] = "00000000T000000Z"; /* which no reader takes for a date */

    if (fgp_time_ok(now))
        fgp_stamp(stamp, now);
    fgp_put(out, (fgp_str){ stamp, sizeof stamp });
}
