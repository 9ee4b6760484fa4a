/* SPDX-License-Identifier: Apache-2.0 */
/* date.h - the one form in which SigV4 writes a time. */
#ifndef FGP_DATE_H
#define FGP_DATE_H

#include "../fingerpost.h"

#define FGP_DAY_LEN   8  /* 20150830 */
#define FGP_STAMP_LEN 16 /* 20150830T123600Z */

/* Whether |now| is within 1970-01-01 to 9999-12-31, the years that have four digits. */
static inline bool fgp_time_ok(int64_t now)
{
    return now >= 0 && now <= 253402300799;
}

/* Fills |stamp| with |now|, which fgp_time_ok(). */
void fgp_stamp(char stamp[FGP_STAMP_LEN], int64_t now);

#endif
