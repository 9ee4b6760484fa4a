/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result.c - a signed request as a table: { method, url, headers, body }.
 *
 * Strings that the request brought are pushed from where they lie on the stack, so
 * that none is made twice.
 */
#include "stream.h"

#define JOINED 0 /* in place of a name's place on the stack: the header has been pushed */

/* ---- the request's own headers ------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static bool same_name(fgp_str a, fgp_str b)
{
    size_t i = 0;

    if (a.len != b.len)
        return false;
    while (i < a.len && lower(a.ptr[i]) == lower(b.ptr[i]))
        i++;
    return i == a.len;
}

size_t find_header(const call *c, size_t from, fgp_str name)
{
    while (from < c->request.nheaders && !same_name(c->headers[from].name, name))
        from++;
    return from;
}

/* The name in lower case: as it was given, where it is that already. */
static void push_name(lua_State *L, const call *c, size_t i)
{
    fgp_str     name = c->headers[i].name;
    luaL_Buffer b;
    size_t      at = 0;

    while (at < name.len && lower(name.ptr[at]) == name.ptr[at])
        at++;
    if (at == name.len) {
        lua_pushvalue(L, c->name_at[i]);
        return;
    }
    luaL_buffinit(L, &b);
    for (at = 0; at < name.len; at++)
        luaL_addchar(&b, lower(name.ptr[at]));
    luaL_pushresult(&b);
}

/* The value of header |i|, and after a ',' those of its name that follow, which are
 * not to be pushed again. */
static void push_value(lua_State *L, call *c, size_t i)
{
    fgp_str name = c->headers[i].name;

    lua_pushvalue(L, c->value_at[i]);
    while ((i = find_header(c, i + 1, name)) < c->request.nheaders) {
        lua_pushliteral(L, ",");
        lua_pushvalue(L, c->value_at[i]);
        lua_concat(L, 3);
        c->name_at[i] = JOINED;
    }
}

/* ---- content-length ------------------------------------------------------- */

/* The length of the body that is sent, or -1: none, or not known. */
static int64_t body_length(lua_State *L, const call *c)
{
    fgp_str method = c->request.method;

    if (!lua_isnil(L, SLOT(BODY)))
        return (int64_t)view(L, SLOT(BODY)).len;
    if (c->payload.given && !c->payload.empty)
        return c->payload.length;
    return str_is(method, str_of("PUT")) || str_is(method, str_of("POST")) ? 0 : -1;
}

/* Puts |n| in digits at the end of |text|. */
static fgp_str put_digits(char *text, size_t size, int64_t n)
{
    size_t at = size;

    do
        text[--at] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return (fgp_str){ text + at, size - at };
}

fgp_status find_length(lua_State *L, call *c)
{
    int64_t length = body_length(L, c);
    size_t  given = find_header(c, 0, str_of("content-length"));

    c->content_length.len = 0;
    if (length < 0 || c->encoder) /* in chunks it has one of its own */
        return FGP_OK;
    c->content_length = put_digits(c->digits, sizeof c->digits, length);
    if (given == c->request.nheaders || str_is(c->headers[given].value, c->content_length))
        return FGP_OK;
    return refuse(&c->error, FGP_ERR_BAD_HEADER,
                  "header 'content-length' is not the length of the body: leave it out");
}

/* ---- upvalues --------------------------------------------------------------- */

static const fgp_str names[UP_END] = {
    [UP_METHOD] = FGP_STR_OF("method"),
    [UP_URL] = FGP_STR_OF("url"),
    [UP_HEADERS] = FGP_STR_OF("headers"),
    [UP_BODY] = FGP_STR_OF("body"),
    [UP_HOST] = FGP_STR_OF("host"),
    [UP_DATE] = FGP_STR_OF("x-amz-date"),
    [UP_SHA256] = FGP_STR_OF("x-amz-content-sha256"),
    [UP_TOKEN] = FGP_STR_OF("x-amz-security-token"),
    [UP_AUTHORIZATION] = FGP_STR_OF("authorization"),
};

int push_upvalues(lua_State *L)
{
    luaL_checkstack(L, UP_END, "upvalues");
    luaL_getmetatable(L, SIGNER);
    luaL_getmetatable(L, RESULT);
    for (int i = UP_METHOD; i < UP_END; i++)
        push_str(L, names[i]);
    return UP_END - 1;
}

static void push_upvalue(lua_State *L, int i)
{
    lua_pushvalue(L, lua_upvalueindex(i));
}

static void push_header_name(lua_State *L, fgp_str name)
{
    int i = UP_HOST;

    while (i < UP_END && !str_is(names[i], name))
        i++;
    if (i < UP_END)
        push_upvalue(L, i);
    else
        push_str(L, name);
}

/* ---- the result ------------------------------------------------------------ */

static void set_own_headers(lua_State *L, call *c)
{
    for (size_t i = 0; i < c->request.nheaders; i++) {
        if (c->name_at[i] == JOINED)
            continue;
        push_name(L, c, i);
        push_value(L, c, i);
        lua_rawset(L, -3);
    }
}

static void push_headers(lua_State *L, call *c)
{
    const fgp_signed *s = &c->signed_request;

    lua_createtable(L, 0, (int)(c->request.nheaders + s->nheaders + 1));
    set_own_headers(L, c);
    if (c->content_length.len
        && find_header(c, 0, str_of("transfer-encoding")) == c->request.nheaders)
        set_str(L, "content-length", c->content_length);
    for (size_t i = 0; i < s->nheaders; i++) {
        push_header_name(L, s->headers[i].name);
        push_str(L, s->headers[i].value);
        lua_rawset(L, -3);
    }
}

static void set_trace(lua_State *L, const fgp_signed *s)
{
    set_str(L, "canonical_request", s->canonical_request);
    set_str(L, "string_to_sign", s->string_to_sign);
    set_str(L, "signature", s->signature);
}

/* The body as it came or, in chunks, as it is sent; without one, what makes it. */
static void set_body(lua_State *L, call *c)
{
    if (!lua_isnil(L, SLOT(BODY))) {
        push_upvalue(L, UP_BODY);
        if (c->encoder)
            push_encoded(L, c, view(L, SLOT(BODY)));
        else
            lua_pushvalue(L, SLOT(BODY));
        lua_rawset(L, -3);
    } else if (c->encoder || c->events) {
        lua_pushvalue(L, c->stream_at);
        lua_setfield(L, -2, c->encoder ? "encoder" : "events");
    }
}

int push_signed(lua_State *L, call *c)
{
    luaL_checkstack(L, LUA_MINSTACK, "result");
    lua_createtable(L, 0, c->traced ? 7 : 4);
    push_upvalue(L, UP_METHOD);
    push_str(L, c->request.method);
    lua_rawset(L, -3);
    push_upvalue(L, UP_URL);
    push_str(L, c->signed_request.url);
    lua_rawset(L, -3);
    push_upvalue(L, UP_HEADERS);
    push_headers(L, c);
    lua_rawset(L, -3);
    set_body(L, c);
    if (c->traced)
        set_trace(L, &c->signed_request);
    push_upvalue(L, UP_RESULT);
    lua_setmetatable(L, -2);
    return 1;
}

/* The URL; traced, what was signed as well. */
int push_presigned(lua_State *L, const call *c)
{
    luaL_checkstack(L, LUA_MINSTACK, "result");
    push_str(L, c->signed_request.url);
    if (!c->traced)
        return 1;
    lua_createtable(L, 0, 3);
    set_trace(L, &c->signed_request);
    return 2;
}

/* ---- its methods ------------------------------------------------------------ */

/* Pushes the field 'headers' of the result at 1. */
static void push_own_headers(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushliteral(L, "headers");
    lua_rawget(L, 1);
    if (!lua_istable(L, 2))
        luaL_error(L, "the request has no table 'headers'");
}

/* r:lines() -> { "name: value", ... }, as libcurl takes them: "name;" is an empty one */
static int result_lines(lua_State *L)
{
    int n = 0;

    push_own_headers(L);
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "the request's headers are not strings");
        if (view(L, -1).len)
            lua_pushfstring(L, "%s: %s", lua_tostring(L, -2), lua_tostring(L, -1));
        else
            lua_pushfstring(L, "%s;", lua_tostring(L, -2));
        lua_rawseti(L, 3, ++n);
    }
    return 1;
}

/* r:arrays() -> { name = { value }, ... }, as HAProxy takes them */
static int result_arrays(lua_State *L)
{
    push_own_headers(L);
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_createtable(L, 1, 0);
        lua_pushvalue(L, -3);
        lua_rawseti(L, -2, 1);
        lua_rawset(L, 3);
    }
    return 1;
}

static const luaL_Reg methods[] = {
    { "lines",  result_lines  },
    { "arrays", result_arrays },
    { NULL,     NULL          }
};

void make_result_metatable(lua_State *L)
{
    luaL_newmetatable(L, RESULT);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
