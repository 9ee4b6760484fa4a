/* SPDX-License-Identifier: Apache-2.0 */
/* out.h - appending text to a caller's buffer, without a check at every call. */
#ifndef FGP_OUT_H
#define FGP_OUT_H

#include "crypto.h"
#include "str.h"

/*
 * fgp_out is told in fingerpost.h. With `tee` set, every byte is also hashed: the
 * canonical request is never stored to be signed, it is put with cap 0 and a tee.
 * The call that prints it for a trace is the same call, so what is shown and what
 * is signed can't differ.
 */
void fgp_put(fgp_out *o, fgp_str s);
void fgp_put_char(fgp_out *o, char c);
void fgp_put_hex(fgp_out *o, const uint8_t *p, size_t n); /* lower case */

static inline bool fgp_out_fits(const fgp_out *o)
{
    return o->need <= o->cap;
}

/* What was put since |start| (an earlier need); empty unless it all fitted. */
static inline fgp_str fgp_out_since(const fgp_out *o, size_t start)
{
    return fgp_out_fits(o) ? (fgp_str){ o->buf + start, o->need - start } : (fgp_str){ NULL, 0 };
}

#endif
