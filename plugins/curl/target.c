/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.c - joins a URL, a service and the endpoint rules: where a request goes.
 *
 * Knows the three ways to say it (s3://, a whole URL, a path) and the rule sets'
 * names for what all of them share. Signs nothing and touches no handle of curl's.
 */
#include <stdlib.h>

#include "fingerpost_curl.h"
#include "target.h"

#define VIEW(literal) ((fgp_str){ "" literal, sizeof literal - 1 })

static bool starts(fgp_str s, fgp_str with)
{
    return s.len >= with.len && memcmp(s.ptr, with.ptr, with.len) == 0;
}

static fgp_str after(fgp_str s, size_t n)
{
    return (fgp_str){ s.ptr + n, s.len - n };
}

/* Cuts |*rest| at its first |sep|; whether there was one. */
static bool cut(fgp_str *rest, char sep, fgp_str *head)
{
    const char *at = rest->len != 0 ? memchr(rest->ptr, sep, rest->len) : NULL;

    *head = *rest;
    *rest = (fgp_str){ NULL, 0 };
    if (at == NULL)
        return false;
    *rest = (fgp_str){ at + 1, head->len - (size_t)(at - head->ptr) - 1 };
    head->len = (size_t)(at - head->ptr);
    return true;
}

static void put(fgp_out *out, fgp_str s)
{
    for (size_t i = 0; i < s.len; i++, out->need++)
        if (out->need < out->cap)
            out->buf[out->need] = s.ptr[i];
}

/* Puts |s|, already encoded, and encodes bytes that are not ASCII: libcurl would
 * encode them too, but not the same in each release. */
static void put_encoded(fgp_out *out, fgp_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        fgp_str c = { s.ptr + i, 1 };

        if ((unsigned char)s.ptr[i] < 0x80)
            put(out, c);
        else
            fgp_put_uri_encoded(out, c);
    }
}

static fgp_str since(const fgp_out *out, size_t start)
{
    return (fgp_str){ out->buf + start, out->need - start };
}

/* ---- parameters ------------------------------------------------------- */

static int set_list(fgp_asked *asked, fgp_str name, fgp_str value, fgp_failure *why)
{
    fgp_error err;
    fgp_str  *items = asked->items + asked->nitems;
    size_t    n = 0;
    bool      more = value.len != 0;

    while (more) {
        if (asked->nitems + n == FGP_LIST_MAX)
            return fgp_failure_set(why, FGP_ERR_BAD_PARAMETER,
                                   "parameter \"%.*s\": lists have more than %d items together",
                                   (int)name.len, name.ptr, FGP_LIST_MAX);
        more = cut(&value, ',', &items[n++]);
    }
    asked->nitems += n;
    return fgp_params_set_list(&asked->params, name, items, n, &err) == FGP_OK
               ? 0 : fgp_failure_of(why, &err);
}

static int set_bool(fgp_asked *asked, fgp_str name, fgp_str value, fgp_failure *why)
{
    bool      yes = fgp_same(value, VIEW("true"));
    fgp_error err;

    if (!yes && !fgp_same(value, VIEW("false")))
        return fgp_failure_set(why, FGP_ERR_BAD_PARAMETER,
                               "parameter \"%.*s\" is a boolean: give true or false",
                               (int)name.len, name.ptr);
    return fgp_params_set_bool(&asked->params, name, yes, &err) == FGP_OK
               ? 0 : fgp_failure_of(why, &err);
}

static int set_string(fgp_asked *asked, fgp_str name, fgp_str value, fgp_failure *why)
{
    fgp_error err;

    return fgp_params_set_string(&asked->params, name, value, &err) == FGP_OK
               ? 0 : fgp_failure_of(why, &err);
}

/* The type that the rule set gives |name|; UNSET where it has none of that name. */
static fgp_value_kind kind_of(const fgp_params *params, fgp_str name)
{
    fgp_value_kind kind;
    fgp_str        have;

    for (size_t i = 0; fgp_params_describe(params, i, &have, &kind); i++)
        if (fgp_same(have, name))
            return kind;
    return FGP_VALUE_UNSET;
}

static int set_pair(fgp_asked *asked, fgp_str value, fgp_failure *why)
{
    char    shown[FGP_SHOWN];
    fgp_str all = value, name;

    if (!cut(&value, '=', &name) || name.len == 0)
        return fgp_failure_set(why, FGP_ERR_BAD_PARAMETER,
                               "parameter \"%s\" is not of the form Name=value",
                               fgp_show(shown, all));
    switch (kind_of(&asked->params, name)) {
    case FGP_VALUE_BOOL: return set_bool(asked, name, value, why);
    case FGP_VALUE_LIST: return set_list(asked, name, value, why);
    default: return set_string(asked, name, value, why); /* which refuses an unknown name */
    }
}

static int set_flag(fgp_asked *asked, fgp_str name, bool on, fgp_failure *why)
{
    return on ? set_bool(asked, name, VIEW("true"), why) : 0;
}

static int set_text(fgp_asked *asked, fgp_str name, const char *value, fgp_failure *why)
{
    return value != NULL ? set_string(asked, name, fgp_text(value), why) : 0;
}

static int check_endpoint(const char *endpoint, fgp_failure *why)
{
    fgp_error err;
    fgp_url   url;

    if (endpoint == NULL)
        return 0;
    if (fgp_url_parse(fgp_text(endpoint), &url, &err) != FGP_OK)
        return fgp_failure_set(why, (int)err.status, "endpoint %s", err.text);
    if (url.has_query)
        return fgp_failure_set(why, FGP_ERR_BAD_URL, "an endpoint URL has no query: leave it out");
    return 0;
}

int fgp_ask_params(fgp_asked *asked, const fgp_ask *ask, fgp_str service, fgp_failure *why)
{
    fgp_error err;
    int       s = 0;

    asked->nitems = 0;
    if (fgp_params_init(&asked->params, fgp_table_builtin(), service, &err) != FGP_OK)
        return fgp_failure_of(why, &err);
    if (ask->region != NULL && fgp_check_region(fgp_text(ask->region), &err) != FGP_OK)
        return fgp_failure_of(why, &err);
    if ((s = check_endpoint(ask->endpoint, why)) != 0 ||
        (s = set_text(asked, VIEW("Region"), ask->region, why)) != 0 ||
        (s = set_text(asked, VIEW("Endpoint"), ask->endpoint, why)) != 0 ||
        (s = set_flag(asked, VIEW("UseFIPS"), ask->fips, why)) != 0 ||
        (s = set_flag(asked, VIEW("UseDualStack"), ask->dualstack, why)) != 0 ||
        (s = set_flag(asked, VIEW("ForcePathStyle"), ask->path_style, why)) != 0)
        return s;
    for (size_t i = 0; i < ask->nparams && s == 0; i++)
        s = set_pair(asked, fgp_text(ask->params[i]), why);
    return s;
}

int fgp_endpoint_failure(fgp_failure *why, const fgp_ask *ask, const fgp_endpoint *endpoint,
                         const fgp_error *err)
{
    const char *hint = ask->region == NULL ? " (no region is given)" : "";

    if (err->status != FGP_ERR_ENDPOINT_RULE)
        return fgp_failure_set(why, (int)err->status, "%s%s", err->text,
                               err->status == FGP_ERR_BAD_REGION ? hint : "");
    return fgp_failure_set(why, FGP_ERR_ENDPOINT_RULE, "the endpoint rules say: %.*s%s",
                           (int)endpoint->rule_error.len, endpoint->rule_error.ptr, hint);
}

/* ---- the three ways to say where -------------------------------------- */

/* Takes the headers that the rule gives beside the URL. */
static int take_headers(fgp_target *t, const fgp_asked *asked, const fgp_plan *plan, fgp_out *out,
                        fgp_failure *why)
{
    fgp_items items = fgp_endpoint_headers(&asked->params, &plan->endpoint);
    fgp_str   name = { NULL, 0 };
    fgp_item  item;

    while (fgp_items_next(&items, out, &item)) {
        if (item.kind == FGP_ITEM_ARRAY)
            name = item.name;
        if (item.kind != FGP_ITEM_STRING)
            continue;
        if (t->nheaders == FGP_TARGET_HEADERS)
            return fgp_failure_set(why, FGP_ERR_BAD_HEADER, "the endpoint's rule gives more than "
                                   "%d headers", FGP_TARGET_HEADERS);
        t->headers[t->nheaders++] = (fgp_header){ name, item.text };
    }
    return 0;
}

/* The schemes that will do. A region that is said outright is SigV4's. */
static unsigned schemes_of(const fgp_ask *ask)
{
    unsigned schemes = FGP_AUTH_BIT(FGP_AUTH_SIGV4);

    if (ask->sigv4a || ask->region_set != NULL || ask->signing_region == NULL)
        schemes |= FGP_AUTH_BIT(FGP_AUTH_SIGV4A);
    return schemes;
}

/* Resolves what |asked| holds; takes the endpoint and how it is signed. */
static int resolve(fgp_target *t, const fgp_ask *ask, const fgp_asked *asked, fgp_out *out,
                   fgp_plan *plan, fgp_failure *why)
{
    if (fgp_plan_make_for(&asked->params, schemes_of(ask), out, plan) != FGP_OK)
        return fgp_endpoint_failure(why, ask, &plan->endpoint, &plan->error);
    t->endpoint = plan->url;
    t->signing_name = plan->auth.signing_name;
    t->signing_region = plan->auth.signing_region;
    t->sigv4a = plan->auth.scheme == FGP_AUTH_SIGV4A;
    t->region_set = plan->auth.region_set;
    t->rules = plan->rules;
    return take_headers(t, asked, plan, out, why);
}

/* s3://bucket/key: the rules say how the bucket goes into host or path. */
static int from_s3(fgp_target *t, const fgp_ask *ask, fgp_out *out, fgp_failure *why)
{
    fgp_str   bucket, key = after(fgp_text(ask->url), sizeof "s3://" - 1);
    fgp_asked asked;
    fgp_error err;
    fgp_plan  plan;
    size_t    start;
    int       s;

    cut(&key, '/', &bucket);
    if (ask->service != NULL && strcmp(ask->service, "s3") != 0)
        return fgp_failure_set(why, FGP_CURLE_BAD_OPTION,
                               "an s3:// URL is S3's: leave the service out");
    if (fgp_check_bucket(bucket, &err) != FGP_OK ||
        (key.len != 0 && fgp_check_key(key, &err) != FGP_OK))
        return fgp_failure_of(why, &err);
    if ((s = fgp_ask_params(&asked, ask, VIEW("s3"), why)) != 0 ||
        (s = set_string(&asked, VIEW("Bucket"), bucket, why)) != 0 ||
        (s = resolve(t, ask, &asked, out, &plan, why)) != 0)
        return s;
    start = out->need;
    fgp_put_key_path(&plan, key, out);
    t->path = since(out, start);
    return 0;
}

/* Refuses in |text|, a part of a URL, what fgp_url_parse() refuses in a whole one. */
static int check_part(const char *what, fgp_str text, fgp_failure *why)
{
    char shown[FGP_SHOWN];

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c <= ' ' || c == 0x7f || c == '\\' || c == '#')
            return fgp_failure_set(why, FGP_ERR_BAD_URL, "%s \"%s\": byte %zu (\\x%02x) must be "
                                   "percent-encoded", what, fgp_show(shown, text), i, c);
    }
    return 0;
}

/* "/path?query" at the service's own endpoint. */
static int from_path(fgp_target *t, const fgp_ask *ask, fgp_out *out, fgp_failure *why)
{
    fgp_str   path, query = fgp_text(ask->url);
    fgp_asked asked;
    fgp_plan  plan;
    size_t    start;
    int       s;

    if ((s = check_part("URL", query, why)) != 0)
        return s;
    cut(&query, '?', &path);
    if ((s = fgp_ask_params(&asked, ask, fgp_text(ask->service), why)) != 0 ||
        (s = resolve(t, ask, &asked, out, &plan, why)) != 0)
        return s;
    start = out->need;
    path = path.len != 0 ? path : VIEW("/");
    put(out, plan.url.path);
    if (out->need > start && out->buf[out->need - 1] == '/')
        out->need--; /* the endpoint's own: the path brings one */
    put_encoded(out, path);
    t->path = since(out, start);
    t->query = query;
    return 0;
}

/* How a whole URL is signed: as the rules say for its host as their endpoint. */
static int resolve_for(fgp_target *t, const fgp_ask *ask, const fgp_url *url, fgp_out *out,
                       fgp_failure *why)
{
    fgp_str   host = { url->scheme.ptr,
                       (size_t)(url->authority.ptr + url->authority.len - url->scheme.ptr) };
    fgp_asked asked;
    fgp_plan  plan;
    int       s;

    if ((s = fgp_ask_params(&asked, ask, fgp_text(ask->service), why)) != 0 ||
        (s = set_string(&asked, VIEW("Endpoint"), host, why)) != 0)
        return s;
    return resolve(t, ask, &asked, out, &plan, why);
}

static int check_whole_url(const fgp_ask *ask, fgp_failure *why)
{
    if (ask->endpoint != NULL)
        return fgp_failure_set(why, FGP_CURLE_BAD_OPTION, "both a whole URL and an endpoint are "
                               "given: leave one out, or give the path alone as the URL");
    if (ask->service == NULL && ask->signing_name == NULL)
        return fgp_failure_set(why, FGP_CURLE_NO_SERVICE, "nothing says which service the URL is "
                               "of: name it, for it is not guessed from the host");
    if (ask->service == NULL && ask->signing_region == NULL && ask->region == NULL &&
        ask->region_set == NULL)
        return fgp_failure_set(why, FGP_ERR_BAD_REGION, "no region is given: name it, for it is "
                               "not guessed from the host");
    return 0;
}

static int from_url(fgp_target *t, const fgp_ask *ask, fgp_out *out, fgp_failure *why)
{
    fgp_error err;
    fgp_url   url;
    size_t    start;
    int       s = check_whole_url(ask, why);

    if (s != 0)
        return s;
    if (fgp_url_parse(fgp_text(ask->url), &url, &err) != FGP_OK)
        return fgp_failure_of(why, &err);
    if (ask->service != NULL && (s = resolve_for(t, ask, &url, out, why)) != 0)
        return s;
    if (ask->service == NULL)
        t->signing_region = fgp_text(ask->region);
    t->endpoint = url;
    start = out->need;
    put_encoded(out, url.path);
    t->path = since(out, start);
    t->query = url.query;
    return 0;
}

static int from_any(fgp_target *t, const fgp_ask *ask, fgp_out *out, fgp_failure *why)
{
    char    shown[FGP_SHOWN];
    fgp_str url = fgp_text(ask->url);

    if (starts(url, VIEW("s3://")))
        return from_s3(t, ask, out, why);
    if (starts(url, VIEW("https://")) || starts(url, VIEW("http://")))
        return from_url(t, ask, out, why);
    if (url.len != 0 && url.ptr[0] != '/') {
        bool secret = memchr(url.ptr, '@', url.len) != NULL; /* a password, perhaps */

        return fgp_failure_set(why, FGP_ERR_BAD_URL, "URL%s%s%s: it must begin with s3://, "
                               "https://, http:// or, with a service, with /", secret ? "" : " \"",
                               secret ? "" : fgp_show(shown, url), secret ? "" : "\"");
    }
    if (ask->service == NULL)
        return fgp_failure_set(why, FGP_CURLE_NO_SERVICE,
                               "no URL and no service is given: give one, or both");
    return from_path(t, ask, out, why);
}

/* ---- the whole -------------------------------------------------------- */

/* What is said outright goes before what the rules say. */
static int apply_outright(fgp_target *t, const fgp_ask *ask, fgp_failure *why)
{
    fgp_error err;

    if (ask->signing_region != NULL) {
        t->signing_region = fgp_text(ask->signing_region);
        if (fgp_check_region(t->signing_region, &err) != FGP_OK)
            return fgp_failure_set(why, FGP_CURLE_BAD_OPTION, "signing region: %s", err.text);
    }
    if (ask->signing_name != NULL) {
        t->signing_name = fgp_text(ask->signing_name);
        t->rules = fgp_sign_rules_for(t->signing_name);
    }
    if (ask->sigv4a || ask->region_set != NULL)
        t->sigv4a = true;
    if (ask->region_set != NULL)
        t->region_set = fgp_text(ask->region_set);
    else if (t->region_set.len == 0)
        t->region_set = t->signing_region;
    if (t->sigv4a && fgp_check_region_set(t->region_set, &err) != FGP_OK)
        return fgp_failure_set(why, FGP_CURLE_BAD_OPTION, "%s", err.text);
    return 0;
}

static void add_query(fgp_target *t, fgp_str more, fgp_out *out)
{
    size_t start = out->need;

    put_encoded(out, t->query);
    if (t->query.len != 0 && more.len != 0)
        put(out, VIEW("&"));
    put_encoded(out, more);
    t->query = since(out, start);
}

/* Bytes that surely do: all that is said, encoded, and what fgp_plan_make() wants. */
static size_t room_for(const fgp_ask *ask)
{
    const char *said[] = { ask->url, ask->query, ask->region, ask->endpoint };
    size_t      n = 1024;

    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        n += 5 * fgp_text(said[i]).len;
    for (size_t i = 0; i < ask->nparams; i++)
        n += 2 * fgp_text(ask->params[i]).len;
    return n;
}

int fgp_target_make(fgp_target *target, const fgp_ask *ask, fgp_failure *why)
{
    fgp_out out = { NULL, room_for(ask), 0, NULL };
    int     s;

    *target = (fgp_target){ 0 };
    out.buf = target->text = malloc(out.cap);
    if (out.buf == NULL)
        return fgp_failure_no_memory(why);
    s = check_part("query", fgp_text(ask->query), why);
    if (s == 0)
        s = from_any(target, ask, &out, why);
    if (s == 0)
        s = apply_outright(target, ask, why);
    if (s == 0) {
        add_query(target, fgp_text(ask->query), &out);
        if (out.need > out.cap)
            s = fgp_failure_set(why, FGP_ERR_NOSPACE, "%s", fgp_status_text(FGP_ERR_NOSPACE));
    }
    if (s != 0)
        fgp_target_free(target);
    return s;
}

void fgp_target_free(fgp_target *target)
{
    free(target->text);
    *target = (fgp_target){ 0 };
}
