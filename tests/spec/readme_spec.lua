-- SPDX-License-Identifier: Apache-2.0
-- README.md's own text works: each block of code is taken from the page and run.
-- What names AWS is answered by a local S3, so its address is put in; nothing else.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local s3 = require "s3"
local server = require "server"
local verify = require "verify"

local source = os.getenv("FINGERPOST_SOURCE") or "."
local build = os.getenv("FINGERPOST_BUILD") or "build/release"

local function block(language)
  local text = server.read(source .. "/README.md"):match("\n```" .. language .. "\n(.-)\n```\n")
  return assert(text, "README.md has no block of " .. language) .. "\n"
end

-- |text| with |from| (plain) made |to|; it must be there.
local function replace(text, from, to)
  local at, till = text:find(from, 1, true)
  assert(at, "README.md no longer says " .. from)
  return text:sub(1, at - 1) .. to .. text:sub(till + 1)
end

describe("README.md", function()
  local s, dir, keys

  lazy_setup(function()
    s = require("swift").start()
    s3.create(s, "my-bucket")
    s3.put(s, "my-bucket", "site/index.html", "the page")
    dir = server.directory()
    keys = ("AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s "):format(s.access_key, server.quote(s.secret_key))
  end)

  it("says how to install", function()
    local line = server.read(source .. "/README.md"):match("sudo (cmake %-%-install build/release)")
    server.must(("DESTDIR=%s %s"):format(server.quote(dir), replace(line, "build/release", server.quote(build))))
    assert.matches("^fingerpost ", server.must(server.quote(dir) .. "/usr/local/bin/fingerpost version"))
    server.must(("test -f %s/usr/local/lib/lua/5.4/fingerpost.so"):format(server.quote(dir)))
  end)

  it("has a site for nginx", function()
    local port = server.free_port()
    local conf = block "nginx"
    conf = replace(conf, "modules/", build .. "/plugins/nginx/")
    conf = replace(conf, "/etc/nginx/aws-credentials", dir .. "/credentials")
    conf = replace(conf, "8080", "127.0.0.1:" .. port)
    conf = replace(conf, "region=eu-west-1",
                   ("region=%s endpoint=http://127.0.0.1:%d path_style"):format(s.region, s.port))
    server.write(dir .. "/nginx.conf", conf)
    server.write(dir .. "/credentials", ("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n")
                 :format(s.access_key, s.secret_key))
    server.must("chmod 600 " .. server.quote(dir .. "/credentials"))

    local user = server.must("id -u"):match("^0\n") and " user root;" or ""
    server.start(server.sanitized(("nginx -e error.log -p %s -c nginx.conf -g %s"):format(
      server.quote(dir), server.quote("daemon off; pid nginx.pid; error_log error.log;" .. user))),
      dir .. "/nginx.out", port)
    assert.equal("the page", server.must(("curl -s http://127.0.0.1:%d/index.html"):format(port)))
  end)

  describe("has lines for the command", function()
    local function command(name)
      local line = assert(block("sh"):match("\nfingerpost " .. name .. "[^\n]*")
                          or block("sh"):match("^fingerpost " .. name .. "[^\n]*"), name)
      return line:gsub("^%s*fingerpost", server.quote(build .. "/plugins/curl/cli/fingerpost"))
    end

    it("request", function()
      local line = replace(command "request", "eu-west-1", s.region)
      assert.equal("the page", server.must(("%s%s --endpoint-url http://127.0.0.1:%d --path-style")
                                           :format(keys, line, s.port)))
    end)

    it("presign", function()
      local url = server.must(keys .. command "presign"):gsub("\n$", "")
      local host, target = url:match("^https://([^/]+)(/.*)$")
      assert.equal("my-bucket.s3.eu-west-1.amazonaws.com", host)
      local answer = verify.one({ method = "GET", target = target, headers = { { "Host", host } } },
                                s.secret_key, { region = "eu-west-1", service = "s3" })
      assert.is_true(answer.ok, verify.told(answer))
    end)

    it("resolve", function()
      assert.matches("https://my-bucket.s3.eu-west-1.amazonaws.com", server.must(command "resolve"), 1, true)
    end)
  end)

  it("has a script in Lua", function()
    server.write(dir .. "/script.lua", block "lua")
    local text = server.must(("%sLUA_CPATH=%s %s"):format(keys, server.quote(build .. "/plugins/lua/?.so;;"),
                             server.sanitized("lua5.4 " .. server.quote(dir .. "/script.lua"))))
    local host, target, authorization = text:match("^https://([^/]+)(%S+)\t(.*)\n$")
    assert.equal("my-bucket.s3.eu-west-1.amazonaws.com", host, text)
    assert.equal("/site/index.html", target)
    assert.matches("^AWS4%-HMAC%-SHA256 Credential=" .. s.access_key .. "/%d+/eu%-west%-1/s3/aws4_request",
                   authorization)
  end)
end)
