/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - puts bytes and keeps count. Knows nothing of what they mean. */
#include "out.h"

void fgp_put(fgp_out *o, fgp_str s)
{
    if (s.len == 0)
        return;
    if (o->need <= o->cap && s.len <= o->cap - o->need)
        memcpy(o->buf + o->need, s.ptr, s.len);
    o->need = s.len > SIZE_MAX - o->need ? SIZE_MAX : o->need + s.len;
    if (o->tee != NULL)
        fgp_sha256_add(o->tee, s);
}

void fgp_put_char(fgp_out *o, char c)
{
    fgp_put(o, (fgp_str){ &c, 1 });
}

void fgp_put_hex(fgp_out *o, const uint8_t *p, size_t n)
{
    static const char digit[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        char pair[2] = { digit[p[i] >> 4], digit[p[i] & 15] };
        fgp_put(o, (fgp_str){ pair, 2 });
    }
}
