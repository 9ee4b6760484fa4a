/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crc_x86.c - checks by the carry-less product of x86-64 (PCLMULQDQ, 2010).
 *
 * Sixteen bytes are moved ahead over others by two products and an exclusive or,
 * which leaves the remainder what it was; at last sixteen are left, for the table.
 * Four run side by side, since a product takes some cycles to come out.
 * Spec: Gopal et al., "Fast CRC Computation for Generic Polynomials Using
 * PCLMULQDQ Instruction" (Intel, 2009), for registers with the lowest bit first.
 */
#include "crc.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <wmmintrin.h>

#define LANES 4
#define BLOCK (16 * LANES)
#define TARGET __attribute__((target("pclmul")))

TARGET static __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* |x| moved over |next|. */
TARGET static __m128i fold(__m128i x, __m128i by, __m128i next)
{
    __m128i low = _mm_clmulepi64_si128(x, by, 0x00), high = _mm_clmulepi64_si128(x, by, 0x11);

    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* Takes in |n| bytes, a multiple of BLOCK. */
TARGET static uint64_t take(const fgp_crc_kind *kind, uint64_t reg, const char *p, size_t n)
{
    __m128i by = load(kind->fold512), x[LANES];
    char    last[16];

    for (int i = 0; i < LANES; i++)
        x[i] = load(p + 16 * i);
    x[0] = _mm_xor_si128(x[0], _mm_set_epi64x(0, (int64_t)reg));
    for (p += BLOCK, n -= BLOCK; n != 0; p += BLOCK, n -= BLOCK)
        for (int i = 0; i < LANES; i++)
            x[i] = fold(x[i], by, load(p + 16 * i));

    by = load(kind->fold128);
    for (int i = 1; i < LANES; i++)
        x[i] = fold(x[i - 1], by, x[i]);
    _mm_storeu_si128((__m128i *)last, x[LANES - 1]);
    return fgp_crc_by_table(kind, 0, last, sizeof last);
}

uint64_t fgp_crc_by_product(const fgp_crc_kind *kind, uint64_t reg, fgp_str *bytes)
{
    size_t n = bytes->len - bytes->len % BLOCK;

    if (n == 0 || !__builtin_cpu_supports("pclmul"))
        return reg;
    reg = take(kind, reg, bytes->ptr, n);
    *bytes = (fgp_str){ bytes->ptr + n, bytes->len - n };
    return reg;
}

#else

uint64_t fgp_crc_by_product(const fgp_crc_kind *kind, uint64_t reg, fgp_str *bytes)
{
    (void)kind;
    (void)bytes;
    return reg;
}

#endif
