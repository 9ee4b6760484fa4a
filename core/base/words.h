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

#endif
