-- SPDX-License-Identifier: Apache-2.0
-- Bodies in chunks through the helper and the command: judged in Python, by fingerpost verify
-- and by radosgw; and how much memory a large file takes.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local command = require "command"
local mime = require "mime"
local s3 = require "s3"
local server = require "server"
local socket = require "socket"

local EXAMPLE = { AWS_ACCESS_KEY_ID = "AKIDEXAMPLE", AWS_REGION = "us-east-1",
                  AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }
local BUCKET = "cli-chunks"
local dir = server.directory()
local file = dir .. "/body"
local bytes = ("0123456789abcdef"):rep(6250)
server.write(file, bytes)

local function words(first, more)
  local all = { table.unpack(first) }
  for _, word in ipairs(more or {}) do all[#all + 1] = word end
  return all
end

local function signed(more)
  local out, err, code = command.run(words({ "sign", "-X", "PUT", "--chunked", "--data-binary", "@" .. file,
                                             "--output", "http", "s3://photos/a b" }, more), { env = EXAMPLE })
  assert(code == 0, err)
  return out
end

local function verify(request)
  server.write(dir .. "/request", request)
  local out, _, code = command.run({ "verify", "--json", dir .. "/request" }, { env = EXAMPLE })
  return code, cjson.decode(out)
end

local KINDS = { {}, { "--trailer", "crc32c" }, { "--trailer", "sha256", "-H", "Content-Encoding: gzip" },
                { "--trailer", "crc64nvme", "--unsigned-payload" } }

describe("fingerpost sign --chunked", function()
  it("prints a body that the judge and verify find right", function()
    for _, kind in ipairs(KINDS) do
      local raw = signed(kind)
      server.write(dir .. "/question", cjson.encode { raw = mime.b64(raw), secret = EXAMPLE.AWS_SECRET_ACCESS_KEY })
      local answer = cjson.decode(server.must(("/usr/bin/python3 %s request <%s"):format(
        server.quote(server.support .. "/verify_stream.py"), server.quote(dir .. "/question"))))
      assert.is_true(answer.ok, answer.reason)
      assert.same({ 65536, 34464 }, answer.chunks)
      assert.equal(0, (verify(raw)))
    end
  end)

  it("and verify refuses when a byte, a signature or a checksum is changed", function()
    local raw = signed()
    local code, said = verify(raw:sub(1, -1000) .. "x" .. raw:sub(-998))
    assert.equal(1, code)
    assert.equal("BAD_SIGNATURE", said.code)
    code, said = verify((raw:gsub("(\r\n0;chunk%-signature=)........", "%100000000")))
    assert.equal("1 BAD_SIGNATURE", code .. " " .. said.code)
    code, said = verify((signed(KINDS[4]):gsub("(crc64nvme:)....", "%1AAAA")))
    assert.equal("1 BAD_CHECKSUM", code .. " " .. said.code)
  end)

  it("says what is wrong with the command", function()
    for pattern, args in pairs {
      ["no checksum"] = { "--chunked", "--trailer", "md5" },
      ["add %-%-chunked"] = { "--trailer", "crc32" },
      ["this kind of body has one"] = { "--chunked", "--unsigned-payload" },
      ["https"] = { "--chunked", "--unsigned-payload", "--trailer", "crc32", "--endpoint-url", "http://127.0.0.1:1" },
      ["own content%-length"] = { "--chunked", "-H", "Content-Length: 5" },
      ["%-%-output http"] = { "--chunked", "--output", "curl" },
    } do
      local out, err, code = command.run(words({ "sign", "-X", "PUT", "-d", "x", "s3://photos/a" }, args),
                                         { env = EXAMPLE })
      assert.equal("2 ", code .. " " .. out)
      assert.matches(pattern, err)
    end
  end)
end)

describe("fingerpost request --chunked", function()
  local s, env

  setup(function()
    s = require("radosgw").start()
    env = command.credentials(s)
    s3.create(s, BUCKET)
  end)

  local function put(path, key, more, how)
    local options = { env = env }
    for k, v in pairs(how or {}) do options[k] = v end
    return command.run(words({ "request", "--chunked", "-T", path, "s3://" .. BUCKET .. "/" .. key, "--fail",
                               "--endpoint-url", "http://127.0.0.1:" .. s.port }, more), options)
  end

  it("is taken by radosgw, which has the file's bytes", function()
    for _, n in ipairs { 1, 65535, 65536, 65537, 100000 } do
      server.write(file, bytes:sub(1, n))
      local _, err, code = put(file, "k" .. n)
      assert.equal(0, code, err)
      assert.is_true(s3.get(s, BUCKET, "k" .. n).body == bytes:sub(1, n))
    end
    server.write(file, bytes)
  end)

  -- The next request that |c| brings, whole.
  local function receive(c)
    local head, line = {}, assert(c:receive("*l"))
    while line ~= "" do
      head[#head + 1], line = line, assert(c:receive("*l"))
    end
    local text = table.concat(head, "\r\n")
    return text .. "\r\n\r\n" .. assert(c:receive(tonumber(text:lower():match("\ncontent%-length: (%d+)"))))
  end

  it("begins anew, with a new signature, after a redirect", function()
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    listener:settimeout(20)
    local running = io.popen(command.line({ "request", "--chunked", "--trailer", "crc32", "-L", "-T", file, "-m", "20",
      "--path-style", "--endpoint-url", "http://127.0.0.1:" .. port, "s3://photos/a" }, EXAMPLE))
    local c = assert(listener:accept())
    c:settimeout(20)
    local first = receive(c)
    c:send("HTTP/1.1 307 Moved\r\nLocation: /photos/b\r\nContent-Length: 0\r\n\r\n")
    local second = receive(c)
    c:send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    c:close()
    listener:close()
    assert.is_true(running:close())
    for i, request in ipairs { first, second } do
      assert.matches("^PUT /photos/" .. ("ab"):sub(i, i) .. " ", request)
      server.write(dir .. "/request", request)
      local _, err, code = command.run({ "verify", "--http", dir .. "/request" }, { env = EXAMPLE })
      assert.equal(0, code, err)
    end
  end)

  it("is refused with a wrong key", function()
    local _, _, code = put(file, "wrong", nil, { env = command.with(env, { AWS_SECRET_ACCESS_KEY = "wrong" }) })
    assert.equal(22, code)
  end)

  it("wants a file", function()
    local _, err, code = put("-", "x")
    assert.equal(2, code)
    assert.matches("%-T FILE", err)
  end)

  it("stops when the file turns out longer than was said", function()
    -- /proc's files say that they are empty; a server that never answers can't be first
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    local _, err, code = command.run({ "request", "--chunked", "-T", "/proc/self/status", "-m", "20", "--path-style",
      "--endpoint-url", "http://127.0.0.1:" .. port, "s3://photos/a" }, { env = EXAMPLE })
    listener:close()
    assert.equal(2, code, err)
    assert.matches("body", err)
  end)

  it("sends 200 MiB in less than 60 MB of memory", function()
    local function peak(path, key)
      local _, err, code = put(path, key, { "--max-time", "60" }, { shell = "& pid=$!; peak=0; " ..
        "while kill -0 $pid 2>/dev/null; do p=$(sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$pid/status 2>/dev/null); " ..
        "peak=${p:-$peak}; sleep 0.05; done; echo peak $peak >&2; wait $pid" })
      assert.equal(0, code, err)
      return tonumber(err:match("peak (%d+)"))
    end
    local large = dir .. "/large"
    server.must("truncate -s 200M " .. server.quote(large))
    local large_kib = peak(large, "large")
    print(("peak resident: %d KiB for 200 MiB"):format(large_kib))
    assert.is_true(large_kib < 60000)
    os.remove(large)
  end)
end)
