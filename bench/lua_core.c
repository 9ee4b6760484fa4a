/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lua_core.c - what the core alone takes for the requests of lua_bench.lua, which runs
 * this and subtracts. A line is: name, nanoseconds of CPU time for one call.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fingerpost.h"

#define BATCHES   31
#define PER_BATCH 2000
#define NOW       1440938160

#define LIT(s)   ((fgp_str){ "" s, sizeof("" s) - 1 })
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char            body[1024], room[8192], plan_text[2048];
static fgp_params      s3_params, dynamodb_params;
static fgp_plan        dynamodb_plan;
static fgp_signing_key s3_key, dynamodb_key;

static void check(fgp_status status, const fgp_error *err)
{
    if (status == FGP_OK)
        return;
    fprintf(stderr, "lua_core: %s\n", err->text);
    exit(1);
}

/* ---- the requests ------------------------------------------------------- */

static fgp_header get_headers[] = {
    { { "range", 5 }, { "bytes=0-1048575", 15 } },
    { { "if-none-match", 13 }, { "\"d41d8cd98f00b204e9800998ecf8427e\"", 34 } },
    { { "accept-encoding", 15 }, { "identity", 8 } },
    { { "user-agent", 10 }, { "bench", 5 } },
    { { "x-amz-checksum-mode", 19 }, { "ENABLED", 7 } },
};

static fgp_header post_headers[] = {
    { { "content-type", 12 }, { "application/x-amz-json-1.0", 26 } },
    { { "x-amz-target", 12 }, { "DynamoDB_20120810.PutItem", 25 } },
    { { "accept", 6 }, { "*/*", 3 } },
    { { "user-agent", 10 }, { "bench", 5 } },
    { { "amz-sdk-invocation-id", 21 }, { "b6d5a3f0-5f0e-4a3a-9a37-0f6f4f0b2c11", 36 } },
};

static fgp_signer signer_of(const fgp_signing_key *key, fgp_str name)
{
    return (fgp_signer){ .access_key_id = LIT("AKIAIOSFODNN7EXAMPLE"), .key = key,
                         .rules = fgp_sign_rules_for(name) };
}

static void s3_url(int64_t expires_s)
{
    fgp_signer  by = signer_of(&s3_key, LIT("s3"));
    fgp_out     out = { room, sizeof room, 0, NULL };
    fgp_request req = { .method = LIT("GET"), .headers = get_headers, .nheaders = COUNT(get_headers) };
    fgp_signed  res;
    fgp_url     url;

    check(fgp_url_parse(LIT("https://photos.s3.us-east-1.amazonaws.com/2024/07/a%20b%20%281%29.jpg"), &url,
                        &res.error), &res.error);
    req.scheme = url.scheme;
    req.authority = url.authority;
    req.path = url.path;
    check(expires_s ? fgp_presign(&by, &req, NOW, expires_s, &out, NULL, &res)
                    : fgp_sign(&by, &req, NOW, &out, NULL, &res), &res.error);
}

static void sign_url(void)
{
    s3_url(0);
}

static void presign_url(void)
{
    s3_url(900);
}

static void sign_bucket(void)
{
    fgp_signer  by = signer_of(&s3_key, LIT("s3"));
    fgp_params  params = s3_params;
    fgp_out     out = { room, sizeof room, 0, NULL };
    fgp_request req = { .method = LIT("GET"), .headers = get_headers, .nheaders = COUNT(get_headers) };
    fgp_plan    plan;
    fgp_signed  res;
    size_t      start;

    check(fgp_params_set_string(&params, LIT("Bucket"), LIT("photos"), &plan.error), &plan.error);
    check(fgp_plan_make(&params, &out, &plan), &plan.error);
    start = out.need;
    fgp_put_key_path(&plan, LIT("2024/07/a b (1).jpg"), &out);
    req.scheme = plan.url.scheme;
    req.authority = plan.url.authority;
    req.path = (fgp_str){ out.buf + start, out.need - start };
    check(fgp_sign(&by, &req, NOW, &out, NULL, &res), &res.error);
}

static void sign_post(void)
{
    fgp_signer  by = signer_of(&dynamodb_key, LIT("dynamodb"));
    fgp_out     out = { room, sizeof room, 0, NULL };
    fgp_request req = { .method = LIT("POST"), .scheme = dynamodb_plan.url.scheme,
                        .authority = dynamodb_plan.url.authority,
                        .headers = post_headers, .nheaders = COUNT(post_headers),
                        .payload = { FGP_PAYLOAD_BYTES, { body, sizeof body } } };
    fgp_signed  res;

    check(fgp_sign(&by, &req, NOW, &out, NULL, &res), &res.error);
}

static void resolve(void)
{
    fgp_params   params;
    fgp_endpoint ep;
    fgp_out      out = { room, sizeof room, 0, NULL };

    check(fgp_params_init(&params, fgp_table_builtin(), LIT("s3"), &ep.error), &ep.error);
    check(fgp_params_set_string(&params, LIT("Region"), LIT("us-east-1"), &ep.error), &ep.error);
    check(fgp_params_set_string(&params, LIT("Bucket"), LIT("photos"), &ep.error), &ep.error);
    check(fgp_endpoint_resolve(&params, &out, &ep), &ep.error);
}

/* ---- timing ------------------------------------------------------------- */

static double cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double least(void (*fn)(void))
{
    double best = 1e18;

    for (int i = 0; i < BATCHES; i++) {
        double from = cpu_ns(), ns;

        for (int j = 0; j < PER_BATCH; j++)
            fn();
        ns = (cpu_ns() - from) / PER_BATCH;
        best = ns < best ? ns : best;
    }
    return best;
}

static const struct {
    const char *name;
    void (*fn)(void);
} subjects[] = {
    { "sign_url", sign_url },       { "sign_bucket", sign_bucket }, { "sign_post_1k", sign_post },
    { "presign_url", presign_url }, { "resolve_s3", resolve },
};

static void prepare(void)
{
    fgp_error err;
    fgp_out   out = { plan_text, sizeof plan_text, 0, NULL };
    fgp_str   secret = LIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), region = LIT("us-east-1");

    memset(body, 'x', sizeof body);
    check(fgp_params_init(&s3_params, fgp_table_builtin(), LIT("s3"), &err), &err);
    check(fgp_params_set_string(&s3_params, LIT("Region"), region, &err), &err);
    check(fgp_params_init(&dynamodb_params, fgp_table_builtin(), LIT("dynamodb"), &err), &err);
    check(fgp_params_set_string(&dynamodb_params, LIT("Region"), region, &err), &err);
    check(fgp_plan_make(&dynamodb_params, &out, &dynamodb_plan), &dynamodb_plan.error);
    check(fgp_signing_key_init(&s3_key, secret, NOW, region, LIT("s3"), &err), &err);
    check(fgp_signing_key_init(&dynamodb_key, secret, NOW, region, LIT("dynamodb"), &err), &err);
}

int main(void)
{
    prepare();
    for (size_t i = 0; i < COUNT(subjects); i++)
        printf("%s %.0f\n", subjects[i].name, least(subjects[i].fn));
    return 0;
}
