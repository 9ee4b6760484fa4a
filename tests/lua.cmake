# SPDX-License-Identifier: Apache-2.0
if(FINGERPOST_LUA)
  fgp_add_spec(suite)
  fgp_add_spec(lua)
  fgp_add_spec(lua_request)
  fgp_add_spec(lua_errors)
  fgp_add_spec(lua_http)
  fgp_add_spec(botocore)
endif()
