-- SPDX-License-Identifier: Apache-2.0
-- fingerpost verify: what it prints and how it ends.
assert(_VERSION == "Lua 5.4")

local cjson = require "cjson"
local command = require "command"

local SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
local KEYS = { AWS_ACCESS_KEY_ID = "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY = SECRET }
local AT = { "--time", "1440938160" }

local function join(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

local function sign(...)
  local out, err, code = command.run(join({ "sign", "--region", "eu-west-1", "--output", "http", ... }, AT), { env = KEYS })
  assert.equal(0, code, err)
  return out
end

local function verify(text, options, env)
  return command.run(join({ "verify" }, AT, options or {}), { env = env or KEYS, stdin = text })
end

local PUT = sign("-X", "PUT", "-d", "hello", "s3://photos/a b")

describe("fingerpost verify", function()
  it("takes what was signed", function()
    local out, err, code = verify(PUT)
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal("valid\naccess key id   AKIDEXAMPLE\ndate            20150830\nsigning region  eu-west-1\n" ..
                 "signing name    s3\nsigned headers  host;x-amz-content-sha256;x-amz-date\npayload         sha256\n", out)
    assert.equal(0, select(3, verify((PUT:gsub("\r\n", "\n"))))) -- as an editor leaves it
    assert.equal(0, select(3, verify(PUT, { "--signing-name", "s3", "--signing-region", "eu-west-1", "--skew", "1" })))
  end)

  it("says why not, and ends with 1", function()
    for _, case in ipairs {
      { (PUT:gsub("a%%20b", "a%%20c")), {}, "BAD_SIGNATURE" },
      { (PUT:gsub("hello", "hellp")), {}, "PAYLOAD_MISMATCH" },
      { PUT, { "--time", "1440939061" }, "TIME_SKEW" },
      { PUT, { "--signing-region", "us-east-1" }, "SCOPE_MISMATCH" },
      { (PUT:gsub("\r\n", "\r\nx-amz-acl: private\r\n", 1)), {}, "NOT_COVERED" },
      { "GET / HTTP/1.1\r\nhost: a\r\n\r\n", {}, "NOT_SIGNED" },
    } do
      local out, err, code = command.run(join({ "verify" }, case[2][1] == "--time" and {} or AT, case[2]),
                                         { env = KEYS, stdin = case[1] })
      assert.equal(1, code, err)
      assert.equal("", out)
      assert.truthy(err:find("fingerpost verify: " .. case[3] .. ": ", 1, true), err)
      assert.is_nil(err:find(SECRET, 1, true))
    end
    local other = { AWS_ACCESS_KEY_ID = "AKIDOTHER", AWS_SECRET_ACCESS_KEY = SECRET }
    assert.truthy(select(2, verify(PUT, nil, other)):find("UNKNOWN_KEY", 1, true))
  end)

  it("says it as JSON", function()
    local right = cjson.decode((verify(PUT, { "--json" })))
    assert.is_true(right.valid)
    assert.equal("AKIDEXAMPLE", right.access_key_id)
    assert.equal(1440938160, right.time)
    local wrong = cjson.decode((verify(PUT:gsub("hello", "hellp"), { "--json" })))
    assert.is_false(wrong.valid)
    assert.equal("PAYLOAD_MISMATCH", wrong.code)
  end)

  it("takes a presigned URL", function()
    local url = command.run(join({ "presign", "s3://photos/a", "--region", "eu-west-1" }, AT), { env = KEYS })
    local host, target = url:match("^https://([^/]*)(%S*)")
    local request = ("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"):format(target, host)
    local right = cjson.decode((verify(request, { "--json" })))
    assert.is_true(right.presigned)
    assert.equal(3600, right.expires)
    assert.equal("unsigned", right.payload)
  end)

  it("shows the canonical request", function()
    local _, err, code = verify(PUT, { "-v" })
    assert.equal(0, code)
    assert.truthy(err:find("^%-%-%- canonical request\nPUT\n/a%%20b\n"), err)
    assert.truthy(err:find("\n--- string to sign\nAWS4-HMAC-SHA256\n", 1, true))
  end)

  it("ends with 2 for what is no message", function()
    for _, text in ipairs {
      "", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\na: b\r\n c\r\n\r\n", "PUT / HTTP/1.1\r\ncontent-length: 9\r\n\r\nhello",
      "PUT / HTTP/1.1\r\ncontent-length: x\r\n\r\n", "PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\r\n" .. ("a: b\r\n"):rep(201) .. "\r\n",
    } do
      local out, err, code = verify(text)
      assert.equal(2, code, text)
      assert.equal("", out)
      assert.truthy(err:find("^fingerpost verify: the request is no HTTP/1 message: "), err)
    end
    assert.equal(2, select(3, command.run({ "verify", "/nowhere/at/all" }, { env = KEYS })))
    assert.equal(3, select(3, command.run({ "verify" }, { stdin = PUT })))
    assert.equal(2, select(3, command.run({ "verify", "--skew", "0" }, { env = KEYS, stdin = PUT })))
  end)
end)
