-- SPDX-License-Identifier: Apache-2.0
-- Tokens, against botocore's own where it has them, else against its presigning of what
-- the services' documentation says is signed.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local botocore = require "botocore"
local cjson = require "cjson"
local fgp = require "fingerpost"
local mime = require "mime"

local NOW, ID, SECRET, TOKEN, ask = botocore.NOW, botocore.ID, botocore.SECRET, botocore.TOKEN, botocore.ask

local function base64url(text)
  return (mime.b64(text):gsub("[+/=]", { ["+"] = "-", ["/"] = "_", ["="] = "" }))
end

-- The query of |url|: name → value.
local function parameters(url)
  local all = {}
  for name, value in url:match("%?(.*)$"):gmatch("([^&=]+)=([^&]*)") do all[name] = value end
  return all
end

local function plain(url) return (url:gsub("^https://", "")) end
local function msk(url) return base64url(url .. "&User-Agent=fingerpost%2F0.1.0") end
local function eks(url) return "k8s-aws-v1." .. base64url(url) end

-- what fgp.token is asked; the URL and the service that botocore signs; what is done with it
local CASES = {
  { { service = "dsql", host = "abc.dsql.us-east-1.on.aws" },
    "https://abc.dsql.us-east-1.on.aws/?Action=DbConnect", "dsql", 900, plain },
  { { service = "dsql-admin", host = "abc.dsql.us-east-1.on.aws", expires = 604800 },
    "https://abc.dsql.us-east-1.on.aws/?Action=DbConnectAdmin", "dsql", 604800, plain },
  { { service = "elasticache", host = "My-Cache", user = "jane" },
    "https://my-cache/?Action=connect&User=jane", "elasticache", 900, plain },
  { { service = "elasticache-serverless", host = "my-cache", user = "jane+doe" },
    "https://my-cache/?Action=connect&ResourceType=ServerlessCache&User=jane%2Bdoe", "elasticache", 900, plain },
  { { service = "memorydb", host = "my-cluster", user = "ü" },
    "https://my-cluster/?Action=connect&User=%C3%BC", "memorydb", 900, plain },
  { { service = "msk" },
    "https://kafka.us-east-1.amazonaws.com/?Action=kafka-cluster%3AConnect", "kafka-cluster", 900, msk },
  { { service = "msk", region = "cn-north-1" },
    "https://kafka.cn-north-1.amazonaws.com.cn/?Action=kafka-cluster%3AConnect", "kafka-cluster", 900, msk },
  { { service = "eks", cluster = "prod_1" },
    "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", "sts", 60, eks,
    { ["x-k8s-aws-id"] = "prod_1" } },
  { { service = "eks", cluster = "c", region = "cn-north-1", expires = 900 },
    "https://sts.cn-north-1.amazonaws.com.cn/?Action=GetCallerIdentity&Version=2011-06-15", "sts", 900, eks,
    { ["x-k8s-aws-id"] = "c" } },
  { { service = "iot", host = "a1b2c3-ats.iot.us-east-1.amazonaws.com", expires = 86400, no_token = true },
    "https://a1b2c3-ats.iot.us-east-1.amazonaws.com/mqtt", "iotdevicegateway", 86400,
    function(url) return (url:gsub("^https", "wss")) end },
}

local function credentials(token) return assert(fgp.credentials.static(ID, SECRET, token)) end

local function with(what, more)
  local all = { region = "us-east-1", time = NOW }
  for name, value in pairs(what) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  all.no_token = nil
  return all
end

describe("fgp.token", function()
  it("makes the token of RDS that botocore makes", function()
    local questions, got = {}, {}
    for _, token in ipairs { "", TOKEN } do
      for _, case in ipairs { { "db.x.eu-west-1.rds.amazonaws.com", 3306, "jane_doe" },
                              { "DB.example.com", 5432, "a b+c/ü%" }, { "h", 65535, "u" } } do
        local host, port, user = table.unpack(case)
        questions[#questions + 1] = { what = "rds", region = "eu-west-1", id = ID, secret = SECRET,
                                      token = token ~= "" and token or nil, now = NOW,
                                      host = host:lower(), port = port, user = user }
        got[#got + 1] = assert(fgp.token { service = "rds", region = "eu-west-1", host = host, port = port,
          user = user, credentials = credentials(token ~= "" and token or nil), time = NOW })
      end
    end
    local want = ask(questions)
    for i, token in ipairs(want) do
      assert.equal(token:match("^[^?]*"), got[i]:match("^[^?]*"))
      assert.same(parameters(token), parameters(got[i]))
    end
    assert.equal(6, #want)
  end)

  it("makes those of the others, signed as botocore signs", function()
    local questions, got = {}, {}
    for _, case in ipairs(CASES) do
      local what, url, service, expires, _, headers = table.unpack(case, 1, 6)
      for _, token in ipairs { "", TOKEN } do
        if token == "" or not what.no_token then
          local given = token ~= "" and token or nil
          questions[#questions + 1] = { what = "url", url = url, service = service, expires = expires,
            headers = headers or cjson.decode "{}", region = what.region or "us-east-1", id = ID, secret = SECRET,
            token = given, now = NOW }
          got[#got + 1] = { assert(fgp.token(with(what, { credentials = credentials(given) }))), case[5] }
        end
      end
    end
    local want = ask(questions)
    for i, url in ipairs(want) do
      local token, form = table.unpack(got[i])
      -- botocore leaves the parameters where they are; ours are sorted
      local sorted = {}
      for pair in url:match("%?(.*)&X%-Amz%-Signature"):gmatch("[^&]+") do sorted[#sorted + 1] = pair end
      table.sort(sorted)
      url = url:match("^[^?]*") .. "?" .. table.concat(sorted, "&") .. url:match("&X%-Amz%-Signature=%x+")
      assert.equal(form(url), token)
    end
    assert.equal(19, #want)
  end)

  it("leaves IoT's session token out of the signature, and at the end", function()
    local what = { service = "iot", host = "a.iot.us-east-1.amazonaws.com" }
    local bare = assert(fgp.token(with(what, { credentials = credentials() })))
    local full = assert(fgp.token(with(what, { credentials = credentials(TOKEN) })))
    assert.equal(bare .. "&X-Amz-Security-Token=Session%2FToken%2BExample%3D%3D", full)
  end)

  local rds = { service = "rds", host = "h", port = 3306, user = "u" }
  local REFUSED = {
    { "BAD_URL", { host = "" }, "the host is missing" },
    { "BAD_URL", { host = "h:3306" }, "the port apart" },
    { "BAD_URL", { host = "h/x" }, "host" },
    { "BAD_URL", { host = "a@b" }, "host" },
    { "BAD_URL", { host = ("h"):rep(300) }, "longer than 253" },
    { "BAD_URL", { port = 0 }, "1 to 65535" },
    { "BAD_URL", { port = 65536 }, "1 to 65535" },
    { "BAD_USER", { user = "" }, "is missing" },
    { "BAD_USER", { user = "a\nb" }, "control byte" },
    { "BAD_USER", { user = ("u"):rep(257) }, "longer than 256" },
    { "BAD_EXPIRES", { expires = 901 }, "1 to 900" },
    { "BAD_EXPIRES", { expires = 0 }, "1 to 900" },
    { "BAD_EXPIRES", { expires = -1 }, "1 to 900" },
    { "BAD_REGION", { region = "" }, "the region is empty" },
    { "BAD_REGION", { region = "EU" }, "region" },
    { "BAD_TIME", { time = -1 }, "years" },
  }
  for _, case in ipairs(REFUSED) do
    it("refuses " .. cjson.encode(case[2]):sub(1, 40), function()
      local token, message, code = fgp.token(with(with(rds, case[2]), { credentials = credentials() }))
      assert.is_nil(token)
      assert.equal(case[1], code)
      assert.matches(case[3], message, 1, true)
    end)
  end

  it("refuses what is not for the token", function()
    local function refused(what)
      local token, _, code = fgp.token(with(what, { credentials = credentials() }))
      assert.is_nil(token)
      return code
    end
    assert.equal("BAD_URL", refused { service = "dsql", host = "h", port = 5432 })
    assert.equal("BAD_USER", refused { service = "dsql", host = "h", user = "admin" })
    assert.equal("BAD_USER", refused { service = "eks", cluster = "a b" })
    assert.equal("BAD_URL", refused { service = "rds", host = "h", user = "u" })
    assert.equal("BAD_EXPIRES", refused { service = "eks", cluster = "c", expires = 901 })
  end)

  it("raises for what a right program does not do", function()
    local c = credentials()
    assert.error_matches(function() fgp.token { service = "mysql", credentials = c } end,
                         "'mysql': expected one of rds, dsql, dsql%-admin, .*, eks, iot")
    assert.error_matches(function() fgp.token { credentials = c } end, "needs 'service'")
    assert.error_matches(function() fgp.token { service = "rds", cluster = "x" } end, "'cluster' with the service eks")
    assert.error_matches(function() fgp.token { service = "eks" } end, "'cluster' with the service eks")
    assert.error_matches(function() fgp.token { service = "rds", host = 1 } end, "bad field 'host'")
    assert.error_matches(function() fgp.token { x = 1 } end, "bad field 'x' in token")
    local _, _, code = fgp.token(with(rds, {}))
    assert.equal("NO_CREDENTIALS", code)
  end)
end)
