-- SPDX-License-Identifier: Apache-2.0
-- nginx's own build takes the module, too: ./configure --add-dynamic-module.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local server = require "server"

local source = os.getenv("FINGERPOST_SOURCE") or "."
local HEADERS = "/usr/share/nginx/src"   -- nginx-dev's

local BUILD = [[
set -e
cd %s; . ./conf_flags
./configure "${NGX_CONF_FLAGS[@]}" --with-cc-opt='-O0 -fPIC' --add-dynamic-module="$1" --builddir="$2" >"$2.log" 2>&1
make -j2 -f "$2/Makefile" modules >>"$2.log" 2>&1
]]

describe("the module by nginx's own build", function()
  it("compiles without a warning, exports what nginx looks up alone, and is loaded", function()
    local dir = server.directory()
    server.must(("mkdir %s/objs"):format(dir))
    server.write(dir .. "/build.sh", BUILD:format(HEADERS))
    local text, code = server.run(("bash %s/build.sh \"$(realpath %s)/plugins/nginx\" %s/objs"):format(dir, source, dir))
    assert.equal(0, code, text .. server.run(("tail -30 %s/objs.log"):format(dir)))

    local module = dir .. "/objs/ngx_http_fingerpost_module.so"
    local names = {}
    for name in server.must("nm -D --defined-only " .. module):gmatch("%x+ %a (%S+)") do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "ngx_module_names", "ngx_module_order", "ngx_modules" }, names)

    local said, status = nginx.test {
      module = module, files = { creds = nginx.credentials("AKIDEXAMPLE", "secret") },
      http = "aws_credentials file=creds; server { listen 127.0.0.1:@PORT@; " ..
             "location / { aws_pass s3://photos region=eu-west-1 endpoint=http://127.0.0.1:9 path_style; } }",
    }
    assert.equal(0, status, said)
  end)
end)
