/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compat.h - Lua 5.1, 5.2, 5.3 and LuaJIT, as if they were 5.4.
 *
 * Only what the binding uses. What 5.3 and later return from lua_rawget() and
 * lua_rawgeti() the earlier ones do not, so nothing here looks at it.
 */
#ifndef FGP_LUA_COMPAT_H
#define FGP_LUA_COMPAT_H

#include <lauxlib.h>
#include <lua.h>

#if LUA_VERSION_NUM < 504
#define lua_newuserdatauv(L, size, nuvalue) lua_newuserdata(L, size)
#define luaL_pushfail(L)                    lua_pushnil(L)
#endif

/* A userdata's one table of what it keeps alive. */
#if LUA_VERSION_NUM >= 504
#define fgp_set_kept(L, index) ((void)lua_setiuservalue(L, index, 1))
#define fgp_get_kept(L, index) ((void)lua_getiuservalue(L, index, 1))
#elif LUA_VERSION_NUM >= 502
#define fgp_set_kept(L, index) lua_setuservalue(L, index)
#define fgp_get_kept(L, index) lua_getuservalue(L, index)
#else
#define fgp_set_kept(L, index) ((void)lua_setfenv(L, index))
#define fgp_get_kept(L, index) lua_getfenv(L, index)
#endif

#if LUA_VERSION_NUM < 502
#define lua_rawlen(L, index) lua_objlen(L, index)
#ifndef luaL_newlib /* LuaJIT has these of 5.2 */
static inline void luaL_setfuncs(lua_State *L, const luaL_Reg *l, int nup)
{
    for (; l->name; l++) {
        for (int i = 0; i < nup; i++)
            lua_pushvalue(L, -nup);
        lua_pushcclosure(L, l->func, nup);
        lua_setfield(L, -2 - nup, l->name);
    }
    lua_pop(L, nup);
}

static inline void luaL_setmetatable(lua_State *L, const char *name)
{
    luaL_getmetatable(L, name);
    lua_setmetatable(L, -2);
}

#define luaL_newlib(L, l) \
    (lua_createtable(L, 0, (int)(sizeof(l) / sizeof(l)[0] - 1)), luaL_setfuncs(L, l, 0))
#endif
#endif

#endif
