/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The words of an aws_pass or aws_sign: which there are, which go with which, and
 * what a region is when none is written.
 */

#include "ngx_http_fingerpost_module.h"


typedef struct {
    ngx_str_t                      name;      /* with the '=' where it has a value */
    size_t                         offset;
    ngx_uint_t                     use;
} ngx_http_fingerpost_param_t;


static ngx_http_fingerpost_param_t  ngx_http_fingerpost_params[] = {

    { ngx_string("region="),
      offsetof(ngx_http_fingerpost_params_t, region),
      NGX_HTTP_FINGERPOST_FOR_S3|NGX_HTTP_FINGERPOST_FOR_URL
      |NGX_HTTP_FINGERPOST_FOR_SIGN },

    { ngx_string("service="),
      offsetof(ngx_http_fingerpost_params_t, service),
      NGX_HTTP_FINGERPOST_FOR_URL },

    { ngx_string("endpoint="),
      offsetof(ngx_http_fingerpost_params_t, endpoint),
      NGX_HTTP_FINGERPOST_FOR_S3 },

    { ngx_string("fips"),
      offsetof(ngx_http_fingerpost_params_t, fips),
      NGX_HTTP_FINGERPOST_FOR_S3 },

    { ngx_string("dualstack"),
      offsetof(ngx_http_fingerpost_params_t, dualstack),
      NGX_HTTP_FINGERPOST_FOR_S3 },

    { ngx_string("path_style"),
      offsetof(ngx_http_fingerpost_params_t, path_style),
      NGX_HTTP_FINGERPOST_FOR_S3 },

    { ngx_string("host="),
      offsetof(ngx_http_fingerpost_params_t, host),
      NGX_HTTP_FINGERPOST_FOR_SIGN },

    { ngx_null_string, 0, 0 }
};


static ngx_http_fingerpost_param_t *
ngx_http_fingerpost_find_param(ngx_str_t *word, ngx_uint_t use)
{
    ngx_uint_t                    has_value;
    ngx_http_fingerpost_param_t  *p;

    for (p = ngx_http_fingerpost_params; p->name.len; p++) {

        has_value = (p->name.data[p->name.len - 1] == '=');

        if ((p->use & use)
            && (has_value ? word->len > p->name.len
                          : word->len == p->name.len)
            && ngx_strncmp(word->data, p->name.data, p->name.len) == 0)
        {
            return p;
        }
    }

    return NULL;
}


/* reads the words from the n-th on; |takes| says what would be right */

char *
ngx_http_fingerpost_read_params(ngx_conf_t *cf, ngx_uint_t n, ngx_uint_t use,
    const char *takes, ngx_http_fingerpost_params_t *params)
{
    ngx_str_t                    *word, *field;
    ngx_http_fingerpost_param_t  *p;

    word = cf->args->elts;

    for ( /* void */ ; n < cf->args->nelts; n++) {

        p = ngx_http_fingerpost_find_param(&word[n], use);

        if (p == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of \"%V\": %s",
                               &word[n], &word[0], takes);
            return NGX_CONF_ERROR;
        }

        field = (ngx_str_t *) ((u_char *) params + p->offset);

        if (field->data) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate parameter \"%V\" of \"%V\"",
                               &word[n], &word[0]);
            return NGX_CONF_ERROR;
        }

        *field = word[n];

        if (p->name.data[p->name.len - 1] == '=') {
            field->data += p->name.len;
            field->len -= p->name.len;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_fingerpost_failed(ngx_conf_t *cf, const fgp_error *err)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %s",
                       &value[0], err->text);

    return NGX_CONF_ERROR;
}


char *
ngx_http_fingerpost_region(ngx_conf_t *cf, ngx_str_t *region)
{
    u_char     *env;
    fgp_error   err;
    ngx_str_t  *value;

    if (region->len == 0) {
        env = (u_char *) getenv("AWS_REGION");

        if (env == NULL || *env == '\0') {
            env = (u_char *) getenv("AWS_DEFAULT_REGION");
        }

        if (env == NULL || *env == '\0') {
            value = cf->args->elts;

            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" has no region: write \"region=name\", "
                               "or set AWS_REGION in nginx's environment",
                               &value[0]);
            return NGX_CONF_ERROR;
        }

        region->len = ngx_strlen(env);
        region->data = ngx_pnalloc(cf->pool, region->len);
        if (region->data == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_memcpy(region->data, env, region->len);
    }

    if (fgp_check_region(ngx_http_fingerpost_view(*region), &err) != FGP_OK) {
        return ngx_http_fingerpost_failed(cf, &err);
    }

    return NGX_CONF_OK;
}


ngx_http_fingerpost_target_t *
ngx_http_fingerpost_new_target(ngx_conf_t *cf)
{
    ngx_http_fingerpost_target_t  *target;

    target = ngx_pcalloc(cf->pool, sizeof(ngx_http_fingerpost_target_t));

    if (target) {
        ngx_str_set(&target->base, "");
        target->file_name = cf->conf_file->file.name.data;
        target->line = cf->conf_file->line;
    }

    return target;
}
