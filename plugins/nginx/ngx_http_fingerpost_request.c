/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A request's signature.  It is made in the handlers of the variables that the
 * proxy module evaluates while it creates the upstream request: by then the
 * method that is sent is known (a HEAD may have become a GET for the cache), and
 * a request that the cache answers is never signed.  It is kept in the context, which belongs to
 * one request object, so however often the variables are asked, they say the same;
 * but they are not cacheable, as a subrequest shares its parent's variables.
 *
 * What can't be signed must not be sent: a failure stops the request before it
 * gets a connection.
 */

#include "ngx_http_fingerpost_module.h"


ngx_http_fingerpost_ctx_t *
ngx_http_fingerpost_ctx(ngx_http_request_t *r)
{
    ngx_http_fingerpost_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_fingerpost_module);

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_fingerpost_ctx_t));

        if (ctx) {
            ctx->gate = NGX_AGAIN;
            ngx_http_set_ctx(r, ctx, ngx_http_fingerpost_module);
        }
    }

    return ctx;
}


static ngx_str_t
ngx_http_fingerpost_scheme(ngx_http_request_t *r,
    ngx_http_fingerpost_target_t *target)
{
    ngx_str_t  scheme;

    if (target->scheme.len) {
        return target->scheme;
    }

    scheme = r->upstream->schema;

    if (scheme.len > 3) {
        scheme.len -= 3;            /* "://" */
    }

    return scheme;
}


static ngx_int_t
ngx_http_fingerpost_authority(ngx_http_request_t *r,
    ngx_http_fingerpost_target_t *target, ngx_str_t *authority)
{
    ngx_http_variable_value_t        *v;
    ngx_http_fingerpost_main_conf_t  *fmcf;

    if (target->authority.len) {
        *authority = target->authority;
        return NGX_OK;
    }

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_fingerpost_module);

    v = ngx_http_get_flushed_variable(r, (ngx_uint_t) fmcf->proxy_host);

    if (v == NULL || v->not_found) {
        return NGX_ERROR;
    }

    authority->data = v->data;
    authority->len = v->len;

    return NGX_OK;
}


/* fgp_sign(), with the day's key derived first where it is a new day */

fgp_status
ngx_http_fingerpost_call(ngx_http_request_t *r,
    ngx_http_fingerpost_signer_t *signer, fgp_request *req, time_t now,
    fgp_signed *res)
{
    fgp_out  out;

    if (!fgp_signing_key_is_current(&signer->key, now)
        && fgp_signing_key_init(&signer->key,
                                signer->credentials->secret_access_key, now,
                                ngx_http_fingerpost_view(signer->target->region),
                                ngx_http_fingerpost_view(signer->target->service),
                                &res->error)
           != FGP_OK)
    {
        return res->error.status;
    }

    out.cap = fgp_sign_room(&signer->signer, req);
    out.buf = ngx_pnalloc(r->pool, out.cap);
    out.need = 0;
    out.tee = NULL;

    if (out.buf == NULL) {
        res->error.text[0] = '\0';
        return FGP_ERR_NOSPACE;
    }

    return fgp_sign(&signer->signer, req, now, &out, NULL, res);
}


static void
ngx_http_fingerpost_set_target(fgp_request *req, ngx_str_t *wire)
{
    u_char  *p;

    req->path = ngx_http_fingerpost_view(*wire);

    p = ngx_strlchr(wire->data, wire->data + wire->len, '?');

    if (p) {
        req->path.len = (size_t) (p - wire->data);
        req->query.ptr = (const char *) p + 1;
        req->query.len = wire->len - req->path.len - 1;
    }
}


static ngx_int_t
ngx_http_fingerpost_set_headers(ngx_http_fingerpost_ctx_t *ctx,
    fgp_signed *res)
{
    size_t      i, j;
    ngx_str_t   name;

    static ngx_str_t  names[] = {
        ngx_string("x-amz-date"),
        ngx_string("x-amz-content-sha256"),
        ngx_string("x-amz-security-token"),
        ngx_string("authorization")
    };

    for (i = 0; i < res->nheaders; i++) {
        name = ngx_http_fingerpost_str(res->headers[i].name);

        for (j = 0; j < NGX_HTTP_FINGERPOST_HEADERS; j++) {
            if (name.len == names[j].len
                && ngx_memcmp(name.data, names[j].data, name.len) == 0)
            {
                ctx->header[j] = ngx_http_fingerpost_str(res->headers[i].value);
            }
        }
    }

    return ctx->header[NGX_HTTP_FINGERPOST_AUTHORIZATION].len ? NGX_OK
                                                              : NGX_ERROR;
}


static ngx_uint_t
ngx_http_fingerpost_same(fgp_str view, ngx_str_t *s)
{
    return view.len == s->len && ngx_memcmp(view.ptr, s->data, s->len) == 0;
}


/*
 * Signs |method| and |wire|.  What the signer says must be sent has to be what
 * the proxy module sends; |final| says that |wire| is, and not a guess at it.
 */

static ngx_int_t
ngx_http_fingerpost_sign_as(ngx_http_request_t *r,
    ngx_http_fingerpost_signer_t *signer, ngx_http_fingerpost_ctx_t *ctx,
    ngx_str_t *method, ngx_str_t *wire, ngx_uint_t final)
{
    size_t                         len;
    const char                    *why;
    ngx_str_t                      authority;
    fgp_signed                     res;
    fgp_request                    req;
    ngx_http_fingerpost_target_t  *target;

    target = signer->target;

    ngx_memzero(&req, sizeof(fgp_request));

    if (ngx_http_fingerpost_authority(r, target, &authority) != NGX_OK) {
        return NGX_ERROR;
    }

    req.method = ngx_http_fingerpost_view(*method);
    req.scheme = ngx_http_fingerpost_view(ngx_http_fingerpost_scheme(r, target));
    req.authority = ngx_http_fingerpost_view(authority);
    ngx_http_fingerpost_set_target(&req, wire);

    len = ctx->header[NGX_HTTP_FINGERPOST_AUTHORIZATION].len;

    if (ngx_http_fingerpost_call(r, signer, &req, ngx_time(), &res) != FGP_OK) {
        why = res.error.text;

    } else if (final && !ngx_http_fingerpost_same(res.target, wire)) {
        why = "the request's URI is not in the form that is signed; write "
              "\"proxy_pass https://HOST$aws_uri;\", which sends it so";

    } else if (!ngx_http_fingerpost_same(res.host, &authority)) {
        why = "the host of \"proxy_pass\" is not in the form that is signed; "
              "write it in lower case";

    } else if (ngx_http_fingerpost_set_headers(ctx, &res) != NGX_OK
               || (len && len
                   != ctx->header[NGX_HTTP_FINGERPOST_AUTHORIZATION].len))
    {
        why = "the signature has another length than before";

    } else {
        ctx->time = ngx_time();
        ctx->method = *method;
        ctx->wire = *wire;

        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "\"%s\" could not sign: %s",
                  ngx_http_fingerpost_name(target), why);

    return NGX_ERROR;
}


/*
 * Of an aws_sign the URI is the proxy module's.  It is not known while the lengths
 * of the headers are taken, which need a signature already, but any will do: all
 * are as long.  When the headers are written, u->uri is what was written before.
 */

static ngx_int_t
ngx_http_fingerpost_sign_once(ngx_http_request_t *r,
    ngx_http_fingerpost_loc_conf_t *flcf, ngx_http_fingerpost_ctx_t *ctx)
{
    ngx_str_t             *method, wire;
    ngx_uint_t             final;
    ngx_http_upstream_t   *u;

    if (ngx_http_fingerpost_gate(r, flcf, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    u = r->upstream;

    method = u->method.len ? &u->method : &r->method_name;
    final = 1;

    if (flcf->target->scheme.len) {
        wire = ctx->uri;

    } else if (u->uri.len) {
        wire = u->uri;

    } else {
        wire = ctx->uri;
        final = 0;
    }

    if (ctx->time == ngx_time()
        && ctx->method.data == method->data
        && ctx->method.len == method->len
        && ctx->wire.len == wire.len
        && ngx_memcmp(ctx->wire.data, wire.data, wire.len) == 0)
    {
        return NGX_OK;
    }

    return ngx_http_fingerpost_sign_as(r, flcf->signer, ctx, method, &wire,
                                       final);
}


/*
 * Whether the upstream request is being created.  At any other time (in a log, a
 * map, a header of the response) the signer's variables are not found, so that no
 * signature or token gets there by mistake.
 */

static ngx_uint_t
ngx_http_fingerpost_creating(ngx_http_request_t *r)
{
    ngx_http_upstream_t  *u;

    u = r->upstream;

    return u && u->create_request && u->cleanup == NULL && u->state == NULL
           && !r->cached;
}


/* an upstream that nginx finds no server for: it answers 500 */

static void
ngx_http_fingerpost_stop(ngx_http_request_t *r)
{
    static ngx_http_upstream_resolved_t  nowhere;

    r->upstream->resolved = &nowhere;
}


static ngx_int_t
ngx_http_fingerpost_header_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                       *value;
    ngx_http_fingerpost_ctx_t       *ctx;
    ngx_http_fingerpost_loc_conf_t  *flcf;

    v->valid = 0;
    v->no_cacheable = 1;
    v->not_found = 1;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_fingerpost_module);

    if (flcf->signer == NULL || !ngx_http_fingerpost_creating(r)) {
        return NGX_OK;
    }

    ctx = ngx_http_fingerpost_ctx(r);

    if (ctx == NULL || ngx_http_fingerpost_sign_once(r, flcf, ctx) != NGX_OK) {
        ngx_http_fingerpost_stop(r);
        return NGX_ERROR;
    }

    value = &ctx->header[data];

    v->len = (unsigned) value->len & 0xfffffff;
    v->data = value->data;
    v->not_found = 0;

    /* asked again where what is signed may still change */

    v->valid = flcf->target->scheme.len || r->upstream->uri.len
               || data != NGX_HTTP_FINGERPOST_AUTHORIZATION;

    return NGX_OK;
}


static ngx_http_variable_t  ngx_http_fingerpost_vars[] = {

    { ngx_string("aws_internal_date"), NULL,
      ngx_http_fingerpost_header_variable, NGX_HTTP_FINGERPOST_DATE,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_NOHASH, 0 },

    { ngx_string("aws_internal_content_sha256"), NULL,
      ngx_http_fingerpost_header_variable, NGX_HTTP_FINGERPOST_CONTENT_SHA256,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_NOHASH, 0 },

    { ngx_string("aws_internal_security_token"), NULL,
      ngx_http_fingerpost_header_variable, NGX_HTTP_FINGERPOST_SECURITY_TOKEN,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_NOHASH, 0 },

    { ngx_string("aws_internal_authorization"), NULL,
      ngx_http_fingerpost_header_variable, NGX_HTTP_FINGERPOST_AUTHORIZATION,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_NOHASH, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_fingerpost_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_fingerpost_vars; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    if (ngx_http_fingerpost_add_gate_variables(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_fingerpost_add_client_variables(cf);
}
