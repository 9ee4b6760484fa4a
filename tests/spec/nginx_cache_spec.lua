-- SPDX-License-Identifier: Apache-2.0
-- The nginx module beside nginx's own cache, slices, subrequests and retries: what is
-- signed is what is sent, each time it is sent, and never when nothing is.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local server = require "server"
local socket = require "socket"
local verify = require "verify"

local SECRET = "wJalr/Secret+Key"

local HTTP = [[
aws_credentials file=creds;
proxy_cache_path cache keys_zone=c:1m inactive=1h;
upstream flaky { server 127.0.0.1:@DEAD@; server 127.0.0.1:@ORIGIN@; keepalive 4; }
upstream kept { server 127.0.0.1:@ORIGIN@; keepalive 4; }
server {
  listen 127.0.0.1:@PORT@;
  merge_slashes off;
  add_header X-Cache $upstream_cache_status always;
  location / {
    aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
    proxy_cache c; proxy_cache_valid 200 1h;
  }
  location /a/ {
    aws_pass s3://first/ region=eu-west-1 endpoint=http://s3.local;
    proxy_cache c; proxy_cache_valid 200 1h;
  }
  location /b/ {
    aws_pass s3://other/ region=eu-west-1 endpoint=http://s3.local;
    proxy_cache c; proxy_cache_valid 200 1h;
  }
  location /as-head/ {
    aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
    proxy_cache c; proxy_cache_valid 200 1h; proxy_cache_convert_head off; proxy_cache_key $request_method$aws_uri;
  }
  location /stale/ {
    aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
    proxy_cache c; proxy_cache_valid 200 1s; proxy_cache_revalidate on;
    proxy_cache_use_stale updating; proxy_cache_background_update on;
  }
  location /again/ {
    aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style;
    proxy_cache c; proxy_cache_valid 200 1s; proxy_cache_revalidate on;
  }
  location /slices/ {
    slice 4;
    aws_pass s3://photos/ region=eu-west-1 endpoint=http://127.0.0.1:@SLICES@ path_style;
    proxy_set_header Range $slice_range; proxy_cache c; proxy_cache_valid 200 206 1h; proxy_cache_key $aws_uri$slice_range;
  }
  location /api/ {
    aws_pass http://127.0.0.1:@ORIGIN@/ service=execute-api region=eu-west-1;
    proxy_cache c; proxy_cache_valid 200 1h;
  }
  location /flaky/ { aws_pass s3://photos/ region=eu-west-1 endpoint=http://flaky path_style; }
  location /kept/ { aws_pass s3://photos/ region=eu-west-1 endpoint=http://kept path_style; }
}
upstream first.s3.local { server 127.0.0.1:@ORIGIN@; }
upstream other.s3.local { server 127.0.0.1:@ORIGIN@; }
]]

-- Answers ranges of twelve bytes, slowly: an origin whose download takes a while.
local SLICES = [[
import http.server, json, sys, time
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        with open(sys.argv[2], "a") as f:
            f.write(json.dumps({"method": "GET", "target": self.path, "headers": [list(h) for h in self.headers.items()],
                                "body": "", "connection": 0}) + "\n")
        first, last = map(int, self.headers["Range"][6:].split("-"))
        time.sleep(1.1)
        body = b"0123456789ab"[first:last + 1]
        self.send_response(206)
        self.send_header("Content-Range", "bytes %d-%d/12" % (first, first + len(body) - 1))
        self.send_header("ETag", '"e"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), H).serve_forever()
]]

describe("with nginx's cache", function()
  local n, origin, slices

  lazy_setup(function()
    origin = require("origin").start()
    local dir = server.directory()
    slices = { port = server.free_port(), record = dir .. "/requests" }
    server.write(slices.record, "")
    server.write(dir .. "/slices.py", SLICES)
    server.start(("/usr/bin/python3 %s/slices.py %d %s"):format(dir, slices.port, slices.record), dir .. "/log",
                 slices.port)
    n = nginx.start {
      http = HTTP, files = { creds = nginx.credentials("AKIDEXAMPLE", SECRET) },
      values = { ORIGIN = origin.port, SLICES = slices.port, DEAD = server.free_port() },
    }
  end)
  before_each(function() origin.forget() end)
  lazy_teardown(function() n.finish() end)

  local function verified(list, with)
    for _, answer in ipairs(verify.all(list, SECRET, with or { region = "eu-west-1", service = "s3", s3 = true })) do
      assert.is_true(answer.ok, verify.told(answer))
    end
    return list
  end

  local function sent(count, with)
    local list = verified(origin.requests(), with)
    assert.equal(count, #list)
    return list[#list]
  end

  it("a HEAD becomes a GET, signed as one, and fills the entry", function()
    local r = n.head "/head.txt"
    assert.same({ 200, "MISS" }, { r.status, r.headers["x-cache"] })
    assert.equal("GET", sent(1).method)
    r = n.get "/head.txt"
    assert.same({ 200, "HIT", "ok" }, { r.status, r.headers["x-cache"], r.body })
    sent(1)
  end)

  it("a HEAD stays one where it may not be converted", function()
    assert.equal(200, n.head("/as-head/x").status)
    assert.equal("HEAD", sent(1).method)
    assert.equal(200, n.get("/as-head/x").status)
    assert.equal("GET", sent(2).method)
  end)

  it("a hit signs nothing and sends nothing", function()
    n.get "/hit.txt"
    origin.forget()
    for _ = 1, 5 do assert.equal("HIT", n.get("/hit.txt").headers["x-cache"]) end
    for _ = 1, 5 do assert.equal("HIT", n.head("/hit.txt").headers["x-cache"]) end
    assert.equal(0, #origin.requests())
  end)

  it("all spellings of a key share one entry, and others don't (B10)", function()
    assert.equal("MISS", n.get("/sp%20ace(1)").headers["x-cache"])
    assert.equal("HIT", n.get("/%73p%20ace%281%29").headers["x-cache"])
    assert.equal("MISS", n.get("/sp+ace(1)").headers["x-cache"])
  end)

  it("a path that is refused leaves nothing in the entry of another", function()
    assert.equal(400, n.get("/a/%2e%2e/victim.txt").status)
    assert.equal(400, n.get("/x/%2e%2e/victim.txt").status)
    assert.equal("MISS", n.get("/victim.txt").headers["x-cache"])
    assert.equal("MISS", n.get("//victim.txt").headers["x-cache"])     -- merge_slashes off: another key
    assert.equal("HIT", n.get("/victim.txt").headers["x-cache"])
  end)

  it("two buckets never share an entry", function()
    assert.equal("MISS", n.get("/a/same").headers["x-cache"])
    assert.equal("MISS", n.get("/b/same").headers["x-cache"])
    assert.equal("HIT", n.get("/a/same").headers["x-cache"])
    assert.equal("other.s3.local", origin.header(origin.last(), "host"))
  end)

  it("the client's Host is no part of the key", function()
    assert.equal("MISS", n.get("/by-host", { "Host: one.example" }).headers["x-cache"])
    assert.equal("HIT", n.get("/by-host", { "Host: two.example" }).headers["x-cache"])
  end)

  it("the cache asks for the whole, whatever the client's range and conditions", function()
    local r = n.get("/range.txt", { "Range: bytes=0-0", 'If-None-Match: "x"', 'If-Match: "y"', 'If-Range: "z"',
                                    "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT" })
    assert.truthy(r.status == 200 or r.status == 206 or r.status == 412)
    local got = sent(1)
    for _, name in ipairs { "range", "if-none-match", "if-match", "if-range", "if-modified-since" } do
      assert.is_nil(origin.header(got, name))
    end
  end)

  it("it revalidates with its own conditions, signed anew", function()
    origin.answer('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: "v1"\r\n' ..
                  "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n\r\none")
    n.get "/again/x"
    socket.sleep(2.1)
    origin.answer('HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
    local r = n.get("/again/x", { 'If-None-Match: "client"' })
    origin.answer(nil)
    assert.same({ 200, "REVALIDATED", "one" }, { r.status, r.headers["x-cache"], r.body })
    local got = sent(2)
    assert.equal('"v1"', origin.header(got, "if-none-match"))
    assert.equal("Sat, 01 Jan 2000 00:00:00 GMT", origin.header(got, "if-modified-since"))
  end)

  it("an update in the background is signed for itself", function()
    n.get "/stale/old"
    local first = origin.header(origin.last(), "x-amz-date")
    socket.sleep(2.1)
    assert.equal("STALE", n.get("/stale/old").headers["x-cache"])
    server.wait("updated", function() return #origin.requests() == 2 end)
    assert.not_equal(first, origin.header(sent(2), "x-amz-date"))
  end)

  it("each slice has its own range, date and signature", function()
    local r = n.get "/slices/big"
    assert.same({ 200, "0123456789ab" }, { r.status, r.body })
    local list, dates, ranges = {}, {}, {}
    for line in server.read(slices.record):gmatch("[^\n]+") do list[#list + 1] = require("cjson").decode(line) end
    for i, one in ipairs(verified(list)) do
      dates[i], ranges[i] = origin.header(one, "x-amz-date"), origin.header(one, "range")
    end
    assert.same({ "bytes=0-3", "bytes=4-7", "bytes=8-11" }, ranges)
    assert.is_true(dates[1] < dates[2] and dates[2] < dates[3], table.concat(dates, " "))
  end)

  it("a query is part of the key, in one order", function()
    assert.equal("MISS", n.get("/api/x?b=2&a=1").headers["x-cache"])
    assert.equal("HIT", n.get("/api/x?a=1&b=2").headers["x-cache"])
    sent(1, { region = "eu-west-1", service = "execute-api", s3 = false })
  end)

  it("a retry on the next server sends the same bytes", function()
    for _ = 1, 4 do assert.equal(200, n.get("/flaky/x").status) end
    sent(4)
  end)

  it("an upstream that the user wrote keeps its connections", function()
    for _ = 1, 10 do n.get "/kept/x" end
    local list = verified(origin.requests())
    for _, one in ipairs(list) do assert.equal(list[1].connection, one.connection) end
  end)
end)
