# SPDX-License-Identifier: Apache-2.0
# SigV4A: its key, its signatures, and those who check them.
find_package(Threads REQUIRED)
fgp_add_unit(sigv4a)
target_compile_definitions(sigv4a_test PRIVATE FGP_VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors")
target_link_libraries(sigv4a_test PRIVATE Threads::Threads)

if(FINGERPOST_LUA)
  fgp_add_spec(suite_v4a)
  if(FINGERPOST_CURL)
    fgp_add_spec(sigv4a)
  endif()
endif()
