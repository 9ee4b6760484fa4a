/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.h - SHA-256, HMAC-SHA-256 and SHA-1, all of it OpenSSL's work.
 *
 * The only door to libcrypto: no other file of the core includes a header of
 * OpenSSL's, so none can tell which release, provider or build is behind it.
 */
#ifndef FGP_CRYPTO_H
#define FGP_CRYPTO_H

#include "str.h"

#define FGP_SHA256_SIZE 32 /* bytes in a digest, and in a MAC */

/*
 * One hash under way. Adding never fails: a failure of OpenSSL's is kept and
 * told once, by fgp_sha256_out(), which also gives back what OpenSSL holds for
 * it. So each init is followed by its out, with no return in between.
 */
typedef struct fgp_sha256 {
    uint64_t room[14]; /* OpenSSL's SHA256_CTX; crypto.c checks the size */
} fgp_sha256;

void       fgp_sha256_init(fgp_sha256 *h);
void       fgp_sha256_add(fgp_sha256 *h, fgp_str s);
fgp_status fgp_sha256_out(fgp_sha256 *h, uint8_t digest[FGP_SHA256_SIZE]);

/*
 * A key of HMAC's (RFC 2104), with the part of the work done that depends on
 * the key alone: half of it, for a short text. A value: copy it, keep it in
 * shared memory, fgp_wipe() it. It stands for the key, and is as secret.
 */
typedef struct fgp_hmac_key {
    fgp_sha256 inner, outer;
} fgp_hmac_key;

fgp_status fgp_hmac_key_init(fgp_hmac_key *k, fgp_str key);
fgp_status fgp_hmac(const fgp_hmac_key *k, fgp_str data, uint8_t mac[FGP_SHA256_SIZE]);

/* SHA-1, as a checksum alone; used as fgp_sha256 is. */
#define FGP_SHA1_SIZE 20

typedef struct fgp_sha1 {
    uint64_t room[12]; /* OpenSSL's SHA_CTX */
} fgp_sha1;

void       fgp_sha1_init(fgp_sha1 *h);
void       fgp_sha1_add(fgp_sha1 *h, fgp_str s);
fgp_status fgp_sha1_out(fgp_sha1 *h, uint8_t digest[FGP_SHA1_SIZE]);

/* Whether |a| and |b| are the same, in a time that tells nothing but their lengths. */
bool fgp_same_secretly(fgp_str a, fgp_str b);

/* What returns a status returns FGP_OK, or FGP_ERR_CRYPTO: the build over EVP
 * had no memory, or its provider no SHA-256. All may be called by any thread. */

#endif
