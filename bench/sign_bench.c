/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_bench.c - what a signature costs.
 *
 * Two requests: an S3 GET of five headers, whose hashes take 13 blocks of SHA-256,
 * and a JSON POST of 1 KiB, whose take 28. Against two measures of the same run:
 *
 *   floor  the same number of blocks hashed by OpenSSL's low-level SHA-256, in one
 *          long message: what no signer can go below
 *   curl   libcurl's own CURLOPT_AWS_SIGV4: a transfer with it, less one without it, over
 *          loopback, with the server in the same thread
 *
 * A line is: name, value, unit, and the ratio to the measure named last. Figures are
 * medians of batches, of the thread's CPU time; the batches of what is compared take
 * turns, so that a busy machine slows both.
 */
#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED
#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "fingerpost.h"

#define BATCHES   101
#define PER_BATCH 2000
#define TRANSFERS 50 /* of libcurl in a batch */
#define CURL_BATCHES 61
#define NOW       1440938160

/* ---- the two requests ------------------------------------------------- */

static char body[1024];

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

static struct subject {
    const char *name, *url_path, *sigv4;
    int         blocks;
    fgp_str     service;
    fgp_request req;
} subjects[] = {
    { "sign_s3_get",
      "/photos/2024/07/holiday%20picture%20%281%29.jpg?partNumber=2&versionId="
      "3HL4kqtJvjVBH40Nrjfkd",
      "aws:amz:us-east-1:s3", 13, LIT("s3"),
      { .method = LIT("GET"), .scheme = LIT("https"),
        .authority = LIT("examplebucket.s3.us-east-1.amazonaws.com"),
        .path = LIT("/photos/2024/07/holiday%20picture%20%281%29.jpg"),
        .query = LIT("partNumber=2&versionId=3HL4kqtJvjVBH40Nrjfkd"),
        .headers = get_headers, .nheaders = COUNT(get_headers) } },
    { "sign_json_post_1k", "/", "aws:amz:us-east-1:dynamodb", 28, LIT("dynamodb"),
      { .method = LIT("POST"), .scheme = LIT("https"),
        .authority = LIT("dynamodb.us-east-1.amazonaws.com"), .path = LIT("/"),
        .headers = post_headers, .nheaders = COUNT(post_headers),
        .payload = { FGP_PAYLOAD_BYTES, { body, sizeof body } } } },
};

/* ---- ours, and the floor ---------------------------------------------- */

static double time_floor(int blocks)
{
    static unsigned char text[1 << 16];
    SHA256_CTX           ctx;
    double               start;

    SHA256_Init(&ctx);
    start = cpu_ns();
    for (int i = 0; i < 8; i++)
        SHA256_Update(&ctx, text, sizeof text);
    return (cpu_ns() - start) / (8 * sizeof text / 64) * blocks;
}

static fgp_signer signer_for(const struct subject *s, fgp_signing_key *key)
{
    fgp_error err;

    if (fgp_signing_key_init(key, (fgp_str)LIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), NOW,
                             (fgp_str)LIT("us-east-1"), s->service, &err) != FGP_OK)
        die("fgp_signing_key_init", err.text);
    return (fgp_signer){ .access_key_id = LIT("AKIDEXAMPLE"), .key = key,
                         .rules = fgp_sign_rules_for(s->service), .cover = FGP_COVER_ALL };
}

static void sign_once(const fgp_signer *signer, const fgp_request *req, int presigned)
{
    char       text[4096];
    fgp_out    out = { text, sizeof text, 0, NULL };
    fgp_signed res;
    fgp_status s = presigned ? fgp_presign(signer, req, NOW, 900, &out, NULL, &res)
                             : fgp_sign(signer, req, NOW, &out, NULL, &res);

    if (s != FGP_OK)
        die("signing", res.error.text);
}

static double time_sign(const fgp_signer *signer, const fgp_request *req, int presigned)
{
    double start = cpu_ns();

    for (int i = 0; i < PER_BATCH; i++)
        sign_once(signer, req, presigned);
    return (cpu_ns() - start) / PER_BATCH;
}

static double bench_ours(const struct subject *s)
{
    double          ours[BATCHES], url[BATCHES], floor_[BATCHES];
    double          ns, least, presigned;
    unsigned long   before;
    fgp_signing_key key;
    fgp_signer      signer = signer_for(s, &key);

    for (int i = 0; i < BATCHES; i++) {
        floor_[i] = time_floor(s->blocks);
        ours[i] = time_sign(&signer, &s->req, 0);
        url[i] = time_sign(&signer, &s->req, 1);
    }
    ns = median(ours, BATCHES);
    least = median(floor_, BATCHES);
    presigned = median(url, BATCHES);
    before = allocations();
    sign_once(&signer, &s->req, 0);
    sign_once(&signer, &s->req, 1);

    printf("%s_floor %.0f ns 1.00 (%d blocks of SHA-256)\n", s->name, least, s->blocks);
    printf("%s %.0f ns %.2f of floor\n", s->name, ns, ns / least);
    printf("%s_presigned %.0f ns %.2f of floor\n", s->name, presigned, presigned / least);
    printf("%s_allocations %lu per-signature\n", s->name, allocations() - before);
    return ns;
}

static void bench_key(void)
{
    double          v[BATCHES];
    fgp_signing_key key;

    for (int i = 0; i < BATCHES; i++) {
        double start = cpu_ns();

        for (int k = 0; k < PER_BATCH; k++)
            signer_for(&subjects[0], &key);
        v[i] = (cpu_ns() - start) / PER_BATCH;
    }
    printf("sign_key_init %.0f ns (once a day, region and service)\n", median(v, BATCHES));
}

/* ---- libcurl's own ---------------------------------------------------- */

/*
 * The server is this thread: just before libcurl makes its request it calls us, and
 * we accept the connection and answer. So nothing ever waits and no other thread
 * runs; what is left is libcurl's work and the kernel's.
 */
static int listener, peer;

static unsigned listen_on_loopback(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t          len = sizeof at;

    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, len) != 0 ||
        listen(listener, 8) != 0 || getsockname(listener, (struct sockaddr *)&at, &len) != 0)
        die("server", "could not listen on loopback");
    return ntohs(at.sin_port);
}

static int answer_early(void *unused, char *a, char *b, int c, int d)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    (void)unused, (void)a, (void)b, (void)c, (void)d;
    peer = accept(listener, NULL, NULL);
    if (peer < 0 || write(peer, answer, sizeof answer - 1) != (ssize_t)(sizeof answer - 1))
        die("server", "could not answer");
    return CURL_PREREQFUNC_OK;
}

static void set_headers(CURL *easy, const fgp_request *req, struct curl_slist **list)
{
    char line[512];

    for (size_t i = 0; i < req->nheaders; i++) {
        const fgp_header *h = &req->headers[i];

        snprintf(line, sizeof line, "%.*s: %.*s", (int)h->name.len, h->name.ptr,
                 (int)h->value.len, h->value.ptr);
        *list = curl_slist_append(*list, line);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *list);
}

static CURL *easy_for(const struct subject *s, unsigned port, int with, struct curl_slist **list)
{
    CURL *easy = curl_easy_init();
    char  url[512];

    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, s->url_path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, answer_early);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    set_headers(easy, &s->req, list);
    if (s->req.payload.data.len != 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)s->req.payload.data.len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, s->req.payload.data.ptr);
    }
    if (with) {
        curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, s->sigv4);
        curl_easy_setopt(easy, CURLOPT_USERPWD,
                         "AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    }
    return easy;
}

/* Whether a request that went out was signed. */
static int peer_got_signature(void)
{
    char    text[16384];
    ssize_t n = recv(peer, text, sizeof text - 1, MSG_DONTWAIT);

    text[n < 0 ? 0 : n] = '\0';
    return strstr(text, "\r\nAuthorization: AWS4-HMAC-SHA256 ") != NULL;
}

static double time_transfers(CURL *easy, int with, double *mallocs)
{
    unsigned long count = 0, before;
    double        spent = 0, start;

    for (int i = 0; i < TRANSFERS; i++) {
        CURLcode code;

        before = allocations();
        start = cpu_ns();
        code = curl_easy_perform(easy);
        spent += cpu_ns() - start;
        count += allocations() - before;
        if (code != CURLE_OK)
            die("curl_easy_perform", curl_easy_strerror(code));
        if (peer_got_signature() != with)
            die("libcurl", "a request was signed that should not be, or was not that should");
        close(peer);
    }
    *mallocs = (double)count / TRANSFERS;
    return spent / TRANSFERS;
}

static void bench_curl(const struct subject *s, unsigned port, double ours)
{
    struct curl_slist *lists[2] = { NULL, NULL };
    CURL  *easy[2] = { easy_for(s, port, 0, &lists[0]), easy_for(s, port, 1, &lists[1]) };
    double less[CURL_BATCHES], mallocs[2], ns;

    for (int i = 0; i < CURL_BATCHES; i++) {
        double without = time_transfers(easy[0], 0, &mallocs[0]);

        less[i] = time_transfers(easy[1], 1, &mallocs[1]) - without;
    }
    ns = median(less, CURL_BATCHES);
    printf("%s_curl %.0f ns %.2f of ours (%s, CURLOPT_AWS_SIGV4: a transfer with it less one "
           "without)\n",
           s->name, ns, ns / ours, curl_version_info(CURLVERSION_NOW)->version);
    printf("%s_curl_allocations %.0f per-signature\n", s->name, mallocs[1] - mallocs[0]);
    for (int i = 0; i < 2; i++) {
        curl_easy_cleanup(easy[i]);
        curl_slist_free_all(lists[i]);
    }
}

int main(void)
{
    unsigned port = listen_on_loopback();

    setvbuf(stdout, NULL, _IOLBF, 0);
    memset(body, 'x', sizeof body);
    curl_global_init(CURL_GLOBAL_ALL);
    bench_key();
    for (size_t i = 0; i < COUNT(subjects); i++)
        bench_curl(&subjects[i], port, bench_ours(&subjects[i]));
    return 0;
}
