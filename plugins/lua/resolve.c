/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c - fingerpost.resolve(service, params): where a call must go, as a table.
 * Knows endpoints, nothing of signing.
 */
#include "binding.h"

/* ---- properties and headers, as the rules give them --------------------- */

typedef struct walk {
    fgp_items items;
    char      text[2048]; /* of one item, its name and its value */
} walk;

static bool next_item(lua_State *L, walk *w, fgp_item *item)
{
    fgp_out   o = { w->text, sizeof w->text, 0, NULL };
    fgp_items here = w->items;

    if (!fgp_items_next(&w->items, &o, item))
        return false;
    if (o.need > o.cap) {
        o = (fgp_out){ lua_newuserdatauv(L, o.need, 0), o.need, 0, NULL };
        w->items = here;
        fgp_items_next(&w->items, &o, item);
        lua_pop(L, 1); /* nothing is allocated before its text is a string of Lua's */
    }
    return true;
}

/* Pushes |item|; one that has members, with all that follows up to its end. */
static void push_item(lua_State *L, walk *w, const fgp_item *item)
{
    bool     object = item->kind == FGP_ITEM_OBJECT;
    fgp_item member;
    int      n = 0;

    luaL_checkstack(L, LUA_MINSTACK, "properties");
    if (item->kind == FGP_ITEM_STRING) {
        push_str(L, item->text);
        return;
    }
    if (item->kind == FGP_ITEM_BOOL) {
        lua_pushboolean(L, item->flag);
        return;
    }
    lua_newtable(L);
    while (next_item(L, w, &member) && member.kind != FGP_ITEM_END) {
        if (object)
            push_str(L, member.name);
        push_item(L, w, &member);
        if (object)
            lua_rawset(L, -3);
        else
            lua_rawseti(L, -2, ++n);
    }
}

static void push_items(lua_State *L, fgp_items items)
{
    walk     w = { .items = items };
    fgp_item all = { .kind = FGP_ITEM_OBJECT };

    push_item(L, &w, &all);
}

/* ---- auth -------------------------------------------------------------- */

/* "a,b" as {"a", "b"} */
static void push_region_set(lua_State *L, fgp_str set)
{
    int n = 0;

    lua_newtable(L);
    while (set.len) {
        const char *comma = memchr(set.ptr, ',', set.len);
        size_t      len = comma ? (size_t)(comma - set.ptr) : set.len;

        lua_pushlstring(L, set.ptr, len);
        lua_rawseti(L, -2, ++n);
        len += comma != NULL;
        set.ptr += len;
        set.len -= len;
    }
}

static void push_auth(lua_State *L, const fgp_auth *auth)
{
    lua_createtable(L, 0, 4);
    lua_pushstring(L, fgp_auth_scheme_name(auth->scheme));
    lua_setfield(L, -2, "scheme");
    if (auth->signing_name.len)
        set_str(L, "signing_name", auth->signing_name);
    if (auth->signing_region.len)
        set_str(L, "signing_region", auth->signing_region);
    if (auth->region_set.len) {
        push_region_set(L, auth->region_set);
        lua_setfield(L, -2, "region_set");
    }
    lua_pushboolean(L, auth->double_encode);
    lua_setfield(L, -2, "double_encode");
}

/* ---- resolve ----------------------------------------------------------- */

static int push_endpoint(lua_State *L, const fgp_params *params, const fgp_endpoint *ep)
{
    lua_createtable(L, 0, 4);
    set_str(L, "url", ep->url);
    push_items(L, fgp_endpoint_headers(params, ep));
    lua_setfield(L, -2, "headers");
    push_items(L, fgp_endpoint_properties(params, ep));
    lua_setfield(L, -2, "properties");
    push_auth(L, &ep->auth);
    lua_setfield(L, -2, "auth");
    return 1;
}

int fgp_lua_resolve(lua_State *L)
{
    fgp_params   params;
    fgp_endpoint ep;
    fgp_error    err;
    fgp_status   status;
    room         r;

    luaL_checktype(L, 1, LUA_TSTRING);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    status = start_params(&params, view(L, 1), &err);
    if (status == FGP_OK && lua_istable(L, 2))
        status = set_params(L, 2, &params, &err);
    if (status != FGP_OK)
        return push_failure(L, status, err.text);
    room_start(&r);
    while ((status = fgp_endpoint_resolve(&params, &r.out, &ep)) == FGP_ERR_NOSPACE)
        room_grow(L, &r);
    if (status == FGP_ERR_ENDPOINT_RULE)
        return push_rule_error(L, ep.rule_error);
    if (status != FGP_OK)
        return push_failure(L, status, ep.error.text);
    return push_endpoint(L, &params, &ep);
}
