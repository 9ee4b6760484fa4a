/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_stream.c - signs the events of a request, and checks those of one that came in.
 *
 * What signs asks its signer for each event's time and key, so that a stream may go on
 * into the next day; what checks has a copy of one key, and ends with its day.
 */
#include "stream.h"

#define EVENT_SIGNER "fingerpost.EventSigner"
#define EVENT_READER "fingerpost.EventReader"

/* ---- out ------------------------------------------------------------------- */

struct event_signer {
    fgp_chain chain;
    signer   *by;
    fgp_str   region, name; /* of the scope, in the labels */
    char      labels[2][LABEL_MAX];
    bool      open, busy; /* busy: in a call, or one was left by an error of Lua's */
};

void push_event_signer(lua_State *L, call *c)
{
    event_signer *e;

    luaL_checkstack(L, LUA_MINSTACK, "events");
    e = lua_newuserdatauv(L, sizeof *e, 1);
    memset(e, 0, sizeof *e);
    luaL_setmetatable(L, EVENT_SIGNER);
    c->events = e;
    c->stream_at = lua_gettop(L);
    e->by = c->signer;
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, SELF);
    lua_rawseti(L, -2, 1);
    fgp_set_kept(L, c->stream_at);
}

fgp_status start_event_signer(call *c)
{
    event_signer *e = c->events;
    fgp_status    status;

    if (!c->region.len)
        return refuse(&c->error, FGP_ERR_UNSUPPORTED_AUTH, "SigV4A signs no events");
    status = fgp_chain_init(&e->chain, c->signed_request.signature, &c->error);
    if (status != FGP_OK)
        return status;
    memcpy(e->labels[0], c->region.ptr, c->region.len); /* a key was made: both are short */
    memcpy(e->labels[1], c->name.ptr, c->name.len);
    e->region = (fgp_str){ e->labels[0], c->region.len };
    e->name = (fgp_str){ e->labels[1], c->name.len };
    e->open = true;
    return FGP_OK;
}

/* The time by the signer's own clock. */
static int64_t event_time(lua_State *L, event_signer *e)
{
    int     top = lua_gettop(L);
    int64_t now;

    fgp_get_kept(L, 1);
    lua_rawgeti(L, -1, 1);
    now = signer_now(L, lua_gettop(L), e->by);
    lua_settop(L, top);
    return now;
}

static int sign_event(lua_State *L, event_signer *e, fgp_str message)
{
    size_t                 cap = message.len + FGP_EVENT_SIGNED_MORE;
    int64_t                now;
    const fgp_signing_key *key;
    fgp_error              err;
    fgp_status             status;
    fgp_out                out = { NULL, cap, 0, NULL };

    now = event_time(L, e);
    out.buf = lua_newuserdatauv(L, cap, 0);
    check_open(L, e->by);
    e->busy = true;
    status = signer_key(e->by, now, e->region, e->name, &key, &err);
    if (status == FGP_OK)
        status = fgp_event_sign(&e->chain, key, now, message, &out, &err);
    if (status == FGP_OK)
        lua_pushlstring(L, out.buf, out.need);
    e->busy = false;
    return status == FGP_OK ? 1 : push_failure(L, status, err.text);
}

static event_signer *check_signer(lua_State *L)
{
    event_signer *e = luaL_checkudata(L, 1, EVENT_SIGNER);

    if (!e->open)
        luaL_error(L, "attempt to sign after the end of an event stream");
    check_open(L, e->by);
    if (e->busy)
        luaL_error(L, "attempt to go on with an event stream that has lost an event");
    return e;
}

/* events:sign(message) -> the event that carries it */
static int signer_sign(lua_State *L)
{
    event_signer *e = check_signer(L);
    fgp_str       message;

    message.ptr = luaL_checklstring(L, 2, &message.len);
    if (!message.len)
        luaL_argerror(L, 2, "an empty message ends the stream: call finish()");
    return sign_event(L, e, message);
}

/* events:finish() -> the event that ends the stream */
static int signer_finish(lua_State *L)
{
    event_signer *e = check_signer(L);
    int           n = sign_event(L, e, (fgp_str){ NULL, 0 });

    e->open = n != 1;
    return n;
}

static int signer_close(lua_State *L)
{
    event_signer *e = luaL_checkudata(L, 1, EVENT_SIGNER);

    e->open = false;
    return 0;
}

static const luaL_Reg signer_methods[] = {
    { "sign",   signer_sign   },
    { "finish", signer_finish },
    { "close",  signer_close  },
    { NULL,     NULL          }
};

/* ---- in -------------------------------------------------------------------- */

struct event_reader {
    fgp_chain       chain;
    fgp_signing_key key;
    bool            open, busy;
};

event_reader *push_event_reader(lua_State *L)
{
    event_reader *r;

    luaL_checkstack(L, LUA_MINSTACK, "events");
    r = lua_newuserdatauv(L, sizeof *r, 0);
    memset(r, 0, sizeof *r);
    luaL_setmetatable(L, EVENT_READER);
    return r;
}

fgp_status start_event_reader(event_reader *r, const fgp_signing_key *key, fgp_str seed,
                              fgp_error *err)
{
    fgp_status status = fgp_chain_init(&r->chain, seed, err);

    r->key = *key;
    r->open = status == FGP_OK;
    return status;
}

static event_reader *check_reader(lua_State *L)
{
    event_reader *r = luaL_checkudata(L, 1, EVENT_READER);

    if (!r->open)
        luaL_error(L, "attempt to use a closed event reader");
    if (r->busy)
        luaL_error(L, "attempt to go on with an event stream that has lost an event");
    return r;
}

/* events:read(bytes, at) -> the message inside ("" ends the stream), where the next event
 * begins, its time; false, bytes that it takes */
static int reader_read(lua_State *L)
{
    event_reader *r = check_reader(L);
    fgp_str       bytes;
    size_t        at;
    int64_t       when = 0;
    fgp_event     event;
    fgp_error     err;
    fgp_status    status;

    lua_settop(L, 3);
    bytes.ptr = luaL_checklstring(L, 2, &bytes.len);
    at = check_position(L, 3, bytes.len);
    bytes = (fgp_str){ bytes.ptr + at, bytes.len - at };
    status = fgp_event_read(bytes, 0, &event, &err);
    if (status == FGP_OK && event.length > bytes.len) {
        lua_pushboolean(L, 0);
        lua_pushinteger(L, (lua_Integer)event.length);
        return 2;
    }
    if (status == FGP_OK)
        status = fgp_event_verify(&r->chain, &r->key, &event, &when, &err);
    if (status != FGP_OK)
        return push_failure(L, status, err.text);
    r->busy = true;
    push_str(L, event.payload);
    r->busy = false;
    lua_pushinteger(L, (lua_Integer)(at + event.length + 1));
    lua_pushinteger(L, (lua_Integer)when);
    return 3;
}

static int reader_close(lua_State *L)
{
    event_reader *r = luaL_checkudata(L, 1, EVENT_READER);

    fgp_wipe(&r->key, sizeof r->key);
    r->open = false;
    return 0;
}

static const luaL_Reg reader_methods[] = {
    { "read",  reader_read  },
    { "close", reader_close },
    { NULL,    NULL         }
};

void make_event_metatables(lua_State *L)
{
    make_class(L, EVENT_SIGNER, signer_methods, signer_close);
    make_class(L, EVENT_READER, reader_methods, reader_close);
}
