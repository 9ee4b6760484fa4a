/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl_probe.c - uses the libcurl helper as programs do, for curl_spec.lua to look at
 * what went over the wire.
 *
 * usage: curl_probe SCENARIO URL [ARGUMENT]
 *
 * Credentials from the environment, region eu-west-1; a URL is S3's where it has the
 * form s3://, else it is signed for SERVICE of the environment. Prints a line for each
 * transfer: its CURLcode, HTTP status, the helper's status and error.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fingerpost_curl.h"

typedef struct probe {
    const char    *url, *argument;
    fgp_curl      *shared;
    CURL          *easy;
    fgp_curl_easy *f;
} probe;

static size_t drop(char *bytes, size_t size, size_t n, void *data)
{
    (void)bytes, (void)size, (void)data;
    return n;
}

static void check(int status)
{
    if (status == 0)
        return;
    printf("status=%d %s\n", status, fgp_curl_strerror(status));
    exit(1);
}

static void report(const probe *p, CURLcode rc)
{
    long http = 0;

    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &http);
    printf("rc=%d http=%ld status=%d %s\n", (int)rc, http, fgp_curl_status(p->f),
           fgp_curl_error(p->f));
}

static void set_curl(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 20L);
}

static void set_place(const probe *p)
{
    if (strncmp(p->url, "s3://", 5) == 0)
        check(fgp_curl_setopt(p->f, FGP_CURLOPT_ENDPOINT, getenv("ENDPOINT")));
    else
        check(fgp_curl_setopt(p->f, FGP_CURLOPT_SERVICE, getenv("SERVICE")));
    check(fgp_curl_setopt(p->f, FGP_CURLOPT_URL, p->url));
    check(fgp_curl_setopt(p->f, FGP_CURLOPT_REGION, "eu-west-1"));
}

static void attach(probe *p)
{
    p->easy = curl_easy_init();
    set_curl(p->easy);
    check(fgp_curl_attach(p->shared, p->easy, &p->f));
    set_place(p);
}

static void perform(const probe *p)
{
    report(p, fgp_curl_perform(p->f));
}

/* ---- one handle ------------------------------------------------------- */

static void one(probe *p)
{
    perform(p);
}

static void three(probe *p)
{
    for (int i = 0; i < 3; i++)
        perform(p);
}

static void head(probe *p)
{
    curl_easy_setopt(p->easy, CURLOPT_NOBODY, 1L);
    perform(p);
}

static void post(probe *p)
{
    fgp_curl_setopt(p->f, FGP_CURLOPT_POSTFIELDS, p->argument);
    perform(p);
}

/* A body with a NUL in it, and then none again. */
static void post_then_get(probe *p)
{
    fgp_curl_setopt(p->f, FGP_CURLOPT_POSTFIELDS, "a\0b");
    fgp_curl_setopt(p->f, FGP_CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)3);
    perform(p);
    fgp_curl_setopt(p->f, FGP_CURLOPT_POSTFIELDS, NULL);
    perform(p);
}

static size_t read_ten(char *room, size_t size, size_t n, void *left)
{
    size_t give = *(size_t *)left < size * n ? *(size_t *)left : size * n;

    memset(room, 'x', give);
    *(size_t *)left -= give;
    return give;
}

static void set_upload(probe *p, size_t *left)
{
    curl_easy_setopt(p->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(p->easy, CURLOPT_READFUNCTION, read_ten);
    curl_easy_setopt(p->easy, CURLOPT_READDATA, left);
    curl_easy_setopt(p->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)*left);
}

/* A streamed body of ten x; |argument| is its hash, or there is none. */
static void upload(probe *p)
{
    size_t left = 10;

    set_upload(p, &left);
    fgp_curl_setopt(p->f, FGP_CURLOPT_PAYLOAD_SHA256, p->argument);
    perform(p);
}

/* |argument| is the certificate to trust. */
static void upload_unsigned(probe *p)
{
    size_t left = 10;

    set_upload(p, &left);
    curl_easy_setopt(p->easy, CURLOPT_CAINFO, p->argument);
    fgp_curl_setopt(p->f, FGP_CURLOPT_PAYLOAD, (long)FGP_CURL_PAYLOAD_UNSIGNED);
    perform(p);
}

static void headers(probe *p)
{
    static const char *const lines[] = {
        "X-Amz-Meta-A:  two  words \t", "X-Amz-Meta-Empty;", "Accept:", "User-Agent: probe",
        "Content-Type: text/plain", "x-amz-meta-b: 1",
    };
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        list = curl_slist_append(list, lines[i]);
    fgp_curl_setopt(p->f, FGP_CURLOPT_HTTPHEADER, list);
    perform(p);
    fgp_curl_setopt(p->f, FGP_CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(list);
}

static void follow(probe *p)
{
    curl_easy_setopt(p->easy, CURLOPT_FOLLOWLOCATION, 1L);
    if (p->argument != NULL)
        fgp_curl_setopt(p->f, FGP_CURLOPT_POSTFIELDS, p->argument);
    perform(p);
}

/* ---- what would disarm it --------------------------------------------- */

static void reset(probe *p)
{
    perform(p);
    curl_easy_reset(p->easy);
    set_curl(p->easy);
    perform(p);
    curl_easy_reset(p->easy);
    set_curl(p->easy);
    check(fgp_curl_rearm(p->f));
    report(p, curl_easy_perform(p->easy));
}

static void dup(probe *p)
{
    probe copy = *p;

    perform(p);
    copy.easy = curl_easy_duphandle(p->easy);
    check(fgp_curl_dup(p->f, copy.easy, &copy.f));
    fgp_curl_detach(p->f);
    p->f = NULL;
    perform(&copy);
    fgp_curl_detach(copy.f);
    curl_easy_cleanup(copy.easy);
}

static void unprepared(probe *p)
{
    curl_easy_setopt(p->easy, CURLOPT_URL, p->url);
    report(p, curl_easy_perform(p->easy));
    check(fgp_curl_prepare(p->f));
    fgp_curl_setopt(p->f, FGP_CURLOPT_REGION, "eu-west-2");
    report(p, curl_easy_perform(p->easy));
}

/* The program turns to another URL behind the helper's back. */
static void elsewhere(probe *p)
{
    check(fgp_curl_prepare(p->f));
    curl_easy_setopt(p->easy, CURLOPT_URL, p->argument);
    report(p, curl_easy_perform(p->easy));
}

static void detached(probe *p)
{
    long http = 0;

    perform(p);
    fgp_curl_detach(p->f);
    p->f = NULL;
    curl_easy_setopt(p->easy, CURLOPT_URL, p->url);
    printf("rc=%d", (int)curl_easy_perform(p->easy));
    curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &http);
    printf(" http=%ld\n", http);
}

/* Options that would send another request than the URL says. */
static void astray(probe *p)
{
    curl_easy_setopt(p->easy, CURLOPT_REQUEST_TARGET, "/other");
    curl_easy_setopt(p->easy, CURLOPT_PORT, 1L);
    perform(p);
}

/* ---- a callback of the program's own ---------------------------------- */

static int own_prereq(void *data, char *ip, char *local_ip, int port, int local_port)
{
    probe *p = data;

    puts("own");
    return fgp_curl_prereq(p->f, ip, local_ip, port, local_port);
}

static void chain(probe *p)
{
    check(fgp_curl_prepare(p->f));
    curl_easy_setopt(p->easy, CURLOPT_PREREQFUNCTION, own_prereq);
    curl_easy_setopt(p->easy, CURLOPT_PREREQDATA, p);
    report(p, curl_easy_perform(p->easy));
}

static void debug(probe *p)
{
    curl_easy_setopt(p->easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(p->easy, CURLOPT_DEBUGFUNCTION, fgp_curl_debug);
    perform(p);
}

/* ---- many handles ----------------------------------------------------- */

enum { HANDLES = 6, THREADS = 4, EACH = 20 };

static void reap(CURLM *multi, const probe *all)
{
    CURLMsg *msg;
    int      left;

    while ((msg = curl_multi_info_read(multi, &left)) != NULL)
        for (int i = 0; i < HANDLES; i++)
            if (msg->msg == CURLMSG_DONE && all[i].easy == msg->easy_handle)
                report(&all[i], msg->data.result);
}

/* More handles than connections: some wait, and are signed when they go. */
static void multi(probe *p)
{
    CURLM *m = curl_multi_init();
    probe  all[HANDLES];
    int    running = 0;

    curl_multi_setopt(m, CURLMOPT_MAX_TOTAL_CONNECTIONS, 2L);
    for (int i = 0; i < HANDLES; i++) {
        all[i] = *p;
        attach(&all[i]);
        check(fgp_curl_prepare(all[i].f));
        curl_multi_add_handle(m, all[i].easy);
    }
    do {
        curl_multi_perform(m, &running);
        reap(m, all);
        curl_multi_poll(m, NULL, 0, 100, NULL);
    } while (running != 0);
    reap(m, all);
    for (int i = 0; i < HANDLES; i++) {
        curl_multi_remove_handle(m, all[i].easy);
        fgp_curl_detach(all[i].f);
        curl_easy_cleanup(all[i].easy);
    }
    curl_multi_cleanup(m);
}

static void *work(void *data)
{
    probe mine = *(const probe *)data;
    long  good = 0;

    attach(&mine);
    for (int i = 0; i < EACH; i++) {
        fgp_curl_setopt(mine.f, FGP_CURLOPT_REGION, i % 2 ? "eu-west-1" : "us-east-1");
        good += fgp_curl_perform(mine.f) == CURLE_OK;
    }
    fgp_curl_detach(mine.f);
    curl_easy_cleanup(mine.easy);
    return (void *)good;
}

/* Threads share keys while the credentials are set again and again. */
static void threads(probe *p)
{
    pthread_t all[THREADS];
    long      good = 0;
    void     *result;

    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&all[i], NULL, work, p) != 0)
            exit(1);
    for (int i = 0; i < 1000; i++)
        check(fgp_curl_set_credentials_env(p->shared));
    for (int i = 0; i < THREADS; i++) {
        pthread_join(all[i], &result);
        good += (long)result;
    }
    printf("good=%ld\n", good);
}

/* ---- without a transfer ----------------------------------------------- */

static void presign(probe *p)
{
    char *url;

    check(fgp_curl_presign(p->f, p->argument, 60, &url));
    puts(url);
    free(url);
    printf("status=%d\n", fgp_curl_presign(p->f, "GET", 0, &url));
    printf("status=%d\n", fgp_curl_presign(p->f, "GET", 604801, &url));
}

static void options(probe *p)
{
    const int wrong[] = {
        fgp_curl_setopt(p->f, (fgp_curl_option)12345, "x"),
        fgp_curl_setopt(p->f, (fgp_curl_option)99, 1L),
        fgp_curl_setopt(p->f, (fgp_curl_option)30099, (curl_off_t)1),
        fgp_curl_setopt(p->f, FGP_CURLOPT_FIPS, 2L),
        fgp_curl_setopt(p->f, FGP_CURLOPT_PAYLOAD, 5L),
        fgp_curl_setopt(p->f, FGP_CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)-2),
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (wrong[i] != FGP_CURLE_BAD_OPTION)
            printf("option %zu: %d\n", i, wrong[i]);
    puts(fgp_curl_error(p->f));
    fgp_curl_detach(NULL);
    fgp_curl_free(NULL);
    printf("%d %d %d\n", fgp_curl_set_credentials(p->shared, NULL, NULL, NULL),
           fgp_curl_set_credentials(p->shared, "id", "", NULL),
           fgp_curl_set_credentials(p->shared, "id\r\n", "secret", NULL));
}

/* ----------------------------------------------------------------------- */

static const struct scenario {
    const char *name;
    void (*run)(probe *p);
} scenarios[] = {
    { "one", one }, { "three", three }, { "head", head }, { "post", post },
    { "post_then_get", post_then_get }, { "upload", upload },
    { "upload_unsigned", upload_unsigned }, { "headers", headers }, { "follow", follow },
    { "reset", reset }, { "dup", dup }, { "unprepared", unprepared }, { "elsewhere", elsewhere },
    { "astray", astray }, { "detached", detached }, { "chain", chain }, { "debug", debug },
    { "multi", multi }, { "threads", threads }, { "presign", presign }, { "options", options },
};

int main(int argc, char **argv)
{
    probe p = { .url = argc > 2 ? argv[2] : "", .argument = argc > 3 ? argv[3] : NULL };

    curl_global_init(CURL_GLOBAL_DEFAULT);
    p.shared = fgp_curl_new();
    fgp_curl_set_credentials_env(p.shared);
    attach(&p);
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
        if (argc > 1 && strcmp(argv[1], scenarios[i].name) == 0)
            scenarios[i].run(&p);
    fgp_curl_free(p.shared); /* handles keep it */
    fgp_curl_detach(p.f);
    curl_easy_cleanup(p.easy);
    curl_global_cleanup();
    return 0;
}
