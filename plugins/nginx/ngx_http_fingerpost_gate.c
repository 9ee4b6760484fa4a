/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The gate: which requests are signed at all, and for which URI.
 *
 * It stands in place of the proxy module's content handler, so that it can answer
 * with the right status, and the signer asks it too: no location, internal
 * redirect, subrequest or error_page leads around it.
 */

#include "ngx_http_fingerpost_module.h"


/*
 * The URI with its query, in the one form that is both sent and signed.  The
 * signer knows that form, and only it, so it is asked by a signature for nobody.
 */

static ngx_int_t
ngx_http_fingerpost_add_query(ngx_http_request_t *r,
    ngx_http_fingerpost_signer_t *signer, ngx_str_t *uri)
{
    fgp_signed   res;
    fgp_status   status;
    fgp_request  req;

    ngx_memzero(&req, sizeof(fgp_request));

    req.method = ngx_http_fingerpost_view(r->method_name);
    req.scheme.ptr = "https";
    req.scheme.len = 5;
    req.authority.ptr = "localhost";
    req.authority.len = 9;
    req.path = ngx_http_fingerpost_view(*uri);
    req.query = ngx_http_fingerpost_view(r->args);

    status = ngx_http_fingerpost_call(r, signer, &req, ngx_time(), &res);

    switch (status) {

    case FGP_OK:
        *uri = ngx_http_fingerpost_str(res.target);
        return NGX_OK;

    case FGP_ERR_BAD_PATH:
    case FGP_ERR_BAD_QUERY:
    case FGP_ERR_ALREADY_SIGNED:
        return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                                           res.error.text);

    default:
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"%s\" could not sign: %s",
                      ngx_http_fingerpost_name(signer->target),
                      res.error.text);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


static ngx_int_t
ngx_http_fingerpost_allow(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->hash = 1;
    ngx_str_set(&h->key, "Allow");
    ngx_str_set(&h->value, "GET, HEAD");

    return ngx_http_fingerpost_refused(r, NGX_HTTP_NOT_ALLOWED,
                                       "its method is neither GET nor HEAD");
}


static ngx_int_t
ngx_http_fingerpost_ask(ngx_http_request_t *r,
    ngx_http_fingerpost_loc_conf_t *flcf, ngx_str_t *uri)
{
    ngx_int_t  rc;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_fingerpost_allow(r);
    }

    if (r->http_version < NGX_HTTP_VERSION_10) {
        return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                                           "it is not of HTTP/1.0 or later");
    }

    /* the body of an internal request is of one that went elsewhere */

    if (r == r->main && !r->internal
        && (r->headers_in.content_length_n > 0 || r->headers_in.chunked))
    {
        return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                   "it has a body, which a GET or HEAD is sent without");
    }

    if (r->args.len && !flcf->target->rules.double_encode) {
        return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                   "it has a query, and S3 would take it for an operation; "
                   "to leave it out write \"rewrite ^ $uri? break;\"");
    }

    rc = ngx_http_fingerpost_path(r, flcf, uri);

    if (rc == NGX_OK && r->args.len) {
        rc = ngx_http_fingerpost_add_query(r, flcf->signer, uri);
    }

    return rc;
}


/* NGX_OK, or the status to answer with */

ngx_int_t
ngx_http_fingerpost_gate(ngx_http_request_t *r,
    ngx_http_fingerpost_loc_conf_t *flcf, ngx_http_fingerpost_ctx_t *ctx)
{
    if (ctx->gate == NGX_AGAIN) {
        ctx->gate = ngx_http_fingerpost_ask(r, flcf, &ctx->uri);
    }

    return ctx->gate;
}


/* in place of the proxy module's content handler */

ngx_int_t
ngx_http_fingerpost_handler(ngx_http_request_t *r)
{
    ngx_int_t                         rc;
    ngx_http_fingerpost_ctx_t        *ctx;
    ngx_http_fingerpost_loc_conf_t   *flcf;
    ngx_http_fingerpost_main_conf_t  *fmcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_fingerpost_module);

    if (flcf->signer) {
        ctx = ngx_http_fingerpost_ctx(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->gate = NGX_AGAIN;      /* a rewrite may have asked too early */

        rc = ngx_http_fingerpost_gate(r, flcf, ctx);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_fingerpost_module);

    return fmcf->proxy_handler(r);
}


static ngx_int_t
ngx_http_fingerpost_uri_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_fingerpost_ctx_t       *ctx;
    ngx_http_fingerpost_loc_conf_t  *flcf;

    v->no_cacheable = 1;
    v->not_found = 1;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_fingerpost_module);

    if (flcf->signer == NULL) {
        return NGX_OK;
    }

    ctx = ngx_http_fingerpost_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_fingerpost_gate(r, flcf, ctx) != NGX_OK) {
        return NGX_OK;
    }

    v->len = (unsigned) ctx->uri.len & 0xfffffff;
    v->data = ctx->uri.data;
    v->valid = 1;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_http_variable_t  ngx_http_fingerpost_uri_var = {
    ngx_string("aws_uri"), NULL, ngx_http_fingerpost_uri_variable, 0,
    NGX_HTTP_VAR_NOCACHEABLE, 0
};


ngx_int_t
ngx_http_fingerpost_add_gate_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var;

    var = ngx_http_add_variable(cf, &ngx_http_fingerpost_uri_var.name,
                                ngx_http_fingerpost_uri_var.flags);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->get_handler = ngx_http_fingerpost_uri_var.get_handler;

    return NGX_OK;
}
