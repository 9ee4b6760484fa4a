/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.c - reads a request table: which fields, of which types, and how the
 * forms of path, query and headers become the core's. Knows no key and no scope.
 */
#include "stream.h"

static const field fields[NFIELDS] = {
    [METHOD] = { FGP_STR_OF("method"), IS_STRING },
    [URL] = { FGP_STR_OF("url"), IS_STRING },
    [PATH] = { FGP_STR_OF("path"), IS_STRING | IS_TABLE },
    [BUCKET] = { FGP_STR_OF("bucket"), IS_STRING },
    [KEY] = { FGP_STR_OF("key"), IS_STRING },
    [QUERY] = { FGP_STR_OF("query"), IS_STRING | IS_TABLE },
    [HEADERS] = { FGP_STR_OF("headers"), IS_TABLE },
    [BODY] = { FGP_STR_OF("body"), IS_STRING },
    [PAYLOAD] = { FGP_STR_OF("payload"), IS_STRING | IS_TABLE },
    [CHUNKED] = { FGP_STR_OF("chunked"), IS_TABLE },
    [PARAMS] = { FGP_STR_OF("params"), IS_TABLE },
    [TRACE] = { FGP_STR_OF("trace"), IS_BOOL },
};

/* ---- names and values: of headers and of queries --------------------------- */

/* What is no string or number never becomes "table: 0x55..." in a signature. */
static void add_value(lua_State *L, const pairs *p, int name, int value)
{
    int type = lua_type(L, value);

    if (type != LUA_TSTRING && type != LUA_TNUMBER)
        luaL_error(L, "bad %s '%s' (string, number or list of them expected, got %s)", p->what,
                   shown(L, name), lua_typename(L, type));
    p->fn(L, p->ctx, name, value);
}

static void add_pair(lua_State *L, const pairs *p, int name, int value)
{
    size_t n;

    if (lua_type(L, name) != LUA_TSTRING)
        luaL_error(L, "bad %s name (string expected, got %s)", p->what, luaL_typename(L, name));
    if (!lua_istable(L, value)) {
        add_value(L, p, name, value);
        return;
    }
    n = lua_rawlen(L, value);
    if (n == 0)
        luaL_error(L, "bad %s '%s' (an empty list)", p->what, shown(L, name));
    for (size_t i = 1; i <= n; i++) {
        luaL_checkstack(L, LUA_MINSTACK, p->what);
        lua_rawgeti(L, value, (int)i);
        add_value(L, p, name, lua_gettop(L));
    }
}

/* {name = value, ...} */
static void each_of_map(lua_State *L, int index, const pairs *p)
{
    lua_pushnil(L);
    for (;;) {
        int name = lua_gettop(L);

        luaL_checkstack(L, LUA_MINSTACK, p->what);
        if (!lua_next(L, index))
            return;
        add_pair(L, p, name, name + 1);
        lua_pushvalue(L, name);
    }
}

/* {{name, value}, ...} */
static void each_of_list(lua_State *L, int index, size_t n, const pairs *p)
{
    size_t entries = 0;

    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        entries++;
    if (entries != n)
        luaL_error(L, "bad %s table (a map, or a list of {name, value}, not both)", p->what);
    for (size_t i = 1; i <= n; i++) {
        int pair = lua_gettop(L) + 1;

        luaL_checkstack(L, LUA_MINSTACK, p->what);
        lua_rawgeti(L, index, (int)i);
        if (!lua_istable(L, pair))
            luaL_error(L, "bad %s %d (a pair {name, value} expected, got %s)", p->what, (int)i,
                       luaL_typename(L, pair));
        lua_rawgeti(L, pair, 1);
        lua_rawgeti(L, pair, 2);
        add_pair(L, p, pair + 1, pair + 2);
    }
}

void each_pair(lua_State *L, int index, const pairs *p)
{
    size_t n = lua_rawlen(L, index);

    if (n)
        each_of_list(L, index, n, p);
    else
        each_of_map(L, index, p);
}

/* ---- path and query -------------------------------------------------------- */

static void put(fgp_out *out, fgp_str s)
{
    if (out->need <= out->cap && s.len <= out->cap - out->need && s.len)
        memcpy(out->buf + out->need, s.ptr, s.len);
    out->need += s.len;
}

static void put_char(fgp_out *out, char c)
{
    put(out, (fgp_str){ &c, 1 });
}

/* A list of raw segments: a '/' within one is data, and becomes %2F. */
static void put_segments(lua_State *L, int index, fgp_out *out)
{
    size_t n = lua_rawlen(L, index);

    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, index, (int)i);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "bad field 'path' in request (its item %d: string expected, got %s)",
                       (int)i, luaL_typename(L, -1));
        put_char(out, '/');
        fgp_put_uri_encoded(out, view(L, -1));
        lua_pop(L, 1);
    }
}

/* The endpoint's own path comes first; it is encoded already. */
void put_path(lua_State *L, const call *c, fgp_out *out)
{
    fgp_str prefix = c->plan->url.path;

    if (c->has_key) {
        fgp_put_key_path(c->plan, view(L, SLOT(KEY)), out);
        return;
    }
    if (c->has_path && prefix.len && prefix.ptr[prefix.len - 1] == '/')
        prefix.len--;
    put(out, prefix);
    if (lua_istable(L, SLOT(PATH)))
        put_segments(L, SLOT(PATH), out);
    else
        fgp_put_uri_path(out, view(L, SLOT(PATH)));
}

static void put_parameter(lua_State *L, void *ctx, int name, int value)
{
    fgp_out *out = ctx;

    put_char(out, '&');
    fgp_put_uri_encoded(out, view(L, name));
    put_char(out, '=');
    fgp_put_uri_encoded(out, view(L, value));
}

/* Signing drops the empty parameter that a '&' at either end stands for. */
void put_query(lua_State *L, fgp_str of_url, fgp_out *out)
{
    pairs p = { "query parameter", put_parameter, out };
    int   top = lua_gettop(L);

    put(out, of_url);
    if (lua_istable(L, SLOT(QUERY))) {
        each_pair(L, SLOT(QUERY), &p);
    } else {
        put_char(out, '&');
        put(out, view(L, SLOT(QUERY)));
    }
    lua_settop(L, top);
}

/* ---- headers and body ------------------------------------------------------ */

static void add_header(lua_State *L, void *ctx, int name, int value)
{
    call  *c = ctx;
    size_t i = c->request.nheaders++;

    if (i >= FGP_HEADERS_MAX)
        return;
    c->headers[i] = (fgp_header){ view(L, name), view(L, value) };
    c->name_at[i] = name;
    c->value_at[i] = value;
}

static fgp_status read_headers(lua_State *L, call *c)
{
    pairs p = { "header", add_header, c };

    c->request.headers = c->headers;
    if (lua_istable(L, SLOT(HEADERS)))
        each_pair(L, SLOT(HEADERS), &p);
    if (c->request.nheaders > FGP_HEADERS_MAX)
        return refuse(&c->error, FGP_ERR_BAD_HEADER, "a request has more than 200 headers");
    return FGP_OK;
}

static fgp_status read_body(lua_State *L, call *c)
{
    bool       has_body = !lua_isnil(L, SLOT(BODY));
    fgp_status status = read_payload(L, SLOT(PAYLOAD), &c->payload, &c->error);

    if (status != FGP_OK)
        return status;
    if (!c->payload.given)
        c->payload = c->signer->payload;
    if (has_body && c->payload.events)
        return refuse(&c->error, FGP_ERR_BAD_PAYLOAD, "the payload is \"events\", but there is a body");
    if (has_body && c->payload.given && c->payload.empty)
        return refuse(&c->error, FGP_ERR_BAD_PAYLOAD, "the payload is \"empty\", but there is a body");
    if (has_body && c->payload.length >= 0)
        return refuse(&c->error, FGP_ERR_BAD_PAYLOAD,
                      "the payload has a length, but there is a body that has its own");
    if (c->payload.unsigned_payload)
        c->request.payload.kind = FGP_PAYLOAD_UNSIGNED;
    else if (c->payload.events)
        c->request.payload.kind = FGP_PAYLOAD_EVENTS;
    else if (c->payload.digest.len)
        c->request.payload = (fgp_payload){ FGP_PAYLOAD_SHA256, c->payload.digest };
    else
        c->request.payload = (fgp_payload){ FGP_PAYLOAD_BYTES, view(L, SLOT(BODY)) };
    return FGP_OK;
}

/* ---- the request ----------------------------------------------------------- */

/* Of url, path and bucket/key at most one says where it goes. */
static void check_target(lua_State *L, call *c)
{
    bool by_bucket = c->has_bucket || c->has_key;

    if (c->has_url + c->has_path + by_bucket > 1)
        luaL_error(L, "a request has either 'url', or 'path', or 'bucket' and 'key'");
    if (c->has_url && c->has_params)
        luaL_error(L, "a request with 'url' has no use for 'params'");
    if (!c->has_url && !c->signer->has_service)
        luaL_error(L, "a request needs 'url': the signer has no service whose endpoint could be "
                      "found");
    if (c->has_key && !c->has_bucket && !c->signer->has_bucket)
        luaL_error(L, "a request with 'key' needs 'bucket'");
}

static fgp_status check_object(lua_State *L, const call *c, fgp_error *err)
{
    fgp_status status = c->has_bucket ? check_bucket(view(L, SLOT(BUCKET)), err) : FGP_OK;

    return status == FGP_OK && c->has_key ? fgp_check_key(view(L, SLOT(KEY)), err) : status;
}

/* Parameters of this request, over the signer's. */
static fgp_status read_params(lua_State *L, call *c)
{
    fgp_status status = FGP_OK;

    if (!c->has_bucket && !c->has_params)
        return FGP_OK;
    c->params = c->signer->params;
    if (c->has_bucket)
        status = fgp_params_set_string(&c->params, str_of("Bucket"), view(L, SLOT(BUCKET)),
                                       &c->error);
    if (status == FGP_OK && c->has_params)
        status = set_request_params(L, SLOT(PARAMS), &c->params, &c->error);
    return status;
}

/* A body that is not there yet, and is signed as it is sent. */
static fgp_status read_stream(lua_State *L, call *c)
{
    if (!lua_isnil(L, SLOT(CHUNKED)))
        return read_chunked(L, c);
    if (c->request.payload.kind == FGP_PAYLOAD_EVENTS)
        push_event_signer(L, c);
    return FGP_OK;
}

fgp_status gather(lua_State *L, call *c)
{
    fgp_status status;

    push_fields(L, REQUEST, fields, NFIELDS, "request");
    c->has_url = !lua_isnil(L, SLOT(URL));
    c->has_path = !lua_isnil(L, SLOT(PATH));
    c->has_bucket = !lua_isnil(L, SLOT(BUCKET));
    c->has_key = !lua_isnil(L, SLOT(KEY));
    c->has_params = !lua_isnil(L, SLOT(PARAMS));
    c->traced = lua_toboolean(L, SLOT(TRACE));
    c->request = (fgp_request){ .method = lua_isnil(L, SLOT(METHOD)) ? str_of("GET")
                                                                   : view(L, SLOT(METHOD)) };
    c->encoder = NULL;
    c->events = NULL;
    check_target(L, c);
    if (c->presign && !lua_isnil(L, SLOT(CHUNKED)))
        luaL_error(L, "a presigned URL covers no body: it has no use for 'chunked'");
    status = check_object(L, c, &c->error);
    if (status == FGP_OK)
        status = read_params(L, c);
    if (status == FGP_OK)
        status = read_headers(L, c);
    if (status == FGP_OK)
        status = read_body(L, c);
    if (status == FGP_OK && !c->presign)
        status = read_stream(L, c);
    return status;
}
