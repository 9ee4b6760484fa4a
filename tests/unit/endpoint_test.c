/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint_test.c - what Lua can't reach: the functions of the rule language byte by
 * byte, the built-in table's bytes, and the room that a call is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "endpoint/functions.h"
#include "endpoint/params.h"
#include "endpoint/table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void same(fgp_str got, fgp_str want)
{
    if (!fgp_str_eq(got, want))
        fail_msg("\n got: %.*s\nwant: %.*s", (int)got.len, got.ptr, (int)want.len, want.ptr);
}

static fgp_str text(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

/* ---- functions */

static void host_labels(void **state)
{
    static const struct {
        fgp_str s;
        bool    one, several;
    } rows[] = {
        { FGP_STR("us-east-1"), true, true },
        { FGP_STR("a.b"), false, true },
        { FGP_STR("A9"), true, true },
        { FGP_STR(""), false, false },
        { FGP_STR("a\n"), false, false },
        { FGP_STR("-a"), false, false },
        { FGP_STR("a-"), false, false },
        { FGP_STR("a..b"), false, false },
        { FGP_STR(".a"), false, false },
        { FGP_STR("a."), false, false },
        { FGP_STR("a_b"), false, false },
        { FGP_STR("a\0b"), false, false },
        { FGP_STR("\xc3\xbc"), false, false },
        { FGP_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), true, true },
        { FGP_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), false, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(fgp_is_host_label(rows[i].s, false), rows[i].one);
        assert_int_equal(fgp_is_host_label(rows[i].s, true), rows[i].several);
    }
    assert_false(fgp_is_host_label((fgp_str){ NULL, 0 }, true));
}

static void buckets(void **state)
{
    static const struct {
        fgp_str s;
        bool    one, several;
    } rows[] = {
        { FGP_STR("bucket"), true, true },
        { FGP_STR("a.b.c"), false, true },
        { FGP_STR("ab"), false, false },
        { FGP_STR("aBc"), false, false },
        { FGP_STR("a_c"), false, false },
        { FGP_STR("1.2.3.4"), false, false },
        { FGP_STR("999.2.3.4"), false, false },
        { FGP_STR("1.2.3.4.5"), false, true },
        { FGP_STR("1.2.3"), false, true },
        { FGP_STR("1234"), true, true },
        { FGP_STR("a..b"), false, false },
        { FGP_STR("abc-"), false, false },
        { FGP_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), false, true },
        { FGP_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), false, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(fgp_is_virtual_hostable(rows[i].s, false), rows[i].one);
        assert_int_equal(fgp_is_virtual_hostable(rows[i].s, true), rows[i].several);
    }
}

static void substrings(void **state)
{
    static const struct {
        fgp_str s;
        size_t  from, to;
        bool    reverse;
        fgp_str want; /* NULL: null */
    } rows[] = {
        { FGP_STR("abcdefg"), 0, 4, false, FGP_STR("abcd") },
        { FGP_STR("abcdefg"), 0, 4, true, FGP_STR("defg") },
        { FGP_STR("abcdefg"), 1, 3, true, FGP_STR("ef") },
        { FGP_STR("abcd"), 0, 4, false, FGP_STR("abcd") },
        { FGP_STR("abc"), 0, 4, false, { NULL, 0 } },
        { FGP_STR("abc"), 2, 2, false, { NULL, 0 } },
        { FGP_STR("abc"), 2, 1, false, { NULL, 0 } },
        { FGP_STR(""), 0, 1, false, { NULL, 0 } },
        { FGP_STR("ab\x80""d"), 0, 1, false, { NULL, 0 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fgp_str part = fgp_substring(rows[i].s, rows[i].from, rows[i].to, rows[i].reverse);

        assert_int_equal(part.ptr == NULL, rows[i].want.ptr == NULL);
        same(part, rows[i].want);
    }
}

/* The rows of other engines' faults are here: each as the specification has it. */
static void urls(void **state)
{
    static const struct {
        fgp_str s, scheme, authority, path; /* no scheme: null */
        bool    is_ip;
    } rows[] = {
        { FGP_STR("https://h#f"), FGP_STR("https"), FGP_STR("h"), FGP_STR(""), false },
        { FGP_STR("https://h/a//b"), FGP_STR("https"), FGP_STR("h"), FGP_STR("/a//b"), false },
        { FGP_STR("https://h/%20x"), FGP_STR("https"), FGP_STR("h"), FGP_STR("/%20x"), false },
        { FGP_STR("https://u:p@h"), FGP_STR("https"), FGP_STR("h"), FGP_STR(""), false },
        { FGP_STR("HTTPS://h"), FGP_STR("https"), FGP_STR("h"), FGP_STR(""), false },
        { FGP_STR("http://h:80/"), FGP_STR("http"), FGP_STR("h:80"), FGP_STR("/"), false },
        { FGP_STR("https://1.2.3.4"), FGP_STR("https"), FGP_STR("1.2.3.4"), FGP_STR(""), true },
        { FGP_STR("https://1.2.3.256"), FGP_STR("https"), FGP_STR("1.2.3.256"), FGP_STR(""), false },
        { FGP_STR("https://1.2.3"), FGP_STR("https"), FGP_STR("1.2.3"), FGP_STR(""), false },
        { FGP_STR("https://[::1]:443/x"), FGP_STR("https"), FGP_STR("[::1]:443"), FGP_STR("/x"), true },
        { FGP_STR("http://99_ab-.com"), FGP_STR("http"), FGP_STR("99_ab-.com"), FGP_STR(""), false },
        { .s = FGP_STR("https://h:99999") },
        { .s = FGP_STR("https://h:x") },
        { .s = FGP_STR("https://") },
        { .s = FGP_STR("https:///x") },
        { .s = FGP_STR("https://[::1") },
        { .s = FGP_STR("https://[]") },
        { .s = FGP_STR("https://[x]") },
        { .s = FGP_STR("https://h?q") },
        { .s = FGP_STR("https://h h") },
        { .s = FGP_STR("https://h\n") },
        { .s = FGP_STR("ftp://h") },
        { .s = FGP_STR("https:/h") },
        { .s = FGP_STR("") },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fgp_rule_url url = { .is_ip = false };

        assert_int_equal(fgp_rule_url_parse(rows[i].s, &url), rows[i].scheme.ptr != NULL);
        if (rows[i].scheme.ptr == NULL)
            continue;
        same(url.scheme, rows[i].scheme);
        same(url.authority, rows[i].authority);
        same(url.path, rows[i].path);
        assert_int_equal(url.is_ip, rows[i].is_ip);
    }
}

static void arns(void **state)
{
    static const fgp_str bad[] = {
        FGP_STR(""), FGP_STR("arn"), FGP_STR("arn:::::"), FGP_STR("arn:aws:s3:::"),
        FGP_STR("arn::s3:r:a:b"), FGP_STR("arn:aws::r:a:b"), FGP_STR("arn:aws:s3:r:a"),
        FGP_STR("urn:aws:s3:r:a:b"), FGP_STR("ARN:aws:s3:r:a:b"),
    };
    fgp_arn arn;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(fgp_arn_parse(bad[i], &arn));

    assert_true(fgp_arn_parse(fgp_lit("arn:aws:s3:us-west-2:123:a/b::c"), &arn));
    same(arn.partition, fgp_lit("aws"));
    same(arn.service, fgp_lit("s3"));
    same(arn.region, fgp_lit("us-west-2"));
    same(arn.account, fgp_lit("123"));
    same(fgp_arn_part(&arn, 0), fgp_lit("a"));
    same(fgp_arn_part(&arn, 2), fgp_lit(""));
    same(fgp_arn_part(&arn, 3), fgp_lit("c"));
    assert_null(fgp_arn_part(&arn, 4).ptr);

    assert_true(fgp_arn_parse(fgp_lit("arn:a:s:::0/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g"), &arn));
    same(fgp_arn_part(&arn, 15), fgp_lit("f"));
    assert_null(fgp_arn_part(&arn, 16).ptr);
}

static void partitions(void **state)
{
    static const struct {
        const char *region, *name;
    } rows[] = {
        { "us-east-1", "aws" },          { "aws-global", "aws" },
        { "cn-north-1", "aws-cn" },      { "aws-cn-global", "aws-cn" },
        { "us-gov-new-7", "aws-us-gov" }, { "us-iso-east-1", "aws-iso" },
        { "us-isob-east-1", "aws-iso-b" }, { "eusc-de-east-1", "aws-eusc" },
        { "eu_x-y-1", "aws" },           { "mars-global", "aws" },
        { "", "aws" },                   { "-", "aws" },
        { "--1", "aws" },                { "cn-a_b-12", "aws-cn" },
        { "cn-north-", "aws" },          { "cn-north-1\n", "aws" },
        { "CN-north-1", "aws" },
    };
    const fgp_table *t = fgp_table_builtin();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        same(fgp_table_str(t, fgp_partition_of(t, text(rows[i].region))), text(rows[i].name));
}

/* ---- the table's bytes */

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

/* ---- parameters */

static void parameters_are_listed(void **state)
{
    fgp_params     p;
    fgp_str        name, last = { NULL, 0 };
    fgp_value_kind kind;
    size_t         n = 0;

    (void)state;
    assert_int_equal(fgp_params_init(&p, fgp_table_builtin(), fgp_lit("s3"), NULL), FGP_OK);
    while (fgp_params_describe(&p, n, &name, &kind)) {
        assert_true(n++ == 0 || fgp_str_cmp(last, name) < 0);
        assert_true(kind == FGP_VALUE_STRING || kind == FGP_VALUE_BOOL);
        last = name;
    }
    assert_true(n > 4);
    assert_false(fgp_params_describe(&p, SIZE_MAX, &name, &kind));
}

static void parameters_have_types(void **state)
{
    fgp_params p;
    fgp_error  err;

    (void)state;
    assert_int_equal(fgp_params_init(&p, fgp_table_builtin(), fgp_lit("dynamodb"), &err), FGP_OK);
    assert_int_equal(fgp_params_set_bool(&p, fgp_lit("Region"), true, &err), FGP_ERR_BAD_PARAMETER);
    assert_string_equal(err.text, "parameter \"Region\": is no boolean in this rule set");
    assert_int_equal(fgp_params_set_string(&p, fgp_lit("UseFIPS"), fgp_lit("true"), &err),
                     FGP_ERR_BAD_PARAMETER);
    assert_int_equal(fgp_params_set_list(&p, fgp_lit("Region"), NULL, 0, &err),
                     FGP_ERR_BAD_PARAMETER);
    assert_int_equal(fgp_params_set_list(&p, fgp_lit("ResourceArnList"), NULL, 0, &err), FGP_OK);
    assert_int_equal(fgp_params_set_string(&p, fgp_lit("region"), fgp_lit("x"), &err),
                     FGP_ERR_BAD_PARAMETER);
    assert_int_equal(fgp_params_init(&p, fgp_table_builtin(), fgp_lit(""), &err),
                     FGP_ERR_UNKNOWN_SERVICE);
}

static void services_are_listed(void **state)
{
    const fgp_table *t = fgp_table_builtin();
    fgp_params       p;
    size_t           n = 0;

    (void)state;
    for (fgp_str s; s = fgp_table_service(t, n), s.len != 0; n++) {
        assert_int_equal(fgp_params_init(&p, t, s, NULL), FGP_OK);
        same(fgp_table_str(t, fgp_params_service(&p)), s);
    }
    assert_int_equal(n, rows_of(FGP_SERVICES));
}

/* ---- room */

static struct asked {
    const char *name, *service;
    const char *params[8]; /* name, value, …; "true" is a boolean */
    fgp_status  status;
} asked[] = {
    { "plain", "ec2", { "Region", "us-west-2" }, FGP_OK },
    { "virtual host", "s3", { "Region", "us-west-2", "Bucket", "bucket-name" }, FGP_OK },
    { "encoded", "s3",
      { "Region", "us-west-2", "Bucket", "bucket {}|<> name", "Endpoint", "https://example.com" },
      FGP_OK },
    { "access point", "s3",
      { "Region", "us-west-2", "Bucket",
        "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01234567890123456/accesspoint/reports" },
      FGP_OK },
    { "headers", "s3control",
      { "Region", "us-west-2", "AccessPointName",
        "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01/accesspoint/x" },
      FGP_OK },
    { "the rules' error", "s3",
      { "Region", "us-west-2", "Bucket", "arn:aws:s3:us-east-1:123:accesspoint:my_endpoint" },
      FGP_ERR_ENDPOINT_RULE },
};

static fgp_params params_of(const struct asked *a)
{
    fgp_params p;

    assert_int_equal(fgp_params_init(&p, fgp_table_builtin(), text(a->service), NULL), FGP_OK);
    for (size_t i = 0; i + 1 < COUNT(a->params) && a->params[i] != NULL; i += 2)
        assert_int_equal(fgp_params_set_string(&p, text(a->params[i]), text(a->params[i + 1]), NULL),
                         FGP_OK);
    return p;
}

static size_t own_length(const fgp_params *p)
{
    size_t n = 0;

    for (size_t i = 0; i < FGP_PARAMS_MAX; i++)
        if (p->value[i].kind == FGP_VALUE_STRING)
            n += p->value[i].len;
    return n;
}

static void puts_items(const fgp_params *p, const fgp_endpoint *ep, size_t *texts)
{
    fgp_items lists[] = { fgp_endpoint_properties(p, ep), fgp_endpoint_headers(p, ep) };
    char      buf[1024];
    fgp_item  item;

    for (size_t i = 0; i < COUNT(lists); i++)
        for (;;) {
            fgp_out out = { buf, sizeof buf, 0, NULL };

            if (!fgp_items_next(&lists[i], &out, &item))
                break;
            *texts += item.kind == FGP_ITEM_STRING && item.text.len != 0;
        }
}

/* Only with all of the room it says it needs does it succeed; and it says so alike. */
static void takes_any_room(void **state)
{
    const struct asked *a = *state;
    fgp_params          p = params_of(a);
    fgp_endpoint        ep;
    fgp_out             ask = { NULL, 0, 0, NULL };
    size_t              texts = 0;

    fgp_endpoint_resolve(&p, &ask, &ep);
    assert_true(ask.need <= 512 + 3 * own_length(&p));
    for (size_t cap = 0; cap <= ask.need; cap++) {
        char   *buf = malloc(cap + 1); /* of its own size, for the sanitizer */
        fgp_out out = { buf, cap, 0, NULL };

        assert_int_equal(fgp_endpoint_resolve(&p, &out, &ep),
                         cap < ask.need ? FGP_ERR_NOSPACE : a->status);
        assert_int_equal(out.need, ask.need);
        assert_int_equal(ep.url.len == 0, cap < ask.need || a->status != FGP_OK);
        assert_int_equal(ep.rule_error.len == 0,
                         cap < ask.need || a->status != FGP_ERR_ENDPOINT_RULE);
        if (cap == ask.need && a->status == FGP_OK) {
            puts_items(&p, &ep, &texts);
            assert_true(ep.noffered >= 1);
        }
        free(buf);
    }
    assert_true(texts > 0 || a->status != FGP_OK || strcmp(a->name, "plain") == 0);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(host_labels),
        cmocka_unit_test(buckets),
        cmocka_unit_test(substrings),
        cmocka_unit_test(urls),
        cmocka_unit_test(arns),
        cmocka_unit_test(partitions),
        cmocka_unit_test(has_header),
        cmocka_unit_test(has_its_checksum),
        cmocka_unit_test(leads_forward),
        cmocka_unit_test(has_good_exprs),
        cmocka_unit_test(has_good_atoms),
        cmocka_unit_test(has_good_results),
        cmocka_unit_test(has_good_services),
        cmocka_unit_test(has_good_params),
        cmocka_unit_test(has_good_rest),
        cmocka_unit_test(parameters_are_listed),
        cmocka_unit_test(parameters_have_types),
        cmocka_unit_test(services_are_listed),
    };
    struct CMUnitTest tests[COUNT(single) + COUNT(asked)];

    memcpy(tests, single, sizeof single);
    for (size_t i = 0; i < COUNT(asked); i++)
        tests[COUNT(single) + i] =
            (struct CMUnitTest){ asked[i].name, takes_any_room, NULL, NULL, &asked[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
