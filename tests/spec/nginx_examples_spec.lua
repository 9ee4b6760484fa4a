-- SPDX-License-Identifier: Apache-2.0
-- examples/nginx/*.conf and the blocks of docs/nginx.md are configurations that nginx
-- accepts. What names AWS can't be looked up here, so each such host gets an upstream{};
-- that, and where files lie, is all that is changed.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local server = require "server"

local source = os.getenv("FINGERPOST_SOURCE") or "."

local CREDENTIALS = table.concat({ "[default]", "[ceph]", "[papers]" },
  "\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example\n") ..
  "\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example\n"

-- Hosts that a configuration may come to, whoever finds them.
local HOSTS = {
  "my-bucket.s3.eu-west-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com",
  "papers.s3-fips.dualstack.us-gov-west-1.amazonaws.com", "vpc-logs-abc123.eu-west-1.es.amazonaws.com",
  "a1b2c3.execute-api.eu-west-1.amazonaws.com",
}

local function stubs(target)
  local lines = {}
  for i, host in ipairs(HOSTS) do lines[i] = ("upstream %s { server %s; }"):format(host, target) end
  return table.concat(lines, "\n")
end

-- The inside of http{} of a whole configuration.
local function inside(text)
  return (assert(text:match("\nhttp {\n(.*)}%s*$"), "no http{} in " .. text))
end

local function moved(text, port)
  return (text:gsub("file=/etc/nginx/aws%-credentials", "file=creds"):gsub("/var/cache/nginx/s3", "cache")
              :gsub("listen [%d.:]+;", "listen 127.0.0.1:" .. port .. ";"))
end

local function accepted(text, target)
  local o = { http = stubs(target or "127.0.0.1:9") .. "\n" .. moved(text, "@PORT@"), files = { creds = CREDENTIALS } }
  local said, code = nginx.test(o)
  assert.equal(0, code, said .. "\n" .. text)
  return o
end

describe("the configurations of", function()
  for path in server.must("ls " .. server.quote(source) .. "/examples/nginx/*.conf"):gmatch("[^\n]+") do
    it(path:match("[^/]+$"), function()
      local text = server.read(path)
      assert.truthy(text:find("load_module modules/ngx_http_fingerpost_module.so;", 1, true))
      accepted(inside(text))
    end)
  end

  it("docs/nginx.md", function()
    local count = 0
    for block in server.read(source .. "/docs/nginx.md"):gmatch("\n```nginx\n(.-)\n```") do
      accepted(block)
      count = count + 1
    end
    assert.equal(5, count)
  end)
end)

describe("docs/nginx.md", function()
  local text = server.read(source .. "/docs/nginx.md")

  it("has every directive and no other", function()
    local module = server.read(source .. "/plugins/nginx/ngx_http_fingerpost_module.c")
    local told = {}
    for name in text:gmatch("\n### (aws_%w+)") do told[#told + 1] = name end
    local have = {}
    for name in module:gmatch('ngx_string%("(aws_%w+)"%)') do have[#have + 1] = name end
    assert.same(have, told)
  end)

  it("has every header that is forwarded", function()
    local count = 0
    for name in server.read(source .. "/plugins/nginx/ngx_http_fingerpost_headers.c")
                      :gmatch('{ "([%w-]+)",%s+ngx_string%("$aws_client') do
      assert.truthy(text:find("`" .. name .. "`", 1, true), name)
      count = count + 1
    end
    assert.equal(10, count)
  end)

  it("has recipes that do what they say", function()
    local origin = require("origin").start()
    local function run(block)
      local o = accepted(block, "127.0.0.1:" .. origin.https_port)
      o.http = "proxy_ssl_trusted_certificate " .. origin.ca .. "; proxy_ssl_name s3.test;\n" .. o.http
      return nginx.start(o)
    end
    local blocks = {}
    for block in text:gmatch("\n```nginx\n(.-)\n```") do blocks[#blocks + 1] = block end

    local n = run(blocks[3])
    assert.equal(200, n.get("/app.js?v=3").status)
    assert.equal("/app.js", origin.last().target)
    n.finish()

    n = run(blocks[4])
    assert.equal(200, n.get("/papers/").status)
    assert.equal("/site/papers/index.html", origin.last().target)
    assert.equal(200, n.get("/papers/a.html").status)
    assert.equal("/site/papers/a.html", origin.last().target)
    n.finish()
  end)
end)
