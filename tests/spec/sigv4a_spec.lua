-- SPDX-License-Identifier: Apache-2.0
-- SigV4A on the wire: of the binding, the command, the libcurl helper and the chunked
-- encoder. A verifier that is not ours derives the key and asks OpenSSL's command.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local command = require "command"
local fgp = require "fingerpost"
local mime = require "mime"
local origin = require "origin"
local server = require "server"

local ID, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "Session/Token+Example=="
local KEYS = { AWS_ACCESS_KEY_ID = ID, AWS_SECRET_ACCESS_KEY = SECRET, AWS_REGION = "us-west-2" }
local MRAP = "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap"
local OUTPOST = "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-01234567890123456:accesspoint:mine"
local build = os.getenv("FINGERPOST_BUILD")
local dir = server.directory()

-- The verifier's answers for |requests|; |q| goes before what is usual.
local function judge(requests, q)
  local question = { requests = requests, id = ID, secret = SECRET, region_set = "*" }
  for name, value in pairs(q or {}) do question[name] = value end
  server.write(dir .. "/question", cjson.encode(question))
  return cjson.decode(server.must(("/usr/bin/python3 %s/verify_sigv4a.py <%s/question"):format(server.support, dir)))
end

local function right(request, q)
  local answer = judge({ request }, q)[1]
  assert.is_true(answer.ok, answer.reason)
  return answer
end

-- What a signer gives, headers by name or as the command's JSON has them, as a request
-- on the wire.
local function wire(method, url, headers, body)
  local list = {}
  local host, target = url:match("^https?://([^/]+)(.*)$")
  for name, value in pairs(headers or { host = host }) do
    list[#list + 1] = type(value) == "table" and { value.name, value.value } or { name, value }
  end
  return { method = method, target = target, headers = list, body = mime.b64(body or "") or "" }
end

describe("from Lua,", function()
  local function signer(fields)
    fields.service, fields.region = "s3", "us-west-2"
    fields.credentials = assert(fgp.credentials.static(ID, SECRET, fields.token))
    fields.token = nil
    return assert(fgp.signer(fields))
  end

  local function sign(s, request, q)
    local r = assert(s:sign(request))
    right(wire(r.method, r.url, r.headers, r.body), q)
    return r
  end

  it("an endpoint that offers nothing else is signed so", function()
    local s <close> = signer {}
    local r = sign(s, { bucket = MRAP, key = "a b/ü.txt" })
    assert.equal("https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/a%20b/%C3%BC.txt", r.url)
    sign(s, { bucket = MRAP, key = "k", method = "PUT", body = "text", headers = { ["x-amz-meta-a"] = "1" } })
    right(wire("GET", (s:presign { bucket = MRAP, key = "k" })))
  end)

  it("the first scheme that an endpoint offers is taken, or SigV4 where that is asked for", function()
    local s <close> = signer {}
    sign(s, { bucket = OUTPOST, key = "k" })
    for _, fields in ipairs { { algorithm = "sigv4" }, { signing_region = "us-west-2" } } do
      local v4 <close> = signer(fields)
      assert.matches("^AWS4%-HMAC%-SHA256 .*/us%-west%-2/s3%-outposts/",
                     v4:sign({ bucket = OUTPOST, key = "k" }).headers.authorization)
    end
    assert.matches("^AWS4%-HMAC%-SHA256 ", s:sign({ bucket = "photos", key = "k" }).headers.authorization)
  end)

  it("a caller asks for it, and for regions", function()
    local s <close> = signer { algorithm = "sigv4a", region_set = { "eu-west-1", "us-*" }, token = TOKEN }
    local q = { region_set = "eu-west-1,us-*", token = TOKEN }
    sign(s, { bucket = "photos", key = "k" }, q)
    right(wire("GET", (s:presign { bucket = "photos", key = "k" })), q)
    local own <close> = signer { algorithm = "sigv4a" } -- the one region that is known
    sign(own, { bucket = "photos", key = "k" }, { region_set = "us-west-2" })
    local scoped <close> = assert(fgp.signer { signing_name = "s3", algorithm = "sigv4a", region_set = { "*" },
                                               credentials = assert(fgp.credentials.static(ID, SECRET)) })
    sign(scoped, { url = "https://photos.example.com/k" })
  end)

  it("what is changed is refused", function()
    local s <close> = signer { algorithm = "sigv4a", region_set = { "*" } }
    local r = assert(s:sign { bucket = "photos", key = "k" })
    for name, changed in pairs {
      ["the path"] = wire(r.method, r.url .. "k", r.headers),
      ["the method"] = wire("PUT", r.url, r.headers),
    } do
      assert.same({ ok = false, reason = "the signature of the request is not right" }, judge({ changed })[1], name)
    end
    assert.is_false(judge({ wire(r.method, r.url, r.headers) }, { secret = SECRET .. "x" })[1].ok)
    assert.is_false(judge({ wire(r.method, r.url, r.headers) }, { region_set = "us-west-2" })[1].ok)
  end)

  it("a closed signer signs no more", function()
    local s = signer { algorithm = "sigv4a" }
    s:close()
    s:close()
    assert.is_false(pcall(s.sign, s, { bucket = "photos", key = "k" }))
  end)
end)

describe("the command", function()
  local function json(...)
    local out, err, code = command.run({ "sign", "--output", "json", ... }, { env = KEYS })
    assert.equal(0, code, err)
    return cjson.decode(out)
  end

  local function signed(q, ...)
    local r = json(...)
    right(wire(r.method, r.url, r.headers), q)
  end

  it("signs so for an endpoint, a flag or regions", function()
    signed(nil, "--service", "s3", "--param", "Bucket=" .. MRAP, "/a.jpg")
    signed({ region_set = "us-west-2" }, "s3://photos/a.jpg", "--sigv4a")
    signed({ region_set = "eu-*,us-west-2" }, "s3://photos/a.jpg", "--region-set", "eu-*,us-west-2")
    signed(nil, "https://photos.example.com/a.jpg", "--signing-name", "s3", "--region-set", "*")
    local out, _, code = command.run({ "presign", "s3://photos/a.jpg", "--region-set", "*" }, { env = KEYS })
    assert.equal(0, code)
    right(wire("GET", (out:gsub("\n", ""))))
  end)

  it("refuses regions that are none", function()
    for _, set in ipairs { "", "EU-WEST-1", "eu-west-1, us-east-1", "a,,b", "a\nb" } do
      local out, err, code = command.run({ "sign", "s3://photos/a.jpg", "--region-set", set }, { env = KEYS })
      assert.same({ "", 2 }, { out, code })
      assert.matches("region set", err)
    end
  end)

  it("sends requests so", function()
    local o = origin.start()
    local _, err, code = command.run({ "request", "--fail", "-X", "PUT", "-d", "text", "--service", "s3",
      ("http://127.0.0.1:%d/k"):format(o.port), "--region-set", "*" },
      { env = KEYS })
    assert.equal(0, code, err)
    local r = o.last()
    r.body = mime.b64(r.body)
    r.raw, r.bad = nil, nil
    right(r)
  end)
end)

describe("a body in chunks", function()
  local KIND = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"

  local function request(q)
    local words = { server.quote(build .. "/tests/stream_tool"), "request" }
    server.write(dir .. "/body", q.body)
    local full = { access_key = ID, secret_key = SECRET, region_set = "*", kind = KIND, path = "/key",
                   host = "photos.example.com" }
    for name, value in pairs(q) do full[name] = value end
    full.body = dir .. "/body"
    for name, value in pairs(full) do words[#words + 1] = server.quote(name .. "=" .. value) end
    server.must(table.concat(words, " ") .. " >" .. dir .. "/request")
    return server.read(dir .. "/request")
  end

  local function answer(raw) return judge({ { raw = mime.b64(raw) } })[1] end

  local body = ("0123456789abcdef"):rep(1300)

  local function sha256(bytes)
    server.write(dir .. "/hashed", bytes)
    return server.must("sha256sum <" .. dir .. "/hashed"):match("^%x+")
  end

  it("is signed chunk by chunk, its length as declared whatever the signatures' are", function()
    for _ = 1, 8 do
      local a = answer(request { body = body, chunk = "8192", piece = "1000" })
      assert.is_true(a.ok, a.reason)
      assert.same({ 8192, 8192, 4416 }, a.chunks)
      assert.equal(sha256(body), a.body)
    end
    local a = answer(request { body = "" })
    assert.is_true(a.ok, a.reason)
  end)

  it("has signed trailers", function()
    local a = answer(request { body = body, kind = KIND .. "-TRAILER", checksum = "CRC32C", trailer = "x-amz-meta-t:1" })
    assert.is_true(a.ok, a.reason)
  end)

  it("is refused when a byte of it is another one", function()
    local raw = request { body = body, chunk = "8192", kind = KIND .. "-TRAILER", checksum = "CRC32" }
    local start = select(2, raw:find("\r\n\r\n", 1, true))
    for _, at in ipairs { start + 200, start + 9000, #raw - 250 } do
      local byte = raw:byte(at)
      local changed = raw:sub(1, at - 1) .. string.char(byte == 48 and 49 or 48) .. raw:sub(at + 1)
      assert.is_false(answer(changed).ok)
    end
    assert.is_true(answer(raw).ok)
  end)
end)
