/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_policy.c - fingerpost presign --post-policy: the fields of a form by which a
 * browser may upload to S3, as JSON.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "credentials.h"

#define EXPIRES     3600
#define EXPIRES_MAX 604800
#define SCHEME      "s3://"
#define ROOM        (4 * (size_t)FGP_TEXT_MAX) /* bytes: policy, its base64, the session token */

/* One form. */
typedef struct form {
    const cli_args  *cli;
    char            *bucket_url; /* "s3://bucket" */
    fgp_target       target;
    fgp_header       fields[FGP_POST_FIELDS_MAX];
    fgp_post_rules   rules;
    cli_credentials  creds;
    fgp_signing_key  key;
    fgp_post         post;
    int64_t          now;
    fgp_out          out;
} form;

static int failed(const form *f, const fgp_error *err)
{
    fgp_failure why;

    fgp_failure_of(&why, err);
    return cli_failure(f->cli, &why);
}

/* ---- what is asked for ------------------------------------------------ */

/* "LEAST-MOST" */
static int read_length(form *f)
{
    const char        *text = f->cli->length;
    unsigned long long bound[2];
    char              *end;

    if (text == NULL)
        return CLI_OK;
    errno = 0;
    for (int i = 0; i < 2; i++) {
        bound[i] = strtoull(text, &end, 10);
        if (errno != 0 || end == text || text[0] < '0' || text[0] > '9' ||
            *end != (i == 0 ? '-' : '\0'))
            return cli_fault(f->cli, CLI_USAGE, "--length takes two numbers of bytes: 1-1048576");
        text = end + 1;
    }
    f->rules.has_length = true;
    f->rules.least = bound[0];
    f->rules.most = bound[1];
    return CLI_OK;
}

static int read_fields(form *f)
{
    const cli_texts *given = &f->cli->fields;

    if (given->n > FGP_POST_FIELDS_MAX)
        return cli_fault(f->cli, CLI_USAGE, "more than %d --field are given", FGP_POST_FIELDS_MAX);
    for (size_t i = 0; i < given->n; i++) {
        const char *equals = strchr(given->item[i], '=');

        if (equals == NULL)
            return cli_fault(f->cli, CLI_USAGE, "--field takes NAME=VALUE");
        f->fields[i] = (fgp_header){ { given->item[i], (size_t)(equals - given->item[i]) },
                                     fgp_text(equals + 1) };
    }
    f->rules.fields = f->fields;
    f->rules.nfields = given->n;
    return CLI_OK;
}

static int read_expires(form *f)
{
    long long expires_s = EXPIRES;
    int       code = CLI_OK;

    if (f->cli->expires != NULL)
        code = cli_number(f->cli, "--expires", f->cli->expires, 1, EXPIRES_MAX, &expires_s);
    f->rules.expires_s = expires_s;
    return code;
}

/* s3://BUCKET/KEY: the form goes to the bucket. */
static int read_place(form *f)
{
    const char *url = f->cli->ask.url, *bucket, *slash;
    fgp_ask     ask = f->cli->ask;
    fgp_failure why;

    if (url == NULL || strncmp(url, SCHEME, sizeof SCHEME - 1) != 0)
        return cli_fault(f->cli, CLI_USAGE, "--post-policy wants s3://BUCKET/KEY");
    bucket = url + sizeof SCHEME - 1;
    slash = strchr(bucket, '/');
    if (slash == NULL)
        return cli_fault(f->cli, CLI_USAGE, "--post-policy wants a key, too: s3://BUCKET/KEY, such "
                         "as s3://%.63s/${filename}", bucket);
    f->rules.bucket = (fgp_str){ bucket, (size_t)(slash - bucket) };
    f->rules.key = fgp_text(slash + 1);
    f->bucket_url = strndup(url, (size_t)(slash - url));
    if (f->bucket_url == NULL)
        return cli_fault(f->cli, CLI_CONFIG, "out of memory");
    ask.url = f->bucket_url;
    return fgp_target_make(&f->target, &ask, &why) == 0 ? CLI_OK : cli_failure(f->cli, &why);
}

/* ---- the form --------------------------------------------------------- */

static int sign(form *f)
{
    fgp_signer signer = { .access_key_id = fgp_text(f->creds.id),
                          .session_token = fgp_text(f->creds.token), .key = &f->key };
    fgp_error  err;

    if (fgp_signing_key_init(&f->key, fgp_text(f->creds.secret), f->now, f->target.signing_region,
                             f->target.signing_name, &err) != FGP_OK ||
        fgp_put_post_policy(&f->out, &signer, &f->rules, f->now, &err) != FGP_OK)
        return failed(f, &err);
    if (fgp_post_sign(&signer, (fgp_str){ f->out.buf, f->out.need }, f->now, &f->out, &f->post) !=
        FGP_OK)
        return failed(f, &f->post.error);
    return CLI_OK;
}

static json_t *text(fgp_str s)
{
    return json_stringn(s.ptr != NULL ? s.ptr : "", s.len);
}

static void set(json_t *object, fgp_str name, fgp_str value)
{
    json_object_setn_new(object, name.ptr, name.len, text(value));
}

static json_t *fields_json(const form *f)
{
    json_t *all = json_object();
    fgp_str type = f->rules.content_type;

    set(all, fgp_text("key"), f->rules.key);
    if (type.len != 0 && type.ptr[type.len - 1] != '/') /* of a kind, the form says which */
        set(all, fgp_text("Content-Type"), type);
    for (size_t i = 0; i < f->rules.nfields; i++)
        set(all, f->fields[i].name, f->fields[i].value);
    for (size_t i = 0; i < f->post.nfields; i++)
        set(all, f->post.fields[i].name, f->post.fields[i].value);
    return all;
}

static void print(const form *f)
{
    const fgp_url *to = &f->target.endpoint;
    fgp_str        path = f->target.path; /* "/", or with the bucket in it "/photos/" */
    json_t        *all = json_object();

    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    json_object_set_new(all, "url",
                        json_sprintf("%.*s://%.*s%.*s", (int)to->scheme.len, to->scheme.ptr,
                                     (int)to->authority.len, to->authority.ptr, (int)path.len,
                                     path.ptr));
    json_object_set_new(all, "fields", fields_json(f));
    json_dumpf(all, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(all);
}

static int make_form(form *f)
{
    int code;

    f->out = (fgp_out){ malloc(ROOM), ROOM, 0, NULL };
    if (f->out.buf == NULL)
        return cli_fault(f->cli, CLI_CONFIG, "out of memory");
    if ((code = cli_now(f->cli, &f->now)) != CLI_OK || (code = read_expires(f)) != CLI_OK ||
        (code = read_length(f)) != CLI_OK || (code = read_fields(f)) != CLI_OK ||
        (code = read_place(f)) != CLI_OK || (code = cli_credentials_read(&f->creds, f->cli)) != CLI_OK)
        return code;
    if ((code = sign(f)) == CLI_OK)
        print(f);
    return code;
}

int cli_post_policy(cli_args *cli)
{
    form f = { .cli = cli };
    int  code;

    f.rules.content_type = fgp_text(cli->content_type);
    code = make_form(&f);
    fgp_wipe(&f.key, sizeof f.key);
    cli_credentials_free(&f.creds);
    fgp_target_free(&f.target);
    free(f.bucket_url);
    if (f.out.buf != NULL)
        fgp_wipe(f.out.buf, f.out.cap);
    free(f.out.buf);
    return code;
}
