/* SPDX-License-Identifier: Apache-2.0 */
/* count_malloc.h - counts what a test's program takes of malloc() and its kin, the libraries
 * in it included. For one file of a program. */
#ifndef COUNT_MALLOC_H
#define COUNT_MALLOC_H

#include <stdlib.h>

/* Taken so far; not given back. Compilers hold that malloc() changes no variable, and would
 * not look again. */
static volatile unsigned allocations, live;

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void  __libc_free(void *p);

#define EXPORTED __attribute__((visibility("default"))) /* or OpenSSL would not see it */

EXPORTED void *malloc(size_t n)
{
    allocations++;
    live++;
    return __libc_malloc(n);
}

EXPORTED void *calloc(size_t n, size_t size)
{
    allocations++;
    live++;
    return __libc_calloc(n, size);
}

EXPORTED void *realloc(void *p, size_t n)
{
    allocations++;
    live += p == NULL;
    return __libc_realloc(p, n);
}

EXPORTED void free(void *p)
{
    live -= p != NULL;
    __libc_free(p);
}

#endif
