/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint_fuzzer.c - any service, any parameters.
 *
 * What is resolved must be a URL without user information, query or fragment, whose
 * host is one of AWS's own unless an Endpoint was given; it must take no more room
 * than fingerpost.h promises, and exactly the room it says it needs.
 *
 * Input: a byte that says the service, then for each of its parameters a byte that
 * says what it is given: nothing, true or false, a value of the list below, or bytes
 * of the input after their length.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint/table.h"
#include "fingerpost.h"

#define LIST_MAX 4

typedef struct input {
    const uint8_t *at;
    size_t         left;
} input;

static const char *const values[] = {
    "us-east-1", "us-west-2", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "aws-global", "eusc-de-east-1",
    "bucket-name", "my.bucket", "99_ab", "bucket!", "mybucket--usw2-az1--x-s3",
    "test-accessp-o0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3",
    "arn:aws:s3:us-west-2:123456789012:accesspoint:myendpoint",
    "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap",
    "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01234567890123456/accesspoint/reports",
    "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-01234567890123456:bucket:mybucket",
    "arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/mybanner",
    "arn:aws:dynamodb:us-east-1:222222222222:table/table_name",
    "arn:aws:kinesis:us-east-1:123456789012:stream/testStream/consumer/c:1",
    "123456789012", "preferred", "required", "disabled", "ControlPlane", "DataPlane", "ACM-ACME", "abc123.456def",
    "https://example.com", "http://127.0.0.1:9000", "http://[::1]:9000/x", "https://beta.example.com:1234/path",
    "https://u:p@h", "https://h#f", "https://h?q", "x@evil:443/#", "", "..",
};

static unsigned next_byte(input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

/* One of the values, or bytes of the input. */
static fgp_str next_text(input *in)
{
    size_t  n = next_byte(in);
    fgp_str s;

    if (n < sizeof values / sizeof values[0])
        return (fgp_str){ values[n], strlen(values[n]) };
    n = next_byte(in);
    n = n < in->left ? n : in->left;
    s = (fgp_str){ (const char *)in->at, n };
    in->at += n;
    in->left -= n;
    return s;
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Sets the parameter |name| from the input; returns the bytes of its value. */
static size_t set_param(fgp_params *p, fgp_str name, fgp_value_kind kind, input *in, fgp_str *list)
{
    unsigned choice = next_byte(in) % 4;
    size_t   n = 0, len = 0;

    if (choice == 0)
        return 0;
    if (kind == FGP_VALUE_BOOL) {
        check(fgp_params_set_bool(p, name, choice == 1, NULL) == FGP_OK);
    } else if (kind == FGP_VALUE_STRING) {
        list[0] = next_text(in);
        check(fgp_params_set_string(p, name, list[0], NULL) == FGP_OK);
        len = list[0].len;
    } else {
        for (; n < choice; n++) {
            list[n] = next_text(in);
            len += list[n].len;
        }
        check(fgp_params_set_list(p, name, list, n, NULL) == FGP_OK);
    }
    return len;
}

static bool ends_with(fgp_str s, fgp_str end)
{
    return s.len > end.len && s.ptr[s.len - end.len - 1] == '.' &&
           memcmp(s.ptr + s.len - end.len, end.ptr, end.len) == 0;
}

/* Whether |host| is under a partition's suffix, or under one that some rules have. */
static bool is_of_aws(fgp_str host)
{
    static const fgp_str others[] = {
        FGP_STR("signin.aws.amazon.com"), FGP_STR("signin.aws"), FGP_STR("signin.amazonaws.cn"),
        FGP_STR("amazonaws-us-gov.com"), FGP_STR("signin.amazonaws-eusc.eu"),
        FGP_STR("signin.c2shome.ic.gov"), FGP_STR("signin.sc2shome.sgov.gov"),
        FGP_STR("signin.csphome.hci.ic.gov"), FGP_STR("signin.csphome.adc-e.uk"), FGP_STR("on.aws"),
    };
    const fgp_table *t = fgp_table_builtin();

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (ends_with(host, others[i]))
            return true;
    for (unsigned i = 0; i < fgp_table_rows(t, FGP_PARTITIONS); i++) {
        const uint8_t *row = fgp_table_section(t, FGP_PARTITIONS) + (size_t)FGP_PARTITION_SIZE * i;

        if (ends_with(host, fgp_table_str(t, row + FGP_STR_SIZE)) ||
            ends_with(host, fgp_table_str(t, row + 2 * FGP_STR_SIZE)))
            return true;
    }
    return fgp_str_eq(host, fgp_lit("localhost"));
}

static void check_auth(const fgp_endpoint *ep)
{
    check(ep->noffered >= 1 && ep->noffered <= FGP_AUTH_MAX);
    for (size_t i = 0; i < ep->noffered; i++) {
        check(fgp_auth_scheme_name(ep->offered[i].scheme) != NULL);
        check(ep->offered[i].signing_name.len != 0);
        check(ep->offered[i].scheme != FGP_AUTH_SIGV4A || ep->offered[i].region_set.len != 0);
    }
}

static void check_items(fgp_items items)
{
    char     buf[64];
    fgp_item item;
    int      depth = 0;

    for (;;) {
        fgp_out out = { buf, sizeof buf, 0, NULL };

        if (!fgp_items_next(&items, &out, &item))
            break;
        depth += item.kind == FGP_ITEM_OBJECT || item.kind == FGP_ITEM_ARRAY;
        depth -= item.kind == FGP_ITEM_END;
        check(depth >= 0);
    }
    check(depth == 0);
}

static void check_endpoint(const fgp_params *p, const fgp_endpoint *ep)
{
    bool    given = p->value[FGP_SLOT_ENDPOINT].kind != FGP_VALUE_UNSET;
    fgp_url url;

    check(fgp_url_parse(ep->url, &url, NULL) == FGP_OK && !url.has_query);
    check(given || is_of_aws(url.host));
    check_auth(ep);
    check_items(fgp_endpoint_properties(p, ep));
    check_items(fgp_endpoint_headers(p, ep));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fgp_str   list[FGP_PARAMS_MAX][LIST_MAX];
    const fgp_table *t = fgp_table_builtin();
    input            in = { data, size };
    unsigned         service = next_byte(&in) << 8;
    fgp_params       p;
    fgp_endpoint     ep;
    fgp_str          name;
    fgp_value_kind   kind;
    size_t           length = 0;
    fgp_out          ask = { NULL, 0, 0, NULL };
    fgp_status       status;

    service = (service | next_byte(&in)) % fgp_table_rows(t, FGP_SERVICES);
    check(fgp_params_init(&p, t, fgp_table_service(t, service), NULL) == FGP_OK);
    for (size_t i = 0; fgp_params_describe(&p, i, &name, &kind); i++)
        length += set_param(&p, name, kind, &in, list[i]);

    fgp_endpoint_resolve(&p, &ask, &ep);
    check(ask.need <= 512 + 3 * length);
    ask = (fgp_out){ malloc(ask.need + 1), ask.need, 0, NULL };
    status = fgp_endpoint_resolve(&p, &ask, &ep);
    check(status != FGP_ERR_NOSPACE && status == ep.error.status);
    if (status == FGP_OK)
        check_endpoint(&p, &ep);
    else
        check(ep.error.text[0] != '\0' && ep.url.len == 0 && ep.noffered == 0);
    free(ask.buf);
    return 0;
}
