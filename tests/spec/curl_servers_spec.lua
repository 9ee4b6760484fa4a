-- SPDX-License-Identifier: Apache-2.0
-- The command, and so the helper, against two real S3 servers that verify signatures.
assert(_VERSION == "Lua 5.4")

local command = require "command"
local s3 = require "s3"
local server = require "server"

local with = command.with

local CURL = "curl --noproxy 127.0.0.1 -sSf "

-- S3 keys that break other signers.
local NASTY = {
  "plain", "sp ace", "a+b", "100%", "%2F", "%41", "eq=uals", "col:on", "at@", "(paren)", "quo'te", "bang!",
  "star*", "a//b", "/lead", "trail/", "..", "../up", "a/../b", "./dot", "a/.", ".", "q?b#f", "&;,$", "~tilde_-.",
  "ünïcödé/中文", "e\u{301}", "\u{1F600}", '"<>\\^`{|}', "tab\tin", ("k"):rep(1024),
}

for _, name in ipairs { "radosgw", "swift" } do
  describe("against " .. name .. ",", function()
    local s, env, endpoint

    setup(function()
      s = require(name).start()
      s3.create(s, "photos")
      env = command.credentials(s)
      endpoint = "http://127.0.0.1:" .. s.port
    end)

    local function run(args, options)
      options = options or {}
      options.env = options.env or env
      table.insert(args, "--endpoint-url")
      table.insert(args, options.endpoint or endpoint)
      return command.run(args, options)
    end

    for _, key in ipairs(NASTY) do
      it("PUT and GET of " .. ("%q"):format(key):sub(1, 40), function()
        local bytes = "bytes of " .. key
        local out, err, code = run({ "request", "--fail", "-T", "-", "s3://photos/" .. key }, { stdin = bytes })
        assert.equal(0, code, out .. err)
        out, err, code = run({ "request", "--fail", "s3://photos/" .. key })
        assert.same({ bytes, "", 0 }, { out, err, code })
        assert.equal(bytes, s3.get(s, "photos", key).body)
      end)
    end

    it("a wrong key is refused", function()
      local wrong = with(env, { AWS_SECRET_ACCESS_KEY = "wrong" })
      local out, _, code = run({ "request", "s3://photos/plain" }, { env = wrong })
      assert.equal(0, code)
      assert.truthy(out:find("<Code>"), out)
      local _, err = run({ "request", "--fail", "s3://photos/plain" }, { env = wrong })
      assert.truthy(err:find("answered 403", 1, true), err)
    end)

    it("a query is signed", function()
      local out = run({ "request", "--fail", "s3://photos", "--query", "prefix=a/&list-type=2" })
      assert.truthy(out:find("<Key>a//b</Key>", 1, true), out)
      assert.is_nil(out:find("<Key>plain</Key>", 1, true))
    end)

    it("curl does what sign says", function()
      local file = server.directory() .. "/body"
      server.write(file, "from curl\0")
      local out, err, code = run({ "sign", "-X", "PUT", "-d", "@" .. file, "-H", "X-Amz-Meta-A: b", "--output", "curl",
                                   "s3://photos/curl (1)" })
      assert.equal(0, code, err)
      server.write(file .. ".config", out)
      server.must(CURL .. "-K " .. server.quote(file .. ".config"))
      assert.equal("from curl\0", s3.get(s, "photos", "curl (1)").body)
      out = run({ "sign", "--output", "curl", "s3://photos/curl (1)", "--endpoint-url", endpoint .. "/" })
      assert.equal("", out)   -- twice the same option: refused
      out = command.run({ "sign", "--output", "curl", "s3://photos/curl (1)", "--endpoint-url", endpoint },
                        { env = env, shell = "| curl -sSf -K -" })
      assert.equal("from curl\0", out)
    end)

    it("curl does what presign says", function()
      local url = run({ "presign", "s3://photos/plain", "--expires", "60" })
      assert.equal("bytes of plain", server.must(CURL .. server.quote(url:match("%S+"))))
      url = run({ "presign", "-X", "PUT", "s3://photos/presigned" })
      server.must(CURL .. "-X PUT -d presigned -H Content-Type: " .. server.quote(url:match("%S+")))
      assert.equal("presigned", s3.get(s, "photos", "presigned").body)
      url = run({ "presign", "s3://photos/plain", "--expires", "60", "--time", tostring(os.time() - 100) })
      assert.equal("403", server.must("curl --noproxy 127.0.0.1 -s -o /dev/null -w '%{http_code}' " .. server.quote(url:match("%S+"))))
    end)

    it("over TLS, with a body uncovered", function()
      local tls = "https://127.0.0.1:" .. s.https_port
      local file = server.directory() .. "/body"
      server.write(file, ("0123456789"):rep(50000))
      for _, more in ipairs { "-v", "--unsigned-payload" } do
        local _, err, code = run({ "request", "--fail", more, "-T", file, "--cacert", s.ca, "s3://photos/tls" }, { endpoint = tls })
        assert.equal(0, code, err)
      end
      assert.equal(server.read(file), s3.get(s, "photos", "tls").body)
    end)
  end)
end

describe("against swift, temporary credentials", function()
  it("are accepted with their token, and refused without", function()
    local s = require("swift").start()
    s3.create(s, "temporary")
    local t = s.temporary
    local function code(token, ...)
      return (select(3, command.run({ "request", "--fail", "--endpoint-url", "http://127.0.0.1:" .. s.port,
        "s3://temporary", ... }, { env = { AWS_ACCESS_KEY_ID = t.access_key, AWS_SECRET_ACCESS_KEY = t.secret_key,
        AWS_SESSION_TOKEN = token, AWS_REGION = "us-east-1" } })))
    end
    assert.equal(0, code(t.session_token))
    assert.equal(22, code "other")
    assert.equal(22, code(t.session_token, "--signing-region", "us-west-2"))
  end)
end)
