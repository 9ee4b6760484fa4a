/* SPDX-License-Identifier: Apache-2.0 */
/* checksum.c - fingerpost.checksum(): those that S3 keeps of an object, in base64. */
#include "stream.h"

#define CHECKSUM "fingerpost.Checksum"

#define BASE64_MAX 64 /* bytes: SHA-256's has 44 */

typedef struct checksum {
    fgp_checksum sum;
    bool         open;
} checksum;

/* Ends |c|, which gives back what OpenSSL holds. */
static fgp_status end(checksum *c, fgp_out *out)
{
    c->open = false;
    return fgp_put_checksum(out, &c->sum);
}

static int push_value(lua_State *L, checksum *c)
{
    char       text[BASE64_MAX];
    fgp_out    out = { text, sizeof text, 0, NULL };
    fgp_status status = end(c, &out);

    if (status != FGP_OK)
        return push_failure(L, status, fgp_status_text(status));
    lua_pushlstring(L, text, out.need);
    return 1;
}

static checksum *check_checksum(lua_State *L)
{
    checksum *c = luaL_checkudata(L, 1, CHECKSUM);

    if (!c->open)
        luaL_error(L, "attempt to use a checksum whose value was taken");
    return c;
}

/* checksum:add(bytes) -> checksum */
static int checksum_add(lua_State *L)
{
    checksum *c = check_checksum(L);
    fgp_str   bytes;

    bytes.ptr = luaL_checklstring(L, 2, &bytes.len);
    fgp_checksum_add(&c->sum, bytes);
    lua_settop(L, 1);
    return 1;
}

/* checksum:value() -> base64, and it is used up */
static int checksum_value(lua_State *L)
{
    return push_value(L, check_checksum(L));
}

static int checksum_close(lua_State *L)
{
    checksum *c = luaL_checkudata(L, 1, CHECKSUM);
    char      text[BASE64_MAX];
    fgp_out   out = { text, sizeof text, 0, NULL };

    if (c->open)
        end(c, &out);
    return 0;
}

static const luaL_Reg methods[] = {
    { "add",   checksum_add   },
    { "value", checksum_value },
    { NULL,    NULL           }
};

/* checksum(name) -> an object; checksum(name, bytes) -> base64 */
int fgp_lua_checksum(lua_State *L)
{
    fgp_str           name;
    fgp_checksum_kind kind;
    checksum         *c;

    lua_settop(L, 2);
    name.ptr = luaL_checklstring(L, 1, &name.len);
    kind = fgp_checksum_find(name);
    if (kind == FGP_CHECKSUM_NONE)
        return luaL_argerror(L, 1, "crc32, crc32c, crc64nvme, sha1 or sha256 expected");
    if (!lua_isnil(L, 2))
        luaL_checktype(L, 2, LUA_TSTRING);
    c = lua_newuserdatauv(L, sizeof *c, 0);
    c->open = false;
    luaL_setmetatable(L, CHECKSUM);
    fgp_checksum_init(&c->sum, kind);
    c->open = true;
    if (lua_isnil(L, 2))
        return 1;
    fgp_checksum_add(&c->sum, view(L, 2));
    return push_value(L, c);
}

void make_checksum_metatable(lua_State *L)
{
    make_class(L, CHECKSUM, methods, checksum_close);
}
