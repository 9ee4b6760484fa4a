/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args.c - tables in, failures out: how the binding reads arguments and says what
 * is wrong with them. Knows Lua and endpoint parameters, nothing of signing.
 */
#include "binding.h"

#include <stdio.h>

#define NAME_MAX_LEN 64 /* bytes of a service's name that are compared */
#define MEANT        2  /* letters that a meant name may differ in */
#define SHOWN        64 /* bytes of a name in a message */

/* ---- fields ------------------------------------------------------------ */

const char *shown(lua_State *L, int index)
{
    fgp_str     s;
    luaL_Buffer b;

    if (lua_type(L, index) != LUA_TSTRING)
        return luaL_typename(L, index);
    s = view(L, index);
    luaL_buffinit(L, &b);
    for (size_t i = 0; i < s.len && i < SHOWN; i++) {
        char escape[5];

        if (s.ptr[i] >= ' ' && s.ptr[i] <= '~') {
            luaL_addchar(&b, s.ptr[i]);
            continue;
        }
        snprintf(escape, sizeof escape, "\\x%02x", (unsigned)(unsigned char)s.ptr[i]);
        luaL_addstring(&b, escape);
    }
    luaL_pushresult(&b);
    return lua_tostring(L, -1);
}

static int find_field(lua_State *L, int key, const field *fields, int n)
{
    fgp_str name;

    if (lua_type(L, key) != LUA_TSTRING)
        return -1;
    name = view(L, key);
    for (int i = 0; i < n; i++)
        if (str_is(fields[i].name, name))
            return i;
    return -1;
}

static int bad_name(lua_State *L, int key, const field *fields, int n, const char *what)
{
    const char *name = shown(L, key);

    lua_pushfstring(L, "bad field '%s' in %s (expected one of %s", name, what, fields[0].name.ptr);
    for (int i = 1; i < n; i++) {
        lua_pushfstring(L, ", %s", fields[i].name.ptr);
        lua_concat(L, 2);
    }
    return luaL_error(L, "%s)", lua_tostring(L, -1));
}

static int bad_type(lua_State *L, int value, const field *f, const char *what)
{
    const char *got = luaL_typename(L, value);

    lua_pushliteral(L, "");
    for (int type = 0; type <= LUA_TTHREAD; type++) {
        if (!(f->types & BIT(type)))
            continue;
        lua_pushfstring(L, "%s%s", *lua_tostring(L, -1) ? " or " : "", lua_typename(L, type));
        lua_concat(L, 2);
    }
    return luaL_error(L, "bad field '%s' in %s (%s expected, got %s)", f->name.ptr, what,
                      lua_tostring(L, -1), got);
}

void push_fields(lua_State *L, int index, const field *fields, int n, const char *what)
{
    int base = lua_gettop(L);

    luaL_checkstack(L, n + LUA_MINSTACK, what);
    lua_settop(L, base + n);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        int i = find_field(L, -2, fields, n);

        if (i < 0)
            bad_name(L, -2, fields, n, what);
        if (!(BIT(lua_type(L, -1)) & fields[i].types))
            bad_type(L, -1, &fields[i], what);
        lua_replace(L, base + 1 + i);
    }
}

int64_t check_whole(lua_State *L, int index, const char *what)
{
    const lua_Number most = 9007199254740992.0; /* up to here a double has every whole number */
    lua_Number       n = lua_tonumber(L, index);

    if (!(n >= -most && n <= most) || (lua_Number)(int64_t)n != n)
        luaL_error(L, "bad '%s' (a whole number expected)", what);
    return (int64_t)n;
}

/* ---- endpoint parameters ----------------------------------------------- */

/* The list of strings after the name at |key|; its items are left on the stack. */
static fgp_status set_list(lua_State *L, int key, fgp_params *params, fgp_error *err)
{
    int      list = key + 1;
    size_t   n = lua_rawlen(L, list);
    fgp_str *items;

    if (n > 1000)
        return refuse(err, FGP_ERR_BAD_PARAMETER, "a parameter's list has more than 1000 items");
    luaL_checkstack(L, (int)n + LUA_MINSTACK, "parameters");
    items = lua_newuserdatauv(L, (n + 1) * sizeof *items, 0);
    for (size_t i = 0; i < n; i++) {
        int type;

        lua_rawgeti(L, list, (int)i + 1);
        type = lua_type(L, -1);
        if (type != LUA_TSTRING)
            luaL_error(L, "bad parameter '%s' (its item %d: string expected, got %s)",
                       shown(L, key), (int)i + 1, lua_typename(L, type));
        items[i] = view(L, -1);
    }
    return fgp_params_set_list(params, view(L, key), items, n, err);
}

static fgp_status set_param(lua_State *L, int key, fgp_params *params, fgp_error *err)
{
    fgp_str name;
    int     value = key + 1;

    if (lua_type(L, key) != LUA_TSTRING)
        luaL_error(L, "a parameter's name must be a string, not a %s", luaL_typename(L, key));
    name = view(L, key);
    switch (lua_type(L, value)) {
    case LUA_TSTRING:
        return fgp_params_set_string(params, name, view(L, value), err);
    case LUA_TBOOLEAN:
        return fgp_params_set_bool(params, name, lua_toboolean(L, value), err);
    case LUA_TTABLE:
        return set_list(L, key, params, err);
    default:
        luaL_error(L, "bad parameter '%s' (string, boolean or list of strings expected, got %s)",
                   shown(L, key), luaL_typename(L, value));
        return FGP_ERR_BAD_PARAMETER;
    }
}

fgp_status set_params(lua_State *L, int index, fgp_params *params, fgp_error *err)
{
    lua_pushnil(L);
    for (;;) {
        int        key = lua_gettop(L);
        fgp_status status;

        luaL_checkstack(L, LUA_MINSTACK, "parameters");
        if (!lua_next(L, index))
            return FGP_OK;
        status = set_param(L, key, params, err);
        if (status != FGP_OK)
            return status;
        lua_pushvalue(L, key); /* the pair stays */
    }
}

fgp_status check_bucket(fgp_str bucket, fgp_error *err)
{
    if (bucket.len >= 4 && memcmp(bucket.ptr, "arn:", 4) == 0)
        return FGP_OK; /* for the rules to judge */
    return fgp_check_bucket(bucket, err);
}

bool push_param(lua_State *L, int index, const char *name)
{
    if (lua_istable(L, index)) {
        lua_pushstring(L, name);
        lua_rawget(L, index);
    } else {
        lua_pushnil(L);
    }
    return !lua_isnil(L, -1);
}

fgp_status set_request_params(lua_State *L, int index, fgp_params *params, fgp_error *err)
{
    fgp_status status = FGP_OK;

    if (push_param(L, index, "Bucket") && lua_type(L, -1) == LUA_TSTRING)
        status = check_bucket(view(L, -1), err);
    return status == FGP_OK ? set_params(L, index, params, err) : status;
}

/* ---- a service's name -------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to add, drop, change or swap with the next to make |b| of |a|. */
static size_t distance(fgp_str a, fgp_str b)
{
    size_t before[NAME_MAX_LEN + 1], last[NAME_MAX_LEN + 1], row[NAME_MAX_LEN + 1];

    for (size_t j = 0; j <= b.len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1,
                           last[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]));
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        memcpy(before, last, sizeof last);
        memcpy(last, row, sizeof row);
    }
    return last[b.len];
}

static fgp_str meant_service(const fgp_table *table, fgp_str name)
{
    fgp_str best = { NULL, 0 }, s;
    size_t  closest = MEANT + 1;

    if (name.len < 3 || name.len > NAME_MAX_LEN)
        return best;
    for (size_t i = 0; (s = fgp_table_service(table, i)).len; i++) {
        size_t d = s.len <= NAME_MAX_LEN ? distance(name, s) : closest;

        if (d < closest) {
            closest = d;
            best = s;
        }
    }
    return best;
}

static void append(fgp_error *err, const char *text, size_t len)
{
    size_t at = strlen(err->text);

    if (at + len < sizeof err->text) {
        memcpy(err->text + at, text, len);
        err->text[at + len] = '\0';
    }
}

fgp_status start_params(fgp_params *params, fgp_str service, fgp_error *err)
{
    const fgp_table *table = fgp_table_builtin();
    fgp_status       status = fgp_params_init(params, table, service, err);
    fgp_str          meant;

    if (status != FGP_ERR_UNKNOWN_SERVICE)
        return status;
    meant = meant_service(table, service);
    if (meant.len) {
        append(err, " (did you mean '", 16);
        append(err, meant.ptr, meant.len);
        append(err, "'?)", 3);
    }
    return status;
}

/* ---- failures ---------------------------------------------------------- */

int push_failure(lua_State *L, fgp_status status, const char *text)
{
    luaL_pushfail(L);
    lua_pushstring(L, *text ? text : fgp_status_text(status));
    lua_pushstring(L, fgp_status_name(status));
    return 3;
}

int push_rule_error(lua_State *L, fgp_str text)
{
    luaL_pushfail(L);
    push_str(L, text);
    lua_pushstring(L, fgp_status_name(FGP_ERR_ENDPOINT_RULE));
    return 3;
}

fgp_status refuse(fgp_error *err, fgp_status status, const char *text)
{
    err->status = status;
    err->text[0] = '\0';
    append(err, text, strlen(text));
    return status;
}

/* ---- room -------------------------------------------------------------- */

void room_start(room *r)
{
    r->out = (fgp_out){ r->first, sizeof r->first, 0, NULL };
}

void room_grow(lua_State *L, room *r)
{
    size_t cap = 4 * r->out.cap;

    luaL_checkstack(L, LUA_MINSTACK, "room for text");
    r->out = (fgp_out){ lua_newuserdatauv(L, cap, 0), cap, 0, NULL };
}
