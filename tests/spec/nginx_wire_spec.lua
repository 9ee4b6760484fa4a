-- SPDX-License-Identifier: Apache-2.0
-- What the nginx module sends: recorded byte for byte, and verified by a verifier that
-- is not ours.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local verify = require "verify"
local s3 = require "s3"

local KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalr/Secret+Key", "session/Token+/=01"

local HTTP = [[
aws_credentials file=creds;
underscores_in_headers on;
upstream photos.s3.local { server 127.0.0.1:@ORIGIN@; keepalive 4; }
server {
  listen 127.0.0.1:@PORT@;
  merge_slashes off;
  location / { aws_pass s3://photos region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
  location /site/ { aws_pass s3://photos/www/data/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
  location /whole { aws_pass s3://photos region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
  location = /one { aws_pass s3://photos/a/single.txt region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
  location /base/ { aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@/under path_style; }
  location /virtual/ { aws_pass s3://photos/ region=eu-west-1 endpoint=http://s3.local; }
  location /default-port/ { aws_pass s3://photos/ region=eu-west-1 endpoint=http://S3.local:80; }
  location /raw/ { aws_path raw; aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
  location /token/ {
    aws_credentials file=temporary;
    aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
  }
  location /api/ { aws_pass http://127.0.0.1:@ORIGIN@/prod/ region=eu-west-1 service=execute-api; }
  location /es { aws_pass http://127.0.0.1:@ORIGIN@ region=eu-west-1 service=es; }
  location /s3url/ { aws_pass http://127.0.0.1:@ORIGIN@/photos/ region=eu-west-1 service=s3; }
  location /noquery/ {
    rewrite ^ $uri? break;
    aws_pass s3://photos/www/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
  }
  location /rewritten/ {
    rewrite ^/rewritten/(.*)$ /new/$1 break;
    aws_pass s3://photos/www/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
  }
  location /own/ {
    proxy_set_header X-Own "$request_method";
    proxy_set_header Accept "text/own";
    aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
  }
}
]]

describe("nginx sends", function()
  local n, origin

  lazy_setup(function()
    origin = require("origin").start()
    n = nginx.start {
      http = HTTP, values = { ORIGIN = origin.port },
      files = { creds = nginx.credentials(KEY, SECRET), temporary = nginx.credentials(KEY, SECRET, TOKEN) },
    }
  end)
  lazy_teardown(function() n.finish() end)

  -- Asks for |target|; the request that came to the origin, verified.
  local function sent(target, with, method, headers)
    origin.forget()
    local r = n.call(method or "GET", target, headers)
    assert.equal(200, r.status, n.log():sub(-600))
    local list = origin.requests()
    assert.equal(1, #list)
    local w = { region = "eu-west-1", service = "s3", s3 = true }
    for k, v in pairs(with or {}) do w[k] = v end
    if w.service ~= "s3" then w.s3 = false end
    local answer = verify.one(list[1], SECRET, w)
    assert.is_true(answer.ok, verify.told(answer))
    return list[1]
  end

  local function names_of(r)
    local names = {}
    for _, pair in ipairs(r.headers) do names[#names + 1] = pair[1]:lower() end
    table.sort(names)
    return table.concat(names, " ")
  end

  it("one Host, one date, one hash, one signature, and nothing that nobody asked for", function()
    local r = sent "/a.txt"
    assert.equal("GET /photos/a.txt HTTP/1.1", r.method .. " " .. r.target .. " " .. r.version)
    assert.equal("authorization host x-amz-content-sha256 x-amz-date", names_of(r))
    assert.equal("127.0.0.1:" .. origin.port, origin.header(r, "host"))
    assert.equal("", r.body)
    assert.truthy(origin.header(r, "authorization"):find("SignedHeaders=host;x-amz-content-sha256;x-amz-date,", 1, true))
  end)

  it("a HEAD as a HEAD", function()
    assert.equal("HEAD", sent("/a.txt", nil, "HEAD").method)
  end)

  it("the key that the location's name leaves, behind the prefix", function()
    assert.equal("/photos/www/data/x/y.txt", sent("/site/x/y.txt").target)
    assert.equal("/photos/www/data/", sent("/site/").target)
    assert.equal("/photos/whole/x", sent("/whole/x").target)
    assert.equal("/photos/a/single.txt", sent("/one").target)
    assert.equal("/under/photos/x", sent("/base/x").target)
    assert.equal("/photos/www/noquery/x", sent("/noquery/x?v=3").target)
    assert.equal("/photos/www/new/x%20y", sent("/rewritten/x%20y").target)
  end)

  it("virtual-host style to an upstream{} of the host's name", function()
    local r = sent "/virtual/x"
    assert.equal("/x", r.target)
    assert.equal("photos.s3.local", origin.header(r, "host"))
    assert.equal("photos.s3.local", origin.header(sent("/default-port/x"), "host"))    -- A13
  end)

  it("a session token, signed", function()
    local r = sent("/token/x", { session_token = TOKEN })
    assert.equal(TOKEN, origin.header(r, "x-amz-security-token"))
    assert.truthy(origin.header(r, "authorization"):find("x-amz-security-token", 1, true))
  end)

  it("keys in the one spelling that is signed (B8, B11, B13)", function()
    local keys = {
      "sp ace+plus", "uni-é中", "paren(1)'!*~", "pct%41%2Fx", "eq=a&b?c#d", "@:,;$", "a//b", "a/b/", "...", "a..b",
      "\xff\xc0\xaf", "e\u{301}", "back\\slash", "q\"<>[]{}|^`", "tab\tnew\nline\r\x01\x7f", "%", "%zz", ("k"):rep(1024),
    }
    for _, key in ipairs(keys) do
      assert.equal("/photos/" .. s3.encode(key), sent("/" .. s3.encode(key)).target, key)
    end
  end)

  it("each byte of a key as it is", function()
    origin.forget()
    local want = {}
    for byte = 1, 255 do
      local c = string.char(byte)
      if c ~= "/" then
        assert.equal(200, n.get(("/x%%%02xy"):format(byte)).status)
        want[#want + 1] = "/photos/x" .. s3.encode(c) .. "y"
      end
    end
    local list = origin.requests()
    for i, answer in ipairs(verify.all(list, SECRET, { region = "eu-west-1", service = "s3" })) do
      assert.equal(want[i], list[i].target)
      assert.is_true(answer.ok, verify.told(answer))
    end
    assert.equal(254, #list)
  end)

  it("what clients spell in their own way as S3 will read it", function()
    assert.equal("/photos/a%28b%29%27%21%2A%2Bc%3D%40%3A%2C%3B%24", sent("/a(b)'!*+c=@:,;$").target)
    assert.equal("/photos/%C3%BC", sent("/\xc3\xbc").target)
    assert.equal("/photos/ab~-_.", sent("/%61%62%7e%2d%5f%2E").target)
    assert.equal("/photos/x", sent("/%78").target)
    assert.equal("/photos/x", sent("/x?").target)
    assert.equal("/photos/www/data/x", sent("/%73ite/x").target)
  end)

  it("with aws_path raw, the client's dots and slashes", function()
    assert.equal("/photos/a/../b", sent("/raw/a/../b").target)
    assert.equal("/photos/a/./b//c", sent("/raw/a/./b//c").target)
    assert.equal("/photos/a/../b", sent("/raw/a/%2e%2e/b").target)
    assert.equal("/photos/a/b", sent("/raw/a%2Fb").target)
  end)

  it("to other services the path as it came, and the query in canonical order (B16, B19)", function()
    local r = sent("/api/a(b)%20c/?b=2&a=1%20+x&c", { service = "execute-api" })
    assert.equal("/prod/a(b)%20c/?a=1%20%2Bx&b=2&c=", r.target)
    assert.is_nil(origin.header(r, "x-amz-content-sha256"))
    assert.equal("/es/i/_search?q=%C3%BC&size=3", sent("/es/i/_search?size=3&q=ü", { service = "es" }).target)
    assert.equal("/photos/a%28b", sent("/s3url/a(b").target)
  end)

  it("an absolute target, Host and X-Forwarded-Host to where the configuration says (B21, C8)", function()
    local hostile = { "Host: evil.example", "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example" }
    for _, target in ipairs { "/x", "http://evil.example/x", "http://127.0.0.1:1/x" } do
      local r = sent(target, nil, "GET", hostile)
      assert.equal("/photos/x", r.target)
      assert.equal("127.0.0.1:" .. origin.port, origin.header(r, "host"))
      assert.is_nil(r.raw:find("evil", 1, true))
    end
    for _, host in ipairs { "a@b", "x#y", "UPPER" } do sent("/x", nil, "GET", { "Host: " .. host }) end
  end)

  it("none of the client's headers that it does not know (C7, C10)", function()
    local r = sent("/x", nil, "GET", {
      "Authorization: Bearer x", "x-amz-date: 19990101T000000Z", "X-Amz-Security-Token: evil", "x-amz-acl: public-read",
      "x-amz-copy-source: /other/secret", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "X-Amz-Meta-A: b",
      "X_Amz_Date: 19990101T000000Z", "X_Amz_Acl: public-read", "If_None_Match: y", "X-HTTP-Method-Override: DELETE",
      "X-Method-Override: DELETE", "Expect: 100-continue", "TE: trailers", "Trailer: X-Amz-Acl", "Upgrade: h2c",
      "Keep-Alive: 5", "Proxy-Authorization: Basic x", "Cookie: session=1", "X-Forwarded-For: 1.2.3.4", "Via: 1.1 x",
      "X-aws-ec2-metadata-token: t", "X-aws-ec2-metadata-token-ttl-seconds: 1", "Referer: r", "Accept-Encoding: gzip",
      "Content-MD5: x", "Content-Type: text/x", "Content-Length: 0",
    })
    assert.equal("authorization host x-amz-content-sha256 x-amz-date", names_of(r))
  end)

  it("no header that the client's Connection names", function()
    local r = sent("/x", nil, "GET", { "Connection: X-Amz-Date, Authorization, Host, close" })
    assert.equal("authorization host x-amz-content-sha256 x-amz-date", names_of(r))
  end)

  it("conditions, ranges and what the client can take (G15)", function()
    local given = {
      { "Range", "bytes=0-9" }, { "If-Range", '"e"' }, { "If-Match", '"m"' }, { "If-None-Match", '"n"' },
      { "If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT" },
      { "If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:01 GMT" }, { "Accept", "text/html" },
      { "Accept-Language", "de" }, { "Cache-Control", "no-cache" }, { "User-Agent", "test/1 (x; y)" },
    }
    local lines = {}
    for i, pair in ipairs(given) do lines[i] = pair[1] .. ": " .. pair[2] end
    local r = sent("/x", nil, "GET", lines)
    for _, pair in ipairs(given) do assert.equal(pair[2], origin.header(r, pair[1]:lower())) end
    assert.is_nil(origin.header(r, "authorization"):find("range", 1, true))
  end)

  it("the user's own headers in place of the client's", function()
    local r = sent("/own/x", nil, "GET", { "Accept: text/client", "Range: bytes=1-2" })
    assert.equal("GET", origin.header(r, "x-own"))
    assert.equal("text/own", origin.header(r, "accept"))
    assert.equal("bytes=1-2", origin.header(r, "range"))
  end)

  it("all that over kept connections", function()
    sent "/x"
    local first = origin.last().connection
    for _ = 1, 20 do assert.equal(first, sent("/x").connection) end
    first = sent("/virtual/x").connection
    for _ = 1, 20 do assert.equal(first, sent("/virtual/x").connection) end
  end)

  it("the answers back as they are", function()
    origin.answer("HTTP/1.1 206 Partial\r\nContent-Length: 2\r\nContent-Range: bytes 0-1/9\r\nETag: \"e\"\r\n\r\nab")
    local r = n.get "/x"
    assert.same({ 206, "bytes 0-1/9", '"e"', "ab" }, { r.status, r.headers["content-range"], r.headers.etag, r.body })
    origin.answer("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: http://other.example/x\r\n\r\n")
    r = n.get "/x"
    assert.same({ 301, "http://other.example/x" }, { r.status, r.headers.location })
    origin.answer(nil)
  end)

  it("the same after a reload, from the same file", function()
    n.reload()
    sent "/x"
    for _ = 1, 5 do sent "/x" end
  end)
end)
