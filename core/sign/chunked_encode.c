/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunked_encode.c - a body on its way out, chunk by chunk.
 *
 * A chunk's head holds its signature, so it can be written only when the chunk's last
 * byte is known. Its length is known at once: fgp_chunker_put() leaves that room, puts
 * the bytes behind it as they come, and fills it in at last. Nothing is put on |out|
 * before the chunk is whole.
 */
#include "../base/error.h"
#include "chain.h"
#include "checksum.h"
#include "chunked.h"
#include "payload.h"

static const fgp_str none = { NULL, 0 };

/* An error that stays: what would follow it could not be right. */
static fgp_status stop(fgp_chunker *c, fgp_status status, const char *what, const char *remedy)
{
    return fgp_fail(&c->error, status, what, none, remedy);
}

/* One that does not: with a larger buffer the same call goes well. */
static fgp_status no_space(fgp_out *out, size_t more)
{
    out->need = more > SIZE_MAX - out->need ? SIZE_MAX : out->need + more;
    return FGP_ERR_NOSPACE;
}

static bool has_room(const fgp_out *out, size_t more)
{
    return fgp_out_fits(out) && more <= out->cap - out->need;
}

fgp_status fgp_chunker_init(fgp_chunker *c, const fgp_chunked *body, const fgp_signing_key *key,
                            int64_t now, fgp_str seed)
{
    fgp_trailers t;
    fgp_status   s;

    memset(c, 0, sizeof *c);
    s = fgp_chunked_check(body, &t, &c->error);
    if (s == FGP_OK && fgp_chunked_is_signed(body))
        s = fgp_chunked_start(&c->chain, c->stamp, body, key, now, seed, &c->error);
    if (s != FGP_OK)
        return s;
    c->body = *body;
    if (fgp_chunked_is_signed(body))
        c->key = *key;
    if (body->checksum != FGP_CHECKSUM_NONE) {
        fgp_checksum_init(&c->checksum, body->checksum);
        c->checking = true;
    }
    return FGP_OK;
}

/* Of the chunk that comes next, where none is under way; 0 after the last. */
static uint32_t next_size(const fgp_chunker *c)
{
    uint64_t left = c->body.length - c->taken;
    uint32_t size = fgp_chunked_size(&c->body);

    return left < size ? (uint32_t)left : size;
}

size_t fgp_chunker_wants(const fgp_chunker *c)
{
    return c->size != 0 ? c->size - c->filled : next_size(c);
}

static fgp_status begin_chunk(fgp_chunker *c)
{
    if (next_size(c) == 0)
        return stop(c, FGP_ERR_BAD_BODY, "the body",
                    "is longer than its length that was declared");
    c->size = next_size(c);
    c->filled = 0;
    if (fgp_chunked_is_signed(&c->body)) {
        fgp_digest_init(&c->hash);
        c->hashing = true;
    }
    return FGP_OK;
}

fgp_status fgp_chunker_add(fgp_chunker *c, fgp_str *bytes)
{
    fgp_status s = c->error.status;
    size_t     n;
    fgp_str    some;

    if (s == FGP_OK && bytes->len != 0 && c->size == 0)
        s = begin_chunk(c);
    if (s != FGP_OK || bytes->len == 0)
        return s;
    n = c->size - c->filled;
    some = (fgp_str){ bytes->ptr, bytes->len < n ? bytes->len : n };
    if (c->hashing)
        fgp_digest_add(&c->hash, some);
    if (c->checking)
        fgp_checksum_add(&c->checksum, some);
    c->filled += (uint32_t)some.len;
    c->taken += some.len;
    *bytes = (fgp_str){ bytes->ptr + some.len, bytes->len - some.len };
    return FGP_OK;
}

/* ---- what is put ------------------------------------------------------ */

static void put_size(fgp_out *out, uint32_t size)
{
    int shift = 28;

    while (shift > 0 && size >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        fgp_put_char(out, "0123456789abcdef"[size >> shift & 15]);
}

static fgp_status no_hash(fgp_chunker *c)
{
    return stop(c, FGP_ERR_CRYPTO, "the signature of a chunk",
                "OpenSSL could not make it; see that it offers SHA-256");
}

/* Moves the chain over a part that has |hash|. */
static fgp_status sign(fgp_chunker *c, fgp_str purpose, fgp_str first,
                       const uint8_t hash[FGP_SHA256_SIZE])
{
    fgp_part part = { purpose, c->stamp, first, hash };

    return fgp_chain_sign(&c->chain, &c->key, &part) == FGP_OK ? FGP_OK : no_hash(c);
}

/* Moves it over a chunk, hashed in c->hash. */
static fgp_status sign_chunk(fgp_chunker *c)
{
    uint8_t hash[FGP_SHA256_SIZE];

    c->hashing = false;
    if (fgp_sha256_out((fgp_sha256 *)&c->hash, hash) != FGP_OK)
        return no_hash(c);
    return sign(c, FGP_PURPOSE_PAYLOAD, fgp_lit(FGP_EMPTY_SHA256), hash);
}

/* Puts the line before a chunk of |size| bytes. */
static fgp_status put_head(fgp_chunker *c, uint32_t size, fgp_out *out)
{
    fgp_status s = c->hashing ? sign_chunk(c) : FGP_OK;

    if (s != FGP_OK)
        return s;
    put_size(out, size);
    if (fgp_chunked_is_signed(&c->body)) {
        fgp_put(out, fgp_lit(FGP_CHUNK_SIGNATURE));
        fgp_put_chain(out, &c->chain);
    }
    fgp_put(out, fgp_lit(FGP_CHUNK_TAIL));
    return FGP_OK;
}

fgp_status fgp_chunker_head(fgp_chunker *c, fgp_out *out)
{
    size_t     len = fgp_chunk_head_len(&c->body, c->size);
    fgp_status s = c->error.status;

    if (s == FGP_OK && (c->size == 0 || c->filled != c->size))
        s = stop(c, FGP_ERR_BAD_CHUNK, "the chunk", "is not full; fgp_chunker_wants() says when");
    if (s != FGP_OK)
        return s;
    if (!has_room(out, len))
        return no_space(out, len);
    s = put_head(c, c->size, out);
    c->size = 0;
    return s;
}

/* Fills in head and tail of the chunk at c->place, which is full. */
static fgp_status finish_chunk(fgp_chunker *c, fgp_out *out)
{
    size_t     head_len = fgp_chunk_head_len(&c->body, c->size);
    fgp_out    head = { out->buf + out->need, head_len, 0, NULL };
    fgp_status s = put_head(c, c->size, &head);

    if (s != FGP_OK)
        return s;
    out->need += head_len + c->size;
    fgp_put(out, fgp_lit(FGP_CHUNK_TAIL));
    c->size = 0;
    c->place = NULL;
    return FGP_OK;
}

fgp_status fgp_chunker_put(fgp_chunker *c, fgp_str *bytes, fgp_out *out)
{
    uint32_t   size = c->size != 0 ? c->size : next_size(c), filled = c->size != 0 ? c->filled : 0;
    size_t     head = fgp_chunk_head_len(&c->body, size);
    size_t     whole = head + size + sizeof FGP_CHUNK_TAIL - 1;
    fgp_str    before = *bytes;
    fgp_status s = c->error.status;

    if (s != FGP_OK || bytes->len == 0)
        return s;
    if (size != 0 && !has_room(out, whole))
        return no_space(out, whole);
    if (c->size != 0 && c->place != out->buf + out->need)
        return stop(c, FGP_ERR_BAD_CHUNK, "the chunk under way",
                    "lies in another buffer, or at another place of it");
    s = fgp_chunker_add(c, bytes);
    if (s != FGP_OK)
        return s;
    c->place = out->buf + out->need;
    memcpy(out->buf + out->need + head + filled, before.ptr, before.len - bytes->len);
    return c->filled == c->size ? finish_chunk(c, out) : FGP_OK;
}

/* ---- the end ---------------------------------------------------------- */

/* Gives the trailers their values. |room| is for that of the checksum. */
static fgp_status fill_trailers(fgp_chunker *c, fgp_trailers *t, char room[FGP_CHECKSUM_TEXT])
{
    fgp_out    text = { room, FGP_CHECKSUM_TEXT, 0, NULL };
    fgp_str    name = fgp_checksum_header(c->body.checksum);
    fgp_status s = FGP_OK;

    for (size_t i = 0; s == FGP_OK && i < t->n; i++) {
        const char *fault;

        if (c->checking && fgp_str_eq(t->at[i].name, name)) {
            c->checking = false;
            s = fgp_put_checksum(&text, &c->checksum);
            t->at[i].value = fgp_out_since(&text, 0);
        } else if ((fault = fgp_trailer_fault(t->at[i].value)) != NULL) {
            return fgp_fail(&c->error, FGP_ERR_BAD_TRAILER, "trailer", t->at[i].name, fault);
        }
    }
    return s == FGP_OK ? s : stop(c, s, "the body's checksum", "OpenSSL could not hash");
}

static fgp_status put_trailer_signature(fgp_chunker *c, const fgp_trailers *t, fgp_out *out)
{
    char       window[256];
    uint8_t    hash[FGP_SHA256_SIZE];
    fgp_sha256 h;
    fgp_out    canonical = { window, sizeof window, 0, &h };
    fgp_status s;

    fgp_sha256_init(&h);
    fgp_put_trailers(&canonical, t, fgp_lit("\n"));
    if (fgp_out_hash(&canonical, hash) != FGP_OK)
        return no_hash(c);
    s = sign(c, FGP_PURPOSE_TRAILER, none, hash);
    fgp_put(out, fgp_lit(FGP_TRAILER_SIGNATURE ":"));
    fgp_put_chain(out, &c->chain);
    fgp_put(out, fgp_lit(FGP_CHUNK_TAIL));
    return s;
}

static fgp_status put_end(fgp_chunker *c, fgp_trailers *t, fgp_out *out)
{
    char       room[FGP_CHECKSUM_TEXT];
    fgp_status s = fill_trailers(c, t, room);

    if (s == FGP_OK && fgp_chunked_is_signed(&c->body)) {
        fgp_digest_init(&c->hash);
        c->hashing = true;
    }
    if (s == FGP_OK)
        s = put_head(c, 0, out);
    if (s != FGP_OK)
        return s;
    fgp_put_trailers(out, t, fgp_lit(FGP_CHUNK_TAIL));
    if (fgp_payload_signs_trailer(c->body.kind))
        s = put_trailer_signature(c, t, out);
    fgp_put(out, fgp_lit(FGP_CHUNK_TAIL));
    return s;
}

fgp_status fgp_chunker_end(fgp_chunker *c, fgp_out *out)
{
    size_t       start = out->need, len;
    fgp_trailers t;
    fgp_status   s = c->error.status;

    if (s == FGP_OK && (c->taken != c->body.length || c->size != 0))
        s = stop(c, FGP_ERR_BAD_BODY, "the body", "is shorter than its length that was declared");
    else if (s == FGP_OK && c->ended)
        s = stop(c, FGP_ERR_BAD_BODY, "the body", "has been ended before");
    if (s == FGP_OK)
        s = fgp_trailers_take(&t, &c->body, &c->error);
    if (s != FGP_OK)
        return s;
    len = fgp_chunked_end_len(&c->body, &t);
    if (!has_room(out, len))
        return no_space(out, len);
    s = put_end(c, &t, out);
    c->ended = true;
    if (s != FGP_OK)
        out->need = start;
    return s;
}

void fgp_chunker_wipe(fgp_chunker *c)
{
    uint8_t unused[FGP_SHA256_SIZE];
    fgp_out nowhere = { NULL, 0, 0, NULL };

    if (c->hashing)
        (void)fgp_sha256_out((fgp_sha256 *)&c->hash, unused);
    if (c->checking)
        (void)fgp_put_checksum(&nowhere, &c->checksum);
    fgp_wipe(c, sizeof *c);
}
