/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - bodies that are signed as they are sent: chunks, events and checksums. */
#ifndef FGP_LUA_STREAM_H
#define FGP_LUA_STREAM_H

#include "request.h"

/* Bytes of the headers of a body in chunks, its own codings and its trailer included. */
#define CHUNKED_TEXT 2048

/* Makes the metatable |name|, left off the stack: with |methods|, and |close| for __gc and
 * __close. Nobody gets at it by getmetatable(). (stream.c) */
void make_class(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close);

/* The position at |index|, 1 when there is none, in |len| bytes: as an offset. (stream.c) */
size_t check_position(lua_State *L, int index, size_t len);

/* An empty out of |cap| bytes, in userdata left on the stack. (stream.c) */
fgp_out push_space(lua_State *L, size_t cap);

/* Adds |s| to |out|, which has room for it. */
static inline void collect(fgp_out *out, fgp_str s)
{
    if (s.len)
        memcpy(out->buf + out->need, s.ptr, s.len);
    out->need += s.len;
}

/* ---- chunked.c ---------------------------------------------------------- */

/* Reads the field 'chunked', and leaves an encoder on the stack, not started. */
fgp_status read_chunked(lua_State *L, call *c);

/* Adds to |c| the headers that go with it, their strings left on the stack. */
fgp_status add_chunked_headers(lua_State *L, call *c, bool sigv4a);

/* Starts the encoder with the signature that was made. Runs nothing of Lua's. */
fgp_status start_encoder(call *c);

/* Pushes all of |body|, encoded. */
int push_encoded(lua_State *L, call *c, fgp_str body);

void make_encoder_metatable(lua_State *L);

/* ---- dechunk.c ---------------------------------------------------------- */

typedef struct decoder decoder;

/* Pushes a decoder for a body that came with |headers|, not started; NULL with *|status|
 * where they describe none. */
decoder *push_decoder(lua_State *L, const fgp_header *headers, size_t nheaders, fgp_status *status,
                      fgp_error *err);

/* Starts it: arguments as fgp_dechunker_init() has them. Runs nothing of Lua's. */
fgp_status start_decoder(decoder *d, const fgp_signing_key *key, int64_t now, fgp_str seed,
                         fgp_error *err);

void make_decoder_metatable(lua_State *L);

/* ---- event.c, event_stream.c --------------------------------------------- */

/* Pushes the library: encode, decode. */
void push_event_library(lua_State *L);

/* Leaves on the stack what signs the events of the request, not started. */
void push_event_signer(lua_State *L, call *c);

/* Starts it with the signature that was made. Runs nothing of Lua's. */
fgp_status start_event_signer(call *c);

typedef struct event_reader event_reader;

/* Likewise for a stream that comes in. */
event_reader *push_event_reader(lua_State *L);
fgp_status    start_event_reader(event_reader *r, const fgp_signing_key *key, fgp_str seed,
                                 fgp_error *err);

void make_event_metatables(lua_State *L);

/* ---- checksum.c ---------------------------------------------------------- */

int  fgp_lua_checksum(lua_State *L);
void make_checksum_metatable(lua_State *L);

#endif
