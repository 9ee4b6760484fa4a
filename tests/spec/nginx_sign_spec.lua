-- SPDX-License-Identifier: Apache-2.0
-- aws_sign: what goes out is the user's own proxy_pass, whose URI nginx makes in one of
-- three ways; each is signed as it was made, or not sent.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local verify = require "verify"

local SECRET = "wJalr/Secret+Key"

local HTTP = [[
aws_credentials file=creds;
upstream named { server 127.0.0.1:@ORIGIN@; keepalive 2; }
proxy_cache_path cache keys_zone=c:1m;
server {
  listen 127.0.0.1:@PORT@;
  aws_sign s3 region=us-east-1;
  location /uri/ { proxy_pass http://127.0.0.1:@ORIGIN@$aws_uri; }
  location /plain/ { proxy_pass http://127.0.0.1:@ORIGIN@; }
  location /replace/ { proxy_pass http://127.0.0.1:@ORIGIN@/by/this/; }
  location /rewritten/ { rewrite ^/rewritten/(.*)$ /moved/$1 break; proxy_pass http://127.0.0.1:@ORIGIN@; }
  location /moved-in/ { rewrite ^ /in/place break; proxy_pass http://127.0.0.1:@ORIGIN@/by/this/; }
  location /whole/ { set $bucket photos; proxy_pass http://127.0.0.1:@ORIGIN@/$bucket/fixed; }
  location = /operation { proxy_pass "http://127.0.0.1:@ORIGIN@/photos?list-type=2&prefix=a"; }
  location /headers/ { proxy_set_header X-Own a; proxy_pass http://127.0.0.1:@ORIGIN@; }
  location /host/ { aws_sign s3 region=us-east-1 host=Photos.S3.Example; proxy_pass http://named; }
  location /named/ { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://named; }
  location /service/ { aws_sign es region=eu-west-1; proxy_pass http://127.0.0.1:@ORIGIN@; }
  location /cached/ { proxy_cache c; proxy_cache_valid 200 1h; proxy_pass http://127.0.0.1:@ORIGIN@/by/this/; }
  location /off/ { aws_sign off; proxy_pass http://127.0.0.1:@ORIGIN@; }
  location /in-if/ { if ($arg_x = "") { proxy_pass http://127.0.0.1:@ORIGIN@; } }
  location /except/ { proxy_pass http://127.0.0.1:@ORIGIN@; limit_except GET { allow all; } }
  location /upper/ { proxy_pass http://LOCALHOST:@ORIGIN@; }
  location /static/ { root @DIR@; }
  location /status { aws_sign off; stub_status; }
}
]]

describe("aws_sign", function()
  local n, origin

  lazy_setup(function()
    origin = require("origin").start()
    n = nginx.start { http = HTTP, values = { ORIGIN = origin.port },
                      files = { creds = nginx.credentials("AKIDEXAMPLE", SECRET) } }
  end)
  before_each(function() origin.forget() end)
  lazy_teardown(function() n.finish() end)

  local function sent(path, target, with, headers)
    origin.forget()
    local r = n.get(path, headers)
    assert.equal(200, r.status, n.log():sub(-500))
    local list = origin.requests()
    assert.equal(1, #list)
    local w = { region = "us-east-1", service = "s3", s3 = true }
    for k, v in pairs(with or {}) do w[k] = v end
    local answer = verify.one(list[1], SECRET, w)
    assert.is_true(answer.ok, verify.told(answer))
    assert.equal(target, list[1].target)
    return list[1]
  end

  local function refused(status, path, method)
    origin.forget()
    local r = n.call(method or "GET", path)
    assert.equal(status, r.status)
    assert.equal(0, #origin.requests())
  end

  it("signs $aws_uri: any spelling becomes the one that is signed", function()
    sent("/uri/x", "/uri/x")
    sent("/uri/a(b)'!*+ü", "/uri/a%28b%29%27%21%2A%2B%C3%BC")
    sent("/uri/%61%20b", "/uri/a%20b")
  end)

  it("signs a URI that is passed on as it came", function()
    sent("/plain/x", "/plain/x")
    sent("/plain/a%20b%2Bc", "/plain/a%20b%2Bc")
    local r = sent("/named/x", "/named/x")
    assert.equal("named", origin.header(r, "host"))
    assert.equal(r.connection, sent("/named/x", "/named/x").connection)
  end)

  it("signs a URI in which proxy_pass replaces the location", function()
    sent("/replace/x", "/by/this/x")
    sent("/replace/a%20b", "/by/this/a%20b")
    sent("/cached/y", "/by/this/y")
    assert.equal(200, n.get("/cached/y").status)
    assert.equal(1, #origin.requests())
  end)

  it("signs a URI that was rewritten", function()
    sent("/rewritten/x", "/moved/x")
    sent("/rewritten/a%20b", "/moved/a%20b")
    sent("/moved-in/x", "/in/place")
  end)

  it("signs a URI that proxy_pass gives whole", function()
    sent("/whole/x", "/photos/fixed")
    sent("/operation", "/photos?list-type=2&prefix=a")
  end)

  it("does not send another spelling than it signs, and says what to write", function()
    for _, path in ipairs { "/plain/a(b", "/plain/a+b", "/plain/%61", "/replace/a(b", "/rewritten/a(b", "/cached/a(b",
                            "/plain/\xc3\xbc" } do
      refused(500, path)
    end
    assert.truthy(n.log():find('write "proxy_pass https://HOST$aws_uri;"', 1, true))
    refused(500, "/upper/x")
    assert.truthy(n.log():find('the host of "proxy_pass" is not in the form that is signed', 1, true))
  end)

  it("signs for another service, with the path as it came", function()
    sent("/service/a(b", "/service/a(b", { service = "es", region = "eu-west-1", s3 = false })
    sent("/service/x?a=1&b=2", "/service/x?a=1&b=2", { service = "es", region = "eu-west-1", s3 = false })
    refused(500, "/service/x?b=2&a=1")
  end)

  it("sends the Host that it is told", function()
    local r = sent("/host/x", "/host/x")
    assert.equal("photos.s3.example", origin.header(r, "host"))
  end)

  it("is inherited beside headers of the location's own", function()
    assert.equal("a", origin.header(sent("/headers/x", "/headers/x"), "x-own"))
    sent("/in-if/x", "/in-if/x")
    sent("/except/x", "/except/x")
  end)

  it("has the same gate", function()
    for _, path in ipairs { "/uri/x", "/plain/x", "/replace/x", "/except/x", "/in-if/x" } do
      refused(405, path, "PUT")
      refused(400, path:gsub("x$", "a/../x"))
      refused(400, path .. "?acl")
    end
    local r = sent("/plain/x", "/plain/x", nil, { "Authorization: Bearer x", "X-Amz-Acl: y", "Cookie: c", "Range: bytes=0-1" })
    assert.equal("bytes=0-1", origin.header(r, "range"))
    assert.is_nil(origin.header(r, "cookie"))
  end)

  it("can be turned off", function()
    assert.equal(200, n.call("PUT", "/off/x?acl", { "Authorization: Bearer x", "Content-Length: 2" }, "hi").status)
    local r = origin.last()
    assert.same({ "PUT", "/off/x?acl", "hi", "Bearer x" }, { r.method, r.target, r.body, origin.header(r, "authorization") })
    assert.equal(200, n.get("/status").status)
  end)
end)
