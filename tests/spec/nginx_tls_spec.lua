-- SPDX-License-Identifier: Apache-2.0
-- TLS of the nginx module: verified, by the endpoint's name, unless the user says
-- otherwise.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local verify = require "verify"

local SECRET = "wJalr/Secret+Key"

local HTTP = [[
aws_credentials file=creds;
# one upstream for each case: kept connections and TLS sessions are the upstream's, so
# what one location has verified, or not, the next one is spared
upstream s3.test { server 127.0.0.1:@TLS@; keepalive 2; }
upstream photos.s3.test { server 127.0.0.1:@TLS@; keepalive 2; }
upstream system.s3.test { server 127.0.0.1:@TLS@; keepalive 2; }
upstream s3.wrong { server 127.0.0.1:@TLS@; keepalive 2; }
upstream off.wrong { server 127.0.0.1:@TLS@; keepalive 2; }
upstream third.wrong { server 127.0.0.1:@TLS@; keepalive 2; }
upstream name.wrong { server 127.0.0.1:@TLS@; keepalive 2; }
upstream nested.wrong { server 127.0.0.1:@TLS@; keepalive 2; }
upstream inner.wrong { server 127.0.0.1:@TLS@; keepalive 2; }
upstream plain.test { server 127.0.0.1:@PLAIN@; }
server {
  listen 127.0.0.1:@PORT@;
  proxy_ssl_trusted_certificate @CA@;
  location /right/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://s3.test path_style; }
  location /virtual/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://s3.test; }
  location /wrong/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://s3.wrong path_style; }
  location /off/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://off.wrong path_style; proxy_ssl_verify off; }
  location /plain/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://plain.test path_style; }
  location /port/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://localhost:@TLS@ path_style; }
  location /name/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://name.wrong path_style; proxy_ssl_name s3.test; }
  location /url/ { aws_pass https://photos.s3.test/ region=us-east-1 service=execute-api; }
  location /right/nested/ { proxy_pass https://nested.wrong; }
  location /inner/ {
    aws_pass s3://photos/ region=us-east-1 endpoint=https://s3.test path_style;
    location /inner/own/ { proxy_pass https://inner.wrong/; }
  }
}
server {
  listen 127.0.0.1:@SECOND@;
  location /system/ { aws_pass s3://photos/ region=us-east-1 endpoint=https://system.s3.test path_style; }
}
server {
  listen 127.0.0.1:@THIRD@;
  proxy_ssl_verify off;
  location / { aws_pass s3://photos/ region=us-east-1 endpoint=https://third.wrong path_style; }
}
]]

describe("TLS to the upstream", function()
  local n, origin, second, third

  lazy_setup(function()
    local server = require "server"
    origin = require("origin").start()
    second, third = server.free_port(), server.free_port()
    n = nginx.start {
      http = HTTP, files = { creds = nginx.credentials("AKIDEXAMPLE", SECRET) },
      values = { TLS = origin.https_port, PLAIN = origin.port, CA = origin.ca, SECOND = second, THIRD = third },
    }
  end)
  before_each(function() origin.forget() end)
  lazy_teardown(function() n.finish() end)

  local function reaches(path, host, sni, service)
    assert.equal(200, n.get(path).status, n.log():sub(-500))
    local r = origin.last()
    assert.is_true(r.tls)
    assert.equal(host, origin.header(r, "host"))
    assert.equal(sni, r.sni)
    local answer = verify.one(r, SECRET, { region = "us-east-1", service = service or "s3" })
    assert.is_true(answer.ok, verify.told(answer))
  end

  local function fails(port, path, why)
    assert.equal(502, nginx.call(port, "GET", path).status)
    for _, r in ipairs(origin.requests()) do assert.is_nil(r.method) end
    assert.truthy(n.log():find(why, 1, true), n.log():sub(-800))
  end

  it("is verified by the endpoint's name, which is also the SNI", function()
    reaches("/right/x", "s3.test", "s3.test")
    reaches("/virtual/x", "photos.s3.test", "photos.s3.test")
    reaches("/url/x", "photos.s3.test", "photos.s3.test", "execute-api")
  end)

  it("is refused for another name (G3)", function()
    fails(n.port, "/wrong/x", 'upstream SSL certificate does not match "s3.wrong"')
  end)

  it("is refused for a CA that the system does not know (G3)", function()
    fails(second, "/system/x", "upstream SSL certificate verify error")
  end)

  it("is not verified where the user turns that off, in the location or outside", function()
    assert.equal(200, n.get("/off/x").status)
    assert.equal(200, nginx.call(third, "GET", "/x").status)
    assert.equal(2, #origin.requests())
  end)

  it("takes the user's name and a port", function()
    assert.equal(200, n.get("/name/x").status)
    assert.equal("s3.test", origin.last().sni)
    assert.equal(200, n.get("/port/x").status)
    assert.equal("localhost:" .. origin.https_port, origin.header(origin.last(), "host"))
  end)

  it("is never given up for plain text (G2)", function()
    fails(n.port, "/plain/x", "SSL")
  end)

  it("stays what it was for the user's own proxy_pass beside or inside", function()
    assert.equal(200, n.get("/right/nested/x").status)
    assert.equal(200, n.get("/inner/own/x").status)
    assert.is_nil(origin.last().sni)
  end)
end)
