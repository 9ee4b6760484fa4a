-- SPDX-License-Identifier: Apache-2.0
-- Random requests, signed by the binding and by botocore: the signatures must agree.
--
-- botocore is told what goes on the wire (our URL), so this also says that the target
-- which goes out is the one that was signed. Left out, because botocore is known to
-- be wrong or to differ there (its auth.py):
--   a query that is not in canonical form: it is signed as it is written;
--   in a presigned URL, a repeated parameter (it keeps the first), bytes that are no
--   UTF-8 (it replaces them), a body (it moves a GET's into the query);
--   headers that are never signed: its list is shorter.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local fgp = require "fingerpost"
local mime = require "mime"
local server = require "server"
local signers = require "signers"

local CASES = 600
local SEED = 20150830

if select(2, server.run("/usr/bin/python3 -c 'import botocore'")) ~= 0 then
  print("skipped: python3-botocore is not installed")
  os.exit(77)
end

local random = math.random

local function pick(list) return list[random(#list)] end

local function bytes(max, from, to)
  local all = {}
  for i = 1, random(0, max) do all[i] = string.char(random(from, to)) end
  return table.concat(all)
end

local NASTY = { "/", "//", ".", "..", "/./", "/../", "+", "%", "%20", "=", "&", ":", "@", "(", "'", "!", "*", "?",
                "#", ";", "~", " ", "ü", "中", "\0", "\xff", "$", ",", "a", "Z", "0", "-", "_" }

local function nasty(max)
  local all = {}
  for i = 1, random(1, max) do all[i] = random(3) == 1 and pick(NASTY) or bytes(4, 97, 122) .. "k" end
  return table.concat(all)
end

local function headers()
  local list = {}
  for _ = 1, random(0, 6) do
    local name = pick { "x-amz-meta-", "X-Amz-Meta-", "x-", "Content-Type", "Range", "If-Match", "x-amz-acl" }
    if name:sub(-1) == "-" then name = name .. pick { "a", "b", "A-b", "a-b-c", "z9" } end
    local value = bytes(12, 32, 126)
    if random(4) == 1 then value = "  " .. value .. "   x\ty  " end
    local repeated
    for _, pair in ipairs(list) do repeated = repeated or pair[1]:lower() == name:lower() end
    if not (repeated and name == "Content-Type") then list[#list + 1] = { name, value } end
  end
  return list
end

local function query(plain)
  local list, seen = {}, {}
  for _ = 1, random(0, 5) do
    local name = random(3) == 1 and pick { "acl", "prefix", "a", "a-b", "a+", "A" } or nasty(3)
    local value = random(5) == 1 and "" or nasty(3)
    if not (plain and (seen[name] or not utf8.len(name .. value))) then list[#list + 1] = { name, value } end
    seen[name] = true
  end
  return list
end

local SERVICES = { -- service of the endpoints, its signing name, and how it is asked
  { "s3", "s3" }, { "s3", "s3" }, { "sts", "sts" }, { "dynamodb", "dynamodb" }, { "lambda", "lambda" },
  { "bedrock-runtime", "bedrock" }, { "execute-api" }, { "sqs", "sqs" },
}

-- A case: the request, what its signer is made of, and how long its URL is good for.
local function make()
  local service = pick(SERVICES)
  local presigned = random(4) == 1
  local case = { name = service[2] or service[1], region = pick { "us-east-1", "eu-west-1", "ap-southeast-2" },
                 token = random(3) == 1 and "tok+/=" .. bytes(40, 48, 57) or nil,
                 now = random(0, 4102444800), expires = presigned and random(604800) or nil }
  local request = { method = pick { "GET", "PUT", "POST", "DELETE", "HEAD" }, query = query(presigned),
                    headers = headers(), trace = true }
  if not presigned then request.body = random(2) == 1 and bytes(300, 0, 255) or nil end
  if not service[2] then
    local path = nasty(5):gsub("[^%w%-._~/]", function(c) return ("%%%02X"):format(c:byte()) end)
    request.url = ("https://x1y2.execute-api.%s.amazonaws.com%s/stage/%s")
      :format(case.region, pick { "", ":443", ":8443" }, path)
  elseif service[1] == "s3" then
    request.bucket = pick { "photos", "with.dots", "a-b-c" }
    if random(8) > 1 then request.key = nasty(8) end
  else
    request.path = "/" .. (random(3) == 1 and "" or nasty(6))
  end
  case.request, case.service = request, service[2] and service[1] or nil
  return case
end

local function sign(case)
  local signer <close> = assert(fgp.signer {
    service = case.service, region = case.region, signing_name = not case.service and case.name or nil,
    credentials = fgp.credentials.static(signers.ID, signers.SECRET, case.token),
    sign_headers = "all", time = case.now,
  })
  if not case.expires then
    local r = assert(signer:sign(case.request))
    return r.url, r
  end
  return assert(signer:presign(case.request, { expires = case.expires }))
end

local function question(case, url)
  local list = setmetatable({}, cjson.empty_array_mt)
  for i, pair in ipairs(case.request.headers) do list[i] = pair end
  return { method = case.request.method, headers = list, body = mime.b64(case.request.body or "") or "",
           -- presigning starts from the URL as it was before
           url = case.expires and url:gsub("[?&]X%-Amz%-[%w%-]+=[^&]*", ""):gsub("^([^?&]*)&", "%1?") or url,
           service = case.name, region = case.region, id = signers.ID, secret = signers.SECRET, token = case.token,
           now = case.now, expires = case.expires }
end

describe("botocore", function()
  it(("agrees on %d random requests"):format(CASES), function()
    math.randomseed(SEED)
    local cases, questions = {}, {}
    for i = 1, CASES do
      local case = make()
      local url, traced = sign(case)
      case.url, case.traced = url, traced
      cases[i], questions[i] = case, question(case, url)
    end
    local path = os.tmpname()
    server.write(path, (cjson.encode(questions):gsub('"headers":{}', '"headers":[]')))
    local text, code = server.run(("/usr/bin/python3 -W ignore %s <%s")
      :format(server.quote(server.support .. "/botocore_sign.py"), server.quote(path)))
    os.remove(path)
    assert.equal(0, code, text)
    local presigned = 0
    for i, signature in ipairs(cjson.decode(text)) do
      local case = cases[i]
      assert.equal(signature, case.traced.signature,
                   ("%s %s\n%s"):format(case.name, case.url, case.traced.canonical_request))
      if case.expires then presigned = presigned + 1 end
    end
    assert.equal(CASES, #cases)
    print(("%d of %d signatures are botocore's, %d of them in URLs"):format(#cases, CASES, presigned))
  end)
end)
