/* SPDX-License-Identifier: Apache-2.0 */
/* canonical.c - small parts of a canonical request, and the string to sign. Spec: SigV4,
 * "Create a string to sign". */
#include "canonical.h"
#include "../base/chars.h"
#include "../base/error.h"

fgp_status fgp_check_method(fgp_str method, fgp_error *err)
{
    if (method.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_METHOD, "the method is empty", method,
                        "give one, such as GET");
    if (method.len > FGP_TEXT_MAX)
        return fgp_fail(err, FGP_ERR_BAD_METHOD, "method", method, "is longer than 65535 bytes");
    for (size_t i = 0; i < method.len; i++)
        if (!fgp_is(method.ptr[i], FGP_TOKEN))
            return fgp_fail_at(err, FGP_ERR_BAD_METHOD, "method", method, i,
                               "may not stand in a method");
    return FGP_OK;
}

fgp_status fgp_check_scheme(fgp_str scheme, fgp_error *err)
{
    if (fgp_str_eq(scheme, fgp_lit("https")) || fgp_str_eq(scheme, fgp_lit("http")))
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_BAD_URL, "scheme", scheme, "must be https or http");
}

/* Looks at all bytes, without a branch: compilers make a few steps of it. */
bool fgp_is_hash(fgp_str s)
{
    unsigned others = 0;

    if (s.len != FGP_HASH_LEN)
        return false;
    for (size_t i = 0; i < FGP_HASH_LEN; i++) {
        uint8_t c = (uint8_t)s.ptr[i];

        others |= ((uint8_t)(c - '0') > 9) & ((uint8_t)(c - 'a') > 5);
    }
    return others == 0;
}

fgp_status fgp_hash_hex(fgp_str body, char hex[FGP_HASH_LEN])
{
    fgp_digest d;

    fgp_digest_init(&d);
    fgp_digest_add(&d, body);
    return fgp_digest_hex(&d, hex);
}

void fgp_put_string_to_sign(fgp_out *to, fgp_str algorithm, fgp_str stamp, fgp_str scope,
                            const uint8_t digest[FGP_SHA256_SIZE])
{
    fgp_put(to, algorithm);
    fgp_put_char(to, '\n');
    fgp_put(to, stamp);
    fgp_put_char(to, '\n');
    fgp_put(to, scope);
    fgp_put_char(to, '\n');
    fgp_put_hex(to, digest, FGP_SHA256_SIZE);
}
