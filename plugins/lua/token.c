/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - fingerpost.token{...}: the password that a database, a cache or a cluster
 * takes for one's credentials.
 */
#include "binding.h"

#include <time.h>

enum { SERVICE, REGION, HOST, PORT, USER, CLUSTER, EXPIRES, CREDS, TIME, NFIELDS };

static const field fields[NFIELDS] = {
    [SERVICE] = { FGP_STR_OF("service"), IS_STRING },
    [REGION] = { FGP_STR_OF("region"), IS_STRING },
    [HOST] = { FGP_STR_OF("host"), IS_STRING },
    [PORT] = { FGP_STR_OF("port"), IS_NUMBER },
    [USER] = { FGP_STR_OF("user"), IS_STRING },
    [CLUSTER] = { FGP_STR_OF("cluster"), IS_STRING },
    [EXPIRES] = { FGP_STR_OF("expires"), IS_NUMBER },
    [CREDS] = { FGP_STR_OF("credentials"), IS_USERDATA },
    [TIME] = { FGP_STR_OF("time"), IS_NUMBER },
};

#define CONFIG  1
#define SLOT(f) (CONFIG + 1 + (f))

static int unknown_service(lua_State *L)
{
    const char *name;

    lua_pushfstring(L, "bad field 'service' in token ('%s': expected one of", shown(L, SLOT(SERVICE)));
    for (int kind = 0; (name = fgp_token_name((fgp_token_kind)kind)) != NULL; kind++) {
        lua_pushfstring(L, "%s %s", kind ? "," : "", name);
        lua_concat(L, 2);
    }
    return luaL_error(L, "%s)", lua_tostring(L, -1));
}

static fgp_token_kind read_kind(lua_State *L)
{
    const char *name;

    if (lua_isnil(L, SLOT(SERVICE)))
        luaL_error(L, "token needs 'service'");
    for (int kind = 0; (name = fgp_token_name((fgp_token_kind)kind)) != NULL; kind++)
        if (str_is(view(L, SLOT(SERVICE)), (fgp_str){ name, strlen(name) }))
            return (fgp_token_kind)kind;
    unknown_service(L);
    return FGP_TOKEN_RDS;
}

/* The whole number in field |f|; 0 where there is none. What is not 1 to |most| becomes
 * a number that the core refuses. */
static int64_t read_number(lua_State *L, int f, int64_t most)
{
    int64_t n = lua_isnil(L, SLOT(f)) ? 0 : check_whole(L, SLOT(f), fields[f].name.ptr);
    bool    given_nothing = n == 0 && !lua_isnil(L, SLOT(f));

    return n < 0 || n > most || given_nothing ? most + 1 : n;
}

static void read_what(lua_State *L, fgp_token_for *what)
{
    *what = (fgp_token_for){ .kind = read_kind(L), .table = fgp_table_builtin() };
    if (!lua_isnil(L, SLOT(USER)) && !lua_isnil(L, SLOT(CLUSTER)))
        luaL_error(L, "token has both 'user' and 'cluster'");
    if (!lua_isnil(L, SLOT(CLUSTER)) != (what->kind == FGP_TOKEN_EKS))
        luaL_error(L, "token needs 'cluster' with the service eks, and with no other");
    what->region = view(L, SLOT(REGION));
    what->host = view(L, SLOT(HOST));
    what->user = view(L, what->kind == FGP_TOKEN_EKS ? SLOT(CLUSTER) : SLOT(USER));
    what->port = (unsigned)read_number(L, PORT, 65535);
    what->expires_s = read_number(L, EXPIRES, 604800);
}

int fgp_lua_token(lua_State *L)
{
    const fgp_credentials *creds;
    fgp_token_for          what;
    fgp_str                token;
    fgp_error              err;
    fgp_status             status;
    int64_t                now;
    room                   r;

    luaL_checktype(L, CONFIG, LUA_TTABLE);
    lua_settop(L, CONFIG);
    push_fields(L, CONFIG, fields, NFIELDS, "token");
    read_what(L, &what);
    if (lua_isnil(L, SLOT(CREDS)))
        return push_failure(L, FGP_ERR_NO_CREDENTIALS, "the token has no credentials: give it some");
    creds = check_credentials(L, SLOT(CREDS), "token");
    now = lua_isnil(L, SLOT(TIME)) ? (int64_t)time(NULL) : check_whole(L, SLOT(TIME), "time");
    room_start(&r);
    while ((status = fgp_token(&what, creds, now, &r.out, &token, &err)) == FGP_ERR_NOSPACE)
        room_grow(L, &r);
    if (status != FGP_OK)
        return push_failure(L, status, err.text);
    push_str(L, token);
    return 1;
}
