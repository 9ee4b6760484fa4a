# SPDX-License-Identifier: Apache-2.0
# SigV4A: its key, its signatures, and those who check them.
find_package(Threads REQUIRED)
set(sigv4a_tests sigv4a)
# EVP takes memory for each hash, and AddressSanitizer has a malloc() of its own.
if(FINGERPOST_CRYPTO STREQUAL "lowlevel" AND NOT FINGERPOST_SANITIZE)
  list(APPEND sigv4a_tests sigv4a_memory)
endif()
foreach(name ${sigv4a_tests})
  fgp_add_unit(${name})
  target_compile_definitions(${name}_test PRIVATE FGP_VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors")
  target_link_libraries(${name}_test PRIVATE Threads::Threads)
endforeach()

if(FINGERPOST_LUA)
  fgp_add_spec(suite_v4a)
  if(FINGERPOST_CURL)
    fgp_add_spec(sigv4a)
  endif()
endif()
