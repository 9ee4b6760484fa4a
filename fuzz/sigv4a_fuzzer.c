/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigv4a_fuzzer.c - what comes from outside to where SigV4A is: region sets, signatures'
 * texts, and bodies in its chunks.
 *
 * The first byte says which. A body is one that was encoded, spoilt at the places and
 * with the bytes that follow. Whatever the bytes: a region set that is taken breaks no
 * header and no URL, and the room that was promised does; no text is a signature but the
 * one that was made; and of a spoilt body nothing is trusted from the spoilt chunk on, be
 * it the case of a letter, but for those of trailers' names.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sign/signature.h"

#define NOW   1440938160
#define PLAIN (2 * FGP_CHUNK_MIN + 100)

static fgp_sigv4a_key  ecdsa;
static fgp_signing_key key;
static fgp_signature   made; /* of to_sign */
static const fgp_str   to_sign = FGP_STR("AWS4-ECDSA-P256-SHA256\n20150830T123600Z");
static char            plain[PLAIN], encoded[PLAIN + 2048];
static size_t          nencoded;
static fgp_chunked     body = { .kind = FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER, .length = PLAIN,
                                .chunk = FGP_CHUNK_MIN, .checksum = FGP_CHECKSUM_CRC32,
                                .declared = FGP_STR("x-amz-checksum-crc32") };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static fgp_str seed(void)
{
    return (fgp_str){ made.text, made.len };
}

static void encode(void)
{
    fgp_out     out = { encoded, sizeof encoded, 0, NULL };
    fgp_str     rest = { plain, sizeof plain };
    fgp_chunker c;

    must(fgp_chunker_init(&c, &body, &key, NOW, seed()) == FGP_OK);
    while (rest.len != 0)
        must(fgp_chunker_put(&c, &rest, &out) == FGP_OK);
    must(fgp_chunker_end(&c, &out) == FGP_OK && out.need == fgp_chunked_length(&body));
    fgp_chunker_wipe(&c);
    nencoded = out.need;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    memset(plain, 'a', sizeof plain);
    must(fgp_sigv4a_key_init(&ecdsa, fgp_lit("AKID"), fgp_lit("secret"), NULL) == FGP_OK);
    must(fgp_signing_key_init_sigv4a(&key, &ecdsa, NOW, fgp_lit("s3"), NULL) == FGP_OK);
    must(fgp_signature_make(&key, to_sign, &made) == FGP_OK);
    encode();
    return 0;
}

/* ---- a region set ----------------------------------------------------- */

static void try_region_set(fgp_str set)
{
    fgp_signer  signer = { .access_key_id = FGP_STR("AKID"), .key = &key, .region_set = set };
    fgp_request req = { .method = FGP_STR("GET"), .scheme = FGP_STR("https"),
                        .authority = FGP_STR("x.example"), .path = FGP_STR("/a") };
    fgp_out     out = { NULL, fgp_sign_room(&signer, &req), 0, NULL };
    fgp_signed  res;
    fgp_status  s;

    out.buf = malloc(out.cap);
    must(out.buf != NULL);
    s = fgp_sign(&signer, &req, NOW, &out, NULL, &res);
    must(s == FGP_OK || s == FGP_ERR_BAD_REGION);
    for (size_t i = 0; i < res.nheaders; i++)
        for (size_t k = 0; k < res.headers[i].value.len; k++)
            must(res.headers[i].value.ptr[k] >= ' ' && res.headers[i].value.ptr[k] <= '~');
    out.need = 0;
    must(fgp_presign(&signer, &req, NOW, 900, &out, NULL, &res) == s);
    for (size_t i = 0; i < res.url.len; i++)
        must(res.url.ptr[i] > ' ' && res.url.ptr[i] <= '~');
    must(s != FGP_OK || (res.signature.len <= FGP_SIGNATURE_MAX && res.signature.len % 2 == 0));
    free(out.buf);
}

/* ---- a signature ------------------------------------------------------ */

/* |data| over the digits of the one that was made, or all of it. */
static void try_signature(fgp_str data, bool over)
{
    char    text[FGP_SIGNATURE_MAX + 64];
    fgp_str changed = { text, data.len < sizeof text ? data.len : sizeof text };
    bool    same;

    if (over) {
        changed.len = made.len;
        memcpy(text, made.text, made.len);
        for (size_t i = 0; i + 1 < data.len; i += 2)
            text[(unsigned char)data.ptr[i] % made.len] = data.ptr[i + 1];
    } else if (changed.len != 0) {
        memcpy(text, data.ptr, changed.len);
    }
    same = fgp_str_eq(changed, seed());
    must((fgp_signature_check(&key, to_sign, changed) == FGP_OK) == same);
}

/* ---- a body ----------------------------------------------------------- */

/* As those who receive it read trailers' names. */
static bool is_same_but_for_case(const char *copy)
{
    return fgp_str_ieq((fgp_str){ copy, nencoded }, (fgp_str){ encoded, nencoded });
}

/* Spoils |copy|, and says where first. */
static size_t spoil(char *copy, fgp_str data)
{
    size_t first = nencoded;

    for (size_t i = 0; i + 2 < data.len; i += 3) {
        unsigned high = (unsigned char)data.ptr[i], low = (unsigned char)data.ptr[i + 1];

        copy[(high << 8 | low) % nencoded] = data.ptr[i + 2];
    }
    for (size_t i = nencoded; i-- != 0;)
        if (copy[i] != encoded[i])
            first = i;
    return first;
}

static void try_body(fgp_str data)
{
    char          *copy = malloc(nencoded);
    fgp_str        rest = { copy, nencoded }, bytes;
    size_t         first, n = 0;
    fgp_dechunker  d;

    must(copy != NULL);
    memcpy(copy, encoded, nencoded);
    first = spoil(copy, data);
    must(fgp_dechunker_init(&d, &body, &key, NOW, seed()) == FGP_OK);
    while (rest.len != 0 && fgp_dechunker_next(&d, &rest, &bytes) == FGP_OK)
        n += bytes.len;
    must(n <= PLAIN && d.trusted <= first);
    if (first == nencoded)
        must(fgp_dechunker_end(&d) == FGP_OK && d.done && d.trusted == PLAIN);
    else
        must(!d.done || is_same_but_for_case(copy));
    fgp_dechunker_wipe(&d);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fgp_str rest = { (const char *)data + 1, size - 1 };

    if (size == 0)
        return 0;
    switch (data[0] % 4) {
    case 0:
        try_region_set(rest);
        break;
    case 1:
        try_body(rest);
        break;
    default:
        try_signature(rest, data[0] % 4 == 2);
        break;
    }
    return 0;
}
