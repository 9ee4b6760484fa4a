/* SPDX-License-Identifier: Apache-2.0 */

/*
 * aws_credentials: from the environment or a file, read by the process that reads
 * the configuration, never from its text.  Copies are wiped with the cycle.
 */

#include "ngx_http_fingerpost_module.h"


#define NGX_HTTP_FINGERPOST_FILE_MAX  65536


static void
ngx_http_fingerpost_wipe(void *data)
{
    ngx_str_t  *secret = data;

    fgp_wipe(secret->data, secret->len);
}


ngx_int_t
ngx_http_fingerpost_wipe_later(ngx_conf_t *cf, void *data, size_t size)
{
    ngx_str_t           *secret;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_str_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    secret = cln->data;
    secret->data = data;
    secret->len = size;

    cln->handler = ngx_http_fingerpost_wipe;

    return NGX_OK;
}


static u_char *
ngx_http_fingerpost_copy_view(u_char *p, fgp_str *view, fgp_str *from)
{
    view->ptr = (const char *) p;
    view->len = from->len;

    /* an absent token is a null pointer, which memcpy() must not be given */

    return from->len ? ngx_cpymem(p, from->ptr, from->len) : p;
}


/* a copy in the cycle's pool, to be wiped with it */

static fgp_credentials *
ngx_http_fingerpost_keep(ngx_conf_t *cf, fgp_credentials *from)
{
    size_t            len;
    u_char           *p;
    fgp_credentials  *creds;

    len = from->access_key_id.len + from->secret_access_key.len
          + from->session_token.len;

    creds = ngx_palloc(cf->pool, sizeof(fgp_credentials));
    p = ngx_pnalloc(cf->pool, len);

    if (creds == NULL || p == NULL
        || ngx_http_fingerpost_wipe_later(cf, p, len) != NGX_OK)
    {
        return NULL;
    }

    p = ngx_http_fingerpost_copy_view(p, &creds->access_key_id,
                                      &from->access_key_id);
    p = ngx_http_fingerpost_copy_view(p, &creds->secret_access_key,
                                      &from->secret_access_key);
    ngx_http_fingerpost_copy_view(p, &creds->session_token,
                                  &from->session_token);

    return creds;
}


static fgp_str
ngx_http_fingerpost_getenv(const char *name)
{
    fgp_str  view;

    view.ptr = getenv(name);
    view.len = view.ptr ? ngx_strlen(view.ptr) : 0;

    return view;
}


static fgp_credentials *
ngx_http_fingerpost_from_env(ngx_conf_t *cf)
{
    fgp_error        err;
    fgp_credentials  creds;

    creds.access_key_id = ngx_http_fingerpost_getenv("AWS_ACCESS_KEY_ID");
    creds.secret_access_key =
        ngx_http_fingerpost_getenv("AWS_SECRET_ACCESS_KEY");
    creds.session_token = ngx_http_fingerpost_getenv("AWS_SESSION_TOKEN");

    if (fgp_check_credentials(&creds, &err) != FGP_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"aws_credentials env\": %s (it reads "
                           "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
                           "AWS_SESSION_TOKEN of nginx's environment)",
                           err.text);
        return NULL;
    }

    return ngx_http_fingerpost_keep(cf, &creds);
}


static ngx_int_t
ngx_http_fingerpost_check_file(ngx_conf_t *cf, ngx_str_t *path, ngx_fd_t fd)
{
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"aws_credentials\": " ngx_fd_info_n
                           " \"%V\" failed", path);
        return NGX_ERROR;
    }

    if (!ngx_is_file(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"aws_credentials\": \"%V\" is not a regular file",
                           path);
        return NGX_ERROR;
    }

    if (ngx_file_size(&fi) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"aws_credentials\": \"%V\" is empty: write "
                           "aws_access_key_id and aws_secret_access_key "
                           "below [default]", path);
        return NGX_ERROR;
    }

    if (ngx_file_size(&fi) > NGX_HTTP_FINGERPOST_FILE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"aws_credentials\": \"%V\" is longer than %d "
                           "bytes", path, NGX_HTTP_FINGERPOST_FILE_MAX);
        return NGX_ERROR;
    }

    if (ngx_file_access(&fi) & 077) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"aws_credentials\": \"%V\" can be read by others "
                           "than its owner: chmod 600 it", path);
    }

    return NGX_OK;
}


/* up to FILE_MAX bytes; |text| is the caller's to wipe, whatever is returned */

static ngx_int_t
ngx_http_fingerpost_read_file(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *text)
{
    ssize_t   n;
    ngx_fd_t  fd;

    /* O_NONBLOCK, as it may be a FIFO; then it is refused */

    fd = open((char *) path->data,
              O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK|O_NOCTTY);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"aws_credentials\": can't open \"%V\": it must "
                           "be a file that the user who starts nginx may "
                           "read, and not a symbolic link", path);
        return NGX_ERROR;
    }

    n = -1;

    if (ngx_http_fingerpost_check_file(cf, path, fd) == NGX_OK) {
        n = ngx_read_fd(fd, text->data, NGX_HTTP_FINGERPOST_FILE_MAX);

        if (n == -1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                               "\"aws_credentials\": " ngx_read_fd_n
                               " \"%V\" failed", path);
        }
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", path);
    }

    text->len = n > 0 ? (size_t) n : 0;

    return n == -1 ? NGX_ERROR : NGX_OK;
}


static fgp_credentials *
ngx_http_fingerpost_from_file(ngx_conf_t *cf, ngx_str_t *path,
    ngx_str_t *profile)
{
    ngx_str_t         text;
    fgp_error         err;
    fgp_credentials   creds, *kept;

    if (ngx_conf_full_name(cf->cycle, path, 1) != NGX_OK) {
        return NULL;
    }

    text.len = 0;
    text.data = ngx_alloc(NGX_HTTP_FINGERPOST_FILE_MAX, cf->log);
    if (text.data == NULL) {
        return NULL;
    }

    kept = NULL;

    if (ngx_http_fingerpost_read_file(cf, path, &text) == NGX_OK) {

        if (fgp_credentials_parse(ngx_http_fingerpost_view(text),
                                  ngx_http_fingerpost_view(*profile),
                                  &creds, &err)
            == FGP_OK
            && fgp_check_credentials(&creds, &err) == FGP_OK)
        {
            kept = ngx_http_fingerpost_keep(cf, &creds);

        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"aws_credentials\": \"%V\": %s", path,
                               err.text);
        }
    }

    fgp_wipe(text.data, text.len);
    ngx_free(text.data);

    return kept;
}


/* aws_credentials env;  or  aws_credentials file=path [profile=name]; */

char *
ngx_http_fingerpost_credentials(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_fingerpost_loc_conf_t *flcf = conf;

    ngx_str_t  *value, path, profile = ngx_string("default");

    if (flcf->credentials != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "env") == 0) {
        flcf->credentials = ngx_http_fingerpost_from_env(cf);
        return flcf->credentials ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value[1].data, "file=", 5) != 0 || value[1].len == 5) {
        return "takes \"env\" or \"file=path\"; secrets are not written in "
               "the configuration";
    }

    if (cf->args->nelts == 3) {

        if (ngx_strncmp(value[2].data, "profile=", 8) != 0
            || value[2].len == 8)
        {
            return "takes \"profile=name\" after the file, and nothing else";
        }

        profile.data = value[2].data + 8;
        profile.len = value[2].len - 8;
    }

    path.data = value[1].data + 5;
    path.len = value[1].len - 5;

    flcf->credentials = ngx_http_fingerpost_from_file(cf, &path, &profile);

    return flcf->credentials ? NGX_CONF_OK : NGX_CONF_ERROR;
}
