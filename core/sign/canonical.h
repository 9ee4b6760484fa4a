/* SPDX-License-Identifier: Apache-2.0 */
/* canonical.h - what signing and verifying have in common beside path, query and headers. */
#ifndef FGP_CANONICAL_H
#define FGP_CANONICAL_H

#include "../base/out.h"

#define FGP_SIGV4_ALGORITHM "AWS4-HMAC-SHA256"
#define FGP_HASH_LEN        64     /* hexadecimal digits of a SHA-256, and of SigV4's signature */
#define FGP_EXPIRES_MAX     604800 /* 7 days */
#define FGP_CANONICAL_WINDOW 1024  /* of the canonical request, to be hashed at once */

/* Room for a string to sign: algorithm, time, scope and hash, three line ends. */
#define FGP_TO_SIGN_MAX (sizeof "AWS4-ECDSA-P256-SHA256" + 16 + FGP_SCOPE_MAX + FGP_HASH_LEN + 2)

fgp_status fgp_check_method(fgp_str method, fgp_error *err); /* FGP_OK or BAD_METHOD */
fgp_status fgp_check_scheme(fgp_str scheme, fgp_error *err); /* FGP_OK or BAD_URL */

bool fgp_is_hash(fgp_str s); /* 64 hexadecimal digits in lower case */

/* The SHA-256 of |body|: FGP_OK or FGP_ERR_CRYPTO. */
fgp_status fgp_hash_hex(fgp_str body, char hex[FGP_HASH_LEN]);

/* Puts the string to sign; |digest| is the canonical request's. */
void fgp_put_string_to_sign(fgp_out *to, fgp_str algorithm, fgp_str stamp, fgp_str scope,
                            const uint8_t digest[FGP_SHA256_SIZE]);

#endif
