/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunk_fuzzer.c - bodies in chunks, received and sent.
 *
 * The first five bytes say how: kind and checksum, how the rest is cut, and whether it
 * is what is received, or a body to be encoded, spoilt in up to three places, and
 * received then (or signatures would let nothing past the first chunk). Whatever the
 * bytes: how they are cut makes no difference, no byte is trusted that was not sent,
 * what was not spoilt comes out whole, and what came out whole can be sent again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define PLAIN_MAX   30000
#define ENCODED_MAX (PLAIN_MAX + 4096)

static const char *const names[] = { "", "x-amz-checksum-crc32", "x-amz-checksum-crc32c",
                                     "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1",
                                     "x-amz-checksum-sha256" };

typedef struct input {
    fgp_chunked     body;
    fgp_signing_key key;
    fgp_str         seed;
    uint32_t        random; /* of the cuts */
} input;

/* What came out. */
typedef struct result {
    char      bytes[ENCODED_MAX];
    size_t    n;
    uint64_t  trusted;
    bool      done;
    fgp_error error;
} result;

static void must(bool holds)
{
    if (!holds)
        abort();
}

static size_t draw(uint32_t *random, size_t below)
{
    *random = *random * 1664525 + 1013904223;
    return (*random >> 8) % below;
}

static void init(input *in, const uint8_t *head)
{
    int               kind = FGP_PAYLOAD_CHUNKS + head[0] % 3;
    fgp_checksum_kind checksum = (fgp_checksum_kind)(1 + head[0] / 8 % 5);

    if (kind == FGP_PAYLOAD_CHUNKS)
        checksum = FGP_CHECKSUM_NONE;
    in->body = (fgp_chunked){
        .kind = (fgp_payload_kind)kind, .chunk = FGP_CHUNK_MIN, .checksum = checksum,
        .declared = { names[checksum], strlen(names[checksum]) } };
    in->seed = fgp_lit("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    in->random = (uint32_t)head[1] << 8 | head[2];
    must(fgp_signing_key_init(&in->key, fgp_lit("secret"), 0, fgp_lit("us-east-1"), fgp_lit("s3"),
                              NULL) == FGP_OK);
}

/* Encodes |plain|, given in pieces, into |encoded|; its length. */
static size_t encode(const input *in, fgp_str plain, char *encoded, size_t cap)
{
    fgp_out     out = { encoded, cap, 0, NULL };
    uint32_t    random = in->random;
    fgp_chunker c;

    must(fgp_chunker_init(&c, &in->body, &in->key, 0, in->seed) == FGP_OK);
    while (plain.len != 0) {
        size_t  n = 1 + draw(&random, plain.len);
        fgp_str some = { plain.ptr, n };

        plain = (fgp_str){ plain.ptr + n, plain.len - n };
        while (some.len != 0)
            must(fgp_chunker_put(&c, &some, &out) == FGP_OK);
    }
    must(fgp_chunker_end(&c, &out) == FGP_OK);
    must(out.need == fgp_chunked_length(&in->body));
    fgp_chunker_wipe(&c);
    return out.need;
}

/* Decodes |encoded|, whole where |random| is 0, each piece in memory of its own. */
static void decode(const input *in, fgp_str encoded, uint32_t random, result *r)
{
    fgp_dechunker d;

    r->n = 0;
    must(fgp_dechunker_init(&d, &in->body, &in->key, 0, in->seed) == FGP_OK);
    while (encoded.len != 0 && d.error.status == FGP_OK) {
        size_t  n = random == 0 ? encoded.len : 1 + draw(&random, encoded.len), from = r->n;
        char   *copy = malloc(n);
        fgp_str some = { memcpy(copy, encoded.ptr, n), n }, bytes;

        while (some.len != 0 && fgp_dechunker_next(&d, &some, &bytes) == FGP_OK) {
            if (bytes.len != 0)
                memcpy(r->bytes + r->n, bytes.ptr, bytes.len);
            r->n += bytes.len;
        }
        free(copy);
        must(d.trusted <= r->n && r->n - from <= n);
        encoded = (fgp_str){ encoded.ptr + n, encoded.len - n };
    }
    fgp_dechunker_end(&d);
    r->trusted = d.trusted;
    r->done = d.done;
    r->error = d.error;
    must(d.done == (d.error.status == FGP_OK));
    must(!d.done || d.trusted == in->body.length);
    fgp_dechunker_wipe(&d);
}

/* Decodes it in two ways: there must be no difference. */
static void decode_twice(const input *in, fgp_str encoded, result *r)
{
    static result other;

    decode(in, encoded, 0, r);
    decode(in, encoded, in->random | 1, &other);
    must(r->done == other.done && r->error.status == other.error.status);
    must(strcmp(r->error.text, other.error.text) == 0);
    if (r->error.status == FGP_OK)
        must(r->n == other.n && r->trusted == other.trusted && !memcmp(r->bytes, other.bytes, r->n));
    must(memcmp(r->bytes, other.bytes, r->n < other.n ? r->n : other.n) == 0);
}

static void receive(input *in, const uint8_t *head, fgp_str rest)
{
    static result r, again;
    static char   encoded[ENCODED_MAX];

    in->body.length = head[3] | (uint64_t)head[4] << 8;
    if (rest.len > ENCODED_MAX || in->body.length > PLAIN_MAX)
        return;
    in->body.chunk = 0;
    decode_twice(in, rest, &r);
    if (!r.done)
        return;
    rest = (fgp_str){ encoded, encode(in, (fgp_str){ r.bytes, r.n }, encoded, ENCODED_MAX) };
    decode(in, rest, 0, &again);
    must(again.done && again.n == r.n && memcmp(again.bytes, r.bytes, r.n) == 0);
}

static void send(input *in, const uint8_t *head, const uint8_t *edits, fgp_str rest)
{
    static result r;
    static char   plain[PLAIN_MAX], encoded[ENCODED_MAX];
    size_t        n = 0, len;
    bool          spoilt = false;

    for (int i = 0; i <= head[3] && rest.len <= PLAIN_MAX - n; i++, n += rest.len)
        memcpy(plain + n, rest.ptr, rest.len);
    in->body.length = n;
    len = encode(in, (fgp_str){ plain, n }, encoded, sizeof encoded);
    for (int i = 0; i < head[4] % 4; i++) {
        size_t at = ((size_t)edits[3 * i] << 8 | edits[3 * i + 1]) % len;

        encoded[len - 1 - at] = (char)(encoded[len - 1 - at] ^ edits[3 * i + 2]);
        spoilt = spoilt || edits[3 * i + 2] != 0;
    }
    decode_twice(in, (fgp_str){ encoded, len }, &r);
    must(spoilt || r.done);
    must(memcmp(r.bytes, plain, r.trusted) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in;

    if (size < 15)
        return 0;
    init(&in, data);
    if (data[0] >= 128)
        receive(&in, data, (fgp_str){ (const char *)data + 5, size - 5 });
    else
        send(&in, data, data + 5, (fgp_str){ (const char *)data + 14, size - 14 });
    return 0;
}
