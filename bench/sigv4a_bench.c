/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigv4a_bench.c - what a SigV4A signature costs.
 *
 * Against one measure of the same run, the bare ECDSA: EVP_PKEY_sign() of a digest on
 * P-256, with a context that is used again. What is above it is ours.
 *
 * A line is: name, value, unit, and the ratio to that. Figures are medians of batches,
 * of the thread's CPU time; the batches take turns. With --smoke, one batch: whether it
 * works.
 */
#define _GNU_SOURCE
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "fingerpost.h"

#define BATCHES_MAX 101
#define PER_BATCH   100
#define NOW         1440938160

static int batches = BATCHES_MAX;

/* ---- the bare ECDSA --------------------------------------------------- */

static EVP_PKEY_CTX *ecdsa_context(void)
{
    EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL), *ctx;
    EVP_PKEY     *key = NULL;

    if (make == NULL || EVP_PKEY_keygen_init(make) <= 0 ||
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(make, NID_X9_62_prime256v1) <= 0 ||
        EVP_PKEY_keygen(make, &key) <= 0)
        die("OpenSSL", "could not make a key");
    ctx = EVP_PKEY_CTX_new(key, NULL);
    if (ctx == NULL || EVP_PKEY_sign_init(ctx) <= 0)
        die("OpenSSL", "could not sign");
    EVP_PKEY_CTX_free(make);
    EVP_PKEY_free(key); /* the context keeps it */
    return ctx;
}

static void bare_once(EVP_PKEY_CTX *ctx)
{
    unsigned char digest[32] = { 1 }, signature[80];
    size_t        len = sizeof signature;

    if (EVP_PKEY_sign(ctx, signature, &len, digest, sizeof digest) <= 0)
        die("OpenSSL", "could not sign");
}

/* ---- ours ------------------------------------------------------------- */

static char body[1024];

static const fgp_header get_headers[] = {
    { LIT("Host"), LIT("examplebucket.s3.us-east-1.amazonaws.com") },
    { LIT("Range"), LIT("bytes=0-1048575") },
    { LIT("If-None-Match"), LIT("\"d41d8cd98f00b204e9800998ecf8427e\"") },
    { LIT("Accept-Encoding"), LIT("identity") },
    { LIT("x-amz-checksum-mode"), LIT("ENABLED") },
};

static const struct subject {
    const char *name;
    fgp_str     service;
    fgp_request req;
} subjects[] = {
    { "sigv4a_s3_get", LIT("s3"),
      { .method = LIT("GET"), .scheme = LIT("https"),
        .authority = LIT("examplebucket.s3.us-east-1.amazonaws.com"),
        .path = LIT("/photos/2024/07/holiday%20picture%20%281%29.jpg"),
        .query = LIT("partNumber=2&versionId=3HL4kqtJvjVBH40Nrjfkd"),
        .headers = get_headers, .nheaders = COUNT(get_headers) } },
    { "sigv4a_json_post_1k", LIT("events"),
      { .method = LIT("POST"), .scheme = LIT("https"),
        .authority = LIT("events.us-east-1.amazonaws.com"), .path = LIT("/"),
        .payload = { FGP_PAYLOAD_BYTES, { body, sizeof body } } } },
};

static void make_key(fgp_sigv4a_key *key)
{
    fgp_error err;

    if (fgp_sigv4a_key_init(key, (fgp_str)LIT("AKIDEXAMPLE"),
                            (fgp_str)LIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                            &err) != FGP_OK)
        die("key", err.text);
}

static void sign_once(const fgp_signer *signer, const fgp_request *req)
{
    char       text[4096];
    fgp_out    out = { text, sizeof text, 0, NULL };
    fgp_signed res;

    if (fgp_sign(signer, req, NOW, &out, NULL, &res) != FGP_OK)
        die("signing", res.error.text);
}

static double time_bare(EVP_PKEY_CTX *ctx)
{
    double start = cpu_ns();

    for (int i = 0; i < PER_BATCH; i++)
        bare_once(ctx);
    return (cpu_ns() - start) / PER_BATCH;
}

static double time_sign(const fgp_signer *signer, const fgp_request *req)
{
    double start = cpu_ns();

    for (int i = 0; i < PER_BATCH; i++)
        sign_once(signer, req);
    return (cpu_ns() - start) / PER_BATCH;
}

static void bench(const struct subject *s, fgp_sigv4a_key *sigv4a, EVP_PKEY_CTX *ctx)
{
    double          ours[BATCHES_MAX], bare[BATCHES_MAX], least, ns;
    unsigned long   of_all = ~0ul, of_ecdsa = ~0ul;
    fgp_signing_key key;
    fgp_signer      signer = { .access_key_id = LIT("AKIDEXAMPLE"), .key = &key,
                               .rules = fgp_sign_rules_for(s->service), .cover = FGP_COVER_ALL,
                               .region_set = LIT("*") };

    if (fgp_signing_key_init_sigv4a(&key, sigv4a, NOW, s->service, NULL) != FGP_OK)
        die("key", "could not be made");
    sign_once(&signer, &s->req);
    for (int i = 0; i < batches; i++) {
        bare[i] = time_bare(ctx);
        ours[i] = time_sign(&signer, &s->req);
    }
    least = median(bare, (size_t)batches);
    ns = median(ours, (size_t)batches);
    for (int i = 0; i < PER_BATCH; i++) { /* OpenSSL takes one more where a number grows */
        unsigned long start = allocations(), middle;

        bare_once(ctx);
        middle = allocations();
        sign_once(&signer, &s->req);
        of_ecdsa = middle - start < of_ecdsa ? middle - start : of_ecdsa;
        of_all = allocations() - middle < of_all ? allocations() - middle : of_all;
    }
    printf("%s_ecdsa %.0f ns 1.00 (EVP_PKEY_sign, context used again)\n", s->name, least);
    printf("%s %.0f ns %.2f of ecdsa\n", s->name, ns, ns / least);
    printf("%s_allocations %ld per-signature (beside the %lu of the bare ECDSA)\n", s->name,
           (long)(of_all - of_ecdsa), of_ecdsa);
}

static void bench_keys(fgp_sigv4a_key *sigv4a)
{
    double          once[BATCHES_MAX], daily[BATCHES_MAX];
    fgp_sigv4a_key  other;
    fgp_signing_key key;

    for (int i = 0; i < batches; i++) {
        double start = cpu_ns();

        make_key(&other);
        once[i] = cpu_ns() - start;
        fgp_sigv4a_key_free(&other);
        start = cpu_ns();
        for (int k = 0; k < PER_BATCH; k++)
            fgp_signing_key_init_sigv4a(&key, sigv4a, NOW, (fgp_str)LIT("s3"), NULL);
        daily[i] = (cpu_ns() - start) / PER_BATCH;
    }
    printf("sigv4a_key_init %.0f ns (once for credentials)\n", median(once, (size_t)batches));
    printf("sigv4a_signing_key_init %.0f ns (once a day and service)\n",
           median(daily, (size_t)batches));
}

int main(int argc, char **argv)
{
    EVP_PKEY_CTX  *ctx = ecdsa_context();
    fgp_sigv4a_key sigv4a;

    if (argc > 1 && strcmp(argv[1], "--smoke") == 0)
        batches = 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    memset(body, 'x', sizeof body);
    make_key(&sigv4a);
    for (size_t i = 0; i < COUNT(subjects); i++)
        bench(&subjects[i], &sigv4a, ctx);
    bench_keys(&sigv4a);
    fgp_sigv4a_key_free(&sigv4a);
    EVP_PKEY_CTX_free(ctx);
    return 0;
}
