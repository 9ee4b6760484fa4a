/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - what the objects for bodies under way have in common. */
#include "stream.h"

void make_class(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close)
{
    luaL_newmetatable(L, name);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__close");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

size_t check_position(lua_State *L, int index, size_t len)
{
    int64_t at = 1;

    if (!lua_isnoneornil(L, index)) {
        luaL_checktype(L, index, LUA_TNUMBER);
        at = check_whole(L, index, "position");
    }
    if (at < 1 || (uint64_t)at > (uint64_t)len + 1)
        luaL_error(L, "bad position (1 to one after the last byte expected)");
    return (size_t)at - 1;
}

fgp_out push_space(lua_State *L, size_t cap)
{
    luaL_checkstack(L, LUA_MINSTACK, "a body's bytes");
    return (fgp_out){ lua_newuserdatauv(L, cap + 1, 0), cap, 0, NULL };
}
