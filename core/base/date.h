/* SPDX-License-Identifier: Apache-2.0 */
/* date.h - the one form in which SigV4 writes a time. */
#ifndef FGP_DATE_H
#define FGP_DATE_H

#include "../fingerpost.h"

#define FGP_DAY_LEN   8  /* 20150830 */
#define FGP_STAMP_LEN 16 /* 20150830T123600Z */
#define FGP_DAY       86400 /* seconds */

/* Whether |now| is within 1970-01-01 to 9999-12-31, the years that have four digits. */
static inline bool fgp_time_ok(int64_t now)
{
    return now >= 0 && now <= 253402300799;
}

/* Fills |stamp| with |now|, which fgp_time_ok(). */
void fgp_stamp(char stamp[FGP_STAMP_LEN], int64_t now);

/* Likewise, but leaves the date as it is. */
void fgp_stamp_clock(char stamp[FGP_STAMP_LEN], int64_t now);

/* A date and a time of day, UTC; each field as it is written, from 1 or 0. */
typedef struct fgp_civil {
    int year, month, day, hour, minute, second;
} fgp_civil;

/* The reverse of fgp_stamp(). A leap second is the next minute's first. False where there
 * is no such day or time of day, or it is not fgp_time_ok(). */
bool fgp_civil_time(const fgp_civil *c, int64_t *when);

/* Reads |text|, which is to be such a stamp, of a second that there is: *when. */
bool fgp_stamp_read(fgp_str text, int64_t *when);

#endif
