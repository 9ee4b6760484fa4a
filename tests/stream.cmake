# SPDX-License-Identifier: Apache-2.0
# Bodies that are signed as they are sent: chunks, trailers, checksums, event streams.
set(stream_tests chunked_encode chunked_decode checksum event event_sign)
# EVP takes memory for each hash, and AddressSanitizer has a malloc() of its own.
if(FINGERPOST_CRYPTO STREQUAL "lowlevel" AND NOT FINGERPOST_SANITIZE)
  list(APPEND stream_tests stream_memory)
endif()
if(FINGERPOST_CRYPTO STREQUAL "evp")
  list(APPEND stream_tests stream_evp)
endif()
foreach(name ${stream_tests})
  fgp_add_unit(${name})
  target_compile_definitions(${name}_test PRIVATE FGP_VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors")
endforeach()

add_executable(stream_tool support/stream_tool.c)
target_link_libraries(stream_tool PRIVATE fgp_core fgp_flags)
fgp_add_spec(stream)
