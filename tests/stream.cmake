# SPDX-License-Identifier: Apache-2.0
# Bodies that are signed as they are sent: chunks, trailers, checksums, event streams.
foreach(name chunked_encode chunked_decode checksum event)
  fgp_add_unit(${name})
  target_compile_definitions(${name}_test PRIVATE FGP_VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors")
endforeach()
