# SPDX-License-Identifier: Apache-2.0
# The base, signing and credentials: vectors, refusals, and the official suite in C.
set(sign_tests base check sign signer suite credentials plan)
# EVP takes memory for each hash, and AddressSanitizer has a malloc() of its own.
if(FINGERPOST_CRYPTO STREQUAL "lowlevel" AND NOT FINGERPOST_SANITIZE)
  list(APPEND sign_tests memory)
endif()
if(FINGERPOST_CRYPTO STREQUAL "evp")
  list(APPEND sign_tests evp)
endif()
foreach(name ${sign_tests})
  fgp_add_unit(${name})
  target_compile_definitions(${name}_test PRIVATE FGP_VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors")
endforeach()
target_compile_definitions(signer_test PRIVATE FGP_DOCS="${PROJECT_SOURCE_DIR}/docs")
set_tests_properties(unit-suite PROPERTIES SKIP_RETURN_CODE 77
                     ENVIRONMENT "FINGERPOST_SOURCE=${PROJECT_SOURCE_DIR}")
