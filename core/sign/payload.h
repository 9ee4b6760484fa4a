/* SPDX-License-Identifier: Apache-2.0 */
/* payload.h - the words that stand in a canonical request where the payload's hash is
 * not known. */
#ifndef FGP_PAYLOAD_H
#define FGP_PAYLOAD_H

#include "../base/str.h"

/* The word for |kind|; empty for those that have a hash. */
fgp_str fgp_payload_word(fgp_payload_kind kind);

/* The kind that |word|, a value of x-amz-content-sha256, stands for; false where it is
 * no such word. */
bool fgp_payload_find(fgp_str word, fgp_payload_kind *kind);

/* What needs TLS, since nothing of it is signed. */
static inline bool fgp_payload_is_open(fgp_payload_kind kind)
{
    return kind == FGP_PAYLOAD_UNSIGNED || kind == FGP_PAYLOAD_UNSIGNED_TRAILER;
}

/* Signed, or vouched for, as it is sent. */
static inline bool fgp_payload_is_streamed(fgp_payload_kind kind)
{
    return kind >= FGP_PAYLOAD_CHUNKS && kind <= FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER;
}

/* Sent in chunks. */
static inline bool fgp_payload_is_chunked(fgp_payload_kind kind)
{
    return fgp_payload_is_streamed(kind) && kind != FGP_PAYLOAD_EVENTS;
}

/* Signed, and by SigV4A. */
static inline bool fgp_payload_is_ecdsa(fgp_payload_kind kind)
{
    return kind == FGP_PAYLOAD_ECDSA_CHUNKS || kind == FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER;
}

/* Whether the key that signs |kind| must be of another algorithm than SigV4A, where that
 * is what there is, or SigV4. */
static inline bool fgp_payload_algorithm_differs(fgp_payload_kind kind, bool sigv4a)
{
    return fgp_payload_is_streamed(kind) && kind != FGP_PAYLOAD_UNSIGNED_TRAILER &&
           fgp_payload_is_ecdsa(kind) != sigv4a;
}

static inline bool fgp_payload_signs_trailer(fgp_payload_kind kind)
{
    return kind == FGP_PAYLOAD_CHUNKS_TRAILER || kind == FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER;
}

static inline bool fgp_payload_has_trailer(fgp_payload_kind kind)
{
    return fgp_payload_signs_trailer(kind) || kind == FGP_PAYLOAD_UNSIGNED_TRAILER;
}

#endif
