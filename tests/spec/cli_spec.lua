-- SPDX-License-Identifier: Apache-2.0
-- What the command prints and how it ends, without a network.
assert(_VERSION == "Lua 5.4")

local cjson = require "cjson"
local command = require "command"
local server = require "server"

local with = command.with

local SECRET, TOKEN = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "Session/Token+Example=="
local KEYS = { AWS_ACCESS_KEY_ID = "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY = SECRET }
local SUITE = { "--signing-name", "service", "--region", "us-east-1", "--time", "1440938160" }

local function join(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

-- Runs what must succeed; what it printed.
local function must(args, options)
  local out, err, code = command.run(args, options or { env = KEYS })
  assert.equal(0, code, err)
  assert.equal("", err)
  return out
end

describe("fingerpost resolve", function()
  local region = { env = { AWS_REGION = "eu-west-1" } }

  it("says where and how", function()
    assert.equal("url             https://photos.s3.eu-west-1.amazonaws.com\n" ..
                 "scheme          sigv4\n" ..
                 "signing name    s3\n" ..
                 "signing region  eu-west-1\n" ..
                 "double encode   no\n",
                 must({ "resolve", "s3", "--param", "Bucket=photos" }, region))
  end)

  local function url(...) return cjson.decode(must({ "resolve", "--json", ... }, region)).url end

  it("takes the parameters that all services share", function()
    assert.equal("https://dynamodb.eu-west-1.amazonaws.com", url "dynamodb")
    assert.equal("https://dynamodb.us-west-2.amazonaws.com", url("dynamodb", "--region", "us-west-2"))
    assert.equal("https://s3-fips.dualstack.us-west-2.amazonaws.com",
                 url("s3", "--region", "us-west-2", "--fips", "--dualstack"))
    assert.equal("https://s3.eu-west-1.amazonaws.com/photos",
                 url("s3", "--path-style", "--param", "Bucket=photos"))
    assert.equal("http://127.0.0.1:9000", url("s3", "--endpoint-url", "http://127.0.0.1:9000"))
  end)

  it("takes a rule set's own: text, booleans and lists", function()
    assert.equal("https://photos.s3-accelerate.amazonaws.com",
                 url("s3", "--param", "Accelerate=true", "--param", "Bucket=photos"))
    assert.equal("https://123456789012.ddb.eu-west-1.amazonaws.com",
                 url("dynamodb", "--param", "AccountIdEndpointMode=preferred", "--param",
                     "ResourceArnList=arn:aws:dynamodb:eu-west-1:123456789012:table/a," ..
                     "arn:aws:dynamodb:eu-west-1:123456789012:table/b"))
  end)

  it("gives all that the rules say, as JSON", function()
    assert.same({
      url = "https://s3.eu-west-1.amazonaws.com",
      auth = { scheme = "sigv4", signing_name = "s3", signing_region = "eu-west-1",
               double_encode = false },
      headers = {},
      properties = { authSchemes = { { disableDoubleEncoding = true, name = "sigv4",
                                       signingName = "s3", signingRegion = "eu-west-1" } } },
    }, cjson.decode(must({ "resolve", "s3", "--json" }, region)))
  end)

  it("names a scheme that has no region", function()
    local ep = cjson.decode(must({ "resolve", "s3", "--json", "--param",
      "Bucket=arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap" }, region))
    assert.same({ "sigv4a", "*" }, { ep.auth.scheme, ep.auth.region_set })
  end)
end)

describe("fingerpost sign", function()
  it("signs AWS's own example", function()   -- the SigV4 test suite's get-vanilla
    assert.equal(
      "host: example.amazonaws.com\n" ..
      "x-amz-date: 20150830T123600Z\n" ..
      "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " ..
      "SignedHeaders=host;x-amz-date, " ..
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\n",
      must(join({ "sign", "https://example.amazonaws.com/" }, SUITE)))
  end)

  it("covers headers and body", function()    -- the suite's post-x-www-form-urlencoded
    assert.truthy(must(join({ "sign", "https://example.amazonaws.com", "-d", "Param1=value1",
                              "-H", "Content-Type: application/x-www-form-urlencoded" }, SUITE))
      :find("Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a", 1, true))
  end)

  it("takes the body from argv, a file and the standard input alike", function()
    local file = server.directory() .. "/body"
    local args = join({ "sign", "https://example.amazonaws.com/", "-d" }, { "" }, SUITE)
    local function signed(data, stdin)
      args[4] = data
      return must(args, { env = KEYS, stdin = stdin })
    end
    server.write(file, "a\r\nb\0c")
    assert.equal(signed("@" .. file), signed("@-", "a\r\nb\0c"))
    server.write(file, "abc")
    assert.equal(signed("@" .. file), signed("abc"))
    assert.not_equal(signed "abc", signed "abd")
  end)

  it("writes HTTP", function()
    local request = must(join({ "sign", "https://example.amazonaws.com/a?b=c", "-X", "PUT", "-d", "x\ny",
                                "-H", "Host: example.amazonaws.com", "-H", "My-Header;",
                                "--output", "http" }, SUITE))
    assert.truthy(request:find("^PUT /a%?b=c HTTP/1%.1\r\nMy%-Header: \r\nhost: example%.amazonaws%.com\r\n"), request)
    assert.truthy(request:find("\r\ncontent%-length: 3\r\n\r\nx\ny$"), request)
  end)

  it("writes JSON", function()
    local signed = cjson.decode(must(join({ "sign", "https://example.amazonaws.com/", "--output", "json",
                                            "-H", "X-Amz-Meta-A: é" }, SUITE)))
    assert.equal("GET", signed.method)
    assert.equal("https://example.amazonaws.com/", signed.url)
    assert.same({ name = "X-Amz-Meta-A", value = "é" }, signed.headers[1])
    assert.equal("host;x-amz-date;x-amz-meta-a", signed.signed_headers)
    assert.equal(signed.signature, signed.headers[4].value:match("Signature=(%x+)$"))
  end)

  it("writes a config that curl reads back", function()
    local config = must(join({ "sign", "https://example.amazonaws.com/", "--output", "curl",
                               "-d", 'q"uo\\te\tand\nline', "-H", 'X-Amz-Meta-A: "b\\c"' }, SUITE))
    assert.truthy(config:find('\ndata-binary = "q\\"uo\\\\te\\tand\\nline"\n', 1, true), config)
    assert.truthy(config:find('\nheader = "X-Amz-Meta-A: \\"b\\\\c\\""\n', 1, true), config)
    assert.truthy(config:find('\nheader = "Content-Type:"\n', 1, true), config)
  end)

  it("shows how it signed, without the session token", function()
    for _, args in ipairs { { "sign" }, { "presign" } } do
      local _, err, code = command.run(join(args, { "-v", "https://example.amazonaws.com/" }, SUITE),
                                       { env = with(KEYS, { AWS_SESSION_TOKEN = TOKEN }) })
      assert.equal(0, code)
      assert.truthy(err:find("canonical request:\n  GET\n  /\n", 1, true), err)
      assert.truthy(err:find("string to sign:\n  AWS4-HMAC-SHA256\n  20150830T123600Z\n", 1, true), err)
      assert.truthy(err:lower():find("x%-amz%-security%-token[:=]%*%*%*"), err)
      assert.is_nil(err:find("Session", 1, true))
    end
  end)

  it("resolves where it goes", function()
    local args = { "sign", "--output", "json", "--region", "eu-west-1" }
    local function url(...) return cjson.decode(must(join(args, { ... }))).url end
    assert.equal("https://photos.s3.eu-west-1.amazonaws.com/a%20b%2Bc/%C3%BC%3F", url "s3://photos/a b+c/ü?")
    assert.equal("https://photos.s3.eu-west-1.amazonaws.com//../.", url "s3://photos//../.")
    assert.equal("https://photos.s3.eu-west-1.amazonaws.com/?list-type=2&prefix=a%2Fb",
                 url("s3://photos", "--query", "prefix=a/b&list-type=2"))
    assert.equal("https://s3.eu-west-1.amazonaws.com/my.photos/k", url "s3://my.photos/k")
    assert.equal("https://dynamodb.eu-west-1.amazonaws.com/", url("--service", "dynamodb"))
    assert.equal("https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions?a=1",
                 url("--service", "lambda", "/2015-03-31/functions?a=1"))
    assert.equal("http://127.0.0.1:9000/base/photos/k",
                 url("s3://photos/k", "--endpoint-url", "http://127.0.0.1:9000/base"))
    assert.equal("https://vpce-1.example.com/a%C3%A9",
                 url("--service", "es", "https://vpce-1.example.com/a\xc3\xa9"))
  end)

  it("sends the headers that the endpoint's rule wants", function()
    local out = must { "sign", "--service", "s3control", "--region", "us-west-2", "/v20180820/bucket",
      "--param", "AccountId=123456789012", "--param", "UseArnRegion=true", "--param", "RequiresAccountId=true",
      "--param", "Bucket=arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-01234567890123456:bucket:b12" }
    assert.truthy(out:find("\nx-amz-outpost-id: op-01234567890123456\n", 1, true), out)
    assert.truthy(out:find("/us-west-2/s3-outposts/aws4_request, SignedHeaders=host;x-amz-account-id;" ..
                           "x-amz-content-sha256;x-amz-date;x-amz-outpost-id,", 1, true), out)
  end)

  it("signs for the name that the service signs with", function()
    assert.truthy(must { "sign", "--service", "cloudwatch", "--region", "eu-west-1" }
                  :find("/eu-west-1/monitoring/aws4_request", 1, true))
  end)
end)

describe("fingerpost presign", function()
  it("signs AWS's own example", function()   -- S3 API reference, "Authenticating requests: query"
    local url = must({ "presign", "https://examplebucket.s3.amazonaws.com/test.txt", "--service", "s3",
                       "--region", "us-east-1", "--expires", "86400", "--time", "1369353600" },
                     { env = { AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE",
                               AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" } })
    assert.equal("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" ..
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" ..
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" ..
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404\n", url)
  end)

  it("expires after an hour, or as it is told", function()
    local args = { "presign", "s3://photos/k", "--region", "eu-west-1", "--expires" }
    assert.truthy(must { "presign", "s3://photos/k", "--region", "eu-west-1" }:find("X-Amz-Expires=3600&", 1, true))
    for _, good in ipairs { "1", "604800" } do
      assert.truthy(must(join(args, { good })):find("X-Amz-Expires=" .. good .. "&", 1, true))
    end
  end)
end)

describe("credentials", function()
  local FILE = "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = " .. SECRET ..
               "\n[other]\naws_access_key_id=AKIDOTHER\naws_secret_access_key=" .. SECRET ..
               "\naws_session_token=" .. TOKEN
  local path

  setup(function()
    path = server.directory() .. "/credentials"
    server.write(path, FILE)
  end)

  local function sign(more, options)
    return must(join({ "sign", "https://example.amazonaws.com/" }, SUITE, more), options)
  end

  it("are the same from the environment, a file and the standard input", function()
    local want = sign {}
    assert.equal(want, sign({ "--credentials-file", path }, { env = {} }))
    assert.equal(want, sign({ "--credentials-file", "-" }, { env = {}, stdin = FILE }))
  end)

  it("are of the profile that is named", function()
    local signed = sign({ "--credentials-file", path, "--profile", "other" }, { env = {} })
    assert.truthy(signed:find("Credential=AKIDOTHER/", 1, true))
    assert.truthy(signed:find("\nx-amz-security-token: " .. TOKEN .. "\n", 1, true))
  end)
end)

describe("help", function()
  it("begins with examples", function()
    for _, args in ipairs { { "--help" }, { "resolve", "--help" }, { "sign", "-h" },
                            { "presign", "--help" }, { "request", "--help" } } do
      assert.equal("Examples:\n  fingerpost ", must(args):sub(1, 23))
    end
  end)

  it("says the version", function()
    assert.truthy(must { "version" }:find("^fingerpost %d+%.%d+%.%d+ %("))
    assert.equal(must { "version" }, must { "--version" })
  end)

  it("is the manual's list, too", function()
    local page = server.read("docs/command.md")
    for _, name in ipairs { "resolve", "sign", "presign", "token", "request", "verify" } do
      local manual = server.read("docs/man/fingerpost-" .. name .. ".1"):gsub("\\%-", "-")
      for option in must({ name, "--help" }):match("\nOptions:\n(.*)"):gmatch("%-%-([%w-]+)") do
        assert.truthy(manual:find("--" .. option, 1, true), name .. ".1 lacks --" .. option)
        assert.truthy(page:find("--" .. option, 1, true), "docs/command.md lacks --" .. option)
      end
    end
  end)
end)

describe("what is wrong", function()
  local R, URL = { "--region", "eu-west-1" }, "https://example.com/"
  local directory = server.directory()
  local good_file, bad_file = directory .. "/good", directory .. "/bad"

  server.write(good_file, "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = " .. SECRET)
  server.write(bad_file, "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key\n = " .. SECRET)

  -- what, arguments, exit code, the message's beginning or a part of it, environment
  local rows = {
    { "no subcommand", {}, 2, "Examples:" },
    { "an unknown one", { "sing" }, 2, '"sing" is no subcommand' },
    { "an unknown option", { "sign", "--secret-key=" .. SECRET }, 2, "--secret-key is no option here" },
    { "an unknown letter", { "sign", "-k" .. SECRET }, 2, "-k is no option here" },
    { "an unknown letter before others", { "request", "--fail", "-ki" }, 2, "-k is no option here" },
    { "a letter that can't be printed", { "sign", "-\xc3\xa9" }, 2, "-\\xc3 is no option here" },
    { "an option without its value", { "sign", "--region" }, 2, "--region needs a value" },
    { "a letter without its value", { "sign", "-X" }, 2, "-X needs a value" },
    { "a value that is not taken", { "sign", "--fips=" .. SECRET }, 2, "--fips takes no value" },
    { "an option given twice", { "sign", "-d", "a", "--data", "b" }, 2, "given twice" },
    { "two URLs", { "sign", URL, URL }, 2, "more than one URL" },
    { "no service to resolve", { "resolve" }, 2, "no service is given" },
    { "nothing to sign", { "sign" }, 2, "no URL and no service is given" },
    { "a URL without a service", join({ "sign", URL }, R), 2,
      "nothing says which service the URL is of: name it, for it is not guessed from the host; give --service" },
    { "a URL without a region", { "sign", URL, "--signing-name", "x" }, 3, "give --region, or set AWS_REGION" },
    { "a URL and an endpoint", join({ "sign", URL, "--service", "s3", "--endpoint-url", URL }, R), 2,
      "leave one out" },
    { "an s3:// URL of another service", join({ "sign", "s3://b/k", "--service", "sqs" }, R), 2, "leave the service out" },
    { "another scheme", join({ "sign", "ftp://h/" }, R), 2, "must begin with s3://" },
    { "a password in a URL", join({ "sign", "https://u:" .. SECRET .. "@h/", "--service", "s3" }, R), 2, "URL: its" },
    { "a user in a URL", join({ "sign", "https://me:x@h/", "--service", "s3" }, R), 2, "URL: it may hold no user name or password" },
    { "a password in no URL", join({ "sign", "u:" .. SECRET .. "@h/", "--service", "s3" }, R), 2, "URL: it must begin" },
    { "a fragment", join({ "sign", "https://h/#x", "--service", "s3" }, R), 2, "URL" },
    { "line ends in a URL", join({ "sign", "https://h/\r\nX: y", "--service", "s3" }, R), 2, "\\x0d" },
    { "A3 a region that is more", { "sign", "s3://photos/k", "--region", "x@evil:443/#" }, 2, "region" },
    { "A3 and another", { "sign", "s3://photos/k", "--region", "us-east-1\r\nX: 1" }, 2, "\\x0d" },
    { "A4 a region in upper case", { "sign", "s3://photos/k", "--region", "US-EAST-1" }, 2, "region" },
    { "A2 an empty region", { "sign", "s3://photos/k", "--region", "" }, 2, "region is empty" },
    { "A5 the environment's region", { "sign", "s3://photos/k" }, 3, "see AWS_REGION",
      { AWS_REGION = "evil.com#" } },
    { "A3 a signing region", join({ "sign", URL, "--signing-name", "x", "--signing-region", "a/b" }, R), 2, "region" },
    { "no region", { "sign", "s3://photos/k" }, 4, "give --region, or set AWS_REGION" },
    { "B1 no bucket", join({ "sign", "s3:///k" }, R), 2, "the bucket is empty" },
    { "B3 a bucket that is more", join({ "sign", "s3://evil.com@x/k" }, R), 2, "bucket" },
    { "B2 a bucket of dots", join({ "sign", "s3://../k" }, R), 2, "bucket" },
    { "B14 a key of 1025 bytes", join({ "sign", "s3://photos/" .. ("k"):rep(1025) }, R), 2, "key" },
    { "B7 a malformed ARN", join({ "resolve", "s3", "--param", "Bucket=arn:aws:s3:::x:y" }, R), 4, "the endpoint rules say" },
    { "B12 a bad escape", join({ "sign", "https://h/?a=%zz", "--service", "s3" }, R), 2, "%zz" },
    { "B18 a query that is signed already", join({ "sign", "https://h/?X-Amz-Signature=0", "--service", "s3" }, R), 2, "X-Amz-Signature" },
    { "A8 an endpoint with a query", join({ "sign", "s3://photos/k", "--endpoint-url", "https://h/?x" }, R), 2, "endpoint" },
    { "A8 an endpoint with a zone", join({ "sign", "s3://photos/k", "--endpoint-url", "https://[fe80::1%25lo]/" }, R), 2, "endpoint URL" },
    { "A8 an endpoint of port 0", join({ "sign", "s3://photos/k", "--endpoint-url", "https://h:0" }, R), 2, "port" },
    { "C1 line ends in a header", join({ "sign", "s3://photos/k", "-H", "A: b\r\nC: d" }, R), 2, 'value of header "A": holds a line end' },
    { "C1 line ends in a header that is left out", join({ "sign", "s3://photos/k", "-H", "A\r\nC:" }, R), 2, "A\\x0d\\x0aC" },
    { "C3 a name that is no token", join({ "sign", "s3://photos/k", "-H", "A b: c" }, R), 2, "A b" },
    { "a header that is none", join({ "sign", "s3://photos/k", "-H", "Authorization" }, R), 2, "Name: value" },
    { "C7 an Authorization of one's own", join({ "sign", "s3://photos/k", "-H", "Authorization: Basic " .. SECRET }, R), 2, '"Authorization": is set by signing' },
    { "an x-amz-date of one's own", join({ "sign", "s3://photos/k", "-H", "X-Amz-Date: 20150830T123600Z" }, R), 2, '"X-Amz-Date": is set by signing' },
    { "a method that is no token", join({ "sign", "s3://photos/k", "-X", "GET /\r\n" }, R), 2, "method" },
    { "an unknown service", join({ "resolve", "s4" }, R), 4, '"s4"' },
    { "an unknown parameter", join({ "resolve", "s3", "--param", "Buket=x" }, R), 4, '"Buket"' },
    { "no parameter", join({ "resolve", "s3", "--param", "Bucket" }, R), 4, "Name=value" },
    { "a boolean that is none", join({ "resolve", "s3", "--param", "UseFIPS=yes" }, R), 4, "true or false" },
    { "what the rules refuse", join({ "resolve", "s3", "--fips", "--endpoint-url", "https://h" }, R), 4,
      "A custom endpoint cannot be combined with FIPS" },
    { "an auth scheme that has no region, but one is given", join({ "sign", "--service", "s3", "/k", "--signing-region",
      "eu-west-1", "--param", "Bucket=arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap" }, R), 4, "sigv4a" },
    { "UNSIGNED-PAYLOAD in clear", join({ "sign", "s3://photos/k", "--unsigned-payload", "--endpoint-url", "http://h" }, R), 2, "https" },
    { "an unknown output", join({ "sign", "s3://photos/k", "--output", "xml" }, R), 2, "headers, curl, http or json" },
    { "a body that can't be handed on", join({ "sign", "s3://photos/k", "-d", "@-", "--output", "curl" }, R), 2, "-d @FILE" },
    { "a body that is not there", join({ "sign", "s3://photos/k", "-d", "@/nowhere" }, R), 2, "/nowhere: No such file" },
    { "a time that is none", join({ "sign", "s3://photos/k", "--time", "now" }, R), 2, "--time takes a number" },
    { "an expiry of 0", join({ "presign", "s3://photos/k", "--expires", "0" }, R), 2, "from 1 to 604800" },
    { "an expiry of 8 days", join({ "presign", "s3://photos/k", "--expires", "604801" }, R), 2, "from 1 to 604800" },
    { "JSON of what is not UTF-8", join({ "sign", "s3://photos/k", "-H", "A: \xff", "--output", "json" }, R), 2, "UTF-8" },
    { "no credentials", join({ "sign", "s3://photos/k" }, R), 3, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } },
    { "D14 an id alone", join({ "sign", "s3://photos/k" }, R), 3,
      "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not", { AWS_SECRET_ACCESS_KEY = "" } },
    { "D14 a secret alone", join({ "request", "s3://photos/k" }, R), 3,
      "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not", { AWS_ACCESS_KEY_ID = "" } },
    { "D13 line ends in the id", join({ "sign", "s3://photos/k" }, R), 3, "access key id", { AWS_ACCESS_KEY_ID = "AK\r\nX: y" } },
    { "D13 line ends in the token", join({ "sign", "s3://photos/k" }, R), 3, "session token",
      { AWS_SESSION_TOKEN = TOKEN .. "\r\nX: y" } },
    { "a profile without a file", join({ "sign", "s3://photos/k", "--profile", "x" }, R), 2, "--credentials-file" },
    { "a credentials file that is not there", join({ "sign", "s3://photos/k", "--credentials-file", "/nowhere" }, R), 3, "/nowhere: No such file" },
    { "one that is a directory", join({ "sign", "s3://photos/k", "--credentials-file", directory }, R), 3, "Is a directory" },
    { "one without the profile", join({ "sign", "s3://photos/k", "--credentials-file", good_file, "--profile", "x" }, R), 3, '"x"' },
    { "one that is malformed", join({ "sign", "s3://photos/k", "--credentials-file", bad_file }, R), 3, bad_file .. ": " },
    { "two bodies", join({ "request", "s3://photos/k", "-d", "a", "-T", "/dev/null" }, R), 2, "leave one out" },
    { "an upload that is not there", join({ "request", "s3://photos/k", "-T", "/nowhere" }, R), 2, "/nowhere: No such file" },
    { "a limit that is none", join({ "request", "s3://photos/k", "--max-time", "soon" }, R), 2, "--max-time takes" },
    { "a port that nobody has", join({ "request", "s3://photos/k", "--endpoint-url", "http://127.0.0.1:1" }, R), 5, "connect" },
  }

  for _, row in ipairs(rows) do
    local what, args, want, text, env = table.unpack(row, 1, 5)
    it(what .. " is told", function()
      local out, err, code = command.run(args, { env = with(KEYS, env or {}) })
      assert.equal(want, code, err)
      assert.truthy(err:lower():find(text:lower(), 1, true), err)
      assert.equal("", out)
      assert.is_nil((out .. err):find(SECRET, 1, true))
      assert.is_nil((out .. err):find(SECRET:sub(1, 12), 1, true))
      assert.is_nil((out .. err):find(TOKEN:sub(1, 12), 1, true))
      assert.is_nil(err:find("Sanitizer", 1, true), err)
      assert.is_nil(err:find("[^\n\t -~]"), "not printable")
    end)
  end

  it("is told of an output that can't be written", function()
    local _, err, code = command.run({ "resolve", "s3", "--region", "eu-west-1" }, { shell = ">/dev/full" })
    assert.equal(5, code)
    assert.truthy(err:find("No space left", 1, true), err)
    for _, args in ipairs { { "--help" }, { "version" }, { "sign", "--help" } } do
      _, err, code = command.run(args, { shell = ">/dev/full" })
      assert.equal(5, code)
      assert.truthy(err:find("No space left", 1, true), err)
    end
  end)

  it("does not mention an option that resolve has not", function()
    local _, err = command.run({ "resolve", "s4" })
    assert.is_nil(err:find("signing-name", 1, true), err)
  end)
end)
