-- SPDX-License-Identifier: Apache-2.0
-- To be made in the root of the tree: luarocks make plugins/lua/fingerpost-scm-1.rockspec
rockspec_format = "3.0"
package = "fingerpost"
version = "scm-1"
source = { url = "." } -- a released one names its archive
description = {
  summary = "AWS endpoint resolution and request signing",
  detailed = [[
    Says where an AWS call must go, by the endpoint rules of all services, and signs it:
    Signature Version 4 in headers or as a presigned URL. Sends nothing: it goes with
    any HTTP client.]],
  license = "Apache-2.0",
}
dependencies = { "lua >= 5.1, < 5.5" }
external_dependencies = {
  CRYPTO = { header = "openssl/sha.h", library = "crypto" },
  EXPAT = { header = "expat.h", library = "expat" },
}
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_C_FLAGS = "$(CFLAGS)",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    OPENSSL_ROOT_DIR = "$(CRYPTO_DIR)",
    FINGERPOST_LUA_INCDIR = "$(LUA_INCDIR)",
    FINGERPOST_LUA_LIBDIR = "$(LIBDIR)",
    FINGERPOST_CURL = "OFF",
    FINGERPOST_NGINX = "OFF",
    FINGERPOST_TESTS = "OFF",
    FINGERPOST_BENCH = "OFF",
  },
}
test = { type = "command", command = "./dev test" }
