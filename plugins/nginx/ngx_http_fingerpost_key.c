/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The path of a request: what the location's name stands in for, which paths are
 * refused, and the one spelling in which it is looked up, signed, sent and cached.
 *
 * Locations and access rules were matched by nginx's decoded r->uri.  So that is
 * the path; the target as the client has written it must decode to the same
 * bytes, or the request is refused.  "aws_path raw" takes the target's bytes.
 */

#include "ngx_http_fingerpost_module.h"


ngx_int_t
ngx_http_fingerpost_refused(ngx_http_request_t *r, ngx_int_t status,
    const char *why)
{
    ngx_http_fingerpost_loc_conf_t  *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_fingerpost_module);

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "\"%s\" refused the request: %s",
                  ngx_http_fingerpost_name(flcf->target), why);

    return status;
}


static ngx_int_t
ngx_http_fingerpost_hex(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}


/* the byte at *p, decoded, and *p past it; -1 where it is malformed */

static ngx_int_t
ngx_http_fingerpost_next(u_char **p, u_char *last)
{
    ngx_int_t  high, low;

    if (**p != '%') {
        return *(*p)++;
    }

    if (last - *p < 3) {
        return -1;
    }

    high = ngx_http_fingerpost_hex((*p)[1]);
    low = ngx_http_fingerpost_hex((*p)[2]);

    if (high < 0 || low < 0) {
        return -1;
    }

    *p += 3;

    return high * 16 + low;
}


/* the path as the client has sent it */

static ngx_str_t
ngx_http_fingerpost_raw_path(ngx_http_request_t *r)
{
    u_char     *p;
    ngx_str_t   raw;

    raw = r->unparsed_uri;

    p = ngx_strlchr(raw.data, raw.data + raw.len, '?');

    if (p) {
        raw.len = (size_t) (p - raw.data);
    }

    if (raw.len == 0) {
        ngx_str_set(&raw, "/");     /* http://host, http://host?query */
    }

    return raw;
}


/*
 * Whether |raw| decodes to r->uri: it does not where nginx has merged slashes or
 * resolved dots.  Its first |skip| bytes, when decoded, are taken off.
 */

static ngx_int_t
ngx_http_fingerpost_same_path(ngx_http_request_t *r, ngx_str_t *raw,
    size_t skip)
{
    size_t      n;
    u_char     *p, *last, *from, *rest;
    ngx_int_t   ch;

    p = raw->data;
    last = p + raw->len;
    rest = last;

    for (n = 0; p < last; n++) {

        if (n == skip) {
            rest = p;
        }

        from = p;
        ch = ngx_http_fingerpost_next(&p, last);

        if (ch < 0 || n == r->uri.len || r->uri.data[n] != (u_char) ch) {
            return NGX_ERROR;
        }

        if (ch == '/' && p - from > 1) {
            return NGX_ERROR;       /* %2F is a slash to S3, and not to others */
        }
    }

    raw->data = rest;
    raw->len = (size_t) (last - rest);

    return n == r->uri.len ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_fingerpost_has_dots(ngx_str_t *path)
{
    u_char  *p, *last, *segment;

    last = path->data + path->len;

    for (p = segment = path->data; p <= last; p++) {

        if (p < last && *p == '\0') {
            return 1;
        }

        if (p < last && *p != '/') {
            continue;
        }

        if ((p - segment == 1 && segment[0] == '.')
            || (p - segment == 2 && segment[0] == '.' && segment[1] == '.'))
        {
            return 1;
        }

        segment = p + 1;
    }

    return 0;
}


/* "aws_path raw": the client's bytes, decoded once, whatever nginx made of them */

static ngx_int_t
ngx_http_fingerpost_decode(ngx_http_request_t *r, ngx_str_t *raw, size_t skip,
    ngx_str_t *rest)
{
    u_char     *p, *last, *to;
    ngx_int_t   ch;

    p = raw->data;
    last = p + raw->len;

    to = ngx_pnalloc(r->pool, raw->len);
    if (to == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rest->data = to;

    while (p < last) {
        ch = ngx_http_fingerpost_next(&p, last);

        if (ch <= 0) {
            return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                       "its path has a malformed \"%\" or a NUL");
        }

        *to++ = (u_char) ch;
    }

    rest->len = (size_t) (to - rest->data);

    if (rest->len < skip || r->uri.len < skip
        || ngx_memcmp(rest->data, r->uri.data, skip) != 0)
    {
        return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                   "its path, as it was sent, is not within the location");
    }

    rest->data += skip;
    rest->len -= skip;

    return NGX_OK;
}


/*
 * Finds what follows the location's name: |rest|, decoded, and |raw|, as it was
 * sent (empty data where nginx has another path than the client's).
 */

static ngx_int_t
ngx_http_fingerpost_rest(ngx_http_request_t *r,
    ngx_http_fingerpost_loc_conf_t *flcf, ngx_str_t *rest, ngx_str_t *raw)
{
    size_t  skip;

    skip = flcf->target->location_len;

    if (!r->valid_location && skip) {
        skip = 1;                   /* rewritten: the whole of the new path */

    } else if (flcf->target->object && skip == 0) {
        skip = 1;
    }

    ngx_str_null(rest);
    ngx_str_null(raw);

    if (r->valid_unparsed_uri) {

        if (ngx_strlchr(r->unparsed_uri.data,
                        r->unparsed_uri.data + r->unparsed_uri.len, '#'))
        {
            return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                       "its target has a \"#\"; in a key it is sent as %23");
        }

        *raw = ngx_http_fingerpost_raw_path(r);

        if (flcf->path == NGX_HTTP_FINGERPOST_PATH_RAW) {
            return ngx_http_fingerpost_decode(r, raw, skip, rest);
        }

        if (ngx_http_fingerpost_same_path(r, raw, skip) != NGX_OK) {
            return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                       "its path has \"//\" (see merge_slashes), a segment "
                       "\".\" or \"..\", or \"%2F\", so it may mean another "
                       "one (see aws_path)");
        }

    } else if (flcf->path != NGX_HTTP_FINGERPOST_PATH_RAW
               && ngx_http_fingerpost_has_dots(&r->uri))
    {
        return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST,
                   "the path it was rewritten to has a NUL or a segment "
                   "\".\" or \"..\"");
    }

    if (r->uri.len < skip) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rest->data = r->uri.data + skip;
    rest->len = r->uri.len - skip;

    return NGX_OK;
}


static ngx_int_t
ngx_http_fingerpost_key(ngx_http_request_t *r,
    ngx_http_fingerpost_target_t *target, ngx_str_t *key)
{
    u_char     *p;
    fgp_error   err;
    ngx_str_t   rest;

    if (target->prefix.len) {
        rest = *key;

        key->len = target->prefix.len + rest.len;
        key->data = ngx_pnalloc(r->pool, key->len);
        if (key->data == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        p = ngx_cpymem(key->data, target->prefix.data, target->prefix.len);
        ngx_memcpy(p, rest.data, rest.len);
    }

    if (key->len == 0) {
        return ngx_http_fingerpost_refused(r, NGX_HTTP_FORBIDDEN,
                   "it names no object, and the bucket is not listed");
    }

    if (fgp_check_key(ngx_http_fingerpost_view(*key), &err) != FGP_OK) {
        return ngx_http_fingerpost_refused(r, NGX_HTTP_BAD_REQUEST, err.text);
    }

    return NGX_OK;
}


/* the path as it goes on the wire; NGX_OK, or the status to answer with */

ngx_int_t
ngx_http_fingerpost_path(ngx_http_request_t *r,
    ngx_http_fingerpost_loc_conf_t *flcf, ngx_str_t *path)
{
    fgp_out                        out;
    ngx_int_t                      rc;
    ngx_str_t                      rest, raw;
    ngx_http_fingerpost_target_t  *target;

    target = flcf->target;

    rc = ngx_http_fingerpost_rest(r, flcf, &rest, &raw);

    if (rc == NGX_OK && target->object) {
        rc = ngx_http_fingerpost_key(r, target, &rest);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    out.cap = target->base.len + 1 + ngx_max(3 * rest.len, raw.len);
    out.buf = ngx_pnalloc(r->pool, out.cap);
    out.tee = NULL;

    if (out.buf == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(out.buf, target->base.data, target->base.len);
    out.need = target->base.len;

    if (target->object) {
        out.buf[out.need++] = '/';
    }

    if (raw.data && target->rules.double_encode) {
        ngx_memcpy(out.buf + out.need, raw.data, raw.len);
        out.need += raw.len;

    } else {
        fgp_put_uri_path(&out, ngx_http_fingerpost_view(rest));
    }

    path->data = (u_char *) out.buf;
    path->len = out.need;

    return NGX_OK;
}
