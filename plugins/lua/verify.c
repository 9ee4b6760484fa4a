/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - fingerpost.verify(): a request that came in, and who signed it.
 *
 * Gathers the request, asks the core for what needs no key, the caller's function for
 * the secret, and the core again. Keeps nothing.
 */
#include <time.h>

#include "stream.h"

/* Places on the stack: the arguments, then the fields of the first and the third. */
enum { V_REQUEST = 1, V_LOOKUP, V_OPTIONS, V_ARGUMENTS = V_OPTIONS };

enum { IN_METHOD, IN_URL, IN_SCHEME, IN_AUTHORITY, IN_TARGET, IN_HEADERS, IN_BODY, IN_PAYLOAD, NIN };

static const field request_fields[NIN] = {
    [IN_METHOD] = { FGP_STR_OF("method"), IS_STRING },
    [IN_URL] = { FGP_STR_OF("url"), IS_STRING },
    [IN_SCHEME] = { FGP_STR_OF("scheme"), IS_STRING },
    [IN_AUTHORITY] = { FGP_STR_OF("authority"), IS_STRING },
    [IN_TARGET] = { FGP_STR_OF("target"), IS_STRING },
    [IN_HEADERS] = { FGP_STR_OF("headers"), IS_TABLE },
    [IN_BODY] = { FGP_STR_OF("body"), IS_STRING },
    [IN_PAYLOAD] = { FGP_STR_OF("payload"), IS_STRING },
};

enum {
    OPT_TIME,
    OPT_SKEW,
    OPT_REGION,
    OPT_SERVICE,
    OPT_MUST,
    OPT_NORMALIZE,
    OPT_DOUBLE_ENCODE,
    OPT_UNSIGNED_OVER_HTTP,
    OPT_TOKEN_UNSIGNED,
    OPT_TRACE,
    NOPT
};

static const field option_fields[NOPT] = {
    [OPT_TIME] = { FGP_STR_OF("time"), IS_NUMBER },
    [OPT_SKEW] = { FGP_STR_OF("skew"), IS_NUMBER },
    [OPT_REGION] = { FGP_STR_OF("region"), IS_STRING },
    [OPT_SERVICE] = { FGP_STR_OF("service"), IS_STRING },
    [OPT_MUST] = { FGP_STR_OF("must_cover"), IS_TABLE },
    [OPT_NORMALIZE] = { FGP_STR_OF("normalize"), IS_BOOL },
    [OPT_DOUBLE_ENCODE] = { FGP_STR_OF("double_encode"), IS_BOOL },
    [OPT_UNSIGNED_OVER_HTTP] = { FGP_STR_OF("unsigned_over_http"), IS_BOOL },
    [OPT_TOKEN_UNSIGNED] = { FGP_STR_OF("token_unsigned"), IS_BOOL },
    [OPT_TRACE] = { FGP_STR_OF("trace"), IS_BOOL },
};

#define IN(f)  (V_ARGUMENTS + 1 + (f))
#define OPT(f) (V_ARGUMENTS + 1 + NIN + (f))

#define MUST_MAX 32

typedef struct check {
    fgp_verifier   verifier;
    fgp_sign_rules rules;
    fgp_str        must[MUST_MAX];
    int64_t        now;
    bool           traced;
    fgp_request    request;
    fgp_header     headers[FGP_HEADERS_MAX];
    room           text, trace;
    fgp_verified   res;
    decoder       *decoder; /* of a body in chunks */
    event_reader  *events;  /* of an event stream */
    int            stream_at; /* the one or the other on the stack */
    fgp_error      error;
} check;

/* ---- the request ----------------------------------------------------------- */

static void add_header(lua_State *L, void *ctx, int name, int value)
{
    check *c = ctx;
    size_t i = c->request.nheaders++;

    if (i < FGP_HEADERS_MAX)
        c->headers[i] = (fgp_header){ view(L, name), view(L, value) };
}

static bool is_host(fgp_str name)
{
    return name.len == 4 && (name.ptr[0] | 32) == 'h' && (name.ptr[1] | 32) == 'o' &&
           (name.ptr[2] | 32) == 's' && (name.ptr[3] | 32) == 't';
}

static bool has_host(const check *c)
{
    for (size_t i = 0; i < c->request.nheaders; i++)
        if (is_host(c->headers[i].name))
            return true;
    return false;
}

/* The URL's host is what stands for the header where there is none. */
static fgp_status read_url(lua_State *L, check *c)
{
    fgp_request *req = &c->request;
    fgp_url      url;
    fgp_status   status = fgp_url_parse(view(L, IN(IN_URL)), &url, &c->error);

    if (status != FGP_OK)
        return status;
    req->scheme = url.scheme;
    req->path = url.path;
    req->query = url.query;
    if (!has_host(c))
        req->authority = url.authority;
    return FGP_OK;
}

static void read_target(lua_State *L, check *c)
{
    fgp_request *req = &c->request;
    fgp_str      target = view(L, IN(IN_TARGET));
    const char  *mark = target.len ? memchr(target.ptr, '?', target.len) : NULL;

    req->scheme = lua_isnil(L, IN(IN_SCHEME)) ? str_of("https") : view(L, IN(IN_SCHEME));
    req->authority = view(L, IN(IN_AUTHORITY));
    req->path = target;
    if (mark == NULL)
        return;
    req->path.len = (size_t)(mark - target.ptr);
    req->query = (fgp_str){ mark + 1, target.len - req->path.len - 1 };
}

/* 'payload' is a digest, or "later" for a body that has not been read. */
static void read_body(lua_State *L, check *c)
{
    fgp_str payload = view(L, IN(IN_PAYLOAD));

    if (payload.ptr && !lua_isnil(L, IN(IN_BODY)))
        luaL_error(L, "a request has either 'body' or 'payload'");
    c->verifier.body_later = str_is(payload, str_of("later"));
    if (payload.ptr)
        c->request.payload = (fgp_payload){ FGP_PAYLOAD_SHA256, payload };
    else
        c->request.payload = (fgp_payload){ FGP_PAYLOAD_BYTES, view(L, IN(IN_BODY)) };
}

static fgp_status read_request(lua_State *L, check *c)
{
    pairs p = { "header", add_header, c };
    bool  has_url = !lua_isnil(L, IN(IN_URL)), has_target = !lua_isnil(L, IN(IN_TARGET));

    if (has_url == has_target)
        luaL_error(L, "a request has either 'url' or 'target'");
    if (has_url && !(lua_isnil(L, IN(IN_SCHEME)) && lua_isnil(L, IN(IN_AUTHORITY))))
        luaL_error(L, "a request with 'url' has no use for 'scheme' and 'authority'");
    c->request = (fgp_request){ .method = lua_isnil(L, IN(IN_METHOD)) ? str_of("GET")
                                                                     : view(L, IN(IN_METHOD)),
                                .headers = c->headers };
    if (lua_istable(L, IN(IN_HEADERS)))
        each_pair(L, IN(IN_HEADERS), &p);
    if (c->request.nheaders > FGP_HEADERS_MAX)
        return refuse(&c->error, FGP_ERR_BAD_HEADER, "a request has more than 200 headers");
    read_body(L, c);
    if (has_url)
        return read_url(L, c);
    read_target(L, c);
    return FGP_OK;
}

/* ---- the options ----------------------------------------------------------- */

/* Names of headers; their strings are left on the stack. */
static void read_must(lua_State *L, check *c)
{
    size_t n = lua_rawlen(L, OPT(OPT_MUST));

    if (n > MUST_MAX)
        luaL_error(L, "'must_cover' has more than %d names", MUST_MAX);
    luaL_checkstack(L, (int)n + LUA_MINSTACK, "options");
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, OPT(OPT_MUST), (int)i + 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "bad 'must_cover' (its item %d: string expected, got %s)", (int)i + 1,
                       luaL_typename(L, -1));
        c->must[i] = view(L, -1);
    }
    c->verifier.must = c->must;
    c->verifier.nmust = n;
}

static void read_rules(lua_State *L, check *c)
{
    c->rules = fgp_sign_rules_for(c->verifier.service);
    if (lua_isnil(L, OPT(OPT_NORMALIZE)) && lua_isnil(L, OPT(OPT_DOUBLE_ENCODE)))
        return;
    if (!lua_isnil(L, OPT(OPT_NORMALIZE)))
        c->rules.normalize = lua_toboolean(L, OPT(OPT_NORMALIZE));
    if (!lua_isnil(L, OPT(OPT_DOUBLE_ENCODE)))
        c->rules.double_encode = lua_toboolean(L, OPT(OPT_DOUBLE_ENCODE));
    c->verifier.rules = &c->rules;
}

static void read_options(lua_State *L, check *c)
{
    int64_t skew_s = 0;

    c->now = lua_isnil(L, OPT(OPT_TIME)) ? (int64_t)time(NULL)
                                         : check_whole(L, OPT(OPT_TIME), "time");
    if (!lua_isnil(L, OPT(OPT_SKEW))) {
        skew_s = check_whole(L, OPT(OPT_SKEW), "skew");
        if (skew_s < 1 || skew_s > 86400)
            luaL_error(L, "bad 'skew' (1 to 86400 seconds expected)");
    }
    c->traced = lua_toboolean(L, OPT(OPT_TRACE));
    c->verifier = (fgp_verifier){ .region = view(L, OPT(OPT_REGION)),
                                  .service = view(L, OPT(OPT_SERVICE)),
                                  .skew_s = (uint32_t)skew_s,
                                  .unsigned_over_http = lua_toboolean(L, OPT(OPT_UNSIGNED_OVER_HTTP)),
                                  .token_unsigned = lua_toboolean(L, OPT(OPT_TOKEN_UNSIGNED)) };
    read_rules(L, c);
    if (lua_istable(L, OPT(OPT_MUST)))
        read_must(L, c);
}

/* ---- asking ---------------------------------------------------------------- */

static fgp_status begin(lua_State *L, check *c)
{
    fgp_status status;

    room_start(&c->text);
    room_start(&c->trace);
    while ((status = fgp_verify_begin(&c->verifier, &c->request, c->now, &c->text.out,
                                      c->traced ? &c->trace.out : NULL, &c->res)) ==
           FGP_ERR_NOSPACE) {
        room_grow(L, &c->text);
        if (c->traced)
            room_grow(L, &c->trace);
    }
    return status;
}

static void push_scope(lua_State *L, const fgp_verified *res)
{
    lua_createtable(L, 0, 3);
    set_str(L, "date", res->date);
    set_str(L, "region", res->region);
    set_str(L, "service", res->service);
}

/* Calls lookup(access_key_id, scope): what it gives stays on the stack. False: nobody has
 * this id. */
static bool look_up(lua_State *L, const fgp_verified *res, fgp_str *secret, fgp_str *token)
{
    const fgp_credentials *found;
    int                    first = lua_gettop(L) + 1;

    luaL_checkstack(L, LUA_MINSTACK, "lookup");
    lua_pushvalue(L, V_LOOKUP);
    push_str(L, res->access_key_id);
    push_scope(L, res);
    lua_call(L, 2, 2);
    if (lua_isuserdata(L, first)) {
        found = check_credentials(L, first, "what 'lookup' gave");
        *secret = found->secret_access_key;
        *token = found->session_token;
        return str_is(found->access_key_id, res->access_key_id);
    }
    if (!lua_toboolean(L, first))
        return false;
    if (lua_type(L, first) != LUA_TSTRING)
        luaL_error(L, "'lookup' gave a %s, not a secret, credentials or nil",
                   luaL_typename(L, first));
    if (!lua_isnil(L, first + 1) && lua_type(L, first + 1) != LUA_TSTRING)
        luaL_error(L, "'lookup' gave a %s as the session token, not a string",
                   luaL_typename(L, first + 1));
    *secret = view(L, first);
    *token = view(L, first + 1);
    return true;
}

/* What the body will go through: made before the key is there, so that nothing of Lua's
 * runs while it is. */
static fgp_status prepare_stream(lua_State *L, check *c)
{
    fgp_status status = FGP_OK;

    c->decoder = NULL;
    c->events = NULL;
    switch (c->res.payload.kind) {
    case FGP_PAYLOAD_CHUNKS:
    case FGP_PAYLOAD_CHUNKS_TRAILER:
    case FGP_PAYLOAD_UNSIGNED_TRAILER:
        c->decoder = push_decoder(L, c->headers, c->request.nheaders, &status, &c->res.error);
        break;
    case FGP_PAYLOAD_EVENTS: c->events = push_event_reader(L); break;
    default: break;
    }
    c->stream_at = lua_gettop(L);
    return status;
}

static fgp_status start_stream(check *c, const fgp_signing_key *key)
{
    if (c->decoder)
        return start_decoder(c->decoder, key, c->res.time, c->res.signature, &c->res.error);
    return c->events ? start_event_reader(c->events, key, c->res.signature, &c->res.error) : FGP_OK;
}

static fgp_status finish(lua_State *L, check *c)
{
    fgp_verified   *res = &c->res;
    fgp_str         secret, token;
    fgp_signing_key key;
    fgp_status      status;

    if (!look_up(L, res, &secret, &token))
        return fgp_verify_end(res, NULL, (fgp_str){ NULL, 0 });
    status = fgp_signing_key_init(&key, secret, res->time, res->region, res->service, &res->error);
    if (status == FGP_OK)
        status = fgp_verify_end(res, &key, token);
    if (status == FGP_OK)
        status = start_stream(c, &key);
    fgp_wipe(&key, sizeof key);
    return status;
}

/* ---- results --------------------------------------------------------------- */

static const char *const payload_names[] = {
    [FGP_PAYLOAD_SHA256] = "sha256",
    [FGP_PAYLOAD_UNSIGNED] = "unsigned",
    [FGP_PAYLOAD_CHUNKS] = "chunks",
    [FGP_PAYLOAD_CHUNKS_TRAILER] = "chunks-trailer",
    [FGP_PAYLOAD_UNSIGNED_TRAILER] = "unsigned-trailer",
    [FGP_PAYLOAD_EVENTS] = "events",
};

static void push_names(lua_State *L, fgp_str list)
{
    int n = 0;

    lua_newtable(L);
    while (list.len) {
        const char *end = memchr(list.ptr, ';', list.len);
        size_t      len = end ? (size_t)(end - list.ptr) : list.len;

        lua_pushlstring(L, list.ptr, len);
        lua_rawseti(L, -2, ++n);
        len += end != NULL;
        list = (fgp_str){ list.ptr + len, list.len - len };
    }
}

static void set_trace(lua_State *L, const check *c)
{
    if (!c->traced)
        return;
    set_str(L, "canonical_request", c->res.canonical_request);
    set_str(L, "string_to_sign", c->res.string_to_sign);
}

static int push_verified(lua_State *L, const check *c)
{
    const fgp_verified *res = &c->res;

    luaL_checkstack(L, LUA_MINSTACK, "result");
    lua_createtable(L, 0, 10);
    set_str(L, "access_key_id", res->access_key_id);
    push_scope(L, res);
    lua_setfield(L, -2, "scope");
    push_names(L, res->signed_headers);
    lua_setfield(L, -2, "signed_headers");
    lua_pushstring(L, payload_names[res->payload.kind]);
    lua_setfield(L, -2, "payload");
    if (res->payload.kind == FGP_PAYLOAD_SHA256)
        set_str(L, "payload_hash", res->payload.data);
    lua_pushboolean(L, res->body_due);
    lua_setfield(L, -2, "body_due");
    lua_pushboolean(L, res->presigned);
    lua_setfield(L, -2, "presigned");
    lua_pushinteger(L, (lua_Integer)res->time);
    lua_setfield(L, -2, "time");
    if (res->presigned) {
        lua_pushinteger(L, (lua_Integer)res->expires_s);
        lua_setfield(L, -2, "expires");
    }
    set_str(L, "signature", res->signature);
    if (c->decoder || c->events) {
        lua_pushvalue(L, c->stream_at);
        lua_setfield(L, -2, c->decoder ? "decoder" : "events");
    }
    set_trace(L, c);
    return 1;
}

/* nil, message, code; and with 'trace' what the key should have signed. */
static int push_refusal(lua_State *L, fgp_status status, const check *c, const fgp_error *error)
{
    int n = push_failure(L, status, error->text);

    if (!c->traced || c->res.canonical_request.len == 0)
        return n;
    lua_createtable(L, 0, 2);
    set_trace(L, c);
    return n + 1;
}

int fgp_lua_verify(lua_State *L)
{
    check      c;
    fgp_status status;

    lua_settop(L, V_ARGUMENTS);
    luaL_checktype(L, V_REQUEST, LUA_TTABLE);
    luaL_checktype(L, V_LOOKUP, LUA_TFUNCTION);
    if (lua_isnil(L, V_OPTIONS)) {
        lua_newtable(L);
        lua_replace(L, V_OPTIONS);
    }
    luaL_checktype(L, V_OPTIONS, LUA_TTABLE);
    push_fields(L, V_REQUEST, request_fields, NIN, "request");
    push_fields(L, V_OPTIONS, option_fields, NOPT, "options");
    read_options(L, &c);
    c.res.canonical_request.len = 0;
    status = read_request(L, &c);
    if (status != FGP_OK)
        return push_refusal(L, status, &c, &c.error);
    status = begin(L, &c);
    if (status == FGP_OK)
        status = prepare_stream(L, &c);
    if (status == FGP_OK)
        status = finish(L, &c);
    return status == FGP_OK ? push_verified(L, &c) : push_refusal(L, status, &c, &c.res.error);
}
