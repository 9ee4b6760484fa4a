-- SPDX-License-Identifier: Apache-2.0
-- Bodies in chunks and event streams against judges that are not ours: a verifier from
-- the specifications in Python, botocore, and radosgw.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local mime = require "mime"
local server = require "server"
local socket = require "socket"

local build = assert(os.getenv("FINGERPOST_BUILD"), "FINGERPOST_BUILD says where the tool is")
local source = os.getenv("FINGERPOST_SOURCE") or "."

local KEY = { access_key = "AKIDEXAMPLE", secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" }
local SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
local TRAILER = SIGNED .. "-TRAILER"
local UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

local dir = server.directory()

-- What stream_tool prints for |command| and |q|; q.body goes by a file.
local function tool(command, q)
  local words = { server.quote(build .. "/tests/stream_tool"), command }
  for name, value in pairs(q) do
    if name == "body" then
      server.write(dir .. "/body", value)
      value = dir .. "/body"
    end
    words[#words + 1] = server.quote(name .. "=" .. value)
  end
  local path = dir .. "/out"
  local said, code = server.run(table.concat(words, " ") .. " >" .. server.quote(path))
  assert(code == 0, said)
  return server.read(path)
end

local function request(q)
  local full = { host = "examplebucket.s3.amazonaws.com", path = "/key", kind = SIGNED }
  for name, value in pairs(KEY) do full[name] = value end
  for name, value in pairs(q) do full[name] = value end
  return tool("request", full)
end

local function judge(how, q)
  server.write(dir .. "/question", cjson.encode(q))
  local said, code = server.run(("/usr/bin/python3 %s %s <%s"):format(
    server.quote(server.support .. "/verify_stream.py"), how, server.quote(dir .. "/question")))
  assert(code == 0, said)
  return cjson.decode(said)
end

local function verify(raw)
  return judge("request", { raw = mime.b64(raw), secret = KEY.secret_key })
end

local function sha256(bytes)
  server.write(dir .. "/hashed", bytes)
  return server.must("sha256sum <" .. server.quote(dir .. "/hashed")):match("^%x+")
end

-- |n| bytes, the same in each run.
local function some_bytes(n)
  local bytes, x = {}, n + 1
  for i = 1, n do
    x = (x * 1103515245 + 12345) & 0x7fffffff
    bytes[i] = string.char(x >> 16 & 255)
  end
  return table.concat(bytes)
end

describe("crc_table.c", function()
  it("is what tools/compile-crc makes", function()
    local made = server.must("lua5.4 " .. server.quote(source .. "/tools/compile-crc"))
    assert.is_true(made == server.read(source .. "/core/base/crc_table.c"),
                   "run tools/compile-crc >core/base/crc_table.c")
  end)
end)

describe("checksums", function()
  for _, n in ipairs { 0, 1, 63, 64, 65, 5000 } do
    it("are Python's, of " .. n .. " bytes", function()
      local body = some_bytes(n)
      for _, name in ipairs { "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256" } do
        local answer = verify(request { body = body, kind = TRAILER, checksum = name })
        assert.is_true(answer.ok, answer.reason)
        assert.equal(tool("checksum", { body = body, checksum = name }),
                     answer.trailers["x-amz-checksum-" .. name:lower()])
      end
    end)
  end
end)

describe("a body in chunks", function()
  local sizes = { 0, 1, 8191, 8192, 8193, 24576, 100000 }

  for _, kind in ipairs { SIGNED, TRAILER, UNSIGNED } do
    it("is right as " .. kind, function()
      for i, n in ipairs(sizes) do
        local body = some_bytes(n)
        local raw = request { body = body, kind = kind, chunk = i % 2 == 0 and 8192 or 9999,
                              piece = 1 + 3333 * i, checksum = kind ~= SIGNED and "CRC32" or "" }
        local answer = verify(raw)
        assert.is_true(answer.ok, answer.reason)
        assert.equal(sha256(body), answer.body)
      end
    end)
  end

  it("has a chunk of 64 KiB where none is said", function()
    assert.same({ 65536, 34464 }, verify(request { body = some_bytes(100000) }).chunks)
  end)

  it("has a caller's own trailer beside the checksum", function()
    local answer = verify(request { body = "x", kind = TRAILER, checksum = "SHA256",
                                    trailer = "X-Amz-Meta-Late:a b" })
    assert.is_true(answer.ok, answer.reason)
    assert.equal("a b", answer.trailers["x-amz-meta-late"])
  end)

  it("is what botocore sends, unsigned", function()
    for _, name in ipairs { "CRC32", "SHA1", "SHA256" } do
      for _, n in ipairs(sizes) do
        local body = some_bytes(n)
        local raw = request { body = body, kind = UNSIGNED, checksum = name, chunk = 8192 }
        local theirs = judge("wrap", { body = mime.b64(body) or "", checksum = name, chunk = 8192 })
        assert.is_true(mime.unb64(theirs.body) == raw:match("\r\n\r\n(.*)$"), name .. " of " .. n)
      end
    end
  end)

  it("goes unsigned over https alone", function()
    assert.has_error(function()
      request { body = "x", kind = UNSIGNED, checksum = "CRC32", scheme = "http" }
    end)
  end)

  -- so that a pass means something
  it("is refused by the judge when a byte, a signature or a checksum is changed", function()
    local body = ("a"):rep(10000)
    local raw = request { body = body, kind = TRAILER, checksum = "CRC32", chunk = 8192 }
    local changes = {
      { "aaaa\r\n710", "aaab\r\n710", "the signature of chunk 1 is not right" },
      { "(710;chunk%-signature=)%x", "%1g", "the signature of chunk 2 is not right" },
      { "(\r\n0;chunk%-signature=)%x", "%1g", "the signature of chunk 3 is not right" },
      { "(crc32:).", "%1!", "the signature of the trailer is not right" },
      { "(trailer%-signature:)%x", "%1g", "the signature of the trailer is not right" },
      { "(x%-amz%-trailer: x%-amz%-checksum%-crc32)", "%1c", "the request's own signature is not right" },
    }
    for _, change in ipairs(changes) do
      local changed, n = raw:gsub(change[1], change[2], 1)
      assert.equal(1, n)
      local answer = verify(changed)
      assert.is_false(answer.ok)
      assert.equal(change[3], answer.reason)
    end
    local unsigned = request { body = body, kind = UNSIGNED, checksum = "CRC64NVME" }
    assert.equal("x-amz-checksum-crc64nvme is not the body's",
                 verify((unsigned:gsub("aaaa\r\n0", "aaab\r\n0"))).reason)
  end)
end)

describe("events", function()
  local context = { region = "eu-west-1", service = "transcribe", secret = KEY.secret_key,
                    seed = ("e1d8"):rep(16) }

  local function stream()
    return tool("events", { secret_key = KEY.secret_key, region = context.region,
                            service = context.service, seed = context.seed, now = 1440938160 })
  end

  local function judged(raw)
    local q = { raw = mime.b64(raw) }
    for k, v in pairs(context) do q[k] = v end
    return judge("events", q)
  end

  it("are read and verified by botocore's framing and Python's hashes", function()
    local answer = judged(stream())
    assert.is_true(answer.ok, answer.reason)
    assert.equal(11, #answer.events)
    local last = answer.events[11]
    assert.equal("payload of some byte", last.payload)
    assert.same({ ["true"] = true, ["false"] = false, byte = -128, short = -32768,
                  int = 2147483647, long = math.mininteger, bytes = "000102ff", string = "grün",
                  time = 1440938160123, uuid = "30313233343536373839616263646566" }, last.headers)
  end)

  it("are refused when one is changed, left out or exchanged", function()
    local raw = stream()
    local other = context.region
    context.region = "eu-west-2"
    assert.equal("the signature of event 1 is not right", judged(raw).reason)
    context.region = other
    local first = string.unpack(">I4", raw)
    assert.equal("the signature of event 1 is not right", judged(raw:sub(first + 1)).reason)
  end)
end)

describe("docs/streaming.md", function()
  local blocks = {}
  for block in server.read(source .. "/docs/streaming.md"):gmatch("\n```c\n(.-)\n```\n") do
    blocks[#blocks + 1] = block
  end

  -- Compiles |text| against the core; the program's path.
  local function compile(name, text)
    local path = dir .. "/" .. name
    server.write(path .. ".c", text)
    server.must(("cc -std=gnu11 -Wall -Wextra -Werror %s -I %s -o %s %s.c %s -lcrypto"):format(
      os.getenv("FINGERPOST_PRELOAD") and "-fsanitize=address,undefined" or "",
      server.quote(source .. "/core"), server.quote(path), server.quote(path),
      server.quote(build .. "/core/libfgp_core.a")))
    return path
  end

  -- What the page's functions need around them.
  local MAIN = [[
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "fingerpost.h"
#define LIT(s) { s, sizeof s - 1 }
%s
int main(int argc, char **argv)   /* secret date seed length <body */
{
    static char room[1 << 20], in[1 << 20];
    size_t n = fread(in, 1, sizeof in, stdin);
    struct tm tm = { 0 };
    fgp_str region = LIT("us-east-1"), name = LIT("s3"), seed = { argv[3], strlen(argv[3]) };
    fgp_chunked body = { .kind = FGP_PAYLOAD_CHUNKS_TRAILER, .length = strtoul(argv[4], 0, 10),
                         .declared = LIT("x-amz-checksum-crc64nvme") };
    fgp_out out = { room, sizeof room, 0, NULL };
    fgp_signing_key key;
    fgp_dechunker d;
    fgp_chain chain;
    fgp_error err = { .text = "" };
    int64_t now;

    strptime(argv[2], "%%Y%%m%%dT%%H%%M%%SZ", &tm);
    now = timegm(&tm);
    fgp_signing_key_init(&key, (fgp_str){ argv[1], strlen(argv[1]) }, now, region, name, &err);
    fgp_dechunker_init(&d, &body, &key, now, seed);
    for (size_t at = 0; at < n; at += 1000)
        if (receive(&d, in + at, n - at < 1000 ? n - at : 1000, stderr) != FGP_OK)
            break;
    printf("%%d %%s\n", d.done, d.error.text);
    fgp_dechunker_wipe(&d);

    fgp_chain_init(&chain, seed, &err);
    send_audio(&chain, &key, now, (fgp_str){ in, 100 }, &out, &err);
    fgp_event_sign(&chain, &key, now, (fgp_str){ NULL, 0 }, &out, &err);
    printf("%%zu of %%zu %%s\n", read_all(room, out.need, &err), out.need, err.text);
    return argc != 5;
}
]]

  it("has programs that send and receive", function()
    assert.equal(4, #blocks)
    local body = some_bytes(100000)
    server.write(dir .. "/file", body)
    local send = compile("send", blocks[1])
    server.must(("AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s %s %s/file >%s/sent"):format(
      KEY.access_key, server.quote(KEY.secret_key), send, dir, dir))
    local raw = server.read(dir .. "/sent")
    local answer = verify(raw)
    assert.is_true(answer.ok, answer.reason)
    assert.equal(sha256(body), answer.body)

    local receive = compile("receive", MAIN:format(table.concat(blocks, "\n", 2)))
    server.write(dir .. "/sent-body", raw:match("\r\n\r\n(.*)$"))
    local said = server.must(("%s %s %s %s %d <%s/sent-body 2>%s/held"):format(
      receive, server.quote(KEY.secret_key), raw:match("x%-amz%-date: (%w+)"),
      raw:match("Signature=(%x+)"), #body, dir, dir))
    local held = server.read(dir .. "/held")
    assert.is_true(held == body, held:match("[^\n]*runtime error[^\n]*") or "the body differs")
    assert.equal("1 \n:date :chunk-signature and 204 bytes\n:date :chunk-signature and 0 bytes\n" ..
                 "370 of 370 \n", said)
  end)
end)

describe("radosgw", function()
  local s3 = require "s3"
  local s, body = nil, some_bytes(150000)

  setup(function()
    s = require("radosgw").start()
    s3.create(s, "chunks")
  end)

  -- The status and body of what radosgw answers to |raw|.
  local function send(raw)
    local c = assert(socket.connect("127.0.0.1", s.port))
    c:settimeout(20)
    c:send(raw)
    local all, _, part = c:receive("*a")
    c:close()
    all = all or part
    return tonumber(all:match("^HTTP/1.1 (%d+)")), all
  end

  local function put(q)
    local full = { access_key = s.access_key, secret_key = s.secret_key, region = s.region,
                   host = ("%s:%d"):format(s.host, s.port), path = "/chunks/key", scheme = "http" }
    for name, value in pairs(q) do full[name] = value end
    return request(full)
  end

  for _, chunk in ipairs { 8192, 65536, 1000000 } do
    it("takes a body in chunks of " .. chunk .. " bytes", function()
      local status, answer = send(put { body = body, chunk = chunk })
      assert.equal(200, status, answer)
      assert.is_true(s3.get(s, "chunks", "key").body == body)
    end)
  end

  it("refuses a body with one byte changed", function()
    local raw = put { body = body, path = "/chunks/changed" }
    local at = raw:find("\r\n\r\n", 1, true) + 1000
    raw = raw:sub(1, at - 1) .. string.char(raw:byte(at) ~ 1) .. raw:sub(at + 1)
    local status, answer = send(raw)
    assert.equal(403, status, answer)
    assert.equal(404, s3.get(s, "chunks", "changed").status)
  end)

  it("refuses a body with one chunk's signature changed", function()
    local raw = put { body = body, path = "/chunks/changed" }
    local head, rest = raw:match("^(.-\r\n\r\n.-chunk%-signature=.-chunk%-signature=)(.*)$")
    raw = head .. (rest:byte() == 48 and "1" or "0") .. rest:sub(2)
    local status, answer = send(raw)
    assert.equal(403, status, answer)
    assert.equal(404, s3.get(s, "chunks", "changed").status)
  end)

  it("refuses chunks in another order", function()
    local raw = put { body = body, chunk = 65536, path = "/chunks/changed" }
    local head, chunks = raw:match("^(.-\r\n\r\n)(.*)$")
    local n = #"10000;chunk-signature=" + 64 + 2 + 65536 + 2
    local status, answer = send(head .. chunks:sub(n + 1, 2 * n) .. chunks:sub(1, n) .. chunks:sub(2 * n + 1))
    assert.equal(403, status, answer)
  end)
end)
