/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - puts bytes and keeps count. Knows nothing of what they mean. */
#include "out.h"
#include "words.h"

static void hash_window(fgp_out *o)
{
    fgp_sha256_add(o->tee, (fgp_str){ o->buf, o->need });
    o->need = 0;
}

void fgp_put_past(fgp_out *o, fgp_str s)
{
    if (o->tee == NULL) {
        o->need = s.len > SIZE_MAX - o->need ? SIZE_MAX : o->need + s.len;
        return;
    }
    hash_window(o);
    if (s.len > o->cap)
        fgp_sha256_add(o->tee, s);
    else
        fgp_put(o, s);
}

fgp_status fgp_out_hash(fgp_out *o, uint8_t digest[FGP_SHA256_SIZE])
{
    hash_window(o);
    return fgp_sha256_out(o->tee, digest);
}

/* Writes the 8 digits of 4 bytes. Each byte is spread to two of 0 to 15, which become
 * digits by adding '0', and 39 more from 10 on: all 8 at once. */
static inline void hex8(char to[8], const uint8_t *p)
{
    uint64_t x = (uint64_t)p[0] << 48 | (uint64_t)p[1] << 32 | (uint64_t)p[2] << 16 | p[3];
    uint64_t nibbles = (x & 0x000f000f000f000f) | (x << 4 & 0x0f000f000f000f00);
    uint64_t letters = (nibbles + 0x0606060606060606) >> 4 & 0x0101010101010101;

    fgp_store8(to, nibbles + 0x3030303030303030 + letters * 39);
}

void fgp_put_hex(fgp_out *o, const uint8_t *p, size_t n)
{
    char digits[64];

    for (; n >= 32; n -= 32, p += 32) { /* a digest's size */
        for (size_t i = 0; i < 32; i += 4)
            hex8(digits + 2 * i, p + i);
        fgp_put(o, (fgp_str){ digits, 64 });
    }
    for (; n > 0; n--, p++) {
        uint8_t four[4] = { *p };

        hex8(digits, four);
        fgp_put(o, (fgp_str){ digits, 2 });
    }
}

/* The bytes of |x| that are A-Z as a-z: 0x20 is added where a byte is at least 'A'
 * and not above 'Z', which the sums say in each byte's highest bit. */
static uint64_t lower8(uint64_t x)
{
    uint64_t low = x & 0x7f7f7f7f7f7f7f7f;
    uint64_t from_a = low + 0x3f3f3f3f3f3f3f3f, past_z = low + 0x2525252525252525;

    return x + ((from_a & ~past_z & ~x & 0x8080808080808080) >> 2);
}

void fgp_put_lower(fgp_out *o, fgp_str s)
{
    uint64_t x;

    for (; s.len >= sizeof x; s = (fgp_str){ s.ptr + sizeof x, s.len - sizeof x }) {
        memcpy(&x, s.ptr, sizeof x);
        x = lower8(x);
        fgp_put(o, (fgp_str){ (char *)&x, sizeof x });
    }
    for (size_t i = 0; i < s.len; i++)
        fgp_put_char(o, fgp_lower(s.ptr[i]));
}

void fgp_put_number(fgp_out *o, uint64_t n)
{
    char   digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    fgp_put(o, (fgp_str){ digits + at, sizeof digits - at });
}
