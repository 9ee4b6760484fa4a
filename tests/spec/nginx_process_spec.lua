-- SPDX-License-Identifier: Apache-2.0
-- The nginx module over time: midnight, reloads, rotated credentials, many requests.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local server = require "server"
local verify = require "verify"

local build = os.getenv("FINGERPOST_BUILD") or "build/release"

local OLD, NEW = "oldSecret/Key+0001", "newSecret/Key+0002"

local HTTP = [[
aws_credentials file=creds;
server {
  listen 127.0.0.1:@PORT@; keepalive_requests 1000000;
  location / { aws_pass s3://photos region=eu-west-1 endpoint=http://127.0.0.1:@ORIGIN@ path_style; }
}
]]

-- How often the bytes of each line of stdin are in the memory of the process.
local SCAN = [[
import re, sys
words = [w.encode() for w in sys.stdin.read().split()]
counts = [0] * len(words)
with open("/proc/%s/maps" % sys.argv[1]) as maps, open("/proc/%s/mem" % sys.argv[1], "rb", 0) as mem:
    for line in maps:
        m = re.match(r"([0-9a-f]+)-([0-9a-f]+) (r\S+) \S+ \S+ \S+\s*(.*)", line)
        if m and not m[4].startswith(("/", "[vvar", "[vsyscall")):
            try:
                mem.seek(int(m[1], 16))
                data = mem.read(int(m[2], 16) - int(m[1], 16))
            except OSError:
                continue
            for i, w in enumerate(words):
                counts[i] += data.count(w)
print(*counts)
]]

-- Under sanitizers freed memory is kept, and the map of memory is endless.
local sanitized = os.getenv("FINGERPOST_PRELOAD") ~= nil
local on_plain = sanitized and function(name) pending(name .. ": not under sanitizers") end or it

describe("nginx over time", function()
  local origin

  lazy_setup(function() origin = require("origin").start() end)
  before_each(function() origin.forget() end)

  local function start(o)
    o.http, o.values = HTTP, { ORIGIN = origin.port }
    o.files = { creds = nginx.credentials("AKIDEXAMPLE", OLD) }
    return nginx.start(o)
  end

  local function sent(n, secret, now)
    origin.forget()
    assert.equal(200, n.get("/x").status)
    local answer = verify.one(origin.last(), secret, { region = "eu-west-1", service = "s3", now = now })
    assert.is_true(answer.ok, verify.told(answer))
    return origin.header(origin.last(), "x-amz-date")
  end

  it("signs with the key of the day, from one day to the next and back (D6, D7, C14)", function()
    local dir = server.directory()
    server.write(dir .. "/shift", "0")
    local n = start {
      env = "CLOCK_SHIFT=" .. dir .. "/shift", main = "timer_resolution 50ms; env CLOCK_SHIFT;",
      preload = build .. "/tests/clock_shift.so",
    }
    local day = 86400
    local midnight = (os.time() // day + 1) * day
    for _, at in ipairs { midnight - 60, midnight, midnight + 3 * day, midnight - 5 * day, 4102444800 } do
      server.write(dir .. "/shift.new", tostring(at - os.time()))
      assert(os.rename(dir .. "/shift.new", dir .. "/shift"))
      require("socket").sleep(0.2)
      local date = sent(n, OLD, at)
      assert.equal(os.date("!%Y%m%d", at), date:sub(1, 8))
    end
    n.finish()
  end)

  on_plain("takes new credentials at a reload, and leaves none of the old ones in memory", function()
    local n = start {}
    sent(n, OLD)
    server.write(n.dir .. "/scan.py", SCAN)

    local function memory_of(pid)
      server.write(n.dir .. "/words", OLD .. "\n" .. NEW .. "\n")
      local text, code = server.run(("/usr/bin/python3 %s/scan.py %s <%s/words"):format(n.dir, pid, n.dir))
      if code ~= 0 then return nil end
      local old, new = text:match("(%d+) (%d+)")
      return tonumber(old), tonumber(new)
    end

    local old, new = memory_of(n.pid)
    if not old then
      n.finish()
      return pending("this user may not read the memory of nginx")
    end
    assert.same({ 1, 0 }, { old, new })          -- one copy, and what the file was read into is wiped

    server.write(n.dir .. "/creds", nginx.credentials("AKIDEXAMPLE", NEW))
    n.reload()
    sent(n, NEW)
    for pid in (n.pid .. " " .. n.workers()):gmatch("%d+") do
      old, new = memory_of(pid)
      assert.equal(0, old, "the old secret is still in " .. pid)
      assert.is_true(new > 0)
    end
    n.finish()
  end)

  it("goes on with the old configuration when the new one is broken (H4)", function()
    local n = start {}
    os.remove(n.dir .. "/creds")
    server.must("kill -HUP " .. n.pid)
    server.wait("the reload's failure", function() return n.log():find("can't open", 1, true) end)
    assert.equal(n.first_workers, n.workers())
    sent(n, OLD)
    server.stop(n.pid, "QUIT")                  -- its log has the [emerg] that it should
  end)

  it("signs in each of several workers", function()
    local n = start { workers = 3 }
    for _ = 1, 12 do sent(n, OLD) end
    n.finish()
  end)

  it("speaks HTTP/2 to the client", function()
    local n = nginx.start {
      http = HTTP:gsub("listen 127.0.0.1:@PORT@;", "listen 127.0.0.1:@PORT@ http2;"), values = { ORIGIN = origin.port },
      files = { creds = nginx.credentials("AKIDEXAMPLE", OLD) },
    }
    local curl = ("curl -s -o /dev/null -w '%%{http_version} %%{http_code}\n' --http2-prior-knowledge --path-as-is " ..
                  "-H 'x-amz-acl: a' -H 'Authorization: b' -H 'te: trailers' 'http://127.0.0.1:%d%s' %s")
    for target, status in pairs { ["/a%20b(c)"] = 200, ["/a/../b"] = 400, ["/x?acl"] = 400 } do
      assert.equal("2 " .. status .. "\n", server.must(curl:format(n.port, target, "")))
    end
    assert.equal("2 405\n", server.must(curl:format(n.port, "/x", "-X DELETE")))
    assert.equal(1, #origin.requests())
    assert.equal("/photos/a%20b%28c%29", origin.last().target)
    assert.is_true(verify.one(origin.last(), OLD, { region = "eu-west-1", service = "s3" }).ok)
    n.finish()
  end)

  on_plain("takes no more memory the more it is asked (H14)", function()
    local n = start {}
    local worker = n.workers()
    local function ask(count)
      local socket = require "socket"
      local s = assert(socket.connect("127.0.0.1", n.port))
      for i = 1, count do
        -- every other one is refused (403): that way is walked, too
        s:send(("GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"):format(i % 2 == 0 and "x" or ""))
        local length
        repeat
          local line = assert(s:receive("*l"))
          length = line:match("^[Cc]ontent%-[Ll]ength: (%d+)") or length
        until line == ""
        s:receive(tonumber(length))
      end
      s:close()
    end
    local function rss()
      return tonumber(server.read("/proc/" .. worker .. "/status"):match("VmRSS:%s*(%d+)"))
    end
    ask(500)
    local before = rss()
    ask(2000)
    assert.is_true(rss() - before <= before // 20, ("%d kB, then %d kB"):format(before, rss()))
    n.finish()
  end)
end)
