/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode.c - percent-encoding, and the table of what each byte is.
 *
 * Knows bytes, not what they stand for: that a path keeps its '/' is the caller's
 * choice of function. Spec: RFC 3986 section 2.
 */
#include "chars.h"
#include "out.h"

/* Sums of the kinds in chars.h, 16 bytes a row; from 0x80 on none holds. A test
 * compares them with the specifications' own lists. */
const uint8_t fgp_chars[256] = {
     72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72, /* 0x00 */
     72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72,  72, /* 0x10 */
      0,  36,  32, 100,  36, 100,  36,  36,  32,  32,  36,  36,   0, 183,  55,   2, /* 0x20 */
    183, 183, 183, 183, 183, 183, 183, 183, 183, 183,  32,  32,  32,  32,  32,  32, /* 0x30 */
     32, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, /* 0x40 */
    183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183,  32,  32,  32,  36, 183, /* 0x50 */
     36, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183, /* 0x60 */
    183, 183, 183, 183, 183, 183, 183, 183, 183, 183, 183,  32,  36,  32,  39,  72, /* 0x70 */
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
    size_t from = 0, i;

    while ((i = fgp_skip(s, from, keep)) < s.len) {
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

int fgp_unescape(fgp_str s, size_t i)
{
    int hi, lo;

    if (s.len - i < 3)
        return -1;
    hi = fgp_hex_value(s.ptr[i + 1]);
    lo = fgp_hex_value(s.ptr[i + 2]);
    return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

/* The byte that s[i], no byte to keep, stands for. -1 where it may not stand there. */
static int decode(fgp_str s, size_t i, int keep)
{
    if (s.ptr[i] == '%')
        return fgp_unescape(s, i);
    if (fgp_is(s.ptr[i], FGP_STOP) || (s.ptr[i] == '?' && keep == FGP_PATH))
        return -1;
    return (unsigned char)s.ptr[i];
}

/* Whether the escape at s[i] is what its byte |c| would be encoded as. */
static bool is_canonical(fgp_str s, size_t i, int c, int keep)
{
    return !fgp_is((char)c, keep) && s.ptr[i + 1] < 'a' && s.ptr[i + 2] < 'a';
}

size_t fgp_put_reencoded(fgp_out *out, fgp_str s, int keep)
{
    size_t from = 0, i = 0;

    while ((i = fgp_skip(s, i, keep)) < s.len) {
        bool escaped = s.ptr[i] == '%';
        int  c = decode(s, i, keep);

        if (c < 0)
            return i;
        if (escaped && is_canonical(s, i, c, keep)) {
            i += 3;
            continue;
        }
        fgp_put(out, (fgp_str){ s.ptr + from, i - from });
        if (fgp_is((char)c, keep))
            fgp_put_char(out, (char)c);
        else
            put_escape(out, (unsigned char)c);
        i += escaped ? 3 : 1;
        from = i;
    }
    if (from < s.len)
        fgp_put(out, (fgp_str){ s.ptr + from, s.len - from });
    return s.len;
}
