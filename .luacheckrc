-- SPDX-License-Identifier: Apache-2.0
std = "lua54"
self = false
max_line_length = false   -- a size: people judge
exclude_files = { "build" }
files["tests/spec"] = { std = "lua54+busted" }
