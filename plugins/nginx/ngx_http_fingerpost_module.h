/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Types and functions that the module's files share.
 *
 *     module       directives, what locations inherit, the module itself
 *     params       the words of aws_pass and aws_sign
 *     pass, sign   aws_pass, aws_sign: where requests go, how they are signed
 *     credentials  aws_credentials
 *     proxy        running the proxy and upstream modules' own directives
 *     apply        a signed location's settings of the proxy module
 *     headers      the headers of a signed request
 *     key          a request's path: what is refused, what goes on the wire
 *     gate         which requests are signed at all
 *     request      a request's signature, made when the proxy module asks for it
 */

#ifndef NGX_HTTP_FINGERPOST_MODULE_H_INCLUDED_
#define NGX_HTTP_FINGERPOST_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "fingerpost.h"


/* what a location's proxy_* directives say, those outside it included */

typedef struct {
    ngx_array_t                       *headers;      /* of ngx_keyval_t */
    ngx_array_t                       *signed_headers; /* that go with ours */
    ngx_flag_t                         pass_headers;
    ngx_flag_t                         pass_body;
    ngx_uint_t                         http_version;
    ngx_flag_t                         ssl_verify;
    ngx_flag_t                         ssl_server_name;
    ngx_str_t                          ssl_trusted;
    void                              *method;
    ngx_str_t                          body;
} ngx_http_fingerpost_proxy_t;


/* an aws_pass or an aws_sign */

typedef struct {
    ngx_str_t                          service;      /* signing name */
    ngx_str_t                          region;       /* signing region */
    ngx_str_t                          authority;    /* Host to send; empty: $proxy_host */
    fgp_sign_rules                     rules;

    ngx_str_t                          scheme;       /* of aws_pass; empty: aws_sign */
    ngx_str_t                          base;         /* path that all URIs begin with */
    ngx_str_t                          prefix;       /* that all keys begin with */
    size_t                             location_len; /* what base or prefix replaces */
    unsigned                           object:1;     /* s3://: URIs are those of objects */

    u_char                            *file_name;    /* where it is written */
    ngx_uint_t                         line;
} ngx_http_fingerpost_target_t;


/* a target with credentials */

typedef struct {
    ngx_http_fingerpost_target_t      *target;
    fgp_credentials                   *credentials;
    fgp_signer                         signer;
    fgp_signing_key                    key;          /* each worker's own, of one day */
} ngx_http_fingerpost_signer_t;


typedef struct {
    ngx_http_fingerpost_target_t      *target;       /* NULL: off */
    fgp_credentials                   *credentials;
    ngx_http_fingerpost_signer_t      *signer;
    ngx_uint_t                         path;

    ngx_http_fingerpost_proxy_t        proxy;
    unsigned                           own:1;        /* the directive is written here */
    unsigned                           handler:1;    /* ours goes before the proxy's */
    unsigned                           applied:1;    /* the proxy's conf is changed */
} ngx_http_fingerpost_loc_conf_t;


#define NGX_HTTP_FINGERPOST_PATH_STRICT  0
#define NGX_HTTP_FINGERPOST_PATH_RAW     1


typedef struct {
    ngx_http_handler_pt                proxy_handler;
    ngx_int_t                          proxy_host;   /* index of $proxy_host */
} ngx_http_fingerpost_main_conf_t;


typedef enum {
    NGX_HTTP_FINGERPOST_DATE = 0,
    NGX_HTTP_FINGERPOST_CONTENT_SHA256,
    NGX_HTTP_FINGERPOST_SECURITY_TOKEN,
    NGX_HTTP_FINGERPOST_AUTHORIZATION,
    NGX_HTTP_FINGERPOST_HEADERS
} ngx_http_fingerpost_header_e;


/* of a request object: a subrequest has its own, an internal redirect a new one */

typedef struct {
    ngx_int_t                          gate;         /* NGX_AGAIN: not asked yet */
    ngx_str_t                          uri;          /* $aws_uri */
    ngx_str_t                          method;       /* what the signature is of: */
    ngx_str_t                          wire;         /*     the request line's */
    ngx_str_t                          header[NGX_HTTP_FINGERPOST_HEADERS];
    time_t                             time;         /* 0: not signed */
} ngx_http_fingerpost_ctx_t;


/* module */

extern ngx_module_t  ngx_http_fingerpost_module;

static ngx_inline fgp_str
ngx_http_fingerpost_view(ngx_str_t s)
{
    fgp_str  view;

    view.ptr = (const char *) s.data;
    view.len = s.len;

    return view;
}

/* the directive that made |target| */

static ngx_inline const char *
ngx_http_fingerpost_name(ngx_http_fingerpost_target_t *target)
{
    return target->scheme.len ? "aws_pass" : "aws_sign";
}

static ngx_inline ngx_str_t
ngx_http_fingerpost_str(fgp_str view)
{
    ngx_str_t  s;

    s.data = (u_char *) (uintptr_t) view.ptr;
    s.len = view.len;

    return s;
}

/* params */

typedef struct {
    ngx_str_t                          region;
    ngx_str_t                          service;
    ngx_str_t                          endpoint;
    ngx_str_t                          host;
    ngx_str_t                          fips;
    ngx_str_t                          dualstack;
    ngx_str_t                          path_style;
} ngx_http_fingerpost_params_t;

#define NGX_HTTP_FINGERPOST_FOR_S3    1
#define NGX_HTTP_FINGERPOST_FOR_URL   2
#define NGX_HTTP_FINGERPOST_FOR_SIGN  4

char *ngx_http_fingerpost_read_params(ngx_conf_t *cf, ngx_uint_t n,
    ngx_uint_t use, const char *takes, ngx_http_fingerpost_params_t *params);
char *ngx_http_fingerpost_region(ngx_conf_t *cf, ngx_str_t *region);
char *ngx_http_fingerpost_failed(ngx_conf_t *cf, const fgp_error *err);
ngx_http_fingerpost_target_t *ngx_http_fingerpost_new_target(ngx_conf_t *cf);

/* pass, sign, credentials */

char *ngx_http_fingerpost_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_fingerpost_sign(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_fingerpost_credentials(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_fingerpost_wipe_later(ngx_conf_t *cf, void *data,
    size_t size);

/* proxy */

ngx_command_t *ngx_http_fingerpost_command(ngx_module_t *module,
    ngx_str_t *name);
char *ngx_http_fingerpost_proxy_pass(ngx_conf_t *cf, ngx_str_t *scheme,
    ngx_str_t *authority);
ngx_int_t ngx_http_fingerpost_proxy_handler(ngx_conf_t *cf,
    ngx_http_handler_pt *handler);

/* apply */

ngx_int_t ngx_http_fingerpost_apply_init(ngx_conf_t *cf);
void ngx_http_fingerpost_note_proxy(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *prev, ngx_http_fingerpost_loc_conf_t *conf);
ngx_int_t ngx_http_fingerpost_apply(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *prev, ngx_http_fingerpost_loc_conf_t *conf);

/* headers */

ngx_array_t *ngx_http_fingerpost_headers(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *conf);
ngx_int_t ngx_http_fingerpost_add_client_variables(ngx_conf_t *cf);

/* key */

ngx_int_t ngx_http_fingerpost_path(ngx_http_request_t *r,
    ngx_http_fingerpost_loc_conf_t *flcf, ngx_str_t *path);
ngx_int_t ngx_http_fingerpost_refused(ngx_http_request_t *r, ngx_int_t status,
    const char *why);

/* gate */

ngx_int_t ngx_http_fingerpost_gate(ngx_http_request_t *r,
    ngx_http_fingerpost_loc_conf_t *flcf, ngx_http_fingerpost_ctx_t *ctx);
ngx_int_t ngx_http_fingerpost_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_fingerpost_add_gate_variables(ngx_conf_t *cf);

/* request */

ngx_http_fingerpost_ctx_t *ngx_http_fingerpost_ctx(ngx_http_request_t *r);
fgp_status ngx_http_fingerpost_call(ngx_http_request_t *r,
    ngx_http_fingerpost_signer_t *signer, fgp_request *req, time_t now,
    fgp_signed *res);
ngx_int_t ngx_http_fingerpost_add_variables(ngx_conf_t *cf);


#endif /* NGX_HTTP_FINGERPOST_MODULE_H_INCLUDED_ */
