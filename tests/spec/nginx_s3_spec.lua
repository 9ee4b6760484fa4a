-- SPDX-License-Identifier: Apache-2.0
-- The nginx module in front of real S3 servers: a right key is accepted and a wrong one
-- refused, whatever the key of the object.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local s3 = require "s3"
local server = require "server"

local BUCKET = "nginx-photos"

local KEYS = {
  "plain.txt", "sp ace+plus", "uni-é中", "paren(1)'!*~", "pct%41%2Fx", "eq=a&b?c#d", "@:,;$", "a//b", "//a", "a/", "a/b/c",
  "...", ".hidden", "a..b", "%", "%zz", "semi;colon", "quo\"te<>", "e\u{301}", ("k"):rep(1024), ("ü"):rep(512),
}
local DOTS = { "dot/../dot", "./x", "a/.", "a/..", "." }   -- nginx itself refuses "/.."

local HTTP = [[
merge_slashes off;
upstream s3.test { server 127.0.0.1:@S@; keepalive 8; }
upstream @BUCKET@.s3.test { server 127.0.0.1:@S@; keepalive 8; }
server {
  listen 127.0.0.1:@RAW@;
  aws_credentials file=right; aws_path raw;
  location / { aws_pass s3://@BUCKET@ region=us-east-1 endpoint=http://127.0.0.1:@S@ path_style; }
}
server {
  listen 127.0.0.1:@PORT@;
  aws_credentials file=right;
  proxy_ssl_trusted_certificate @CA@; proxy_ssl_name s3.test;
  location / { aws_pass s3://@BUCKET@ region=us-east-1 endpoint=http://s3.test path_style; }
  location /virtual/ { aws_pass s3://@BUCKET@/ region=us-east-1 endpoint=http://s3.test; }
  location /port/ { aws_pass s3://@BUCKET@/ region=us-east-1 endpoint=http://127.0.0.1:@S@ path_style; }
  location /prefix/ { aws_pass s3://@BUCKET@/a/ region=us-east-1 endpoint=http://127.0.0.1:@S@ path_style; }
  location /tls/ { aws_pass s3://@BUCKET@/ region=us-east-1 endpoint=https://127.0.0.1:@T@ path_style; }
  location /wrong/ {
    aws_credentials file=wrong;
    aws_pass s3://@BUCKET@/ region=us-east-1 endpoint=http://127.0.0.1:@S@ path_style;
  }
  location /signed/@BUCKET@/ {
    aws_sign s3 region=us-east-1;
    rewrite ^/signed/(.*)$ /$1 break; proxy_pass http://127.0.0.1:@S@$aws_uri;
  }
  location /@BUCKET@/ { aws_sign s3 region=us-east-1; proxy_pass http://127.0.0.1:@S@; }
  location /unsigned/ { proxy_pass http://127.0.0.1:@S@/@BUCKET@/; }
  location /slices/ {
    slice 1000;
    aws_pass s3://@BUCKET@/ region=us-east-1 endpoint=http://127.0.0.1:@S@ path_style;
    proxy_set_header Range $slice_range;
  }
}
]]

for _, name in ipairs { "swift", "radosgw" } do
  describe("nginx before " .. name, function()
    local n, s, big
    local raw = server.free_port()

    lazy_setup(function()
      s = require(name).start()
      s3.create(s, BUCKET)
      local objects = {}
      for _, key in ipairs(KEYS) do objects[key] = "body of " .. key end
      for _, key in ipairs(DOTS) do objects[key] = "body of " .. key end
      big = ("0123456789"):rep(1000)
      objects["big"] = big
      s3.fill(s, BUCKET, objects)
      n = nginx.start {
        http = HTTP:gsub("@([STCA]+)@", { S = "@HTTP_PORT@", T = "@TLS_PORT@" }),
        values = { HTTP_PORT = s.port, TLS_PORT = s.https_port, RAW = raw, CA = s.ca, BUCKET = BUCKET },
        files = { right = nginx.credentials(s.access_key, s.secret_key),
                  wrong = nginx.credentials(s.access_key, s.secret_key .. "x") },
      }
    end)
    lazy_teardown(function() n.finish() end)

    it("gets and heads every key", function()
      for _, key in ipairs(KEYS) do
        for _, location in ipairs { "/", "/virtual/", "/port/" } do
          local r = n.get(location .. s3.encode(key))
          assert.equal(200, r.status, location .. key .. "\n" .. r.body)
          assert.equal("body of " .. key, r.body)
          r = n.head(location .. s3.encode(key))
          assert.same({ 200, tostring(#("body of " .. key)), "" }, { r.status, r.headers["content-length"], r.body })
        end
      end
    end)

    it("gets keys of dots by aws_path raw, and refuses them otherwise", function()
      for _, key in ipairs(DOTS) do
        local r = nginx.call(raw, "GET", "/" .. s3.encode(key))
        assert.equal("200 body of " .. key, r.status .. " " .. r.body)
        assert.equal(400, n.get("/port/" .. s3.encode(key)).status)
      end
      for _, key in ipairs(KEYS) do
        assert.equal("body of " .. key, nginx.call(raw, "GET", "/" .. s3.encode(key)).body)
      end
    end)

    it("signs what another proxy_pass sends", function()
      for _, key in ipairs { "plain.txt", "sp ace+plus", "paren(1)'!*~" } do
        assert.equal("body of " .. key, n.get("/" .. BUCKET .. "/" .. s3.encode(key)).body)
      end
      assert.equal(200, n.get("/signed/" .. BUCKET .. "/paren(1)'!*~").status)
    end)

    it("is refused with a wrong key, and without one", function()
      for _, path in ipairs { "/wrong/plain.txt", "/wrong/paren(1)'!*~", "/unsigned/plain.txt" } do
        assert.equal(403, n.get(path).status)
        assert.equal(403, n.head(path).status)
      end
    end)

    it("passes a missing object's 404 on", function()
      assert.equal(404, n.get("/port/missing").status)
      assert.equal(200, n.get("/prefix//b").status)
      assert.equal(404, n.get("/prefix/plain.txt").status)
    end)

    it("passes ranges and conditions on (G15)", function()
      local r = n.get("/big", { "Range: bytes=10-19" })
      assert.same({ 206, "0123456789", "bytes 10-19/10000" }, { r.status, r.body, r.headers["content-range"] })
      local etag = n.head("/big").headers.etag
      assert.equal(304, n.get("/big", { "If-None-Match: " .. etag }).status)
      assert.equal(200, n.get("/big", { "If-Match: " .. etag }).status)
      assert.equal(412, n.get("/big", { 'If-Match: "other"' }).status)
      assert.equal(416, n.get("/big", { "Range: bytes=20000-" }).status)
    end)

    it("goes by TLS, verified", function()
      local r = n.get("/tls/paren(1)'!*~")
      assert.equal("200 body of paren(1)'!*~", r.status .. " " .. r.body)
    end)

    it("gets an object in slices", function()
      local r = n.get "/slices/big"
      assert.equal(200, r.status)
      assert.equal(big, r.body)
    end)

    it("lets no method, query or header of the client's through", function()
      assert.equal(405, n.call("DELETE", "/plain.txt", { "Content-Length: 0" }).status)
      assert.equal(405, n.call("PUT", "/new", { "x-amz-copy-source: /" .. BUCKET .. "/plain.txt", "Content-Length: 0" }).status)
      assert.equal(404, s3.get(s, BUCKET, "new").status)
      assert.equal(400, n.get("/plain.txt?acl").status)
      assert.equal(403, n.get("/").status)
      assert.equal(200, n.get("/plain.txt", { "x-amz-acl: public-read", "Authorization: AWS a:b", "x-amz-date: 1" }).status)
      assert.equal(200, s3.get(s, BUCKET, "plain.txt").status)
    end)
  end)
end

describe("nginx with temporary credentials", function()
  it("is accepted with the token and refused with another", function()
    local s = require("swift").start()
    s3.create(s, "nginx-temporary")
    s3.put(s, "nginx-temporary", "x", "y")
    local t = s.temporary
    local n = nginx.start {
      http = [[server { listen 127.0.0.1:@PORT@;
        location /good/ { aws_credentials file=good;
          aws_pass s3://nginx-temporary/ region=us-east-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
        location /bad/ { aws_credentials file=bad;
          aws_pass s3://nginx-temporary/ region=us-east-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
        location /region/ { aws_credentials file=good;
          aws_pass s3://nginx-temporary/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; } }]],
      values = { ORIGIN = s.port },
      files = { good = nginx.credentials(t.access_key, t.secret_key, t.session_token),
                bad = nginx.credentials(t.access_key, t.secret_key, t.session_token .. "x") },
    }
    assert.same({ 200, 403, 400 }, { n.get("/good/x").status, n.get("/bad/x").status, n.get("/region/x").status })
    n.finish()
  end)
end)
