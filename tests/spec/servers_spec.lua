-- SPDX-License-Identifier: Apache-2.0
-- The test servers really verify, and so does the verifier: a right signature is
-- accepted and a wrong one refused, before anything of ours is held against them.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local origin = require "origin"
local s3 = require "s3"
local server = require "server"
local verify = require "verify"

local KEYS = { "sp ace+plus", "uni-é中", "paren(1)'!*~", "pct%41%2Fx", "eq=a&b?c#d", "@:,;$", "a//b",
               "dot/../dot", "./here", ("k"):rep(1024) }
local DAY = 24 * 3600

-- a request, and what becomes of it
local CASES = {
  { "a right key", 200, { key = "k" } },
  { "a right key by botocore", 200, { key = "k", sign = "botocore" } },
  { "a right presigned URL", 200, { key = "k", sign = "presign" } },
  { "a right key, over TLS", 200, { key = "k", https = true } },
  { "a right key, virtual host", 200, { key = "k", virtual = true } },
  { "a query without a value", 200, { query = "acl" } },
  { "a wrong secret", 403, { key = "k", secret_key = "wrong" } },
  { "a wrong secret by botocore", 403, { key = "k", secret_key = "wrong", sign = "botocore" } },
  { "a wrong secret, presigned", 403, { key = "k", secret_key = "wrong", sign = "presign" } },
  { "a wrong secret, over TLS", 403, { key = "k", secret_key = "wrong", https = true } },
  { "a wrong secret, virtual host", 403, { key = "k", secret_key = "wrong", virtual = true } },
  { "an unknown key", 403, { key = "k", access_key = "AKIDNOBODY0000001" } },
  { "nobody", 403, { key = "k", sign = "none" } },
  { "a changed path", 403, { key = "k", change = { target = "/verified/l" } } },
  { "a changed query", 403, { query = "prefix=a", change = { target = "/verified?prefix=b" } } },
  { "an old signature", 403, { key = "k", age = DAY } },
  { "an expired URL", 403, { key = "k", sign = "presign", expires = 10, age = 60 } },
}

for _, name in ipairs { "radosgw", "swift" } do
  describe(name, function()
    local s

    lazy_setup(function()
      s = require(name).start()
      s3.create(s, "verified")
      s3.put(s, "verified", "k", "v")
    end)

    it("accepts what is right and refuses what is wrong", function()
      local list = {}
      for i, case in ipairs(CASES) do
        list[i] = case[3]
        list[i].bucket = "verified"
      end
      for i, answer in ipairs(s3.requests(s, list)) do
        assert.equal(CASES[i][2], answer.status, CASES[i][1] .. "\n" .. answer.body)
      end
    end)

    it("refuses a body that is not the one signed", function()
      local r = s3.request(s, { method = "PUT", bucket = "verified", key = "body", body = "one",
                                change = { body = "two" } })
      assert.is_true(r.status >= 400, r.body)
    end)

    it("keeps each key apart", function()
      local objects, gets = {}, {}
      for i, key in ipairs(KEYS) do
        objects[key] = "body of " .. key
        gets[i] = { bucket = "verified", key = key }
      end
      s3.fill(s, "verified", objects)
      for i, answer in ipairs(s3.requests(s, gets)) do
        assert.equal(objects[KEYS[i]], answer.body)
      end
    end)
  end)
end

describe("swift", function()
  it("wants the token with the temporary key", function()
    local s = require("swift").start()
    local t = s.temporary
    local function get(token)
      return s3.request(s, { bucket = "verified", key = "k", access_key = t.access_key,
                             secret_key = t.secret_key, session_token = token }).status
    end
    assert.equal(200, get(t.session_token))
    assert.equal(403, get(t.session_token .. "x"))
    assert.equal(403, get(nil))
  end)

  it("compares the region and the service", function()
    local s = require("swift").start()
    assert.equal(400, s3.request(s, { bucket = "verified", key = "k", region = "eu-west-1" }).status)
    assert.equal(400, s3.request(s, { bucket = "verified", key = "k", service = "sqs" }).status)
  end)
end)

describe("the verifier", function()
  local s = { host = "s3.test", port = 80, https_port = 443, region = "us-east-1",
              access_key = "AKID", secret_key = "secret/+" }
  local SHA_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  local function signed(list)
    for _, q in ipairs(list) do
      q.dry, q.bucket = true, q.bucket or "b"
    end
    local requests = {}
    for i, answer in ipairs(s3.requests(s, list)) do requests[i] = answer.sent end
    return requests
  end

  it("accepts what botocore signs", function()
    local list = {}
    for _, key in ipairs(KEYS) do
      list[#list + 1] = { key = key, sign = "botocore" }
      list[#list + 1] = { key = key, sign = "botocore", session_token = "a+/=" }
    end
    list[#list + 1] = { key = "k", sign = "botocore", method = "PUT", body = "some body",
                        headers = { { "content-type", "text/plain" }, { "X-Amz-Meta-A", " two   spaces " } } }
    list[#list + 1] = { key = "k", sign = "botocore", service = "execute-api", query = "b=2&a=%20&a=1&c" }
    list[#list + 1] = { key = "k", sign = "presign", query = "versionId=x%2Fy" }
    local requests = signed(list)
    for i, r in ipairs(requests) do r.session_token = list[i].session_token end
    for i, answer in ipairs(verify.all(requests, s.secret_key, { region = "us-east-1" })) do
      assert.is_true(answer.ok, list[i].key .. ": " .. verify.told(answer))
    end
  end)

  it("encodes a path twice that is not S3's", function()
    local path = "/a%20b/./c"  -- AWS's suite: get-space-normalized and its like
    local list = signed { { target = path, service = "execute-api", sign = "botocore" } }
    local answer = verify.one(list[1], s.secret_key)
    assert.is_true(answer.ok, verify.told(answer))
    assert.matches("\n/a%%2520b/c\n", answer.canonical_request)
  end)

  -- what is done to a right request, and the reason it must give
  local CHANGES = {
    { "does not match", function(r) r.method = "PUT" end },
    { "does not match", function(r) r.target = "/b/l?x=1" end },
    { "does not match", function(r) r.target = "/b/k?x=2" end },
    { "does not match", function(r) r.target = "/b/k?x=1&y" end },
    { "does not match", function(r) r.headers[1][2] = "other.test" end },
    { "does not match", function(r) r.secret = "secret/-" end },
    { "body's", function(r) r.body = "x" end },
    { "not signed", function(r) table.insert(r.headers, { "X-Amz-Acl", "private" }) end },
    { "more than once", function(r) table.insert(r.headers, { "host", "s3.test" }) end },
    { "header and in the query", function(r) r.target = r.target .. "&X-Amz-Signature=0" end },
    { "too long ago", function(r) r.now = os.time() + 1000 end },
    { "future", function(r) r.now = os.time() - 1000 end },
    { "region", function(r) r.region = "eu-west-1" end },
    { "service", function(r) r.service = "sqs" end },
    { "session token", function(r) r.session_token = "t" end },
    { "raw byte", function(r) r.target = "/b/\xc3" end },
    { "host is not signed", function(_, header)
      header("authorization", function(v) return (v:gsub("SignedHeaders=host;", "SignedHeaders=")) end)
    end },
    { "not sent", function(_, header)
      header("authorization", function(v) return (v:gsub("=host;", "=host;range;")) end)
    end },
    { "not sorted", function(_, header)
      header("authorization", function(v) return (v:gsub("=host;", "=x;host;")) end)
    end },
    { "malformed", function(_, header)
      header("authorization", function(v) return (v:gsub("/aws4_request", "")) end)
    end },
    { "malformed", function(_, header) header("authorization", function(v) return v .. "0" end) end },
    { "wants x%-amz%-content%-sha256", function(r, header)
      header("authorization", function(v) return (v:gsub("x%-amz%-content%-sha256;", "")) end)
      for i, pair in ipairs(r.headers) do
        if pair[1]:lower() == "x-amz-content-sha256" then table.remove(r.headers, i) end
      end
    end },
    { "no Authorization", function(_, header) header("authorization", function() return "" end) end },
  }

  it("refuses each change to a right request", function()
    local list = {}
    for i = 1, #CHANGES + 1 do list[i] = { key = "k", query = "x=1" } end
    local requests = signed(list)
    for i, change in ipairs(CHANGES) do
      local r = requests[i]
      change[2](r, function(name, f)
        for _, pair in ipairs(r.headers) do
          if pair[1]:lower() == name then pair[2] = f(pair[2]) end
        end
      end)
    end
    local answers = verify.all(requests, s.secret_key)
    for i, change in ipairs(CHANGES) do
      assert.is_false(answers[i].ok, change[1])
      assert.matches(change[1], answers[i].reason)
    end
    assert.is_true(answers[#answers].ok, verify.told(answers[#answers]))
    assert.matches("\n" .. SHA_EMPTY .. "$", answers[#answers].canonical_request)
  end)

  it("refuses each change to a right presigned URL", function()
    local changes = {
      { "does not match", "/b/k%?", "/b/l?" }, { "X%-Amz%-Expires", "Expires=900", "Expires=604801" },
      { "X%-Amz%-Expires", "Expires=900", "Expires=0" }, { "does not match", "Expires=900", "Expires=901" },
      { "not SigV4", "HMAC", "HMAX" }, { "different days", "X%-Amz%-Date=%d+", "X-Amz-Date=20150830" },
      { "more than once", "X%-Amz%-Date=%w+", "%0&%0" },
    }
    local list = {}
    for i = 1, #changes do list[i] = { key = "k", sign = "presign" } end
    local requests = signed(list)
    for i, change in ipairs(changes) do requests[i].target = requests[i].target:gsub(change[2], change[3]) end
    for i, answer in ipairs(verify.all(requests, s.secret_key)) do
      assert.is_false(answer.ok, changes[i][1])
      assert.matches(changes[i][1], answer.reason)
    end
  end)
end)

describe("the guard", function()
  local CHILD = [[
    local server = require "server"
    local dir = server.directory()
    local pid = server.start("sleep 600", dir .. "/log")
    server.stop(server.start("sleep 600", dir .. "/log"))
    print(pid, dir)
    io.stdout:flush()
    os.execute "kill -KILL $PPID"
  ]]

  it("ends what a spec leaves when it is killed", function()
    local text = server.run("lua5.4 -e " .. server.quote(CHILD))
    local pid, dir = text:match("^(%d+)\t([^\n]+)\n")
    assert.is_string(pid, text)
    server.wait("the guard", function()
      return not server.alive(tonumber(pid)) and not io.open(dir .. "/log")
    end, 5)
  end)
end)

describe("the origin", function()
  it("records a request byte for byte and answers as it is told", function()
    local o = origin.start()
    local text = server.must(("curl -s -H 'X-Reply-Status: 201' -H 'A: 1' -H 'a: 2' --data-binary 'b\x01dy' " ..
                              "-w '%%{http_code}' 'http://127.0.0.1:%d/%%41?q=%%20'"):format(o.port))
    assert.equal("ok201", text)
    local r = o.last()
    assert.equal("POST", r.method)
    assert.equal("/%41?q=%20", r.target)
    assert.equal("b\x01dy", r.body)
    assert.matches("\r\nA: 1\r\na: 2\r\n", r.raw, 1, true)
    assert.is_false(r.tls)

    o.answer("HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n")
    text = server.must(("curl -s -w '%%{http_code}' --cacert %s --connect-to ::127.0.0.1: https://x.s3.test:%d/")
                       :format(server.quote(o.ca), o.https_port))
    assert.equal("418", text)
    assert.equal("x.s3.test", o.last().sni)
    assert.equal(2, #o.requests())
    o.stop()
  end)
end)
