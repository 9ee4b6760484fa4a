/* SPDX-License-Identifier: Apache-2.0 */
/* crc.c - checks by table, and the choice of the faster way. */
#include "crc.h"

/* The lowest byte first, whatever the CPU's order: compilers make one load of it. */
static uint64_t load(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;

    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
           (uint64_t)b[7] << 56;
}

uint64_t fgp_crc_by_table(const fgp_crc_kind *kind, uint64_t reg, const char *p, size_t n)
{
    const uint64_t(*t)[256] = kind->table;

    for (; n >= 8; p += 8, n -= 8) {
        reg ^= load(p);
        reg = t[7][reg & 255] ^ t[6][reg >> 8 & 255] ^ t[5][reg >> 16 & 255] ^
              t[4][reg >> 24 & 255] ^ t[3][reg >> 32 & 255] ^ t[2][reg >> 40 & 255] ^
              t[1][reg >> 48 & 255] ^ t[0][reg >> 56];
    }
    for (; n != 0; p++, n--)
        reg = t[0][(reg ^ (uint8_t)*p) & 255] ^ reg >> 8;
    return reg;
}

uint64_t fgp_crc(const fgp_crc_kind *kind, uint64_t crc, fgp_str bytes)
{
    uint64_t ones = UINT64_MAX >> (64 - kind->bits);
    uint64_t reg = fgp_crc_by_product(kind, crc ^ ones, &bytes);

    return fgp_crc_by_table(kind, reg, bytes.ptr, bytes.len) ^ ones;
}
