/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chunked.c - the field 'chunked' of a request, and the encoder that its body goes through.
 *
 * An encoder has a copy of the request's key, which it wipes; SigV4A's stands on the
 * signer, so no encoder outlives its signer. Knows no transport: bytes in, bytes out.
 */
#include "stream.h"

#define ENCODER    "fingerpost.Encoder"
#define CHUNK_HEAD 192 /* bytes: more than a chunk has beside its own, by SigV4A, too */

struct encoder {
    fgp_chunker  chunker;
    fgp_out      out; /* the chunk under way */
    const signer *by;
    bool         busy; /* in a call, or one was left by an error of Lua's: a part is lost */
};

enum { KEPT_SIGNER = 1, KEPT_ROOM };

/* ---- the field ------------------------------------------------------------- */

enum { LENGTH, CHUNK_SIZE, TRAILER, UNSIGNED, NCHUNKED };

static const field chunked_fields[NCHUNKED] = {
    [LENGTH] = { FGP_STR_OF("length"), IS_NUMBER },
    [CHUNK_SIZE] = { FGP_STR_OF("chunk_size"), IS_NUMBER },
    [TRAILER] = { FGP_STR_OF("trailer"), IS_STRING },
    [UNSIGNED] = { FGP_STR_OF("unsigned"), IS_BOOL },
};

/* The body's length: that of 'body', or as it is said. */
static fgp_status read_length(lua_State *L, int at, call *c)
{
    int64_t length;

    if (!lua_isnil(L, SLOT(BODY)) != !!lua_isnil(L, at))
        luaL_error(L, "a request with 'chunked' has either 'body' or chunked.length");
    if (!lua_isnil(L, SLOT(BODY))) {
        c->chunked.length = view(L, SLOT(BODY)).len;
        return FGP_OK;
    }
    length = check_whole(L, at, "length");
    if (length < 0)
        return refuse(&c->error, FGP_ERR_BAD_BODY, "the body's length is negative");
    c->chunked.length = (uint64_t)length;
    return FGP_OK;
}

static fgp_status read_size(lua_State *L, int at, call *c)
{
    int64_t size = lua_isnil(L, at) ? FGP_CHUNK_DEFAULT : check_whole(L, at, "chunk_size");

    if (size < FGP_CHUNK_MIN || size > FGP_CHUNK_MAX)
        return refuse(&c->error, FGP_ERR_BAD_CHUNK, "a chunk has 8192 bytes to 1 GiB");
    c->chunked.chunk = (uint32_t)size;
    return FGP_OK;
}

static fgp_status read_kind(lua_State *L, int base, call *c)
{
    bool    has_trailer = !lua_isnil(L, base + TRAILER);
    fgp_str trailer = view(L, base + TRAILER);

    c->chunked.kind = has_trailer ? FGP_PAYLOAD_CHUNKS_TRAILER : FGP_PAYLOAD_CHUNKS;
    if (lua_toboolean(L, base + UNSIGNED))
        c->chunked.kind = FGP_PAYLOAD_UNSIGNED_TRAILER;
    if (has_trailer)
        c->chunked.checksum = fgp_checksum_find(trailer);
    if (has_trailer && c->chunked.checksum == FGP_CHECKSUM_NONE)
        return refuse(&c->error, FGP_ERR_BAD_TRAILER,
                      "the trailer is no checksum: give crc32, crc32c, crc64nvme, sha1 or sha256");
    return FGP_OK;
}

/* The coding that the body has already, in place of a header that would repeat the name. */
static void take_coding(call *c)
{
    size_t i = find_header(c, 0, str_of("content-encoding"));

    if (i == c->request.nheaders)
        return;
    c->chunked.coding = c->headers[i].value;
    for (c->request.nheaders--; i < c->request.nheaders; i++) {
        c->headers[i] = c->headers[i + 1];
        c->name_at[i] = c->name_at[i + 1];
        c->value_at[i] = c->value_at[i + 1];
    }
}

static fgp_status check_headers(call *c)
{
    static const fgp_str ours[] = {
        FGP_STR_OF("content-encoding"), FGP_STR_OF("content-length"), FGP_STR_OF("x-amz-trailer"),
        FGP_STR_OF("x-amz-decoded-content-length"), FGP_STR_OF("transfer-encoding"),
    };

    take_coding(c);
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (find_header(c, 0, ours[i]) < c->request.nheaders)
            return refuse(&c->error, FGP_ERR_BAD_HEADER,
                          "a body in chunks has its own content-length, x-amz-trailer and so on, and "
                          "no transfer-encoding: leave the header out");
    if (c->request.nheaders + FGP_CHUNKED_HEADERS > FGP_HEADERS_MAX)
        return refuse(&c->error, FGP_ERR_BAD_HEADER, "a request has more than 200 headers");
    return FGP_OK;
}

/* Room for the largest chunk that there will be, and by SigV4A. */
static size_t room_of(const fgp_chunked *body)
{
    fgp_chunked most = *body;

    if (most.kind == FGP_PAYLOAD_CHUNKS)
        most.kind = FGP_PAYLOAD_ECDSA_CHUNKS;
    else if (most.kind == FGP_PAYLOAD_CHUNKS_TRAILER)
        most.kind = FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER;
    return fgp_chunked_room(&most);
}

/* Made before the signature: between it and the start nothing of Lua's may run, which
 * might close the signer. */
static void push_encoder(lua_State *L, call *c)
{
    encoder *e = lua_newuserdatauv(L, sizeof *e, 1);
    size_t   cap = room_of(&c->chunked);

    memset(e, 0, sizeof *e);
    luaL_setmetatable(L, ENCODER);
    c->encoder = e;
    c->stream_at = lua_gettop(L);
    e->by = c->signer;
    lua_createtable(L, 2, 0);
    lua_pushvalue(L, SELF);
    lua_rawseti(L, -2, KEPT_SIGNER);
    e->out = (fgp_out){ lua_newuserdatauv(L, cap, 0), cap, 0, NULL };
    lua_rawseti(L, -2, KEPT_ROOM);
    fgp_set_kept(L, c->stream_at);
}

/* What is wrong with the body as it is described; nothing that the signer's algorithm changes. */
static fgp_status check_body(call *c)
{
    char       text[CHUNKED_TEXT];
    fgp_out    out = { text, sizeof text, 0, NULL };
    fgp_header headers[FGP_CHUNKED_HEADERS];
    size_t     n;
    fgp_status status = fgp_chunked_headers(&c->chunked, &out, headers, &n, &c->error);

    if (status == FGP_OK && c->chunked.length < c->chunked.chunk) /* less room, the same bytes */
        c->chunked.chunk = c->chunked.length < FGP_CHUNK_MIN ? FGP_CHUNK_MIN
                                                             : (uint32_t)c->chunked.length;
    return status;
}

fgp_status read_chunked(lua_State *L, call *c)
{
    int        base = lua_gettop(L) + 1;
    fgp_status status;

    c->chunked = (fgp_chunked){ .kind = FGP_PAYLOAD_CHUNKS };
    if (!lua_isnil(L, SLOT(PAYLOAD)))
        luaL_error(L, "a request has either 'payload' or 'chunked'");
    push_fields(L, SLOT(CHUNKED), chunked_fields, NCHUNKED, "chunked");
    status = read_length(L, base + LENGTH, c);
    if (status == FGP_OK)
        status = read_size(L, base + CHUNK_SIZE, c);
    if (status == FGP_OK)
        status = read_kind(L, base, c);
    if (status == FGP_OK)
        status = check_headers(c);
    if (status == FGP_OK)
        status = check_body(c);
    if (status == FGP_OK)
        push_encoder(L, c);
    return status;
}

/* ---- the request ----------------------------------------------------------- */

fgp_status add_chunked_headers(lua_State *L, call *c, bool sigv4a)
{
    char       text[CHUNKED_TEXT];
    fgp_out    out = { text, sizeof text, 0, NULL };
    fgp_header headers[FGP_CHUNKED_HEADERS];
    size_t     n;
    fgp_status status;

    if (sigv4a && c->chunked.kind != FGP_PAYLOAD_UNSIGNED_TRAILER)
        c->chunked.kind = c->chunked.kind == FGP_PAYLOAD_CHUNKS ? FGP_PAYLOAD_ECDSA_CHUNKS
                                                                : FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER;
    c->request.payload.kind = c->chunked.kind;
    status = fgp_chunked_headers(&c->chunked, &out, headers, &n, &c->error);
    luaL_checkstack(L, 2 * FGP_CHUNKED_HEADERS + LUA_MINSTACK, "headers");
    for (size_t i = 0; status == FGP_OK && i < n; i++) {
        size_t at = c->request.nheaders++;

        push_str(L, headers[i].name);
        push_str(L, headers[i].value);
        c->value_at[at] = lua_gettop(L);
        c->name_at[at] = c->value_at[at] - 1;
        c->headers[at] = (fgp_header){ view(L, c->name_at[at]), view(L, c->value_at[at]) };
    }
    return status;
}

fgp_status start_encoder(call *c)
{
    fgp_status status = fgp_chunker_init(&c->encoder->chunker, &c->chunked, c->key, c->now,
                                         c->signed_request.signature);

    if (status != FGP_OK)
        c->error = c->encoder->chunker.error;
    return status;
}

/* ---- encoding -------------------------------------------------------------- */

/* Room for what |len| more bytes can make: the chunk under way, and heads. */
static fgp_out push_room(lua_State *L, const encoder *e, size_t len)
{
    return push_space(L, e->out.cap + len + (len / FGP_CHUNK_MIN + 1) * CHUNK_HEAD);
}

/* Adds to |to| what stands on e->out. */
static void take_out(encoder *e, fgp_out *to)
{
    collect(to, (fgp_str){ e->out.buf, e->out.need });
    e->out.need = 0;
}

static fgp_status encode(encoder *e, fgp_str bytes, fgp_out *to)
{
    fgp_status status = FGP_OK;

    while (status == FGP_OK && bytes.len != 0) {
        status = fgp_chunker_put(&e->chunker, &bytes, &e->out);
        if (status == FGP_OK)
            take_out(e, to);
    }
    return status;
}

static fgp_status end(encoder *e, fgp_out *to)
{
    fgp_status status = fgp_chunker_end(&e->chunker, &e->out);

    if (status == FGP_OK)
        take_out(e, to);
    return status;
}

int push_encoded(lua_State *L, call *c, fgp_str body)
{
    fgp_out    to = push_room(L, c->encoder, body.len);
    fgp_status status = encode(c->encoder, body, &to);

    if (status == FGP_OK)
        status = end(c->encoder, &to);
    if (status != FGP_OK)
        return luaL_error(L, "%s", c->encoder->chunker.error.text); /* hashing failed */
    fgp_chunker_wipe(&c->encoder->chunker);
    lua_pushlstring(L, to.buf, to.need);
    lua_remove(L, -2);
    return 1;
}

/* ---- the object ------------------------------------------------------------ */

static encoder *check_encoder(lua_State *L)
{
    encoder *e = luaL_checkudata(L, 1, ENCODER);

    if (!e->by || !e->by->open)
        luaL_error(L, "attempt to use an encoder whose signer is closed");
    if (e->busy)
        luaL_error(L, "attempt to go on with an encoder that has lost a part of the body");
    return e;
}

static int push_part(lua_State *L, encoder *e, fgp_status status, const fgp_out *to)
{
    if (status == FGP_OK)
        lua_pushlstring(L, to->buf, to->need);
    e->busy = false;
    return status == FGP_OK ? 1 : push_failure(L, status, e->chunker.error.text);
}

/* encoder:write(bytes) -> what may be sent: perhaps "", perhaps several chunks */
static int encoder_write(lua_State *L)
{
    encoder *e = check_encoder(L);
    fgp_str  bytes;
    fgp_out  to;

    bytes.ptr = luaL_checklstring(L, 2, &bytes.len);
    to = push_room(L, e, bytes.len);
    e->busy = true;
    return push_part(L, e, encode(e, bytes, &to), &to);
}

/* encoder:finish() -> the last chunk and the trailer */
static int encoder_finish(lua_State *L)
{
    encoder *e = check_encoder(L);
    fgp_out  to = push_room(L, e, 0);

    e->busy = true;
    return push_part(L, e, end(e, &to), &to);
}

static int encoder_close(lua_State *L)
{
    encoder *e = luaL_checkudata(L, 1, ENCODER);

    fgp_chunker_wipe(&e->chunker);
    e->by = NULL;
    return 0;
}

static const luaL_Reg methods[] = {
    { "write",  encoder_write  },
    { "finish", encoder_finish },
    { "close",  encoder_close  },
    { NULL,     NULL           }
};

void make_encoder_metatable(lua_State *L)
{
    make_class(L, ENCODER, methods, encoder_close);
}
