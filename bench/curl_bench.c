/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl_bench.c - what signing adds to a whole transfer of libcurl's.
 *
 * An S3 GET over a kept loopback connection, answered by a thread of ours, in turns:
 *
 *   plain       libcurl alone
 *   aws_sigv4   with CURLOPT_AWS_SIGV4
 *   fingerpost  with the helper, by fgp_curl_perform()
 *
 * A line is: name, CPU of the client's thread in µs for a transfer, and its ratio to
 * plain. Medians of rounds that take turns, so that a busy machine slows all alike.
 * With --smoke, only whether it works.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fingerpost_curl.h"

#define ROUNDS    41
#define TRANSFERS 200 /* in a round */
#define ID        "AKIDEXAMPLE"
#define SECRET    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static void must(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "curl_bench: %s\n", what);
    exit(1);
}

/* The client on one core, the server on another, where there are two: who wakes whom
 * would else decide which of them pays for the loopback. */
static void pin(int core)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(core % (int)sysconf(_SC_NPROCESSORS_ONLN), &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/* ---- the server ------------------------------------------------------- */

/* Answers each request of one connection, all of them without a body. */
static void *converse(void *data)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    int    fd = (int)(long)data;
    char   room[8192];
    size_t have = 0;

    pin(1);
    for (;;) {
        ssize_t n = recv(fd, room + have, sizeof room - have, 0);

        if (n <= 0)
            break;
        have += (size_t)n;
        if (have < 4 || memcmp(room + have - 4, "\r\n\r\n", 4) != 0)
            continue;
        have = 0;
        if (send(fd, answer, sizeof answer - 1, 0) < 0)
            break;
    }
    close(fd);
    return NULL;
}

static void *serve(void *data)
{
    int       listener = (int)(long)data, on = 1, fd;
    pthread_t thread;

    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        must(pthread_create(&thread, NULL, converse, (void *)(long)fd) == 0, "no thread");
        pthread_detach(thread);
    }
    return NULL;
}

static unsigned start_server(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof address;
    int       fd = socket(AF_INET, SOCK_STREAM, 0);
    pthread_t thread;

    must(bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 8) == 0 &&
         getsockname(fd, (struct sockaddr *)&address, &len) == 0, "cannot listen");
    must(pthread_create(&thread, NULL, serve, (void *)(long)fd) == 0, "no thread");
    pthread_detach(thread);
    return ntohs(address.sin_port);
}

/* ---- the subjects ----------------------------------------------------- */

typedef struct subject {
    const char    *name;
    CURL          *curl;
    fgp_curl_easy *f; /* fingerpost's; else NULL */
    double         us[ROUNDS];
} subject;

static size_t drop(char *bytes, size_t size, size_t n, void *data)
{
    (void)bytes, (void)size, (void)data;
    return n;
}

static void start(subject *s, const char *name, const char *url)
{
    s->name = name;
    s->curl = curl_easy_init();
    must(s->curl != NULL, "no handle");
    curl_easy_setopt(s->curl, CURLOPT_URL, url);
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(s->curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(s->curl, CURLOPT_FAILONERROR, 1L);
}

static void start_helper(subject *s, const char *endpoint, fgp_curl *fgp)
{
    start(s, "fingerpost", "");
    must(fgp_curl_attach(fgp, s->curl, &s->f) == 0, "cannot attach");
    fgp_curl_setopt(s->f, FGP_CURLOPT_URL, "s3://examplebucket/key");
    fgp_curl_setopt(s->f, FGP_CURLOPT_REGION, "us-east-1");
    fgp_curl_setopt(s->f, FGP_CURLOPT_ENDPOINT, endpoint);
    must(fgp_curl_prepare(s->f) == 0, fgp_curl_error(s->f));
}

/* ---- measuring -------------------------------------------------------- */

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double one_round(const subject *s, int transfers)
{
    double start_us = cpu_us();

    for (int i = 0; i < transfers; i++)
        must((s->f != NULL ? fgp_curl_perform(s->f) : curl_easy_perform(s->curl)) == CURLE_OK,
             s->name);
    return (cpu_us() - start_us) / transfers;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(subject *s, int rounds)
{
    qsort(s->us, (size_t)rounds, sizeof s->us[0], ascending);
    return s->us[rounds / 2];
}

int main(int argc, char **argv)
{
    enum { PLAIN, AWS_SIGV4, FINGERPOST, SUBJECTS };
    bool      smoke = argc > 1 && strcmp(argv[1], "--smoke") == 0;
    int       rounds = smoke ? 1 : ROUNDS, transfers = smoke ? 3 : TRANSFERS;
    subject   all[SUBJECTS] = { { 0 } };
    char      endpoint[64], url[128];
    fgp_curl *fgp;

    pin(0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", start_server());
    snprintf(url, sizeof url, "%s/examplebucket/key", endpoint);
    fgp = fgp_curl_new();
    must(fgp != NULL && fgp_curl_set_credentials(fgp, ID, SECRET, NULL) == 0, "no credentials");

    start(&all[PLAIN], "plain", url);
    start(&all[AWS_SIGV4], "aws_sigv4", url);
    curl_easy_setopt(all[AWS_SIGV4].curl, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:s3");
    curl_easy_setopt(all[AWS_SIGV4].curl, CURLOPT_USERPWD, ID ":" SECRET);
    start_helper(&all[FINGERPOST], endpoint, fgp);

    for (int i = 0; i < SUBJECTS; i++)
        one_round(&all[i], 3); /* connect */
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < SUBJECTS; i++)
            all[i].us[r] = one_round(&all[i], transfers);
    for (int i = 0; i < SUBJECTS; i++) {
        double us = median(&all[i], rounds), plain = median(&all[PLAIN], rounds);

        printf("transfer %-11s %7.1f us %6.2f x plain (%+.1f us)\n", all[i].name, us, us / plain,
               us - plain);
    }
    for (int i = 0; i < SUBJECTS; i++) {
        fgp_curl_detach(all[i].f);
        curl_easy_cleanup(all[i].curl);
    }
    fgp_curl_free(fgp);
    return 0;
}
