/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signature.c - makes and checks a signature. The only place that knows both
 * algorithms; what is signed it does not know.
 */
#include "signature.h"
#include "../base/chars.h"
#include "../base/out.h"
#include "key.h"
#include "sigv4a.h"

#define MAC_DIGITS (2 * FGP_SHA256_SIZE)

_Static_assert(2 * FGP_ECDSA_MAX == FGP_SIGNATURE_MAX, "room for an ECDSA signature");

static void set_hex(fgp_signature *signature, const uint8_t *bytes, size_t n)
{
    fgp_out hex = { signature->text, sizeof signature->text, 0, NULL };

    fgp_put_hex(&hex, bytes, n);
    signature->len = (uint8_t)hex.need;
}

static fgp_status hash(fgp_str text, uint8_t digest[FGP_SHA256_SIZE])
{
    fgp_sha256 h;

    fgp_sha256_init(&h);
    fgp_sha256_add(&h, text);
    return fgp_sha256_out(&h, digest);
}

static fgp_status make_ecdsa(fgp_sigv4a_key *key, fgp_str to_sign, fgp_signature *signature)
{
    uint8_t    digest[FGP_SHA256_SIZE], der[FGP_ECDSA_MAX];
    size_t     len;
    fgp_status s = hash(to_sign, digest);

    if (s == FGP_OK)
        s = fgp_ecdsa_sign(fgp_sigv4a_ecdsa(key), digest, der, &len);
    if (s == FGP_OK)
        set_hex(signature, der, len);
    return s;
}

fgp_status fgp_signature_make(const fgp_signing_key *key, fgp_str to_sign,
                              fgp_signature *signature)
{
    uint8_t    mac[FGP_SHA256_SIZE];
    fgp_status s;

    if (key->sigv4a != NULL)
        return make_ecdsa(key->sigv4a, to_sign, signature);
    s = fgp_hmac(fgp_signing_key_mac(key), to_sign, mac);
    if (s == FGP_OK)
        set_hex(signature, mac, sizeof mac);
    return s;
}

static fgp_status check_ecdsa(fgp_sigv4a_key *key, fgp_str to_sign, fgp_str text)
{
    uint8_t    digest[FGP_SHA256_SIZE], der[FGP_ECDSA_MAX];
    fgp_status s = hash(to_sign, digest);

    if (s != FGP_OK)
        return s;
    for (size_t i = 0; i < text.len / 2; i++)
        der[i] = (uint8_t)(fgp_hex_value(text.ptr[2 * i]) << 4 |
                           fgp_hex_value(text.ptr[2 * i + 1]));
    return fgp_ecdsa_verify(fgp_sigv4a_ecdsa(key), digest, der, text.len / 2);
}

fgp_status fgp_signature_check(const fgp_signing_key *key, fgp_str to_sign, fgp_str text)
{
    fgp_signature ours;
    fgp_status    s;

    if (!fgp_is_signature(key, text))
        return FGP_ERR_BAD_SIGNATURE;
    if (key->sigv4a != NULL)
        return check_ecdsa(key->sigv4a, to_sign, text);
    s = fgp_signature_make(key, to_sign, &ours);
    if (s == FGP_OK && !fgp_same_secretly(text, (fgp_str){ ours.text, ours.len }))
        s = FGP_ERR_BAD_SIGNATURE;
    return s;
}

bool fgp_is_signature(const fgp_signing_key *key, fgp_str text)
{
    if (key->sigv4a == NULL)
        return text.len == MAC_DIGITS && fgp_is_hex(text);
    return text.len != 0 && text.len % 2 == 0 && text.len <= FGP_SIGNATURE_MAX && fgp_is_hex(text);
}
