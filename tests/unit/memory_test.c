/* SPDX-License-Identifier: Apache-2.0 */
/* memory_test.c - signing takes no memory: malloc() and its kin are counted. */
#include "signing_case.h"

static int allocations;

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

#define EXPORTED __attribute__((visibility("default"))) /* or OpenSSL would not see it */

EXPORTED void *malloc(size_t n)
{
    allocations++;
    return __libc_malloc(n);
}

EXPORTED void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

EXPORTED void *realloc(void *p, size_t n)
{
    allocations++;
    return __libc_realloc(p, n);
}

static void takes_none(const vector *v)
{
    static char  room[1 << 16], trace_room[1 << 16];
    fgp_out      out = { room, sizeof room, 0, NULL };
    fgp_out      trace = { trace_room, sizeof trace_room, 0, NULL };
    fgp_signed   res;
    signing_case c;
    int          before = allocations;

    case_make(&c, v); /* derives the key */
    case_sign(&c, &out, &trace, &res);
    c.expires_s = 900;
    case_sign(&c, &out, &trace, &res);
    assert_int_equal(before, allocations);
}

static void none(void **state)
{
    void *volatile p;
    int            before;

    (void)state;
    before = allocations;
    p = malloc(1);
    free(p);
    assert_true(allocations > before); /* they are counted */
    vector_each("signing", takes_none);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(none) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
