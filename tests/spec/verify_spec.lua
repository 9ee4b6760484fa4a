-- SPDX-License-Identifier: Apache-2.0
-- fingerpost.verify: what others signed is taken, what was changed after is refused, and
-- for its own reason. Our own signatures, and the independent verifier's verdicts, are in
-- verify_others_spec.lua.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local signers = require "signers"
local vectors = require "vectors"

local NOW, ID, SECRET, TOKEN = signers.NOW, signers.ID, signers.SECRET, "Session/Token+Example=="

local function lookup(id) if id == ID then return SECRET end end

local function copy(request)
  local all = {}
  for k, v in pairs(request) do all[k] = v end
  if request.headers then
    all.headers = {}
    for i, pair in ipairs(request.headers) do all.headers[i] = { pair[1], pair[2] } end
  end
  return all
end

local function header(request, name, value)
  for i, pair in ipairs(request.headers) do
    if pair[1]:lower() == name then
      if value == nil then table.remove(request.headers, i) else pair[2] = value end
      return request
    end
  end
  table.insert(request.headers, { name, value })
  return request
end

-- ---- the official suite --------------------------------------------------------

describe("the official suite's signed requests", function()
  local cases, missing = vectors.official "v4"
  if not cases then
    pending(missing)
    return
  end
  local taken, refused = 0, 0

  local function verify(case, request)
    local context = case.context
    return fgp.verify(request, function(id, scope)
      assert.same({ date = "20150830", region = context.region, service = context.service }, scope)
      if id ~= context.credentials.access_key_id then return nil end
      return context.credentials.secret_access_key, context.credentials.token
    end, { time = NOW, normalize = context.normalize, double_encode = true,
           token_unsigned = context.omit_session_token, trace = true })
  end

  -- One byte of |text| at |at| as another, which is neither the same nor its twin in case.
  local function spoil(text, at)
    local c = text:sub(at, at)
    return text:sub(1, at - 1) .. (c == "q" and "w" or "q") .. text:sub(at + 1)
  end

  local function refuse(case, form, what, request)
    local ok, why, code = verify(case, request)
    assert.is_nil(ok, case.name .. ", " .. form .. ": " .. what .. " was changed, and it is taken")
    assert.is_string(why)
    assert.is_string(code)
    refused = refused + 1
  end

  local function spoil_header(case, form, request)
    for i, pair in ipairs(request.headers) do
      local name = pair[1]:lower()
      local signed = case.want[form].canonical_request:find("\n" .. name .. ":", 1, true)
      if signed and pair[2]:find("%S") then
        local other = copy(request)
        other.headers[i][2] = spoil(pair[2], (pair[2]:find "%S"))
        return other
      end
    end
  end

  local function spoil_signature(request)
    local other = copy(request)
    local function flip(s) return (s:gsub("ignature=(%x)", function(x) return "ignature=" .. (x == "0" and "1" or "0") end)) end
    for _, pair in ipairs(other.headers) do
      if pair[1]:lower() == "authorization" then pair[2] = flip(pair[2]) end
    end
    other.target = flip(other.target)
    return other
  end

  for _, case in ipairs(cases) do
    for _, form in ipairs { "header", "query" } do
      it(case.name .. ", " .. form, function()
        local want = case.want[form]
        local signed = want.signed_request
        local request = { method = signed.method, target = signed.target, headers = signed.headers, body = signed.body }
        local who, why, code = verify(case, request)
        assert(who, ("%s %s"):format(why, code))
        assert.equal(want.canonical_request, who.canonical_request)
        assert.equal(want.string_to_sign, who.string_to_sign)
        assert.equal(case.context.credentials.access_key_id, who.access_key_id)
        assert.equal(form == "query", who.presigned)
        taken = taken + 1

        refuse(case, form, "the signature", spoil_signature(request))
        refuse(case, form, "a header", spoil_header(case, form, request))
        local other = copy(request)
        local path, query = request.target:match("^([^?]*)(.*)$")
        other.target = path .. "q" .. query
        refuse(case, form, "the path", other)
        other = copy(request)
        other.target = request.target .. (query == "" and "?" or "&") .. "q=1"
        refuse(case, form, "the query", other)
      end)
    end
  end

  it("are all taken, and refused where one byte is another", function()
    assert.equal(76, taken)
    assert.equal(304, refused)
    print(("%d of 76 official requests are taken; %d changed ones refused"):format(taken, refused))
  end)
end)

-- ---- reasons -------------------------------------------------------------------

-- A PUT to S3 as it is on the wire.
local function put(token)
  local credentials = assert(fgp.credentials.static(ID, SECRET, token))
  local r = assert(signers.signer { credentials = credentials }:sign {
    method = "PUT", bucket = "photos", key = "a b", body = "hello", query = { partNumber = "1" },
    headers = { ["content-type"] = "text/plain", ["x-amz-meta-a"] = "1" } })
  local request = { method = "PUT", target = r.url:match("^https://[^/]*(.*)$"), headers = {}, body = r.body }
  for name, value in pairs(r.headers) do table.insert(request.headers, { name, value }) end
  table.sort(request.headers, function(a, b) return a[1] < b[1] end)
  return request
end

local function url(fields, options)
  local r = { bucket = "photos", key = "x" }
  for k, v in pairs(fields or {}) do r[k] = v end
  local signer = signers.signer {}
  return { url = assert(signer:presign(r, options)) }
end

local function verify(request, options, by)
  local all = { time = NOW }
  for k, v in pairs(options or {}) do all[k] = v end
  return fgp.verify(request, by or lookup, all)
end

local function refused(code, request, options, by)
  local ok, why, got = verify(request, options, by)
  assert.is_nil(ok, "it is taken, and " .. code .. " was due")
  assert.equal(code, got, why)
  assert.is_nil(why:find(SECRET, 1, true))
  return why
end

local function authorization(change)
  local request = put()
  for _, pair in ipairs(request.headers) do
    if pair[1] == "authorization" then pair[2] = change(pair[2]) end
  end
  return request
end

local function sub(pattern, by)
  return function(s)
    local changed, n = s:gsub(pattern, by)
    assert(n > 0, pattern)
    return changed
  end
end

local function presigned(pattern, by)
  local r = url()
  r.url = sub(pattern, by)(r.url)
  return r
end

describe("a request is refused because", function()
  it("it is not signed: NOT_SIGNED", function()
    refused("NOT_SIGNED", header(put(), "authorization", nil))
    refused("NOT_SIGNED", { url = "https://example.com/?a=b" })
  end)

  it("the header is malformed, or there are two signatures: BAD_AUTH", function()
    for _, change in ipairs {
      sub("Signature=%x+", "Signature=abc"), sub("Signature=(%x+)", "Signature=%10"),
      sub("Signature=%x", "Signature=G"), sub("Signature=(%x+)", function(x) return "Signature=" .. x:upper() end),
      sub(", Signature=.*", ""), sub("Credential=[^,]*, ", ""), sub("SignedHeaders=[^,]*, ", ""),
      sub("$", ", Signature=00"), sub("$", ", Other=1"), sub("$", ","), sub(",", " "),
      sub("256 ", "256  "), sub(", ", ",  "), sub("Credential", "credential"),
      sub("/eu%-west%-1/", "/"), sub("/eu%-west%-1/", "/EU-WEST-1/"), sub("/s3/", "/s 3/"), sub("/2015", "/015"),
      sub("aws4_request", "aws4_request/x"), sub(ID, ""),
    } do
      refused("BAD_AUTH", authorization(change))
    end
    local both = put()
    both.target = both.target .. "&X-Amz-Signature=" .. ("0"):rep(64)
    refused("BAD_AUTH", both)
    both.target = put().target .. "&X%2dAmz%2DExpires=1"
    refused("BAD_AUTH", both)
    refused("BAD_AUTH", header(put(), "x-amz-date", nil))
    for _, bad in ipairs { "20150830T123600", "20150830T126000Z", "20150230T123600Z", "2015-08-30T12:36Z", "x" } do
      refused("BAD_AUTH", header(put(), "x-amz-date", bad))
    end
    refused("BAD_AUTH", presigned("&X%-Amz%-Date=[^&]*", ""))
    refused("BAD_AUTH", presigned("X%-Amz%-Algorithm=[^&]*&", ""))
    refused("BAD_AUTH", presigned("&X%-Amz%-Signature=[^&]*", ""))
    refused("BAD_AUTH", presigned("&X%-Amz%-SignedHeaders=[^&]*", ""))
    refused("BAD_AUTH", presigned("&X%-Amz%-Credential=[^&]*", ""))
    refused("BAD_AUTH", presigned("X%-Amz%-Date", "x-amz-date"))
    local said_twice = url()
    said_twice.headers = { ["x-amz-date"] = "20150830T123600Z" }
    refused("BAD_AUTH", said_twice)
  end)

  it("its algorithm is another: UNKNOWN_ALGORITHM", function()
    refused("UNKNOWN_ALGORITHM", authorization(sub("^%S+", "AWS4-HMAC-SHA512")))
    refused("UNKNOWN_ALGORITHM", authorization(sub("^%S+", "aws4-hmac-sha256")))
    refused("UNKNOWN_ALGORITHM", header(put(), "authorization", "AWS " .. ID .. ":frJIUN8DYpKDtOLCwo//yllqDzg="))
    refused("UNKNOWN_ALGORITHM", header(put(), "authorization", "Basic YTpi"))
    refused("UNKNOWN_ALGORITHM", header(put(), "authorization", ""))
    refused("UNKNOWN_ALGORITHM", presigned("SHA256", "SHA1"))
  end)

  it("something came twice: DUPLICATE", function()
    for _, name in ipairs { "Host", "AUTHORIZATION", "X-Amz-Date", "x-amz-content-sha256", "Content-Type" } do
      local request = put()
      for _, pair in ipairs(request.headers) do
        if pair[1] == name:lower() then table.insert(request.headers, { name, pair[2] }) break end
      end
      assert.truthy(refused("DUPLICATE", request):find(name:lower(), 1, true))
    end
    refused("DUPLICATE", presigned("$", "&X-Amz-Signature=" .. ("0"):rep(64)))
    refused("DUPLICATE", presigned("$", "&%%58-Amz-Date=20150830T123600Z"))
    refused("BAD_AUTH", presigned("$", "&x-aMZ-expires=604800"))
  end)

  it("its scope is another: SCOPE_MISMATCH", function()
    refused("SCOPE_MISMATCH", authorization(sub("/2015", "/2016")))
    refused("SCOPE_MISMATCH", authorization(sub("aws4_request", "aws5_request")))
    refused("SCOPE_MISMATCH", put(), { region = "us-east-1" })
    refused("SCOPE_MISMATCH", put(), { service = "sts" })
    assert(verify(put(), { region = "eu-west-1", service = "s3" }))
  end)

  it("its time is too far away: TIME_SKEW, to the second", function()
    for _, offset in ipairs { 0, 900, -900 } do assert(verify(put(), { time = NOW + offset })) end
    assert.truthy(refused("TIME_SKEW", put(), { time = NOW + 901 }):find('behind "901"', 1, true))
    assert.truthy(refused("TIME_SKEW", put(), { time = NOW - 901 }):find('ahead "901"', 1, true))
    assert(verify(put(), { time = NOW + 60, skew = 60 }))
    refused("TIME_SKEW", put(), { time = NOW + 61, skew = 60 })
    assert(verify(url(), { time = NOW - 900 }))
    refused("TIME_SKEW", url(), { time = NOW - 901 })
    refused("BAD_TIME", put(), { time = -1 })
  end)

  it("it has expired: EXPIRED, at the second itself", function()
    assert(verify(url(nil, { expires = 60 }), { time = NOW + 59 }))
    assert.truthy(refused("EXPIRED", url(nil, { expires = 60 }), { time = NOW + 60 }):find('"0"', 1, true))
    assert(verify(url(nil, { expires = 604800 }), { time = NOW + 604799 }))
    refused("EXPIRED", url(nil, { expires = 604800 }), { time = NOW + 604800 })
  end)

  it("its expiry is none: BAD_EXPIRES", function()
    for _, bad in ipairs { "0", "604801", "-1", "+1", "01", "1.0", "", "9999999999999999999999", "1e3", "%%20900" } do
      refused("BAD_EXPIRES", presigned("X%-Amz%-Expires=%d+", "X-Amz-Expires=" .. bad))
    end
    refused("BAD_EXPIRES", presigned("&X%-Amz%-Expires=%d+", ""))
  end)

  it("SignedHeaders is no list of what came: BAD_SIGNED_HEADERS", function()
    for _, change in ipairs {
      sub("SignedHeaders=", "SignedHeaders=accept;"), sub("SignedHeaders=[^,]*", "SignedHeaders="),
      sub("host;", "host;host;"), sub("content%-type;host", "host;content-type"), sub("host", "Host"),
      sub("host;", "host;;"), sub("x%-amz%-meta%-a,", "x-amz-meta-a;,"), sub("x%-amz%-meta%-a,", "x-amz-meta-a;z,"),
    } do
      refused("BAD_SIGNED_HEADERS", authorization(change))
    end
    refused("BAD_SIGNED_HEADERS", header(put(), "x-amz-meta-a", nil))
    refused("BAD_SIGNED_HEADERS", presigned("SignedHeaders=host", "SignedHeaders=host%%3Brange"))
  end)

  it("a header is not covered: NOT_COVERED", function()
    for _, name in ipairs { "x-amz-copy-source", "X-Amz-Acl", "x_amz_acl", "X-AMZ_acl", "x-amz-" } do
      assert.truthy(refused("NOT_COVERED", header(put(), name, "/a/b")):find(name:lower(), 1, true))
      local r = url()
      r.headers = { [name] = "/a/b" }
      refused("NOT_COVERED", r)
    end
    assert.truthy(refused("NOT_COVERED", authorization(sub("host;", ""))):find("host", 1, true))
    assert(verify(header(put(), "range", "bytes=0-1")))
    assert.truthy(refused("NOT_COVERED", header(put(), "Range", "bytes=0-1"), { must_cover = { "range" } }):find("range", 1, true))
    assert(verify(header(put(), "x-amz", "no x-amz-*")))
  end)

  it("x-amz-content-sha256 alone need not be covered", function()
    local r = url()
    r.headers = { ["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD" }
    assert(verify(r))
    r.headers["x-amz-content-sha256"] = ("0"):rep(64)
    refused("PAYLOAD_MISMATCH", r)
  end)

  it("its payload is not said, or open: BAD_PAYLOAD", function()
    refused("BAD_PAYLOAD", authorization(sub("x%-amz%-content%-sha256;", "")) and
      header(authorization(sub("x%-amz%-content%-sha256;", "")), "x-amz-content-sha256", nil))
    for _, bad in ipairs { "", "x", ("0"):rep(63), ("A"):rep(64), "unsigned-payload",
                           "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" } do
      refused("BAD_PAYLOAD", header(put(), "x-amz-content-sha256", bad))
    end
    local open = assert(signers.signer { payload = "unsigned" }:sign { method = "PUT", bucket = "photos", key = "x" })
    assert.equal("unsigned", assert(verify(open)).payload)
    open = { method = "PUT", scheme = "http", target = "/x", headers = open.headers }
    refused("BAD_PAYLOAD", open)
    assert(verify(open, { unsigned_over_http = true }))
    local sts = signers.signer { signing_name = "sts", signing_region = "eu-west-1" }
    local request = assert(sts:sign { method = "POST", url = "https://sts.amazonaws.com/", body = "a" })
    request.body, request.payload = nil, "later"
    refused("BAD_PAYLOAD", request)
  end)

  it("its body is another: PAYLOAD_MISMATCH", function()
    local request = put()
    request.body = "hellp"
    refused("PAYLOAD_MISMATCH", request)
    request.body = nil
    refused("PAYLOAD_MISMATCH", request)
    request.payload = ("0"):rep(64)
    refused("PAYLOAD_MISMATCH", request)
    request.payload = "later"
    local who = assert(verify(request))
    assert.is_true(who.body_due)
    assert.equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", who.payload_hash)
  end)

  it("nobody has the key: UNKNOWN_KEY", function()
    refused("UNKNOWN_KEY", put(), nil, function() return nil end)
    refused("UNKNOWN_KEY", authorization(sub(ID, "AKIDOTHER")))
    local other = fgp.credentials.static("AKIDOTHER", SECRET)
    refused("UNKNOWN_KEY", put(), nil, function() return other end)
    assert(verify(put(), nil, function() return signers.credentials end))
  end)

  it("its session token is missing, unexpected or another: BAD_TOKEN", function()
    local function with(token) return function() return SECRET, token end end
    assert(verify(put(TOKEN), nil, with(TOKEN)))
    refused("BAD_TOKEN", put(), nil, with(TOKEN))
    refused("BAD_TOKEN", put(TOKEN), nil, with(nil))
    refused("BAD_TOKEN", put(TOKEN), nil, with(TOKEN .. "="))
    refused("BAD_TOKEN", put(TOKEN), nil, with(TOKEN:lower()))
    local twice = header(put(TOKEN), "x-amz-s3session-token", TOKEN)
    refused("BAD_AUTH", twice, nil, with(TOKEN))
  end)

  it("the signature is another: BAD_SIGNATURE", function()
    refused("BAD_SIGNATURE", put(), nil, function() return SECRET .. "x" end)
    refused("BAD_SIGNATURE", authorization(sub("Signature=(%x)", function(x) return "Signature=" .. (x == "0" and "1" or "0") end)))
    local get = put()
    get.method = "GET"
    refused("BAD_SIGNATURE", get)
    refused("BAD_SIGNATURE", presigned("X%-Amz%-Expires=900", "X-Amz-Expires=901"))
  end)

  it("it is no request: BAD_METHOD, BAD_URL, BAD_PATH, BAD_QUERY, BAD_HEADER", function()
    local function with(name, value)
      local request = put()
      request[name] = value
      return request
    end
    refused("BAD_METHOD", with("method", "G T"))
    refused("BAD_URL", with("scheme", "ftp"))
    refused("BAD_PATH", with("target", "a"))
    refused("BAD_PATH", with("target", "*"))
    refused("BAD_PATH", with("target", "/%zz"))
    refused("BAD_QUERY", with("target", "/?%zz"))
    refused("BAD_HEADER", header(put(), "x-amz-meta-a", "a\nb"))
    refused("BAD_HEADER", header(put(), "host", "a@b"))
    refused("BAD_HEADER", header(put(), "host", ""))
    refused("BAD_HEADER", with("authority", "other.example"))
    refused("BAD_HEADER", header(put(), "a b", "c"))
    local many = put()
    for i = 1, 201 do many.headers[#many.headers + 1] = { "h" .. i, "x" } end
    refused("BAD_HEADER", many)
  end)
end)

describe("fgp.verify", function()
  it("takes HTTP/2's authority in place of Host", function()
    local request = put()
    local host
    for _, pair in ipairs(request.headers) do if pair[1] == "host" then host = pair[2] end end
    header(request, "host", nil)
    request.authority = host
    assert(verify(request))
    request.authority = "other.example"
    refused("BAD_SIGNATURE", request)
  end)

  it("takes a Date of SigV4's form where there is no x-amz-date", function()
    local request = header(authorization(sub("x%-amz%-date;", "")), "x-amz-date", nil)
    refused("BAD_AUTH", header(request, "date", "Sun, 30 Aug 2015 12:36:00 GMT"))
    -- right but for the signature, which was made over the other header
    refused("BAD_SIGNATURE", header(request, "date", "20150830T123600Z"))
  end)

  it("knows the day at midnight", function()
    for _, at in ipairs { 1440979199, 1440979200 } do
      local signer = signers.signer { time = at }
      local r = assert(signer:sign { bucket = "photos", key = "x" })
      local days = {}
      for _, offset in ipairs { -900, -1, 0, 1, 900 } do
        local who = assert(fgp.verify(r, lookup, { time = at + offset }))
        days[who.scope.date] = true
      end
      assert.equal(at == 1440979199 and "20150830" or "20150831", next(days))
    end
  end)

  it("verifies what it signs, in both forms, for all kinds of services", function()
    for _, service in ipairs { "s3", "sts", "dynamodb", "execute-api" } do
      local signer = signers.signer { signing_name = service, signing_region = "eu-west-1" }
      for _, target in ipairs { "/", "/a/../b//c", "/%20+@:!", "/a?b=c&a&%C3%BC=+", "/ü" } do
        local r = assert(signer:sign { method = "POST", url = "https://h.example:8443" .. target, body = "x" })
        assert(verify(r))
        assert(verify { url = assert(signer:presign { url = "https://h.example" .. target }) })
      end
    end
  end)

  it("shows what should have been signed, also where it was not", function()
    local request = put()
    request.method = "GET"
    local _, _, code, trace = verify(request, { trace = true })
    assert.equal("BAD_SIGNATURE", code)
    assert.truthy(trace.canonical_request:find("^GET\n"))
    assert.truthy(trace.string_to_sign:find("^AWS4%-HMAC%-SHA256\n"))
  end)

  it("raises for what no request, look-up or option is", function()
    local function raises(pattern, ...)
      local ok, message = pcall(fgp.verify, ...)
      assert.is_false(ok)
      assert.truthy(tostring(message):find(pattern), message)
    end
    raises("table expected", nil, lookup)
    raises("function expected", put(), {})
    raises("bad field 'x' in request", { x = 1 }, lookup)
    raises("bad field 'x' in options", put(), lookup, { x = 1 })
    raises("either 'url' or 'target'", { method = "GET" }, lookup)
    raises("either 'body' or 'payload'", { target = "/", body = "", payload = "later" }, lookup)
    raises("bad 'skew'", put(), lookup, { skew = 0 })
    raises("gave a table", put(), function() return {} end, { time = NOW })
    raises("session token", put(), function() return "a", {} end, { time = NOW })
    raises("it broke", put(), function() error "it broke" end, { time = NOW })
  end)
end)
