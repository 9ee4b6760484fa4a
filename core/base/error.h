/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - filling an fgp_error: what is wrong, where, and what to do. */
#ifndef FGP_ERROR_H
#define FGP_ERROR_H

#include "str.h"

/*
 * Fills |err| and returns |status|. The text reads
 *
 *     WHAT "shown": REMEDY
 *
 * |what| and |remedy| are literals of ours; |shown| is the input, of which at most
 * 64 bytes are shown, those that are not printable ASCII as \xNN; empty is left out.
 * Never call it with a secret. |err| may be NULL.
 */
fgp_status fgp_fail(fgp_error *err, fgp_status status, const char *what, fgp_str shown,
                    const char *remedy);

/* Likewise for one byte of it: WHAT "shown": byte N (\xNN) REMEDY. N counts from 0. */
fgp_status fgp_fail_at(fgp_error *err, fgp_status status, const char *what, fgp_str shown,
                       size_t at, const char *remedy);

/* Likewise, where the place in a stream is told: WHAT "shown": PLACE REMEDY. */
fgp_status fgp_fail_in(fgp_error *err, fgp_status status, const char *what, fgp_str shown,
                       fgp_str place, const char *remedy);

/* Empties |err| for a call that goes well. */
static inline void fgp_error_clear(fgp_error *err)
{
    err->status = FGP_OK;
    err->text[0] = '\0';
}

#endif
