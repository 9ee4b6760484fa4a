/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - one call of sign() or presign(), from the argument to the result. */
#ifndef FGP_LUA_REQUEST_H
#define FGP_LUA_REQUEST_H

#include "signer.h"

enum {
    METHOD,
    URL,
    PATH,
    BUCKET,
    KEY,
    QUERY,
    HEADERS,
    BODY,
    PAYLOAD,
    CHUNKED,
    PARAMS,
    TRACE,
    NFIELDS
};

/* Places on the stack: signer, request, options, then the request's fields. */
#define SELF    1
#define REQUEST 2
#define OPTIONS 3
#define SLOT(f) (OPTIONS + 1 + (f))

/*
 * What sign() and presign() have as upvalues: to push a string from there costs a
 * tenth of making it, and a metatable a third of looking it up.
 */
enum {
    UP_SIGNER = 1, /* metatables */
    UP_RESULT,
    UP_METHOD, /* names of fields and headers */
    UP_URL,
    UP_HEADERS,
    UP_BODY,
    UP_HOST,
    UP_DATE,
    UP_SHA256,
    UP_TOKEN,
    UP_AUTHORIZATION,
    UP_END
};

/* Pushes them all, in this order; returns how many. */
int push_upvalues(lua_State *L);

typedef struct encoder      encoder;      /* chunked.c */
typedef struct event_signer event_signer; /* event_stream.c */

/*
 * Gathered in request.c, worked on and pushed in sign.c. Large, so it is never
 * zeroed as a whole.
 */
typedef struct call {
    signer      *signer;
    int64_t      now;
    int64_t      expires_s; /* of presign() */
    bool         presign, traced;
    payload_rule payload;
    bool         has_url, has_path, has_bucket, has_key, has_params;

    fgp_chunked   chunked; /* with encoder */
    encoder      *encoder; /* NULL: the body is not in chunks */
    event_signer *events;  /* NULL: it is no event stream */
    int           stream_at; /* the one or the other on the stack */

    fgp_params      params; /* with has_bucket or has_params */
    fgp_plan        own_plan;
    const fgp_plan *plan;   /* NULL: the signer has no service */
    fgp_request     request;
    fgp_header      headers[FGP_HEADERS_MAX];
    int             name_at[FGP_HEADERS_MAX], value_at[FGP_HEADERS_MAX]; /* on the stack */

    const fgp_signing_key *key; /* that signs it */
    fgp_str                name, region; /* of the key's scope; with SigV4A no region */

    room       text, trace;
    fgp_signed signed_request;
    fgp_str    content_length; /* in digits; empty where it is not known */
    char       digits[24];
    fgp_error  error;
} call;

/* What to do with a name and a value, which stay where they are on the stack. */
typedef void (*pair_fn)(lua_State *L, void *ctx, int name, int value);

typedef struct pairs {
    const char *what; /* "header" */
    pair_fn     fn;
    void       *ctx;
} pairs;

/* Calls p->fn for each pair of the table at |index|: {name = value, ...} or
 * {{name, value}, ...}; a value may be a list. Raises for others. */
void each_pair(lua_State *L, int index, const pairs *p);

/* The first header |name| from |from| on; nheaders when there is none. */
size_t find_header(const call *c, size_t from, fgp_str name);

/* Reads the request into |c|. Raises for wrong types and fields that contradict. */
fgp_status gather(lua_State *L, call *c);

/* Puts the request's path or query, percent-encoded. */
void put_path(lua_State *L, const call *c, fgp_out *out);
void put_query(lua_State *L, fgp_str of_url, fgp_out *out);

/* The length of the body, as text: some clients send a body in chunks without it,
 * which S3 refuses. An error where the request says another. */
fgp_status find_length(lua_State *L, call *c);

int  push_signed(lua_State *L, call *c);
int  push_presigned(lua_State *L, const call *c);
void make_result_metatable(lua_State *L);

#endif
