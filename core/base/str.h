/* SPDX-License-Identifier: Apache-2.0 */
/* str.h - a view of bytes that someone else owns: small questions and cuts. */
#ifndef FGP_STR_H
#define FGP_STR_H

#include <string.h>

#include "../fingerpost.h"

/* The "" makes both refuse anything but a string literal, whose size is known. */
#define FGP_STR(lit) { "" lit, sizeof("" lit) - 1 }            /* in a table */
#define fgp_lit(lit) ((fgp_str){ "" lit, sizeof("" lit) - 1 }) /* in a call */

static inline bool fgp_str_eq(fgp_str a, fgp_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline char fgp_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* Equal but for the case of ASCII letters, as header names are. */
static inline bool fgp_str_ieq(fgp_str a, fgp_str b)
{
    size_t i = 0;

    if (a.len != b.len)
        return false;
    while (i < a.len && fgp_lower(a.ptr[i]) == fgp_lower(b.ptr[i]))
        i++;
    return i == a.len;
}

static inline bool fgp_str_starts(fgp_str s, fgp_str with)
{
    return s.len >= with.len && fgp_str_eq((fgp_str){ s.ptr, with.len }, with);
}

/* Order of bytes, then the shorter one: less than, equal to or greater than 0. */
static inline int fgp_str_cmp(fgp_str a, fgp_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int    d = n ? memcmp(a.ptr, b.ptr, n) : 0;

    return d != 0 ? d : (a.len > b.len) - (a.len < b.len);
}

static inline bool fgp_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Without the blanks at both ends, as the values of headers and settings are read. */
static inline fgp_str fgp_str_trim(fgp_str s)
{
    while (s.len != 0 && fgp_is_blank(s.ptr[s.len - 1]))
        s.len--;
    while (s.len != 0 && fgp_is_blank(s.ptr[0]))
        s = (fgp_str){ s.ptr + 1, s.len - 1 };
    return s;
}

/*
 * Cuts *rest at its first `sep`: *head gets what stood before, *rest keeps
 * what stood after. Without one, *head gets it all and *rest is left empty.
 * Returns whether there was a `sep`, so a loop can tell "a/" from "a".
 */
static inline bool fgp_str_cut(fgp_str *rest, char sep, fgp_str *head)
{
    const char *at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
    size_t      n = at ? (size_t)(at - rest->ptr) : rest->len;

    *head = (fgp_str){ rest->ptr, n };
    *rest = at ? (fgp_str){ at + 1, rest->len - n - 1 } : (fgp_str){ NULL, 0 };
    return at != NULL;
}

#endif
