/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint_test.c - what Lua can't reach: the functions of the rule language byte by
 * byte, parameters, and the room that a call is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
    assert_int_equal(n, fgp_table_rows(t, FGP_SERVICES));
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
