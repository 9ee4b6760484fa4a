/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crc.h - the cyclic redundancy checks that AWS has: CRC-32, CRC-32C, CRC-64/NVME.
 *
 * Ours and not a library's: zlib has the first alone, and the one loop here does
 * all three, at several times zlib's speed where the CPU multiplies without carry.
 */
#ifndef FGP_CRC_H
#define FGP_CRC_H

#include "str.h"

/* What differs between them; made by tools/compile-crc, which explains it. */
typedef struct fgp_crc_kind {
    unsigned bits;         /* of the result */
    uint64_t fold512[2];   /* moves 16 bytes 64 bytes ahead */
    uint64_t fold128[2];   /* likewise 16 bytes ahead */
    uint64_t table[8][256]; /* takes in 8 bytes at once */
} fgp_crc_kind;

extern const fgp_crc_kind fgp_crc_kinds[];

#define fgp_crc32     (&fgp_crc_kinds[0])
#define fgp_crc32c    (&fgp_crc_kinds[1])
#define fgp_crc64nvme (&fgp_crc_kinds[2])

/* The check of all bytes so far, from that of those before (of none: 0). */
uint64_t fgp_crc(const fgp_crc_kind *kind, uint64_t crc, fgp_str bytes);

/* For fgp_crc() alone: takes bytes into a register, 8 at once by the table; and
 * whole blocks of 64 by the CPU's carry-less product, where it has one: then
 * *bytes is moved on past them. */
uint64_t fgp_crc_by_table(const fgp_crc_kind *kind, uint64_t reg, const char *p, size_t n);
uint64_t fgp_crc_by_product(const fgp_crc_kind *kind, uint64_t reg, fgp_str *bytes);

#endif
