-- SPDX-License-Identifier: Apache-2.0
-- `fingerpost token` and `fingerpost presign --post-policy` say what the binding says.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local command = require "command"
local fgp = require "fingerpost"

local ID, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "Session/Token+Example=="
local KEYS = { AWS_ACCESS_KEY_ID = ID, AWS_SECRET_ACCESS_KEY = SECRET, AWS_SESSION_TOKEN = TOKEN }
local NOW = 1440938160
local credentials = assert(fgp.credentials.static(ID, SECRET, TOKEN))

local function must(args)
  local out, err, code = command.run(args, { env = KEYS })
  assert.equal(0, code, err)
  assert.equal("", err)
  return out
end

local function refused(code, pattern, args, env)
  local out, err, got = command.run(args, { env = env or KEYS })
  assert.equal("", out)
  assert.matches(pattern, err)
  assert.equal(code, got)
  assert.is_nil(err:find(SECRET, 1, true))
end

local WHAT = {
  { service = "rds", host = "db.example.com", port = 3306, user = "jane doe" },
  { service = "dsql", host = "abc.dsql.us-east-1.on.aws", expires = 86400 },
  { service = "dsql-admin", host = "abc.dsql.us-east-1.on.aws" },
  { service = "elasticache", host = "my-cache", user = "jane" },
  { service = "elasticache-serverless", host = "my-cache", user = "jane" },
  { service = "memorydb", host = "my-cluster", user = "jane" },
  { service = "msk" },
  { service = "eks", cluster = "prod" },
  { service = "iot", host = "a.iot.us-east-1.amazonaws.com" },
}

describe("fingerpost token", function()
  for _, what in ipairs(WHAT) do
    it("makes the token of " .. what.service, function()
      local args = { "token", what.service, "--region", "us-east-1", "--time", tostring(NOW) }
      for _, name in ipairs { "host", "port", "user", "cluster", "expires" } do
        if what[name] then table.move({ "--" .. name, tostring(what[name]) }, 1, 2, #args + 1, args) end
      end
      what.region, what.time, what.credentials = "us-east-1", NOW, credentials
      assert.equal(assert(fgp.token(what)) .. "\n", must(args))
    end)
  end

  it("refuses what is missing or wrong", function()
    local rds = { "token", "rds", "--region", "us-east-1", "--host", "h", "--port", "1", "--user", "u" }
    local function but(...)
      local args = table.move(rds, 1, #rds, 1, {})
      return table.move({ ... }, 1, select("#", ...), #args + 1, args)
    end
    refused(2, "no service is given, such as rds", { "token" })
    refused(2, '"mysql" is no service that takes tokens', { "token", "mysql", "--region", "us-east-1" })
    refused(2, "the database's port", { "token", "rds", "--region", "us-east-1", "--host", "h", "--user", "u" })
    refused(2, "the host is missing", { "token", "dsql", "--region", "us-east-1" })
    refused(2, "%-%-cluster is eks's", but("--cluster", "c"))
    refused(2, "%-%-cluster is eks's", { "token", "eks", "--region", "us-east-1" })
    refused(2, "the expiry", but("--expires", "901"))
    refused(2, "%-%-expires takes a number", but("--expires", "x"))
    refused(2, "%-%-port takes a number", { "token", "rds", "--port", "0" })
    refused(2, "%-%-port is given twice", but("--port", "2"))
    refused(3, "there are no credentials", rds, {})
    refused(3, "the region is empty", { "token", "msk" })
  end)
end)

describe("fingerpost presign --post-policy", function()
  local function form(...)
    return cjson.decode(must { "presign", "--post-policy", "--region", "eu-west-1", "--time", tostring(NOW), ... })
  end

  it("makes the form that the binding makes", function()
    local signer <close> = assert(fgp.signer { service = "s3", region = "eu-west-1", credentials = credentials, time = NOW })
    local want = assert(signer:post_policy { bucket = "photos", key = "up/${filename}", expires = 60,
      length = { 1, 1024 }, content_type = "text/plain", fields = { acl = "private" } })
    want.policy = nil
    assert.same(want, form("s3://photos/up/${filename}", "--expires", "60", "--length", "1-1024",
                           "--content-type", "text/plain", "--field", "acl=private"))
  end)

  it("goes to a server of one's own", function()
    assert.equal("http://127.0.0.1:9000/photos",
                 form("s3://photos/k", "--endpoint-url", "http://127.0.0.1:9000", "--path-style").url)
  end)

  it("refuses what is missing or wrong", function()
    local function presign(...) return { "presign", "--region", "eu-west-1", ... } end
    refused(2, "wants s3://BUCKET/KEY", presign("--post-policy"))
    refused(2, "wants s3://BUCKET/KEY", presign("--post-policy", "https://example.com/"))
    refused(2, "wants a key, too", presign("--post-policy", "s3://photos"))
    refused(2, "the key is empty", presign("--post-policy", "s3://photos/"))
    for _, length in ipairs { "1", "1-", "-1", "1-x", " 1-2", "1-99999999999999999999", "2-1" } do
      refused(2, "length", presign("--post-policy", "s3://photos/k", "--length", length))
    end
    refused(2, "NAME=VALUE", presign("--post-policy", "s3://photos/k", "--field", "acl"))
    refused(2, "is set otherwise", presign("--post-policy", "s3://photos/k", "--field", "policy=x"))
    refused(2, "are a form's", presign("s3://photos/k", "--field", "acl=private"))
  end)
end)
