/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.h - the signatures of a body's parts, each made over the one before.
 *
 * The only place that knows how a part is signed, whether it is a chunk, a trailer or
 * an event: what signs by another algorithm is added here.
 */
#ifndef FGP_CHAIN_H
#define FGP_CHAIN_H

#include "../base/crypto.h"
#include "../base/date.h"

#define FGP_EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* What a part's string to sign says beside the chain's own. */
typedef struct fgp_part {
    fgp_str        purpose; /* "PAYLOAD" or "TRAILER" */
    const char    *stamp;   /* FGP_STAMP_LEN bytes */
    fgp_str        first;   /* a hash in hexadecimal that stands before the other; or empty */
    const uint8_t *hash;    /* SHA-256 of the part */
} fgp_part;

static inline fgp_str fgp_chain_text(const fgp_chain *chain)
{
    return (fgp_str){ chain->text, chain->len };
}

/* Bytes of each of its signatures. */
static inline size_t fgp_chain_width(const fgp_chain *chain)
{
    return chain->len;
}

/* Signs |part|: fgp_chain_text() is then its signature. FGP_OK or FGP_ERR_CRYPTO, with
 * the chain as it was. */
fgp_status fgp_chain_sign(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part);

/* Whether |signature| is that of |part|, in constant time; then the chain moves on.
 * FGP_OK, FGP_ERR_BAD_SIGNATURE or FGP_ERR_CRYPTO. */
fgp_status fgp_chain_verify(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part,
                            fgp_str signature);

#endif
