-- SPDX-License-Identifier: Apache-2.0
-- What others get of the helper: its symbols, its examples, what is installed.
assert(_VERSION == "Lua 5.4")

local s3 = require "s3"
local server = require "server"

local BUILD = os.getenv("FINGERPOST_BUILD")

describe("the library", function()
  it("shows fgp_curl_* and nothing else", function()
    local exported, declared = {}, {}
    for name in server.must("nm -D --defined-only " .. server.quote(BUILD .. "/plugins/curl/libfingerpost-curl.so"))
                      :gmatch(" [A-Z] ([%w_]+)@@FINGERPOST_CURL_0.1") do exported[name] = true end
    for name in server.read("plugins/curl/fingerpost_curl.h"):gmatch("(fgp_curl_[%w_]+)%(") do declared[name] = true end
    declared.fgp_curl_set_credentials_env = true
    assert.same(declared, exported)
    local all = server.must("nm -D --defined-only " .. server.quote(BUILD .. "/plugins/curl/libfingerpost-curl.so"))
    for line in all:gmatch("[^\n]+") do
      assert.truthy(line:find(" fgp_curl_", 1, true) or line:find(" A FINGERPOST_CURL_0.1", 1, true), line)
    end
  end)
end)

describe("the examples", function()
  local s, env, endpoint

  setup(function()
    s = require("swift").start()
    s3.create(s, "examples")
    s3.put(s, "examples", "a b", "bytes")
    endpoint = "http://127.0.0.1:" .. s.port
    env = ("env -i AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s %s/tests/example_curl_"):format(
      s.access_key, server.quote(s.secret_key), server.quote(BUILD))
  end)

  it("get", function()
    assert.equal("bytes", server.must(env .. "get 's3://examples/a b' us-east-1 " .. endpoint))
    local text, code = server.run(env .. "get s3://examples/none us-east-1 " .. endpoint)
    assert.same({ "s3://examples/none: HTTP response code said error\n", 1 }, { text, code })
    text, code = server.run("env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY " ..
                            BUILD .. "/tests/example_curl_get s3://examples/none us-east-1")
    assert.same({ "credentials: there are no credentials\n", 1 }, { text, code })
  end)

  it("put", function()
    local file = server.directory() .. "/file"
    server.write(file, "from a file")
    local hash = server.must("sha256sum " .. file):match("%x+")
    local url = server.must(env .. ("put %s s3://examples/put us-east-1 %s %s"):format(file, hash, endpoint))
    assert.equal("from a file", server.must("curl --noproxy 127.0.0.1 -sSf " .. server.quote(url:match("%S+"))))
    local text, code = server.run(env .. ("put %s s3://examples/put us-east-1 - %s"):format(file, endpoint))
    assert.equal(1, code)
    assert.truthy(text:find("https", 1, true), text)
  end)

  it("multi", function()
    local text = server.must(env .. ("multi us-east-1 %s 's3://examples/a b' s3://examples/none s3://X/y"):format(endpoint))
    local lines = {}
    for line in text:gmatch("[^\n]+") do table.insert(lines, line) end
    table.sort(lines)
    assert.truthy(lines[1]:find('^s3://X/y: bucket "X": byte 0'), text)
    assert.equal("s3://examples/a b: 5 bytes", lines[2])
    assert.equal("s3://examples/none: HTTP response code said error", lines[3])
  end)

  it("are what the page shows, and the page names all there is", function()
    local page, all = server.read("docs/curl.md"), ""
    for _, name in ipairs { "get", "put", "multi" } do all = all .. server.read("examples/curl/" .. name .. ".c") end
    local n = 0
    for block in page:gmatch("```c\n(.-)```") do
      n = n + 1
      assert.truthy(all:find(block, 1, true), block)
    end
    assert.is_true(n > 0)
    local header = server.read("plugins/curl/fingerpost_curl.h")
    for name in header:gmatch("\n    FGP_CURLOPT_([%w_]+) =") do
      assert.truthy(page:find("`" .. name .. "`", 1, true), name)
    end
    for name in header:gmatch("(fgp_curl_[%w_]+)%(") do assert.truthy(page:find("`" .. name, 1, true), name) end
    for name, value in header:gmatch("\n    X%((%u[%u_]+), (%-%d+),") do
      assert.truthy(page:find(("`%s` | %s |"):format(name, value), 1, true), name)
    end
  end)
end)

describe("what is installed", function()
  it("is enough to build a program, and carries its manual", function()
    local dir = server.directory()
    server.must(("DESTDIR= cmake --install %s --prefix %s"):format(server.quote(BUILD), dir))
    local pc = server.must("find " .. dir .. " -name fingerpost-curl.pc"):match("(%S+)/fingerpost%-curl.pc")
    local flags = os.getenv("FINGERPOST_PRELOAD") and "-fsanitize=address,undefined" or ""
    local build = "PKG_CONFIG_PATH=%s cc %s examples/curl/get.c $(PKG_CONFIG_PATH=%s pkg-config --cflags --libs %s fingerpost-curl) -o %s/get"
    server.must(build:format(pc, flags, pc, "", dir))
    assert.truthy(server.must("LD_LIBRARY_PATH=" .. pc .. "/.. ldd " .. dir .. "/get"):find("libfingerpost-curl.so.0 => ", 1, true))
    local _, code = server.run("LD_LIBRARY_PATH=" .. pc .. "/.. " .. dir .. "/get")
    assert.equal(2, code)
    server.must(("cc %s -I%s/include examples/curl/get.c %s/../libfingerpost-curl.a -lcurl -lcrypto -lpthread -o %s/get-static")
                :format(flags, dir, pc, dir))
    assert.is_nil(server.must("ldd " .. dir .. "/get-static"):find("fingerpost", 1, true))
    assert.truthy(server.must(dir .. "/bin/fingerpost --version"):find("^fingerpost "))
    for _, name in ipairs { "", "-resolve", "-sign", "-presign", "-request" } do
      server.must(("test -s %s/share/man/man1/fingerpost%s.1"):format(dir, name))
    end
  end)
end)
