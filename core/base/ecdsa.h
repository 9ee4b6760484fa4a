/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecdsa.h - ECDSA on the curve P-256, OpenSSL's work like that of crypto.h, and by
 * EVP in either build.
 */
#ifndef FGP_ECDSA_H
#define FGP_ECDSA_H

#include "crypto.h"

#define FGP_P256_SIZE  32 /* bytes of a private key, and of each coordinate */
#define FGP_POINT_SIZE (1 + 2 * FGP_P256_SIZE) /* 0x04, X, Y */
#define FGP_ECDSA_MAX  72 /* bytes of a signature in DER: one may have some fewer */
#define FGP_ECDSA_SPARES 2

/*
 * A private key. OpenSSL keeps it on the heap: so an init allocates, and a free is due.
 * Any thread may sign with it and verify at any time; it must not be moved then.
 *
 * Signing needs a context of OpenSSL's, which serves one thread at a time: those not
 * in use are spare, to be taken and given back in one step each. Who finds none makes
 * one.
 */
typedef struct fgp_ecdsa_key {
    void   *pkey; /* NULL: none; all below is 0 then */
    void   *spare[FGP_ECDSA_SPARES];
    uint8_t point[FGP_POINT_SIZE]; /* the public key */
} fgp_ecdsa_key;

/* The key with the private number |d|, which is from 1 to the curve's order less 1.
 * FGP_OK or FGP_ERR_CRYPTO, and then |k| is none. */
fgp_status fgp_ecdsa_key_init(fgp_ecdsa_key *k, const uint8_t d[FGP_P256_SIZE]);

/* OpenSSL wipes what it holds. Fine for one that is none. */
void fgp_ecdsa_key_free(fgp_ecdsa_key *k);

/* Signs |digest|: the signature's bytes, |*len| of them. FGP_OK or FGP_ERR_CRYPTO. */
fgp_status fgp_ecdsa_sign(fgp_ecdsa_key *k, const uint8_t digest[FGP_SHA256_SIZE],
                          uint8_t signature[FGP_ECDSA_MAX], size_t *len);

/* Whether |signature| is one of |digest| by |k|: FGP_OK, FGP_ERR_BAD_SIGNATURE, or
 * FGP_ERR_CRYPTO. */
fgp_status fgp_ecdsa_verify(const fgp_ecdsa_key *k, const uint8_t digest[FGP_SHA256_SIZE],
                            const uint8_t *signature, size_t len);

#endif
