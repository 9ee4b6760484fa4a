/* SPDX-License-Identifier: Apache-2.0 */
/* signature.h - the last step of each signature: from a string to sign to its digits. */
#ifndef FGP_SIGNATURE_H
#define FGP_SIGNATURE_H

#include "../base/crypto.h"

/* In lower-case hexadecimal: SigV4's 64 digits, SigV4A's up to FGP_SIGNATURE_MAX. */
typedef struct fgp_signature {
    char    text[FGP_SIGNATURE_MAX];
    uint8_t len;
} fgp_signature;

/* Signs |to_sign| by |key|, whichever algorithm's it is. FGP_OK or FGP_ERR_CRYPTO. */
fgp_status fgp_signature_make(const fgp_signing_key *key, fgp_str to_sign,
                              fgp_signature *signature);

/* Whether |text| is a signature of |to_sign| by |key|, in constant time with SigV4.
 * FGP_OK, FGP_ERR_BAD_SIGNATURE or FGP_ERR_CRYPTO. */
fgp_status fgp_signature_check(const fgp_signing_key *key, fgp_str to_sign, fgp_str text);

/* Whether |text| is one by its form. */
bool fgp_is_signature(const fgp_signing_key *key, fgp_str text);

#endif
