/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_policy.c - signer:post_policy{...}: the form by which a browser may upload to S3.
 */
#include "signer.h"

#define EXPIRES_S 900 /* when nobody says */
#define SELF      1
#define CONFIG    2

enum { BUCKET, KEY, EXPIRES, LENGTH, CONTENT_TYPE, FIELDS, POLICY, NFIELDS };

static const field fields[NFIELDS] = {
    [BUCKET] = { FGP_STR_OF("bucket"), IS_STRING },
    [KEY] = { FGP_STR_OF("key"), IS_STRING },
    [EXPIRES] = { FGP_STR_OF("expires"), IS_NUMBER },
    [LENGTH] = { FGP_STR_OF("length"), IS_TABLE },
    [CONTENT_TYPE] = { FGP_STR_OF("content_type"), IS_STRING },
    [FIELDS] = { FGP_STR_OF("fields"), IS_TABLE },
    [POLICY] = { FGP_STR_OF("policy"), IS_STRING },
};

#define SLOT(f) (CONFIG + 1 + (f))

/* One form under way. */
typedef struct form {
    signer         *signer;
    fgp_signer      by;
    fgp_plan        plan;
    fgp_params      params;
    fgp_post_rules  rules;
    fgp_header      fields[FGP_POST_FIELDS_MAX];
    fgp_str         policy; /* the caller's own, or made */
    fgp_post        post;
    fgp_error       error;
    int64_t         now;
    room            text;
} form;

/* ---- reading ------------------------------------------------------------- */

/* {least, most} */
static void read_length(lua_State *L, form *f)
{
    int64_t bound[2];

    if (lua_isnil(L, SLOT(LENGTH)))
        return;
    for (int i = 0; i < 2; i++) {
        lua_rawgeti(L, SLOT(LENGTH), i + 1);
        if (lua_type(L, -1) != LUA_TNUMBER)
            luaL_error(L, "bad field 'length' in post_policy (two numbers expected, {least, most})");
        bound[i] = check_whole(L, -1, "length");
        if (bound[i] < 0)
            luaL_error(L, "bad field 'length' in post_policy (a number is negative)");
        lua_pop(L, 1);
    }
    f->rules.has_length = true;
    f->rules.least = (uint64_t)bound[0];
    f->rules.most = (uint64_t)bound[1];
}

/* Names and values stay on the stack. */
static void read_fields(lua_State *L, form *f)
{
    f->rules.fields = f->fields;
    if (lua_isnil(L, SLOT(FIELDS)))
        return;
    lua_pushnil(L);
    for (;;) {
        int key = lua_gettop(L);

        luaL_checkstack(L, LUA_MINSTACK, "fields");
        if (!lua_next(L, SLOT(FIELDS)))
            return;
        if (lua_type(L, key) != LUA_TSTRING || lua_type(L, key + 1) != LUA_TSTRING)
            luaL_error(L, "bad field 'fields' in post_policy (names and values must be strings)");
        if (f->rules.nfields == FGP_POST_FIELDS_MAX)
            luaL_error(L, "bad field 'fields' in post_policy (more than %d)", FGP_POST_FIELDS_MAX);
        f->fields[f->rules.nfields++] = (fgp_header){ view(L, key), view(L, key + 1) };
        lua_pushvalue(L, key); /* the pair stays */
    }
}

static void read_form(lua_State *L, form *f)
{
    push_fields(L, CONFIG, fields, NFIELDS, "post_policy");
    if (lua_isnil(L, SLOT(BUCKET)) || lua_isnil(L, SLOT(KEY)))
        luaL_error(L, "post_policy needs 'bucket' and 'key'");
    if (!lua_isnil(L, SLOT(POLICY)) && (!lua_isnil(L, SLOT(EXPIRES)) || !lua_isnil(L, SLOT(LENGTH))))
        luaL_error(L, "post_policy has a 'policy' of its own: 'expires' and 'length' stand in it");
    f->rules = (fgp_post_rules){ .bucket = view(L, SLOT(BUCKET)), .key = view(L, SLOT(KEY)),
                                 .content_type = view(L, SLOT(CONTENT_TYPE)),
                                 .expires_s = EXPIRES_S };
    if (!lua_isnil(L, SLOT(EXPIRES)))
        f->rules.expires_s = check_whole(L, SLOT(EXPIRES), "expires");
    read_length(L, f);
    read_fields(L, f);
}

/* ---- asking -------------------------------------------------------------- */

static fgp_status find_plan(form *f)
{
    fgp_status status;

    if (!f->signer->has_service)
        return refuse(&f->error, FGP_ERR_BAD_PARAMETER,
                      "a form goes to the bucket's endpoint: give the signer service = \"s3\"");
    f->params = f->signer->params;
    status = fgp_check_bucket(f->rules.bucket, &f->error);
    if (status == FGP_OK)
        status = fgp_params_set_string(&f->params, str_of("Bucket"), f->rules.bucket, &f->error);
    if (status != FGP_OK)
        return status;
    status = fgp_plan_make_for(&f->params, signer_schemes(f->signer), &f->text.out, &f->plan);
    if (status != FGP_OK)
        f->error = f->plan.error;
    return status;
}

static fgp_status find_signer(form *f)
{
    signer                *s = f->signer;
    const fgp_signing_key *key;
    fgp_str    region = s->signing_region.ptr ? s->signing_region : f->plan.auth.signing_region;
    fgp_str    name = s->signing_name.ptr ? s->signing_name : f->plan.auth.signing_name;
    fgp_status status = signer_key(s, f->now, region, name, &key, &f->error);

    f->by = (fgp_signer){ .access_key_id = s->credentials->access_key_id,
                          .session_token = s->credentials->session_token, .key = key,
                          .s3_session = signer_has_session(s) };
    return status;
}

static fgp_status ask_once(lua_State *L, form *f)
{
    fgp_out   *out = &f->text.out;
    fgp_status status = find_plan(f);
    size_t     start = out->need;

    if (status == FGP_OK && out->need > out->cap)
        status = FGP_ERR_NOSPACE;
    if (status == FGP_OK)
        status = find_signer(f);
    if (status != FGP_OK)
        return status;
    f->policy = view(L, SLOT(POLICY));
    if (f->policy.ptr == NULL) {
        status = fgp_put_post_policy(out, &f->by, &f->rules, f->now, &f->error);
        f->policy = (fgp_str){ out->buf + start, out->need - start };
    }
    if (status == FGP_OK) {
        status = fgp_post_sign(&f->by, f->policy, f->now, out, &f->post);
        if (status != FGP_OK)
            f->error = f->post.error;
    }
    return status;
}

/* ---- the result ---------------------------------------------------------- */

static void push_url(lua_State *L, const form *f)
{
    push_str(L, f->plan.url.scheme);
    lua_pushliteral(L, "://");
    push_str(L, f->plan.url.authority);
    push_str(L, f->plan.url.path.len ? f->plan.url.path : str_of("/"));
    lua_concat(L, 4);
}

static void set_field(lua_State *L, fgp_header one)
{
    push_str(L, one.name);
    push_str(L, one.value);
    lua_rawset(L, -3);
}

static bool is_kind(fgp_str type)
{
    return type.len != 0 && type.ptr[type.len - 1] == '/';
}

static int push_form(lua_State *L, const form *f)
{
    fgp_str type = f->rules.content_type;

    luaL_checkstack(L, LUA_MINSTACK, "result");
    lua_createtable(L, 0, 3);
    push_url(L, f);
    lua_setfield(L, -2, "url");
    set_str(L, "policy", f->policy);
    lua_createtable(L, 0, (int)(f->rules.nfields + f->post.nfields + 2));
    set_field(L, (fgp_header){ str_of("key"), f->rules.key });
    if (type.len != 0 && !is_kind(type)) /* of a kind, the form says which */
        set_field(L, (fgp_header){ str_of("Content-Type"), type });
    for (size_t i = 0; i < f->rules.nfields; i++)
        set_field(L, f->fields[i]);
    for (size_t i = 0; i < f->post.nfields; i++)
        set_field(L, f->post.fields[i]);
    lua_setfield(L, -2, "fields");
    return 1;
}

int fgp_lua_post_policy(lua_State *L)
{
    form       f;
    fgp_status status;

    f.signer = luaL_checkudata(L, SELF, SIGNER);
    check_open(L, f.signer);
    luaL_checktype(L, CONFIG, LUA_TTABLE);
    lua_settop(L, CONFIG);
    f.now = signer_now(L, SELF, f.signer);
    read_form(L, &f);
    room_start(&f.text);
    while ((status = ask_once(L, &f)) == FGP_ERR_NOSPACE)
        room_grow(L, &f.text);
    if (status == FGP_ERR_ENDPOINT_RULE)
        return push_rule_error(L, f.plan.endpoint.rule_error);
    return status == FGP_OK ? push_form(L, &f) : push_failure(L, status, f.error.text);
}
