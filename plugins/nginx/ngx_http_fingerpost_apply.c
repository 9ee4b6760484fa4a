/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a signed location makes of the proxy module's settings: which of the
 * user's contradict a signature, which defaults are better others, which headers
 * are sent.
 *
 * The proxy module's configuration is private; the offset column of its command
 * table says where each directive keeps its value.  This module stands before
 * the proxy module in the list, so its merge comes first: it sees what a location
 * itself says, and what it adds is merged and compiled as if it were written there.
 */

#include "ngx_http_fingerpost_module.h"


extern ngx_module_t  ngx_http_proxy_module;


enum {
    NGX_HTTP_FINGERPOST_SET_HEADER = 0,
    NGX_HTTP_FINGERPOST_PASS_HEADERS,
    NGX_HTTP_FINGERPOST_PASS_BODY,
    NGX_HTTP_FINGERPOST_HTTP_VERSION,
    NGX_HTTP_FINGERPOST_METHOD,
    NGX_HTTP_FINGERPOST_SET_BODY,
    NGX_HTTP_FINGERPOST_SSL_VERIFY,
    NGX_HTTP_FINGERPOST_SSL_SERVER_NAME,
    NGX_HTTP_FINGERPOST_SSL_TRUSTED,
    NGX_HTTP_FINGERPOST_FIELDS
};


static ngx_str_t  ngx_http_fingerpost_directives[] = {
    ngx_string("proxy_set_header"),
    ngx_string("proxy_pass_request_headers"),
    ngx_string("proxy_pass_request_body"),
    ngx_string("proxy_http_version"),
    ngx_string("proxy_method"),
    ngx_string("proxy_set_body"),
    ngx_string("proxy_ssl_verify"),
    ngx_string("proxy_ssl_server_name"),
    ngx_string("proxy_ssl_trusted_certificate")
};


/* the same in every cycle: offsets within the nginx that has loaded us */

static ngx_uint_t  ngx_http_fingerpost_offset[NGX_HTTP_FINGERPOST_FIELDS];

#define ngx_http_fingerpost_field(plcf, type, i)                              \
    (*(type *) (void *) ((u_char *) (plcf) + ngx_http_fingerpost_offset[i]))


/* where the systems that nginx runs on keep the CAs they trust */

static ngx_str_t  ngx_http_fingerpost_trusted[] = {
    ngx_string("/etc/ssl/certs/ca-certificates.crt"),
    ngx_string("/etc/pki/tls/certs/ca-bundle.crt"),
    ngx_string("/etc/ssl/cert.pem"),
    ngx_null_string
};


/* what may not be set beside the signer; x-amz-* not either */

static ngx_str_t  ngx_http_fingerpost_ours[] = {
    ngx_string("host"),
    ngx_string("authorization"),
    ngx_string("content-length"),
    ngx_string("transfer-encoding"),
    ngx_null_string
};


static ngx_uint_t
ngx_http_fingerpost_position(ngx_conf_t *cf, ngx_module_t *module)
{
    ngx_uint_t  i;

    for (i = 0; cf->cycle->modules[i]; i++) {
        if (cf->cycle->modules[i] == module) {
            break;
        }
    }

    return i;
}


ngx_int_t
ngx_http_fingerpost_apply_init(ngx_conf_t *cf)
{
    ngx_uint_t      i;
    ngx_command_t  *cmd;

    if (ngx_http_fingerpost_position(cf, &ngx_http_fingerpost_module)
        > ngx_http_fingerpost_position(cf, &ngx_http_proxy_module))
    {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "ngx_http_fingerpost_module must stand before "
                      "ngx_http_proxy_module: build it as a dynamic module");
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_FINGERPOST_FIELDS; i++) {
        cmd = ngx_http_fingerpost_command(&ngx_http_proxy_module,
                                          &ngx_http_fingerpost_directives[i]);
        if (cmd == NULL) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "ngx_http_fingerpost_module needs \"%V\", which "
                          "this nginx does not have",
                          &ngx_http_fingerpost_directives[i]);
            return NGX_ERROR;
        }

        ngx_http_fingerpost_offset[i] = cmd->offset;
    }

    return NGX_OK;
}


static void
ngx_http_fingerpost_read_proxy(void *plcf, ngx_http_fingerpost_proxy_t *said)
{
#define field(type, i)  ngx_http_fingerpost_field(plcf, type, i)

    said->headers = field(ngx_array_t *, NGX_HTTP_FINGERPOST_SET_HEADER);
    said->pass_headers = field(ngx_flag_t, NGX_HTTP_FINGERPOST_PASS_HEADERS);
    said->pass_body = field(ngx_flag_t, NGX_HTTP_FINGERPOST_PASS_BODY);
    said->http_version = field(ngx_uint_t, NGX_HTTP_FINGERPOST_HTTP_VERSION);
    said->method = field(void *, NGX_HTTP_FINGERPOST_METHOD);
    said->body = field(ngx_str_t, NGX_HTTP_FINGERPOST_SET_BODY);
    said->ssl_verify = field(ngx_flag_t, NGX_HTTP_FINGERPOST_SSL_VERIFY);
    said->ssl_server_name = field(ngx_flag_t,
                                  NGX_HTTP_FINGERPOST_SSL_SERVER_NAME);
    said->ssl_trusted = field(ngx_str_t, NGX_HTTP_FINGERPOST_SSL_TRUSTED);

#undef field

    if (said->method == NULL) {
        said->method = NGX_CONF_UNSET_PTR;
    }
}


/*
 * Notes what the proxy's directives say here, those outside included.  To be
 * called for every location before anything is applied; |prev| is NULL in http{}.
 */

void
ngx_http_fingerpost_note_proxy(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *prev, ngx_http_fingerpost_loc_conf_t *conf)
{
    ngx_http_fingerpost_proxy_t  *said, *outer;

    said = &conf->proxy;

    ngx_http_fingerpost_read_proxy(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_proxy_module), said);

    said->signed_headers = said->headers;

    if (prev == NULL) {
        return;
    }

    outer = &prev->proxy;

    /*
     * as nginx has it, one proxy_set_header ends those outside it; our
     * directives count as one
     */

    if (!conf->own) {
        ngx_conf_merge_ptr_value(said->signed_headers, outer->signed_headers,
                                 NGX_CONF_UNSET_PTR);
    }

    ngx_conf_merge_ptr_value(said->headers, outer->headers, NGX_CONF_UNSET_PTR);
    ngx_conf_merge_ptr_value(said->method, outer->method, NGX_CONF_UNSET_PTR);
    ngx_conf_merge_value(said->pass_headers, outer->pass_headers,
                         NGX_CONF_UNSET);
    ngx_conf_merge_value(said->pass_body, outer->pass_body, NGX_CONF_UNSET);
    ngx_conf_merge_uint_value(said->http_version, outer->http_version,
                              NGX_CONF_UNSET_UINT);
    ngx_conf_merge_value(said->ssl_verify, outer->ssl_verify, NGX_CONF_UNSET);
    ngx_conf_merge_value(said->ssl_server_name, outer->ssl_server_name,
                         NGX_CONF_UNSET);
    ngx_conf_merge_str_value(said->ssl_trusted, outer->ssl_trusted, "");
    ngx_conf_merge_str_value(said->body, outer->body, "");
}


static ngx_keyval_t *
ngx_http_fingerpost_find_ours(ngx_array_t *headers)
{
    ngx_str_t     *s;
    ngx_uint_t     i;
    ngx_keyval_t  *kv;

    kv = headers->elts;

    for (i = 0; i < headers->nelts; i++) {

        if (ngx_strncasecmp(kv[i].key.data, (u_char *) "x-amz-", 6) == 0) {
            return &kv[i];
        }

        for (s = ngx_http_fingerpost_ours; s->len; s++) {
            if (ngx_strcasecmp(kv[i].key.data, s->data) == 0) {
                return &kv[i];
            }
        }
    }

    return NULL;
}


/* the directive that would change the request behind the signer's back, or NULL */

static const char *
ngx_http_fingerpost_contradiction(ngx_http_fingerpost_proxy_t *said)
{
    if (said->method != NGX_CONF_UNSET_PTR) {
        return "proxy_method";
    }

    if (said->body.len) {
        return "proxy_set_body";
    }

    if (said->pass_headers == 0) {
        return "proxy_pass_request_headers off";
    }

    if (said->pass_body == 0) {
        return "proxy_pass_request_body off";
    }

    if (said->http_version != NGX_CONF_UNSET_UINT
        && said->http_version > NGX_HTTP_VERSION_11)
    {
        return "proxy_http_version";
    }

    return NULL;
}


static ngx_int_t
ngx_http_fingerpost_check_proxy(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *conf)
{
    const char                    *name;
    ngx_keyval_t                  *kv;
    ngx_http_fingerpost_target_t  *target;

    target = conf->target;

    if (conf->proxy.signed_headers != NGX_CONF_UNSET_PTR) {

        kv = ngx_http_fingerpost_find_ours(conf->proxy.signed_headers);

        if (kv) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"proxy_set_header %V\" would be sent beside the "
                          "signature: \"%s\" sets this header, remove yours "
                          "in %s:%ui",
                          &kv->key, ngx_http_fingerpost_name(target),
                          target->file_name, target->line);
            return NGX_ERROR;
        }
    }

    name = ngx_http_fingerpost_contradiction(&conf->proxy);

    if (name) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"%s\" would change the request after it was signed: "
                      "\"%s\" can't be used with it, remove it in %s:%ui",
                      name, ngx_http_fingerpost_name(target),
                      target->file_name, target->line);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_str_t *
ngx_http_fingerpost_find_trusted(void)
{
    ngx_str_t        *file;
    ngx_file_info_t   fi;

    for (file = ngx_http_fingerpost_trusted; file->len; file++) {
        if (ngx_file_info(file->data, &fi) != NGX_FILE_ERROR) {
            return file;
        }
    }

    return NULL;
}


/* TLS is verified, by the host's name, unless the user has said how it is */

static ngx_int_t
ngx_http_fingerpost_apply_ssl(ngx_conf_t *cf, void *plcf,
    ngx_http_fingerpost_loc_conf_t *conf)
{
    ngx_str_t                    *file;
    ngx_http_fingerpost_proxy_t  *said;

    said = &conf->proxy;

    if (said->ssl_server_name == NGX_CONF_UNSET) {
        ngx_http_fingerpost_field(plcf, ngx_flag_t,
                                  NGX_HTTP_FINGERPOST_SSL_SERVER_NAME) = 1;
    }

    if (said->ssl_verify == NGX_CONF_UNSET) {
        ngx_http_fingerpost_field(plcf, ngx_flag_t,
                                  NGX_HTTP_FINGERPOST_SSL_VERIFY) = 1;
    }

    if (said->ssl_verify == 0 || said->ssl_trusted.len) {
        return NGX_OK;
    }

    file = ngx_http_fingerpost_find_trusted();

    if (file == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"aws_pass\" found no file of trusted certificates: "
                      "install ca-certificates, or name one by "
                      "\"proxy_ssl_trusted_certificate\" in %s:%ui",
                      conf->target->file_name, conf->target->line);
        return NGX_ERROR;
    }

    ngx_http_fingerpost_field(plcf, ngx_str_t,
                              NGX_HTTP_FINGERPOST_SSL_TRUSTED) = *file;
    return NGX_OK;
}


/* a location inside a signed one inherits what was said, not what was applied */

static void
ngx_http_fingerpost_restore(void *plcf, ngx_http_fingerpost_proxy_t *said)
{
#define restore(type, i, value, unset, otherwise)                             \
    ngx_http_fingerpost_field(plcf, type, i) =                                \
        (value == unset) ? otherwise : value

    restore(ngx_array_t *, NGX_HTTP_FINGERPOST_SET_HEADER,
            said->headers, NGX_CONF_UNSET_PTR, NULL);
    restore(ngx_flag_t, NGX_HTTP_FINGERPOST_PASS_HEADERS,
            said->pass_headers, NGX_CONF_UNSET, 1);
    restore(ngx_flag_t, NGX_HTTP_FINGERPOST_PASS_BODY,
            said->pass_body, NGX_CONF_UNSET, 1);
    restore(ngx_flag_t, NGX_HTTP_FINGERPOST_SSL_VERIFY,
            said->ssl_verify, NGX_CONF_UNSET, 0);
    restore(ngx_flag_t, NGX_HTTP_FINGERPOST_SSL_SERVER_NAME,
            said->ssl_server_name, NGX_CONF_UNSET, 0);

#undef restore

    ngx_http_fingerpost_field(plcf, ngx_str_t,
                              NGX_HTTP_FINGERPOST_SSL_TRUSTED) =
        said->ssl_trusted;
}


/* writes what a signed location needs into the proxy module's configuration */

ngx_int_t
ngx_http_fingerpost_apply(ngx_conf_t *cf, ngx_http_fingerpost_loc_conf_t *prev,
    ngx_http_fingerpost_loc_conf_t *conf)
{
    void         *plcf;
    ngx_array_t  *headers;

    plcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_proxy_module);

    if (conf->signer == NULL) {
        if (prev->applied) {
            ngx_http_fingerpost_restore(plcf, &conf->proxy);
        }

        return NGX_OK;
    }

    conf->applied = 1;

    if (ngx_http_fingerpost_check_proxy(cf, conf) != NGX_OK) {
        return NGX_ERROR;
    }

    headers = ngx_http_fingerpost_headers(cf, conf);
    if (headers == NULL) {
        return NGX_ERROR;
    }

    ngx_http_fingerpost_field(plcf, ngx_array_t *,
                              NGX_HTTP_FINGERPOST_SET_HEADER) = headers;
    ngx_http_fingerpost_field(plcf, ngx_flag_t,
                              NGX_HTTP_FINGERPOST_PASS_HEADERS) = 0;
    ngx_http_fingerpost_field(plcf, ngx_flag_t,
                              NGX_HTTP_FINGERPOST_PASS_BODY) = 0;

    if (conf->target->scheme.len == 0) {
        return NGX_OK;          /* the connection of an aws_sign is the user's */
    }

    if (conf->proxy.http_version == NGX_CONF_UNSET_UINT) {
        ngx_http_fingerpost_field(plcf, ngx_uint_t,
                                  NGX_HTTP_FINGERPOST_HTTP_VERSION) =
            NGX_HTTP_VERSION_11;
    }

    if (conf->target->scheme.len == sizeof("https") - 1) {
        return ngx_http_fingerpost_apply_ssl(cf, plcf, conf);
    }

    return NGX_OK;
}
