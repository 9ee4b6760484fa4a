# SPDX-License-Identifier: Apache-2.0
if(FINGERPOST_LUA)
  fgp_add_spec(signing)
  fgp_add_spec(suite)
  fgp_add_spec(lua)
  fgp_add_spec(lua_request)
  fgp_add_spec(lua_errors)
  fgp_add_spec(lua_http)
  fgp_add_spec(botocore)
  fgp_add_spec(differential)
  fgp_add_spec(lua_docs)
  fgp_add_spec(lua_stream)

  # Lua itself, with memory that fails: the test's own interpreter loads the module.
  pkg_check_modules(LUA54 REQUIRED IMPORTED_TARGET lua5.4)
  add_executable(lua_memory_test unit/lua_memory_test.c)
  target_link_libraries(lua_memory_test PRIVATE fgp_flags PkgConfig::LUA54 PkgConfig::CMOCKA)
  add_test(NAME unit-lua_memory COMMAND lua_memory_test)
  set_tests_properties(unit-lua_memory PROPERTIES TIMEOUT 120
                       ENVIRONMENT "LUA_CPATH=${PROJECT_BINARY_DIR}/plugins/lua/?.so")
endif()
