/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - the public SHA-256 of a payload, over the core's own. */
#include "crypto.h"
#include "out.h"

_Static_assert(sizeof(fgp_digest) == sizeof(fgp_sha256), "a digest is an fgp_sha256");

static fgp_sha256 *hash(fgp_digest *d)
{
    return (fgp_sha256 *)d;
}

void fgp_digest_init(fgp_digest *d)
{
    fgp_sha256_init(hash(d));
}

void fgp_digest_add(fgp_digest *d, fgp_str bytes)
{
    fgp_sha256_add(hash(d), bytes);
}

fgp_status fgp_digest_hex(fgp_digest *d, char hex[64])
{
    uint8_t    digest[FGP_SHA256_SIZE];
    fgp_out    out = { hex, 2 * sizeof digest, 0, NULL };
    fgp_status s = fgp_sha256_out(hash(d), digest);

    if (s == FGP_OK)
        fgp_put_hex(&out, digest, sizeof digest);
    return s;
}
