# SPDX-License-Identifier: Apache-2.0
# Signatures that come in.
fgp_add_unit(verify)
# EVP takes memory for each hash, and AddressSanitizer has a malloc() of its own.
if(FINGERPOST_CRYPTO STREQUAL "lowlevel" AND NOT FINGERPOST_SANITIZE)
  target_compile_definitions(verify_test PRIVATE COUNT_ALLOCATIONS)
endif()
if(FINGERPOST_LUA)
  fgp_add_spec(verify)
  fgp_add_spec(verify_others)
endif()
if(FINGERPOST_CURL)
  fgp_add_spec(cli_verify)
endif()
