/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerpost.c - require "fingerpost". The one symbol that is exported; the module
 * holds no state of its own.
 */
#include "stream.h"

static const luaL_Reg functions[] = {
    { "resolve", fgp_lua_resolve },
    { "signer",  fgp_lua_signer  },
    { "verify",  fgp_lua_verify  },
    { "token",   fgp_lua_token   },
    { "checksum", fgp_lua_checksum },
    { NULL,      NULL            }
};

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_fingerpost(lua_State *L);

int luaopen_fingerpost(lua_State *L)
{
    make_result_metatable(L);
    make_signer_metatable(L);
    make_encoder_metatable(L);
    make_decoder_metatable(L);
    make_event_metatables(L);
    make_checksum_metatable(L);
    luaL_newlib(L, functions);
    push_credentials_library(L);
    lua_setfield(L, -2, "credentials");
    push_event_library(L);
    lua_setfield(L, -2, "event");
    lua_pushliteral(L, "fingerpost " FGP_VERSION);
    lua_setfield(L, -2, "_VERSION");
    return 1;
}
