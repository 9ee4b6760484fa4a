-- SPDX-License-Identifier: Apache-2.0
-- What the nginx module refuses, by every way into a signed location: with the right
-- status, one line in the log, and not a byte sent to the origin.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local socket = require "socket"
local server = require "server"

local KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalr/Secret+Key", "session/Token+/=01"

local PASS = "aws_pass s3://photos@PATH@ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;"
local S3 = PASS:gsub("@PATH@", "/")
local S3_WHOLE = PASS:gsub("@PATH@", "")

local HTTP = [[
aws_credentials file=creds;
log_format mine "$aws_uri|$aws_internal_authorization|$aws_internal_date|$aws_internal_security_token|";
server {
  listen 127.0.0.1:@PORT@;
  access_log access.log mine;
  add_header X-Leak "a$aws_internal_authorization$aws_internal_security_token" always;
  location / { @OBJECTS@ }
  location /prefix/ { aws_pass s3://photos/www/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
  location /slashes/ { @OBJECTS@ }
  location /raw/ { aws_path raw; @OBJECTS@ }
  location /api/ { aws_pass http://127.0.0.1:@ORIGIN@/ region=eu-west-1 service=execute-api; }
  location /token/ { aws_credentials file=temporary; @OBJECTS@ }

  location ~ /regex { @WHOLE@ }
  location /except/ { @OBJECTS@ limit_except GET {} }
  location /denied/ { @OBJECTS@ limit_except GET { deny all; } }
  location /if/ { @OBJECTS@ if ($arg_x) { set $y 1; } if ($request_method = PUT) { add_header X-If 1; } }
  location /in-if/ { if ($request_method) { @WHOLE@ } }
  location /named/ { error_page 418 = @named; return 418; }
  location @named { @WHOLE@ }
  location /try/ { root /nonexistent; try_files $uri @named; }
  location /error/ { error_page 404 /prefix/page.html; root /nonexistent; }
  location /app/ { proxy_pass http://127.0.0.1:@APP@; proxy_intercept_errors on; error_page 502 /prefix/page.html; }
  location /index/ { root @DIR@; index nothing /prefix/index.html; }
  location /rewrite/ { rewrite ^/rewrite/(.*)$ /prefix/$1 last; }
  location /dots/ { rewrite ^ /prefix/../x break; @OBJECTS@ }
  location /early/ { set $uri_then $aws_uri; rewrite ^/early/(.*)$ /late/$1 break; add_header X-Then $uri_then; @OBJECTS@ }
  location /add/ { default_type text/html; add_before_body /prefix/before; root @DIR@; }
  location /auth/ { auth_request /prefix/auth; root @DIR@; }
  location /mirror/ { mirror /prefix/mirrored; root @DIR@; }
  location /ssi/ { ssi on; root @DIR@; }
  location /ssi.secret { ssi on; ssi_types *; root @DIR@; }

  location /outer/ {
    @OBJECTS@
    location /outer/app/ { proxy_pass http://127.0.0.1:@APP@; }
    location /outer/hidden/ { proxy_pass http://127.0.0.1:@APP@; proxy_set_header X-A b; }
    if ($http_x_elsewhere) { proxy_pass http://127.0.0.1:@APP@; }
  }
}
]]

describe("nginx refuses", function()
  local n, origin, app

  lazy_setup(function()
    origin = require("origin").start()
    app = require("origin").start()
    n = nginx.start {
      http = HTTP, values = { ORIGIN = origin.port, APP = app.port, OBJECTS = S3, WHOLE = S3_WHOLE },
      files = { creds = nginx.credentials(KEY, SECRET), temporary = nginx.credentials(KEY, SECRET, TOKEN) },
    }
    server.must(("cd %s && mkdir index add auth ssi mirror && echo body >mirror/x && echo body >add/x && echo body >auth/x && " ..
                 "echo '<!--# include virtual=\"/prefix/included\" -->' >ssi/x.html && " ..
                 "echo '[<!--# echo var=\"aws_internal_authorization\" default=\"none\" -->]' >ssi.secret")
                :format(server.quote(n.dir)))
  end)
  before_each(function()
    origin.forget()
    app.forget()
  end)
  lazy_teardown(function() n.finish() end)

  local function refused(status, r)
    assert.equal(status, r.status)
    assert.equal(0, #origin.requests())
  end

  local function lines_of(log, text)
    local count = 0
    for line in log:gmatch("[^\n]+") do
      if line:find(text, 1, true) then count = count + 1 end
    end
    return count
  end

  describe("a method", function()
    local ways = { "/x", "/prefix/x", "/regex/x", "/except/x", "/if/x", "/if/x?x=1", "/in-if/x", "/named/x", "/try/x",
                   "/rewrite/x", "/api/x", "/raw/x", "/early/x" }
    local methods = { "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "FOO", "get", "TRACE" }

    for _, way in ipairs(ways) do
      it("other than GET and HEAD by " .. way, function()
        for _, method in ipairs(methods) do
          local r = n.call(method, way, { "Content-Length: 0" })
          -- nginx itself: TRACE is 405, a method in lower case is 400
          refused(method == "get" and 400 or 405, r)
          if method ~= "get" and method ~= "TRACE" then assert.equal("GET, HEAD", r.headers.allow) end
        end
      end)
    end

    it("and says so once", function()
      local before = lines_of(n.log(), "its method is neither GET nor HEAD")
      n.call("PUT", "/x", { "Content-Length: 0" })
      assert.equal(before + 1, lines_of(n.log(), "its method is neither GET nor HEAD"))
    end)

    it("with its body, whatever its size", function()
      refused(405, n.call("PUT", "/x", { "Content-Length: 5" }, "hello"))
      refused(405, n.call("PUT", "/except/x", { "Transfer-Encoding: chunked" }, "5\r\nhello\r\n0\r\n\r\n"))
    end)
  end)

  it("a GET where limit_except denies it", function()
    refused(403, n.call("PUT", "/denied/x", { "Content-Length: 0" }))
    assert.equal(200, n.get("/denied/x").status)
    assert.equal(200, n.get("/except/x").status)
  end)

  it("HTTP/0.9 and takes HTTP/1.0 (C13)", function()
    local r = n.request "GET /x\r\n"
    assert.truthy(r.body:find("400 Bad Request", 1, true))
    assert.equal(0, #origin.requests())
    assert.equal(200, n.request("GET /x HTTP/1.0\r\n\r\n").status)
    assert.equal("HTTP/1.1", origin.last().version)
  end)

  it("a body of a GET or HEAD (G16)", function()
    refused(400, n.call("GET", "/x", { "Content-Length: 5" }, "hello"))
    refused(400, n.call("HEAD", "/x", { "Content-Length: 5" }, "hello"))
    refused(400, n.call("GET", "/api/x", { "Transfer-Encoding: chunked" }, "5\r\nhello\r\n0\r\n\r\n"))
    refused(400, n.call("GET", "/x", { "Content-Length: 5", "Content-Length: 6" }, "hello"))
    assert.equal(200, n.call("GET", "/x", { "Content-Length: 0" }).status)
  end)

  it("a query to a bucket (B18)", function()
    for _, query in ipairs {
      "acl", "policy", "uploads", "versions", "list-type=2&prefix=a", "versionId=1", "delete", "torrent", "tagging",
      "response-content-type=text/html", "X-Amz-Signature=1&X-Amz-Credential=x", "x-id=GetObject", "v=3", "=", "&&",
    } do
      refused(400, n.get("/x?" .. query))
      refused(400, n.get("/raw/x?" .. query))
    end
    assert.truthy(n.log():find("it has a query, and S3 would take it for an operation", 1, true))
  end)

  it("a query that is signed already (B18)", function()
    for _, query in ipairs {
      "X-Amz-Signature=1", "x-amz-credential=a", "a=b&%58-Amz-Date=20150830T123600Z", "X-Amz-Algorithm=AWS4-HMAC-SHA256",
      "X-Amz-Security-Token=t", "X-Amz-SignedHeaders=host", "X-Amz-Expires=1",
    } do
      refused(400, n.get("/api/x?" .. query))
    end
  end)

  it("a query that is malformed or too long (B12, B17)", function()
    refused(400, n.get("/api/x?a=%zz"))
    refused(400, n.get("/api/x?a=%4"))
    refused(400, n.get("/api/x?" .. ("a&"):rep(1001)))
    assert.equal(200, n.get("/api/x?" .. ("a&"):rep(999)).status)
  end)

  it("a path that means another when it is resolved (B10, B12, B15)", function()
    for _, prefix in ipairs { "", "/prefix", "/regex", "/api" } do
      for _, path in ipairs {
        "/a/../b", "/a/./b", "/..", "/../x", "/a/..", "/.", "/%2e%2e/x", "/a/%2E/b", "/a/.%2e/b", "/a//b", "//b",
        "/a%2Fb", "/a%2fb", "/%2e%2e%2fx", "/%zz", "/%", "/%4", "/a%00b", "/a#b", "/a?x=1#b",
      } do
        refused(400, n.get(prefix .. path))
      end
    end
    refused(400, n.get("/raw/a%00b"))
    refused(400, n.get("/raw/a#b"))
    refused(400, n.get("/dots/x"))
  end)

  it("a raw path that leaves the location", function()
    refused(400, n.get("/x/../raw/y"))
  end)

  it("a key beyond 1,024 bytes (B14)", function()
    refused(400, n.get("/" .. ("k"):rep(1025)))
    refused(400, n.get("/prefix/" .. ("k"):rep(1021)))
    assert.equal(200, n.get("/prefix/" .. ("k"):rep(1020)).status)
  end)

  it("no key: the bucket is not listed", function()
    refused(403, n.get("/"))
    refused(403, n.get("/slashes/"))
    refused(403, n.get("/raw/"))
    refused(403, n.get("http://photos.example"))
  end)

  it("bytes that no request has (C1)", function()
    for _, raw in ipairs {
      "GET /x HTTP/1.1\r\nHost: a\r\nRange: x\0y\r\n\r\n", "GET /x\1 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /x HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "G\0T /x HTTP/1.1\r\nHost: a\r\n\r\n",
    } do
      local r = n.request(raw)
      assert.is_true(r.status == nil or r.status == 400)
      assert.equal(0, #origin.requests())
    end
  end)

  describe("nothing of", function()
    -- what came to the origin, by a signature of ours for that path
    local function signed(path)
      local r = origin.last()
      assert.equal(path, r.target)
      assert.truthy(origin.header(r, "authorization"):find("^AWS4%-HMAC%-SHA256 "))
      assert.equal("", r.body)
      assert.is_nil(origin.header(r, "content-length"))
      return r
    end

    it("a rewrite, a named location, an index, an included part: it is signed as it goes on", function()
      for path, target in pairs {
        ["/rewrite/a%20b"] = "/photos/www/a%20b", ["/named/a%20b"] = "/photos/named/a%20b",
        ["/try/a%20b"] = "/photos/try/a%20b", ["/regex/a%20b"] = "/photos/regex/a%20b",
        ["/in-if/a%20b"] = "/photos/in-if/a%20b", ["/index/"] = "/photos/www/index.html",
        ["/error/x"] = "/photos/www/page.html", ["/add/x"] = "/photos/www/before",
        ["/auth/x"] = "/photos/www/auth", ["/ssi/x.html"] = "/photos/www/included",
      } do
        origin.forget()
        assert.is_true(n.get(path).status < 400 or path:find("error") ~= nil, path)
        assert.equal(1, #origin.requests(), path)
        signed(target)
      end
    end)

    it("an error page after a POST: its body stays here", function()
      assert.equal(502, n.call("POST", "/app/x", { "Content-Length: 5", "X-Reply-Status: 502" }, "hello").status)
      assert.equal("hello", app.last().body)
      assert.equal("GET", signed("/photos/www/page.html").method)
      assert.equal(200, n.get("/x").status)       -- the next one on that connection begins where it should
      assert.equal("GET /photos/x", origin.last().method .. " " .. origin.last().target)
      assert.equal(2, #origin.requests())
    end)

    it("a mirror's or a subrequest's method", function()
      n.get "/mirror/x"
      server.wait("mirrored", function() return #origin.requests() == 1 end)
      signed "/photos/www/mirrored"
      origin.forget()
      n.call("POST", "/mirror/x", { "Content-Length: 5" }, "hello")
      n.call("DELETE", "/mirror/x")
      socket.sleep(0.2)
      assert.equal(0, #origin.requests())
      n.call("POST", "/auth/x", { "Content-Length: 5" }, "hello")
      assert.equal("GET", signed("/photos/www/auth").method)
    end)

    it("a URI that was asked for before a rewrite", function()
      local r = n.get "/early/x"
      assert.equal("/photos/x", r.headers["x-then"])
      signed "/photos/late/x"
    end)

    it("a proxy_pass inside a signed location: it is sent as without us", function()
      local mine = { "Authorization: Bearer mine", "Cookie: c", "X-Elsewhere: 1" }
      for path, target in pairs {
        ["/outer/app/x?acl"] = "/outer/app/x?acl", ["/outer/hidden/x"] = "/outer/hidden/x", ["/outer/y"] = "/outer/y",
      } do
        app.forget()
        n.call("POST", path, { mine[1], mine[2], mine[3], "Content-Length: 2" }, "hi")
        local r = app.last()
        assert.equal(target, r.target)
        assert.equal("hi", r.body)
        assert.equal("Bearer mine", app.header(r, "authorization"))
        assert.equal("c", app.header(r, "cookie"))
        assert.is_nil(r.raw:lower():find("x-amz", 1, true))
      end
      assert.equal(0, #origin.requests())
    end)
  end)

  it("its signature and token to logs and headers", function()
    local r = n.get "/token/x"
    assert.equal(200, r.status)
    assert.equal(TOKEN, origin.header(origin.last(), "x-amz-security-token"))
    assert.equal("a", r.headers["x-leak"])
    assert.equal("[none]\n", n.get("/ssi.secret").body)
    n.call("PUT", "/token/x", { "Content-Length: 0" })
    local log = server.read(n.dir .. "/access.log")
    assert.truthy(log:find("/photos/x||||", 1, true) or log:find("/photos/x|-|-|-|", 1, true), log)
    assert.is_nil(log:find("AWS4", 1, true))
    assert.is_nil(log:find("session/Token", 1, true))
  end)

  it("to crash: a thousand odd requests leave the workers be", function()
    math.randomseed(20261122)
    local parts = { "GET ", "HEAD ", "PUT ", "/", "//", "..", "%2e", "%", "\0", "\xff", "?", "#", "&", "=", "acl", " ",
                    "HTTP/1.1", "\r\n", "Host: x", "Range: bytes=0-", "Authorization: x", ":", "\t", ("a"):rep(300),
                    "http://h", "prefix/", "api/", "raw/", "X-Amz-Date: 1", "Connection: close", "Content-Length: -1" }
    for _ = 1, 1000 do
      local bytes = {}
      for i = 1, math.random(1, 14) do bytes[i] = parts[math.random(#parts)] end
      local s = assert(socket.connect("127.0.0.1", n.port))
      s:send("GET /" .. table.concat(bytes) .. "\r\nHost: x\r\nConnection: close\r\n\r\n")
      s:settimeout(0)
      s:receive(1)
      s:close()
    end
    assert.equal(200, n.get("/x").status)
    assert.equal(n.first_workers, n.workers())
  end)
end)

describe("error.log at debug", function()
  -- nginx prints what it sends itself: "http proxy header"; no more of it may be found
  it("has no secret, no signing key and no canonical request", function()
    local origin = require("origin").start()
    local n = nginx.start {
      http = "aws_credentials file=creds; server { listen 127.0.0.1:@PORT@; location / { " .. S3 .. " } }",
      level = "debug", values = { ORIGIN = origin.port }, files = { creds = nginx.credentials(KEY, SECRET, TOKEN) },
    }
    for _, target in ipairs { "/x", "/x?acl", "/a//b", "/" } do n.get(target) end
    n.reload()
    n.get "/y"
    n.finish()

    local log = n.log()
    assert.truthy(log:find("http proxy header:", 1, true))   -- the control: it was at debug, and it was sent
    assert.truthy(log:find("Signature=", 1, true))
    local mime = require "mime"
    local hex = SECRET:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
    for _, form in ipairs { SECRET, mime.b64(SECRET), hex, hex:upper(), "AWS4" .. SECRET } do
      assert.is_nil(log:find(form, 1, true))
    end
    assert.is_nil(log:find("AWS4-HMAC-SHA256\n", 1, true))
    local own = log:gsub("http proxy header:\n.-\n\r?\n?\"", ""):gsub('http script var: "[^"]*"', "")
    assert.is_nil(own:find(TOKEN, 1, true))
    assert.is_nil(own:find("Signature=", 1, true))
  end)
end)
