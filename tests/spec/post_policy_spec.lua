-- SPDX-License-Identifier: Apache-2.0
-- POST policies: the same bytes as botocore's, and forms that a real S3 takes or refuses.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local botocore = require "botocore"
local cjson = require "cjson"
local fgp = require "fingerpost"
local mime = require "mime"
local s3 = require "s3"
local server = require "server"

local NOW, ID, SECRET, TOKEN, ask = botocore.NOW, botocore.ID, botocore.SECRET, botocore.TOKEN, botocore.ask

local function signer(token, more)
  local options = { service = "s3", region = "us-east-1", time = NOW,
                    credentials = assert(fgp.credentials.static(ID, SECRET, token)) }
  for name, value in pairs(more or {}) do options[name] = value end
  return assert(fgp.signer(options))
end

-- As JSON is compared: the conditions in any order.
local function conditions(policy)
  local all = {}
  for _, condition in ipairs(cjson.decode(policy).conditions) do all[#all + 1] = cjson.encode(condition) end
  table.sort(all)
  return all
end

-- what post_policy is asked; what botocore is told of it
local CASES = {
  { { bucket = "photos", key = "a/b.jpg" }, {}, {} },
  { { bucket = "photos", key = "up/${filename}", expires = 60, length = { 0, 1048576 } },
    { { "content-length-range", 0, 1048576 } }, {} },
  { { bucket = "photos", key = "${filename}", content_type = "image/", fields = { acl = "private" } },
    { { "starts-with", "$Content-Type", "image/" }, { acl = "private" } }, { acl = "private" } },
  { { bucket = "photos", key = 'quo"te\\ü€😀/$x', expires = 604800, content_type = "text/plain; charset=utf-8",
      fields = { ["x-amz-meta-Name"] = "日本 \"x\" \\", success_action_status = "201" } },
    { { ["Content-Type"] = "text/plain; charset=utf-8" }, { ["x-amz-meta-Name"] = "日本 \"x\" \\" },
      { success_action_status = "201" } },
    { ["Content-Type"] = "text/plain; charset=utf-8", ["x-amz-meta-Name"] = "日本 \"x\" \\",
      success_action_status = "201" } },
}

local function python(text)
  return server.must(("/usr/bin/python3 -c %s"):format(server.quote(text)))
end

describe("signer:post_policy", function()
  it("says what botocore says", function()
    local questions, got = {}, {}
    for _, token in ipairs { "", TOKEN } do
      for _, case in ipairs(CASES) do
        local what = case[1]
        local given = token ~= "" and token or nil
        questions[#questions + 1] = { what = "post", region = "us-east-1", id = ID, secret = SECRET, token = given,
          now = NOW, bucket = what.bucket, key = what.key, expires = what.expires or 900,
          conditions = case[2],
          fields = case[3] }
        got[#got + 1] = assert(signer(given):post_policy(what))
      end
    end
    for i, want in ipairs(ask(questions)) do
      local r = got[i]
      local theirs = mime.unb64(want.fields.policy)
      assert.same(conditions(theirs), conditions(r.policy))
      assert.equal(cjson.decode(theirs).expiration, cjson.decode(r.policy).expiration)
      assert.equal("https://photos.s3.us-east-1.amazonaws.com/", r.url)
      assert.equal(r.policy, mime.unb64(r.fields.policy))
      assert.is_nil(r.policy:find "[^ -~]")
      for name, value in pairs(want.fields) do
        if name ~= "policy" and name ~= "x-amz-signature" then assert.equal(value, r.fields[name]) end
        want.fields[name] = nil
        assert.is_string(r.fields[name])
      end
    end
  end)

  -- The same document gives the same signature: recomputed by the standard library.
  it("signs the base64 of the policy, be it one's own", function()
    local own = '{"expiration": "2015-08-31T00:00:00Z", "conditions": [{"bucket": "photos"}, {"key": "ü"}]}'
    for _, what in ipairs { { bucket = "photos", key = "k" }, { bucket = "photos", key = "ü", policy = own } } do
      local r = assert(signer():post_policy(what))
      if what.policy then assert.equal(own, r.policy) end
      assert.equal(python(([[
import sys; sys.path.insert(0, %q); sys.dont_write_bytecode = True
import sigv4
print(sigv4.signature(%q, "20150830/us-east-1/s3/aws4_request", %q), end="")]])
        :format(server.support, SECRET, mime.b64(r.policy) .. "")), r.fields["x-amz-signature"])
    end
  end)

  local REFUSED = {
    { "BAD_BUCKET", { bucket = "Photos" } },
    { "BAD_KEY", { key = "" } },
    { "BAD_KEY", { key = ("k"):rep(1025) } },
    { "BAD_POLICY", { key = "a${filename}b" } },
    { "BAD_POLICY", { key = "a\nb" } },
    { "BAD_POLICY", { key = "\xff" } },
    { "BAD_POLICY", { key = "\xc0\xaf" } },
    { "BAD_POLICY", { key = "\xed\xa0\x80" } },
    { "BAD_POLICY", { key = "\xf4\x90\x80\x80" } },
    { "BAD_POLICY", { key = "\xe2\x82" } },
    { "BAD_POLICY", { length = { 2, 1 } } },
    { "BAD_POLICY", { content_type = "a\r\nb" } },
    { "BAD_POLICY", { fields = { ["a b"] = "x" } } },
    { "BAD_POLICY", { fields = { [""] = "x" } } },
    { "BAD_POLICY", { fields = { acl = "x", ACL = "y" } } },
    { "BAD_POLICY", { fields = { Policy = "x" } } },
    { "BAD_POLICY", { fields = { ["X-Amz-Date"] = "x" } } },
    { "BAD_POLICY", { fields = { acl = "\0" } } },
    { "BAD_POLICY", { policy = "" } },
    { "BAD_POLICY", { policy = ("x"):rep(20481) } },
    { "BAD_EXPIRES", { expires = 0 } },
    { "BAD_EXPIRES", { expires = 604801 } },
  }
  for i, case in ipairs(REFUSED) do
    it(("refuses %d: %s"):format(i, case[1]), function()
      local what = { bucket = "photos", key = "k" }
      for name, value in pairs(case[2]) do what[name] = value end
      local r, message, code = signer():post_policy(what)
      assert.is_nil(r)
      assert.equal(case[1], code, message)
    end)
  end

  it("raises for what a right program does not do", function()
    local s = signer()
    assert.error_matches(function() s:post_policy { bucket = "b" } end, "needs 'bucket' and 'key'")
    assert.error_matches(function() s:post_policy { bucket = "b", key = "k", length = { 1 } } end, "two numbers")
    assert.error_matches(function() s:post_policy { bucket = "b", key = "k", fields = { x = 1 } } end, "must be strings")
    assert.error_matches(function() s:post_policy { bucket = "b", key = "k", policy = "{}", expires = 1 } end, "of its own")
    assert.error_matches(function() s:post_policy { x = 1 } end, "bad field 'x' in post_policy")
    s:close()
    assert.error_matches(function() s:post_policy { bucket = "b", key = "k" } end, "closed signer")
  end)
end)

describe("a form at radosgw", function()
  local s, there, c

  setup(function()
    s = require("radosgw").start()
    s3.create(s, "forms")
    c = assert(fgp.credentials.static(s.access_key, s.secret_key))
    there = assert(fgp.signer { service = "s3", region = "us-east-1", credentials = c,
      params = { Endpoint = "http://127.0.0.1:" .. s.port, ForcePathStyle = true } })
  end)

  -- Sends |fields| and a file as a browser does; the status.
  local function send(url, fields, bytes, type)
    local words = { "curl -sS -o /dev/null -w '%{http_code}'" }
    for name, value in pairs(fields) do words[#words + 1] = "--form-string " .. server.quote(name .. "=" .. value) end
    local path = server.directory() .. "/a.txt"
    server.write(path, bytes)
    words[#words + 1] = "-F " .. server.quote("file=@" .. path .. (type and ";type=" .. type or ""))
    words[#words + 1] = server.quote(url)
    return tonumber(server.must("env LD_PRELOAD= " .. table.concat(words, " ")))
  end

  local function form(what)
    what.bucket = "forms"
    return assert(there:post_policy(what))
  end

  it("is taken, and what it uploads is there", function()
    local r = form { key = "up/${filename}", length = { 1, 100 }, fields = { ["x-amz-meta-who"] = "ü" } }
    assert.equal(204, send(r.url, r.fields, "the bytes"))
    assert.equal("the bytes", s3.get(s, "forms", "up/a.txt").body)
  end)

  it("is taken with a content type, exact or of a kind", function()
    local r = form { key = "k", content_type = "text/plain" }
    assert.equal(204, send(r.url, r.fields, "x"))
    assert.equal("text/plain", s3.get(s, "forms", "k").headers["content-type"])
    r = form { key = "k2", content_type = "image/" }
    r.fields["Content-Type"] = "image/png"
    assert.equal(204, send(r.url, r.fields, "x"))
    r.fields["Content-Type"] = "text/html"
    assert.equal(403, send(r.url, r.fields, "x"))
  end)

  it("is taken with a policy of one's own", function()
    local stamp = os.date("!%Y%m%dT%H%M%SZ")
    local policy = ('{"expiration": "%s", "conditions": [{"bucket": "forms"}, ["starts-with", "$key", ""], ' ..
      '["starts-with", "$x-amz-algorithm", ""], ["starts-with", "$x-amz-credential", ""], ' ..
      '["starts-with", "$x-amz-date", "%s"]]}'):format(os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() + 60), stamp:sub(1, 4))
    local r = form { key = "own", policy = policy }
    assert.equal(204, send(r.url, r.fields, "x"))
  end)

  local WRONG = {
    { "another signature", function(f) f["x-amz-signature"] = ("0"):rep(64) end },
    { "another key", function(f) f.key = "else" end },
    { "another field", function(f) f.acl = "public-read-write" end },
    { "another policy", function(f) f.policy = mime.b64((mime.unb64(f.policy):gsub("forms", "photo"))) end },
    { "another key's owner", function(f) f["x-amz-credential"] = f["x-amz-credential"]:gsub("^[^/]*", "AKIDOTHER") end },
  }
  for _, case in ipairs(WRONG) do
    it("is refused with " .. case[1], function()
      local r = form { key = "k3", fields = { acl = "private" } }
      case[2](r.fields)
      assert.equal(403, send(r.url, r.fields, "x"))
    end)
  end

  it("is refused with a file that is too long, and when it is over", function()
    local r = form { key = "k4", length = { 1, 3 } }
    assert.equal(400, send(r.url, r.fields, "four"))
    local before = assert(fgp.signer { service = "s3", region = "us-east-1", credentials = c, time = os.time() - 120,
      params = { Endpoint = "http://127.0.0.1:" .. s.port, ForcePathStyle = true } })
    r = assert(before:post_policy { bucket = "forms", key = "k5", expires = 60 })
    assert.equal(403, send(r.url, r.fields, "x"))
  end)
end)
