/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign.c - from a request to its signature, in headers or in the URL.
 *
 * Knows the order of the canonical request and of the chain of hashes; what path,
 * query and headers are in canonical form, the files of those names know. Read it
 * from the end: fgp_sign() and fgp_presign() are the last functions.
 */
#include "../base/check.h"
#include "../base/error.h"
#include "../base/out.h"
#include "../base/url.h"
#include "canonical.h"
#include "headers.h"
#include "key.h"
#include "path.h"
#include "payload.h"
#include "query.h"
#include "signature.h"

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HOST_ROOM  264 /* a name or a bracketed address, and a port */

/* One signature under way. */
typedef struct job {
    const fgp_signer  *signer;
    const fgp_request *req;
    fgp_error         *err;
    fgp_out           *out;
    size_t             start;      /* what had been put on out before */
    size_t             url, target, path_end, url_end, names, names_end; /* places on out */
    int64_t            expires_s;  /* 0 where the signature goes into headers */
    fgp_str            host, payload, stamp;
    char               host_text[HOST_ROOM], payload_text[FGP_HASH_LEN], stamp_text[FGP_STAMP_LEN];
    fgp_signature      signature;
    fgp_headers        headers;
    fgp_query          query;
} job;

/* ---- what the request says -------------------------------------------- */

/* Writes host and port as Host carries them: lower case, the scheme's own port left
 * out. *host is what was written. */
static fgp_status canonical_host(char room[HOST_ROOM], fgp_str authority, fgp_str scheme,
                                 fgp_str *host, fgp_error *err)
{
    fgp_url     url = { .scheme = scheme };
    const char *fault = fgp_url_authority(authority, &url);
    bool        http = fgp_str_eq(scheme, fgp_lit("http"));

    if (fault != NULL)
        return fgp_fail(err, FGP_ERR_BAD_URL, "host", authority, fault);
    if (url.port == (http ? 80u : 443u)) /* "host" or "[host]", then perhaps the port */
        authority.len = url.host.len + (authority.ptr[0] == '[' ? 2 : 0);
    fgp_lower_copy(room, authority);
    *host = (fgp_str){ room, authority.len };
    return FGP_OK;
}

/* The host that is signed: the request's Host header, else its authority. */
static fgp_status make_host(job *j)
{
    fgp_str from = j->headers.host.len ? j->headers.host : j->req->authority;

    return canonical_host(j->host_text, from, j->req->scheme, &j->host, j->err);
}

static fgp_status hash_body(job *j, fgp_str body)
{
    fgp_status s = fgp_hash_hex(body, j->payload_text);

    j->payload = (fgp_str){ j->payload_text, FGP_HASH_LEN };
    return s == FGP_OK ? FGP_OK
                       : fgp_fail(j->err, s, "the payload", (fgp_str){ NULL, 0 },
                                  "OpenSSL could not hash; see that it offers SHA-256");
}

static fgp_status check_payload(const job *j)
{
    const fgp_payload *p = &j->req->payload;
    bool               presigned = j->expires_s != 0;

    if (p->kind == FGP_PAYLOAD_SHA256 && !fgp_is_hash(p->data))
        return fgp_fail(j->err, FGP_ERR_BAD_PAYLOAD, "payload hash", p->data,
                        "must be 64 hexadecimal digits in lower case");
    if (fgp_payload_algorithm_differs(p->kind, j->signer->key->sigv4a != NULL))
        return fgp_fail(j->err, FGP_ERR_BAD_PAYLOAD, "the payload kind", fgp_payload_word(p->kind),
                        "is of the other algorithm than the signing key: SigV4 or SigV4A");
    if (fgp_payload_is_streamed(p->kind) && presigned)
        return fgp_fail(j->err, FGP_ERR_BAD_PAYLOAD, "the payload", (fgp_str){ NULL, 0 },
                        "is signed as it is sent, which a presigned URL can't say");
    if (fgp_payload_is_open(p->kind) && !presigned &&
        !fgp_str_eq(j->req->scheme, fgp_lit("https")))
        return fgp_fail(j->err, FGP_ERR_BAD_PAYLOAD, "the payload", (fgp_str){ NULL, 0 },
                        "may go unsigned over https alone; give its hash, or use https");
    return FGP_OK;
}

static fgp_status make_payload(job *j)
{
    const fgp_payload *p = &j->req->payload;
    fgp_status         s = check_payload(j);

    if (s != FGP_OK)
        return s;
    j->payload = fgp_payload_word(p->kind);
    if (j->expires_s != 0 && j->signer->rules.presign_unsigned)
        j->payload = fgp_payload_word(FGP_PAYLOAD_UNSIGNED);
    else if (p->kind == FGP_PAYLOAD_SHA256)
        j->payload = p->data;
    else if (p->kind == FGP_PAYLOAD_BYTES && p->data.len == 0)
        j->payload = fgp_lit(EMPTY_HASH);
    else if (p->kind == FGP_PAYLOAD_BYTES)
        return hash_body(j, p->data);
    return FGP_OK;
}

static fgp_status make_stamp(job *j, int64_t now)
{
    if (!fgp_signing_key_is_current(j->signer->key, now))
        return fgp_fail(j->err, FGP_ERR_KEY_SCOPE, "the signing key", (fgp_str){ NULL, 0 },
                        "is of another day than the request; derive it anew");
    fgp_signing_key_stamp(j->signer->key, now, j->stamp_text);
    j->stamp = (fgp_str){ j->stamp_text, FGP_STAMP_LEN };
    return FGP_OK;
}

static fgp_status check_signer(const fgp_signer *signer, fgp_error *err)
{
    fgp_status s = fgp_check_access_key_id(signer->access_key_id, err);

    if (s == FGP_OK)
        s = fgp_check_session_token(signer->session_token, err);
    if (s != FGP_OK || (signer->key->sigv4a == NULL && signer->region_set.len == 0))
        return s;
    if (signer->key->sigv4a == NULL)
        return fgp_fail(err, FGP_ERR_BAD_REGION, "region set", signer->region_set,
                        "is for SigV4A; the signing key is SigV4's");
    return fgp_check_region_set(signer->region_set, err);
}

/* All that both ways of signing need to know before anything is put. */
static fgp_status prepare(job *j, int64_t now)
{
    fgp_status s = make_stamp(j, now);

    if (s == FGP_OK)
        s = check_signer(j->signer, j->err);
    if (s == FGP_OK)
        s = fgp_check_method(j->req->method, j->err);
    if (s == FGP_OK)
        s = fgp_check_scheme(j->req->scheme, j->err);
    if (s == FGP_OK)
        s = fgp_headers_take(&j->headers, j->signer, j->req, j->err);
    if (s == FGP_OK)
        s = make_host(j);
    if (s == FGP_OK)
        s = make_payload(j);
    if (s == FGP_OK)
        s = fgp_query_parse(&j->query, j->req->query, j->err);
    if (s == FGP_OK)
        fgp_headers_add(&j->headers, FGP_OWN_NAME("host"), j->host);
    return s;
}

/* ---- what presigning adds to the query -------------------------------- */

enum {
    P_ALGORITHM,
    P_CREDENTIAL,
    P_DATE,
    P_EXPIRES,
    P_REGION_SET,
    P_TOKEN,
    P_SIGNED_HEADERS,
    P_END
};

_Static_assert(P_END == FGP_QUERY_OWN, "room for what presigning adds");

static const fgp_str presign_names[P_END] = {
    [P_ALGORITHM] = FGP_STR("X-Amz-Algorithm"),
    [P_CREDENTIAL] = FGP_STR("X-Amz-Credential"),
    [P_DATE] = FGP_STR("X-Amz-Date"),
    [P_EXPIRES] = FGP_STR("X-Amz-Expires"),
    [P_REGION_SET] = FGP_STR("X-Amz-Region-Set"),
    [P_SIGNED_HEADERS] = FGP_STR("X-Amz-SignedHeaders"),
};

static fgp_str token_name(const fgp_signer *signer)
{
    return signer->s3_session ? fgp_lit("X-Amz-S3session-Token") : fgp_lit("X-Amz-Security-Token");
}

static void put_presign_value(fgp_out *out, const void *context, size_t which)
{
    const job *j = context;

    switch (which) {
    case P_ALGORITHM:
        fgp_put(out, fgp_signing_key_algorithm(j->signer->key));
        break;
    case P_CREDENTIAL:
        fgp_put_uri_encoded(out, j->signer->access_key_id);
        fgp_put(out, fgp_lit("%2F"));
        fgp_put_uri_encoded(out, fgp_signing_key_scope(j->signer->key));
        break;
    case P_DATE:
        fgp_put(out, j->stamp);
        break;
    case P_EXPIRES:
        fgp_put_number(out, (size_t)j->expires_s);
        break;
    case P_REGION_SET:
        fgp_put_uri_encoded(out, j->signer->region_set);
        break;
    case P_TOKEN:
        fgp_put_uri_encoded(out, j->signer->session_token);
        break;
    case P_SIGNED_HEADERS:
        fgp_put_signed_headers_encoded(out, &j->headers);
        break;
    }
}

static void put_query(fgp_out *out, const job *j)
{
    fgp_put_query(out, &j->query, put_presign_value, j);
}

/* ---- canonical request and signature ---------------------------------- */

/* What stands on j->out between two places; empty unless all fits. */
static fgp_str between(const job *j, size_t from, size_t to)
{
    return fgp_out_fits(j->out) ? (fgp_str){ j->out->buf + from, to - from }
                                : (fgp_str){ NULL, 0 };
}

/* Puts where the request is sent to, which need not be the host that it is for. */
static fgp_status put_authority(job *j)
{
    char       room[HOST_ROOM];
    fgp_str    authority = j->host;
    fgp_status s = FGP_OK;

    if (j->req->authority.len != 0 && j->headers.host.len != 0 &&
        !fgp_str_eq(j->req->authority, j->headers.host))
        s = canonical_host(room, j->req->authority, j->req->scheme, &authority, j->err);
    fgp_put(j->out, authority);
    return s;
}

/* Puts scheme, authority and target on j->out. The query is canonical there. */
static fgp_status put_url(job *j)
{
    fgp_out   *out = j->out;
    fgp_status s;

    j->url = out->need;
    fgp_put(out, j->req->scheme);
    fgp_put(out, fgp_lit("://"));
    s = put_authority(j);
    j->target = out->need;
    if (s == FGP_OK)
        s = fgp_put_wire_path(out, j->req->path, j->signer->rules, j->err);
    j->path_end = out->need;
    if (s == FGP_OK && j->query.n != 0) {
        fgp_put_char(out, '?');
        put_query(out, j);
    }
    j->url_end = out->need;
    return s;
}

/* The names of the covered headers, and where they stand on j->out. */
static void put_names(job *j)
{
    j->names = j->out->need;
    fgp_put_signed_headers(j->out, &j->headers);
    j->names_end = j->out->need;
}

/* What is signed is made of the path and the query as they are sent, if they fit. */
static void put_canonical_target(fgp_out *to, const job *j)
{
    bool    there = fgp_out_fits(j->out);
    fgp_str path = there ? between(j, j->target, j->path_end) : j->req->path;

    if (there && fgp_path_is_canonical(j->signer->rules))
        fgp_put(to, path);
    else
        fgp_put_canonical_path(to, path, j->signer->rules);
    fgp_put_char(to, '\n');
    if (there && j->query.n != 0)
        fgp_put(to, between(j, j->path_end + 1, j->url_end));
    else
        put_query(to, j);
}

static void put_canonical_request(fgp_out *to, const job *j)
{
    fgp_put(to, j->req->method);
    fgp_put_char(to, '\n');
    put_canonical_target(to, j);
    fgp_put_char(to, '\n');
    fgp_put_canonical_headers(to, &j->headers);
    fgp_put_char(to, '\n');
    if (fgp_out_fits(j->out))
        fgp_put(to, between(j, j->names, j->names_end));
    else
        fgp_put_signed_headers(to, &j->headers);
    fgp_put_char(to, '\n');
    fgp_put(to, j->payload);
}

static void put_string_to_sign(fgp_out *to, const job *j, const uint8_t digest[FGP_SHA256_SIZE])
{
    fgp_put_string_to_sign(to, fgp_signing_key_algorithm(j->signer->key), j->stamp,
                           fgp_signing_key_scope(j->signer->key), digest);
}

static void put_trace(fgp_out *trace, const job *j, const uint8_t digest[FGP_SHA256_SIZE],
                      fgp_signed *res)
{
    size_t start = trace->need, middle;

    put_canonical_request(trace, j);
    middle = trace->need;
    put_string_to_sign(trace, j, digest);
    if (fgp_out_fits(trace)) {
        res->canonical_request = (fgp_str){ trace->buf + start, middle - start };
        res->string_to_sign = fgp_out_since(trace, middle);
    }
}

/* Fills j->signature, and the trace if one is wanted. */
static fgp_status make_signature(job *j, fgp_out *trace, fgp_signed *res)
{
    char       window[FGP_CANONICAL_WINDOW], text[FGP_TO_SIGN_MAX];
    uint8_t    digest[FGP_SHA256_SIZE];
    fgp_sha256 hash;
    fgp_out    canonical = { window, sizeof window, 0, &hash };
    fgp_out    to_sign = { text, sizeof text, 0, NULL };
    fgp_status s;

    fgp_sha256_init(&hash);
    put_canonical_request(&canonical, j);
    s = fgp_out_hash(&canonical, digest);
    if (s == FGP_OK) {
        put_string_to_sign(&to_sign, j, digest);
        s = fgp_signature_make(j->signer->key, fgp_out_since(&to_sign, 0), &j->signature);
    }
    if (s != FGP_OK)
        return fgp_fail(j->err, s, "the signature", (fgp_str){ NULL, 0 },
                        "OpenSSL could not hash or sign; see that it offers SHA-256");
    if (trace != NULL)
        put_trace(trace, j, digest, res);
    return FGP_OK;
}

/* ---- the result ------------------------------------------------------- */

static void add_header(fgp_signed *res, fgp_str name, fgp_str value)
{
    res->headers[res->nheaders++] = (fgp_header){ name, value };
}

/* Puts |value| on j->out and adds it to the headers to send. */
static void put_header(job *j, fgp_signed *res, fgp_str name, fgp_str value)
{
    size_t at = j->out->need;

    fgp_put(j->out, value);
    add_header(res, name, fgp_out_since(j->out, at));
}

/* Authorization, up to what has to be computed. Returns where it begins. */
static size_t put_credential(job *j)
{
    fgp_out *out = j->out;
    size_t   start = out->need;

    fgp_put(out, fgp_signing_key_algorithm(j->signer->key));
    fgp_put(out, fgp_lit(" Credential="));
    fgp_put(out, j->signer->access_key_id);
    fgp_put_char(out, '/');
    fgp_put(out, fgp_signing_key_scope(j->signer->key));
    fgp_put(out, fgp_lit(", SignedHeaders="));
    put_names(j);
    return start;
}

/* SigV4A's next signature may be longer: where this one had no room, that is counted. */
static void put_signature(job *j, fgp_signed *res)
{
    size_t start = j->out->need;

    fgp_put(j->out, (fgp_str){ j->signature.text, j->signature.len });
    res->signature = between(j, start, j->out->need);
    if (j->signer->key->sigv4a != NULL && !fgp_out_fits(j->out))
        j->out->need += FGP_SIGNATURE_MAX - j->signature.len;
}

static void put_authorization(job *j, fgp_signed *res, size_t start)
{
    fgp_put(j->out, fgp_lit(", Signature="));
    put_signature(j, res);
    add_header(res, fgp_lit("authorization"), fgp_out_since(j->out, start));
}

/* Nothing usable is left where |s| is not FGP_OK, or where something did not fit. */
static fgp_status finish(job *j, fgp_status s, fgp_out *trace, fgp_signed *res)
{
    fgp_error error;

    if (s == FGP_OK && !fgp_out_fits(j->out))
        s = fgp_fail(j->err, FGP_ERR_NOSPACE, "the output buffer", (fgp_str){ NULL, 0 },
                     "is too small; its need says what will do");
    else if (s == FGP_OK && trace != NULL && !fgp_out_fits(trace))
        s = fgp_fail(j->err, FGP_ERR_NOSPACE, "the trace's buffer", (fgp_str){ NULL, 0 },
                     "is too small; its need says what will do");
    else if (s != FGP_OK)
        j->out->need = j->start;

    if (s == FGP_OK) {
        res->url = between(j, j->url, j->url_end);
        res->target = between(j, j->target, j->url_end);
        res->host = res->headers[0].value;
        res->signed_headers = between(j, j->names, j->names_end);
        return FGP_OK;
    }
    error = res->error;
    *res = (fgp_signed){ .error = error };
    return s;
}

static void begin(job *j, const fgp_signer *signer, const fgp_request *req, fgp_out *out,
                  fgp_signed *res)
{
    res->nheaders = 0;
    res->canonical_request = res->string_to_sign = (fgp_str){ NULL, 0 };
    fgp_error_clear(&res->error);
    j->signer = signer;
    j->req = req;
    j->err = &res->error;
    j->out = out;
    j->start = out->need;
    j->expires_s = 0;
}

static bool sends_hash(const job *j)
{
    return j->signer->rules.content_sha256 || fgp_payload_word(j->req->payload.kind).len != 0;
}

/* The headers that signing adds: to those that are signed, and to those to send. */
static void add_headers(job *j, fgp_signed *res)
{
    fgp_str token = j->signer->session_token;
    fgp_str name = j->signer->s3_session ? FGP_OWN_NAME("x-amz-s3session-token")
                                         : FGP_OWN_NAME("x-amz-security-token");

    fgp_headers_add(&j->headers, FGP_OWN_NAME("x-amz-date"), j->stamp);
    put_header(j, res, fgp_lit("host"), j->host);
    put_header(j, res, fgp_lit("x-amz-date"), j->stamp);
    if (sends_hash(j)) {
        fgp_headers_add(&j->headers, FGP_OWN_NAME("x-amz-content-sha256"), j->payload);
        put_header(j, res, fgp_lit("x-amz-content-sha256"), j->payload);
    }
    if (j->signer->region_set.len != 0) {
        fgp_headers_add(&j->headers, FGP_OWN_NAME("x-amz-region-set"), j->signer->region_set);
        put_header(j, res, fgp_lit("x-amz-region-set"), j->signer->region_set);
    }
    if (token.len != 0) {
        if (!j->signer->token_unsigned)
            fgp_headers_add(&j->headers, name, token);
        put_header(j, res, name, token);
    }
}

fgp_status fgp_sign(const fgp_signer *signer, const fgp_request *req, int64_t now,
                    fgp_out *out, fgp_out *trace, fgp_signed *res)
{
    fgp_status s;
    size_t     start;
    job        j;

    begin(&j, signer, req, out, res);
    s = prepare(&j, now);
    if (s == FGP_OK)
        s = put_url(&j);
    if (s != FGP_OK)
        return finish(&j, s, trace, res);

    add_headers(&j, res);
    s = fgp_headers_sort(&j.headers, j.err);
    start = put_credential(&j);
    if (s == FGP_OK)
        s = make_signature(&j, trace, res);
    if (s == FGP_OK)
        put_authorization(&j, res, start);
    return finish(&j, s, trace, res);
}

/* Puts what comes after the canonical query: the signature, and the token where it
 * is not signed. */
static void put_url_tail(job *j, fgp_signed *res)
{
    fgp_put(j->out, fgp_lit("&X-Amz-Signature="));
    put_signature(j, res);
    if (j->signer->token_unsigned && j->signer->session_token.len != 0) {
        fgp_put_char(j->out, '&');
        fgp_put(j->out, token_name(j->signer));
        fgp_put_char(j->out, '=');
        fgp_put_uri_encoded(j->out, j->signer->session_token);
    }
    j->url_end = j->out->need;
}

static fgp_status check_expires(int64_t expires_s, fgp_error *err)
{
    if (expires_s >= 1 && expires_s <= FGP_EXPIRES_MAX)
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_BAD_EXPIRES, "the expiry", (fgp_str){ NULL, 0 },
                    "must be 1 to 604800 seconds (7 days)");
}

fgp_status fgp_presign(const fgp_signer *signer, const fgp_request *req, int64_t now,
                       int64_t expires_s, fgp_out *out, fgp_out *trace, fgp_signed *res)
{
    fgp_str    names[FGP_QUERY_OWN];
    fgp_status s;
    job        j;

    begin(&j, signer, req, out, res);
    j.expires_s = expires_s;
    s = check_expires(expires_s, j.err);
    if (s == FGP_OK)
        s = prepare(&j, now);
    if (s == FGP_OK)
        s = fgp_headers_sort(&j.headers, j.err);
    if (s != FGP_OK)
        return finish(&j, s, trace, res);

    memcpy(names, presign_names, sizeof names);
    names[P_TOKEN] = token_name(signer);
    if (signer->session_token.len == 0 || signer->token_unsigned)
        names[P_TOKEN].len = 0;
    if (signer->region_set.len == 0)
        names[P_REGION_SET].len = 0;
    fgp_query_add(&j.query, names, FGP_QUERY_OWN);
    put_names(&j);
    s = put_url(&j);
    if (s == FGP_OK)
        s = make_signature(&j, trace, res);
    if (s != FGP_OK)
        return finish(&j, s, trace, res);

    put_url_tail(&j, res);
    put_header(&j, res, fgp_lit("host"), j.host);
    return finish(&j, s, trace, res);
}
