/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - puts bytes and keeps count. Knows nothing of what they mean. */
#include "out.h"
#include "words.h"

void fgp_copy_long(char *to, const char *from, size_t n)
{
    memcpy(to, from, n);
}

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

/* The two digits of each byte. */
static const char hex[] =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
    "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

static inline void hex2(char *to, uint8_t byte)
{
    memcpy(to, hex + 2 * byte, 2);
}

/* Four at a time: it is digests that are put most. */
static void put_hex_at(char *to, const uint8_t *p, size_t n)
{
    for (; n >= 4; n -= 4, p += 4, to += 8) {
        hex2(to, p[0]);
        hex2(to + 2, p[1]);
        hex2(to + 4, p[2]);
        hex2(to + 6, p[3]);
    }
    for (; n > 0; n--, p++, to += 2)
        hex2(to, *p);
}

void fgp_put_hex(fgp_out *o, const uint8_t *p, size_t n)
{
    char digits[2];

    if (fgp_out_fits(o) && n <= (o->cap - o->need) / 2) {
        put_hex_at(o->buf + o->need, p, n);
        o->need += 2 * n;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        put_hex_at(digits, p + i, 1);
        fgp_put(o, (fgp_str){ digits, sizeof digits });
    }
}

static void put_digits(fgp_out *o, const char digit[64], const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i += 3) {
        unsigned b0 = p[i], b1 = i + 1 < n ? p[i + 1] : 0, b2 = i + 2 < n ? p[i + 2] : 0;
        char     four[4] = { digit[b0 >> 2], digit[(b0 & 3) << 4 | b1 >> 4],
                             digit[(b1 & 15) << 2 | b2 >> 6], digit[b2 & 63] };

        fgp_put(o, (fgp_str){ four, n - i < 3 ? n - i + 1 : sizeof four });
    }
}

void fgp_put_base64(fgp_out *o, const uint8_t *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    put_digits(o, digit, p, n);
    fgp_put(o, (fgp_str){ "==", (3 - n % 3) % 3 });
}

void fgp_put_base64url(fgp_out *o, const uint8_t *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    put_digits(o, digit, p, n);
}

static void lower_word(char *to, const char *from)
{
    uint64_t x;

    memcpy(&x, from, sizeof x);
    x = fgp_lower8(x);
    memcpy(to, &x, sizeof x);
}

void fgp_lower_copy(char *to, fgp_str s)
{
    if (s.len < 8) {
        for (size_t i = 0; i < s.len; i++)
            to[i] = fgp_lower(s.ptr[i]);
        return;
    }
    for (size_t i = 0; i < s.len - 8; i += 8)
        lower_word(to + i, s.ptr + i);
    lower_word(to + s.len - 8, s.ptr + s.len - 8); /* some of them a second time */
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
