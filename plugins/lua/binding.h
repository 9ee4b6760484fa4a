/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binding.h - what the files of the Lua binding share.
 *
 * Every function gathers (which may raise), computes in C, then pushes (which may
 * raise for want of memory). Nothing is ever owned outside of Lua, so an error of
 * Lua's leaks nothing.
 *
 * A view of a Lua string is good while the string is on the stack. It is not
 * enough that a table holds it: an allocation may run a finalizer, which may
 * change the table. So what is read from tables stays on the stack until the end
 * of the call, and access is raw: no metamethod runs in between.
 */
#ifndef FGP_LUA_BINDING_H
#define FGP_LUA_BINDING_H

#include <string.h>

#include "compat.h"

#include <fingerpost.h>

#define CREDENTIALS "fingerpost.Credentials"
#define SIGNER      "fingerpost.Signer"
#define RESULT      "fingerpost.Request"

/* ---- arguments (args.c) ------------------------------------------------ */

#define FGP_STR_OF(lit) { "" lit, sizeof("" lit) - 1 }
#define str_of(lit)     ((fgp_str){ "" lit, sizeof("" lit) - 1 })

static inline bool str_is(fgp_str a, fgp_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The string at |index|; empty for what is none. A number there becomes a string. */
static inline fgp_str view(lua_State *L, int index)
{
    fgp_str s = { NULL, 0 };

    s.ptr = lua_tolstring(L, index, &s.len);
    return s;
}

#define BIT(type) (1u << (type))

enum { /* what a field may be */
    IS_STRING = BIT(LUA_TSTRING),
    IS_NUMBER = BIT(LUA_TNUMBER),
    IS_BOOL = BIT(LUA_TBOOLEAN),
    IS_TABLE = BIT(LUA_TTABLE),
    IS_FUNCTION = BIT(LUA_TFUNCTION),
    IS_USERDATA = BIT(LUA_TUSERDATA)
};

typedef struct field {
    fgp_str  name;
    unsigned types;
} field;

/*
 * Pushes the values of the |n| |fields| of the table at |index|, nil for what is
 * not there, in their order. Raises for a field of another name or type; |what|
 * is the table's name in the message.
 */
void push_fields(lua_State *L, int index, const field *fields, int n, const char *what);

/* The name at |index| for a message: at most 64 bytes, those that are not printable
 * ASCII as \xNN; of what is no string, its type. Pushed, perhaps. */
const char *shown(lua_State *L, int index);

/* The whole number at |index|, a number; raises where it is none. */
int64_t check_whole(lua_State *L, int index, const char *what);

/*
 * Sets the parameters of the table at |index|. What |params| views is left on the
 * stack. Raises for what no parameter can be; returns what fgp_params_set_*() do.
 */
fgp_status set_params(lua_State *L, int index, fgp_params *params, fgp_error *err);

/* Likewise, for a request that is to be signed: a bucket must be one, or ".." would be
 * another's. The rules alone would take any text, and put it into the path. */
fgp_status set_request_params(lua_State *L, int index, fgp_params *params, fgp_error *err);

/* A bucket's name, or an ARN, which is for the rules to judge. */
fgp_status check_bucket(fgp_str bucket, fgp_error *err);

/* Pushes the parameter |name| of the table at |index|, if there is one; nil else. */
bool push_param(lua_State *L, int index, const char *name);

/* As fgp_params_init(), with a name that may have been meant in the message. */
fgp_status start_params(fgp_params *params, fgp_str service, fgp_error *err);

/* ---- results (args.c) -------------------------------------------------- */

/* Pushes nil, message, code; returns 3. */
int push_failure(lua_State *L, fgp_status status, const char *text);

/* Likewise for a rule's own error, whole: an fgp_error has room for a part. */
int push_rule_error(lua_State *L, fgp_str text);

/* |text| as |err|'s; returns |status|. */
fgp_status refuse(fgp_error *err, fgp_status status, const char *text);

static inline void push_str(lua_State *L, fgp_str s)
{
    lua_pushlstring(L, s.len ? s.ptr : "", s.len);
}

/* Sets the string |s| as field |name| of the table on top. */
static inline void set_str(lua_State *L, const char *name, fgp_str s)
{
    push_str(L, s);
    lua_setfield(L, -2, name);
}

/* Room for text: on the C stack at first, then in userdata left on Lua's. */
typedef struct room {
    fgp_out out;
    char    first[4096];
} room;

void room_start(room *r);
void room_grow(lua_State *L, room *r);

/* ---- credentials (credentials.c) --------------------------------------- */

/* The credentials at |index|, open; raises where field |what| is something else. */
const fgp_credentials *check_credentials(lua_State *L, int index, const char *what);

/* Whether |c|, of an object, is a session of S3 Express: its token has another name. */
bool is_s3_session(const fgp_credentials *c);

/* "AKID...MPLE" of |c|, or "closed"; pushed. */
void push_credentials_name(lua_State *L, const fgp_credentials *c);

void push_credentials_library(lua_State *L);

/* ---- the functions ----------------------------------------------------- */

int fgp_lua_resolve(lua_State *L); /* resolve.c */
int fgp_lua_signer(lua_State *L);  /* signer.c */
int fgp_lua_verify(lua_State *L);  /* verify.c */
int fgp_lua_token(lua_State *L);   /* token.c */
int fgp_lua_post_policy(lua_State *L); /* post_policy.c; a method of the signer's */

/* Sets sign() and presign() in the table on top. (sign.c) */
void set_signing_methods(lua_State *L);

#endif
