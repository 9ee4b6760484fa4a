/* SPDX-License-Identifier: Apache-2.0 */
/* chunked.h - what sending and receiving a body in chunks have in common. */
#ifndef FGP_CHUNKED_H
#define FGP_CHUNKED_H

#include "../base/date.h"
#include "../base/out.h"
#include "trailer.h"

#define FGP_CHUNK_SIGNATURE ";chunk-signature="

/* The parts' common words: of all but the trailer, and of that. */
#define FGP_PURPOSE_PAYLOAD fgp_lit("PAYLOAD")
#define FGP_PURPOSE_TRAILER fgp_lit("TRAILER")

static inline bool fgp_chunked_is_signed(const fgp_chunked *body)
{
    return body->kind != FGP_PAYLOAD_UNSIGNED_TRAILER;
}

/* Checks kind, length and chunk of |body|: BAD_PAYLOAD, BAD_BODY or BAD_CHUNK. */
fgp_status fgp_chunked_check_bounds(const fgp_chunked *body, fgp_error *err);

/* Checks that |body| can be sent, and takes its trailers. What fgp_chunked_headers() returns. */
fgp_status fgp_chunked_check(const fgp_chunked *body, fgp_trailers *t, fgp_error *err);

uint32_t fgp_chunked_size(const fgp_chunked *body); /* bytes of each chunk but the last */

/* Bytes of the line before a chunk of |size| bytes, and of all that ends the body. */
size_t fgp_chunk_head_len(const fgp_chunked *body, uint32_t size);
size_t fgp_chunked_end_len(const fgp_chunked *body, const fgp_trailers *t);

/* What |key|, |now| and |seed| start a signed body with: FGP_OK, FGP_ERR_BAD_PAYLOAD,
 * FGP_ERR_KEY_SCOPE or FGP_ERR_BAD_SIGNATURE. */
fgp_status fgp_chunked_start(fgp_chain *chain, char stamp[FGP_STAMP_LEN],
                             const fgp_chunked *body, const fgp_signing_key *key, int64_t now,
                             fgp_str seed, fgp_error *err);

#endif
