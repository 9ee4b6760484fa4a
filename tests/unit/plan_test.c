/* SPDX-License-Identifier: Apache-2.0 */
/* plan_test.c - endpoint and signing joined, over the table that is built in. */
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char     room[4096];
static fgp_plan plan;

/* Makes the plan of |service| with the parameters |names| = |values|, up to NULL;
 * "true" is a boolean. */
static fgp_status make(const char *service, const char *const *pairs)
{
    fgp_out    out = { room, sizeof room, 0, NULL };
    fgp_params params;
    fgp_error  err;

    assert_int_equal(FGP_OK, fgp_params_init(&params, fgp_table_builtin(), text(service), &err));
    for (; pairs[0] != NULL; pairs += 2) {
        fgp_status s = strcmp(pairs[1], "true") == 0
                           ? fgp_params_set_bool(&params, text(pairs[0]), true, &err)
                           : fgp_params_set_string(&params, text(pairs[0]), text(pairs[1]), &err);

        if (s != FGP_OK)
            fail_msg("%s", err.text);
    }
    return fgp_plan_make(&params, &out, &plan);
}

#define MAKE(service, ...) make(service, (const char *const[]){ __VA_ARGS__, NULL })

static void made(fgp_status s)
{
    if (s != FGP_OK)
        fail_msg("%s", plan.error.text);
}

static void refused(fgp_status got, fgp_status want, const char *with)
{
    if (got != want)
        fail_msg("got %s: %s", fgp_status_name(got), plan.error.text);
    assert_int_equal(want, plan.error.status);
    if (strstr(plan.error.text, with) == NULL)
        fail_msg("%s", plan.error.text);
    assert_int_equal(0, plan.url.host.len + plan.auth.signing_name.len);
}

static void services(void **state)
{
    (void)state;
    made(MAKE("s3", "Region", "eu-west-1", "Bucket", "photos"));
    same(plan.url.authority, text("photos.s3.eu-west-1.amazonaws.com"));
    same(plan.url.path, text(""));
    same(plan.auth.signing_name, text("s3"));
    same(plan.auth.signing_region, text("eu-west-1"));
    assert_true(plan.rules.content_sha256 && plan.rules.presign_unsigned);
    assert_false(plan.rules.double_encode || plan.rules.normalize);

    made(MAKE("dynamodb", "Region", "us-east-1"));
    same(plan.auth.signing_name, text("dynamodb"));
    assert_true(plan.rules.double_encode && plan.rules.normalize);
    assert_false(plan.rules.content_sha256);
}

static void key_paths(void **state)
{
    char    path[64];
    fgp_out out = { path, sizeof path, 0, NULL };

    (void)state;
    made(MAKE("s3", "Region", "eu-west-1", "Bucket", "photos", "ForcePathStyle", "true",
              "Endpoint", "http://127.0.0.1:9000/base/"));
    fgp_put_key_path(&plan, text("a b/../\xc3\xbc//"), &out);
    same((fgp_str){ path, out.need }, text("/base/photos/a%20b/../%C3%BC//"));
}

static void refusals(void **state)
{
    (void)state;
    refused(MAKE("s3", "Region", "us-west-2", "Bucket", "b--usw2-az1--x-s3"),
            FGP_ERR_UNSUPPORTED_AUTH, "DisableS3ExpressSessionAuth");
    refused(MAKE("s3", "Region", "us-west-2", "Bucket", "arn:aws:s3::123456789012:accesspoint:"
                                                         "mfzwi23gnjvgw.mrap"),
            FGP_ERR_UNSUPPORTED_AUTH, "sigv4a");
    refused(MAKE("dynamodb", "Region", "x@evil:443/#"), FGP_ERR_BAD_REGION, "egion");
    refused(MAKE("dynamodb", "Endpoint", "https://h/?a=b", "Region", "us-east-1"), FGP_ERR_BAD_URL,
            "query");
    refused(MAKE("dynamodb", "Endpoint", "https://h/"), FGP_ERR_BAD_REGION, "egion");
    refused(MAKE("dynamodb", "UseFIPS", "true"), FGP_ERR_ENDPOINT_RULE, "");
    refused(MAKE("s3", "Region", "us-west-2", "Bucket", ".."), FGP_ERR_BAD_BUCKET, "bucket");
    refused(MAKE("s3", "Region", "us-west-2", "Bucket", ""), FGP_ERR_BAD_BUCKET, "bucket");
    refused(MAKE("s3", "Region", "us-west-2", "Bucket", "a@evil/#"), FGP_ERR_BAD_BUCKET, "bucket");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services), cmocka_unit_test(key_paths), cmocka_unit_test(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
