/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain.c - makes and checks the signature of one part. Knows no framing.
 * Spec: S3 API, "Signature calculations: transferring payload in multiple chunks".
 */
#include "chain.h"
#include "../base/error.h"
#include "../base/out.h"
#include "key.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define HASH_LEN  (2 * FGP_SHA256_SIZE) /* hexadecimal digits */
#define TEXT_ROOM (sizeof ALGORITHM "-PAYLOAD" + FGP_STAMP_LEN + FGP_SCOPE_MAX + \
                   FGP_SIGNATURE_MAX + 2 * HASH_LEN + 5)

static bool is_signature(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] < '0' || s.ptr[i] > '9') && (s.ptr[i] < 'a' || s.ptr[i] > 'f'))
            return false;
    return s.len == HASH_LEN;
}

static void set(fgp_chain *chain, fgp_str signature)
{
    memcpy(chain->text, signature.ptr, signature.len);
    chain->len = (uint8_t)signature.len;
}

fgp_status fgp_chain_init(fgp_chain *chain, fgp_str signature, fgp_error *err)
{
    chain->len = 0;
    if (!is_signature(signature))
        return fgp_fail(err, FGP_ERR_BAD_SIGNATURE, "the request's signature",
                        (fgp_str){ NULL, 0 },
                        "must be 64 hexadecimal digits in lower case, as fgp_sign() gives it");
    set(chain, signature);
    return FGP_OK;
}

static void put_line(fgp_out *out, fgp_str s)
{
    fgp_put(out, s);
    fgp_put_char(out, '\n');
}

static void put_string_to_sign(fgp_out *out, const fgp_chain *chain, const fgp_signing_key *key,
                               const fgp_part *part)
{
    fgp_put(out, fgp_lit(ALGORITHM "-"));
    put_line(out, part->purpose);
    put_line(out, (fgp_str){ part->stamp, FGP_STAMP_LEN });
    put_line(out, fgp_signing_key_scope(key));
    put_line(out, fgp_chain_text(chain));
    if (part->first.len != 0)
        put_line(out, part->first);
    fgp_put_hex(out, part->hash, FGP_SHA256_SIZE);
}

/* The signature of |part|, HASH_LEN digits. */
static fgp_status make(char *signature, const fgp_chain *chain, const fgp_signing_key *key,
                       const fgp_part *part)
{
    char       text[TEXT_ROOM];
    uint8_t    mac[FGP_SHA256_SIZE];
    fgp_out    to_sign = { text, sizeof text, 0, NULL };
    fgp_out    hex = { signature, HASH_LEN, 0, NULL };
    fgp_status s;

    put_string_to_sign(&to_sign, chain, key, part);
    s = fgp_hmac(fgp_signing_key_mac(key), fgp_out_since(&to_sign, 0), mac);
    fgp_put_hex(&hex, mac, sizeof mac);
    return s;
}

fgp_status fgp_chain_sign(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part)
{
    char       signature[HASH_LEN];
    fgp_status s = make(signature, chain, key, part);

    if (s == FGP_OK)
        set(chain, (fgp_str){ signature, HASH_LEN });
    return s;
}

fgp_status fgp_chain_verify(fgp_chain *chain, const fgp_signing_key *key, const fgp_part *part,
                            fgp_str signature)
{
    char       ours[HASH_LEN];
    fgp_status s = make(ours, chain, key, part);

    if (s == FGP_OK && !fgp_same_secretly(signature, (fgp_str){ ours, HASH_LEN }))
        s = FGP_ERR_BAD_SIGNATURE;
    if (s == FGP_OK)
        set(chain, signature);
    return s;
}
