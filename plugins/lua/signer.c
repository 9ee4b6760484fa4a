/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer.c - fingerpost.signer{...}: what stays from request to request.
 *
 * Does no I/O. Holds the plan and the signing keys of the day, which are wiped when
 * it is closed or collected; the secret access key stays in the credentials object.
 */
#include "signer.h"

#include <time.h>

enum {
    SERVICE,
    REGION,
    SIGNING_NAME,
    SIGNING_REGION,
    PARAMS,
    CREDS,
    ALGORITHM,
    REGION_SET,
    NORMALIZE,
    DOUBLE_ENCODE,
    CONTENT_SHA256,
    PAYLOAD,
    SIGN_HEADERS,
    SESSION_TOKEN,
    TIME,
    NFIELDS
};

static const field fields[NFIELDS] = {
    [SERVICE] = { FGP_STR_OF("service"), IS_STRING },
    [REGION] = { FGP_STR_OF("region"), IS_STRING },
    [SIGNING_NAME] = { FGP_STR_OF("signing_name"), IS_STRING },
    [SIGNING_REGION] = { FGP_STR_OF("signing_region"), IS_STRING },
    [PARAMS] = { FGP_STR_OF("params"), IS_TABLE },
    [CREDS] = { FGP_STR_OF("credentials"), IS_USERDATA },
    [ALGORITHM] = { FGP_STR_OF("algorithm"), IS_STRING },
    [REGION_SET] = { FGP_STR_OF("region_set"), IS_TABLE },
    [NORMALIZE] = { FGP_STR_OF("normalize"), IS_BOOL },
    [DOUBLE_ENCODE] = { FGP_STR_OF("double_encode"), IS_BOOL },
    [CONTENT_SHA256] = { FGP_STR_OF("content_sha256"), IS_BOOL },
    [PAYLOAD] = { FGP_STR_OF("payload"), IS_STRING },
    [SIGN_HEADERS] = { FGP_STR_OF("sign_headers"), IS_STRING | IS_TABLE },
    [SESSION_TOKEN] = { FGP_STR_OF("session_token"), IS_STRING },
    [TIME] = { FGP_STR_OF("time"), IS_NUMBER | IS_FUNCTION },
};

#define CONFIG 1               /* the argument's place on the stack */
#define SELF   2               /* the new object's */
#define SLOT(f) (SELF + 1 + (f)) /* a field's */

/* ---- reading the configuration ------------------------------------------ */

static choice read_choice(lua_State *L, int index)
{
    if (lua_isnil(L, index))
        return CHOICE_BY_SERVICE;
    return lua_toboolean(L, index) ? CHOICE_YES : CHOICE_NO;
}

static bool is_word(lua_State *L, int index, fgp_str word)
{
    return lua_type(L, index) == LUA_TSTRING && str_is(view(L, index), word);
}

static const field payload_fields[] = {
    { FGP_STR_OF("length"), IS_NUMBER },
    { FGP_STR_OF("sha256"), IS_STRING },
};

/* {length =, sha256 =}: a body that the caller sends as a stream. */
static fgp_status read_streamed(lua_State *L, int index, payload_rule *rule, fgp_error *err)
{
    int base = lua_gettop(L);

    push_fields(L, index, payload_fields, 2, "payload");
    if (lua_isnil(L, base + 1) || lua_isnil(L, base + 2))
        luaL_error(L, "bad field 'payload' (needs both length and sha256)");
    rule->length = check_whole(L, base + 1, "length");
    rule->digest = view(L, base + 2);
    if (rule->length < 0)
        return refuse(err, FGP_ERR_BAD_PAYLOAD, "the payload's length is negative");
    return FGP_OK;
}

fgp_status read_payload(lua_State *L, int index, payload_rule *rule, fgp_error *err)
{
    *rule = (payload_rule){ .given = !lua_isnil(L, index), .length = -1 };
    if (!rule->given)
        return FGP_OK;
    if (lua_istable(L, index)) {
        fgp_status status = read_streamed(L, index, rule, err);

        if (status != FGP_OK)
            return status;
    } else if (is_word(L, index, str_of("unsigned"))) {
        rule->unsigned_payload = true;
    } else if (is_word(L, index, str_of("empty"))) {
        rule->empty = true;
    } else if (is_word(L, index, str_of("events"))) {
        rule->events = true;
    } else {
        rule->digest = view(L, index);
    }
    if (!rule->unsigned_payload && !rule->empty && !rule->events && rule->digest.len != 64)
        return refuse(err, FGP_ERR_BAD_PAYLOAD,
                      "a payload is \"unsigned\", \"empty\", \"events\" or the body's SHA-256 in 64 lower-case "
                      "hexadecimal digits");
    return FGP_OK;
}

/* "minimal", "all", or a list of names to sign beside the minimal ones. */
static void read_sign_headers(lua_State *L, int index, signer *s)
{
    size_t   n;
    fgp_str *also;

    s->cover = FGP_COVER_MINIMAL;
    if (lua_isnil(L, index) || is_word(L, index, str_of("minimal")))
        return;
    if (is_word(L, index, str_of("all"))) {
        s->cover = FGP_COVER_ALL;
        return;
    }
    if (!lua_istable(L, index))
        luaL_error(L, "bad field 'sign_headers' in signer (\"minimal\", \"all\" or a list of "
                      "names expected)");
    n = lua_rawlen(L, index);
    if (n > FGP_HEADERS_MAX)
        luaL_error(L, "bad field 'sign_headers' in signer (more than %d names)", FGP_HEADERS_MAX);
    luaL_checkstack(L, (int)n + LUA_MINSTACK, "sign_headers");
    also = lua_newuserdatauv(L, (n + 1) * sizeof *also, 0);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "bad field 'sign_headers' in signer (its item %d: string expected, "
                          "got %s)", (int)i + 1, luaL_typename(L, -1));
        also[i] = view(L, -1);
    }
    s->also = also;
    s->nalso = n;
}

static void read_clock(lua_State *L, int index, signer *s)
{
    if (lua_isnil(L, index))
        return;
    s->clock = lua_isfunction(L, index) ? CLOCK_FUNCTION : CLOCK_FIXED;
    if (s->clock == CLOCK_FIXED)
        s->fixed_time = check_whole(L, index, "time");
}

static algorithm read_algorithm(lua_State *L, int index)
{
    if (lua_isnil(L, index))
        return ALGORITHM_BY_ENDPOINT;
    if (is_word(L, index, str_of("sigv4")))
        return ALGORITHM_SIGV4;
    if (!is_word(L, index, str_of("sigv4a")))
        luaL_error(L, "bad field 'algorithm' in signer (\"sigv4\" or \"sigv4a\" expected)");
    return ALGORITHM_SIGV4A;
}

/* A list of regions, with ',' between for the signature. */
static fgp_status read_region_set(lua_State *L, int index, signer *s, fgp_error *err)
{
    size_t      n = lua_isnil(L, index) ? 0 : lua_rawlen(L, index);
    luaL_Buffer b;

    if (lua_isnil(L, index))
        return FGP_OK;
    if (s->algorithm != ALGORITHM_SIGV4A)
        luaL_error(L, "signer has 'region_set', which is for algorithm = \"sigv4a\"");
    luaL_buffinit(L, &b);
    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, index, (int)i);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "bad field 'region_set' in signer (its item %d: string expected, got %s)",
                       (int)i, luaL_typename(L, -1));
        luaL_addvalue(&b);
        if (i < n)
            luaL_addchar(&b, ',');
    }
    luaL_pushresult(&b);
    s->region_set = view(L, -1);
    return fgp_check_region_set(s->region_set, err);
}

static void read_rest(lua_State *L, signer *s)
{
    s->algorithm = read_algorithm(L, SLOT(ALGORITHM));
    if (!lua_isnil(L, SLOT(SESSION_TOKEN)) && !is_word(L, SLOT(SESSION_TOKEN), str_of("sign"))) {
        if (!is_word(L, SLOT(SESSION_TOKEN), str_of("omit")))
            luaL_error(L, "bad field 'session_token' in signer (\"sign\" or \"omit\" expected)");
        s->token_unsigned = true;
    }
    s->normalize = read_choice(L, SLOT(NORMALIZE));
    s->double_encode = read_choice(L, SLOT(DOUBLE_ENCODE));
    s->content_sha256 = read_choice(L, SLOT(CONTENT_SHA256));
    read_sign_headers(L, SLOT(SIGN_HEADERS), s);
    read_clock(L, SLOT(TIME), s);
}

/* ---- where requests go --------------------------------------------------- */

/* An error of the rules is kept for sign(): a request may bring what is missing. */
static fgp_status make_plan(lua_State *L, signer *s, fgp_error *err)
{
    room    r;
    fgp_out out;

    room_start(&r);
    while (fgp_plan_make_for(&s->params, signer_schemes(s), &r.out, &s->plan) == FGP_ERR_NOSPACE)
        room_grow(L, &r);
    out = (fgp_out){ lua_newuserdatauv(L, r.out.need + 1, 0), r.out.need, 0, NULL };
    s->plan_status = fgp_plan_make_for(&s->params, signer_schemes(s), &out, &s->plan);
    if (s->plan_status == FGP_OK || s->plan_status == FGP_ERR_ENDPOINT_RULE)
        return FGP_OK;
    if (s->plan_status == FGP_ERR_UNSUPPORTED_AUTH && signer_has_session(s) && !s->has_bucket)
        return FGP_OK; /* a session is for a bucket, which requests bring */
    *err = s->plan.error;
    return s->plan_status;
}

/* The region has a field of its own, or stands among the parameters. */
static fgp_status read_region(lua_State *L, signer *s, fgp_error *err)
{
    fgp_str    region = view(L, SLOT(REGION));
    bool       in_params = push_param(L, SLOT(PARAMS), "Region");
    fgp_status status;

    if (in_params && region.ptr)
        luaL_error(L, "signer has both 'region' and params.Region");
    if (in_params && lua_type(L, -1) != LUA_TSTRING)
        return FGP_OK; /* set_params() will say what it must be */
    if (in_params)
        region = view(L, -1);
    if (!region.ptr)
        return refuse(err, FGP_ERR_BAD_REGION, "no region: give the signer one");
    status = fgp_check_region(region, err);
    if (status != FGP_OK)
        return status;
    return fgp_params_set_string(&s->params, str_of("Region"), region, err);
}

static fgp_status read_service(lua_State *L, signer *s, fgp_error *err)
{
    fgp_status status = start_params(&s->params, view(L, SLOT(SERVICE)), err);

    s->has_service = true;
    s->has_bucket = push_param(L, SLOT(PARAMS), "Bucket");
    if (status == FGP_OK)
        status = read_region(L, s, err);
    if (status == FGP_OK && lua_istable(L, SLOT(PARAMS)))
        status = set_request_params(L, SLOT(PARAMS), &s->params, err);
    return status == FGP_OK ? make_plan(L, s, err) : status;
}

static fgp_status read_scope(lua_State *L, signer *s, fgp_error *err)
{
    s->signing_name = view(L, SLOT(SIGNING_NAME));
    s->signing_region = view(L, SLOT(SIGNING_REGION));
    if (!lua_isnil(L, SLOT(SERVICE)))
        return read_service(L, s, err);
    if (!lua_isnil(L, SLOT(PARAMS)))
        luaL_error(L, "signer has 'params' but no 'service' that they are for");
    if (lua_isnil(L, SLOT(SIGNING_REGION)))
        s->signing_region = view(L, SLOT(REGION));
    if (lua_isnil(L, SLOT(SIGNING_NAME)) || !(s->signing_region.ptr || s->region_set.ptr))
        luaL_error(L, "signer needs 'service' and 'region', or 'signing_name' and 'signing_region'");
    return FGP_OK;
}

/* What would fail at each request fails here. */
static fgp_status check_scope(signer *s, fgp_error *err)
{
    fgp_signing_key        key;
    const fgp_signing_key *made;
    fgp_str                region = s->signing_region, name = s->signing_name;
    fgp_status             status;

    if (s->has_service && s->plan_status != FGP_OK)
        return FGP_OK;
    if (!region.ptr)
        region = s->plan.auth.signing_region;
    if (!name.ptr)
        name = s->plan.auth.signing_name;
    if (signer_is_sigv4a(s, &s->plan)) {
        status = fgp_check_region_set(signer_region_set(s, &s->plan), err);
        return status == FGP_OK ? signer_sigv4a_key(s, 0, name, &made, err) : status;
    }
    status = fgp_signing_key_init(&key, s->credentials->secret_access_key, 0, region, name, err);
    fgp_wipe(&key, sizeof key);
    return status;
}

/* ---- signer{...} --------------------------------------------------------- */

/* All that lies on the stack above SELF goes into the object's table, in order. */
static void keep_all(lua_State *L)
{
    int top = lua_gettop(L);

    lua_createtable(L, top - SELF + KEPT_REST, 0);
    lua_pushvalue(L, SLOT(CREDS));
    lua_rawseti(L, -2, KEPT_CREDENTIALS);
    lua_pushvalue(L, SLOT(TIME));
    lua_rawseti(L, -2, KEPT_CLOCK);
    for (int i = SELF + 1; i <= top; i++) {
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, KEPT_REST + i - SELF);
    }
    fgp_set_kept(L, SELF);
}

int fgp_lua_signer(lua_State *L)
{
    signer    *s;
    fgp_error  err;
    fgp_status status;

    luaL_checktype(L, CONFIG, LUA_TTABLE);
    lua_settop(L, CONFIG);
    s = lua_newuserdatauv(L, sizeof *s, 1);
    memset(s, 0, sizeof *s);
    luaL_setmetatable(L, SIGNER);
    push_fields(L, CONFIG, fields, NFIELDS, "signer");
    read_rest(L, s);
    if (lua_isnil(L, SLOT(CREDS)))
        return push_failure(L, FGP_ERR_NO_CREDENTIALS, "the signer has no credentials: give it some");
    s->credentials = check_credentials(L, SLOT(CREDS), "signer");
    status = read_payload(L, SLOT(PAYLOAD), &s->payload, &err);
    if (status == FGP_OK)
        status = read_region_set(L, SLOT(REGION_SET), s, &err);
    if (status == FGP_OK)
        status = read_scope(L, s, &err);
    if (status == FGP_OK)
        status = check_scope(s, &err);
    if (status != FGP_OK)
        return push_failure(L, status, err.text);
    keep_all(L);
    s->open = true;
    lua_settop(L, SELF);
    return 1;
}

/* ---- the object ---------------------------------------------------------- */

void check_open(lua_State *L, const signer *s)
{
    if (!s->open)
        luaL_error(L, "attempt to use a closed signer");
    if (s->credentials->access_key_id.len == 0)
        luaL_error(L, "attempt to use closed credentials");
}

int64_t signer_now(lua_State *L, int index, const signer *s)
{
    int64_t now;

    if (s->clock == CLOCK_SYSTEM)
        return (int64_t)time(NULL);
    if (s->clock == CLOCK_FIXED)
        return s->fixed_time;
    fgp_get_kept(L, index);
    lua_rawgeti(L, -1, KEPT_CLOCK);
    lua_call(L, 0, 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "the signer's 'time' gave a %s, not a number", luaL_typename(L, -1));
    now = check_whole(L, -1, "time");
    lua_pop(L, 2);
    check_open(L, s); /* the function may have closed it */
    return now;
}

static bool slot_is_for(const key_slot *slot, fgp_str region, fgp_str name)
{
    return str_is((fgp_str){ slot->region, slot->region_len }, region)
        && str_is((fgp_str){ slot->name, slot->name_len }, name);
}

fgp_status signer_key(signer *s, int64_t now, fgp_str region, fgp_str name,
                      const fgp_signing_key **key, fgp_error *err)
{
    key_slot  *slot = NULL;
    fgp_status status;

    for (size_t i = 0; i < KEY_SLOTS && !slot; i++)
        if (slot_is_for(&s->slots[i], region, name))
            slot = &s->slots[i];
    if (slot && fgp_signing_key_is_current(&slot->key, now)) {
        *key = &slot->key;
        return FGP_OK;
    }
    if (!slot)
        slot = &s->slots[s->next_slot++ % KEY_SLOTS];
    slot->region_len = slot->name_len = 0;
    status = fgp_signing_key_init(&slot->key, s->credentials->secret_access_key, now, region, name,
                                  err);
    if (status != FGP_OK)
        return status;
    slot->region_len = (uint8_t)region.len; /* the key is made: both are short enough */
    slot->name_len = (uint8_t)name.len;
    memcpy(slot->region, region.ptr, region.len);
    memcpy(slot->name, name.ptr, name.len);
    *key = &slot->key;
    return FGP_OK;
}

/* What the caller says, what the endpoint says, or the one region that is known. */
fgp_str signer_region_set(const signer *s, const fgp_plan *plan)
{
    if (s->region_set.ptr)
        return s->region_set;
    if (plan && plan->auth.scheme == FGP_AUTH_SIGV4A)
        return plan->auth.region_set;
    return s->signing_region.ptr || !plan ? s->signing_region : plan->auth.signing_region;
}

fgp_status signer_sigv4a_key(signer *s, int64_t now, fgp_str name, const fgp_signing_key **key,
                             fgp_error *err)
{
    fgp_status status;

    *key = &s->sigv4a_day;
    if (!s->has_sigv4a) {
        status = fgp_sigv4a_key_init(&s->sigv4a, s->credentials->access_key_id,
                                     s->credentials->secret_access_key, err);
        if (status != FGP_OK)
            return status;
        s->has_sigv4a = true;
    }
    return fgp_signing_key_init_sigv4a(&s->sigv4a_day, &s->sigv4a, now, name, err);
}

/* close, __close, __gc: as often as one likes. */
static int signer_close(lua_State *L)
{
    signer *s = luaL_checkudata(L, 1, SIGNER);

    fgp_wipe(s->slots, sizeof s->slots);
    fgp_wipe(&s->sigv4a_day, sizeof s->sigv4a_day);
    fgp_sigv4a_key_free(&s->sigv4a);
    s->has_sigv4a = false;
    s->open = false;
    return 0;
}

static int signer_tostring(lua_State *L)
{
    const signer *s = luaL_checkudata(L, 1, SIGNER);

    if (!s->open) {
        lua_pushliteral(L, SIGNER " (closed)");
        return 1;
    }
    push_str(L, s->signing_name.ptr ? s->signing_name : s->plan.auth.signing_name);
    if (signer_is_sigv4a(s, &s->plan))
        push_str(L, signer_region_set(s, &s->plan));
    else
        push_str(L, s->signing_region.ptr ? s->signing_region : s->plan.auth.signing_region);
    push_credentials_name(L, s->credentials);
    lua_pushfstring(L, SIGNER " (%s, %s, %s)", lua_tostring(L, -3), lua_tostring(L, -2),
                    lua_tostring(L, -1));
    return 1;
}

static const luaL_Reg methods[] = {
    { "close",       signer_close        },
    { "post_policy", fgp_lua_post_policy },
    { NULL,          NULL                }
};

static const luaL_Reg metamethods[] = {
    { "__gc",       signer_close    },
    { "__close",    signer_close    },
    { "__tostring", signer_tostring },
    { NULL,         NULL            }
};

void make_signer_metatable(lua_State *L)
{
    luaL_newmetatable(L, SIGNER);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    set_signing_methods(L);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
