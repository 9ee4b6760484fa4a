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

/* Runs of bytes that stay are put at once: most text has few that do not. */
static void encode(fgp_out *out, fgp_str s, int keep)
{
    static const char digit[] = "0123456789ABCDEF";
    size_t            from = 0;

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        char          escape[3] = { '%', digit[c >> 4], digit[c & 15] };

        if (fgp_is(s.ptr[i], keep))
            continue;
        fgp_put(out, (fgp_str){ s.ptr + from, i - from });
        fgp_put(out, (fgp_str){ escape, sizeof escape });
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
