-- SPDX-License-Identifier: Apache-2.0
-- suite.lua - a case of AWS's signing suites through the binding, and its signed request
-- in a form that can be compared.

local assert = require "luassert"
local busted = require "busted"
local fgp = require "fingerpost"
local vectors = require "vectors"

local M = {}

-- The cases of |version|, "v4" or "v4a". Where they are not there the spec is skipped.
function M.cases(version)
  local cases, missing = vectors.official(version)
  if cases then return cases end
  print("skipped: " .. missing)
  os.exit(77)
end

local function seconds(iso)
  local y, m, d, h, min, s = iso:match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)Z$")
  -- os.time takes local time: ask it for two times of one zone, and subtract
  local epoch = os.time { year = 1970, month = 1, day = 1, hour = 12, isdst = false }
  return os.time { year = y, month = m, day = d, hour = h, min = min, sec = s, isdst = false } - epoch + 43200
end

-- Three cases have raw spaces in the target, which no URL may hold. A path is raw, and
-- encoded once on the wire; so it must not be encoded again to be signed, as the suite
-- does with the raw one.
local function form_of(case)
  local path, query = case.request.target:match("^([^?]*)%??(.*)$")
  if path:find(" ", 1, true) then
    return { path = path, query = query }, { double_encode = false, service = "sts" }
  end
  return { url = "https://example.amazonaws.com" .. case.request.target }, { double_encode = true }
end

local function signer_for(case, form, options, more)
  local context = case.context
  local config = {
    service = options.service, region = options.service and context.region,
    params = options.service and { Endpoint = "https://example.amazonaws.com" },
    signing_name = context.service, signing_region = context.region,
    credentials = assert(fgp.credentials.static(context.credentials.access_key_id,
      context.credentials.secret_access_key, context.credentials.token)),
    normalize = context.normalize, double_encode = options.double_encode,
    content_sha256 = context.sign_body and form == "header",
    session_token = context.omit_session_token and "omit" or "sign",
    sign_headers = "all", time = seconds(context.timestamp),
  }
  for name, value in pairs(more or {}) do config[name] = value end
  return assert(fgp.signer(config))
end

-- Signs |case| as |form|, "header" or "query", says; |more| goes to the signer.
function M.drive(case, form, more)
  local request, options = form_of(case)
  request.method, request.headers, request.body = case.request.method, case.request.headers, case.request.body
  request.trace = true
  local signer <close> = signer_for(case, form, options, more)
  if form == "header" then return assert(signer:sign(request)) end
  local url, trace = assert(signer:presign(request, { expires = case.context.expiration_in_seconds }))
  return { url = url, headers = {}, canonical_request = trace.canonical_request,
           string_to_sign = trace.string_to_sign, signature = trace.signature }
end

local function decoded(s)
  return (s:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- A target as its raw path and a sorted list of its parameters.
function M.target_as_set(target)
  local path, query = target:match("^([^?]*)%??(.*)$")
  local set = {}
  for pair in query:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    set[#set + 1] = decoded(name) .. "=" .. decoded(value)
  end
  table.sort(set)
  return { path = decoded(path), query = set }
end

function M.headers_as_set(list)
  local set = {}
  for _, pair in ipairs(list) do
    local name = pair[1]:lower()
    set[name] = set[name] and set[name] .. "," .. pair[2] or pair[2]
  end
  return set
end

-- Declares a test for each case in each form, which |check|(case, form) makes, and one
-- that the suite |name| was there, whole, and all of it right.
function M.each(name, cases, check)
  local passed = 0

  for _, case in ipairs(cases) do
    for _, form in ipairs { "header", "query" } do
      busted.it(case.name .. ", " .. form, function()
        check(case, form)
        passed = passed + 1
      end)
    end
  end

  busted.it("is whole", function()
    assert.equal(38, #cases)
    assert.equal(76, passed)
    print(("%d of %d signatures of the official %s are right"):format(passed, 2 * #cases, name))
  end)
end

return M
