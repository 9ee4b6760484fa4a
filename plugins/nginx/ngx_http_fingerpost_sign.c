/* SPDX-License-Identifier: Apache-2.0 */

/* aws_sign: signs what the location's own proxy_pass sends */

#include "ngx_http_fingerpost_module.h"


#define NGX_HTTP_FINGERPOST_TAKES_SIGN                                       \
    "it takes a service, \"region=\" and \"host=\", or \"off\""




static char *
ngx_http_fingerpost_sign_host(ngx_conf_t *cf, ngx_str_t *host,
    ngx_http_fingerpost_target_t *target)
{
    u_char     *p;
    fgp_url     url;
    fgp_error   err;
    ngx_str_t   text;

    text.len = sizeof("https://") - 1 + host->len;
    text.data = ngx_pnalloc(cf->pool, text.len);
    if (text.data == NULL) {
        return NGX_CONF_ERROR;
    }

    p = ngx_cpymem(text.data, "https://", sizeof("https://") - 1);
    ngx_memcpy(p, host->data, host->len);

    if (fgp_url_parse(ngx_http_fingerpost_view(text), &url, &err) != FGP_OK) {
        return ngx_http_fingerpost_failed(cf, &err);
    }

    if (url.path.len || url.has_query) {
        return "needs a host alone in \"host=\"";
    }

    ngx_strlow(host->data, host->data, host->len);
    target->authority = *host;

    return NGX_CONF_OK;
}


/* aws_sign service [region=] [host=];  or  aws_sign off; */

char *
ngx_http_fingerpost_sign(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_fingerpost_loc_conf_t *flcf = conf;

    char                          *rv;
    ngx_str_t                     *value;
    ngx_http_fingerpost_params_t   words;
    ngx_http_fingerpost_target_t  *target;

    if (flcf->target != NGX_CONF_UNSET_PTR) {
        return flcf->target && flcf->target->scheme.len
               ? "and \"aws_pass\" exclude each other: it signs by itself"
               : "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        flcf->target = NULL;
        return NGX_CONF_OK;
    }

    ngx_memzero(&words, sizeof(words));

    rv = ngx_http_fingerpost_read_params(cf, 2, NGX_HTTP_FINGERPOST_FOR_SIGN,
                                         NGX_HTTP_FINGERPOST_TAKES_SIGN,
                                         &words);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    target = ngx_http_fingerpost_new_target(cf);
    if (target == NULL) {
        return NGX_CONF_ERROR;
    }

    target->service = value[1];
    target->region = words.region;
    target->rules = fgp_sign_rules_for(ngx_http_fingerpost_view(value[1]));

    rv = ngx_http_fingerpost_region(cf, &target->region);

    if (rv == NGX_CONF_OK && words.host.len) {
        rv = ngx_http_fingerpost_sign_host(cf, &words.host, target);
    }

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    flcf->target = target;
    flcf->own = 1;

    return NGX_CONF_OK;
}
