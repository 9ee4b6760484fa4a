# SPDX-License-Identifier: Apache-2.0
# Tokens, POST policies, S3 Express sessions, the key cache and clock skew.
find_package(Threads REQUIRED)
foreach(name key_cache skew session token)
  fgp_add_unit(${name})
  target_link_libraries(${name}_test PRIVATE Threads::Threads)
endforeach()
# EVP takes memory for each hash, and AddressSanitizer has a malloc() of its own.
if(FINGERPOST_CRYPTO STREQUAL "lowlevel" AND NOT FINGERPOST_SANITIZE)
  target_compile_definitions(token_test PRIVATE COUNT_ALLOCATIONS)
endif()

if(FINGERPOST_LUA)
  fgp_add_spec(tokens)
  fgp_add_spec(post_policy)
  fgp_add_spec(s3express)
  if(FINGERPOST_CURL)
    fgp_add_spec(cli_token)
  endif()
endif()
