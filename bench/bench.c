/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c - time, medians, and a count of allocations. It knows nothing of signing. */
#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

#define EXPORTED __attribute__((visibility("default"))) /* or libraries would not see it */

static _Thread_local unsigned long taken;

EXPORTED void *malloc(size_t n)
{
    taken++;
    return __libc_malloc(n);
}

EXPORTED void *calloc(size_t n, size_t size)
{
    taken++;
    return __libc_calloc(n, size);
}

EXPORTED void *realloc(void *p, size_t n)
{
    taken++;
    return __libc_realloc(p, n);
}

unsigned long allocations(void)
{
    return taken;
}

double cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
    exit(1);
}
