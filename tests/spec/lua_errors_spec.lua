-- SPDX-License-Identifier: Apache-2.0
-- What the binding refuses: mistakes of the program raise, what depends on data comes
-- back as nil, message, code. Names that begin with a letter and a number ("B14 …") are
-- the security properties' own.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local signers = require "signers"

local signer, credentials, NOW = signers.signer, signers.credentials, signers.NOW
local s3 = signer {}
local plain = signer { signing_name = "service", signing_region = "us-east-1" }
local URL = "https://example.amazonaws.com/"
local SECRETS = { signers.SECRET, "zQ7secret", "tok-zQ7token" }

-- |code| is what came back, with a message that matches |pattern| and holds no secret.
local function refused(code, pattern, ...)
  local value, message, got = ...
  assert.is_nil(value)
  assert.equal(code, got, message)
  assert.equal("string", type(message))
  assert.matches(pattern, message)
  for _, secret in ipairs(SECRETS) do assert.is_nil(message:find(secret, 1, true)) end
  assert.is_nil(message:find("[^\32-\126]"), "unprintable bytes in the message")
  assert.is_true(#message < 256, "a message of " .. #message .. " bytes")
end

local function sign(fields)
  local request = { url = URL }
  for k, v in pairs(fields) do request[k] = v end
  return plain:sign(request)
end

local function get(bucket, key)
  return s3:sign { bucket = bucket, key = key }
end

describe("data is refused with a code:", function()
  local codes = {} -- those that were seen

  local function expect(code, pattern, ...)
    codes[code] = true
    return refused(code, pattern, ...)
  end

  it("A1 a region with a byte outside a-z, 0-9 and '-', wherever it stands", function()
    for byte = 0, 255 do
      local c = string.char(byte)
      for _, region in ipairs { c .. "u-west-1", "eu-" .. c .. "est-1", "eu-west-" .. c } do
        if c:find("^[a-z0-9]$") or (c == "-" and not region:find("^%-") and not region:find("%-$")) then
          assert(fgp.signer { service = "sqs", region = region, credentials = credentials })
          assert(fgp.signer { signing_name = "s", signing_region = region, credentials = credentials })
        else
          expect("BAD_REGION", "region", fgp.signer { service = "s3", region = region, credentials = credentials })
          expect("BAD_REGION", "region",
                 fgp.signer { signing_name = "s", signing_region = region, credentials = credentials })
        end
      end
    end
  end)

  it("A2 an empty or overlong region, A3 one that would break out of its host, A4 one in capitals", function()
    for _, region in ipairs { "", ("a"):rep(64), "-a", "a-", "evil.com#", "x@evil:443/#", "us-east-1\r\nX:1",
                              "us-east-1.", "us-east-1/..", "%2e", "us-east-1\0x", "US-EAST-1" } do
      expect("BAD_REGION", "region", fgp.signer { service = "s3", region = region, credentials = credentials })
      expect("BAD_REGION", "region",
             fgp.signer { service = "s3", credentials = credentials, params = { Region = region } })
    end
    expect("BAD_REGION", "no region", fgp.signer { service = "s3", credentials = credentials })
    for _, region in ipairs { "x@evil:443/#", "evil.com#", "us-east-1/.." } do
      local ep, _, code = fgp.resolve("sqs", { Region = region })
      assert.is_nil(ep, region)
      assert.is_truthy(code == "BAD_REGION" or code == "BAD_URL" or code == "ENDPOINT_RULE", code)
    end
    expect("BAD_REGION", "Region", fgp.resolve("sqs", { Region = "x@evil:443/#" }))
  end)

  it("A8 an endpoint of one's own that is no plain URL", function()
    for _, endpoint in ipairs { "https://u@x.example", "https://x.example#f", "https://x.example\\y", "https://x y",
                                "https://x.example\r\n", "https://", "https://x.example:0", "https://x.example:65536",
                                "https://x.example:443x", "ftp://x.example", "https://x%2fy" } do
      local by, message, code = fgp.signer { service = "sqs", region = "eu-west-1", credentials = credentials,
                                             params = { Endpoint = endpoint } }
      if by then by, message, code = by:sign {} end
      assert.is_nil(by, endpoint)
      assert.is_truthy(code == "BAD_URL" or code == "ENDPOINT_RULE", tostring(code) .. " " .. tostring(message))
    end
  end)

  it("a URL that is none", function()
    for _, url in ipairs { "", "/x", "example.com", "ftp://x/", "https://a@b/", "https://a/#f", "https://a/b c",
                           "https://a:0/", "https://a\r\nX: y/", "https://a/\\", "https:///x" } do
      expect("BAD_URL", "", plain:sign { url = url })
    end
  end)

  it("a service that nobody has", function()
    expect("UNKNOWN_SERVICE", "dynamdb.*%(did you mean 'dynamodb'%?%)", fgp.resolve("dynamdb", {}))
    expect("UNKNOWN_SERVICE", "did you mean 'lambda'", fgp.signer { service = "lamdba", region = "eu-west-1",
                                                                    credentials = credentials })
    local _, message = fgp.resolve("no such service at all", {})
    assert.is_nil(message:find("did you mean", 1, true))
    expect("UNKNOWN_SERVICE", "", fgp.resolve("", {}))
    expect("UNKNOWN_SERVICE", "\\x00", fgp.resolve("s3\0x", {}))
    expect("UNKNOWN_SERVICE", "", fgp.resolve(("x"):rep(10000), {}))
  end)

  it("a parameter that the service has not, or not of this type", function()
    expect("BAD_PARAMETER", "Regoin", fgp.resolve("s3", { Regoin = "eu-west-1" }))
    expect("BAD_PARAMETER", "UseFIPS", fgp.resolve("s3", { UseFIPS = "true" }))
    expect("BAD_PARAMETER", "Region", fgp.resolve("s3", { Region = { "eu-west-1" } }))
    expect("BAD_PARAMETER", "Bucket", signer({ service = "sqs" }):sign { bucket = "photos", key = "x" })
    expect("BAD_PARAMETER", "Bucket", fgp.signer { service = "sqs", region = "eu-west-1", credentials = credentials,
                                                   params = { Bucket = "photos" } })
  end)

  it("A14 what the rules refuse, in their own words, whole", function()
    expect("ENDPOINT_RULE", "^Accelerate cannot be used with FIPS$",
           signer({ params = { UseFIPS = true, Accelerate = true } }):sign { bucket = "photos", key = "x" })
    expect("ENDPOINT_RULE", "^Invalid Configuration: Missing Region$", fgp.resolve("sqs", {}))
  end)

  it("B1 B2 B3 a bucket that is none", function()
    for _, bucket in ipairs { "", ".", "..", "ab", ("a"):rep(64), "a/b/c", "a#bc", "a?bc", "a@bc", "a%2fb", "a\\bc", "a\nbc",
                              "a bc", "bücket", "Bucket", "a_bc", "-abc", "abc.", "a..b" } do
      expect("BAD_BUCKET", "bucket", get(bucket, "x"))
      expect("BAD_BUCKET", "bucket", s3:presign { bucket = bucket, key = "x" })
      -- nor among the parameters: the rules would take it, and put it into the path
      expect("BAD_BUCKET", "bucket", s3:sign { params = { Bucket = bucket } })
      expect("BAD_BUCKET", "bucket", fgp.signer { service = "s3", region = "eu-west-1", credentials = credentials,
                                                  params = { Bucket = bucket } })
    end
  end)

  it("B7 an ARN that is malformed, or of another region or partition", function()
    for _, arn in ipairs { "arn:::::", "arn:aws:s3:eu-west-1:123456789012:accesspoint:",
                           "arn:aws:s3:eu-west-1:12/34:accesspoint:x",
                           "arn:aws:s3:eu-west-1:123456789012:accesspoint:x:y:z",
                           "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:x",
                           "arn:aws:s3:us-east-1:123456789012:accesspoint:x", "arn:aws:s3::x", "arn:",
                           "arn:aws:s3:eu-west-1:123456789012:accesspoint:x@evil/#", "arn:aws:s3:eu-west-1:1:accesspoint:x\r\ny",
                           "arn:aws:s3:e@v:123456789012:accesspoint:x" } do
      local r, message, code = signer({ params = { UseArnRegion = false } }):sign { bucket = arn, key = "x" }
      assert.is_nil(r, arn)
      assert.is_truthy(code == "ENDPOINT_RULE" or code == "BAD_URL", message)
    end
  end)

  it("B14 an empty key, or one of 1,025 bytes", function()
    expect("BAD_KEY", "key", get("photos", ""))
    expect("BAD_KEY", "key", get("photos", ("k"):rep(1025)))
    assert(get("photos", ("k"):rep(1024)))
  end)

  it("B14 a path of 64 KiB, or one that begins elsewhere", function()
    local sts = signer { service = "sts" }
    expect("BAD_PATH", "path", sts:sign { path = "/" .. ("x"):rep(65536) })
    expect("BAD_PATH", "path", sts:sign { path = "/" .. ("ü"):rep(1e6) })
    expect("BAD_PATH", "begin", sts:sign { path = "x" })
    expect("BAD_PATH", "", s3:sign { url = URL .. "%zz" })
  end)

  it("B12 a query that is malformed, B17 overlong or of too many parameters", function()
    for _, query in ipairs { "%zz", "a=%", "a=%4", "a\nb", "a#b" } do
      expect("BAD_QUERY", "query", sign { query = query })
    end
    expect("BAD_QUERY", "query", sign { query = { a = ("x"):rep(65536) } })
    expect("BAD_QUERY", "query", sign { query = { a = ("\xff"):rep(1e6) } })
    local many = {}
    for i = 1, 1001 do many[i] = { "a", i } end
    expect("BAD_QUERY", "1000", sign { query = many })
  end)

  it("B18 a request that carries a signature already", function()
    for _, name in ipairs { "X-Amz-Signature", "x-amz-credential", "X-AMZ-DATE", "X-Amz-Algorithm",
                            "X-Amz-SignedHeaders", "X-Amz-Expires", "X-Amz-Security-Token", "%58-Amz-Date" } do
      expect("ALREADY_SIGNED", "", sign { query = name .. "=1" })
      expect("ALREADY_SIGNED", "", plain:presign { url = URL .. "?" .. name .. "=1" })
    end
    for _, name in ipairs { "Authorization", "X-Amz-Date", "x-amz-content-sha256", "X-Amz-Security-Token" } do
      expect("ALREADY_SIGNED", "header", sign { headers = { [name:lower()] = "x" } })
      expect("ALREADY_SIGNED", "", sign { headers = { { name, "x" } } })
    end
  end)

  it("C1 CR, LF, NUL and other control bytes in a header's name or value", function()
    for byte = 0, 127 do
      local c = string.char(byte)
      if byte < 32 and c ~= "\t" or byte == 127 then
        expect("BAD_HEADER", "x%-a", sign { headers = { ["x-a"] = "a" .. c .. "b" } })
        expect("BAD_HEADER", "x%-a", sign { headers = { ["x-a"] = { "fine", c } } })
      end
      if not c:find("[%w!#$%%&'*+%-.^_`|~]") then
        expect("BAD_HEADER", "header", sign { headers = { ["x" .. c .. "a"] = "1" } })
      end
    end
    expect("BAD_HEADER", "empty", sign { headers = { [""] = "x" } })
  end)

  it("C4 a header repeated that must not be", function()
    for _, name in ipairs { "Host", "Content-Type", "content-md5" } do
      expect("BAD_HEADER", "repeated", sign { headers = { { name, "a" }, { name:lower(), "a" } } })
    end
  end)

  it("C5 more than 200 headers, or 64 KiB of them", function()
    local headers = {}
    for i = 1, 201 do headers[i] = { "x-" .. i, "1" } end
    expect("BAD_HEADER", "200", sign { headers = headers })
    expect("BAD_HEADER", "65535", sign { headers = { ["x-a"] = ("v"):rep(65536) } })
  end)

  it("C12 a content-length that is not the body's", function()
    expect("BAD_HEADER", "content%-length", sign { body = "abc", headers = { ["Content-Length"] = 4 } })
    expect("BAD_HEADER", "content%-length", sign { method = "PUT", headers = { ["content-length"] = "5" } })
    assert(sign { body = "abc", headers = { ["Content-Length"] = 3 } })
  end)

  it("a method that is no token", function()
    for _, method in ipairs { "", "GET /", "G\r\nET", "G\0ET", "GÉT" } do
      expect("BAD_METHOD", "method", sign { method = method })
    end
  end)

  it("a payload that is none, or contradicts the body", function()
    for _, payload in ipairs { "", "UNSIGNED", "e3b0", ("E"):rep(64), ("x"):rep(64), ("0"):rep(65) } do
      expect("BAD_PAYLOAD", "payload", sign { payload = payload })
    end
    expect("BAD_PAYLOAD", "payload", fgp.signer { service = "s3", region = "eu-west-1", credentials = credentials,
                                                  payload = "none" })
    expect("BAD_PAYLOAD", "body", sign { body = "x", payload = "empty" })
    expect("BAD_PAYLOAD", "body", sign { body = "x", payload = { length = 1, sha256 = ("0"):rep(64) } })
    expect("BAD_PAYLOAD", "negative", sign { payload = { length = -1, sha256 = ("0"):rep(64) } })
    expect("BAD_PAYLOAD", "payload", sign { payload = { length = 1, sha256 = "" } })
    expect("BAD_PAYLOAD", "https", plain:sign { url = "http://example.com/", payload = "unsigned" })
  end)

  it("an expiry that is not within 1 second and 7 days", function()
    for _, expires in ipairs { 0, -1, 604801, 2^53, -2^53 } do
      expect("BAD_EXPIRES", "", plain:presign({ url = URL }, { expires = expires }))
    end
  end)

  it("a time that is not within the years 1970 to 9999", function()
    for _, time in ipairs { -1, 253402300800, 2^53 } do
      expect("BAD_TIME", "", signer({ time = time }):sign { bucket = "photos", key = "x" })
      expect("BAD_TIME", "", signer({ time = function() return time end }):sign { bucket = "photos", key = "x" })
    end
    assert(signer({ time = 0 }):sign { bucket = "photos", key = "x" })
    assert(signer({ time = 253402300799 }):sign { bucket = "photos", key = "x" })
  end)

  it("a signing name that is none", function()
    for _, name in ipairs { "", "a/b", "a b", "a\n", ("a"):rep(64) } do
      expect("BAD_SIGNING_NAME", "", fgp.signer { signing_name = name, signing_region = "eu-west-1",
                                                  credentials = credentials })
    end
  end)

  it("an endpoint that wants another scheme than what there is", function()
    expect("UNSUPPORTED_AUTH", "", get("photos--use1-az4--x-s3", "x"))
    local mrap = { bucket = "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap", key = "x" }
    assert(signer({ algorithm = "sigv4a" }):sign(mrap))
    expect("UNSUPPORTED_AUTH", "sigv4a", signer({ algorithm = "sigv4" }):sign(mrap))
    expect("UNSUPPORTED_AUTH", "sigv4a", signer({ signing_region = "eu-west-1" }):sign(mrap))
  end)

  it("a region set that is none", function()
    for _, set in ipairs { {}, { "" }, { "EU-WEST-1" }, { "eu-west-1", "" }, { "a b" }, { "a\r\nx:y" },
                           { ("a"):rep(64) }, { "\x80" } } do
      expect("BAD_REGION", "region set", fgp.signer { service = "s3", region = "eu-west-1",
        credentials = credentials, algorithm = "sigv4a", region_set = set })
    end
  end)

  it("D14 credentials that are missing or incomplete", function()
    expect("NO_CREDENTIALS", "credentials", fgp.signer { service = "s3", region = "eu-west-1" })
    expect("NO_CREDENTIALS", "credentials", fgp.credentials.static("", ""))
    expect("BAD_CREDENTIALS", "access key id", fgp.credentials.static("", "zQ7secret"))
    expect("BAD_CREDENTIALS", "secret access key", fgp.credentials.static("AKID", ""))
  end)

  it("D13 credentials with bytes that would break a header, without showing them", function()
    for _, bad in ipairs { "\r\n", "\0", " ", "\127", "ü" } do
      expect("BAD_CREDENTIALS", "access key id", fgp.credentials.static("AKID" .. bad, "zQ7secret"))
      expect("BAD_CREDENTIALS", "session token", fgp.credentials.static("AKID", "zQ7secret", "tok-zQ7token" .. bad))
    end
    for _, bad in ipairs { "/", "," } do
      expect("BAD_CREDENTIALS", "access key id", fgp.credentials.static("AKID" .. bad, "zQ7secret"))
    end
    -- a secret in the id's place is not shown either
    expect("BAD_CREDENTIALS", "access key id", fgp.credentials.static("zQ7secret/x", "AKID"))
    expect("BAD_CREDENTIALS", "secret", fgp.credentials.static("AKID", ("s"):rep(257)))
  end)

  it("a token for nobody, a form that no policy can say, a reply that is none", function()
    expect("BAD_USER", "user", fgp.token { service = "rds", region = "eu-west-1", host = "h", port = 1,
                                           credentials = credentials })
    expect("BAD_POLICY", "field", s3:post_policy { bucket = "photos", key = "x", fields = { policy = "" } })
    expect("NO_REPLY", "CreateSession", fgp.credentials.session(0, ""))
    expect("BAD_REPLY", "CreateSession", fgp.credentials.session(200, ""))
  end)

  it("a body in chunks, a trailer, an event that can't be", function()
    local function chunked(field, body)
      return s3:sign { method = "PUT", bucket = "photos", key = "x", chunked = field, body = body }
    end
    expect("BAD_BODY", "length", chunked { length = -1 })
    expect("BAD_CHUNK", "chunk", chunked { length = 1, chunk_size = 8191 })
    expect("BAD_TRAILER", "checksum", chunked { length = 1, trailer = "md5" })
    expect("BAD_EVENT", "header", fgp.event.encode { [""] = "x" })
    local r = assert(chunked({ trailer = "crc32", unsigned = true }, "hello"))
    local came = assert(fgp.verify({ method = "PUT", url = r.url, headers = r.headers, payload = "later" },
                                   function() return credentials end, { time = NOW }))
    expect("BAD_CHECKSUM", "crc32", came.decoder:write((r.body:gsub("(crc32:)....", "%1AAAA"))))
  end)

  it("and these are all the codes that docs/lua.md lists", function()
    local page = io.open((os.getenv("FINGERPOST_SOURCE") or ".") .. "/docs/lua.md"):read("a")
    local listed = {}
    for first in page:match("\n## Codes\n(.-)\n## "):gmatch("\n|([^|]*)|") do
      for code in first:gmatch("`([A-Z_]+)`") do listed[code] = true end
    end
    assert.same(listed, codes)
  end)
end)

describe("a mistake raises", function()
  local function raises(pattern, fn, ...)
    local ok, message = pcall(fn, ...)
    assert.is_false(ok, "it went through")
    assert.matches(pattern, message)
    for _, secret in ipairs(SECRETS) do assert.is_nil(message:find(secret, 1, true)) end
  end

  it("with the field's name and those that there are", function()
    raises("bad field 'methd' in request %(expected one of method, url, path, .*trace%)", s3.sign, s3,
           { methd = "GET" })
    raises("bad field 'number' in request", s3.sign, s3, { "GET" })
    raises("bad field 'expire' in options %(expected one of expires%)", s3.presign, s3, {}, { expire = 1 })
    raises("bad field 'endpoint' in signer", fgp.signer, { endpoint = "x" })
    raises("bad field 'sha' in payload", s3.sign, s3, { payload = { sha = "x" } })
  end)

  it("with the field's name and type", function()
    local types = { method = { 1 }, url = { true }, path = { 1 }, bucket = { {} }, key = { 1 }, query = { 1 },
                    headers = { "x" }, body = { 1, {} }, payload = { 1, true }, params = { "x" }, trace = { 1, "true" } }
    for name, values in pairs(types) do
      for _, value in ipairs(values) do
        raises(("bad field '%s' in request %%(.* expected, got %s%%)"):format(name, type(value)), s3.sign, s3,
               { [name] = value })
      end
    end
    raises("bad field 'body' in request %(string expected, got number%)", s3.sign, s3, { body = 1 })
    raises("bad field 'path' in request %(string or table expected, got boolean%)", s3.sign, s3, { path = true })
    local own = { service = 1, region = {}, signing_name = 1, signing_region = 1, params = "x", credentials = "x",
                  algorithm = 4, region_set = "x", normalize = 1, double_encode = "yes", content_sha256 = 1, payload = {}, sign_headers = 1,
                  session_token = true, time = "now" }
    for name, value in pairs(own) do
      raises(("bad field '%s' in signer %%(.* expected, got %s%%)"):format(name, type(value)), fgp.signer,
             { [name] = value })
    end
  end)

  it("for a field that has no such value", function()
    local function of(fields)
      fields.service, fields.region, fields.credentials = "s3", "eu-west-1", fields.credentials or credentials
      return fields
    end
    raises("'algorithm' in signer .*sigv4", fgp.signer, of { algorithm = "sigv2" })
    raises("'region_set', which is for .*sigv4a", fgp.signer, of { region_set = { "*" } })
    raises("'region_set' in signer %(its item 1", fgp.signer, of { algorithm = "sigv4a", region_set = { 1 } })
    raises("'session_token' in signer", fgp.signer, of { session_token = "hide" })
    raises("'sign_headers' in signer", fgp.signer, of { sign_headers = "none" })
    raises("'sign_headers' in signer %(its item 2", fgp.signer, of { sign_headers = { "a", 1 } })
    raises("'credentials' in signer %(fingerpost.Credentials expected", fgp.signer, of { credentials = io.stdout })
    raises("'credentials' in signer %(fingerpost.Credentials expected", fgp.signer, of { credentials = s3 })
    raises("'time' %(a whole number expected%)", fgp.signer, of { time = 1.5 })
    raises("'time' %(a whole number expected%)", fgp.signer, of { time = 0 / 0 })
    raises("'time' %(a whole number expected%)", fgp.signer, of { time = 1 / 0 })
    raises("'expires' %(a whole number expected%)", s3.presign, s3, { bucket = "photos", key = "x" }, { expires = 1.5 })
    raises("'time' gave a string", function()
      signer({ time = function() return "now" end }):sign { bucket = "photos", key = "x" }
    end)
    raises("needs both length and sha256", s3.sign, s3, { payload = { length = 1 } })
  end)

  it("for a signer that says too little, or too much", function()
    raises("signer needs 'service'", fgp.signer, { credentials = credentials })
    raises("signer needs 'service'", fgp.signer, { credentials = credentials, signing_name = "s3" })
    raises("'params' but no 'service'", fgp.signer,
           { credentials = credentials, signing_name = "s3", region = "x", params = {} })
    raises("both 'region' and params.Region", fgp.signer,
           { credentials = credentials, service = "s3", region = "x", params = { Region = "y" } })
  end)

  it("for a request that says too little, or too much", function()
    raises("either 'url', or 'path', or 'bucket' and 'key'", s3.sign, s3, { url = URL, path = "/" })
    raises("either 'url', or 'path', or 'bucket' and 'key'", s3.sign, s3, { bucket = "photos", path = "/" })
    raises("either 'url', or 'path', or 'bucket' and 'key'", s3.sign, s3, { key = "x", url = URL })
    raises("'key' needs 'bucket'", s3.sign, s3, { key = "x" })
    raises("needs 'url'", plain.sign, plain, { path = "/" })
    raises("no use for 'params'", s3.sign, s3, { url = URL, params = {} })
  end)

  it("for headers and query parameters that would be signed as 'table: 0x…'", function()
    for _, value in ipairs { true, false, {}, print, { {} }, { "a", true } } do
      raises("bad header 'x%-a' ", sign, { headers = { ["x-a"] = value } })
      raises("bad header 'x%-a' ", sign, { headers = { { "x-a", value } } })
      raises("bad query parameter 'a' ", sign, { query = { a = value } })
    end
    raises("bad header 'x%-a' %(.*got nil%)", sign, { headers = { { "x-a" } } })
    raises("bad header 'x%-a' %(.*got nil%)", sign, { headers = { { "x-a", nil } } })
    raises("bad header name %(string expected, got number%)", sign, { headers = { { 1, "x" } } })
    raises("bad header name %(string expected, got boolean%)", sign, { headers = { [true] = "x" } })
    raises("bad header 1 %(a pair {name, value} expected, got string%)", sign, { headers = { "x-a: 1" } })
    raises("not both", sign, { headers = { { "x-a", "1" }, ["x-b"] = "2" } })
    raises("bad query parameter name", sign, { query = { [1.5] = "x" } })
    raises("'path' in request %(its item 2", function() signer({ service = "sts" }):sign { path = { "a", 1 } } end)
  end)

  it("with a name that can be printed, cut where it is long", function()
    raises("bad header 'x\\x0d\\x0ay\\x00\\xff' ", sign, { headers = { ["x\r\ny\0\xff"] = true } })
    raises("bad query parameter '" .. ("q"):rep(64) .. "' ", sign, { query = { [("q"):rep(1000)] = true } })
    raises("bad field 'a\\x0a' in request", sign, { ["a\n"] = true })
  end)

  it("for parameters that none could be", function()
    raises("bad parameter 'Region' %(string, boolean or list", fgp.resolve, "s3", { Region = 1 })
    raises("bad parameter 'Region' %(string, boolean or list", fgp.resolve, "s3", { Region = print })
    raises("bad parameter 'X' %(its item 1", fgp.resolve, "s3", { X = { 1 } })
    raises("a parameter's name must be a string", fgp.resolve, "s3", { "eu-west-1" })
    raises("string expected", fgp.resolve, nil)
    raises("string expected", fgp.resolve, 1)
    raises("table expected", fgp.resolve, "s3", "eu-west-1")
  end)

  it("for arguments of other types", function()
    raises("table expected", fgp.signer)
    raises("table expected", s3.sign, s3, "GET")
    raises("table expected", s3.sign, s3)
    raises("table expected", s3.presign, s3, {}, 900)
    raises("fingerpost.Signer expected", s3.sign, {}, {})
    raises("fingerpost.Signer expected", s3.sign, credentials, {})
    raises("fingerpost.Signer expected", s3.close, io.stdout)
    raises("fingerpost.Credentials expected", credentials.close, s3)
    raises("string expected", fgp.credentials.static, "AKID")
    raises("string expected", fgp.credentials.static, "AKID", 1)
    raises("string expected", fgp.credentials.static, "AKID", "x", 1)
  end)

  it("when the caller's clock does, and passes on what it raised", function()
    local what = {}
    local by = signer { time = function() error(what) end }
    local ok, raised = pcall(by.sign, by, { bucket = "photos", key = "x" })
    assert.is_false(ok)
    assert.equal(what, raised)
  end)

  it("and never asks a metamethod", function()
    local trap = { __index = function() error("asked") end, __pairs = function() error("asked") end,
                   __len = function() error("asked") end }
    local r = assert(s3:sign(setmetatable({ bucket = "photos", key = "x", headers = setmetatable({ a = "1" }, trap),
                                            query = setmetatable({ { "b", "2" } }, trap) }, trap)))
    assert.equal("1", r.headers.a)
    assert.matches("%?b=2$", r.url)
    assert.equal(NOW, signers.NOW)
  end)
end)
