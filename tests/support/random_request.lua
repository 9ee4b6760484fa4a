-- SPDX-License-Identifier: Apache-2.0
-- random_request.lua - requests that a signer may stumble over, as their callers write
-- them: awkward paths, queries, headers, days and secrets. math.random draws them.
--
-- A case: { request = what goes to the binding, presigned = seconds or nil, scheme,
-- authority, path, query = as written, and id, secret, token, service, region, now }.

local M = {}

local random = math.random

local function pick(list) return list[random(#list)] end

local function one_in(n) return random(n) == 1 end

local function text(from, to, alphabet)
  local all = {}
  for i = 1, random(from, to) do
    local at = random(#alphabet)
    all[i] = alphabet:sub(at, at)
  end
  return table.concat(all)
end

local LETTERS = "abcdefghijklmnopqrstuvwxyz"
local DIGITS = "0123456789"
local WORD = LETTERS .. LETTERS:upper() .. DIGITS .. "-._~"
local BASE64 = LETTERS .. LETTERS:upper() .. DIGITS .. "+/="

-- ---- paths and queries ------------------------------------------------------

-- Canonically encoded, and as people and programs write them.
local ENCODED = { "%20", "%2F", "%25", "%2B", "%C3%BC", "%E4%B8%AD", "%3A", "%40", "%3D", "%26", "%00", "%3B", "%7C" }
local WRITTEN = { "%2f", "%c3%bc", "%61", "%7E", "=", ":", "@", "(", ")", "'", "!", "*", "+", "$", ",", ";", "ü",
                  "中", "|", "^", "[", "]", "{", "\"" }

local function piece(written, bytes)
  if bytes and one_in(100) then return pick { "%FF", "%C3", "%80%81" } end
  if one_in(3) then return pick(ENCODED) end
  return written and one_in(4) and pick(written) or text(1, 5, WORD)
end

local function path(written)
  local all = {}
  if one_in(50) then return "" end
  for _ = 1, random(1, 6) do
    all[#all + 1] = one_in(10) and "//" or "/"
    if one_in(8) then
      all[#all + 1] = pick { ".", "..", "%2E", "%2E%2E", "...", ".a" }
    else
      for _ = 1, random(0, 3) do all[#all + 1] = piece(written) end
    end
  end
  return table.concat(all)
end

local NAMES = { "acl", "prefix", "a", "a-b", "a.b", "A", "partNumber", "list-type" }
local IN_VALUES = { "=", ":", "@", "/", "+", "*", "'", "(", ";", "ü", "%7e", "%2f", ",", "!", "?" }
local IN_NAMES = { "+", ":", "%5f", "中", "*" }

local function query()
  if one_in(3) then return nil end
  local all, written = {}, one_in(8)
  for i = 1, random(0, 6) do
    local name = one_in(2) and pick(NAMES) or piece(written and IN_NAMES) .. piece()
    local value = one_in(5) and "" or piece(written and IN_VALUES, true) .. piece(written and IN_VALUES)
    all[i] = one_in(6) and name or name .. "=" .. value
  end
  if written and one_in(3) then table.insert(all, random(#all + 1), "") end
  return table.concat(all, "&")
end

-- ---- headers ----------------------------------------------------------------

local SIGNED = { "Content-Type", "Range", "If-Match", "If-None-Match", "Cache-Control", "Accept", "Content-Language",
                 "x-amz-acl", "X-Amz-Storage-Class", "X-Amz-Target", "x-amz-tagging", "Cookie", "Origin" }
local FAMILY = { "x-amz-meta-", "X-Amz-Meta-", "x-", "x-amz-" }
local UNSIGNED = { "User-Agent", "Expect", "X-Amzn-Trace-Id" } -- by botocore, too
M.NEVER_SIGNED = { "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Transfer-Encoding",
                   "Proxy-Authorization", "Proxy-Authenticate" }
M.FORM = "application/x-www-form-urlencoded; charset=utf-8"
M.WIDE_SPACES = { "\u{a0}", "\u{3000}", "\u{2003}", "\u{85}" }

local PRINTABLE = {}
for c = 32, 126 do PRINTABLE[#PRINTABLE + 1] = string.char(c) end
PRINTABLE = table.concat(PRINTABLE)

local function header_value()
  local value = text(0, 20, PRINTABLE)
  if one_in(5) then value = "  " .. value .. " \t x  y\t" end
  if one_in(10) then value = value .. pick { "ü", "中", "\"a   b\"" } .. text(0, 3, PRINTABLE) end
  if one_in(300) then value = "a" .. pick(M.WIDE_SPACES) .. "b" end
  return value
end

local function header_name()
  if one_in(60) then return pick(M.NEVER_SIGNED) end
  if one_in(12) then return pick(UNSIGNED) end
  if one_in(2) then return pick(SIGNED) end
  return pick(FAMILY) .. pick { "a", "b", "A-b", "a-b", "a-b-c", "z9", "a_b", "meta" }
end

local ONCE = { ["content-type"] = true, range = true, cookie = true }

local function headers()
  local list, seen = {}, {}
  for _ = 1, random(0, 7) do
    local name = header_name()
    local low = name:lower()
    if not seen[low] or not ONCE[low] and low:find("^x%-") then
      list[#list + 1] = { name, low == "content-type" and one_in(15) and M.FORM or header_value() }
    end
    seen[low] = true
  end
  if one_in(150) then list[#list + 1] = { "Date", "Sun, 30 Aug 2015 12:36:00 GMT" } end
  return list
end

-- ---- who, where, when -------------------------------------------------------

local DAY = 86400
local DAYS = { 0, 11016, 19782, 47541, 47540, 19783, 157112, 2932896, 16677, 10956, 10957 } -- leap days, ends of years

local function time()
  if one_in(4) then return pick(DAYS) * DAY + pick { 0, 1, DAY - 1, 43200 } end
  return one_in(10) and random(0, 253402300799) or random(946684800, 2524608000)
end

local SERVICES = { "sts", "dynamodb", "lambda", "execute-api", "bedrock", "es", "sqs", "iam" }
local S3 = { "s3", "s3", "s3", "s3-outposts", "s3-object-lambda" }
local REGIONS = { "us-east-1", "eu-west-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1" }

local function label() return text(1, 1, LETTERS) .. text(0, 10, LETTERS .. DIGITS .. "-") .. text(1, 1, DIGITS) end

local function body(presigned)
  if presigned then return one_in(50) and '{"moved":"1"}' or nil end
  if one_in(2) then return nil end
  local all = {}
  for i = 1, one_in(500) and 5000 or random(0, 100) do all[i] = string.char(random(0, 255)) end
  return table.concat(all)
end

local IS_S3 = {}
for _, name in ipairs(S3) do IS_S3[name] = true end

function M.is_s3(service) return IS_S3[service] == true end

function M.draw()
  local service = one_in(2) and pick(S3) or one_in(3) and label() or pick(SERVICES)
  local presigned = one_in(4) and random(604800) or nil
  local scheme = one_in(6) and "http" or "https"
  local case = {
    service = service, region = one_in(3) and label() or pick(REGIONS), now = time(), presigned = presigned,
    id = text(16, 24, LETTERS:upper() .. DIGITS), secret = one_in(5) and text(1, 120, BASE64) or text(40, 40, BASE64),
    token = one_in(3) and text(1, 300, BASE64) or nil, scheme = scheme,
    authority = pick { "a.example.com", "b.s3.amazonaws.com", "127.0.0.1", "[::1]", "Upper.Example.COM" } ..
                pick { "", "", "", ":80", ":443", ":8443" },
    path = path((not M.is_s3(service) or one_in(6)) and WRITTEN or nil), query = query(),
  }
  case.request = {
    method = pick { "GET", "GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "PROPFIND" },
    url = scheme .. "://" .. case.authority .. case.path .. (case.query and "?" .. case.query or ""),
    headers = headers(), body = body(presigned), trace = true,
  }
  return case
end

return M
