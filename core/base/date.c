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

void fgp_stamp(char stamp[FGP_STAMP_LEN], int64_t now)
{
    /* Years are counted from March, so that the leap day is the last of its
     * year, in eras of 400 years from 0000-03-01, 719468 days before 1970. */
    unsigned days = (unsigned)(now / 86400) + 719468, secs = (unsigned)(now % 86400);
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
    stamp[8] = 'T';
    two(stamp + 9, secs / 3600);
    two(stamp + 11, secs / 60 % 60);
    two(stamp + 13, secs % 60);
    stamp[15] = 'Z';
}

void fgp_put_amz_date(fgp_out *out, int64_t now)
{
    char stamp[FGP_STAMP_LEN] = "00000000T000000Z"; /* which no reader takes for a date */

    if (fgp_time_ok(now))
        fgp_stamp(stamp, now);
    fgp_put(out, (fgp_str){ stamp, sizeof stamp });
}
