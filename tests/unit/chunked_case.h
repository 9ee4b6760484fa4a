/* SPDX-License-Identifier: Apache-2.0 */
/* chunked_case.h - a vector of tests/vectors/chunked as what the core takes. */
#ifndef CHUNKED_CASE_H
#define CHUNKED_CASE_H

#include "vector.h"

/* All that a body in chunks is sent or received with. */
typedef struct chunked_case {
    fgp_chunked     body;
    fgp_header      trailers[FGP_TRAILERS_MAX];
    fgp_signing_key key;
    int64_t         now;
    fgp_str         seed;
    fgp_str         plain, encoded; /* to be freed */
    char            declared[256];
} chunked_case;

static inline fgp_payload_kind payload_kind(fgp_str word)
{
    static const struct {
        const char      *word;
        fgp_payload_kind kind;
    } all[] = {
        { "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", FGP_PAYLOAD_CHUNKS },
        { "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", FGP_PAYLOAD_CHUNKS_TRAILER },
        { "STREAMING-UNSIGNED-PAYLOAD-TRAILER", FGP_PAYLOAD_UNSIGNED_TRAILER },
    };

    for (size_t i = 0; i < 3; i++)
        if (fgp_str_eq(word, text(all[i].word)))
            return all[i].kind;
    fail_msg("no payload kind: %.*s", (int)word.len, word.ptr);
    return FGP_PAYLOAD_BYTES;
}

static inline void make_key(fgp_signing_key *key, const vector *v)
{
    fgp_error err;

    assert_int_equal(FGP_OK,
                     fgp_signing_key_init(key, vector_setting(v, "secret_access_key"),
                                          vector_number(vector_setting(v, "now")),
                                          vector_setting(v, "region"),
                                          vector_setting(v, "service"), &err));
}

/* Takes lines "Name:value" into |headers|. */
static inline size_t take_headers(fgp_str lines, fgp_header *headers)
{
    size_t n = 0;

    while (lines.len != 0) {
        fgp_str line, name;

        fgp_str_cut(&lines, '\n', &line);
        if (fgp_str_cut(&line, ':', &name))
            headers[n++] = (fgp_header){ name, line };
    }
    return n;
}

static inline void case_load(chunked_case *c, const vector *v)
{
    memset(c, 0, sizeof *c);
    make_key(&c->key, v);
    c->now = vector_number(vector_setting(v, "now"));
    c->seed = vector_setting(v, "seed");
    c->plain = vector_bytes(vector_section(v, "body"));
    c->encoded = vector_bytes(vector_section(v, "encoded"));
    c->body = (fgp_chunked){
        .kind = payload_kind(vector_setting(v, "kind")),
        .length = c->plain.len,
        .chunk = (uint32_t)vector_number(vector_setting(v, "chunk")),
        .checksum = fgp_checksum_find(vector_setting(v, "checksum")),
        .trailers = c->trailers,
        .ntrailers = take_headers(vector_section(v, "trailers"), c->trailers),
    };
    for (size_t i = 0; i < c->body.ntrailers; i++)
        snprintf(c->declared + strlen(c->declared), 64, "%s%.*s", i ? ", " : "",
                 (int)c->trailers[i].name.len, c->trailers[i].name.ptr);
    if (c->body.checksum != FGP_CHECKSUM_NONE)
        strcat(c->declared, fgp_checksum_header(c->body.checksum).ptr);
    c->body.declared = text(c->declared);
}

static inline void case_free(chunked_case *c)
{
    free((void *)(uintptr_t)c->plain.ptr);
    free((void *)(uintptr_t)c->encoded.ptr);
}

/* The whole body as it is sent, given in pieces of |piece| bytes; to be freed. */
static inline fgp_str case_encode(const chunked_case *c, size_t piece)
{
    size_t      cap = (size_t)fgp_chunked_length(&c->body);
    fgp_out     out = { malloc(cap), cap, 0, NULL };
    fgp_chunker k;

    assert_int_equal(FGP_OK, fgp_chunker_init(&k, &c->body, &c->key, c->now, c->seed));
    for (size_t at = 0; at < c->plain.len; at += piece) {
        size_t  left = c->plain.len - at;
        fgp_str some = { c->plain.ptr + at, left < piece ? left : piece };

        while (some.len != 0)
            if (fgp_chunker_put(&k, &some, &out) != FGP_OK)
                fail_msg("%s", k.error.text);
    }
    if (fgp_chunker_end(&k, &out) != FGP_OK)
        fail_msg("%s", k.error.text);
    fgp_chunker_wipe(&k);
    assert_int_equal(cap, out.need);
    return (fgp_str){ out.buf, out.need };
}

/* A generator of numbers, the same in each run. */
static inline uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % below);
}

#endif
