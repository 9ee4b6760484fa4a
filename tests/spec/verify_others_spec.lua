-- SPDX-License-Identifier: Apache-2.0
-- fingerpost.verify and others: it takes what botocore and curl sign, and agrees with the
-- independent verifier (support/verify_sigv4.py) on requests that are spoilt at random.
--
-- Left out of the spoiling, because there the two differ by choice, ours being stricter:
--   raw bytes above 126 in a target that is not S3's, which ours takes as they are signed;
--   header names that are no tokens, and x_amz_* beside x-amz-*: ours refuses them;
--   parameters of a presigned URL beside an Authorization header: likewise.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local fgp = require "fingerpost"
local mime = require "mime"
local server = require "server"
local signers = require "signers"
local verify = require "verify"

local CASES, SEED = 4000, 20150830
local random = math.random

local function pick(list) return list[random(#list)] end

local function shown(r)
  local lines = { r.method .. " " .. r.target }
  for _, pair in ipairs(r.headers) do lines[#lines + 1] = pair[1] .. ": " .. pair[2] end
  return table.concat(lines, "\n")
end

describe("botocore's requests", function()
  if select(2, server.run("/usr/bin/python3 -c 'import botocore'")) ~= 0 then
    pending "python3-botocore is not installed"
    return
  end

  it("are taken", function()
    local text, code = server.run(("/usr/bin/python3 -W ignore %s 400 %d")
      :format(server.quote(server.support .. "/botocore_requests.py"), SEED))
    assert.equal(0, code, text)
    local taken, presigned = 0, 0
    for _, r in ipairs(cjson.decode(text)) do
      local who, why, status, trace = fgp.verify(
        { method = r.method, target = r.target, headers = r.headers, body = mime.unb64(r.body) or "" },
        function() return r.secret, r.token end,
        { time = r.now, service = r.service, region = r.region, trace = true })
      assert(who, ("%s %s\n%s\n%s"):format(why, status, shown(r), trace and trace.canonical_request))
      taken, presigned = taken + 1, presigned + (who.presigned and 1 or 0)
    end
    assert.equal(400, taken)
    print(("%d requests of botocore's are taken, %d of them by their URL"):format(taken, presigned))
  end)
end)

describe("curl's requests", function()
  it("are taken, and refused with another body or method", function()
    local origin = require("origin").start()
    local function ask(options, target)
      origin.forget()
      server.must(("curl -sS -o /dev/null --user AKIDEXAMPLE:secret %s %s")
        :format(options, server.quote(("http://127.0.0.1:%d%s"):format(origin.port, target))))
      local r = origin.last()
      return { method = r.method, scheme = "http", target = r.target, headers = r.headers, body = r.body }
    end
    local function lookup(id) return id == "AKIDEXAMPLE" and "secret" or nil end
    for _, options in ipairs {
      "--aws-sigv4 aws:amz:eu-west-1:es", "--aws-sigv4 aws:amz:eu-west-1:sts -d Action=GetCallerIdentity",
      "--aws-sigv4 aws:amz:us-east-1:execute-api -X PUT -d body -H 'X-Amz-Meta-A: 1  2' -H 'Content-Type: text/plain'",
    } do
      local r = ask(options, "/a/b?list-type=2&prefix=a")
      local who, why = fgp.verify(r, lookup)
      assert(who, why)
      r.body = (r.body or "") .. "x"
      assert.is_nil(fgp.verify(r, lookup))
      r = ask(options, "/a/b")
      r.method = "DELETE"
      assert.equal("BAD_SIGNATURE", select(3, fgp.verify(r, lookup)))
    end
    origin.stop()
  end)
end)

-- ---- spoiling ------------------------------------------------------------------

local TOKEN = "Session/Token+Example=="

local function base()
  local s3, token, presigned = random(2) == 1, random(3) == 1 and TOKEN or nil, random(3) == 1
  local signer <close> = assert(fgp.signer {
    signing_name = s3 and "s3" or "service", signing_region = "eu-west-1", time = signers.NOW,
    credentials = fgp.credentials.static(signers.ID, signers.SECRET, token),
    sign_headers = pick { "minimal", "all" } })
  local request = {
    method = pick { "GET", "PUT", "POST" },
    url = "https://h.example.com" .. pick { "/", "/a/b", "/a%20b//c", "/a/./b", "/%C3%BC/x%3Dy" } ..
          pick { "", "?a=1&b=2", "?acl", "?a=b=c&a=%2F" },
    headers = { ["content-type"] = "text/plain", ["x-amz-meta-a"] = "a  b", range = "bytes=0-9" } }
  local r = { method = request.method, headers = {}, session_token = token, now = signers.NOW, body = "" }
  if presigned then
    request.headers = {}
    r.target = assert(signer:presign(request, { expires = 600 })):match("^https://[^/]*(.*)$")
    r.headers[1] = { "host", "h.example.com" }
  else
    request.body = pick { "", "body" }
    local signed = assert(signer:sign(request))
    r.target, r.body = signed.url:match("^https://[^/]*(.*)$"), request.body
    for name, value in pairs(signed.headers) do r.headers[#r.headers + 1] = { name, value } end
    table.sort(r.headers, function(a, b) return a[1] < b[1] end)
  end
  return r
end

local function splice(s, at, n, by) return s:sub(1, at - 1) .. by .. s:sub(at + n) end
local function printable() return string.char(random(33, 126)) end
local function letter() return pick { "a", "e", "x", "Z", "0", "9", "-" } end

-- What a request may suffer on its way; a text in place of one, some of them harmless.
local EDITS = {
  function() end,
  function(r) r.target = splice(r.target, random(2, #r.target + 1), random(0, 1), printable()) end,
  function(r) r.target = splice(r.target, random(2, #r.target + 1), 1, "") end,
  function(r)
    local at = random(2, #r.target + 1)
    r.target = splice(r.target, at, 0, pick { "/", "./", "%2F", "%2e", "&", "=", "//", "&X-Amz-Date=1", "&x=", "?" })
  end,
  function(r) -- a letter encoded, which stays the same to a reader
    local at = random(#r.target)
    local c = r.target:sub(at, at)
    if c:find "%a" and not r.target:sub(at - 2, at - 1):find "%%" then
      r.target = splice(r.target, at, 1, ("%%%02X"):format(c:byte()))
    end
  end,
  function(r) -- a slash encoded: the same to S3, and another path to others
    local at = r.target:match "^/[^?]*()/"
    if at then r.target = splice(r.target, at, 1, pick { "%2F", "%2f" }) end
  end,
  function(r) -- the parameters in another order
    local path, query = r.target:match("^([^?]*)%?(.+)&([^&]*)$")
    if path then r.target = path .. "?" .. r.target:match("&([^&]*)$") .. "&" .. query end
  end,
  function(r)
    local pair = pick(r.headers)
    if pair[2] ~= "" then pair[2] = splice(pair[2], random(#pair[2]), random(0, 1), pick { printable(), " " }) end
  end,
  function(r) -- white space, which is folded
    local pair = pick(r.headers)
    pair[2] = pick { " ", "  ", "\t" } .. pair[2]:gsub(" ", pick { " ", "  " }, 1) .. " "
  end,
  function(r)
    local pair = pick(r.headers)
    pair[1] = splice(pair[1], random(#pair[1]), 1, letter())
  end,
  function(r) local pair = pick(r.headers) pair[1] = pair[1]:upper() end,
  function(r) table.remove(r.headers, random(#r.headers)) end,
  function(r) local pair = pick(r.headers) table.insert(r.headers, { pair[1], pair[2] }) end,
  function(r) table.insert(r.headers, random(#r.headers + 1), pick {
    { "x-amz-copy-source", "/a/b" }, { "X-Amz-Acl", "public-read" }, { "accept", "*/*" }, { "x-amz-meta-b", "" },
    { "Host", "evil.example" }, { "x-amz-date", "20150830T123601Z" }, { "x-amz-security-token", TOKEN } }) end,
  function(r) r.body = pick { "", "body", "bodY", "body " } end,
  function(r) r.method = pick { "GET", "PUT", "POST", "HEAD" } end,
  function(r) r.now = r.now + pick { -901, -900, -1, 1, 599, 600, 601, 900, 901 } end,
  function(r) r.session_token = pick { TOKEN, "other" } end,
  function(r) table.insert(r.headers, table.remove(r.headers, 1)) end,
}

local function agrees_to_differ(r)
  local signed_in_header, in_query
  for _, pair in ipairs(r.headers) do
    if pair[1]:lower() == "authorization" then signed_in_header = true end
    if pair[1]:lower():find "^x_" or pair[1]:find "[^%w-]" then return true end
  end
  in_query = r.target:lower():find "x%-amz%-"
  return signed_in_header and in_query
end

describe("the independent verifier", function()
  it(("agrees on %d requests that are spoilt at random"):format(CASES), function()
    math.randomseed(SEED)
    local requests = {}
    while #requests < CASES do
      local r = base()
      for _ = 1, pick { 1, 1, 1, 2, 3 } do
        if #r.headers > 0 then pick(EDITS)(r) end
      end
      if #r.headers > 0 and not agrees_to_differ(r) then requests[#requests + 1] = r end
    end
    local taken = 0
    for i, answer in ipairs(verify.all(requests, signers.SECRET)) do
      local r = requests[i]
      local who, why, code = fgp.verify(
        { method = r.method, target = r.target, headers = r.headers, body = r.body },
        function() return signers.SECRET, r.session_token end, { time = r.now })
      assert.equal(answer.ok, who ~= nil,
                   ("%d: theirs %s, ours %s %s\n%s"):format(i, answer.reason, code, why, shown(r)))
      if who then taken = taken + 1 end
    end
    assert.is_true(taken > CASES / 10 and taken < CASES / 2, taken .. " are taken")
    print(("%d verdicts are the same, %d of them that it is valid"):format(CASES, taken))
  end)
end)
