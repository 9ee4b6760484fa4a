/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_test.c - that the built-in table keeps what core/endpoint/table.h says of it,
 * so that the walker need not check: every index in range, every edge forward.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "endpoint/table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct section {
    enum fgp_section id;
    size_t           size; /* of a row */
} sections[] = {
    { FGP_TEXT, 1 }, { FGP_WORDS, FGP_STR_SIZE }, { FGP_TEMPLATES, 1 }, { FGP_EXPRS, FGP_EXPR_SIZE },
    { FGP_SUBSTRINGS, FGP_SUBSTRING_SIZE }, { FGP_ATOMS, FGP_ATOM_SIZE }, { FGP_NODES, FGP_NODE_SIZE },
    { FGP_RESULTS, FGP_RESULT_SIZE }, { FGP_LISTS, FGP_LIST_SIZE }, { FGP_ITEMS, 1 },
    { FGP_KEYS, FGP_STR_SIZE }, { FGP_PARAMS, FGP_PARAM_SIZE }, { FGP_PARAM_SETS, FGP_PARAM_SET_SIZE },
    { FGP_SERVICES, FGP_SERVICE_SIZE }, { FGP_PARTITIONS, FGP_PARTITION_SIZE },
    { FGP_PREFIXES, FGP_REGION_SIZE }, { FGP_REGIONS, FGP_REGION_SIZE },
};

static const uint8_t *row(enum fgp_section s, unsigned i)
{
    const fgp_table *t = fgp_table_builtin();

    assert_int_equal(sections[s].id, s);
    assert_true(i < fgp_table_rows(t, s));
    return fgp_table_section(t, s) + sections[s].size * i;
}

static unsigned rows_of(enum fgp_section s)
{
    return fgp_table_rows(fgp_table_builtin(), s);
}

static void good_str(const uint8_t *ref)
{
    assert_true(fgp_load16(ref) + ref[2] <= rows_of(FGP_TEXT));
}

static void has_header(void **state)
{
    const fgp_table *t = fgp_table_builtin();
    size_t           end = FGP_TABLE_HEADER;

    (void)state;
    assert_memory_equal(t->bytes, "FGPT", 4);
    assert_int_equal(fgp_load16(t->bytes + 4), FGP_TABLE_VERSION);
    assert_int_equal(fgp_load16(t->bytes + 6), 0x0102);
    assert_int_equal(fgp_load32(t->bytes + 8), t->len);
    for (size_t i = 0; i < COUNT(sections); i++) { /* one after the other, without a gap */
        assert_ptr_equal(fgp_table_section(t, sections[i].id), t->bytes + end);
        end += sections[i].size * fgp_table_rows(t, sections[i].id);
    }
    assert_int_equal(end, t->len);
    assert_true(t->len <= 65536);
}

static void has_its_checksum(void **state)
{
    const fgp_table *t = fgp_table_builtin();
    uint32_t         c = 0xffffffff;

    (void)state;
    for (size_t i = 16; i < t->len; i++) {
        c ^= t->bytes[i];
        for (int k = 0; k < 8; k++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
    }
    assert_int_equal(c ^ 0xffffffff, fgp_load32(t->bytes + 12));
}

static void good_edge(unsigned to, unsigned from)
{
    if (to & FGP_RESULT)
        assert_true(to - FGP_RESULT < rows_of(FGP_RESULTS));
    else
        assert_true(to > from && to < rows_of(FGP_NODES));
}

static void leads_forward(void **state)
{
    (void)state;
    for (unsigned i = 0; i < rows_of(FGP_NODES); i++) {
        const uint8_t *n = row(FGP_NODES, i);

        assert_true(fgp_load16(n) < rows_of(FGP_ATOMS));
        good_edge(fgp_load16(n + 2), i);
        good_edge(fgp_load16(n + 4), i);
    }
}

/* Checks the template at |at|: that it ends, and names what there is. Expressions in
 * it are lower than |below|. */
static void good_template(unsigned at, unsigned below)
{
    const uint8_t *t = fgp_table_section(fgp_table_builtin(), FGP_TEMPLATES);
    unsigned       token;

    do {
        assert_true(at < rows_of(FGP_TEMPLATES));
        token = t[at++];
        if (token >= FGP_TOKEN_WORD)
            assert_true(token - FGP_TOKEN_WORD < rows_of(FGP_WORDS));
        else if (token == FGP_TOKEN_EXPR) {
            assert_true(at + 2 <= rows_of(FGP_TEMPLATES) && fgp_load16(t + at) < below);
            at += 2;
        } else if (token >= FGP_TOKEN_FIRST_EXPR && token < ' ')
            assert_true(token - FGP_TOKEN_FIRST_EXPR < below);
    } while (token != FGP_TOKEN_END);
}

static bool is_record(unsigned op)
{
    return op == FGP_OP_PARTITION || op == FGP_OP_ARN || op == FGP_OP_URL;
}

static unsigned depth_of(unsigned id)
{
    const uint8_t *e = row(FGP_EXPRS, id);

    return e[0] < FGP_OP_ATTR || e[0] == FGP_OP_TEMPLATE ? 0 : 1 + depth_of(fgp_load16(e + 2));
}

static void has_good_exprs(void **state)
{
    (void)state;
    for (unsigned i = 0; i < rows_of(FGP_EXPRS); i++) {
        const uint8_t *e = row(FGP_EXPRS, i);
        unsigned       b = fgp_load16(e + 2);

        assert_true(e[0] <= FGP_OP_TEMPLATE);
        if (e[0] == FGP_OP_PARAM)
            assert_true(e[1] < FGP_PARAMS_MAX);
        else if (e[0] == FGP_OP_LITERAL)
            assert_true(b + e[1] <= rows_of(FGP_TEXT));
        else if (e[0] == FGP_OP_TEMPLATE)
            good_template(b, i);
        else
            assert_true(b < i);
        if (e[0] == FGP_OP_ATTR)
            assert_true(is_record(row(FGP_EXPRS, b)[0]));
        if (e[0] == FGP_OP_SUBSTRING)
            assert_true(e[1] < rows_of(FGP_SUBSTRINGS));
        if (is_record(e[0]))
            assert_true(e[1] < FGP_RECORDS_MAX);
        assert_true(depth_of(i) <= 8);
    }
}

static void has_good_atoms(void **state)
{
    (void)state;
    assert_true(rows_of(FGP_ATOMS) <= FGP_ATOMS_MAX);
    for (unsigned i = 0; i < rows_of(FGP_ATOMS); i++) {
        const uint8_t *a = row(FGP_ATOMS, i);

        assert_true(a[0] <= FGP_TEST_BUCKETS);
        assert_true(fgp_load16(a + 1) < rows_of(FGP_EXPRS));
        assert_true(fgp_load16(a + 3) < rows_of(FGP_EXPRS));
    }
}

static void good_items(unsigned list)
{
    const uint8_t *l = row(FGP_LISTS, list);
    unsigned       at = fgp_load16(l), end = at + fgp_load16(l + 2), depth = 0;
    const uint8_t *items = fgp_table_section(fgp_table_builtin(), FGP_ITEMS);

    assert_true(end <= rows_of(FGP_ITEMS));
    while (at < end) {
        unsigned head = items[at++], kind = head & ~(unsigned)FGP_RAW_NAMED;

        assert_true(kind <= FGP_RAW_SCHEME);
        if (head & FGP_RAW_NAMED)
            assert_true(items[at++] < rows_of(FGP_KEYS));
        if (kind == FGP_RAW_STRING) {
            good_template(fgp_load16(items + at), rows_of(FGP_EXPRS));
            at += 2;
        } else if (kind == FGP_RAW_SCHEME)
            assert_true(items[at++] <= FGP_AUTH_NONE);
        else if (kind == FGP_RAW_OBJECT || kind == FGP_RAW_ARRAY)
            depth++;
        else if (kind == FGP_RAW_END)
            assert_true(depth-- > 0);
    }
    assert_int_equal(at, end);
    assert_int_equal(depth, 0);
}

static void has_good_results(void **state)
{
    (void)state;
    for (unsigned i = 0; i < rows_of(FGP_RESULTS); i++) {
        const uint8_t *r = row(FGP_RESULTS, i);

        good_template(fgp_load16(r), rows_of(FGP_EXPRS));
        assert_true((r[2] == 255) == (r[3] == 255));
        for (int list = 2; r[2] != 255 && list < 4; list++)
            good_items(r[list]);
    }
}

/* Names are sorted and none is met twice. */
static void good_order(enum fgp_section s, unsigned from, unsigned n)
{
    const fgp_table *t = fgp_table_builtin();

    for (unsigned i = 0; i < n; i++) {
        good_str(row(s, from + i));
        if (i > 0)
            assert_true(fgp_str_cmp(fgp_table_str(t, row(s, from + i - 1)),
                                    fgp_table_str(t, row(s, from + i))) < 0);
    }
}

static void has_good_services(void **state)
{
    (void)state;
    good_order(FGP_SERVICES, 0, rows_of(FGP_SERVICES));
    for (unsigned i = 0; i < rows_of(FGP_SERVICES); i++) {
        const uint8_t *s = row(FGP_SERVICES, i);
        unsigned       root = fgp_load16(s + 9), auth = fgp_load16(s + 12);

        good_str(s + 3);
        good_str(s + 6);
        assert_true(root & FGP_RESULT ? root - FGP_RESULT < rows_of(FGP_RESULTS)
                                      : root < rows_of(FGP_NODES));
        assert_true(s[11] < rows_of(FGP_PARAM_SETS));
        assert_true(auth != 0);
        for (; auth != 0; auth >>= 4)
            assert_true((auth & 15) >= 1 && (auth & 15) <= FGP_AUTH_NONE + 1);
    }
}

static void has_good_params(void **state)
{
    (void)state;
    for (unsigned i = 0; i < rows_of(FGP_PARAM_SETS); i++) {
        const uint8_t *set = row(FGP_PARAM_SETS, i);
        uint32_t       slots = 0;

        good_order(FGP_PARAMS, fgp_load16(set), set[2]);
        for (unsigned k = 0; k < set[2]; k++) {
            const uint8_t *p = row(FGP_PARAMS, fgp_load16(set) + k);

            assert_true(p[3] < FGP_PARAMS_MAX && !(slots >> p[3] & 1));
            assert_true((p[4] & FGP_PARAM_KIND) != FGP_VALUE_UNSET);
            good_str(p + 5);
            slots |= (uint32_t)1 << p[3];
        }
        assert_int_equal(fgp_load32(set + 3) & ~slots, 0);
        assert_int_equal(fgp_load32(set + 7) & ~slots, 0);
    }
}

static void has_good_rest(void **state)
{
    (void)state;
    for (unsigned i = 0; i < rows_of(FGP_WORDS); i++)
        good_str(row(FGP_WORDS, i));
    for (unsigned i = 0; i < rows_of(FGP_KEYS); i++)
        good_str(row(FGP_KEYS, i));
    for (unsigned i = 0; i < rows_of(FGP_PARTITIONS); i++)
        for (int k = 0; k < 4; k++)
            good_str(row(FGP_PARTITIONS, i) + FGP_STR_SIZE * k);
    good_order(FGP_PREFIXES, 0, rows_of(FGP_PREFIXES));
    good_order(FGP_REGIONS, 0, rows_of(FGP_REGIONS));
    for (unsigned i = 0; i < rows_of(FGP_REGIONS); i++)
        assert_true(row(FGP_REGIONS, i)[3] < rows_of(FGP_PARTITIONS));
    for (unsigned i = 0; i < rows_of(FGP_PREFIXES); i++)
        assert_true(row(FGP_PREFIXES, i)[3] < rows_of(FGP_PARTITIONS));
    for (unsigned i = 0; i < rows_of(FGP_SUBSTRINGS); i++)
        assert_true(row(FGP_SUBSTRINGS, i)[0] < (row(FGP_SUBSTRINGS, i)[1] & 0x7f));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_header),
        cmocka_unit_test(has_its_checksum),
        cmocka_unit_test(leads_forward),
        cmocka_unit_test(has_good_exprs),
        cmocka_unit_test(has_good_atoms),
        cmocka_unit_test(has_good_results),
        cmocka_unit_test(has_good_services),
        cmocka_unit_test(has_good_params),
        cmocka_unit_test(has_good_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
