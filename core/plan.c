/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c - joins endpoint and signing: where requests go, and how they are signed.
 *
 * The only file that knows both. It adds nothing of its own but the choice of the
 * auth scheme and the check that the URL made is one.
 */
#include "base/error.h"
#include "base/out.h"

static fgp_status unsupported(fgp_plan *plan, unsigned schemes)
{
    fgp_auth_scheme first = plan->endpoint.auth.scheme;
    const char     *name = fgp_auth_scheme_name(first);
    const char     *remedy = "only sigv4 is taken here, which this endpoint does not offer";

    if (schemes == FGP_AUTH_BIT(FGP_AUTH_SIGV4_S3EXPRESS))
        remedy = "a session of S3 Express is for its directory bucket alone";
    else if (first == FGP_AUTH_SIGV4_S3EXPRESS)
        remedy = "only sigv4 is taken here; set the parameter DisableS3ExpressSessionAuth";
    else if (first == FGP_AUTH_SIGV4A)
        remedy = "only sigv4 is taken here; name one region instead of a set of them";
    return fgp_fail(&plan->error, FGP_ERR_UNSUPPORTED_AUTH, "auth scheme",
                    (fgp_str){ name, strlen(name) }, remedy);
}

/* The first offered scheme that is among |schemes|. */
static fgp_status choose_auth(fgp_plan *plan, unsigned schemes)
{
    const fgp_endpoint *ep = &plan->endpoint;

    for (size_t i = 0; i < ep->noffered; i++) {
        if (!(schemes & FGP_AUTH_BIT(ep->offered[i].scheme)))
            continue;
        plan->auth = ep->offered[i];
        if (plan->auth.scheme == FGP_AUTH_SIGV4A)
            return fgp_check_region_set(plan->auth.region_set, &plan->error);
        if (plan->auth.scheme != FGP_AUTH_SIGV4 && plan->auth.scheme != FGP_AUTH_SIGV4_S3EXPRESS)
            return FGP_OK; /* the others have no region */
        return fgp_check_region(plan->auth.signing_region, &plan->error);
    }
    return unsupported(plan, schemes);
}

static fgp_status take_url(fgp_plan *plan)
{
    fgp_status s = fgp_url_parse(plan->endpoint.url, &plan->url, &plan->error);

    if (s == FGP_OK && plan->url.has_query)
        s = fgp_fail(&plan->error, FGP_ERR_BAD_URL, "endpoint", plan->endpoint.url,
                     "has a query; an endpoint is where paths begin, leave the '?' out");
    if (s == FGP_OK && plan->url.path.len != 0 &&
        plan->url.path.ptr[plan->url.path.len - 1] == '/')
        plan->url.path.len--;
    return s;
}

/* A bucket that is none: the rules put any text into a path, where ".." is another
 * bucket. An ARN is for the rules to judge. */
static fgp_status check_bucket(const fgp_params *params, fgp_error *err)
{
    fgp_str bucket;

    if (!fgp_params_get_string(params, fgp_lit("Bucket"), &bucket) ||
        fgp_str_starts(bucket, fgp_lit("arn:")))
        return FGP_OK;
    return fgp_check_bucket(bucket, err);
}

fgp_status fgp_plan_make_for(const fgp_params *params, unsigned schemes, fgp_out *out,
                             fgp_plan *plan)
{
    fgp_status s;

    *plan = (fgp_plan){ .url = { .port = 0 } };
    s = check_bucket(params, &plan->error);
    if (s != FGP_OK)
        return s;
    s = fgp_endpoint_resolve(params, out, &plan->endpoint);
    if (s != FGP_OK) {
        plan->error = plan->endpoint.error;
        return s;
    }
    s = take_url(plan);
    if (s == FGP_OK)
        s = choose_auth(plan, schemes);
    if (s == FGP_OK) {
        plan->rules = fgp_sign_rules_for(plan->auth.signing_name);
        plan->rules.double_encode = plan->auth.double_encode;
        return FGP_OK;
    }
    plan->url = (fgp_url){ .port = 0 };
    plan->auth = (fgp_auth){ .scheme = FGP_AUTH_NONE };
    return s;
}

fgp_status fgp_plan_make(const fgp_params *params, fgp_out *out, fgp_plan *plan)
{
    return fgp_plan_make_for(params, FGP_AUTH_BIT(FGP_AUTH_SIGV4), out, plan);
}

void fgp_put_key_path(const fgp_plan *plan, fgp_str key, fgp_out *out)
{
    fgp_put(out, plan->url.path);
    fgp_put_char(out, '/');
    fgp_put_uri_path(out, key);
}
