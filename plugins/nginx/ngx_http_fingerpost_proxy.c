/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Driving the proxy and upstream modules.  Their configurations are private, so
 * what nginx.conf would have said to them is said by their own setters, taken
 * from their command tables.
 */

#include "ngx_http_fingerpost_module.h"


#define NGX_HTTP_FINGERPOST_KEEPALIVE  "32"


extern ngx_module_t  ngx_http_proxy_module;
extern ngx_module_t  ngx_http_upstream_keepalive_module;


ngx_command_t *
ngx_http_fingerpost_command(ngx_module_t *module, ngx_str_t *name)
{
    ngx_command_t  *cmd;

    for (cmd = module->commands; cmd->name.len; cmd++) {
        if (cmd->name.len == name->len
            && ngx_strncmp(cmd->name.data, name->data, name->len) == 0)
        {
            return cmd;
        }
    }

    return NULL;
}


/* runs a directive of |module| with one argument */

static char *
ngx_http_fingerpost_run(ngx_conf_t *cf, ngx_module_t *module, void *conf,
    const char *name, ngx_str_t *arg)
{
    char           *rv;
    ngx_str_t      *value;
    ngx_array_t    *saved;
    ngx_command_t  *cmd;

    saved = cf->args;

    cf->args = ngx_array_create(cf->pool, 2, sizeof(ngx_str_t));
    if (cf->args == NULL) {
        cf->args = saved;
        return NGX_CONF_ERROR;
    }

    value = ngx_array_push_n(cf->args, 2);  /* there is room for both */
    value[0].data = (u_char *) (uintptr_t) name;
    value[0].len = ngx_strlen(name);
    value[1] = *arg;

    cmd = ngx_http_fingerpost_command(module, &value[0]);

    if (cmd == NULL) {
        rv = "needs a directive that this nginx does not have";

    } else {
        rv = cmd->set(cf, cmd, conf);
    }

    cf->args = saved;

    return rv;
}


/* configurations for an upstream{} that nobody wrote, and keepalive in it */

static ngx_int_t
ngx_http_fingerpost_make_upstream(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *uscf)
{
    char                 *rv;
    void                 *conf;
    ngx_str_t             connections = ngx_string(NGX_HTTP_FINGERPOST_KEEPALIVE);
    ngx_uint_t            i;
    ngx_module_t         *module;
    ngx_http_module_t    *ctx;
    ngx_http_conf_ctx_t   own, *saved;

    saved = cf->ctx;
    own = *saved;

    own.srv_conf = ngx_pcalloc(cf->pool, sizeof(void *) * ngx_http_max_module);
    if (own.srv_conf == NULL) {
        return NGX_ERROR;
    }

    own.srv_conf[ngx_http_upstream_module.ctx_index] = uscf;
    uscf->srv_conf = own.srv_conf;

    for (i = 0; cf->cycle->modules[i]; i++) {
        module = cf->cycle->modules[i];

        if (module->type != NGX_HTTP_MODULE) {
            continue;
        }

        ctx = module->ctx;

        if (ctx->create_srv_conf == NULL) {
            continue;
        }

        conf = ctx->create_srv_conf(cf);
        if (conf == NULL) {
            return NGX_ERROR;
        }

        own.srv_conf[module->ctx_index] = conf;
    }

    cf->ctx = &own;

    conf = own.srv_conf[ngx_http_upstream_keepalive_module.ctx_index];

    rv = ngx_http_fingerpost_run(cf, &ngx_http_upstream_keepalive_module, conf,
                                 "keepalive", &connections);
    cf->ctx = saved;

    return rv == NGX_CONF_OK ? NGX_OK : NGX_ERROR;
}


/*
 * The init_upstream of upstreams that aws_pass has added.  It runs when all of
 * http{} is read, so it knows whether the user wrote an upstream{} of that name:
 * that one is left as it is.
 */

static ngx_int_t
ngx_http_fingerpost_init_upstream(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *uscf)
{
    uscf->peer.init_upstream = NULL;

    if (uscf->srv_conf == NULL
        && ngx_http_fingerpost_make_upstream(cf, uscf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (uscf->peer.init_upstream) {
        return uscf->peer.init_upstream(cf, uscf);
    }

    return ngx_http_upstream_init_round_robin(cf, uscf);
}


static ngx_int_t
ngx_http_fingerpost_add_upstream(ngx_conf_t *cf, ngx_str_t *scheme,
    ngx_str_t *authority)
{
    ngx_url_t                      u;
    ngx_http_upstream_srv_conf_t  *uscf;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *authority;
    u.default_port = (in_port_t) (scheme->len == 5 ? 443 : 80);
    u.no_resolve = 1;

    uscf = ngx_http_upstream_add(cf, &u, 0);
    if (uscf == NULL) {
        return NGX_ERROR;
    }

    if (uscf->peer.init_upstream == NULL) {
        uscf->peer.init_upstream = ngx_http_fingerpost_init_upstream;
    }

    return NGX_OK;
}


/*
 * "proxy_pass SCHEME://AUTHORITY$aws_uri".  A URL with variables is looked up
 * among the known upstreams first, so it needs no resolver; and its URI goes on
 * the wire as it is evaluated, byte for byte.
 */

char *
ngx_http_fingerpost_proxy_pass(ngx_conf_t *cf, ngx_str_t *scheme,
    ngx_str_t *authority)
{
    char                      *rv;
    void                      *plcf;
    u_char                    *p;
    ngx_str_t                  url;
    ngx_http_core_loc_conf_t  *clcf;

    if (ngx_http_fingerpost_add_upstream(cf, scheme, authority) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    url.len = scheme->len + sizeof("://") - 1 + authority->len
              + sizeof("$aws_uri") - 1;

    url.data = ngx_pnalloc(cf->pool, url.len + 1);
    if (url.data == NULL) {
        return NGX_CONF_ERROR;
    }

    p = ngx_sprintf(url.data, "%V://%V$aws_uri", scheme, authority);
    *p = '\0';

    plcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_proxy_module);

    rv = ngx_http_fingerpost_run(cf, &ngx_http_proxy_module, plcf,
                                 "proxy_pass", &url);

    if (rv == NGX_CONF_OK) {
        clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
        clcf->handler = ngx_http_fingerpost_handler;
    }

    return rv;
}


/* the proxy module's content handler, from a location that is thrown away */

ngx_int_t
ngx_http_fingerpost_proxy_handler(ngx_conf_t *cf,
    ngx_http_handler_pt *handler)
{
    char                      *rv;
    void                      *plcf, **loc_conf;
    ngx_str_t                  url = ngx_string("http://$aws_uri");
    ngx_http_module_t         *ctx;
    ngx_http_conf_ctx_t        own, *saved;
    ngx_http_core_loc_conf_t  *clcf;

    saved = cf->ctx;
    own = *saved;
    ctx = ngx_http_proxy_module.ctx;

    clcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_core_loc_conf_t));
    loc_conf = ngx_pcalloc(cf->pool, sizeof(void *) * ngx_http_max_module);
    plcf = ctx->create_loc_conf(cf);

    if (clcf == NULL || loc_conf == NULL || plcf == NULL) {
        return NGX_ERROR;
    }

    loc_conf[ngx_http_core_module.ctx_index] = clcf;
    loc_conf[ngx_http_proxy_module.ctx_index] = plcf;
    own.loc_conf = loc_conf;

    cf->ctx = &own;

    rv = ngx_http_fingerpost_run(cf, &ngx_http_proxy_module, plcf,
                                 "proxy_pass", &url);
    cf->ctx = saved;

    *handler = clcf->handler;

    return rv == NGX_CONF_OK ? NGX_OK : NGX_ERROR;
}
