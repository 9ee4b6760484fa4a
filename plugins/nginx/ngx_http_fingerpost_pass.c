/* SPDX-License-Identifier: Apache-2.0 */

/*
 * aws_pass: what becomes of it when the configuration is read, which is a host to
 * go to, a path to begin with, a name and a region to sign for.  Nothing here is
 * known of requests.
 */

#include "ngx_http_fingerpost_module.h"


#define NGX_HTTP_FINGERPOST_URL_MAX  2048

#define NGX_HTTP_FINGERPOST_TAKES_S3                                         \
    "s3:// takes \"region=\", \"endpoint=\", \"fips\", \"dualstack\" and "   \
    "\"path_style\""
#define NGX_HTTP_FINGERPOST_TAKES_URL                                        \
    "a URL takes \"service=\" and \"region=\""


/* the host as it is sent: in lower case, without its scheme's own port */

static ngx_int_t
ngx_http_fingerpost_set_authority(ngx_conf_t *cf,
    ngx_http_fingerpost_target_t *target, fgp_url *url)
{
    u_char     *p;
    ngx_str_t   s;
    ngx_uint_t  own_port;

    s = ngx_http_fingerpost_str(url->authority);

    own_port = (url->scheme.len == 5) ? 443 : 80;

    if (url->port == own_port) {
        p = s.data + s.len;

        while (p > s.data && p[-1] >= '0' && p[-1] <= '9') {
            p--;
        }

        if (p > s.data && p[-1] == ':') {
            s.len = (size_t) (p - 1 - s.data);
        }
    }

    target->authority.len = s.len;
    target->authority.data = ngx_pnalloc(cf->pool, s.len + 1);
    if (target->authority.data == NULL) {
        return NGX_ERROR;
    }

    ngx_strlow(target->authority.data, s.data, s.len);
    target->authority.data[s.len] = '\0';

    target->scheme = ngx_http_fingerpost_str(url->scheme);

    return NGX_OK;
}


/* a path in the directive replaces the location's name, as with proxy_pass */

static char *
ngx_http_fingerpost_replace(ngx_conf_t *cf,
    ngx_http_fingerpost_target_t *target)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->named
#if (NGX_PCRE)
        || clcf->regex
#endif
        || clcf->noname)
    {
        return "cannot have a path, be it \"/\", in location given by regular "
               "expression, or inside named location, or inside \"if\" "
               "statement, or inside \"limit_except\" block: there is no "
               "name of a location for it to replace";
    }

    if (!clcf->exact_match && clcf->name.data[clcf->name.len - 1] != '/') {
        return "has a path, and the location's name that it replaces does not "
               "end with \"/\": let it, or leave out the path";
    }

    target->location_len = clcf->name.len;

    return NGX_CONF_OK;
}


static char *
ngx_http_fingerpost_check_prefix(ngx_conf_t *cf,
    ngx_http_fingerpost_target_t *target)
{
    u_char                    *p, *last, *segment;
    fgp_error                  err;
    ngx_str_t                 *prefix;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    prefix = &target->prefix;

    if (prefix->len == 0) {
        return clcf->exact_match ? "names no object, as it has to in location "
                                   "given by \"=\"" : NGX_CONF_OK;
    }

    if (fgp_check_key(ngx_http_fingerpost_view(*prefix), &err) != FGP_OK) {
        return ngx_http_fingerpost_failed(cf, &err);
    }

    last = prefix->data + prefix->len;

    if (last[-1] != '/' && !clcf->exact_match) {
        return "has a prefix that does not end with \"/\"";
    }

    for (p = segment = prefix->data; p <= last; p++) {

        if (p < last && *p != '/') {
            if (*p < 0x20 || *p == 0x7f || ngx_strchr("%?#$", *p)) {
                return "has a prefix with a control character or one of "
                       "\"%?#$\"; it is written as it is, not percent-encoded";
            }

            continue;
        }

        if ((p == segment && p < last)
            || (p - segment == 1 && segment[0] == '.')
            || (p - segment == 2 && segment[0] == '.' && segment[1] == '.'))
        {
            return "has a prefix with an empty segment, \".\" or \"..\"";
        }

        segment = p + 1;
    }

    return NGX_CONF_OK;
}


static fgp_status
ngx_http_fingerpost_plan(ngx_http_fingerpost_target_t *target,
    ngx_http_fingerpost_params_t *params, fgp_str bucket, fgp_out *out,
    fgp_params *p, fgp_plan *plan)
{
    fgp_error  *err = &plan->error;

    static const fgp_str  s3 = { "s3", 2 };
    static const fgp_str  name[] = {
        { "Region", 6 }, { "Bucket", 6 }, { "Endpoint", 8 },
        { "UseFIPS", 7 }, { "UseDualStack", 12 }, { "ForcePathStyle", 14 }
    };

    if (fgp_check_bucket(bucket, err) != FGP_OK
        || fgp_params_init(p, fgp_table_builtin(), s3, err) != FGP_OK
        || fgp_params_set_string(p, name[0],
                                 ngx_http_fingerpost_view(target->region), err)
           != FGP_OK
        || fgp_params_set_string(p, name[1], bucket, err) != FGP_OK
        || (params->endpoint.len
            && fgp_params_set_string(p, name[2],
                            ngx_http_fingerpost_view(params->endpoint), err)
               != FGP_OK)
        || fgp_params_set_bool(p, name[3], params->fips.len > 0, err)
           != FGP_OK
        || fgp_params_set_bool(p, name[4], params->dualstack.len > 0, err)
           != FGP_OK
        || fgp_params_set_bool(p, name[5], params->path_style.len > 0, err)
           != FGP_OK)
    {
        return err->status;
    }

    return fgp_plan_make(p, out, plan);
}


/* takes "s3://bucket[/prefix/]" apart */

static char *
ngx_http_fingerpost_bucket(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_fingerpost_target_t *target, ngx_str_t *bucket)
{
    char    *rv;
    u_char  *p, *last;

    last = value->data + value->len;

    bucket->data = value->data + sizeof("s3://") - 1;
    bucket->len = value->len - (sizeof("s3://") - 1);

    p = ngx_strlchr(bucket->data, last, '/');

    if (p == NULL) {
        return NGX_CONF_OK;
    }

    bucket->len = (size_t) (p - bucket->data);

    target->prefix.data = p + 1;
    target->prefix.len = (size_t) (last - (p + 1));

    rv = ngx_http_fingerpost_replace(cf, target);

    return rv == NGX_CONF_OK ? ngx_http_fingerpost_check_prefix(cf, target)
                             : rv;
}


/* finds the endpoint, and what it says of signing */

static char *
ngx_http_fingerpost_resolve(ngx_conf_t *cf,
    ngx_http_fingerpost_target_t *target, ngx_http_fingerpost_params_t *words,
    ngx_str_t *bucket)
{
    fgp_out      out;
    fgp_plan    *plan;
    fgp_params  *params;

    /* views of the target point into these */

    plan = ngx_pcalloc(cf->pool, sizeof(fgp_plan));
    params = ngx_pcalloc(cf->pool, sizeof(fgp_params));
    out.buf = ngx_pnalloc(cf->pool, NGX_HTTP_FINGERPOST_URL_MAX);
    out.cap = NGX_HTTP_FINGERPOST_URL_MAX;
    out.need = 0;
    out.tee = NULL;

    if (plan == NULL || params == NULL || out.buf == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_fingerpost_plan(target, words,
                                 ngx_http_fingerpost_view(*bucket), &out,
                                 params, plan)
        != FGP_OK)
    {
        return ngx_http_fingerpost_failed(cf, &plan->error);
    }

    target->service = ngx_http_fingerpost_str(plan->auth.signing_name);
    target->region = ngx_http_fingerpost_str(plan->auth.signing_region);
    target->rules = plan->rules;

    if (plan->url.path.len) {
        target->base = ngx_http_fingerpost_str(plan->url.path);
    }

    return ngx_http_fingerpost_set_authority(cf, target, &plan->url) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* s3://bucket[/prefix/] [region=] [endpoint=] [fips] [dualstack] [path_style] */

static char *
ngx_http_fingerpost_pass_s3(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_fingerpost_target_t *target)
{
    char                          *rv;
    ngx_str_t                      bucket;
    ngx_http_fingerpost_params_t   words;

    ngx_memzero(&words, sizeof(words));

    rv = ngx_http_fingerpost_read_params(cf, 2, NGX_HTTP_FINGERPOST_FOR_S3,
                                         NGX_HTTP_FINGERPOST_TAKES_S3, &words);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    target->region = words.region;
    target->object = 1;

    rv = ngx_http_fingerpost_region(cf, &target->region);

    if (rv == NGX_CONF_OK) {
        rv = ngx_http_fingerpost_bucket(cf, value, target, &bucket);
    }

    return rv == NGX_CONF_OK
           ? ngx_http_fingerpost_resolve(cf, target, &words, &bucket) : rv;
}


/* http[s]://host[:port][/path] service= [region=] */

static char *
ngx_http_fingerpost_pass_url(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_fingerpost_target_t *target)
{
    char                          *rv;
    fgp_url                        url;
    fgp_error                      err;
    ngx_http_fingerpost_params_t   words;

    ngx_memzero(&words, sizeof(words));

    rv = ngx_http_fingerpost_read_params(cf, 2, NGX_HTTP_FINGERPOST_FOR_URL,
                                         NGX_HTTP_FINGERPOST_TAKES_URL, &words);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (words.service.len == 0) {
        return "needs \"service=name\" after a URL: the signing name, such "
               "as \"es\" or \"execute-api\"";
    }

    target->service = words.service;
    target->region = words.region;
    target->rules = fgp_sign_rules_for(ngx_http_fingerpost_view(words.service));

    rv = ngx_http_fingerpost_region(cf, &target->region);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (fgp_url_parse(ngx_http_fingerpost_view(*value), &url, &err) != FGP_OK)
    {
        return ngx_http_fingerpost_failed(cf, &err);
    }

    if (url.has_query) {
        return "cannot have a query in its URL: requests bring their own";
    }

    if (url.path.len) {
        target->base = ngx_http_fingerpost_str(url.path);

        rv = ngx_http_fingerpost_replace(cf, target);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return ngx_http_fingerpost_set_authority(cf, target, &url) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_uint_t
ngx_http_fingerpost_starts(ngx_str_t *value, const char *with)
{
    size_t  len;

    len = ngx_strlen(with);

    return value->len > len && ngx_strncmp(value->data, with, len) == 0;
}


char *
ngx_http_fingerpost_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_fingerpost_loc_conf_t *flcf = conf;

    char                          *rv;
    ngx_str_t                     *value;
    ngx_http_core_loc_conf_t      *clcf;
    ngx_http_fingerpost_target_t  *target;

    if (flcf->target != NGX_CONF_UNSET_PTR) {
        return flcf->target && flcf->target->scheme.len ? "is duplicate"
                       : "and \"aws_sign\" exclude each other: it signs by "
                         "itself";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler) {
        return "is not the only directive that handles this location";
    }

    value = cf->args->elts;

    if (ngx_strlchr(value[1].data, value[1].data + value[1].len, '$')) {
        return "cannot have variables";
    }

    target = ngx_http_fingerpost_new_target(cf);
    if (target == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_fingerpost_starts(&value[1], "s3://")) {
        rv = ngx_http_fingerpost_pass_s3(cf, &value[1], target);

    } else if (ngx_http_fingerpost_starts(&value[1], "https://")
               || ngx_http_fingerpost_starts(&value[1], "http://"))
    {
        rv = ngx_http_fingerpost_pass_url(cf, &value[1], target);

    } else {
        return "needs \"s3://bucket\" or \"https://host\" before its "
               "parameters";
    }

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    flcf->target = target;
    flcf->own = 1;

    return ngx_http_fingerpost_proxy_pass(cf, &target->scheme,
                                          &target->authority);
}
