/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - what the benchmarks share: time, medians, and a count of allocations. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

#define LIT(s)   { "" s, sizeof("" s) - 1 }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What this thread took of malloc(), calloc() and realloc() so far, in libraries too. */
unsigned long allocations(void);

/* The CPU time of this thread. */
double cpu_ns(void);

/* Sorts |v|. */
double median(double *v, size_t n);

/* Ends the program: "sign_bench: what: why". */
_Noreturn void die(const char *what, const char *why);

#endif
