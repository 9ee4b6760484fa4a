/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode.c - percent-encoding, and the table of what each byte is.
 *
 * Knows bytes, not what they stand for: that a path keeps its '/' is the caller's
 * choice of function. Spec: RFC 3986 section 2.
 */
#include "chars.h"
#include "out.h"

/* Sums of the kinds in chars.h, 16 bytes a row; from 0x80 on none holds. */
const uint8_t fgp_chars[256] = {
     8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8, /* 0x00 */
     8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8,  8, /* 0x10 */
     0,  4,  0,  4,  4,  4,  4,  4,  0,  0,  4,  4,  0, 23, 23,  2, /* 0x20 */
    23, 23, 23, 23, 23, 23, 23, 23, 23, 23,  0,  0,  0,  0,  0,  0, /* 0x30 */
     0, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, /* 0x40 */
    23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,  0,  0,  0,  4, 23, /* 0x50 */
     4, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, /* 0x60 */
    23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,  0,  4,  0,  7,  8, /* 0x70 */
};

static void put_escape(fgp_out *out, unsigned char c)
{
    static const char digit[] = "0123456789ABCDEF";
    char              escape[3] = { '%', digit[c >> 4], digit[c & 15] };

    fgp_put(out, (fgp_str){ escape, sizeof escape });
}

/* Runs of bytes that stay are put at once: most text has few that do not. */
static void encode(fgp_out *out, fgp_str s, int keep)
{
    size_t from = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (fgp_is(s.ptr[i], keep))
            continue;
        fgp_put(out, (fgp_str){ s.ptr + from, i - from });
        put_escape(out, (unsigned char)s.ptr[i]);
        from = i + 1;
    }
    if (from < s.len)
        fgp_put(out, (fgp_str){ s.ptr + from, s.len - from });
}

void fgp_put_uri_encoded(fgp_out *out, fgp_str bytes)
{
    encode(out, bytes, FGP_UNRESERVED);
}

void fgp_put_uri_path(fgp_out *out, fgp_str bytes)
{
    encode(out, bytes, FGP_PATH);
}

/* The byte that s[i] stands for, be it escaped; *n is set to its length there.
 * -1 where it is malformed or may not stand there. */
static int decode(fgp_str s, size_t i, int keep, size_t *n)
{
    int hi, lo;

    *n = 1;
    if (s.ptr[i] != '%') {
        bool bad = fgp_is(s.ptr[i], FGP_CONTROL) || s.ptr[i] == '#' ||
                   (s.ptr[i] == '?' && keep == FGP_PATH);
        return bad ? -1 : (unsigned char)s.ptr[i];
    }
    if (s.len - i < 3)
        return -1;
    *n = 3;
    hi = fgp_hex_value(s.ptr[i + 1]);
    lo = fgp_hex_value(s.ptr[i + 2]);
    return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

size_t fgp_put_reencoded(fgp_out *out, fgp_str s, int keep)
{
    size_t from = 0, i = 0, n;

    while (i < s.len) {
        int c;

        if (fgp_is(s.ptr[i], keep)) {
            i++;
            continue;
        }
        c = decode(s, i, keep, &n);
        if (c < 0)
            return i;
        fgp_put(out, (fgp_str){ s.ptr + from, i - from });
        if (fgp_is((char)c, FGP_UNRESERVED))
            fgp_put_char(out, (char)c);
        else
            put_escape(out, (unsigned char)c);
        i += n;
        from = i;
    }
    if (from < s.len)
        fgp_put(out, (fgp_str){ s.ptr + from, s.len - from });
    return s.len;
}
