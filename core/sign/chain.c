/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.c - makes and checks the signature of one part. Knows no framing.
 * Spec: S3 API, "Signature calculations: transferring payload in multiple chunks".
 */
#include "chain.h"
#include "../base/chars.h"
#include "../base/error.h"
#include "../base/out.h"
#include "key.h"
#include "signature.h"

#define HASH_LEN  (2 * FGP_SHA256_SIZE) /* hexadecimal digits */
#define TEXT_ROOM (sizeof "AWS4-ECDSA-P256-SHA256-PAYLOAD" + FGP_STAMP_LEN + FGP_SCOPE_MAX + \
                   FGP_SIGNATURE_MAX + 2 * HASH_LEN + 5)
#define FILLER    '*' /* makes all of SigV4A's signatures as long */

static void set(fgp_chain *chain, fgp_str signature)
{
    memcpy(chain->text, signature.ptr, signature.len);
    chain->len = (uint8_t)signature.len;
}

fgp_status fgp_chain_start(fgp_chain *chain, const fgp_signing_key *key, fgp_str signature,
                           fgp_error *err)
{
    chain->len = 0;
    chain->width = key->sigv4a != NULL ? FGP_SIGNATURE_MAX : HASH_LEN;
    if (!fgp_is_signature(key, signature))
        return fgp_fail(err, FGP_ERR_BAD_SIGNATURE, "the request's signature",
                        (fgp_str){ NULL, 0 },
                        key->sigv4a != NULL
                            ? "must be up to 144 hexadecimal digits in lower case, as fgp_sign() "
                              "gives it"
                            : "must be 64 hexadecimal digits in lower case, as fgp_sign() gives it");
    set(chain, signature);
    return FGP_OK;
}

fgp_status fgp_chain_init(fgp_chain *chain, fgp_str signature, fgp_error *err)
{
    fgp_signing_key sigv4 = { .sigv4a = NULL };

    return fgp_chain_start(chain, &sigv4, signature, err);
}

void fgp_put_chain(fgp_out *out, const fgp_chain *chain)
{
    fgp_put(out, fgp_chain_text(chain));
    for (size_t i = chain->len; i < chain->width; i++)
        fgp_put_char(out, FILLER);
}

bool fgp_chain_unpad(const fgp_chain *chain, fgp_str *signature)
{
    fgp_str s = *signature;

    if (s.len != chain->width)
        return false;
    while (chain->width > HASH_LEN && s.len > 1 && s.ptr[s.len - 1] == FILLER)
        s.len--;
    *signature = s;
    return fgp_is_hex(s);
}

static void put_line(fgp_out *out, fgp_str s)
{
    fgp_put(out, s);
    fgp_put_char(out, '\n');
}

static void put_string_to_sign(fgp_out *out, const fgp_chain *chain, const fgp_signing_key *key,
                               const fgp_part *part)
{
    fgp_put(out, fgp_signing_key_algorithm(key));
    fgp_put_char(out, '-');
    put_line(out, part->purpose);
    put_line(out, (fgp_str){ part->stamp, FGP_STAMP_LEN });
    put_line(out, fgp_signing_key_scope(key));
    put_line(out, fgp_chain_text(chain));
    if (part->first.len != 0)
        put_line(out, part->first);
    fgp_put_hex(out, part->hash, FGP_SHA256_SIZE);
}

fgp_status fgp_chain_sign(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part)
{
    char          text[TEXT_ROOM];
    fgp_out       to_sign = { text, sizeof text, 0, NULL };
    fgp_signature signature;
    fgp_status    s;

    put_string_to_sign(&to_sign, chain, key, part);
    s = fgp_signature_make(key, fgp_out_since(&to_sign, 0), &signature);
    if (s == FGP_OK)
        set(chain, (fgp_str){ signature.text, signature.len });
    return s;
}

fgp_status fgp_chain_verify(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part,
                            fgp_str signature)
{
    char       text[TEXT_ROOM];
    fgp_out    to_sign = { text, sizeof text, 0, NULL };
    fgp_status s;

    put_string_to_sign(&to_sign, chain, key, part);
    s = fgp_signature_check(key, fgp_out_since(&to_sign, 0), signature);
    if (s == FGP_OK)
        set(chain, signature);
    return s;
}
