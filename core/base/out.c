/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - puts bytes and keeps count. Knows nothing of what they mean. */
#include "out.h"

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

void fgp_put_hex(fgp_out *o, const uint8_t *p, size_t n)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        char pair[2] = { digit[p[i] >> 4], digit[p[i] & 15] };
        fgp_put(o, (fgp_str){ pair, 2 });
    }
}

void fgp_put_base64(fgp_out *o, const uint8_t *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        unsigned b0 = p[i], b1 = i + 1 < n ? p[i + 1] : 0, b2 = i + 2 < n ? p[i + 2] : 0;
        char     four[4] = { digit[b0 >> 2], digit[(b0 & 3) << 4 | b1 >> 4],
                             i + 1 < n ? digit[(b1 & 15) << 2 | b2 >> 6] : '=',
                             i + 2 < n ? digit[b2 & 63] : '=' };

        fgp_put(o, (fgp_str){ four, sizeof four });
    }
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
