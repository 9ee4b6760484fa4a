/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.c - fingerpost.event: messages of the event-stream framing as tables. Knows no
 * signature.
 */
#include "stream.h"

static const struct {
    const char    *name;
    fgp_event_type type;
} kinds[] = {
    { "byte", FGP_EVENT_BYTE },   { "short", FGP_EVENT_SHORT }, { "int", FGP_EVENT_INT },
    { "long", FGP_EVENT_LONG },   { "bytes", FGP_EVENT_BYTES }, { "time", FGP_EVENT_TIME },
    { "uuid", FGP_EVENT_UUID },
};

enum { NKINDS = sizeof kinds / sizeof kinds[0] };

static bool has_text(fgp_event_type type)
{
    return type == FGP_EVENT_BYTES || type == FGP_EVENT_STRING || type == FGP_EVENT_UUID;
}

/* ---- encoding -------------------------------------------------------------- */

enum { E_HEADERS = 1, E_PAYLOAD };

typedef struct message {
    fgp_event_header headers[FGP_EVENT_HEADERS_MAX];
    size_t           n;
} message;

static int64_t whole_number(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(L, index))
        return (int64_t)lua_tointeger(L, index);
#endif
    return check_whole(L, index, "header");
}

/* {int = 5}, the value left on the stack. */
static void read_typed(lua_State *L, int name, int value, fgp_event_header *h)
{
    for (int i = 0; i < NKINDS; i++) {
        int want = has_text(kinds[i].type) ? LUA_TSTRING : LUA_TNUMBER;

        lua_pushstring(L, kinds[i].name);
        lua_rawget(L, value);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            continue;
        }
        if (lua_type(L, -1) != want)
            luaL_error(L, "bad header '%s' (%s = %s expected, got %s)", shown(L, name), kinds[i].name,
                       lua_typename(L, want), luaL_typename(L, -1));
        h->type = kinds[i].type;
        if (want == LUA_TSTRING)
            h->text = view(L, -1);
        else
            h->number = whole_number(L, -1);
        return;
    }
    luaL_error(L, "bad header '%s' (a table says byte, short, int, long, bytes, time or uuid)",
               shown(L, name));
}

/* The pair at |name| and the place after it; both stay on the stack. */
static void add_header(lua_State *L, message *m, int name)
{
    int               value = name + 1;
    fgp_event_header *h = &m->headers[m->n++];

    if (lua_type(L, name) != LUA_TSTRING)
        luaL_error(L, "bad header name (string expected, got %s)", luaL_typename(L, name));
    *h = (fgp_event_header){ .name = view(L, name), .type = FGP_EVENT_STRING };
    switch (lua_type(L, value)) {
    case LUA_TSTRING: h->text = view(L, value); break;
    case LUA_TBOOLEAN:
        h->type = lua_toboolean(L, value) ? FGP_EVENT_TRUE : FGP_EVENT_FALSE;
        break;
    case LUA_TTABLE: read_typed(L, name, value, h); break;
    default:
        luaL_error(L, "bad header '%s' (string, boolean or a table such as {int = 1} expected, got %s)",
                   shown(L, name), luaL_typename(L, value));
    }
}

static void read_headers(lua_State *L, message *m)
{
    m->n = 0;
    lua_pushnil(L);
    for (;;) {
        int name = lua_gettop(L);

        luaL_checkstack(L, LUA_MINSTACK, "headers");
        if (!lua_next(L, E_HEADERS))
            return;
        if (m->n == FGP_EVENT_HEADERS_MAX)
            luaL_error(L, "a message has more than %d headers", FGP_EVENT_HEADERS_MAX);
        add_header(L, m, name);
        lua_pushvalue(L, name);
    }
}

/* Headers by their names' bytes: a table has no order, and a message should have one. */
static bool comes_after(const fgp_event_header *a, const fgp_event_header *b)
{
    size_t least = a->name.len < b->name.len ? a->name.len : b->name.len;
    int    order = memcmp(a->name.ptr, b->name.ptr, least);

    return order != 0 ? order > 0 : a->name.len > b->name.len;
}

static void sort(message *m)
{
    for (size_t i = 1; i < m->n; i++) {
        fgp_event_header h = m->headers[i];
        size_t           at = i;

        for (; at > 0 && comes_after(&m->headers[at - 1], &h); at--)
            m->headers[at] = m->headers[at - 1];
        m->headers[at] = h;
    }
}

/* encode(headers, payload) -> bytes */
static int event_encode(lua_State *L)
{
    message    m;
    room       r;
    fgp_str    payload;
    fgp_error  err;
    fgp_status status;

    lua_settop(L, E_PAYLOAD);
    luaL_checktype(L, E_HEADERS, LUA_TTABLE);
    payload.ptr = luaL_optlstring(L, E_PAYLOAD, "", &payload.len);
    read_headers(L, &m);
    sort(&m);
    room_start(&r);
    while ((status = fgp_event_put(&r.out, m.headers, m.n, payload, &err)) == FGP_ERR_NOSPACE)
        room_grow(L, &r);
    if (status != FGP_OK)
        return push_failure(L, status, err.text);
    lua_pushlstring(L, r.out.buf, r.out.need);
    return 1;
}

/* ---- decoding -------------------------------------------------------------- */

static void push_number(lua_State *L, int64_t n)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, (lua_Integer)n);
#else
    lua_pushnumber(L, (lua_Number)n);
#endif
}

static void push_header_value(lua_State *L, const fgp_event_header *h)
{
    int i = 0;

    if (h->type == FGP_EVENT_TRUE || h->type == FGP_EVENT_FALSE) {
        lua_pushboolean(L, h->type == FGP_EVENT_TRUE);
        return;
    }
    if (h->type == FGP_EVENT_STRING) {
        push_str(L, h->text);
        return;
    }
    while (kinds[i].type != h->type)
        i++;
    lua_createtable(L, 0, 1);
    if (has_text(h->type))
        push_str(L, h->text);
    else
        push_number(L, h->number);
    lua_setfield(L, -2, kinds[i].name);
}

static void push_event(lua_State *L, const fgp_event *e)
{
    fgp_str          rest = e->headers;
    fgp_event_header h;

    lua_createtable(L, 0, 2);
    lua_newtable(L);
    while (fgp_event_next(&rest, &h)) {
        push_str(L, h.name);
        push_header_value(L, &h);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "headers");
    set_str(L, "payload", e->payload);
}

/* decode(bytes, at) -> event, where the next one begins; false, bytes that it takes */
static int event_decode(lua_State *L)
{
    fgp_str    bytes;
    size_t     at;
    fgp_event  event;
    fgp_error  err;
    fgp_status status;

    lua_settop(L, 2);
    bytes.ptr = luaL_checklstring(L, 1, &bytes.len);
    at = check_position(L, 2, bytes.len);
    bytes = (fgp_str){ bytes.ptr + at, bytes.len - at };
    status = fgp_event_read(bytes, 0, &event, &err);
    if (status != FGP_OK)
        return push_failure(L, status, err.text);
    if (event.length > bytes.len) {
        lua_pushboolean(L, 0);
        push_number(L, (int64_t)event.length);
        return 2;
    }
    push_event(L, &event);
    push_number(L, (int64_t)(at + event.length + 1));
    return 2;
}

static const luaL_Reg functions[] = {
    { "encode", event_encode },
    { "decode", event_decode },
    { NULL,     NULL         }
};

void push_event_library(lua_State *L)
{
    luaL_newlib(L, functions);
}
