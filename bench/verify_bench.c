/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_bench.c - what verifying a signature costs, against making it.
 *
 * The two requests of sign_bench.c, in headers and as URL. The body's hash is part of
 * both. A line is: name, value, unit, and the ratio to signing. Figures are medians of
 * batches, of the thread's CPU time; batches of signing and verifying take turns.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "fingerpost.h"

#define BATCHES   101
#define PER_BATCH 2000 /* 20 with --smoke */
#define NOW       1440938160

static char body[1024];
static int  per_batch = PER_BATCH;

static const fgp_header get_headers[] = {
    { LIT("Host"), LIT("examplebucket.s3.us-east-1.amazonaws.com") },
    { LIT("Range"), LIT("bytes=0-1048575") },
    { LIT("If-None-Match"), LIT("\"d41d8cd98f00b204e9800998ecf8427e\"") },
    { LIT("Accept-Encoding"), LIT("identity") },
    { LIT("x-amz-checksum-mode"), LIT("ENABLED") },
};

static const fgp_header post_headers[] = {
    { LIT("Host"), LIT("dynamodb.us-east-1.amazonaws.com") },
    { LIT("Content-Type"), LIT("application/x-amz-json-1.0") },
    { LIT("X-Amz-Target"), LIT("DynamoDB_20120810.PutItem") },
    { LIT("Content-Length"), LIT("1024") },
    { LIT("amz-sdk-invocation-id"), LIT("b6d5a3f0-5f0e-4a3a-9a37-0f6f4f0b2c11") },
};

static const struct subject {
    const char *name;
    fgp_str     service;
    fgp_request req;
} subjects[] = {
    { "s3_get", LIT("s3"),
      { .method = LIT("GET"), .scheme = LIT("https"),
        .authority = LIT("examplebucket.s3.us-east-1.amazonaws.com"),
        .path = LIT("/photos/2024/07/holiday%20picture%20%281%29.jpg"),
        .query = LIT("partNumber=2&versionId=3HL4kqtJvjVBH40Nrjfkd"),
        .headers = get_headers, .nheaders = COUNT(get_headers) } },
    { "json_post_1k", LIT("dynamodb"),
      { .method = LIT("POST"), .scheme = LIT("https"),
        .authority = LIT("dynamodb.us-east-1.amazonaws.com"), .path = LIT("/"),
        .headers = post_headers, .nheaders = COUNT(post_headers),
        .payload = { FGP_PAYLOAD_BYTES, { body, sizeof body } } } },
};

typedef struct wire {
    char            text[4096];
    fgp_header      headers[16];
    fgp_request     request;
    fgp_signing_key key;
    fgp_signer      signer;
    int             presigned;
} wire;

static void sign(const wire *w, const fgp_request *req, char *text, size_t room, fgp_signed *res)
{
    fgp_out    out = { text, room, 0, NULL };
    fgp_status s = w->presigned ? fgp_presign(&w->signer, req, NOW, 900, &out, NULL, res)
                                : fgp_sign(&w->signer, req, NOW, &out, NULL, res);

    if (s != FGP_OK)
        die("signing", res->error.text);
}

/* |w| as it goes over the wire once |s| is signed. */
static void make(wire *w, const struct subject *s)
{
    fgp_signed res;
    fgp_error  err;
    fgp_url    url;

    if (fgp_signing_key_init(&w->key, (fgp_str)LIT("secret"), NOW, (fgp_str)LIT("us-east-1"),
                             s->service, &err) != FGP_OK)
        die("fgp_signing_key_init", err.text);
    w->signer = (fgp_signer){ .access_key_id = LIT("AKIDEXAMPLE"), .key = &w->key,
                              .rules = fgp_sign_rules_for(s->service), .cover = FGP_COVER_ALL };
    sign(w, &s->req, w->text, sizeof w->text, &res);
    if (fgp_url_parse(res.url, &url, &err) != FGP_OK)
        die("fgp_url_parse", err.text);
    w->request = s->req;
    w->request.path = url.path;
    w->request.query = url.query;
    w->request.headers = w->headers;
    memcpy(w->headers, s->req.headers, s->req.nheaders * sizeof *w->headers);
    for (size_t i = 1; !w->presigned && i < res.nheaders; i++) /* but for host, which it has */
        w->headers[w->request.nheaders++] = res.headers[i];
}

static double time_sign(const wire *w, const fgp_request *req)
{
    char       text[4096];
    fgp_signed res;
    double     start = cpu_ns();

    for (int i = 0; i < per_batch; i++)
        sign(w, req, text, sizeof text, &res);
    return (cpu_ns() - start) / per_batch;
}

static double time_verify(const wire *w)
{
    static const fgp_verifier verifier = { .skew_s = 0 };
    char                      text[4096];
    fgp_verified              res;
    double                    start = cpu_ns();

    for (int i = 0; i < per_batch; i++) {
        fgp_out out = { text, sizeof text, 0, NULL };

        fgp_verify_begin(&verifier, &w->request, NOW, &out, NULL, &res);
        fgp_verify_end(&res, &w->key, (fgp_str){ NULL, 0 });
        if (!res.valid)
            die("verifying", res.error.text);
    }
    return (cpu_ns() - start) / per_batch;
}

static void bench(const struct subject *s, int presigned)
{
    static wire w;
    double      signing[BATCHES], verifying[BATCHES], ns, of;

    w.presigned = presigned;
    make(&w, s);
    for (int i = 0; i < BATCHES; i++) {
        signing[i] = time_sign(&w, &s->req);
        verifying[i] = time_verify(&w);
    }
    of = median(signing, BATCHES);
    ns = median(verifying, BATCHES);
    printf("verify_%s%s %.0f ns %.2f of signing (%.0f ns)\n", s->name, presigned ? "_presigned" : "",
           ns, ns / of, of);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--smoke") == 0)
        per_batch = 20;
    for (size_t i = 0; i < COUNT(subjects); i++) {
        bench(&subjects[i], 0);
        bench(&subjects[i], 1);
    }
    return 0;
}
