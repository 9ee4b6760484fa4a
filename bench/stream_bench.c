/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream_bench.c - what it costs to sign a body while it is sent.
 *
 * Against one measure of the same run: the SHA-256 of the same chunk by OpenSSL's
 * low-level functions, which no signer can do without. What a chunk costs beside that
 * is the figure to look at; it does not grow with the chunk.
 *
 *   head    fgp_chunker_add() and fgp_chunker_head(): bytes are sent from where they are
 *   put     fgp_chunker_put(): bytes are copied into the buffer that is sent
 *   verify  fgp_dechunker_next()
 *
 * A line is: name, value, unit. Figures are medians of batches, of the thread's CPU
 * time; what is compared takes turns. With --smoke, one batch: whether it works.
 */
#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "fingerpost.h"

#define BATCHES_MAX 301
#define PER_BATCH   20
#define CHUNK       65536
#define NOW         1440938160
#define SEED        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"

static int batches = BATCHES_MAX;

static void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "stream_bench: %s\n", what);
        exit(1);
    }
}

/* ---- chunks ----------------------------------------------------------- */

static char            plain[PER_BATCH * CHUNK], encoded[PER_BATCH * (CHUNK + 100) + 1000];
static size_t          encoded_len;
static fgp_signing_key key;
static unsigned char   digest[32];

static fgp_str seed(void)
{
    return (fgp_str){ SEED, sizeof SEED - 1 };
}

static fgp_chunked body_of(uint32_t chunk)
{
    return (fgp_chunked){ .kind = FGP_PAYLOAD_CHUNKS, .length = (uint64_t)PER_BATCH * chunk,
                          .chunk = chunk };
}

/* Each takes PER_BATCH chunks of |chunk| bytes. */
static void run_hash(uint32_t chunk)
{
    SHA256_CTX h;

    for (int i = 0; i < PER_BATCH; i++) {
        SHA256_Init(&h);
        SHA256_Update(&h, plain + (size_t)i * chunk, chunk);
        SHA256_Final(digest, &h);
    }
}

static void run_head(uint32_t chunk)
{
    fgp_chunked body = body_of(chunk);
    fgp_chunker c;
    char        head[128];
    fgp_str     in = { plain, (size_t)body.length };

    must(fgp_chunker_init(&c, &body, &key, NOW, seed()) == FGP_OK, "init");
    while (in.len != 0) {
        fgp_out out = { head, sizeof head, 0, NULL };

        must(fgp_chunker_add(&c, &in) == FGP_OK && fgp_chunker_head(&c, &out) == FGP_OK, "head");
    }
    fgp_chunker_wipe(&c);
}

static void run_put(uint32_t chunk)
{
    fgp_chunked body = body_of(chunk);
    fgp_chunker c;
    fgp_str     in = { plain, (size_t)body.length };
    fgp_out     out = { encoded, sizeof encoded, 0, NULL };

    must(fgp_chunker_init(&c, &body, &key, NOW, seed()) == FGP_OK, "init");
    while (in.len != 0)
        must(fgp_chunker_put(&c, &in, &out) == FGP_OK, "put");
    must(fgp_chunker_end(&c, &out) == FGP_OK, "end");
    encoded_len = out.need;
    fgp_chunker_wipe(&c);
}

static void run_verify(uint32_t chunk)
{
    fgp_chunked   body = body_of(chunk);
    fgp_dechunker d;
    fgp_str       in = { encoded, encoded_len }, bytes;

    must(fgp_dechunker_init(&d, &body, &key, NOW, seed()) == FGP_OK, "init");
    while (in.len != 0)
        must(fgp_dechunker_next(&d, &in, &bytes) == FGP_OK, "verify");
    must(d.done, "not whole");
    fgp_dechunker_wipe(&d);
}

/* Nanoseconds a chunk of |run| beside hashing. */
static void bench_chunk(const char *name, void (*run)(uint32_t), uint32_t chunk)
{
    double        more[BATCHES_MAX], floor_ns[BATCHES_MAX], start, middle;
    unsigned long before = allocations();

    for (int i = 0; i < batches; i++) {
        start = cpu_ns();
        run_hash(chunk);
        middle = cpu_ns();
        run(chunk);
        floor_ns[i] = (middle - start) / PER_BATCH;
        more[i] = (cpu_ns() - middle - (middle - start)) / PER_BATCH;
    }
    before = allocations() - before;
    printf("chunk_%u_%s %.2f us beside %.2f us of SHA-256\n", chunk, name,
           median(more, (size_t)batches) / 1e3, median(floor_ns, (size_t)batches) / 1e3);
    printf("chunk_%u_%s_allocations %lu\n", chunk, name, before);
}

/* ---- checksums -------------------------------------------------------- */

static void bench_checksum(fgp_checksum_kind kind)
{
    fgp_str      name = fgp_checksum_header(kind);
    double       gb_s[BATCHES_MAX], start;
    fgp_checksum c;

    for (int i = 0; i < batches; i++) {
        char    room[64];
        fgp_out out = { room, sizeof room, 0, NULL };

        start = cpu_ns();
        fgp_checksum_init(&c, kind);
        for (int j = 0; j < PER_BATCH; j++)
            fgp_checksum_add(&c, (fgp_str){ plain + (size_t)j * CHUNK, CHUNK });
        must(fgp_put_checksum(&out, &c) == FGP_OK, "checksum");
        gb_s[i] = (double)PER_BATCH * CHUNK / (cpu_ns() - start);
    }
    printf("checksum_%s %.2f GB/s\n", name.ptr + sizeof "x-amz-checksum-" - 1,
           median(gb_s, (size_t)batches));
}

/* ---- events ----------------------------------------------------------- */

/* An event of 3,200 bytes, a tenth of a second of speech, beside the hash of it. */
static void bench_event(void)
{
    double    more[BATCHES_MAX], floor_ns[BATCHES_MAX], start, middle;
    fgp_chain chain;
    char      room[4096];

    must(fgp_chain_init(&chain, seed(), NULL) == FGP_OK, "chain");
    for (int i = 0; i < batches; i++) {
        start = cpu_ns();
        for (int j = 0; j < 100; j++)
            SHA256((unsigned char *)plain, 3200, digest);
        middle = cpu_ns();
        for (int j = 0; j < 100; j++) {
            fgp_out out = { room, sizeof room, 0, NULL };

            must(fgp_event_sign(&chain, &key, NOW, (fgp_str){ plain, 3200 }, &out, NULL) == FGP_OK,
                 "event");
        }
        floor_ns[i] = (middle - start) / 100;
        more[i] = (cpu_ns() - middle - (middle - start)) / 100;
    }
    printf("event_3200 %.2f us beside %.2f us of SHA-256\n", median(more, (size_t)batches) / 1e3,
           median(floor_ns, (size_t)batches) / 1e3);
}

int main(int argc, char **argv)
{
    static const uint32_t sizes[] = { CHUNK, FGP_CHUNK_MIN };
    fgp_str               secret = { "secret", 6 }, region = { "us-east-1", 9 }, name = { "s3", 2 };

    if (argc > 1 && strcmp(argv[1], "--smoke") == 0)
        batches = 1;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (char)(i * 2654435761u >> 13);
    must(fgp_signing_key_init(&key, secret, NOW, region, name, NULL) == FGP_OK, "key");
    for (int i = 0; i < 2; i++) {
        bench_chunk("head", run_head, sizes[i]);
        bench_chunk("put", run_put, sizes[i]);
        bench_chunk("verify", run_verify, sizes[i]);
    }
    for (int kind = FGP_CHECKSUM_CRC32; kind <= FGP_CHECKSUM_SHA256; kind++)
        bench_checksum((fgp_checksum_kind)kind);
    bench_event();
    return 0;
}
