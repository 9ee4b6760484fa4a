/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - eight bytes of text as one number, the first byte the highest: so numbers
 * compare as the texts do. Written so that compilers see one load. */
#ifndef FGP_WORDS_H
#define FGP_WORDS_H

#include <stdint.h>

static inline uint64_t fgp_load8(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
           (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
           (uint64_t)p[6] << 8 | (uint64_t)p[7];
}

/* Its bytes A-Z as a-z: 0x20 is added where a byte is at least 'A' and not above 'Z',
 * which the sums say in each byte's highest bit. */
static inline uint64_t fgp_lower8(uint64_t x)
{
    uint64_t low = x & 0x7f7f7f7f7f7f7f7f;
    uint64_t from_a = low + 0x3f3f3f3f3f3f3f3f, past_z = low + 0x2525252525252525;

    return x + ((from_a & ~past_z & ~x & 0x8080808080808080) >> 2);
}

#endif
