/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunked.c - what is known of a body in chunks before its first byte: its length as it
 * is sent, and the headers that say so. Knows no byte of it.
 * Spec: S3 API, "Signature calculations: transferring payload in multiple chunks".
 */
#include "chunked.h"
#include "../base/chars.h"
#include "../base/error.h"
#include "chain.h"
#include "key.h"
#include "payload.h"

#define CODING     "aws-chunked"
#define CRLF_LEN   2
#define NUMBER_MAX 19 /* digits of a length that fits 64 bits without a thought */

static const fgp_str none = { NULL, 0 };

/* ---- to be sent ------------------------------------------------------- */

uint32_t fgp_chunked_size(const fgp_chunked *body)
{
    return body->chunk != 0 ? body->chunk : FGP_CHUNK_DEFAULT;
}

/* Bytes of a signature: known before it is made, if need be by filling it up. */
static size_t signature_len(const fgp_chunked *body)
{
    return fgp_payload_is_ecdsa(body->kind) ? FGP_SIGNATURE_MAX : 2 * FGP_SHA256_SIZE;
}

size_t fgp_chunk_head_len(const fgp_chunked *body, uint32_t size)
{
    size_t len = CRLF_LEN;

    do
        len++;
    while ((size >>= 4) != 0);
    if (fgp_chunked_is_signed(body))
        len += sizeof FGP_CHUNK_SIGNATURE - 1 + signature_len(body);
    return len;
}

size_t fgp_chunked_end_len(const fgp_chunked *body, const fgp_trailers *t)
{
    size_t len = fgp_chunk_head_len(body, 0) + fgp_trailers_len(t) + CRLF_LEN;

    if (fgp_payload_signs_trailer(body->kind))
        len += sizeof FGP_TRAILER_SIGNATURE ":" - 1 + signature_len(body) + CRLF_LEN;
    return len;
}

uint64_t fgp_chunked_length(const fgp_chunked *body)
{
    uint32_t     size = fgp_chunked_size(body), last = (uint32_t)(body->length % size);
    uint64_t     len = body->length / size * (fgp_chunk_head_len(body, size) + size + CRLF_LEN);
    fgp_trailers t;

    if (fgp_trailers_take(&t, body, NULL) != FGP_OK)
        return 0;
    if (last != 0)
        len += fgp_chunk_head_len(body, last) + last + CRLF_LEN;
    return len + fgp_chunked_end_len(body, &t);
}

size_t fgp_chunked_room(const fgp_chunked *body)
{
    uint32_t     size = fgp_chunked_size(body);
    size_t       chunk = fgp_chunk_head_len(body, size) + size + CRLF_LEN, end;
    fgp_trailers t;

    if (fgp_trailers_take(&t, body, NULL) != FGP_OK)
        return 0;
    end = fgp_chunked_end_len(body, &t);
    return chunk > end ? chunk : end;
}

/* A list of tokens, as content-encoding is. */
static bool is_coding(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!fgp_is(s.ptr[i], FGP_TOKEN) && s.ptr[i] != ',' && s.ptr[i] != ' ')
            return false;
    return s.len <= FGP_TRAILER_TEXT;
}

fgp_status fgp_chunked_check_bounds(const fgp_chunked *body, fgp_error *err)
{
    uint32_t size = fgp_chunked_size(body);

    if (!fgp_payload_is_chunked(body->kind))
        return fgp_fail(err, FGP_ERR_BAD_PAYLOAD, "the payload kind", none,
                        "must be one that is sent in chunks");
    if (body->length > FGP_BODY_MAX)
        return fgp_fail(err, FGP_ERR_BAD_BODY, "the body's length", none,
                        "is more than 2^50 bytes");
    if (size < FGP_CHUNK_MIN || size > FGP_CHUNK_MAX)
        return fgp_fail(err, FGP_ERR_BAD_CHUNK, "the chunk's size", none,
                        "must be 8192 bytes to 1 GiB");
    return FGP_OK;
}

fgp_status fgp_chunked_check(const fgp_chunked *body, fgp_trailers *t, fgp_error *err)
{
    fgp_status s = fgp_chunked_check_bounds(body, err);

    if (s != FGP_OK)
        return s;
    if (!is_coding(body->coding))
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "content-encoding", body->coding,
                        "must be a list of codings, such as gzip");
    return fgp_trailers_take(t, body, err);
}

static void put_number_header(fgp_out *out, fgp_header *h, fgp_str name, uint64_t value)
{
    size_t at = out->need;

    fgp_put_number(out, value);
    *h = (fgp_header){ name, fgp_out_since(out, at) };
}

/* "aws-chunked" comes first though it is applied last: so AWS writes it, and takes
 * what follows for the object's own. */
static void put_coding(fgp_out *out, fgp_header *h, fgp_str coding)
{
    size_t at = out->need;

    fgp_put(out, fgp_lit(CODING));
    if (coding.len != 0)
        fgp_put_char(out, ',');
    fgp_put(out, coding);
    *h = (fgp_header){ fgp_lit("content-encoding"), fgp_out_since(out, at) };
}

fgp_status fgp_chunked_headers(const fgp_chunked *body, fgp_out *out,
                               fgp_header headers[FGP_CHUNKED_HEADERS], size_t *nheaders,
                               fgp_error *err)
{
    fgp_trailers t;
    fgp_status   s = fgp_chunked_check(body, &t, err);
    size_t       at, n = 3;

    *nheaders = 0;
    if (s != FGP_OK)
        return s;
    put_coding(out, &headers[0], body->coding);
    put_number_header(out, &headers[1], fgp_lit("content-length"), fgp_chunked_length(body));
    put_number_header(out, &headers[2], fgp_lit("x-amz-decoded-content-length"), body->length);
    if (t.n != 0) {
        at = out->need;
        fgp_put_trailer_names(out, &t);
        headers[n++] = (fgp_header){ fgp_lit("x-amz-trailer"), fgp_out_since(out, at) };
    }
    if (!fgp_out_fits(out))
        return fgp_fail(err, FGP_ERR_NOSPACE, "the output buffer", none,
                        "is too small; its need says what will do");
    *nheaders = n;
    return FGP_OK;
}

/* ---- received --------------------------------------------------------- */

/* The value of the one header |name|; empty without one. False where it is repeated. */
static bool find(const fgp_header *headers, size_t nheaders, fgp_str name, fgp_str *value)
{
    bool found = false;

    *value = none;
    for (size_t i = 0; i < nheaders; i++) {
        if (!fgp_str_ieq(headers[i].name, name))
            continue;
        if (found)
            return false;
        found = true;
        *value = headers[i].value;
    }
    return true;
}

static fgp_status find_one(const fgp_header *headers, size_t nheaders, fgp_str name,
                           fgp_str *value, fgp_error *err)
{
    if (find(headers, nheaders, name, value))
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_BAD_HEADER, "header", name, "is repeated; a request has one");
}

static bool parse_number(fgp_str s, uint64_t *value)
{
    *value = 0;
    if (s.len == 0 || s.len > NUMBER_MAX)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        *value = *value * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    return true;
}

/* Whether some content-encoding says aws-chunked; it may be among others. */
static bool says_chunked(const fgp_header *headers, size_t nheaders)
{
    for (size_t i = 0; i < nheaders; i++)
        if (fgp_str_ieq(headers[i].name, fgp_lit("content-encoding")) &&
            fgp_trailer_is_declared(headers[i].value, fgp_lit(CODING)))
            return true;
    return false;
}

static fgp_status read_kind(fgp_chunked *body, const fgp_header *headers, size_t nheaders,
                            fgp_error *err)
{
    fgp_str    word;
    fgp_status s = find_one(headers, nheaders, fgp_lit("x-amz-content-sha256"), &word, err);

    if (s != FGP_OK)
        return s;
    if (!fgp_payload_find(word, &body->kind) || !fgp_payload_is_chunked(body->kind))
        return fgp_fail(err, FGP_ERR_BAD_PAYLOAD, "x-amz-content-sha256", word,
                        "names no body in chunks");
    if (!says_chunked(headers, nheaders))
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "content-encoding", none,
                        "must say aws-chunked, as x-amz-content-sha256 does");
    return FGP_OK;
}

fgp_status fgp_chunked_read(fgp_chunked *body, const fgp_header *headers, size_t nheaders,
                            fgp_error *err)
{
    fgp_str    length;
    size_t     n;
    fgp_status s;

    *body = (fgp_chunked){ .length = 0 };
    s = read_kind(body, headers, nheaders, err);
    if (s == FGP_OK)
        s = find_one(headers, nheaders, fgp_lit("x-amz-decoded-content-length"), &length, err);
    if (s == FGP_OK && (!parse_number(length, &body->length) || body->length > FGP_BODY_MAX))
        s = fgp_fail(err, FGP_ERR_BAD_HEADER, "x-amz-decoded-content-length", length,
                     "must be the body's length in bytes, 2^50 at most");
    if (s == FGP_OK)
        s = find_one(headers, nheaders, fgp_lit("x-amz-trailer"), &body->declared, err);
    if (s == FGP_OK)
        s = fgp_trailers_declared(body, &n, &body->checksum, err);
    return s;
}

/* ---- both ------------------------------------------------------------- */

fgp_status fgp_chunked_start(fgp_chain *chain, char stamp[FGP_STAMP_LEN],
                             const fgp_chunked *body, const fgp_signing_key *key, int64_t now,
                             fgp_str seed, fgp_error *err)
{
    if (fgp_payload_algorithm_differs(body->kind, key->sigv4a != NULL))
        return fgp_fail(err, FGP_ERR_BAD_PAYLOAD, "the payload kind", none,
                        "is of the other algorithm than the signing key: SigV4 or SigV4A");
    if (!fgp_signing_key_is_current(key, now))
        return fgp_fail(err, FGP_ERR_KEY_SCOPE, "the signing key", none,
                        "is of another day than the request; give the one that signed it");
    fgp_signing_key_stamp(key, now, stamp);
    return fgp_chain_start(chain, key, seed, err);
}
