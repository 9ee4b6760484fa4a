/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The headers of a signed request.  Nothing of the client's goes on that is not
 * in the table here: its Authorization, x-amz-*, cookies, what its Connection
 * names, and a header's twin with an underscore are left out by being unknown.
 */

#include "ngx_http_fingerpost_module.h"


typedef struct {
    const char   *header;
    ngx_str_t     value;        /* what proxy_set_header is given */
    ngx_str_t     variable;     /* by which the value asks for the client's */
    ngx_str_t     lowcase;
    ngx_uint_t    hash;         /* of lowcase */
    ngx_uint_t    with_cache;   /* 0: the cache asks for the whole, as it is now */
} ngx_http_fingerpost_forward_t;


#define NGX_HTTP_FINGERPOST_IF_PASS    1
#define NGX_HTTP_FINGERPOST_IF_SHA256  2
#define NGX_HTTP_FINGERPOST_IF_TOKEN   4

typedef struct {
    const char   *name;
    ngx_str_t     value;
    ngx_uint_t    when;      /* 0: always */
} ngx_http_fingerpost_set_t;


/* beside Host; an empty value sends nothing, nor lets the client's through */

static ngx_http_fingerpost_set_t  ngx_http_fingerpost_sets[] = {
    { "Connection", ngx_string(""), NGX_HTTP_FINGERPOST_IF_PASS },
    { "Content-Length", ngx_string(""), 0 },
    { "Transfer-Encoding", ngx_string(""), 0 },
    { "X-Amz-Date", ngx_string("$aws_internal_date"), 0 },
    { "X-Amz-Content-Sha256", ngx_string("$aws_internal_content_sha256"),
      NGX_HTTP_FINGERPOST_IF_SHA256 },
    { "X-Amz-Security-Token", ngx_string("$aws_internal_security_token"),
      NGX_HTTP_FINGERPOST_IF_TOKEN },
    { "Authorization", ngx_string("$aws_internal_authorization"), 0 },
    { NULL, ngx_null_string, 0 }
};


/*
 * With a cache nginx sends its own conditions, or none, in place of the client's:
 * the variables of upstream_cache_* are empty unless it does.
 */

#if (NGX_HTTP_CACHE)
#define NGX_HTTP_FINGERPOST_MODIFIED  "$upstream_cache_last_modified"
#define NGX_HTTP_FINGERPOST_ETAG      "$upstream_cache_etag"
#else
#define NGX_HTTP_FINGERPOST_MODIFIED  ""
#define NGX_HTTP_FINGERPOST_ETAG      ""
#endif

static ngx_http_fingerpost_forward_t  ngx_http_fingerpost_forwarded[] = {

    { "Range", ngx_string("$aws_client_range"),
      ngx_string("aws_client_range"), ngx_string("range"), 0, 0 },

    { "If-Range", ngx_string("$aws_client_if_range"),
      ngx_string("aws_client_if_range"), ngx_string("if-range"), 0, 0 },

    { "If-Match", ngx_string("$aws_client_if_match"),
      ngx_string("aws_client_if_match"), ngx_string("if-match"), 0, 0 },

    { "If-None-Match",
      ngx_string("$aws_client_if_none_match" NGX_HTTP_FINGERPOST_ETAG),
      ngx_string("aws_client_if_none_match"), ngx_string("if-none-match"),
      0, 0 },

    { "If-Modified-Since",
      ngx_string("$aws_client_if_modified_since" NGX_HTTP_FINGERPOST_MODIFIED),
      ngx_string("aws_client_if_modified_since"),
      ngx_string("if-modified-since"), 0, 0 },

    { "If-Unmodified-Since", ngx_string("$aws_client_if_unmodified_since"),
      ngx_string("aws_client_if_unmodified_since"),
      ngx_string("if-unmodified-since"), 0, 0 },

    { "Accept", ngx_string("$aws_client_accept"),
      ngx_string("aws_client_accept"), ngx_string("accept"), 0, 1 },

    { "Accept-Language", ngx_string("$aws_client_accept_language"),
      ngx_string("aws_client_accept_language"), ngx_string("accept-language"),
      0, 1 },

    { "Cache-Control", ngx_string("$aws_client_cache_control"),
      ngx_string("aws_client_cache_control"), ngx_string("cache-control"),
      0, 1 },

    { "User-Agent", ngx_string("$aws_client_user_agent"),
      ngx_string("aws_client_user_agent"), ngx_string("user-agent"), 0, 1 },

    { NULL, ngx_null_string, ngx_null_string, ngx_null_string, 0, 0 }
};


static ngx_int_t
ngx_http_fingerpost_set_header(ngx_array_t *headers, const char *name,
    ngx_str_t *value)
{
    ngx_uint_t     i;
    ngx_keyval_t  *kv;

    kv = headers->elts;

    for (i = 0; i < headers->nelts; i++) {
        if (ngx_strcasecmp(kv[i].key.data, (u_char *) (uintptr_t) name) == 0) {
            return NGX_OK;      /* the user's own goes before */
        }
    }

    kv = ngx_array_push(headers);
    if (kv == NULL) {
        return NGX_ERROR;
    }

    kv->key.data = (u_char *) (uintptr_t) name;
    kv->key.len = ngx_strlen(name);
    kv->value = *value;

    return NGX_OK;
}


/* the user's headers, the signer's, and some of the client's */

ngx_array_t *
ngx_http_fingerpost_headers(ngx_conf_t *cf,
    ngx_http_fingerpost_loc_conf_t *conf)
{
    ngx_uint_t                      i, when;
    ngx_array_t                    *headers, *said;
    ngx_keyval_t                   *kv, *to;
    ngx_http_fingerpost_set_t      *set;
    ngx_http_fingerpost_target_t   *target;
    ngx_http_fingerpost_forward_t  *fw;

    target = conf->target;
    said = conf->proxy.signed_headers;

    headers = ngx_array_create(cf->pool, 24, sizeof(ngx_keyval_t));
    if (headers == NULL) {
        return NULL;
    }

    if (said != NGX_CONF_UNSET_PTR) {
        kv = said->elts;

        for (i = 0; i < said->nelts; i++) {
            to = ngx_array_push(headers);
            if (to == NULL) {
                return NULL;
            }

            *to = kv[i];
        }
    }

    if (target->authority.len
        && ngx_http_fingerpost_set_header(headers, "Host", &target->authority)
           != NGX_OK)
    {
        return NULL;
    }

    when = (target->scheme.len ? NGX_HTTP_FINGERPOST_IF_PASS : 0)
           | (target->rules.content_sha256 ? NGX_HTTP_FINGERPOST_IF_SHA256 : 0)
           | (conf->credentials->session_token.len
              ? NGX_HTTP_FINGERPOST_IF_TOKEN : 0);

    for (set = ngx_http_fingerpost_sets; set->name; set++) {
        if ((set->when & when) == set->when
            && ngx_http_fingerpost_set_header(headers, set->name, &set->value)
               != NGX_OK)
        {
            return NULL;
        }
    }

    for (fw = ngx_http_fingerpost_forwarded; fw->header; fw++) {
        if (ngx_http_fingerpost_set_header(headers, fw->header, &fw->value)
            != NGX_OK)
        {
            return NULL;
        }
    }

    return headers;
}


static ngx_int_t
ngx_http_fingerpost_client_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_uint_t                      i;
    ngx_list_part_t                *part;
    ngx_table_elt_t                *h;
    ngx_http_fingerpost_forward_t  *fw;

    fw = (ngx_http_fingerpost_forward_t *) data;

    v->not_found = 1;
    v->no_cacheable = 1;

#if (NGX_HTTP_CACHE)
    if (!fw->with_cache && r->upstream && r->upstream->cacheable) {
        return NGX_OK;
    }
#endif

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].hash == fw->hash
                && h[i].key.len == fw->lowcase.len
                && ngx_memcmp(h[i].lowcase_key, fw->lowcase.data, h[i].key.len)
                   == 0)
            {
                v->data = h[i].value.data;
                v->len = (unsigned) h[i].value.len & 0xfffffff;
                v->valid = 1;
                v->not_found = 0;

                return NGX_OK;
            }
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_fingerpost_add_client_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t            *var;
    ngx_http_fingerpost_forward_t  *fw;

    for (fw = ngx_http_fingerpost_forwarded; fw->header; fw++) {

        fw->hash = ngx_hash_key(fw->lowcase.data, fw->lowcase.len);

        var = ngx_http_add_variable(cf, &fw->variable,
                                    NGX_HTTP_VAR_NOCACHEABLE
                                    |NGX_HTTP_VAR_NOHASH);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = ngx_http_fingerpost_client_variable;
        var->data = (uintptr_t) fw;
    }

    return NGX_OK;
}
