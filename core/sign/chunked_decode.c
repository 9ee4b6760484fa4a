/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunked_decode.c - a body on its way in, in any pieces.
 *
 * What is sent is lines with the chunks' bytes between them. A line is kept until it
 * is whole; bytes are handed on at once, and counted as trusted when their signature
 * was checked. Every state has its limit, so nothing that comes can make it keep more.
 * Read it from the end.
 */
#include "../base/chars.h"
#include "../base/error.h"
#include "chain.h"
#include "checksum.h"
#include "chunked.h"
#include "payload.h"

#define SIZE_DIGITS 8 /* hexadecimal, of a chunk's size */

/* What a signature may be by its form. */
#define NOT_HMAC  "not of 64 hexadecimal digits"
#define NOT_ECDSA "not of hexadecimal digits, filled up to 144 by '*'"

enum state {
    HEAD,    /* the line before a chunk */
    DATA,    /* its bytes */
    TAIL,    /* the line end after them */
    TRAILER, /* the lines after the last chunk, up to an empty one */
    DONE
};

static const fgp_str none = { NULL, 0 };

/* ---- errors: what, and where ------------------------------------------ */

/* Fails for the chunk under way: "aws-chunked body: chunk 3, from byte 131252, REMEDY". */
static fgp_status stop(fgp_dechunker *d, fgp_status status, const char *remedy)
{
    char    room[64];
    fgp_out place = { room, sizeof room, 0, NULL };

    fgp_put(&place, fgp_lit("chunk "));
    fgp_put_number(&place, d->number);
    fgp_put(&place, fgp_lit(", from byte "));
    fgp_put_number(&place, d->at);
    fgp_put(&place, fgp_lit(", "));
    return fgp_fail_in(&d->error, status, "aws-chunked body", none, fgp_out_since(&place, 0),
                       remedy);
}

static fgp_status bad_trailer(fgp_dechunker *d, fgp_str name, const char *remedy)
{
    return fgp_fail(&d->error, FGP_ERR_BAD_TRAILER, "trailer", name, remedy);
}

static fgp_status no_hash(fgp_dechunker *d)
{
    return stop(d, FGP_ERR_CRYPTO, "could not be hashed; see that OpenSSL offers SHA-256");
}

/* ---- signatures ------------------------------------------------------- */

/* Checks d->signature over a part that has |hash|. */
static fgp_status verify(fgp_dechunker *d, fgp_str purpose, fgp_str first,
                         const uint8_t hash[FGP_SHA256_SIZE])
{
    fgp_part   part = { purpose, d->stamp, first, hash };
    fgp_str    signature = { d->signature, d->signature_len };
    fgp_status s = fgp_chain_verify(&d->chain, &d->key, &part, signature);

    if (s == FGP_ERR_BAD_SIGNATURE)
        return stop(d, s, "is not what was signed: it was changed, or a part is missing or "
                          "out of order");
    return s == FGP_OK ? s : no_hash(d);
}

static void begin_hash(fgp_dechunker *d)
{
    if (!fgp_chunked_is_signed(&d->body))
        return;
    fgp_digest_init(&d->hash);
    d->hashing = true;
}

/* Checks the chunk whose bytes are all in d->hash: from here on they are trusted. */
static fgp_status verify_chunk(fgp_dechunker *d)
{
    uint8_t    hash[FGP_SHA256_SIZE];
    fgp_status s;

    if (!d->hashing)
        return FGP_OK;
    d->hashing = false;
    if (fgp_sha256_out((fgp_sha256 *)&d->hash, hash) != FGP_OK)
        return no_hash(d);
    s = verify(d, FGP_PURPOSE_PAYLOAD, fgp_lit(FGP_EMPTY_SHA256), hash);
    if (s == FGP_OK)
        d->trusted = d->taken;
    return s;
}

static fgp_status verify_trailer(fgp_dechunker *d)
{
    char       window[256];
    uint8_t    hash[FGP_SHA256_SIZE];
    fgp_sha256 h;
    fgp_out    canonical = { window, sizeof window, 0, &h };

    if (!fgp_payload_signs_trailer(d->body.kind))
        return FGP_OK;
    if (!d->trailer_signed)
        return bad_trailer(d, fgp_lit(FGP_TRAILER_SIGNATURE), "is missing");
    fgp_sha256_init(&h);
    fgp_put_trailers(&canonical, &d->trailers, fgp_lit("\n"));
    if (fgp_out_hash(&canonical, hash) != FGP_OK)
        return no_hash(d);
    return verify(d, FGP_PURPOSE_TRAILER, none, hash);
}

static fgp_status verify_checksum(fgp_dechunker *d)
{
    char    room[FGP_CHECKSUM_TEXT];
    fgp_out ours = { room, sizeof room, 0, NULL };
    fgp_str name = fgp_checksum_header(d->body.checksum);

    if (!d->checking)
        return FGP_OK;
    d->checking = false;
    if (fgp_put_checksum(&ours, &d->checksum) != FGP_OK)
        return no_hash(d);
    for (size_t i = 0; i < d->trailers.n; i++)
        if (fgp_str_eq(d->trailers.at[i].name, name) &&
            fgp_str_eq(d->trailers.at[i].value, fgp_out_since(&ours, 0)))
            return FGP_OK;
    return fgp_fail(&d->error, FGP_ERR_BAD_CHECKSUM, "trailer", name,
                    "is not the checksum of the body that came");
}

/* ---- lines ------------------------------------------------------------ */

/* Takes digits off |line|: -1 where it begins with none, or with too many. */
static int64_t cut_size(fgp_str *line)
{
    int64_t size = 0;
    size_t  n = 0;

    while (n < line->len && fgp_hex_value(line->ptr[n]) >= 0 && n <= SIZE_DIGITS)
        size = size * 16 + fgp_hex_value(line->ptr[n++]);
    *line = (fgp_str){ line->ptr + n, line->len - n };
    return n == 0 || n > SIZE_DIGITS ? -1 : size;
}

/* Keeps |s| in d->signature, where it is one by its form. */
static bool keep_signature(fgp_dechunker *d, fgp_str s)
{
    if (!fgp_chain_unpad(&d->chain, &s))
        return false;
    memcpy(d->signature, s.ptr, s.len);
    d->signature_len = (uint8_t)s.len;
    return true;
}

/* Checks what follows the size in a chunk's head. */
static fgp_status take_extension(fgp_dechunker *d, fgp_str rest)
{
    fgp_str prefix = FGP_STR(FGP_CHUNK_SIGNATURE);

    if (!fgp_chunked_is_signed(&d->body))
        return rest.len == 0 ? FGP_OK
                             : stop(d, FGP_ERR_BAD_CHUNK, "has more in its head than its size");
    if (!fgp_str_starts(rest, prefix))
        return stop(d, FGP_ERR_BAD_CHUNK, "has no ;chunk-signature= after its size");
    if (!keep_signature(d, (fgp_str){ rest.ptr + prefix.len, rest.len - prefix.len }))
        return stop(d, FGP_ERR_BAD_CHUNK,
                    fgp_payload_is_ecdsa(d->body.kind)
                        ? "has a signature that is " NOT_ECDSA
                        : "has a signature that is " NOT_HMAC);
    return FGP_OK;
}

static fgp_status take_last(fgp_dechunker *d)
{
    if (d->taken != d->body.length)
        return stop(d, FGP_ERR_BAD_BODY, "is the last, but the body is shorter than was declared");
    begin_hash(d);
    d->state = TRAILER;
    return verify_chunk(d);
}

static fgp_status take_head(fgp_dechunker *d, fgp_str line)
{
    uint32_t   max = d->body.chunk != 0 ? d->body.chunk : FGP_CHUNK_MAX;
    int64_t    size = cut_size(&line);
    fgp_status s;

    if (size < 0)
        return stop(d, FGP_ERR_BAD_CHUNK, "does not begin with its size, of 1 to 8 "
                                          "hexadecimal digits");
    s = take_extension(d, line);
    if (s != FGP_OK)
        return s;
    if (size == 0)
        return take_last(d);
    if (d->size != 0 && d->size < FGP_CHUNK_MIN)
        return stop(d, FGP_ERR_BAD_CHUNK, "follows one of less than 8192 bytes, as only the "
                                          "last may have");
    if (size > max)
        return stop(d, FGP_ERR_BAD_CHUNK, "is larger than is taken here; send smaller ones");
    if ((uint64_t)size > d->body.length - d->taken)
        return stop(d, FGP_ERR_BAD_BODY, "makes the body longer than was declared");
    d->size = d->left = (uint32_t)size;
    d->state = DATA;
    begin_hash(d);
    return FGP_OK;
}

/* Keeps a trailer in d->text, its name in lower case. */
static fgp_status keep_trailer(fgp_dechunker *d, fgp_str name, fgp_str value)
{
    fgp_out    text = { d->text, sizeof d->text, d->text_len, NULL };
    fgp_header kept;
    size_t     at = text.need;

    for (size_t i = 0; i < name.len; i++)
        fgp_put_char(&text, fgp_lower(name.ptr[i]));
    kept.name = fgp_out_since(&text, at);
    at = text.need;
    fgp_put(&text, value);
    kept.value = fgp_out_since(&text, at);
    if (!fgp_out_fits(&text))
        return bad_trailer(d, name, "the trailers are longer than 1024 bytes together");
    if (!fgp_trailers_add(&d->trailers, kept))
        return bad_trailer(d, name, "is repeated");
    d->text_len = (uint16_t)text.need;
    return FGP_OK;
}

static fgp_status take_trailer(fgp_dechunker *d, fgp_str line)
{
    fgp_str     name, value = line;
    bool        whole = fgp_str_cut(&value, ':', &name);
    const char *fault;

    if (!whole)
        return bad_trailer(d, name, "has no ':' after its name");
    if (d->trailer_signed)
        return bad_trailer(d, name, "follows the trailers' signature");
    value = fgp_str_trim(value);
    if (fgp_payload_signs_trailer(d->body.kind) &&
        fgp_str_ieq(name, fgp_lit(FGP_TRAILER_SIGNATURE))) {
        d->trailer_signed = keep_signature(d, value);
        return d->trailer_signed ? FGP_OK
                                 : bad_trailer(d, name, fgp_payload_is_ecdsa(d->body.kind)
                                                            ? "is " NOT_ECDSA
                                                            : "is " NOT_HMAC);
    }
    if (!fgp_trailer_is_declared(d->body.declared, name))
        return bad_trailer(d, name, "was not declared in x-amz-trailer");
    fault = fgp_trailer_fault(value);
    return fault != NULL ? bad_trailer(d, name, fault) : keep_trailer(d, name, value);
}

/* The empty line that ends all: now the whole is known. */
static fgp_status take_end(fgp_dechunker *d)
{
    fgp_status s;

    if (d->trailers.n != d->ndeclared)
        return bad_trailer(d, none, "one that x-amz-trailer declares is missing");
    s = verify_trailer(d);
    if (s == FGP_OK)
        s = verify_checksum(d);
    if (s != FGP_OK)
        return s;
    d->trusted = d->taken;
    d->state = DONE;
    d->done = true;
    return FGP_OK;
}

static fgp_status take_whole_line(fgp_dechunker *d, fgp_str line)
{
    if (d->state == HEAD)
        return take_head(d, line);
    if (d->state == TRAILER)
        return line.len == 0 ? take_end(d) : take_trailer(d, line);
    d->at = d->read;
    d->number++;
    d->state = HEAD;
    return FGP_OK;
}

/* ---- bytes ------------------------------------------------------------ */

/* The longest line that may come, its end included. */
static size_t line_max(const fgp_dechunker *d)
{
    if (d->state == TAIL)
        return sizeof FGP_CHUNK_TAIL - 1;
    if (d->state == TRAILER)
        return sizeof d->line;
    return SIZE_DIGITS + sizeof FGP_CHUNK_SIGNATURE - 1 + fgp_chain_width(&d->chain) +
           sizeof FGP_CHUNK_TAIL - 1;
}

static fgp_status line_too_long(fgp_dechunker *d)
{
    if (d->state == TAIL)
        return stop(d, FGP_ERR_BAD_CHUNK, "has no line end after as many bytes as it says");
    if (d->state == TRAILER)
        return bad_trailer(d, none, "the trailers are longer than 1024 bytes together");
    return stop(d, FGP_ERR_BAD_CHUNK, "has a head that does not end; it is too long");
}

static void advance(fgp_dechunker *d, fgp_str *in, size_t n)
{
    *in = (fgp_str){ in->ptr + n, in->len - n };
    d->read += n;
}

static fgp_status take_line(fgp_dechunker *d, fgp_str *in)
{
    size_t      room = line_max(d) - d->line_len, n = in->len < room ? in->len : room;
    const char *end = memchr(in->ptr, '\n', n);

    if (end != NULL)
        n = (size_t)(end - in->ptr) + 1;
    memcpy(d->line + d->line_len, in->ptr, n);
    d->line_len = (uint16_t)(d->line_len + n);
    advance(d, in, n);
    if (end == NULL)
        return n == room ? line_too_long(d) : FGP_OK;
    if (d->line_len < 2 || d->line[d->line_len - 2] != '\r')
        return d->state == TAIL ? line_too_long(d)
                                : stop(d, FGP_ERR_BAD_CHUNK, "has a line that ends without a CR");
    n = d->line_len - 2u;
    d->line_len = 0;
    return take_whole_line(d, (fgp_str){ d->line, n });
}

static fgp_status take_data(fgp_dechunker *d, fgp_str *in, fgp_str *bytes)
{
    *bytes = (fgp_str){ in->ptr, in->len < d->left ? in->len : d->left };
    if (d->hashing)
        fgp_digest_add(&d->hash, *bytes);
    if (d->checking)
        fgp_checksum_add(&d->checksum, *bytes);
    d->left -= (uint32_t)bytes->len;
    d->taken += bytes->len;
    advance(d, in, bytes->len);
    if (d->left != 0)
        return FGP_OK;
    d->state = TAIL;
    return verify_chunk(d);
}

static fgp_status take_more(fgp_dechunker *d)
{
    d->done = false;
    return stop(d, FGP_ERR_BAD_CHUNK, "was the last, but further bytes follow its end");
}

/* ---- the calls -------------------------------------------------------- */

fgp_status fgp_dechunker_init(fgp_dechunker *d, const fgp_chunked *body,
                              const fgp_signing_key *key, int64_t now, fgp_str seed)
{
    size_t     n;
    fgp_status s;

    memset(d, 0, sizeof *d);
    d->number = 1;
    d->body = (fgp_chunked){ .kind = body->kind, .length = body->length, .chunk = body->chunk,
                             .declared = body->declared };
    s = fgp_chunked_check_bounds(body, &d->error);
    if (s == FGP_OK)
        s = fgp_trailers_declared(body, &n, &d->body.checksum, &d->error);
    if (s == FGP_OK && fgp_chunked_is_signed(body))
        s = fgp_chunked_start(&d->chain, d->stamp, body, key, now, seed, &d->error);
    if (s != FGP_OK)
        return s;
    d->ndeclared = (uint8_t)n;
    if (fgp_chunked_is_signed(body))
        d->key = *key;
    if (d->body.checksum != FGP_CHECKSUM_NONE) {
        fgp_checksum_init(&d->checksum, d->body.checksum);
        d->checking = true;
    }
    return FGP_OK;
}

fgp_status fgp_dechunker_next(fgp_dechunker *d, fgp_str *in, fgp_str *bytes)
{
    fgp_status s = d->error.status;

    *bytes = (fgp_str){ in->ptr, 0 };
    while (s == FGP_OK && in->len != 0 && bytes->len == 0) {
        if (d->state == DATA)
            s = take_data(d, in, bytes);
        else
            s = d->state == DONE ? take_more(d) : take_line(d, in);
    }
    if (s != FGP_OK)
        bytes->len = 0;
    return s;
}

fgp_status fgp_dechunker_end(fgp_dechunker *d)
{
    if (d->error.status != FGP_OK || d->done)
        return d->error.status;
    return stop(d, FGP_ERR_BAD_CHUNK, "is not whole: the body ends early");
}

void fgp_dechunker_wipe(fgp_dechunker *d)
{
    uint8_t unused[FGP_SHA256_SIZE];
    fgp_out nowhere = { NULL, 0, 0, NULL };

    if (d->hashing)
        (void)fgp_sha256_out((fgp_sha256 *)&d->hash, unused);
    if (d->checking)
        (void)fgp_put_checksum(&nowhere, &d->checksum);
    fgp_wipe(d, sizeof *d);
}
