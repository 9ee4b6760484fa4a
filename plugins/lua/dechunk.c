/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dechunk.c - the decoder of a body in chunks, which verify() hands out.
 *
 * Bytes of a chunk are held back until its signature is found right, so that nothing
 * else is ever given out; in a body without signatures there is nothing to wait for, and
 * finish() alone says whether its checksum is.
 */
#include "stream.h"

#define DECODER "fingerpost.Decoder"

struct decoder {
    fgp_dechunker d;
    fgp_chunked   body;
    uint64_t      given;     /* bytes of the body that were handed out */
    char         *held;      /* those after, in memory of Lua's */
    size_t        len, cap; /* bytes of it */
    bool          open, busy; /* busy: in a call, or one was left by an error of Lua's */
};

enum { KEPT_DECLARED = 1, KEPT_HELD };

#define SELF_AT 1 /* a method's object on the stack */

decoder *push_decoder(lua_State *L, const fgp_header *headers, size_t nheaders, fgp_status *status,
                      fgp_error *err)
{
    fgp_chunked body = { .kind = FGP_PAYLOAD_BYTES };
    decoder    *d;

    *status = fgp_chunked_read(&body, headers, nheaders, err);
    if (*status != FGP_OK)
        return NULL;
    luaL_checkstack(L, LUA_MINSTACK, "decoder");
    d = lua_newuserdatauv(L, sizeof *d, 1);
    memset(d, 0, sizeof *d);
    luaL_setmetatable(L, DECODER);
    lua_createtable(L, 2, 0);
    push_str(L, body.declared);
    body.declared = view(L, -1);
    lua_rawseti(L, -2, KEPT_DECLARED);
    fgp_set_kept(L, -2);
    d->body = body;
    return d;
}

fgp_status start_decoder(decoder *d, const fgp_signing_key *key, int64_t now, fgp_str seed,
                         fgp_error *err)
{
    fgp_status status = fgp_dechunker_init(&d->d, &d->body, key, now, seed);

    d->open = status == FGP_OK;
    if (status != FGP_OK)
        *err = d->d.error;
    return status;
}

/* ---- decoding -------------------------------------------------------------- */

/* More room, twice what there was: never more than a chunk that came, and that twice. */
static void grow(lua_State *L, decoder *d, size_t need)
{
    size_t cap = d->cap ? d->cap : FGP_CHUNK_MIN;
    char  *more;

    while (cap < need)
        cap *= 2;
    luaL_checkstack(L, LUA_MINSTACK, "a chunk");
    fgp_get_kept(L, SELF_AT);
    more = lua_newuserdatauv(L, cap, 0);
    if (d->len)
        memcpy(more, d->held, d->len);
    lua_rawseti(L, -2, KEPT_HELD);
    lua_pop(L, 1);
    d->held = more;
    d->cap = cap;
}

static void hold(lua_State *L, decoder *d, fgp_str bytes)
{
    if (bytes.len > d->cap - d->len)
        grow(L, d, d->len + bytes.len);
    if (bytes.len)
        memcpy(d->held + d->len, bytes.ptr, bytes.len);
    d->len += bytes.len;
}

/* Adds what may be used of what is held. */
static void release(decoder *d, fgp_out *to)
{
    size_t n = (size_t)(d->d.trusted - d->given);

    if (n == 0)
        return;
    collect(to, (fgp_str){ d->held, n });
    d->given += n;
    d->len -= n;
    memmove(d->held, d->held + n, d->len);
}

static fgp_status decode(lua_State *L, decoder *d, fgp_str in, fgp_out *to)
{
    bool       is_signed = d->body.kind != FGP_PAYLOAD_UNSIGNED_TRAILER;
    fgp_status status = FGP_OK;
    fgp_str    bytes;

    while (status == FGP_OK && in.len != 0) {
        status = fgp_dechunker_next(&d->d, &in, &bytes);
        if (status != FGP_OK)
            break;
        if (!is_signed) {
            collect(to, bytes);
            continue;
        }
        hold(L, d, bytes);
        release(d, to);
    }
    return status;
}

/* ---- the object ------------------------------------------------------------ */

static decoder *check_decoder(lua_State *L)
{
    decoder *d = luaL_checkudata(L, SELF_AT, DECODER);

    if (!d->open)
        luaL_error(L, "attempt to use a closed decoder");
    if (d->busy)
        luaL_error(L, "attempt to go on with a decoder that has lost a part of the body");
    return d;
}

/* decoder:write(bytes) -> what may be used of the body: perhaps "" */
static int decoder_write(lua_State *L)
{
    decoder   *d = check_decoder(L);
    fgp_str    in;
    fgp_out    to;
    fgp_status status;

    in.ptr = luaL_checklstring(L, 2, &in.len);
    to = push_space(L, d->len + in.len);
    d->busy = true;
    status = decode(L, d, in, &to);
    if (status == FGP_OK)
        lua_pushlstring(L, to.buf, to.need);
    d->busy = false;
    return status == FGP_OK ? 1 : push_failure(L, status, d->d.error.text);
}

/* decoder:finish() -> the trailers, by name, when the body is whole and right */
static int decoder_finish(lua_State *L)
{
    decoder            *d = check_decoder(L);
    const fgp_trailers *t = &d->d.trailers;
    fgp_status          status = fgp_dechunker_end(&d->d);

    if (status != FGP_OK)
        return push_failure(L, status, d->d.error.text);
    lua_createtable(L, 0, (int)t->n);
    for (size_t i = 0; i < t->n; i++) {
        push_str(L, t->at[i].name);
        push_str(L, t->at[i].value);
        lua_rawset(L, -3);
    }
    return 1;
}

static int decoder_close(lua_State *L)
{
    decoder *d = luaL_checkudata(L, 1, DECODER);

    fgp_dechunker_wipe(&d->d);
    d->open = false;
    return 0;
}

static const luaL_Reg methods[] = {
    { "write",  decoder_write  },
    { "finish", decoder_finish },
    { "close",  decoder_close  },
    { NULL,     NULL           }
};

void make_decoder_metatable(lua_State *L)
{
    make_class(L, DECODER, methods, decoder_close);
}
