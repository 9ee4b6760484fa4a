/* SPDX-License-Identifier: Apache-2.0 */
/* chunk_planted.c - a fault for fuzz_chunk to find: where a piece ends within a chunk, one
 * byte too many is said to be trusted. */
#include "fingerpost.h"

fgp_status __real_fgp_dechunker_next(fgp_dechunker *d, fgp_str *in, fgp_str *bytes);
fgp_status __wrap_fgp_dechunker_next(fgp_dechunker *d, fgp_str *in, fgp_str *bytes);

fgp_status __wrap_fgp_dechunker_next(fgp_dechunker *d, fgp_str *in, fgp_str *bytes)
{
    fgp_status s = __real_fgp_dechunker_next(d, in, bytes);

    if (s == FGP_OK && in->len == 0 && d->trusted != 0 && !d->done)
        d->trusted++;
    return s;
}
