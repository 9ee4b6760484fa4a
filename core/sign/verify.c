/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - whether a request that came in is what the owner of a key signed.
 *
 * The canonical request needs no key: fgp_verify_begin() hashes it, so that what is
 * left for fgp_verify_end() is one HMAC and a comparison. Path, query and headers are
 * made canonical by the files that do so for signing. Here is what a verifier must
 * refuse beside, each for a reason of its own. Read it from the end.
 */
#include "../base/chars.h"
#include "../base/error.h"
#include "../base/url.h"
#include "canonical.h"
#include "key.h"
#include "path.h"
#include "verify.h"

typedef fgp_verifying job;

/* ---- headers ---------------------------------------------------------- */

static fgp_status bad_list(const job *j, fgp_str name, const char *remedy)
{
    return fgp_fail(j->err, FGP_ERR_BAD_SIGNED_HEADERS, "SignedHeaders, at", name, remedy);
}

/* Whether the list is one: names in lower case, each greater than the one before. */
static fgp_status check_list(const job *j)
{
    fgp_str name, before = FGP_NOTHING, rest = j->claim.signed_headers;
    bool    more = true;

    while (more) {
        more = fgp_str_cut(&rest, ';', &name);
        if (name.len == 0)
            return bad_list(j, j->claim.signed_headers, "has an empty name");
        for (size_t i = 0; i < name.len; i++)
            if (!fgp_is(name.ptr[i], FGP_TOKEN) || fgp_lower(name.ptr[i]) != name.ptr[i])
                return bad_list(j, name, "is no header's name in lower case");
        if (fgp_str_cmp(before, name) >= 0)
            return bad_list(j, name, "is there twice, or not in order");
        before = name;
    }
    return FGP_OK;
}

static fgp_status cut_list(job *j)
{
    fgp_str rest = j->claim.signed_headers;
    bool    more = true;

    for (j->nlisted = 0; more; j->nlisted++) {
        if (j->nlisted == sizeof j->listed / sizeof j->listed[0])
            return bad_list(j, rest, "names more than 201 headers");
        more = fgp_str_cut(&rest, ';', &j->listed[j->nlisted]);
    }
    return FGP_OK;
}

static bool is_listed(const job *j, fgp_str name)
{
    size_t i = 0;

    while (i < j->nlisted && !fgp_str_eq(j->listed[i], name))
        i++;
    return i < j->nlisted;
}

/* Whether a reader may take |name| for an x-amz-* header. Those that go by CGI's rules
 * read '_' as '-'. */
static bool is_of_amz(fgp_str name)
{
    return name.len >= 6 && name.ptr[0] == 'x' && (name.ptr[1] == '-' || name.ptr[1] == '_') &&
           memcmp(name.ptr + 2, "amz", 3) == 0 && (name.ptr[5] == '-' || name.ptr[5] == '_');
}

/* x-amz-content-sha256 is the canonical request's last line, so what it says is signed
 * in any case; S3 takes it so. */
static bool is_covered_otherwise(const job *j, fgp_str name)
{
    return fgp_str_eq(name, fgp_lit("x-amz-content-sha256")) ||
           (j->verifier->token_unsigned && (fgp_str_eq(name, fgp_lit("x-amz-security-token")) ||
                                            fgp_str_eq(name, fgp_lit("x-amz-s3session-token"))));
}

static bool must_be_covered(const job *j, fgp_str name)
{
    if (is_of_amz(name))
        return !is_covered_otherwise(j, name);
    for (size_t i = 0; i < j->verifier->nmust; i++)
        if (fgp_str_eq(name, j->verifier->must[i]))
            return true;
    return false;
}

static fgp_status not_covered(const job *j, fgp_str name)
{
    return fgp_fail(j->err, FGP_ERR_NOT_COVERED, "header", name,
                    "came, but is not in SignedHeaders; anybody may have added it");
}

static fgp_status choose_covered(void *context, fgp_str name, fgp_str value, bool *covers,
                                 fgp_error *err)
{
    const job *j = context;

    (void)value;
    (void)err;
    *covers = is_listed(j, name);
    return *covers || !must_be_covered(j, name) ? FGP_OK : not_covered(j, name);
}

/* Host, as it came; without one, what stands for it in HTTP/2. */
static fgp_status check_host(job *j)
{
    fgp_str     host = j->known.value[FGP_KNOWN_HOST], authority = j->req->authority;
    fgp_url     url = { .scheme = j->req->scheme };
    const char *fault;

    if (!is_listed(j, fgp_lit("host")))
        return fgp_fail(j->err, FGP_ERR_NOT_COVERED, "header", fgp_lit("host"),
                        "is not in SignedHeaders; the request might be for another host");
    if (host.len != 0 && authority.len != 0 && !fgp_str_ieq(host, authority))
        return fgp_fail(j->err, FGP_ERR_BAD_HEADER, "header host", host,
                        "is not the authority that the request is for");
    fault = fgp_url_authority(host.ptr != NULL ? host : authority, &url);
    if (fault != NULL)
        return fgp_fail(j->err, FGP_ERR_BAD_HEADER, "header host",
                        host.ptr != NULL ? host : authority, fault);
    if (host.ptr == NULL)
        fgp_headers_add(&j->headers, FGP_OWN_NAME("host"), authority);
    return FGP_OK;
}

/* Whether the list is of those that came: both are in order, or the list is none. */
static fgp_status check_all_came(const job *j)
{
    size_t at = 0;

    for (size_t i = 0; i < j->nlisted; i++, at++) {
        while (at < j->headers.n && fgp_headers_nth(&j->headers, at)->repeats)
            at++;
        if (at >= j->headers.n ||
            !fgp_str_eq(j->listed[i], fgp_headers_nth(&j->headers, at)->name))
            return bad_list(j, j->listed[i], "is a header that did not come");
    }
    return FGP_OK;
}

static fgp_status take_listed(job *j)
{
    fgp_status s = fgp_headers_take_by(&j->headers, j->req, choose_covered, j, j->err);

    if (s == FGP_OK)
        s = check_host(j);
    if (s == FGP_OK)
        s = fgp_headers_sort(&j->headers, j->err);
    return s == FGP_OK ? check_all_came(j) : s;
}

/* A list that is none fails in any case; what is wrong with it is then the better reason. */
static fgp_status take_headers(job *j)
{
    fgp_status s = cut_list(j), of_list;

    if (s == FGP_OK)
        s = take_listed(j);
    of_list = s == FGP_OK ? FGP_OK : check_list(j);
    return of_list == FGP_OK ? s : of_list;
}

/* ---- the canonical request -------------------------------------------- */

/* Puts the canonical path, and checks that of the request. */
static fgp_status put_path(fgp_out *to, const job *j)
{
    fgp_out    nowhere = { NULL, 0, 0, NULL };
    fgp_status s;

    if (fgp_path_is_canonical(j->rules))
        return fgp_put_wire_path(to, j->req->path, j->rules, j->err);
    s = fgp_put_wire_path(&nowhere, j->req->path, j->rules, j->err);
    if (s == FGP_OK)
        fgp_put_canonical_path(to, j->req->path, j->rules);
    return s;
}

static fgp_status put_canonical_request(fgp_out *to, const job *j)
{
    fgp_status s;

    fgp_put(to, j->req->method);
    fgp_put_char(to, '\n');
    s = put_path(to, j);
    fgp_put_char(to, '\n');
    fgp_put_query(to, &j->query, NULL, NULL);
    fgp_put_char(to, '\n');
    fgp_put_canonical_headers(to, &j->headers);
    fgp_put_char(to, '\n');
    fgp_put(to, j->claim.signed_headers);
    fgp_put_char(to, '\n');
    fgp_put(to, j->payload);
    return s;
}

static fgp_status hash_request(job *j)
{
    char       window[FGP_CANONICAL_WINDOW];
    fgp_sha256 hash;
    fgp_out    canonical = { window, sizeof window, 0, &hash };
    fgp_status s, hashed;

    fgp_sha256_init(&hash);
    s = put_canonical_request(&canonical, j);
    hashed = fgp_out_hash(&canonical, j->res->digest);
    if (s == FGP_OK && hashed != FGP_OK)
        s = fgp_fail(j->err, hashed, "the canonical request", FGP_NOTHING,
                     "OpenSSL could not hash; see that it offers SHA-256");
    return s;
}

static fgp_str stamp_of(const fgp_verified *res)
{
    return (fgp_str){ res->stamp, sizeof res->stamp };
}

static fgp_status put_trace(fgp_out *trace, const job *j)
{
    fgp_verified *res = j->res;
    size_t        start = trace->need, middle;

    put_canonical_request(trace, j);
    middle = trace->need;
    fgp_put_string_to_sign(trace, fgp_lit(FGP_SIGV4_ALGORITHM), stamp_of(res), res->scope,
                           res->digest);
    if (!fgp_out_fits(trace))
        return fgp_fail(j->err, FGP_ERR_NOSPACE, "the trace's buffer", FGP_NOTHING,
                        "is too small; its need says what will do");
    res->canonical_request = (fgp_str){ trace->buf + start, middle - start };
    res->string_to_sign = fgp_out_since(trace, middle);
    return FGP_OK;
}

/* ---- the first step --------------------------------------------------- */

static bool has_query_auth(const fgp_str found[FGP_QUERY_AUTH])
{
    for (size_t i = 0; i < FGP_QUERY_AUTH; i++)
        if (found[i].ptr != NULL)
            return true;
    return false;
}

/* Reads the signature from where it is: header or URL. */
static fgp_status find_claim(job *j)
{
    fgp_str    found[FGP_QUERY_AUTH];
    bool       in_header, in_query;
    fgp_status s = fgp_known_find(&j->known, j->req, j->err);

    if (s == FGP_OK)
        s = fgp_query_parse_received(&j->query, j->req->query, j->verifier->token_unsigned, found,
                                     j->err);
    if (s != FGP_OK)
        return s;
    in_header = j->known.value[FGP_KNOWN_AUTHORIZATION].ptr != NULL;
    in_query = has_query_auth(found);
    if (in_header && in_query)
        return fgp_fail(j->err, FGP_ERR_BAD_AUTH, "header authorization", FGP_NOTHING,
                        "came with parameters of a presigned URL; a request is signed once");
    if (in_header)
        return fgp_claim_from_headers(&j->claim, &j->known, j->err);
    if (in_query)
        return fgp_claim_from_query(&j->claim, found, &j->known, j->out, j->err);
    return fgp_fail(j->err, FGP_ERR_NOT_SIGNED, "the request", FGP_NOTHING,
                    "has neither an Authorization header nor the query of a presigned URL");
}

static fgp_status judge_request(job *j)
{
    fgp_status s = take_headers(j);

    if (s == FGP_OK)
        s = fgp_verify_payload(j);
    if (s == FGP_OK && !fgp_out_fits(j->out))
        s = fgp_fail(j->err, FGP_ERR_NOSPACE, "the output buffer", FGP_NOTHING,
                     "is too small; its need says what will do");
    return s == FGP_OK ? hash_request(j) : s;
}

static void fill(job *j)
{
    fgp_verified *res = j->res;

    res->scheme = FGP_AUTH_SIGV4;
    res->presigned = j->claim.presigned;
    res->session_token = j->claim.token;
    res->signed_headers = j->claim.signed_headers;
    res->signature = j->claim.signature;
}

fgp_status fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req, int64_t now,
                            fgp_out *out, fgp_out *trace, fgp_verified *res)
{
    size_t     start = out->need;
    fgp_error  error;
    fgp_status s;
    job        j;

    memset(res, 0, sizeof *res);
    j.verifier = verifier;
    j.req = req;
    j.res = res;
    j.err = &res->error;
    j.out = out;
    s = fgp_check_method(req->method, j.err);
    if (s == FGP_OK)
        s = fgp_check_scheme(req->scheme, j.err);
    if (s == FGP_OK)
        s = find_claim(&j);
    if (s == FGP_OK)
        s = fgp_claim_judge(&j, now);
    if (s == FGP_OK) {
        j.rules = verifier->rules != NULL ? *verifier->rules : fgp_sign_rules_for(res->service);
        fill(&j);
        s = judge_request(&j);
    }
    if (s == FGP_OK && trace != NULL)
        s = put_trace(trace, &j);
    if (s == FGP_OK)
        return FGP_OK;
    if (s != FGP_ERR_NOSPACE)
        out->need = start;
    else if (!fgp_out_fits(out))
        out->need += FGP_HASH_LEN; /* which may not have been put yet */
    error = res->error;
    *res = (fgp_verified){ .error = error };
    return s;
}

size_t fgp_verify_room(const fgp_request *req)
{
    size_t room = 2048 + req->method.len + 3 * req->path.len + 4 * req->query.len +
                  req->authority.len;

    for (size_t i = 0; i < req->nheaders; i++)
        room += 2 * req->headers[i].name.len + req->headers[i].value.len + 2;
    return room;
}

/* ---- the second step, and the body ------------------------------------ */

static fgp_status check_token(fgp_verified *res, fgp_str token)
{
    const char *remedy = "is not the one that belongs to the access key id";

    if (token.len == res->session_token.len && fgp_same_secretly(token, res->session_token))
        return FGP_OK;
    if (res->session_token.len == 0)
        remedy = "is missing; the credentials have one";
    else if (token.len == 0)
        remedy = "came, but the credentials have none";
    return fgp_fail(&res->error, FGP_ERR_BAD_TOKEN, "the session token", FGP_NOTHING, remedy);
}

/* Whether |key| signs as the request says; the right signature is not left behind. */
static fgp_status compare_signature(fgp_verified *res, const fgp_signing_key *key)
{
    char       text[FGP_TO_SIGN_MAX], hex[FGP_HASH_LEN];
    uint8_t    mac[FGP_SHA256_SIZE];
    fgp_out    to_sign = { text, sizeof text, 0, NULL }, right = { hex, sizeof hex, 0, NULL };
    fgp_status s;

    fgp_put_string_to_sign(&to_sign, fgp_lit(FGP_SIGV4_ALGORITHM), stamp_of(res), res->scope,
                           res->digest);
    s = fgp_hmac(fgp_signing_key_mac(key), fgp_out_since(&to_sign, 0), mac);
    if (s != FGP_OK)
        return fgp_fail(&res->error, s, "the signature", FGP_NOTHING,
                        "OpenSSL could not hash; see that it offers SHA-256");
    fgp_put_hex(&right, mac, sizeof mac);
    res->valid = fgp_same_secretly(fgp_out_since(&right, 0), res->signature);
    fgp_wipe(mac, sizeof mac);
    fgp_wipe(hex, sizeof hex);
    if (res->valid)
        return FGP_OK;
    return fgp_fail(&res->error, FGP_ERR_BAD_SIGNATURE, "the signature of", res->access_key_id,
                    "is not the one that its key gives; compare the canonical requests");
}

fgp_status fgp_verify_end(fgp_verified *res, const fgp_signing_key *key, fgp_str token)
{
    fgp_status s = res->error.status;

    if (s != FGP_OK)
        return s;
    if (key == NULL)
        return fgp_fail(&res->error, FGP_ERR_UNKNOWN_KEY, "access key id", res->access_key_id,
                        "is nobody's here");
    if (!fgp_str_eq(fgp_signing_key_scope(key), res->scope))
        return fgp_fail(&res->error, FGP_ERR_KEY_SCOPE, "the signing key", FGP_NOTHING,
                        "is of another scope than the request; derive it for that");
    s = check_token(res, token);
    return s == FGP_OK ? compare_signature(res, key) : s;
}

fgp_status fgp_verify_body(fgp_verified *res, fgp_str sha256)
{
    fgp_status s = res->error.status;

    if (s == FGP_OK && res->payload.kind == FGP_PAYLOAD_SHA256)
        s = fgp_compare_hash(&res->error, res->payload.data, sha256);
    res->body_due = res->body_due && s != FGP_OK;
    res->valid = res->valid && s == FGP_OK;
    return s;
}
