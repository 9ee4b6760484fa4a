/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_fuzzer.c - any request, signed in headers and in the URL.
 *
 * Input: a vector's text (tests/vectors/signing), or any that looks a little like one.
 * After a line "-- request" comes the request: "METHOD target HTTP/1.1", a header a
 * line, and after an empty line the body. What stands before switches things on by
 * their mere names: see set_options().
 *
 * Whatever it is: the room that fingerpost.h promises does; no byte less than was
 * needed does; what goes out has no byte that would break a header or a request line;
 * and what S3 is sent stays the same when it is signed once more.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define NOW         1440938160
#define HEADERS_MAX (FGP_HEADERS_MAX + 2)

typedef struct input {
    fgp_signing_key key;
    fgp_signer      signer;
    fgp_request     req;
    fgp_header      headers[HEADERS_MAX];
    fgp_str         also;
} input;

typedef fgp_status signs(const input *in, fgp_out *out, fgp_out *trace, fgp_signed *res);

static void must(int holds)
{
    if (!holds)
        abort();
}

static fgp_status in_headers(const input *in, fgp_out *out, fgp_out *trace, fgp_signed *res)
{
    return fgp_sign(&in->signer, &in->req, NOW, out, trace, res);
}

static fgp_status in_url(const input *in, fgp_out *out, fgp_out *trace, fgp_signed *res)
{
    return fgp_presign(&in->signer, &in->req, NOW, 900, out, trace, res);
}

/* ---- reading the input ------------------------------------------------ */

static bool has(fgp_str s, const char *word)
{
    return s.len != 0 && memmem(s.ptr, s.len, word, strlen(word)) != NULL;
}

/* What a word in the context switches on. */
static void set_options(input *in, fgp_str context)
{
    fgp_str service = has(context, "= s3") ? fgp_lit("s3") : fgp_lit("execute-api");
    fgp_error err;

    must(fgp_signing_key_init(&in->key, fgp_lit("secret"), NOW, fgp_lit("us-east-1"), service,
                              &err) == FGP_OK);
    in->also = fgp_lit("range");
    in->signer = (fgp_signer){
        .access_key_id = FGP_STR("AKID"),
        .key = &in->key,
        .rules = fgp_sign_rules_for(service),
        .cover = has(context, "cover") ? FGP_COVER_ALL : FGP_COVER_MINIMAL,
        .also = &in->also,
        .nalso = has(context, "also"),
        .token_unsigned = has(context, "unsigned"),
    };
    if (has(context, "session_token"))
        in->signer.session_token = fgp_lit("to/ken+==");
    if (has(context, "normalize"))
        in->signer.rules.normalize = !in->signer.rules.normalize;
    in->req.scheme = has(context, "http:") ? fgp_lit("http") : fgp_lit("https");
    in->req.payload.kind = has(context, "payload") ? FGP_PAYLOAD_UNSIGNED : FGP_PAYLOAD_BYTES;
}

static void read_request(input *in, fgp_str text)
{
    fgp_str line, name, version;

    fgp_str_cut(&text, '\n', &line);
    fgp_str_cut(&line, ' ', &in->req.method);
    version = (fgp_str){ line.len > 9 ? line.ptr + line.len - 9 : NULL, line.len > 9 ? 9 : 0 };
    if (fgp_str_eq(version, fgp_lit(" HTTP/1.1")))
        line.len -= version.len;
    fgp_str_cut(&line, '?', &in->req.path);
    in->req.query = line;
    in->req.authority = fgp_lit("examplebucket.s3.amazonaws.com");
    in->req.headers = in->headers;
    while (text.len != 0 && in->req.nheaders < HEADERS_MAX) {
        fgp_str_cut(&text, '\n', &line);
        if (line.len == 0)
            break;
        fgp_str_cut(&line, ':', &name);
        in->headers[in->req.nheaders++] = (fgp_header){ name, line };
    }
    in->req.payload.data = text;
}

static void read_input(input *in, fgp_str data)
{
    static const char mark[] = "\n-- request\n";
    const char       *at = memmem(data.ptr, data.len, mark, sizeof mark - 1);
    size_t            n = at != NULL ? (size_t)(at - data.ptr) : 0;

    memset(in, 0, sizeof *in);
    set_options(in, (fgp_str){ data.ptr, n });
    if (at != NULL)
        n += sizeof mark - 1;
    read_request(in, (fgp_str){ data.ptr + n, data.len - n });
}

/* ---- what must hold --------------------------------------------------- */

/* Blocks of just |n| bytes, so that AddressSanitizer sees the first one past them. */
static fgp_out room_of(size_t n)
{
    fgp_out out = { malloc(n != 0 ? n : 1), n, 0, NULL };

    must(out.buf != NULL);
    return out;
}

static void check_url(const input *in, const fgp_signed *res)
{
    fgp_url   url;
    fgp_error err;

    /* where paths go out as they came, a raw space or '\' may be in them */
    if (fgp_url_parse(res->url, &url, &err) != FGP_OK) {
        must(in->signer.rules.double_encode);
        must(memchr(res->target.ptr, ' ', res->target.len) != NULL ||
             memchr(res->target.ptr, '\\', res->target.len) != NULL);
    }
    for (size_t i = 0; i < res->url.len; i++)
        must((unsigned char)res->url.ptr[i] >= ' ' && res->url.ptr[i] != '\x7f');
    must(res->target.len != 0 && res->target.ptr[0] == '/');
    must(res->target.ptr + res->target.len == res->url.ptr + res->url.len);
}

static void check_headers(const fgp_signed *res)
{
    for (size_t i = 0; i < res->nheaders; i++)
        for (size_t k = 0; k < res->headers[i].value.len; k++)
            must(res->headers[i].value.ptr[k] >= ' ' && res->headers[i].value.ptr[k] <= '~');
    must(res->nheaders >= 1 && res->nheaders <= 6 && res->signature.len == 64);
}

/* S3's target once more: the same bytes, and so the same signature. */
static void check_again(const input *in, const fgp_signed *first)
{
    input      again = *in;
    fgp_out    out;
    fgp_signed res;

    again.signer.key = &again.key;
    again.req.query = first->target;
    fgp_str_cut(&again.req.query, '?', &again.req.path);
    out = room_of(fgp_sign_room(&again.signer, &again.req));
    must(in_headers(&again, &out, NULL, &res) == FGP_OK);
    must(fgp_str_eq(first->target, res.target) && fgp_str_eq(first->signature, res.signature));
    free(out.buf);
}

static void check_room(const input *in, signs *sign, size_t need, size_t trace_need)
{
    for (size_t less = 0; less < 2; less++) {
        fgp_out    out = room_of(need - less), trace = room_of(trace_need);
        fgp_signed res;

        must(sign(in, &out, &trace, &res) == (less ? FGP_ERR_NOSPACE : FGP_OK));
        must(out.need == need && trace.need == trace_need);
        free(out.buf);
        free(trace.buf);
    }
}

static void try(const input *in, signs *sign)
{
    size_t     room = fgp_sign_room(&in->signer, &in->req);
    fgp_out    out = room_of(room), trace = room_of(2 * room);
    fgp_signed res;
    fgp_status s = sign(in, &out, &trace, &res);

    must(s != FGP_ERR_NOSPACE && s != FGP_ERR_CRYPTO && s != FGP_ERR_KEY_SCOPE);
    if (s == FGP_OK) {
        check_url(in, &res);
        check_headers(&res);
        check_room(in, sign, out.need, trace.need);
        if (sign == in_headers && !in->signer.rules.double_encode)
            check_again(in, &res);
    } else {
        must(res.error.status == s && res.error.text[0] != '\0' && res.nheaders == 0);
        must(out.need == 0 && memchr(res.error.text, '\0', sizeof res.error.text) != NULL);
    }
    free(out.buf);
    free(trace.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in;

    read_input(&in, (fgp_str){ (const char *)data, size });
    try(&in, in_headers);
    try(&in, in_url);
    return 0;
}
