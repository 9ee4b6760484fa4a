/* SPDX-License-Identifier: Apache-2.0 */
/* chars.h - what a byte is in a URI or in a header: one table to ask. */
#ifndef FGP_CHARS_H
#define FGP_CHARS_H

#include "str.h"

enum {
    FGP_UNRESERVED = 1, /* A-Z a-z 0-9 - . _ ~ : means itself in a URI (RFC 3986, 2.3) */
    FGP_PATH = 2,       /* those and '/' */
    FGP_TOKEN = 4,      /* may stand in a method or header name (RFC 9110, 5.6.2) */
    FGP_CONTROL = 8,    /* 0x00-0x1f and 0x7f */
    FGP_HOST = 16,      /* letters, digits, '-', '_' and '.' */
    FGP_ID = 32,        /* printable, but for space, '/' and ',': an access key id's */
    FGP_STOP = 64,      /* control bytes, '#' and '%': to be looked at in a path or query */
    FGP_LABEL = 128     /* letters, digits, '-' and '_': a host's, but for its '.' */
};

extern const uint8_t fgp_chars[256];

static inline int fgp_is(char c, int kind)
{
    return fgp_chars[(unsigned char)c] & kind;
}

/* The first place from |i| on in |s| where a byte is not of |kind|; s.len if there is
 * none. Four at a time: most text is of one kind. */
static inline size_t fgp_skip(fgp_str s, size_t i, int kind)
{
    while (s.len - i >= 4 && (fgp_is(s.ptr[i], kind) & fgp_is(s.ptr[i + 1], kind) &
                              fgp_is(s.ptr[i + 2], kind) & fgp_is(s.ptr[i + 3], kind)) != 0)
        i += 4;
    while (i < s.len && fgp_is(s.ptr[i], kind))
        i++;
    return i;
}

/* 0 to 15, or -1 where |c| is no hexadecimal digit. */
static inline int fgp_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the escape at s[i], a '%', stands for; -1 where it is malformed. */
int fgp_unescape(fgp_str s, size_t i);

/* Whether all of |s| are hexadecimal digits in lower case. Without a branch for each:
 * of digits that are as good as random a CPU guesses every other wrong. */
static inline bool fgp_is_hex(fgp_str s)
{
    bool all = true;

    for (size_t i = 0; i < s.len; i++)
        all &= (unsigned char)(s.ptr[i] - '0') < 10 || (unsigned char)(s.ptr[i] - 'a') < 6;
    return all;
}

/*
 * Puts |s|, percent-encoded already or not, in the one encoding that is canonical:
 * decoded, and encoded anew but for bytes of kind |keep|. Returns s.len, or where a byte
 * is that no such text holds: a '%' without two digits, a control byte, a '#', and in a
 * path (FGP_PATH) a '?'.
 */
size_t fgp_put_reencoded(fgp_out *out, fgp_str s, int keep);

#endif
