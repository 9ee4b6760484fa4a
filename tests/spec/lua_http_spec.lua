-- SPDX-License-Identifier: Apache-2.0
-- What the binding signs is accepted by real servers, and what it should not sign is
-- refused: through luasocket and luasec, with the examples' own adaptor.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local origin = require "origin"
local s3 = require "s3"
local server = require "server"
local verify = require "verify"

local source = os.getenv("FINGERPOST_SOURCE") or "."
package.path = source .. "/examples/lua/?.lua;" .. package.path
local go = require "go"

local KEYS = { "plain.txt", "a b.txt", "a+b", "a%20b", "dir//x", "a/../b", "./x", "a?b", "a#b", "ü.txt", "a:b@c",
               "(x)'!*", "a&b=c", "~t", "a;b", "tr/", "中/é", "=", "..", ("k"):rep(1024) }

local function signer(s, fields)
  local all = { service = "s3", region = s.region, params = { Endpoint = "http://127.0.0.1:" .. s.port } }
  for k, v in pairs(fields or {}) do all[k] = v end
  all.credentials = all.credentials or assert(fgp.credentials.static(s.access_key, s.secret_key))
  return assert(fgp.signer(all))
end

local function send(by, request)
  local body, status, headers = assert(go(assert(by:sign(request))))
  return status, body, headers
end

for _, name in ipairs { "radosgw", "swift" } do
  describe(name, function()
    local s, by

    lazy_setup(function()
      s = require(name).start()
      s3.create(s, "from-lua")
      by = signer(s)
    end)

    for _, key in ipairs(KEYS) do
      it(("takes and gives the key %q"):format(#key > 40 and #key .. " bytes long" or key), function()
        local text = "body of " .. key
        assert.equal(200, (send(by, { method = "PUT", bucket = "from-lua", key = key, body = text })))
        local status, body = send(by, { bucket = "from-lua", key = key })
        assert.equal(200, status, body)
        assert.equal(text, body)
        assert.equal(text, s3.get(s, "from-lua", key).body) -- under this key, says another signer
      end)
    end

    it("takes query parameters, empty bodies, numbers as headers", function()
      local status, body = send(by, { bucket = "from-lua", query = { ["list-type"] = 2, prefix = "a b", ["max-keys"] = 1 } })
      assert.equal(200, status, body)
      assert.matches("<Key>a b.txt</Key>", body)
      assert.equal(200, (send(by, { method = "PUT", bucket = "from-lua", key = "empty",
                                    headers = { ["x-amz-meta-n"] = 42 } })))
      local _, _, headers = send(by, { method = "HEAD", bucket = "from-lua", key = "empty" })
      assert.equal("42", headers["x-amz-meta-n"])
      assert.equal("0", headers["content-length"])
      assert.equal(204, (send(by, { method = "DELETE", bucket = "from-lua", key = "empty" })))
    end)

    it("takes a presigned URL", function()
      s3.put(s, "from-lua", "pre signed", "text")
      local url = assert(by:presign({ bucket = "from-lua", key = "pre signed" }, { expires = 60 }))
      local body, status = go { method = "GET", url = url }
      assert.equal(200, status, body)
      assert.equal("text", body)
      body, status = go { method = "GET", url = url:gsub("pre%%20signed", "plain.txt") }
      assert.equal(403, status, body)
    end)

    it("refuses a wrong key", function()
      local wrong = signer(s, { credentials = fgp.credentials.static(s.access_key, "wrong") })
      for _, method in ipairs { "GET", "PUT" } do
        assert.equal(403, (send(wrong, { method = method, bucket = "from-lua", key = "plain.txt" })))
      end
      local _, status = go { method = "GET", url = wrong:presign { bucket = "from-lua", key = "plain.txt" } }
      assert.equal(403, status)
    end)

    it("refuses an old signature, and nobody's", function()
      local old = signer(s, { time = os.time() - 3600 })
      assert.equal(403, (send(old, { bucket = "from-lua", key = "plain.txt" })))
      local _, status = go { method = "GET", url = ("http://127.0.0.1:%d/from-lua/plain.txt"):format(s.port) }
      assert.equal(403, status)
    end)
  end)
end

describe("swift", function()
  it("takes a session token, and wants it", function()
    local s = require("swift").start()
    local t = s.temporary
    local with = signer(s, { credentials = fgp.credentials.static(t.access_key, t.secret_key, t.session_token) })
    assert.equal(200, (send(with, { bucket = "from-lua", key = "plain.txt" })))
    local without = signer(s, { credentials = fgp.credentials.static(t.access_key, t.secret_key) })
    assert.equal(403, (send(without, { bucket = "from-lua", key = "plain.txt" })))
  end)
end)

describe("a strict verifier", function()
  it("finds right what goes out for other services", function()
    local o = origin.start()
    local here = "http://127.0.0.1:" .. o.port
    local requests = {
      lambda = { method = "POST", path = "/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:f/invocations",
                 body = "{}" },
      dynamodb = { method = "POST", body = "{}", headers = { ["content-type"] = "application/x-amz-json-1.0",
                                                             ["x-amz-target"] = "DynamoDB_20120810.ListTables" } },
      sts = { method = "POST", body = "Action=GetCallerIdentity&Version=2011-06-15",
              headers = { ["content-type"] = "application/x-www-form-urlencoded" } },
      sqs = { path = "/1/a b/../c/", query = { Action = "X", ["a+b"] = { "2", "1" } } },
    }
    for service, request in pairs(requests) do
      local by = signer(o, { service = service, region = "eu-west-1", params = { Endpoint = here },
                             credentials = fgp.credentials.static("AKIDEXAMPLE", "secret", "token") })
      local r = assert(by:sign(request))
      assert(go(r))
      assert.equal(r.url, here .. o.last().target)
      local answer = verify.one(o.last(), "secret",
                                { region = "eu-west-1", service = service, session_token = "token" })
      assert.is_true(answer.ok, verify.told(answer))
    end
  end)
end)

describe("over TLS", function()
  -- the adaptor asks for the file of authorities at each connection
  local function fetch(ca, host, port)
    return server.run(("env SSL_CERT_FILE=%s LUA_PATH=%s lua5.4 -e %s"):format(server.quote(ca),
      server.quote(source .. "/examples/lua/?.lua;;"),
      server.quote(('print(require "go" { method = "GET", url = "https://%s:%d/" })'):format(host, port))))
  end

  it("goes to a host that its certificate names, and to no other", function()
    local o = origin.start()
    assert.matches("\t200\t", (fetch(o.ca, "localhost", o.https_port)))
    -- a name for the same address that is not in the certificate
    assert.matches("^nil\tthe certificate is not for 127%.1\t?", (fetch(o.ca, "127.1", o.https_port)))
    assert.matches("^nil\t.*certificate verify failed",
                   (fetch("/etc/ssl/certs/ca-certificates.crt", "localhost", o.https_port)))
  end)
end)

describe("the examples", function()
  local s

  local function run(script, arguments, input)
    return server.run(("printf %%s %s | env AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_REGION=%s %s")
      :format(server.quote(input or ""), s.access_key, server.quote(s.secret_key), s.region,
              server.sanitized(("lua5.4 %s/examples/lua/%s %s"):format(server.quote(source), script, arguments))))
  end

  lazy_setup(function()
    s = require("swift").start()
    s3.create(s, "examples")
  end)

  it("put, get and presign an object", function()
    local here = "http://127.0.0.1:" .. s.port
    local text, code = run("put.lua", "examples 'a b.txt' " .. here, "hello")
    assert.equal(0, code, text)
    assert.equal("hello", (run("get.lua", "examples 'a b.txt' " .. here)))
    local url = run("presign.lua", "examples 'a b.txt' " .. here .. " 60")
    assert.equal("hello", (go { method = "GET", url = url:gsub("\n", "") }))
    text, code = run("get.lua", "examples missing " .. here)
    assert.matches("examples answers 404", text)
    assert.equal(1, code)
  end)

  it("list tables", function()
    local o = origin.start()
    local text, code = run("dynamodb.lua", "http://127.0.0.1:" .. o.port)
    assert.equal(0, code, text)
    local answer = verify.one(o.last(), s.secret_key, { region = s.region, service = "dynamodb" })
    assert.is_true(answer.ok, verify.told(answer))
    assert.equal("{}", o.last().body)
  end)

  it("say what is missing", function()
    local text = server.run(("env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY %s")
      :format(server.sanitized(("lua5.4 %s/examples/lua/get.lua b k"):format(server.quote(source)))))
    assert.matches("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", text)
  end)
end)
