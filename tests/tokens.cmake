# SPDX-License-Identifier: Apache-2.0
# Tokens, POST policies, S3 Express sessions, the key cache and clock skew.
find_package(Threads REQUIRED)
foreach(name key_cache skew session token)
  fgp_add_unit(${name})
  target_link_libraries(${name}_test PRIVATE Threads::Threads)
endforeach()

if(FINGERPOST_LUA)
  fgp_add_spec(tokens)
  fgp_add_spec(post_policy)
  fgp_add_spec(s3express)
  if(FINGERPOST_CURL)
    fgp_add_spec(cli_token)
  endif()
endif()
