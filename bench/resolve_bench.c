/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve_bench.c - what resolving an endpoint costs.
 *
 * What a client keeps between requests (Region, flags, its own endpoint) is set once;
 * measured is what each request does: the request's own parameters set by name, and
 * fgp_endpoint_resolve(), which gives URL and auth, all checked.
 *
 * Beside each stands a measure of the same run: snprintf() of the same URL, from
 * scheme, host and path as three strings. That is what a program would do that knew
 * the answer already, the least it could with the usual means.
 *
 * A line is: name, value, unit, and the ratio to that measure. Figures are medians of
 * batches, of the thread's CPU time; the batches of both take turns, so that a busy
 * machine slows both.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "fingerpost.h"

#define BATCHES   201
#define PER_BATCH 2000
#define PARAMS    4

/* ---- the subjects ----------------------------------------------------- */

/* A parameter: a string, or where that is NULL a boolean that is true. */
typedef struct param {
    const char *name, *value;
} param;

static const struct subject {
    const char *name, *service;
    param       client[PARAMS];  /* set once */
    param       request[PARAMS]; /* set for each request */
    const char *url;             /* what must come out */
} subjects[] = {
    { "resolve_s3_virtual_host", "s3", { { "Region", "us-west-2" } },
      { { "Bucket", "bucket-name" } }, "https://bucket-name.s3.us-west-2.amazonaws.com" },
    { "resolve_s3_fips_dualstack", "s3",
      { { "Region", "us-west-2" }, { "UseFIPS", NULL }, { "UseDualStack", NULL } },
      { { "Bucket", "bucket-name" } },
      "https://bucket-name.s3-fips.dualstack.us-west-2.amazonaws.com" },
    { "resolve_s3_access_point_arn", "s3", { { "Region", "us-west-2" } },
      { { "Bucket", "arn:aws:s3:us-west-2:123456789012:accesspoint:myendpoint" } },
      "https://myendpoint-123456789012.s3-accesspoint.us-west-2.amazonaws.com" },
    { "resolve_s3express", "s3", { { "Region", "us-west-2" } },
      { { "Bucket", "mybucket--usw2-az1--x-s3" } },
      "https://mybucket--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com" },
    { "resolve_s3_custom_path_style", "s3",
      { { "Region", "us-west-2" }, { "Endpoint", "http://127.0.0.1:9000" },
        { "ForcePathStyle", NULL } },
      { { "Bucket", "bucket-name" } }, "http://127.0.0.1:9000/bucket-name" },
    { "resolve_sts", "sts", { { NULL, NULL } }, { { "Region", "us-west-2" } },
      "https://sts.us-west-2.amazonaws.com" },
    { "resolve_iam", "iam", { { NULL, NULL } }, { { "Region", "us-east-1" } },
      "https://iam.amazonaws.com" },
    { "resolve_ec2", "ec2", { { NULL, NULL } }, { { "Region", "us-west-2" } },
      "https://ec2.us-west-2.amazonaws.com" },
    { "resolve_dynamodb_account_id", "dynamodb",
      { { "Region", "us-east-1" }, { "AccountIdEndpointMode", "preferred" } },
      { { "AccountId", "111111111111" } }, "https://111111111111.ddb.us-east-1.amazonaws.com" },
};

/* ---- resolving -------------------------------------------------------- */

static fgp_str str(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

/* Names and values as a caller has them: their lengths are known. */
typedef struct setting {
    fgp_str name, value;
    bool    flag;
} setting;

static size_t settings_of(const param *from, setting *to)
{
    size_t n = 0;

    for (; n < PARAMS && from[n].name != NULL; n++) {
        to[n].name = str(from[n].name);
        to[n].flag = from[n].value == NULL;
        to[n].value = to[n].flag ? (fgp_str){ NULL, 0 } : str(from[n].value);
    }
    return n;
}

static fgp_status set(fgp_params *p, const setting *s, size_t n)
{
    fgp_status status = FGP_OK;

    for (size_t i = 0; i < n && status == FGP_OK; i++)
        status = s[i].flag ? fgp_params_set_bool(p, s[i].name, true, NULL)
                           : fgp_params_set_string(p, s[i].name, s[i].value, NULL);
    return status;
}

static void check(const struct subject *s, fgp_params *p, fgp_endpoint *ep)
{
    char    buf[1024];
    fgp_out out = { buf, sizeof buf, 0, NULL };
    setting request[PARAMS];

    if (set(p, request, settings_of(s->request, request)) == FGP_OK &&
        fgp_endpoint_resolve(p, &out, ep) == FGP_OK && ep->url.len == strlen(s->url) &&
        memcmp(ep->url.ptr, s->url, ep->url.len) == 0)
        return;
    fprintf(stderr, "%s: %s %.*s\n", s->name, ep->error.text, (int)ep->url.len, ep->url.ptr);
    exit(1);
}

static double time_resolve(fgp_params *p, const setting *request, size_t n)
{
    char         buf[1024];
    fgp_endpoint ep;
    double       start = cpu_ns();

    for (int i = 0; i < PER_BATCH; i++) {
        fgp_out out = { buf, sizeof buf, 0, NULL };

        set(p, request, n);
        if (fgp_endpoint_resolve(p, &out, &ep) != FGP_OK)
            exit(1);
    }
    return (cpu_ns() - start) / PER_BATCH;
}

static double time_snprintf(const fgp_url *u)
{
    char   buf[1024];
    double start;
    int    sum = 0;

    start = cpu_ns();
    for (int i = 0; i < PER_BATCH; i++) {
        sum += snprintf(buf, sizeof buf, "%.*s://%.*s%.*s", (int)u->scheme.len, u->scheme.ptr,
                        (int)u->authority.len, u->authority.ptr, (int)u->path.len, u->path.ptr);
        __asm__ volatile("" : : "r"(buf) : "memory");
    }
    return sum == 0 ? 0 : (cpu_ns() - start) / PER_BATCH;
}

static void run(const struct subject *s)
{
    static double resolve[BATCHES], print[BATCHES];
    fgp_params    p;
    fgp_endpoint  ep;
    fgp_url       url;
    setting       client[PARAMS], request[PARAMS];
    size_t        nrequest = settings_of(s->request, request);
    unsigned long before;

    if (fgp_params_init(&p, fgp_table_builtin(), str(s->service), NULL) != FGP_OK ||
        set(&p, client, settings_of(s->client, client)) != FGP_OK)
        exit(1);
    check(s, &p, &ep);
    fgp_url_parse(str(s->url), &url, NULL);

    before = allocations();
    for (int i = 0; i < BATCHES; i++) {
        resolve[i] = time_resolve(&p, request, nrequest);
        print[i] = time_snprintf(&url);
    }
    before = allocations() - before;
    double ns = median(resolve, BATCHES), reference = median(print, BATCHES);
    printf("%-29s %8.1f ns %6.2f x snprintf of its URL (%.1f ns)\n", s->name, ns,
           ns / reference, reference);
    printf("%-29s %8.1f allocations\n", "", (double)before / (BATCHES * (double)PER_BATCH));
}

int main(void)
{
    for (size_t i = 0; i < COUNT(subjects); i++)
        run(&subjects[i]);
    return 0;
}
