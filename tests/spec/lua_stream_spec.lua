-- SPDX-License-Identifier: Apache-2.0
-- Bodies in chunks, event streams and checksums in Lua: AWS's example byte for byte, a judge
-- in Python that is not ours, and radosgw.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local fgp = require "fingerpost"
local mime = require "mime"
local server = require "server"
local socket = require "socket"

local source = os.getenv("FINGERPOST_SOURCE") or "."
local SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
local NOW = 1369353600
local dir = server.directory()

local credentials = assert(fgp.credentials.static("AKIAIOSFODNN7EXAMPLE", SECRET))

local function s3(more)
  local options = { service = "s3", region = "us-east-1", credentials = credentials, time = NOW }
  for k, v in pairs(more or {}) do options[k] = v end
  return assert(fgp.signer(options))
end

local function judge(how, q)
  server.write(dir .. "/question", cjson.encode(q))
  local said, code = server.run(("/usr/bin/python3 %s %s <%s"):format(
    server.quote(server.support .. "/verify_stream.py"), how, server.quote(dir .. "/question")))
  assert(code == 0, said)
  return cjson.decode(said)
end

-- |r| as it goes on the wire.
local function wire(r, body)
  local lines = { ("%s %s HTTP/1.1"):format(r.method, r.url:match("^%w+://[^/]*(.*)$")) }
  for name, value in pairs(r.headers) do lines[#lines + 1] = name .. ": " .. value end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

local function verify(r, body)
  return judge("request", { raw = mime.b64(wire(r, body)), secret = SECRET })
end

-- |body| through the encoder of |r|, |piece| bytes at once.
local function encode(r, body, piece)
  local out = {}
  for at = 1, #body, piece do out[#out + 1] = assert(r.encoder:write(body:sub(at, at + piece - 1))) end
  out[#out + 1] = assert(r.encoder:finish())
  return table.concat(out)
end

local function some_bytes(n)
  local bytes, x = {}, n + 1
  for i = 1, n do
    x = (x * 1103515245 + 12345) & 0x7fffffff
    bytes[i] = string.char(x >> 16 & 255)
  end
  return table.concat(bytes)
end

-- What tests/vectors/chunked/NAME.txt says is sent.
local function example(name)
  local text = server.read(("%s/tests/vectors/chunked/%s.txt"):format(source, name))
  local encoded = text:match("%-%- encoded\n(.*)$"):gsub("\n", "")
  encoded = encoded:gsub("{a%*(%d+)}", function(n) return ("a"):rep(tonumber(n)) end)
  return (encoded:gsub("\\r\\n", "\r\n")), text:match("seed%s*= (%x+)")
end

local EXAMPLE = { method = "PUT", url = "https://s3.amazonaws.com/examplebucket/chunkObject.txt",
                  headers = { ["x-amz-storage-class"] = "REDUCED_REDUNDANCY" }, trace = true }

local function chunked(of, more)
  local q = {}
  for k, v in pairs(of) do q[k] = v end
  for k, v in pairs(more) do q[k] = v end
  return q
end

describe("AWS's example", function()
  local cases = {
    { "s3-example", { "content-encoding", "content-length" }, nil, 66824 },
    { "s3-trailer-example", { "content-encoding" }, "crc32c", 66946 },
  }
  for _, case in ipairs(cases) do
    it("is " .. case[1] .. " byte for byte, in pieces and at once", function()
      local want, seed = example(case[1])
      local signer <close> = s3 { sign_headers = case[2] }
      for _, piece in ipairs { 1000, 65536, 66560 } do
        local r = assert(signer:sign(chunked(EXAMPLE, { chunked = { length = 66560, trailer = case[3] } })))
        assert.equal(seed, r.signature)
        assert.equal(tostring(case[4]), r.headers["content-length"])
        assert.equal("66560", r.headers["x-amz-decoded-content-length"])
        assert.equal("aws-chunked", r.headers["content-encoding"])
        assert.is_true(encode(r, ("a"):rep(66560), piece) == want)
      end
      local whole = assert(signer:sign(chunked(EXAMPLE, { body = ("a"):rep(66560),
                                                          chunked = { trailer = case[3] } })))
      assert.is_true(whole.body == want)
      assert.is_nil(whole.encoder)
    end)
  end
end)

describe("a body in chunks", function()
  it("is right by the judge, with each checksum, signed and not", function()
    local signer <close> = s3()
    for i, n in ipairs { 0, 1, 8191, 8192, 8193, 24576, 100000 } do
      for _, name in ipairs { "crc32", "CRC32C", "crc64nvme", "sha1", "x-amz-checksum-sha256" } do
        local body = some_bytes(n)
        local r = assert(signer:sign { method = "PUT", bucket = "photos", key = "a b",
          chunked = { length = n, chunk_size = 8192, trailer = name, unsigned = i % 2 == 0 } })
        local answer = verify(r, encode(r, body, 1 + 3333 * i))
        assert.is_true(answer.ok, answer.reason)
      end
    end
  end)

  it("keeps the coding that it has", function()
    local signer <close> = s3()
    local r = assert(signer:sign { method = "PUT", bucket = "photos", key = "x", chunked = { length = 1 },
                                   headers = { ["Content-Encoding"] = "gzip" } })
    assert.equal("aws-chunked,gzip", (r.headers["content-encoding"]:gsub(" ", "")))
    local answer = verify(r, encode(r, "x", 1))
    assert.is_true(answer.ok, answer.reason)
  end)

  it("is an error when its length is not what was said", function()
    local signer <close> = s3()
    local function start()
      return assert(signer:sign { method = "PUT", bucket = "photos", key = "x", chunked = { length = 5 } }).encoder
    end
    assert.equal("BAD_BODY", select(3, start():write("123456")))
    local short = start()
    assert(short:write("1234"))
    assert.equal("BAD_BODY", select(3, short:finish()))
    assert.equal("BAD_BODY", select(3, short:write("5")))
  end)

  it("refuses what can't be sent, with a code", function()
    local signer <close> = s3()
    local plain <close> = s3 { params = { Endpoint = "http://127.0.0.1:9000" } }
    local function code(by, field, more)
      return select(3, by:sign(chunked({ method = "PUT", bucket = "photos", key = "x", chunked = field }, more or {})))
    end
    assert.equal("BAD_TRAILER", code(signer, { length = 1, trailer = "md5" }))
    assert.equal("BAD_TRAILER", code(signer, { length = 1, unsigned = true }))
    assert.equal("BAD_CHUNK", code(signer, { length = 1, chunk_size = 8191 }))
    assert.equal("BAD_CHUNK", code(signer, { length = 1, chunk_size = 1 << 31 }))
    assert.equal("BAD_BODY", code(signer, { length = -1 }))
    assert.equal("BAD_BODY", code(signer, { length = 1 << 51 }))
    assert.equal("BAD_PAYLOAD", code(plain, { length = 1, unsigned = true, trailer = "crc32" }))
    for _, name in ipairs { "Content-Length", "Transfer-Encoding", "X-Amz-Trailer", "x-amz-decoded-content-length" } do
      assert.equal("BAD_HEADER", code(signer, { length = 1 }, { headers = { [name] = "1" } }))
    end
  end)

  it("raises for fields that contradict each other", function()
    local signer <close> = s3()
    local function sign(more) return signer:sign(chunked({ bucket = "photos", key = "x" }, more)) end
    assert.error_matches(function() sign { chunked = {} } end, "chunked.length")
    assert.error_matches(function() sign { chunked = { length = 1 }, body = "x" } end, "chunked.length")
    assert.error_matches(function() sign { chunked = { length = 1 }, payload = "unsigned" } end, "'payload'")
    assert.error_matches(function() sign { chunked = { size = 1 } } end, "'size'")
    assert.error_matches(function() sign { chunked = { length = 1.5 } } end, "whole number")
    assert.error_matches(function()
      signer:presign { bucket = "photos", key = "x", chunked = { length = 1 } }
    end, "presigned")
  end)

  it("stops when its signer is closed", function()
    local signer = s3 { algorithm = "sigv4a", region_set = { "*" } }
    local r = assert(signer:sign { method = "PUT", bucket = "photos", key = "x", chunked = { length = 1 } })
    assert.equal("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", r.headers["x-amz-content-sha256"])
    signer:close()
    assert.error_matches(function() r.encoder:write("x") end, "closed")
  end)

  it("has the length by SigV4A that was said", function()
    local signer <close> = s3 { algorithm = "sigv4a", region_set = { "*" } }
    for _, trailer in ipairs { false, "crc32" } do
      local r = assert(signer:sign { method = "PUT", bucket = "photos", key = "x",
                                     chunked = { length = 20000, chunk_size = 8192, trailer = trailer or nil } })
      assert.equal(tonumber(r.headers["content-length"]), #encode(r, some_bytes(20000), 5000))
    end
  end)
end)

describe("a decoder", function()
  local function lookup() return credentials end

  -- What came, and its decoder; |change| may change what is on the wire.
  local function came(field, body)
    local signer <close> = s3()
    local r = assert(signer:sign { method = "PUT", bucket = "photos", key = "x", chunked = field, body = body })
    return assert(fgp.verify({ method = "PUT", url = r.url, headers = r.headers, payload = "later" }, lookup,
                             { time = NOW })).decoder, r.body
  end

  local function decode(decoder, sent, piece)
    local out = {}
    for at = 1, #sent, piece do
      local bytes, message, code = decoder:write(sent:sub(at, at + piece - 1))
      if not bytes then return nil, message, code, table.concat(out) end
      out[#out + 1] = bytes
    end
    local trailers, message, code = decoder:finish()
    if not trailers then return nil, message, code, table.concat(out) end
    return table.concat(out), trailers
  end

  it("gives back the body, whatever the pieces", function()
    local body = some_bytes(30000)
    for _, piece in ipairs { 1, 7, 1000, 8192, 100000 } do
      for _, field in ipairs { { chunk_size = 8192 }, { chunk_size = 9000, trailer = "crc32c" },
                               { trailer = "sha256", unsigned = true } } do
        local decoder, sent = came(field, body)
        local got, trailers = decode(decoder, sent, piece)
        assert.is_true(got == body)
        assert.equal(field.trailer and fgp.checksum(field.trailer, body) or nil,
                     field.trailer and trailers["x-amz-checksum-" .. field.trailer])
      end
    end
  end)

  it("gives out no byte of a chunk that was changed", function()
    local body = some_bytes(30000)
    for _, at in ipairs { 200, 8000, 9000, 20000, 30100 } do
      for _, piece in ipairs { 100, 100000 } do
        local decoder, sent = came({ chunk_size = 8192 }, body)
        sent = sent:sub(1, at - 1) .. string.char(sent:byte(at) ~ 1) .. sent:sub(at + 1)
        local got, _, code, used = decode(decoder, sent, piece)
        assert.is_nil(got)
        assert.is_truthy(code == "BAD_SIGNATURE" or code == "BAD_CHUNK", code)
        assert.is_true(#used % 8192 == 0 and #used < at and body:sub(1, #used) == used)
      end
    end
  end)

  it("says what is wrong", function()
    local body = some_bytes(100)
    local function code(field, change)
      local decoder, sent = came(field, body)
      return select(3, decode(decoder, change(sent), 1000))
    end
    assert.equal("BAD_CHUNK", code({}, function(sent) return sent:sub(1, -3) end))
    assert.equal("BAD_CHUNK", code({}, function(sent) return sent .. "x" end))
    assert.equal("BAD_CHECKSUM", code({ trailer = "crc32", unsigned = true }, function(sent)
      return (sent:gsub("(crc32:)....", "%1AAAA"))
    end))
    assert.equal("BAD_SIGNATURE", code({ trailer = "crc32" }, function(sent)
      return (sent:gsub("(trailer%-signature:)........", "%1abcdef01"))
    end))
  end)

  it("is not there for what is malformed", function()
    local signer <close> = s3 { sign_headers = "minimal" }
    local r = assert(signer:sign { method = "PUT", bucket = "photos", key = "x", chunked = {}, body = "x" })
    r.headers["content-encoding"] = nil
    assert.equal("BAD_HEADER", select(3, fgp.verify(r, lookup, { time = NOW })))
  end)
end)

describe("events", function()
  local function transcribe(time)
    return assert(fgp.signer { service = "transcribe", region = "us-east-1",
                               credentials = credentials, time = time or NOW })
  end

  it("are messages both ways", function()
    local headers = { [":message-type"] = "event", yes = true, no = false, a = { byte = -1 }, b = { short = -2 },
                      c = { int = 1 << 30 }, d = { long = math.mininteger }, e = { bytes = "\0\1" },
                      f = { time = 1440938160000 }, g = { uuid = ("u"):rep(16) } }
    local bytes = assert(fgp.event.encode(headers, "payload"))
    local event, next_at = assert(fgp.event.decode("xx" .. bytes .. "yy", 3))
    assert.same({ headers = headers, payload = "payload" }, event)
    assert.equal(3 + #bytes, next_at)
    for n = 0, #bytes - 1 do
      local got, need = fgp.event.decode(bytes:sub(1, n))
      assert.is_false(got)
      assert.is_true(need > n and need <= #bytes)
    end
    assert.equal("BAD_EVENT", select(3, fgp.event.decode(bytes:sub(1, -2) .. "\0")))
    assert.equal("BAD_EVENT", select(3, fgp.event.encode({ [""] = "x" })))
    assert.equal("BAD_EVENT", select(3, fgp.event.encode({ a = { byte = 128 } })))
    assert.has_error(function() fgp.event.encode({ a = 1 }) end)
    assert.has_error(function() fgp.event.encode({ a = { int = "1" } }) end)
    assert.has_error(function() fgp.event.encode({ a = { word = 1 } }) end)
  end)

  local function stream(clock)
    local now = NOW
    local signer = transcribe(clock or function() return now end)
    local r = assert(signer:sign { method = "POST", path = "/stream-transcription", payload = "events", trace = true })
    assert.equal("STREAMING-AWS4-HMAC-SHA256-EVENTS", r.headers["x-amz-content-sha256"])
    assert.is_nil(r.headers["content-length"])
    local sent = {}
    for _, text in ipairs { "one", "two" } do
      sent[#sent + 1] = assert(r.events:sign(assert(fgp.event.encode({ [":event-type"] = "AudioEvent" }, text))))
    end
    sent[#sent + 1] = assert(r.events:finish())
    assert.error_matches(function() r.events:sign("x") end, "after the end")
    return r, sent, signer
  end

  it("are signed as the judge wants, into the next day as well", function()
    local midnight, calls = NOW - NOW % 86400 + 86400, 0
    for _, clock in ipairs { false, function() calls = calls + 1 return midnight - 3 + calls end } do
      local r, sent = stream(clock or nil)
      local answer = judge("events", { raw = mime.b64(table.concat(sent)), secret = SECRET, seed = r.signature,
                                       region = "us-east-1", service = "transcribe" })
      assert.is_true(answer.ok, answer.reason)
      assert.equal("one", answer.events[1].payload)
      assert.equal("two", answer.events[2].payload)
    end
  end)

  it("are checked as they come in", function()
    local r, sent = stream()
    local function reader()
      return assert(fgp.verify({ method = "POST", url = r.url, headers = r.headers, payload = "later" },
                               function() return credentials end, { time = NOW })).events
    end
    local all, at, texts = table.concat(sent), 1, {}
    local events = reader()
    while at <= #all do
      local message, next_at, when = assert(events:read(all, at))
      assert.equal(NOW, when)
      texts[#texts + 1] = message ~= "" and assert(fgp.event.decode(message)).payload or "end"
      at = next_at
    end
    assert.same({ "one", "two", "end" }, texts)
    assert.is_false((reader():read(all:sub(1, 20))))
    assert.equal("BAD_SIGNATURE", select(3, reader():read(sent[2])))
  end)

  it("are no events by SigV4A", function()
    local signer <close> = s3 { algorithm = "sigv4a", region_set = { "*" }, payload = "events" }
    assert.is_nil((signer:sign { method = "POST", bucket = "photos", key = "x" }))
    local plain <close> = transcribe()
    assert.equal("BAD_PAYLOAD", select(3, plain:sign { method = "POST", path = "/x", body = "x", payload = "events" }))
  end)
end)

describe("fgp.checksum", function()
  it("is the same in pieces, and zlib's check value", function()
    assert.equal("y/Q5Jg==", fgp.checksum("crc32", "123456789")) -- 0xcbf43926
    assert.equal("4waSgw==", fgp.checksum("CRC32C", "123456789")) -- 0xe3069283
    assert.equal("rosUhgp5mIg=", fgp.checksum("crc64nvme", "123456789")) -- 0xae8b14860a799888
    for _, name in ipairs { "crc32", "crc32c", "crc64nvme", "sha1", "sha256" } do
      local c = fgp.checksum(name)
      for digit in ("123456789"):gmatch(".") do c:add(digit) end
      assert.equal(fgp.checksum(name, "123456789"), c:value())
      assert.error_matches(function() c:add("x") end, "was taken")
    end
    assert.error_matches(function() fgp.checksum("md5") end, "crc64nvme")
  end)
end)

describe("radosgw", function()
  local s, signer
  setup(function()
    s = require("radosgw").start()
    require("s3").create(s, "lua-chunks")
    signer = assert(fgp.signer { service = "s3", region = "us-east-1",
      credentials = assert(fgp.credentials.static(s.access_key, s.secret_key)),
      params = { Endpoint = "http://127.0.0.1:" .. s.port, ForcePathStyle = true } })
  end)

  -- PUTs |body| as |change| leaves it on the wire; the status.
  local function put(key, body, change)
    local r = assert(signer:sign { method = "PUT", bucket = "lua-chunks", key = key, body = body,
                                   chunked = { chunk_size = 8192 } })
    local c = assert(socket.connect("127.0.0.1", s.port))
    c:settimeout(20)
    r.headers.connection = "close"
    local sent = wire(r, change(r.body))
    local at = 0
    while at < #sent do
      local n = c:send(sent, at + 1)
      if not n then break end
      at = n
    end
    local status = tonumber((c:receive("*l") or ""):match("^HTTP/1.1 (%d+)"))
    c:close()
    return status
  end

  local function same(sent) return sent end

  it("takes it, and has the body's bytes", function()
    for i, n in ipairs { 1, 8192, 100000 } do
      local body = some_bytes(n)
      assert.equal(200, put("k" .. i, body, same))
      assert.is_true(require("s3").get(s, "lua-chunks", "k" .. i).body == body)
    end
  end)

  it("refuses it when a byte or a signature is changed", function()
    local body = some_bytes(30000)
    assert.equal(403, put("bad", body, function(sent)
      return sent:sub(1, 9999) .. string.char(sent:byte(10000) ~ 1) .. sent:sub(10001)
    end))
    assert.equal(403, put("bad", body, function(sent)
      return (sent:gsub("(chunk%-signature=)(%x)", function(name, digit)
        return name .. (digit == "0" and "1" or "0")
      end, 2))
    end))
    assert.equal(404, require("s3").get(s, "lua-chunks", "bad").status)
  end)
end)

describe("Swift", function()
  it("has no bodies in chunks, and says so", function()
    local s = require("swift").start()
    require("s3").create(s, "lua-chunks")
    local signer <close> = assert(fgp.signer { service = "s3", region = s.region or "us-east-1",
      credentials = assert(fgp.credentials.static(s.access_key, s.secret_key)),
      params = { Endpoint = "http://127.0.0.1:" .. s.port, ForcePathStyle = true } })
    local r = assert(signer:sign { method = "PUT", bucket = "lua-chunks", key = "x", body = "x", chunked = {} })
    local c = assert(socket.connect("127.0.0.1", s.port))
    c:settimeout(20)
    c:send(wire(r, r.body))
    assert.equal("501", (c:receive("*l") or ""):match("^HTTP/1.1 (%d+)"))
    c:close()
  end)
end)
