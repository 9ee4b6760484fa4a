/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.h - the signatures of a body's parts, each made over the one before.
 *
 * The only place that knows how a part is signed, whether it is a chunk, a trailer or
 * an event.
 */
#ifndef FGP_CHAIN_H
#define FGP_CHAIN_H

#include "../base/date.h"
#include "../base/out.h"

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

/* As fgp_chain_init(), with a key of either algorithm. */
fgp_status fgp_chain_start(fgp_chain *chain, const fgp_signing_key *key, fgp_str signature,
                           fgp_error *err);

/* Bytes of each of its signatures on the wire. */
static inline size_t fgp_chain_width(const fgp_chain *chain)
{
    return chain->width;
}

/* Puts its signature so. */
void fgp_put_chain(fgp_out *out, const fgp_chain *chain);

/* Takes off |*signature|, as it was on the wire, what fills it up. False where it is none
 * by its form. */
bool fgp_chain_unpad(const fgp_chain *chain, fgp_str *signature);

/* Signs |part|: fgp_chain_text() is then its signature. FGP_OK or FGP_ERR_CRYPTO, with
 * the chain as it was. */
fgp_status fgp_chain_sign(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part);

/* Whether |signature| is that of |part|, in constant time with SigV4; then the chain moves
 * on. FGP_OK, FGP_ERR_BAD_SIGNATURE or FGP_ERR_CRYPTO. */
fgp_status fgp_chain_verify(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part,
                            fgp_str signature);

#endif
