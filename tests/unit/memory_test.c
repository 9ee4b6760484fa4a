/* SPDX-License-Identifier: Apache-2.0 */
/* memory_test.c - signing takes no memory: malloc() and its kin are counted. */
#include "signing_case.h"
#include "count_malloc.h"

static void takes_none(const vector *v)
{
    static char  room[1 << 16], trace_room[1 << 16];
    fgp_out      out = { room, sizeof room, 0, NULL };
    fgp_out      trace = { trace_room, sizeof trace_room, 0, NULL };
    fgp_signed   res;
    signing_case c;
    unsigned     before = allocations;

    case_make(&c, v); /* derives the key */
    case_sign(&c, &out, &trace, &res);
    c.expires_s = 900;
    case_sign(&c, &out, &trace, &res);
    assert_int_equal(before, allocations);
}

static void none(void **state)
{
    void *volatile p;
    unsigned       before;

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
