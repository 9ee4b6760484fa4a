# SPDX-License-Identifier: Apache-2.0
# Endpoints: functions and table in C, the official cases and the rest through the binding.
fgp_add_unit(endpoint)
fgp_add_unit(table)
fgp_add_spec(table)

if(FINGERPOST_LUA)
  fgp_add_spec(endpoint)
  fgp_add_spec(endpoint_conformance)
  fgp_add_spec(rules)

  # The binding once more, over the table of the official rule cases' own rule sets.
  set(conformance $ENV{FINGERPOST_CONFORMANCE})
  set(models $ENV{FINGERPOST_MODELS})
  if(NOT conformance)
    set(conformance ${PROJECT_SOURCE_DIR}/../shared/conformance)
  endif()
  if(NOT models)
    set(models ${PROJECT_SOURCE_DIR}/../shared/endpoint-models)
  endif()
  if(EXISTS ${conformance}/rules/valid-rules AND EXISTS ${models}/partitions.json)
    set(rules_table ${CMAKE_CURRENT_BINARY_DIR}/rules_table.c)
    set(compiler ${PROJECT_SOURCE_DIR}/tools/compile-endpoints)
    file(GLOB compiler_parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/endpoints/*.lua)
    add_custom_command(OUTPUT ${rules_table} DEPENDS ${compiler} ${compiler_parts}
                       COMMAND ${LUA54} ${compiler} ${conformance}/rules/valid-rules
                               ${models}/partitions.json -o ${rules_table})
    get_target_property(binding fgp_lua SOURCES)
    list(TRANSFORM binding PREPEND ${PROJECT_SOURCE_DIR}/plugins/lua/)
    add_library(fgp_lua_rules MODULE ${binding} ${rules_table})
    target_include_directories(fgp_lua_rules PRIVATE ${PROJECT_SOURCE_DIR}/core/endpoint)
    target_include_directories(fgp_lua_rules SYSTEM PRIVATE
                               $<TARGET_PROPERTY:fgp_lua,INCLUDE_DIRECTORIES>)
    target_link_libraries(fgp_lua_rules PRIVATE fgp_core fgp_flags)
    set_target_properties(fgp_lua_rules PROPERTIES OUTPUT_NAME fingerpost PREFIX ""
                          LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/rules)
  endif()
endif()
