/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checksum.c - the checksums that S3 keeps of an object. Knows their names, and how
 * many bytes each has; the base computes them.
 * Spec: S3 User Guide, "Checking object integrity".
 */
#include "checksum.h"
#include "../base/crc.h"
#include "../base/crypto.h"
#include "../base/out.h"

#define PREFIX "x-amz-checksum-"

static const struct {
    fgp_str header;
    size_t  size; /* bytes */
} kinds[] = {
    [FGP_CHECKSUM_NONE] = { FGP_STR(""), 0 },
    [FGP_CHECKSUM_CRC32] = { FGP_STR(PREFIX "crc32"), 4 },
    [FGP_CHECKSUM_CRC32C] = { FGP_STR(PREFIX "crc32c"), 4 },
    [FGP_CHECKSUM_CRC64NVME] = { FGP_STR(PREFIX "crc64nvme"), 8 },
    [FGP_CHECKSUM_SHA1] = { FGP_STR(PREFIX "sha1"), FGP_SHA1_SIZE },
    [FGP_CHECKSUM_SHA256] = { FGP_STR(PREFIX "sha256"), FGP_SHA256_SIZE },
};

#define NKINDS (sizeof kinds / sizeof kinds[0])

_Static_assert(sizeof(fgp_sha256) <= sizeof((fgp_checksum *)0)->state, "room for a SHA-256");
_Static_assert(sizeof(fgp_sha1) <= sizeof((fgp_checksum *)0)->state, "room for a SHA-1");

fgp_str fgp_checksum_header(fgp_checksum_kind kind)
{
    return (size_t)kind < NKINDS ? kinds[kind].header : kinds[FGP_CHECKSUM_NONE].header;
}

size_t fgp_checksum_len(fgp_checksum_kind kind)
{
    return (size_t)kind < NKINDS ? (kinds[kind].size + 2) / 3 * 4 : 0;
}

bool fgp_checksum_is_header(fgp_str name)
{
    fgp_str prefix = FGP_STR(PREFIX);

    return name.len > prefix.len && fgp_str_ieq((fgp_str){ name.ptr, prefix.len }, prefix);
}

fgp_checksum_kind fgp_checksum_find(fgp_str name)
{
    size_t from = sizeof PREFIX - 1;

    for (size_t i = 1; i < NKINDS; i++) {
        fgp_str header = kinds[i].header;

        if (fgp_str_ieq(name, header) ||
            fgp_str_ieq(name, (fgp_str){ header.ptr + from, header.len - from }))
            return (fgp_checksum_kind)i;
    }
    return FGP_CHECKSUM_NONE;
}

static const fgp_crc_kind *crc_of(const fgp_checksum *c)
{
    return c->kind == FGP_CHECKSUM_CRC32    ? fgp_crc32
           : c->kind == FGP_CHECKSUM_CRC32C ? fgp_crc32c
                                            : fgp_crc64nvme;
}

void fgp_checksum_init(fgp_checksum *c, fgp_checksum_kind kind)
{
    c->kind = (uint8_t)kind;
    c->state[0] = 0;
    if (kind == FGP_CHECKSUM_SHA1)
        fgp_sha1_init((fgp_sha1 *)c->state);
    else if (kind == FGP_CHECKSUM_SHA256)
        fgp_sha256_init((fgp_sha256 *)c->state);
}

void fgp_checksum_add(fgp_checksum *c, fgp_str bytes)
{
    if (c->kind == FGP_CHECKSUM_SHA1)
        fgp_sha1_add((fgp_sha1 *)c->state, bytes);
    else if (c->kind == FGP_CHECKSUM_SHA256)
        fgp_sha256_add((fgp_sha256 *)c->state, bytes);
    else if (c->kind != FGP_CHECKSUM_NONE)
        c->state[0] = fgp_crc(crc_of(c), c->state[0], bytes);
}

fgp_status fgp_put_checksum(fgp_out *out, fgp_checksum *c)
{
    uint8_t    digest[FGP_SHA256_SIZE];
    size_t     size = kinds[c->kind].size;
    fgp_status s = FGP_OK;

    if (c->kind == FGP_CHECKSUM_SHA1)
        s = fgp_sha1_out((fgp_sha1 *)c->state, digest);
    else if (c->kind == FGP_CHECKSUM_SHA256)
        s = fgp_sha256_out((fgp_sha256 *)c->state, digest);
    else
        for (size_t i = 0; i < size; i++)
            digest[i] = (uint8_t)(c->state[0] >> (8 * (size - 1 - i)));
    if (s == FGP_OK)
        fgp_put_base64(out, digest, size);
    return s;
}
