-- SPDX-License-Identifier: Apache-2.0
-- 100,000 random requests, signed by the binding and by botocore: canonical request,
-- string to sign and signature must be the same bytes.
--
-- botocore is asked about the URL as its caller wrote it. ROWS has all in which it is
-- known to be wrong, or another: such requests are drawn, asked about and counted too,
-- and a row in which botocore does not differ any more fails. Where what we send is not
-- what was written (wire = true), botocore must agree on what we send.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local fgp = require "fingerpost"
local mime = require "mime"
local random_request = require "random_request"
local server = require "server"

local CASES = tonumber(os.getenv("FINGERPOST_DIFFERENTIAL_CASES")) or 100000
local SEED = tonumber(os.getenv("FINGERPOST_DIFFERENTIAL_SEED")) or 20150830

if select(2, server.run("/usr/bin/python3 -c 'import botocore'")) ~= 0 then
  print("skipped: python3-botocore is not installed")
  os.exit(77)
end

-- ---- where botocore is another --------------------------------------------

local NEVER_SIGNED = {}
for _, name in ipairs(random_request.NEVER_SIGNED) do NEVER_SIGNED[name:lower()] = true end

-- Whether |text| has a byte that UriEncode would change; |also| stays, too.
local function is_unencoded(text, also)
  local rest = text:gsub("%%(%x%x)", function(digits)
    local plain = string.char(tonumber(digits, 16)):find("[%w%-._~" .. also .. "]")
    return (plain or digits:find("%l")) and "%" or "" -- an escape that would be written otherwise
  end)
  return rest:find("[^%w%-._~" .. also .. "]") ~= nil
end

local function has_header(case, test)
  for _, pair in ipairs(case.request.headers) do
    if test(pair[1]:lower(), pair[2]) then return true end
  end
  return false
end

local function decoded(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- The query's pairs as they are written; an empty one has neither name nor value.
local function pairs_of(query)
  local all = {}
  for pair in ((query or "") .. "&"):gmatch("([^&]*)&") do
    all[#all + 1] = { pair:match("^([^=]*)=?(.*)$") }
  end
  return all
end

local function any_pair(case, test)
  for _, pair in ipairs(pairs_of(case.query)) do
    if test(pair[1], pair[2]) then return true end
  end
  return false
end

local function repeats(case)
  local seen = {}
  return any_pair(case, function(name, value)
    local again = seen[decoded(name)]
    seen[decoded(name)] = name ~= "" or value ~= ""
    return again
  end)
end

local ROWS = {
  { "S3, no path", "its canonical path is empty, not \"/\"", wire = true,
    is = function(case) return case.s3 and case.path == "" end },
  { "S3, a path not encoded as S3 does", "is signed as written; S3 decodes it and encodes it anew, %2F as /", wire = true,
    is = function(case) return case.s3 and is_unencoded(case.path, "/") end },
  { "query with an empty pair", "\"&&\" is signed as a parameter without a name", wire = true,
    is = function(case)
      return not case.presigned and case.query ~= nil and case.query ~= "" and
             any_pair(case, function(name, value) return name == "" and value == "" end)
    end },
  { "query not in canonical encoding", "is signed as written", wire = true,
    is = function(case)
      return not case.presigned and any_pair(case, function(name, value)
        return is_unencoded(name, "") or is_unencoded(value, "")
      end)
    end },
  { "'+' in the query of a URL to presign", "is taken for a space, and sent as one", wire = true,
    is = function(case) return case.presigned and (case.query or ""):find("+", 1, true) ~= nil end },
  { "a parameter twice in a URL to presign", "only the first is kept",
    is = function(case) return case.presigned and repeats(case) end },
  { "no UTF-8 in a URL to presign", "its bytes are replaced",
    is = function(case) return case.presigned and not utf8.len(decoded(case.query or "")) end },
  { "a body to presign", "is moved into the query",
    is = function(case) return case.presigned and case.request.body ~= nil end },
  { "a form's content-type to presign", "is dropped: taken for one that was set automatically",
    is = function(case)
      return case.presigned and has_header(case, function(name, value)
        return name == "content-type" and value == random_request.FORM
      end)
    end },
  { "a Date header", "is rewritten, and signed in place of x-amz-date",
    is = function(case) return has_header(case, function(name) return name == "date" end) end },
  { "a header that is never signed", "is signed; this release's list is shorter than the IAM guide's",
    is = function(case) return has_header(case, function(name) return NEVER_SIGNED[name] end) end },
  { "Unicode's spaces in a header", "are taken for blanks, and become one space",
    is = function(case)
      return has_header(case, function(_, value)
        for _, space in ipairs(random_request.WIDE_SPACES) do
          if value:find(space, 1, true) then return true end
        end
      end)
    end },
}

-- The first row that is not cured by what is sent, or else the first, or none.
local function row_of(case)
  local found
  for _, row in ipairs(ROWS) do
    if row.is(case) then
      if not row.wire then return row end
      found = found or row
    end
  end
  return found
end

-- ---- asking -----------------------------------------------------------------

local function sign(case)
  local signer <close> = assert(fgp.signer {
    signing_name = case.service, signing_region = case.region, sign_headers = "all", time = case.now,
    credentials = assert(fgp.credentials.static(case.id, case.secret, case.token)),
  })
  if not case.presigned then
    local r = assert(signer:sign(case.request))
    return r.url, r
  end
  local url, traced = assert(signer:presign(case.request, { expires = case.presigned }))
  -- presigning starts from the URL as it was before
  return url:gsub("[?&]X%-Amz%-[%w%-]+=[^&]*", ""):gsub("^([^?&]*)&", "%1?"), traced
end

local function question(case, url, traced, row)
  return { method = case.request.method, url = url, headers = case.request.headers,
           body = mime.b64(case.request.body or "") or "", service = case.service, s3 = case.s3, region = case.region, id = case.id, secret = case.secret,
           token = case.token, now = case.now, expires = case.presigned, row = row,
           ours = { traced.canonical_request, traced.string_to_sign, traced.signature } }
end

-- Asks botocore about random requests until |count| are of no row. |spoil(n, question)|
-- may change the n-th of these. Returns its answer, and how many were presigned.
local function compare(count, spoil)
  local path, presigned, n = os.tmpname(), 0, 0
  local pipe = assert(io.popen(("unset LD_PRELOAD; exec /usr/bin/python3 -W ignore %s >%s")
    :format(server.quote(server.support .. "/botocore_compare.py"), server.quote(path)), "w"))
  local function ask(...) pipe:write(cjson.encode(question(...)), "\n") end
  while n < count do
    local case = random_request.draw()
    case.s3 = random_request.is_s3(case.service)
    local row = row_of(case)
    local wire, traced = sign(case)
    if row then ask(case, case.request.url, traced, row[1]) end
    if not row or row.wire then
      local q = question(case, row and wire or case.request.url, traced, "")
      n = n + 1
      presigned = presigned + (case.presigned and 1 or 0)
      if spoil then spoil(n, q) end
      pipe:write(cjson.encode(q), "\n")
    end
  end
  assert(pipe:close())
  local answer = cjson.decode(server.read(path))
  os.remove(path)
  return answer, presigned
end

local function told(shown)
  local all = {}
  for i, d in ipairs(shown) do
    all[i] = ("line %d, %s\n%s\nours:\n%s\nbotocore's:\n%s\n"):format(d.n, d.what, d.url, d.ours, d.theirs)
  end
  return table.concat(all, "\n")
end

describe("botocore", function()
  before_each(function() math.randomseed(SEED) end)

  it(("signs %d random requests as we do"):format(CASES), function()
    local answer, presigned = compare(CASES)
    assert.equal("", told(answer.shown))
    assert.equal(CASES, answer.asked[""])
    assert.is_nil(answer.differed[""])
    print(("%d requests compared, %d of them presigned: no difference. Left out:"):format(CASES, presigned))
    for _, row in ipairs(ROWS) do
      local asked, differed = answer.asked[row[1]] or 0, answer.differed[row[1]] or 0
      print(("%6d %s: %s%s"):format(asked, row[1], row[2], row.wire and " (but agrees on what is sent)" or ""))
      assert.is_true(differed > 0, row[1] .. ": botocore is right here; take the row out")
    end
  end)

  it("is not asked in vain: each byte that is changed is told", function()
    local spoilt = {
      function(q) q.ours[1] = q.ours[1]:gsub("\n$", "") .. " " end,
      function(q) q.ours[2] = q.ours[2]:gsub("AWS4", "AWS5") end,
      function(q) q.ours[3] = q.ours[3]:gsub("^.", function(c) return c == "0" and "1" or "0" end) end,
      function(q) q.method = q.method .. "X" end,
      function(q) q.url = q.url .. (q.url:find("?", 1, true) and "&" or "?") .. "more=1" end,
      function(q) q.now = q.now + 1 end,
      function(q) q.secret = q.secret .. "x" end,
      function(q) q.region = q.region .. "x" end,
    }
    local changed = {}
    local answer = compare(400, function(n, q)
      if n % 50 == 0 then
        spoilt[n // 50](q)
        changed[#changed + 1] = q.url
      end
    end)
    assert.equal(#spoilt, answer.differed[""])
    local found = {}
    for i, d in ipairs(answer.shown) do found[i] = d.url end
    assert.same(changed, found)
  end)
end)
