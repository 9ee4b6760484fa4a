/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials.c - credentials as userdata that nothing can be read from again.
 *
 * The bytes are copied once, and zeroed when the object is closed or collected.
 * env() reads the environment here, in C, because Lua never wipes a string.
 */
#include "binding.h"

#include <stdlib.h>
#include <time.h>

typedef struct holder {
    fgp_credentials view; /* into bytes; all empty once closed */
    bool            open, is_session;
    int64_t         expires; /* of a session */
    size_t          size;
    char            bytes[];
} holder;

static fgp_str keep(char **at, fgp_str s)
{
    fgp_str kept = { *at, s.len };

    if (s.len)
        memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return kept;
}

/* Pushes an empty object with room for |size| bytes. */
static holder *push_holder(lua_State *L, size_t size)
{
    holder *h = lua_newuserdatauv(L, sizeof *h + size, 0);

    memset(h, 0, sizeof *h);
    luaL_setmetatable(L, CREDENTIALS); /* may raise: nothing is in it yet */
    h->size = size;
    return h;
}

static void fill(holder *h, const fgp_credentials *c)
{
    char *at = h->bytes;

    h->view.access_key_id = keep(&at, c->access_key_id);
    h->view.secret_access_key = keep(&at, c->secret_access_key);
    h->view.session_token = keep(&at, c->session_token);
    h->open = true;
}

/* Pushes an object with a copy of |c|. */
static int push_credentials(lua_State *L, const fgp_credentials *c)
{
    size_t size = c->access_key_id.len + c->secret_access_key.len + c->session_token.len;

    fill(push_holder(L, size), c);
    return 1;
}

bool is_s3_session(const fgp_credentials *c)
{
    return ((const holder *)c)->is_session; /* whose first member it is */
}

const fgp_credentials *check_credentials(lua_State *L, int index, const char *what)
{
    const holder *h = lua_touserdata(L, index);

    luaL_getmetatable(L, CREDENTIALS);
    if (!lua_getmetatable(L, index) || !lua_rawequal(L, -1, -2))
        luaL_error(L, "bad field 'credentials' in %s (" CREDENTIALS " expected)", what);
    lua_pop(L, 2);
    if (!h->open)
        luaL_error(L, "attempt to use closed credentials");
    return &h->view;
}

void push_credentials_name(lua_State *L, const fgp_credentials *c)
{
    fgp_str id = c->access_key_id;

    if (id.len == 0)
        lua_pushliteral(L, "closed");
    else if (id.len < 12) /* what is left out must be more than what is shown */
        lua_pushliteral(L, "...");
    else {
        lua_pushlstring(L, id.ptr, 4);
        lua_pushliteral(L, "...");
        lua_pushlstring(L, id.ptr + id.len - 4, 4);
        lua_concat(L, 3);
    }
}

/* ---- functions --------------------------------------------------------- */

static int credentials_static(lua_State *L)
{
    fgp_credentials c;
    fgp_error       err;
    fgp_status      status;

    luaL_checktype(L, 1, LUA_TSTRING);
    luaL_checktype(L, 2, LUA_TSTRING);
    if (!lua_isnoneornil(L, 3))
        luaL_checktype(L, 3, LUA_TSTRING);
    lua_settop(L, 3);
    c = (fgp_credentials){ view(L, 1), view(L, 2), view(L, 3) };
    status = fgp_check_credentials(&c, &err);
    return status == FGP_OK ? push_credentials(L, &c) : push_failure(L, status, err.text);
}

static fgp_str env(const char *name)
{
    const char *value = getenv(name);

    return value ? (fgp_str){ value, strlen(value) } : (fgp_str){ NULL, 0 };
}

static int credentials_env(lua_State *L)
{
    fgp_credentials c = { env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"),
                          env("AWS_SESSION_TOKEN") };
    fgp_error       err;
    fgp_status      status = fgp_check_credentials(&c, &err);

    if (status == FGP_OK)
        return push_credentials(L, &c);
    if (status == FGP_ERR_NO_CREDENTIALS)
        return push_failure(L, status, "there are no credentials in the environment: "
                                       "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    if (c.access_key_id.len == 0)
        return push_failure(L, status, "AWS_SECRET_ACCESS_KEY is set but AWS_ACCESS_KEY_ID is "
                                       "not: set both");
    if (c.secret_access_key.len == 0)
        return push_failure(L, status, "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is "
                                       "not: set both");
    return push_failure(L, status, err.text);
}

/* session(status, body): the reply to CreateSession. Nothing may raise while the session
 * is on the C stack, so the object is made first. */
static int credentials_session(lua_State *L)
{
    fgp_session session;
    fgp_error   err;
    fgp_status  status;
    int64_t     code;
    holder     *h;

    luaL_checktype(L, 1, LUA_TNUMBER);
    luaL_checktype(L, 2, LUA_TSTRING);
    code = check_whole(L, 1, "status");
    lua_settop(L, 2);
    h = push_holder(L, FGP_SESSION_TEXT);
    status = fgp_session_read(&session, code > 0 && code < 1000 ? (int)code : 0, view(L, 2),
                              (int64_t)time(NULL), &err);
    if (status != FGP_OK)
        return push_failure(L, status, err.text);
    fill(h, &session.credentials);
    h->is_session = true;
    h->expires = session.expires;
    fgp_wipe(&session, sizeof session);
    return 1;
}

/* ---- the object -------------------------------------------------------- */

/* close, __close, __gc: as often as one likes. */
static int credentials_close(lua_State *L)
{
    holder *h = luaL_checkudata(L, 1, CREDENTIALS);

    fgp_wipe(h->bytes, h->size);
    memset(&h->view, 0, sizeof h->view);
    h->open = false;
    return 0;
}

/* expires() -> seconds since 1970, or nil where they don't */
static int credentials_expires(lua_State *L)
{
    const holder *h = luaL_checkudata(L, 1, CREDENTIALS);

    if (h->is_session)
        lua_pushinteger(L, (lua_Integer)h->expires);
    else
        lua_pushnil(L);
    return 1;
}

static int credentials_tostring(lua_State *L)
{
    const holder *h = luaL_checkudata(L, 1, CREDENTIALS);

    push_credentials_name(L, &h->view);
    lua_pushfstring(L, CREDENTIALS " (%s)", lua_tostring(L, -1));
    return 1;
}

static const luaL_Reg methods[] = {
    { "close",   credentials_close   },
    { "expires", credentials_expires },
    { NULL,      NULL                }
};

static const luaL_Reg metamethods[] = {
    { "__gc",       credentials_close    },
    { "__close",    credentials_close    },
    { "__tostring", credentials_tostring },
    { NULL,         NULL                 }
};

static const luaL_Reg functions[] = {
    { "static",  credentials_static  },
    { "env",     credentials_env     },
    { "session", credentials_session },
    { NULL,      NULL                }
};

void push_credentials_library(lua_State *L)
{
    luaL_newmetatable(L, CREDENTIALS);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable"); /* __gc is not to be called, or taken away, by hand */
    lua_pop(L, 1);
    luaL_newlib(L, functions);
}
