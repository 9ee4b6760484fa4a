-- SPDX-License-Identifier: Apache-2.0
-- Requests: in which forms they are taken, and what comes back. What is refused:
-- lua_errors_spec.lua.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local signers = require "signers"

local signer = signers.signer
local s3 = signer {}
local plain = signer { signing_name = "service", signing_region = "us-east-1" }
local URL = "https://example.amazonaws.com/"

local function path_of(r)
  return r.canonical_request:match("^[^\n]*\n([^\n]*)\n")
end

describe("a signed request", function()
  it("has method, url, headers and body, and nothing else", function()
    local r = assert(s3:sign { method = "PUT", bucket = "photos", key = "a b/ü.txt", body = "xx",
                               headers = { ["Content-Type"] = "text/plain" } })
    local fields = {}
    for name in pairs(r) do fields[#fields + 1] = name end
    table.sort(fields)
    assert.same({ "body", "headers", "method", "url" }, fields)
    assert.equal("PUT", r.method)
    assert.equal("https://photos.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC.txt", r.url)
    assert.equal("xx", r.body)
    local names = {}
    for name, value in pairs(r.headers) do
      names[#names + 1] = name
      assert.equal("string", type(value), name)
      assert.equal(name:lower(), name)
    end
    table.sort(names)
    assert.same({ "authorization", "content-length", "content-type", "host", "x-amz-content-sha256", "x-amz-date" },
                names)
    assert.equal("photos.s3.eu-west-1.amazonaws.com", r.headers.host)
    assert.equal("20150830T123600Z", r.headers["x-amz-date"])
  end)

  it("is a new table; the caller's are left alone", function()
    local headers = { ["X-Amz-Meta-A"] = 1 }
    local request = { bucket = "photos", key = "x", headers = headers }
    local r = assert(s3:sign(request))
    assert.are_not.equal(headers, r.headers)
    assert.same({ ["X-Amz-Meta-A"] = 1 }, headers)
    assert.same({ bucket = "photos", key = "x", headers = headers }, request)
    assert.equal("1", r.headers["x-amz-meta-a"])
  end)

  it("is traced when asked", function()
    local r = assert(s3:sign { bucket = "photos", key = "x", trace = true })
    assert.equal(r.headers.authorization:match("Signature=(%x+)$"), r.signature)
    assert.matches("^GET\n/x\n\nhost:photos%.s3%.eu%-west%-1%.amazonaws%.com\n", r.canonical_request)
    assert.matches("^AWS4%-HMAC%-SHA256\n20150830T123600Z\n20150830/eu%-west%-1/s3/aws4_request\n%x+$",
                   r.string_to_sign)
    assert.is_nil(s3:sign({ bucket = "photos", key = "x" }).signature)
  end)

  it("has a content-length when there is a body, or one could be expected", function()
    local function length(request) return assert(plain:sign(request)).headers["content-length"] end
    assert.equal("3", length { method = "POST", url = URL, body = "a\0b" })
    assert.equal("3", length { method = "GET", url = URL, body = "abc" })
    assert.equal("0", length { method = "PUT", url = URL })
    assert.equal("0", length { method = "POST", url = URL })
    assert.equal("0", length { method = "POST", url = URL, payload = "empty" })
    assert.is_nil(length { method = "GET", url = URL })
    assert.is_nil(length { method = "DELETE", url = URL })
    local digest = ("0"):rep(64)
    assert.is_nil(length { method = "PUT", url = URL, payload = digest })
    assert.equal("7000000000", length { method = "PUT", url = URL, payload = { length = 7000000000, sha256 = digest } })
    assert.is_nil(length { method = "PUT", url = URL, body = "x", headers = { ["Transfer-Encoding"] = "chunked" } })
  end)

  it("does not sign the content-length", function()
    local r = assert(s3:sign { method = "PUT", bucket = "photos", key = "x", body = "xx" })
    assert.is_nil(r.headers.authorization:find("content-length", 1, true))
  end)

  it("has lines for libcurl and arrays for HAProxy", function()
    local r = assert(plain:sign { url = URL, headers = { ["X-A"] = "1", ["x-empty"] = "" } })
    local all = r:lines()
    table.sort(all)
    assert.equal(5, #all)
    assert.equal("authorization: " .. r.headers.authorization, all[1])
    assert.equal("host: example.amazonaws.com", all[2])
    assert.equal("x-a: 1", all[3])
    assert.equal("x-amz-date: 20150830T123600Z", all[4])
    assert.equal("x-empty;", all[5])
    assert.same({ "1" }, r:arrays()["x-a"])
    assert.same({ "example.amazonaws.com" }, r:arrays().host)
  end)
end)

describe("a request's target", function()
  -- The keys that break other signers: each must come back from the URL, byte for byte.
  local keys = { "plain.txt", "a b.txt", "a+b", "a%20b", "dir//x", "a/../b", "./x", "a?b", "a#b", "ü.txt", "a:b@c",
                 "(x)'!*", "a&b=c", "~t", "a;b", "tr/", "..", "/a", "%2e%2e/x", "a\0b", "\xff", ("k"):rep(1024) }
  for _, key in ipairs(keys) do
    it(("carries the key %q"):format(#key > 20 and #key .. " bytes long" or key), function()
      local r = assert(s3:sign { bucket = "photos", key = key, trace = true })
      local path = r.url:match("^https://photos%.s3%.eu%-west%-1%.amazonaws%.com/(.*)$")
      assert.is_nil(path:find("[^A-Za-z0-9%-._~/%%]"))
      assert.is_nil(path:gsub("%%%u%d", ""):gsub("%%%d%u", ""):gsub("%%%d%d", ""):gsub("%%%u%u", ""):find("%%"))
      assert.equal(key, (path:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)))
      assert.equal("/" .. path, path_of(r))
    end)
  end

  it("is a path of raw bytes, encoded once", function()
    local lambda = signer { service = "lambda" }
    local r = assert(lambda:sign { method = "POST", path = "/2015-03-31/functions/arn:aws:lambda:a b%/invocations",
                                   trace = true })
    local path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aa%20b%25/invocations"
    assert.equal("https://lambda.eu-west-1.amazonaws.com" .. path, r.url)
    assert.equal((path:gsub("%%", "%%25")), path_of(r))
  end)

  it("is a path in segments, in which a '/' is data", function()
    local bedrock = signer { service = "bedrock-runtime" }
    local arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.x"
    local r = assert(bedrock:sign { method = "POST", path = { "model", arn, "converse" }, body = "{}" })
    assert.equal("https://bedrock-runtime.eu-west-1.amazonaws.com/model/"
      .. "arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.x/converse", r.url)
  end)

  it("is the endpoint's own path alone when none is given", function()
    assert.equal("https://sts.eu-west-1.amazonaws.com/", signer({ service = "sts" }):sign({ method = "POST" }).url)
    assert.equal("https://photos.s3.eu-west-1.amazonaws.com/", s3:sign({ bucket = "photos" }).url)
  end)

  it("comes after the path of an endpoint of one's own", function()
    local own = signer { service = "lambda", params = { Endpoint = "http://127.0.0.1:9000/base/" } }
    assert.equal("http://127.0.0.1:9000/base/x", own:sign({ path = "/x" }).url)
    local s3own = signer { params = { Endpoint = "http://127.0.0.1:9000", ForcePathStyle = true } }
    local r = assert(s3own:sign { bucket = "photos", key = "a b" })
    assert.equal("http://127.0.0.1:9000/photos/a%20b", r.url)
    assert.equal("127.0.0.1:9000", r.headers.host)
  end)

  it("is a URL in wire form, signed by the service's rules", function()
    local r = assert(s3:sign { url = "https://other.example:8443/a%2bb?x=1&a", trace = true })
    assert.equal("https://other.example:8443/a%2Bb?a=&x=1", r.url)
    assert.equal("other.example:8443", r.headers.host)
    assert.matches("/20150830/eu%-west%-1/s3/aws4_request,", r.headers.authorization)
    assert.truthy(r.headers["x-amz-content-sha256"])
  end)

  it("takes its scope from the service, not from the host of a URL", function()
    local iam = signer { service = "iam" }
    local r = assert(iam:sign { method = "POST", url = "https://es.eu-north-1.amazonaws.com/" })
    assert.matches("/20150830/us%-east%-1/iam/aws4_request,", r.headers.authorization)
  end)

  it("follows an ARN into its own region, with a key of its own", function()
    local by = signer { params = { UseArnRegion = true } }
    local arn = "arn:aws:s3:eu-north-1:123456789012:accesspoint:photos"
    local before = by:sign({ bucket = "photos", key = "x", trace = true })
    local other = assert(by:sign { bucket = arn, key = "x", trace = true })
    assert.equal("https://photos-123456789012.s3-accesspoint.eu-north-1.amazonaws.com/x", other.url)
    assert.matches("/20150830/eu%-north%-1/s3/aws4_request,", other.headers.authorization)
    local fresh = signer { region = "eu-north-1" }
    assert.equal(fresh:sign({ url = other.url, trace = true }).signature, other.signature)
    assert.equal(before.signature, by:sign({ bucket = "photos", key = "x", trace = true }).signature)
  end)

  it("may bring parameters of its own", function()
    local control = signer { service = "s3control", params = { RequiresAccountId = true } }
    assert.equal("ENDPOINT_RULE", (select(3, control:sign { path = "/v20180820/jobs" })))
    local r = assert(control:sign { path = "/v20180820/jobs", params = { AccountId = "123456789012" } })
    assert.equal("https://123456789012.s3-control.eu-west-1.amazonaws.com/v20180820/jobs", r.url)
  end)
end)

describe("a request's query", function()
  local function query_of(query)
    return assert(plain:sign { url = URL, query = query }).url:match("%?(.*)$")
  end

  it("is a map, a list or a raw string", function()
    assert.equal("a=1&b=x%20y", query_of { b = "x y", a = 1 })
    assert.equal("a=1&a=2&b=", query_of { { "b", "" }, { "a", 2 }, { "a", 1 } })
    assert.equal("a=1&a=2", query_of { a = { 2, 1 } })
    assert.equal("acl=", query_of "acl")
    assert.equal("a=%2B&b=%20", query_of "b=%20&&a=+&")
    assert.is_nil(query_of {})
    assert.is_nil(query_of "")
  end)

  it("is sorted by encoded name, then by value", function()
    -- sorted as "name=value" strings, "a-b" would come before "a"
    assert.equal("a=1&a-b=0", query_of { ["a-b"] = "0", a = "1" })
    assert.equal("%E1%88%B4=Value1&Param=Value2&Param-3=Value3",
      query_of "Param-3=Value3&Param=Value2&%E1%88%B4=Value1")
  end)

  it("joins that of the URL", function()
    local r = assert(plain:sign { url = URL .. "?b=2", query = { a = 1 } })
    assert.equal(URL .. "?a=1&b=2", r.url)
  end)

  it("keeps what looks like syntax as data", function()
    assert.equal("a%26b%3Dc=%23%3F%2B", query_of { ["a&b=c"] = "#?+" })
  end)

  it("may have a thousand parameters", function()
    local list = {}
    for i = 1, 1000 do list[i] = { ("p%04d"):format(i), ("v"):rep(20) } end
    assert.equal(list[1000][1] .. "=" .. list[1000][2], query_of(list):match("[^&]*$"))
  end)
end)

describe("a request's headers", function()
  local all = signer { signing_name = "service", signing_region = "us-east-1", sign_headers = "all" }

  local function header_of(headers, name)
    local r = assert(all:sign { url = URL, headers = headers, trace = true })
    return r.headers[name], r.canonical_request:match("\n" .. name:gsub("%-", "%%-") .. ":([^\n]*)\n")
  end

  it("are a map or a list in which names may repeat", function()
    local list = { { "My-Header1", "value2" }, { "my-header1", "value2" }, { "MY-HEADER1", "value1" } }
    assert.same({ "value2,value2,value1", "value2,value2,value1" }, { header_of(list, "my-header1") })
    assert.same({ "a", "a" }, { header_of({ ["X-A"] = "a" }, "x-a") })
  end)

  it("may have a list of values: never 'table: 0x…'", function()
    assert.same({ "4,1,3,2", "4,1,3,2" }, { header_of({ ["my-header1"] = { "4", "1", 3, "2" } }, "my-header1") })
  end)

  it("may have numbers", function()
    assert.same({ "42", "42" }, { header_of({ ["x-n"] = 42 }, "x-n") })
    assert.same({ "1.5", "1.5" }, { header_of({ { "x-n", 1.5 } }, "x-n") })
  end)

  it("are trimmed and collapsed to be signed, and sent as they are", function()
    assert.same({ " a   b\t c ", "a b c" }, { header_of({ ["x-a"] = " a   b\t c " }, "x-a") })
  end)

  it("may be empty, and other than ASCII", function()
    assert.same({ "", "" }, { header_of({ ["x-a"] = "" }, "x-a") })
    assert.same({ "\xff\xc3\xbc", "\xff\xc3\xbc" }, { header_of({ ["x-a"] = "\xff\xc3\xbc" }, "x-a") })
  end)

  it("are covered as the signer says", function()
    local headers = { ["content-type"] = "t", ["x-amz-meta-a"] = "1", ["x-other"] = "2", range = "bytes=0-1",
                      ["user-agent"] = "u", connection = "close" }
    local function covered(how)
      return signer({ sign_headers = how }):sign({ bucket = "photos", key = "x", headers = headers })
        .headers.authorization:match("SignedHeaders=([^,]*),")
    end
    local own = "x-amz-content-sha256;x-amz-date;x-amz-meta-a"
    assert.equal("content-type;host;" .. own, covered(nil))
    assert.equal("content-type;host;" .. own, covered "minimal")
    assert.equal("content-type;host;range;" .. own .. ";x-other", covered "all")
    assert.equal("content-type;host;range;" .. own, covered { "Range" })
  end)

  it("may name the host that is signed", function()
    local r = assert(plain:sign { url = "http://127.0.0.1:8080/", headers = { Host = "Example.amazonaws.com:80" } })
    assert.equal("http://127.0.0.1:8080/", r.url)
    assert.equal("example.amazonaws.com", r.headers.host)
  end)
end)

describe("a payload", function()
  local EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  local XX = "5dde896887f6754c9b15bfe3a441ae4806df2fde94001311e08bf110622e0bbe" -- sha256 of "xx"

  local function hash_of(fields, request)
    request.method, request.bucket, request.key = "PUT", "photos", "x"
    return assert(signer(fields):sign(request)).headers["x-amz-content-sha256"]
  end

  it("is the body, or what is said", function()
    assert.equal(XX, hash_of({}, { body = "xx" }))
    assert.equal(EMPTY, hash_of({}, {}))
    assert.equal(EMPTY, hash_of({}, { body = "" }))
    assert.equal("UNSIGNED-PAYLOAD", hash_of({}, { body = "xx", payload = "unsigned" }))
    assert.equal("UNSIGNED-PAYLOAD", hash_of({ payload = "unsigned" }, {}))
    assert.equal(EMPTY, hash_of({ payload = "unsigned" }, { payload = "empty" }))
    assert.equal(XX, hash_of({}, { payload = XX }))
    assert.equal(XX, hash_of({}, { payload = { length = 2, sha256 = XX } }))
  end)

  it("of a signer goes for requests that say nothing of their own", function()
    assert.equal(XX, hash_of({ payload = "unsigned" }, { payload = XX, body = "xx" }))
    assert.equal("UNSIGNED-PAYLOAD", hash_of({ payload = "unsigned" }, { body = "xx" }))
  end)

  it("has its hash sent where the service wants it, or the caller", function()
    local function sent(fields) return signer(fields):sign({ method = "POST" }).headers["x-amz-content-sha256"] end
    assert.is_nil(sent { service = "sts" })
    assert.equal(EMPTY, sent { service = "sts", content_sha256 = true })
    assert.equal(EMPTY, sent { service = "s3" })
    assert.is_nil(sent { service = "s3", content_sha256 = false })
  end)
end)

describe("a session token", function()
  local with = fgp.credentials.static(signers.ID, signers.SECRET, "the+token=")

  it("is sent and signed", function()
    local r = assert(signer({ credentials = with }):sign { bucket = "photos", key = "x" })
    assert.equal("the+token=", r.headers["x-amz-security-token"])
    assert.truthy(r.headers.authorization:find("x-amz-security-token", 1, true))
  end)

  it("may be left out of the signature", function()
    local r = assert(signer({ credentials = with, session_token = "omit" }):sign { bucket = "photos", key = "x" })
    assert.equal("the+token=", r.headers["x-amz-security-token"])
    assert.is_nil(r.headers.authorization:find("x-amz-security-token", 1, true))
    local url = assert(signer({ credentials = with, session_token = "omit" }):presign { bucket = "photos", key = "x" })
    assert.matches("&X%-Amz%-Security%-Token=the%%2Btoken%%3D", url)
  end)
end)

describe("presign", function()
  it("gives a URL, and what was signed when traced", function()
    local url, none = assert(s3:presign({ bucket = "photos", key = "a b" }, { expires = 60 }))
    assert.is_nil(none)
    local start = "https://photos.s3.eu-west-1.amazonaws.com/a%20b?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
    assert.equal(start, url:sub(1, #start))
    assert.matches("&X%-Amz%-Expires=60&", url)
    assert.matches("&X%-Amz%-Signature=%x+$", url)
    local same, trace = assert(s3:presign({ bucket = "photos", key = "a b", trace = true }, { expires = 60 }))
    assert.equal(url, same)
    assert.equal(url:match("Signature=(%x+)"), trace.signature)
    assert.matches("\nUNSIGNED%-PAYLOAD$", trace.canonical_request)
    assert.matches("^AWS4%-HMAC%-SHA256\n", trace.string_to_sign)
  end)

  it("is good for 15 minutes when nobody says", function()
    assert.matches("&X%-Amz%-Expires=900&", (s3:presign { bucket = "photos", key = "x" }))
    assert.matches("&X%-Amz%-Expires=900&", (s3:presign({ bucket = "photos", key = "x" }, {})))
  end)

  it("takes 1 second to 7 days, whole numbers of either type", function()
    for _, expires in ipairs { 1, 604800, 3600.0 } do
      local url = assert(s3:presign({ bucket = "photos", key = "x" }, { expires = expires }))
      assert.equal(("%d"):format(expires), url:match("X%-Amz%-Expires=(%d+)&"))
    end
  end)

  it("signs other methods, queries and headers", function()
    local url, trace = s3:presign({ method = "PUT", bucket = "photos", key = "x", query = { partNumber = 1 },
                                    headers = { ["content-type"] = "t" }, trace = true })
    assert.matches("X%-Amz%-SignedHeaders=content%-type%%3Bhost&", url)
    assert.matches("&partNumber=1", url)
    assert.matches("^PUT\n/x\n", trace.canonical_request)
  end)
end)

describe("a request that needs much room", function()
  it("is signed like any other", function()
    local headers = {}
    for i = 1, 190 do headers[("x-amz-meta-%03d"):format(i)] = ("v"):rep(200) end
    local r = assert(s3:sign { bucket = "photos", key = ("ü"):rep(512), headers = headers,
                               query = { q = ("+"):rep(9000) }, trace = true })
    assert.equal(9000 * 3 + 2, #r.url:match("%?(.*)$"))
    assert.is_true(#r.canonical_request > 60000)
    assert.equal(194, #r:lines())
  end)
end)

-- Each has been seen in a signer for Lua; the official suite has the rest.
describe("what others got wrong:", function()
  local function scope_of(service, region)
    local r = assert(signer({ service = service, region = region }):sign { method = "POST" })
    return r.headers.authorization:match("Credential=[^/]+/%d+/([^,]*)/aws4_request"), r.headers.host
  end

  it("the signing name is not the host's first label, nor the service's name", function()
    for service, name in pairs { ecr = "ecr", ses = "ses", sagemaker = "sagemaker", dynamodbstreams = "dynamodb",
                                 ["iot-data"] = "iotdata", ["lex-runtime"] = "lex", pinpoint = "mobiletargeting",
                                 ["bedrock-runtime"] = "bedrock", stepfunctions = "states" } do
      assert.equal("eu-west-1/" .. name, (scope_of(service, "eu-west-1")), service)
    end
  end)

  it("a partition has its own DNS suffix", function()
    assert.equal("sqs.eusc-de-east-1.amazonaws.eu", select(2, scope_of("sqs", "eusc-de-east-1")))
    assert.equal("sqs.cn-north-1.amazonaws.com.cn", select(2, scope_of("sqs", "cn-north-1")))
  end)

  it("the host that is signed is the one in the URL, bucket and all", function()
    local r = assert(s3:sign { bucket = "photos", key = "x" })
    assert.equal(r.url:match("^https://([^/]+)/"), r.headers.host)
    assert.matches("^photos%.", r.headers.host)
  end)

  it("a presigned URL leaves out the payload's hash for S3 alone", function()
    local _, trace = assert(signer({ service = "sts" }):presign { query = { Action = "GetCallerIdentity" }, trace = true })
    assert.matches("\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$", trace.canonical_request)
    _, trace = assert(s3:presign { bucket = "photos", key = "x", trace = true })
    assert.matches("\nUNSIGNED%-PAYLOAD$", trace.canonical_request)
  end)

  it("slashes, dots and escapes of a key are the key's own", function()
    for key, path in pairs { ["a///b"] = "/a///b", ["a/./b"] = "/a/./b", ["a%2Fb"] = "/a%252Fb", ["/"] = "//" } do
      assert.equal(path, path_of(assert(s3:sign { bucket = "photos", key = key, trace = true })))
    end
  end)

  it("a form in the body stays there", function()
    local r = assert(signer({ service = "sts" }):sign { method = "POST", body = "a=1&b=2", trace = true,
      headers = { ["content-type"] = "application/x-www-form-urlencoded" } })
    assert.matches("^POST\n/\n\n", r.canonical_request)
    assert.equal("a=1&b=2", r.body)
  end)

  it("double_encode = false is not the same as nothing", function()
    local request = { url = "https://x.example/a%20b", trace = true }
    assert.equal("/a%2520b", path_of(signer({ service = "sts" }):sign(request)))
    assert.equal("/a%20b", path_of(signer({ service = "sts", double_encode = false }):sign(request)))
    assert.equal("/a%2520b", path_of(signer({ service = "s3", double_encode = true }):sign(request)))
  end)
end)
