/* SPDX-License-Identifier: Apache-2.0 */
/* event_case.h - what the tests of events have in common. */
#ifndef EVENT_CASE_H
#define EVENT_CASE_H

#include "chunked_case.h"

#include "base/crc.h"

static inline void put32(char *at, uint64_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (char)(value >> (24 - 8 * i));
}

/* Makes |m|, |n| bytes, a message by its CRCs; its headers have |headers| bytes. */
static inline fgp_str mend(char *m, size_t n, size_t length, size_t headers)
{
    put32(m, length);
    put32(m + 4, headers);
    put32(m + 8, fgp_crc(fgp_crc32, 0, (fgp_str){ m, 8 }));
    put32(m + n - 4, fgp_crc(fgp_crc32, 0, (fgp_str){ m, n - 4 }));
    return (fgp_str){ m, n };
}

#endif
