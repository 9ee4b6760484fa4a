/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_fingerpost_module: signs what goes to AWS.  The directives, what
 * locations inherit of them, and the module itself.
 */

#include "ngx_http_fingerpost_module.h"


static ngx_int_t ngx_http_fingerpost_preconfiguration(ngx_conf_t *cf);
static void *ngx_http_fingerpost_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_fingerpost_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_fingerpost_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_fingerpost_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);


static ngx_conf_enum_t  ngx_http_fingerpost_paths[] = {
    { ngx_string("strict"), NGX_HTTP_FINGERPOST_PATH_STRICT },
    { ngx_string("raw"), NGX_HTTP_FINGERPOST_PATH_RAW },
    { ngx_null_string, 0 }
};


/* docs/nginx.md has them in the same order */

static ngx_command_t  ngx_http_fingerpost_commands[] = {

    { ngx_string("aws_pass"),
      NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF|NGX_HTTP_LMT_CONF|NGX_CONF_1MORE,
      ngx_http_fingerpost_pass,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("aws_credentials"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_fingerpost_credentials,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("aws_sign"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_fingerpost_sign,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("aws_path"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_fingerpost_loc_conf_t, path),
      &ngx_http_fingerpost_paths },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_fingerpost_module_ctx = {
    ngx_http_fingerpost_preconfiguration,   /* preconfiguration */
    NULL,                                   /* postconfiguration */

    ngx_http_fingerpost_create_main_conf,   /* create main configuration */
    ngx_http_fingerpost_init_main_conf,     /* init main configuration */

    NULL,                                   /* create server configuration */
    NULL,                                   /* merge server configuration */

    ngx_http_fingerpost_create_loc_conf,    /* create location configuration */
    ngx_http_fingerpost_merge_loc_conf      /* merge location configuration */
};


ngx_module_t  ngx_http_fingerpost_module = {
    NGX_MODULE_V1,
    &ngx_http_fingerpost_module_ctx,        /* module context */
    ngx_http_fingerpost_commands,           /* module directives */
    NGX_HTTP_MODULE,                        /* module type */
    NULL,                                   /* init master */
    NULL,                                   /* init module */
    NULL,                                   /* init process */
    NULL,                                   /* init thread */
    NULL,                                   /* exit thread */
    NULL,                                   /* exit process */
    NULL,                                   /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_fingerpost_preconfiguration(ngx_conf_t *cf)
{
    ngx_str_t                         name = ngx_string("proxy_host");
    ngx_http_fingerpost_main_conf_t  *fmcf;

    if (ngx_http_fingerpost_apply_init(cf) != NGX_OK
        || ngx_http_fingerpost_add_variables(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_fingerpost_module);

    fmcf->proxy_host = ngx_http_get_variable_index(cf, &name);
    if (fmcf->proxy_host == NGX_ERROR) {
        return NGX_ERROR;
    }

    return ngx_http_fingerpost_proxy_handler(cf, &fmcf->proxy_handler);
}


static void *
ngx_http_fingerpost_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_fingerpost_main_conf_t));
}


/* http{} has nothing to inherit from */

static char *
ngx_http_fingerpost_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_fingerpost_loc_conf_t  *flcf;

    flcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_fingerpost_module);

    ngx_conf_init_ptr_value(flcf->target, NULL);
    ngx_conf_init_ptr_value(flcf->credentials, NULL);
    ngx_conf_init_uint_value(flcf->path, NGX_HTTP_FINGERPOST_PATH_STRICT);

    ngx_http_fingerpost_note_proxy(cf, NULL, flcf);

    return NGX_CONF_OK;
}


static void *
ngx_http_fingerpost_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_fingerpost_loc_conf_t  *flcf;

    flcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_fingerpost_loc_conf_t));
    if (flcf == NULL) {
        return NULL;
    }

    flcf->target = NGX_CONF_UNSET_PTR;
    flcf->credentials = NGX_CONF_UNSET_PTR;
    flcf->path = NGX_CONF_UNSET_UINT;

    return flcf;
}


/*
 * An aws_sign is inherited by all; an aws_pass, like a proxy_pass, by the blocks
 * without a name that have no handler of their own: "if" and limit_except.
 */

static void
ngx_http_fingerpost_inherit(ngx_http_core_loc_conf_t *clcf,
    ngx_http_fingerpost_loc_conf_t *prev, ngx_http_fingerpost_loc_conf_t *conf)
{
    ngx_conf_merge_ptr_value(conf->credentials, prev->credentials, NULL);
    ngx_conf_merge_uint_value(conf->path, prev->path,
                              NGX_HTTP_FINGERPOST_PATH_STRICT);

    if (conf->target != NGX_CONF_UNSET_PTR) {
        return;
    }

    conf->target = prev->target;

    if (conf->target && conf->target->scheme.len
        && (!clcf->noname || clcf->handler))
    {
        conf->target = NULL;
    }
}


/* whether requests of this location are signed, or an error of the configuration */

static ngx_int_t
ngx_http_fingerpost_is_signed(ngx_conf_t *cf, ngx_http_core_loc_conf_t *clcf,
    ngx_http_fingerpost_loc_conf_t *prev, ngx_http_fingerpost_loc_conf_t *conf)
{
    ngx_http_fingerpost_main_conf_t  *fmcf;

    fmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_fingerpost_module);

    if (clcf->handler == NULL) {

        /* "if" runs the handler of its location; limit_except has its own */

        if (clcf->noname && prev->signer) {
            if (clcf->lmt_excpt) {
                clcf->handler = ngx_http_fingerpost_handler;
            }

            return NGX_OK;
        }

        return NGX_DECLINED;
    }

    if (clcf->handler == ngx_http_fingerpost_handler) {
        return NGX_OK;
    }

    if (clcf->handler == fmcf->proxy_handler && conf->target->scheme.len == 0) {
        clcf->handler = ngx_http_fingerpost_handler;
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"%s\" in %s:%ui does not sign what location \"%V\" sends, "
                  "which has another handler than %s: write "
                  "\"aws_sign off;\" in it, or remove the other",
                  ngx_http_fingerpost_name(conf->target),
                  conf->target->file_name, conf->target->line, &clcf->name,
                  conf->target->scheme.len ? "aws_pass" : "proxy_pass");

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_fingerpost_check_signer(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *conf)
{
    ngx_http_fingerpost_target_t  *target;

    target = conf->target;

    if (conf->credentials == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"%s\" has no credentials: write \"aws_credentials "
                      "file=path;\" or \"aws_credentials env;\" in %s:%ui",
                      ngx_http_fingerpost_name(target),
                      target->file_name, target->line);
        return NGX_ERROR;
    }

    if (conf->path == NGX_HTTP_FINGERPOST_PATH_RAW
        && (!target->object || target->prefix.len))
    {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"aws_path raw\" goes with \"aws_pass s3://bucket\" "
                      "alone, without a prefix, in %s:%ui",
                      target->file_name, target->line);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the key is derived here too: names are checked, and OpenSSL is set up, early */

static ngx_http_fingerpost_signer_t *
ngx_http_fingerpost_new_signer(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *conf)
{
    fgp_error                      err;
    ngx_http_fingerpost_signer_t  *signer;
    ngx_http_fingerpost_target_t  *target;

    target = conf->target;

    signer = ngx_pcalloc(cf->pool, sizeof(ngx_http_fingerpost_signer_t));
    if (signer == NULL
        || ngx_http_fingerpost_wipe_later(cf, &signer->key, sizeof(signer->key))
           != NGX_OK)
    {
        return NULL;
    }

    if (fgp_signing_key_init(&signer->key, conf->credentials->secret_access_key,
                             ngx_time(),
                             ngx_http_fingerpost_view(target->region),
                             ngx_http_fingerpost_view(target->service), &err)
        != FGP_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"%s\": %s in %s:%ui",
                      ngx_http_fingerpost_name(target), err.text,
                      target->file_name, target->line);
        return NULL;
    }

    signer->target = target;
    signer->credentials = conf->credentials;
    signer->signer.access_key_id = conf->credentials->access_key_id;
    signer->signer.session_token = conf->credentials->session_token;
    signer->signer.key = &signer->key;
    signer->signer.rules = target->rules;
    signer->signer.cover = FGP_COVER_MINIMAL;

    return signer;
}


static char *
ngx_http_fingerpost_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_fingerpost_loc_conf_t *prev = parent;
    ngx_http_fingerpost_loc_conf_t *conf = child;

    ngx_int_t                  rc;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    ngx_http_fingerpost_inherit(clcf, prev, conf);
    ngx_http_fingerpost_note_proxy(cf, prev, conf);

    if (conf->target) {
        rc = ngx_http_fingerpost_is_signed(cf, clcf, prev, conf);

        if (rc == NGX_ERROR) {
            return NGX_CONF_ERROR;
        }

        if (rc == NGX_OK) {

            if (ngx_http_fingerpost_check_signer(cf, conf) != NGX_OK) {
                return NGX_CONF_ERROR;
            }

            conf->signer = prev->signer;

            if (prev->signer == NULL
                || prev->signer->target != conf->target
                || prev->signer->credentials != conf->credentials)
            {
                conf->signer = ngx_http_fingerpost_new_signer(cf, conf);

                if (conf->signer == NULL) {
                    return NGX_CONF_ERROR;
                }
            }
        }
    }

    return ngx_http_fingerpost_apply(cf, prev, conf) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}
