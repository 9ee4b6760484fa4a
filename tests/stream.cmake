# SPDX-License-Identifier: Apache-2.0
# Bodies that are signed as they are sent: chunks, trailers, checksums, event streams.
foreach(name chunked_encode chunked_decode checksum event event_sign)
  fgp_add_unit(${name})
  target_compile_definitions(${name}_test PRIVATE FGP_VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors")
endforeach()

add_executable(stream_tool support/stream_tool.c)
target_link_libraries(stream_tool PRIVATE fgp_core fgp_flags)
fgp_add_spec(stream)
