/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign.c - signer:sign() and signer:presign(): gather, ask the core, push.
 */
#include "stream.h"

#define EXPIRES_S 900 /* seconds that a presigned URL is good for, when nobody says */

/* ---- asking ---------------------------------------------------------------- */

static fgp_status find_plan(call *c)
{
    const signer *s = c->signer;
    fgp_status    status = s->plan_status;

    c->plan = s->has_service ? &s->plan : NULL;
    if (c->has_bucket || c->has_params) {
        c->plan = &c->own_plan;
        status = fgp_plan_make_for(&c->params, signer_schemes(s), &c->text.out, &c->own_plan);
    }
    if (status != FGP_OK)
        c->error = c->plan->error;
    return status;
}

static bool choose(choice own, bool by_service)
{
    return own == CHOICE_BY_SERVICE ? by_service : own == CHOICE_YES;
}

static fgp_sign_rules rules_of(const call *c)
{
    const signer  *s = c->signer;
    fgp_sign_rules rules = c->plan ? c->plan->rules : fgp_sign_rules_for(s->signing_name);

    rules.normalize = choose(s->normalize, rules.normalize);
    rules.double_encode = choose(s->double_encode, rules.double_encode);
    rules.content_sha256 = choose(s->content_sha256, rules.content_sha256);
    return rules;
}

static fgp_str put_since(const fgp_out *out, size_t start)
{
    return out->need <= out->cap ? (fgp_str){ out->buf + start, out->need - start }
                                 : (fgp_str){ NULL, 0 };
}

/* From 'url', or from the endpoint and 'path' or 'key'. */
static fgp_status find_target(lua_State *L, call *c)
{
    fgp_request *req = &c->request;
    fgp_out     *out = &c->text.out;
    size_t       start = out->need;
    fgp_url      own;
    fgp_status   status = FGP_OK;

    if (c->has_url) {
        status = fgp_url_parse(view(L, SLOT(URL)), &own, &c->error);
        if (status != FGP_OK)
            return status;
        req->path = own.path;
    } else {
        own = c->plan->url;
        put_path(L, c, out);
        if (out->need - start > FGP_TEXT_MAX)
            return refuse(&c->error, FGP_ERR_BAD_PATH, "a path is longer than 65535 bytes");
        req->path = put_since(out, start);
    }
    req->scheme = own.scheme;
    req->authority = own.authority;
    req->query = own.query;
    return status;
}

static fgp_status find_query(lua_State *L, call *c)
{
    fgp_out *out = &c->text.out;
    size_t   start = out->need;

    if (lua_isnil(L, SLOT(QUERY)))
        return FGP_OK;
    put_query(L, c->request.query, out);
    if (out->need - start > FGP_TEXT_MAX)
        return refuse(&c->error, FGP_ERR_BAD_QUERY, "a query is longer than 65535 bytes");
    c->request.query = put_since(out, start);
    return FGP_OK;
}

static fgp_status find_signer(call *c, fgp_signer *by)
{
    signer *s = c->signer;

    c->name = s->signing_name.ptr ? s->signing_name : c->plan->auth.signing_name;
    c->region = (fgp_str){ NULL, 0 };
    *by = (fgp_signer){ .access_key_id = s->credentials->access_key_id,
                        .session_token = s->credentials->session_token,
                        .rules = rules_of(c),
                        .cover = s->cover,
                        .also = s->also,
                        .nalso = s->nalso,
                        .token_unsigned = s->token_unsigned,
                        .s3_session = signer_has_session(s) };
    if (signer_is_sigv4a(s, c->plan)) {
        by->region_set = signer_region_set(s, c->plan);
        return signer_sigv4a_key(s, c->now, c->name, &by->key, &c->error);
    }
    c->region = s->signing_region.ptr ? s->signing_region : c->plan->auth.signing_region;
    return signer_key(s, c->now, c->region, c->name, &by->key, &c->error);
}

static fgp_status ask_once(lua_State *L, call *c)
{
    fgp_out   *trace = c->traced ? &c->trace.out : NULL;
    fgp_signer by;
    fgp_status status = find_plan(c);

    if (status == FGP_OK)
        status = find_target(L, c);
    if (status == FGP_OK)
        status = find_query(L, c);
    if (status == FGP_OK && c->text.out.need > c->text.out.cap)
        status = FGP_ERR_NOSPACE;
    if (status == FGP_OK && c->encoder && c->request.payload.kind != c->chunked.kind)
        status = add_chunked_headers(L, c, signer_is_sigv4a(c->signer, c->plan));
    if (status == FGP_OK)
        status = find_signer(c, &by);
    if (status != FGP_OK)
        return status;
    c->key = by.key;
    if (c->presign)
        status = fgp_presign(&by, &c->request, c->now, c->expires_s, &c->text.out, trace,
                             &c->signed_request);
    else
        status = fgp_sign(&by, &c->request, c->now, &c->text.out, trace, &c->signed_request);
    if (status != FGP_OK)
        c->error = c->signed_request.error;
    return status;
}

static fgp_status ask(lua_State *L, call *c)
{
    fgp_status status;

    room_start(&c->text);
    room_start(&c->trace);
    while ((status = ask_once(L, c)) == FGP_ERR_NOSPACE) {
        room_grow(L, &c->text);
        if (c->traced)
            room_grow(L, &c->trace);
    }
    return status;
}

/* ---- sign and presign ------------------------------------------------------ */

static int push_refusal(lua_State *L, fgp_status status, const call *c)
{
    if (status != FGP_ERR_ENDPOINT_RULE)
        return push_failure(L, status, c->error.text);
    return push_rule_error(L, c->plan->endpoint.rule_error);
}

static signer *check_self(lua_State *L)
{
    signer *s = lua_touserdata(L, SELF);

    if (!lua_getmetatable(L, SELF) || !lua_rawequal(L, -1, lua_upvalueindex(UP_SIGNER)))
        luaL_checkudata(L, SELF, SIGNER); /* raises */
    lua_pop(L, 1);
    check_open(L, s);
    return s;
}

static fgp_status run(lua_State *L, call *c)
{
    fgp_status status;

    c->signer = check_self(L);
    luaL_checktype(L, REQUEST, LUA_TTABLE);
    c->now = signer_now(L, SELF, c->signer);
    status = gather(L, c);
    return status == FGP_OK ? ask(L, c) : status;
}

/* What goes on from the signature. */
static fgp_status start_stream(call *c)
{
    if (c->encoder)
        return start_encoder(c);
    return c->events ? start_event_signer(c) : FGP_OK;
}

static int signer_sign(lua_State *L)
{
    call       c;
    fgp_status status;

    lua_settop(L, REQUEST);
    lua_settop(L, OPTIONS);
    c.presign = false;
    status = run(L, &c);
    if (status == FGP_OK)
        status = start_stream(&c);
    if (status == FGP_OK)
        status = find_length(L, &c);
    return status == FGP_OK ? push_signed(L, &c) : push_refusal(L, status, &c);
}

static const field option_fields[] = { { FGP_STR_OF("expires"), IS_NUMBER } };

static int64_t read_expires(lua_State *L)
{
    int64_t expires_s = EXPIRES_S;

    if (lua_isnil(L, OPTIONS))
        return expires_s;
    luaL_checktype(L, OPTIONS, LUA_TTABLE);
    push_fields(L, OPTIONS, option_fields, 1, "options");
    if (!lua_isnil(L, -1))
        expires_s = check_whole(L, -1, "expires");
    lua_settop(L, OPTIONS);
    return expires_s;
}

static int signer_presign(lua_State *L)
{
    call       c;
    fgp_status status;

    lua_settop(L, OPTIONS);
    c.presign = true;
    c.expires_s = read_expires(L);
    status = run(L, &c);
    return status == FGP_OK ? push_presigned(L, &c) : push_refusal(L, status, &c);
}

static const luaL_Reg methods[] = {
    { "sign",    signer_sign    },
    { "presign", signer_presign },
    { NULL,      NULL           }
};

void set_signing_methods(lua_State *L)
{
    luaL_setfuncs(L, methods, push_upvalues(L));
}
