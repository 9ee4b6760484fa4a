/* SPDX-License-Identifier: Apache-2.0 */
/* out.h - appending text to a caller's buffer, without a check at every call. */
#ifndef FGP_OUT_H
#define FGP_OUT_H

#include "crypto.h"
#include "str.h"

/*
 * fgp_out is told in fingerpost.h. With `tee` set, it hashes what is put: buf is
 * then a window, hashed and used again whenever it is full, and need counts what
 * stands in it. So the canonical request is never stored to be signed, and OpenSSL
 * is called once for a window and not for each word. fgp_out_hash() ends it.
 * The call that prints the canonical request for a trace is the same call, so what
 * is shown and what is signed can't differ.
 */
void fgp_put_past(fgp_out *o, fgp_str s); /* what does not fit any more */
void fgp_put_hex(fgp_out *o, const uint8_t *p, size_t n);  /* lower case */
void fgp_put_base64(fgp_out *o, const uint8_t *p, size_t n); /* RFC 4648 section 4, padded */
void fgp_put_base64url(fgp_out *o, const uint8_t *p, size_t n); /* section 5, not padded */
void fgp_put_number(fgp_out *o, uint64_t n);               /* decimal */

/* Copies |s| to |to|, its A-Z as a-z. */
void fgp_lower_copy(char *to, fgp_str s);

/* Ends an |o| with a tee: the SHA-256 of all that was put. */
fgp_status fgp_out_hash(fgp_out *o, uint8_t digest[FGP_SHA256_SIZE]);

static inline bool fgp_out_fits(const fgp_out *o)
{
    return o->need <= o->cap;
}

/* As many bytes, by one load and one store. */
static inline void fgp_copy8(char *to, const char *from)
{
    uint64_t x;

    memcpy(&x, from, sizeof x);
    memcpy(to, &x, sizeof x);
}

static inline void fgp_copy4(char *to, const char *from)
{
    uint32_t x;

    memcpy(&x, from, sizeof x);
    memcpy(to, &x, sizeof x);
}

void fgp_copy_long(char *to, const char *from, size_t n);

/* Most pieces are short: to copy them here, by words that may overlap, is quicker than
 * what compilers make of memcpy() for a length they don't know. */
static inline void fgp_copy(char *to, const char *from, size_t n)
{
    if (n > 32) {
        fgp_copy_long(to, from, n);
    } else if (n > 16) {
        fgp_copy8(to, from);
        fgp_copy8(to + 8, from + 8);
        fgp_copy8(to + n - 16, from + n - 16);
        fgp_copy8(to + n - 8, from + n - 8);
    } else if (n >= 8) {
        fgp_copy8(to, from);
        fgp_copy8(to + n - 8, from + n - 8);
    } else if (n >= 4) {
        fgp_copy4(to, from);
        fgp_copy4(to + n - 4, from + n - 4);
    } else if (n != 0) {
        to[0] = from[0];
        to[n / 2] = from[n / 2];
        to[n - 1] = from[n - 1];
    }
}

static inline void fgp_put(fgp_out *o, fgp_str s)
{
    if (fgp_out_fits(o) && s.len <= o->cap - o->need) {
        fgp_copy(o->buf + o->need, s.ptr, s.len);
        o->need += s.len;
    } else {
        fgp_put_past(o, s);
    }
}

/* |a|, |b| and |c|, with one look at the room. */
static inline void fgp_put_three(fgp_out *o, fgp_str a, fgp_str b, char c)
{
    size_t n = a.len + b.len + 1;
    char  *to;

    if (!fgp_out_fits(o) || n > o->cap - o->need) {
        fgp_put(o, a);
        fgp_put(o, b);
        fgp_put(o, (fgp_str){ &c, 1 });
        return;
    }
    to = o->buf + o->need;
    fgp_copy(to, a.ptr, a.len);
    fgp_copy(to + a.len, b.ptr, b.len);
    to[n - 1] = c;
    o->need += n;
}

static inline void fgp_put_char(fgp_out *o, char c)
{
    fgp_put(o, (fgp_str){ &c, 1 });
}

/* What was put since |start| (an earlier need); empty unless it all fitted. */
static inline fgp_str fgp_out_since(const fgp_out *o, size_t start)
{
    return fgp_out_fits(o) ? (fgp_str){ o->buf + start, o->need - start } : (fgp_str){ NULL, 0 };
}

#endif
