-- SPDX-License-Identifier: Apache-2.0
-- vectors.lua - signing cases as data: our own and AWS's.
--
--   for _, case in ipairs(vectors.own()) do … end          -- tests/vectors/signing/*.txt
--   local cases, missing = vectors.official "v4"           -- or nil, why there are none
--
-- A case has name, context, request = { method, target, headers = {{name, value}, …}, body }.
-- Of ours, want has the sections by their titles: "target" (on the wire), "canonical
-- request", "string to sign", "signature", "authorization" where it is not for a URL; or
-- "error", a code. Of AWS's, it has want.header and want.query, and of "v4a" public_key;
-- those that say not what is wanted are left out.
--
-- Our own files are text: "-- name" opens a section, which runs to the next one less
-- the blank line before it; "#" comments stand only above the first section, so a
-- vector may hold any byte that text can. AWS's are a folder a case, nine files in it;
-- FINGERPOST_CONFORMANCE says where (default ../shared/conformance).

local cjson = require "cjson"

local M = {}

local source = os.getenv("FINGERPOST_SOURCE") or "."
local conformance = os.getenv("FINGERPOST_CONFORMANCE") or source .. "/../shared/conformance"

local function read(path)
  local f = io.open(path, "rb")
  if not f then return nil end
  local text = f:read("a")
  f:close()
  return text
end

local function list(pattern)
  local paths = {}
  local pipe = io.popen("ls -d " .. pattern .. " 2>/dev/null")
  for path in pipe:lines() do paths[#paths + 1] = path end
  pipe:close()
  return paths
end

-- "POST /a b?c HTTP/1.1", "Name:value", and after a blank line the body. A line that
-- starts with white space continues the one before, as HTTP once allowed.
function M.request(text)
  local head, body = text:match("^(.-)\n\n(.*)$")
  head = (head or text):gsub("\n$", "")
  local start, rest = head:match("^([^\n]*)\n?(.*)$")
  local method, target = start:match("^(%S+) (.*) HTTP/1%.1$")
  assert(method, "not a request: " .. start)
  local headers = {}
  for line in (rest:gsub("\n[ \t]+", " ") .. "\n"):gmatch("([^\n]*)\n") do
    local name, value = line:match("^([^:]+):(.*)$")
    if name then headers[#headers + 1] = { name, value } end
  end
  if body == "" then body = nil end
  return { method = method, target = target, headers = headers, body = body }
end

local function sections(text)
  local all, name = {}, nil
  for line in (text:gsub("\n?$", "\n")):gmatch("([^\n]*)\n") do
    local title = line:match("^%-%- (.+)$")
    if title then
      name, all[title] = title, {}
    elseif name then
      table.insert(all[name], line)
    end
  end
  for title, lines in pairs(all) do
    if lines[#lines] == "" then table.remove(lines) end
    all[title] = table.concat(lines, "\n")
  end
  return all
end

local function settings(text)
  local all = {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    local name, value = line:match("^(%S+)%s*= ?(.*)$")
    if name then all[name] = value end
  end
  return all
end

function M.own()
  local cases = {}
  for _, path in ipairs(list(source .. "/tests/vectors/signing/*.txt")) do
    local s = sections(read(path))
    cases[#cases + 1] = { name = path:match("([^/]+)%.txt$"), want = s, context = settings(s.context),
                          request = M.request(s.request) }
  end
  assert(#cases > 0, "no vectors in tests/vectors/signing") -- an empty folder passes no test
  return cases
end

local function wanted(dir, form)
  return {
    canonical_request = read(dir .. "/" .. form .. "-canonical-request.txt"),
    string_to_sign = read(dir .. "/" .. form .. "-string-to-sign.txt"),
    signature = read(dir .. "/" .. form .. "-signature.txt"),
    signed_request = M.request(read(dir .. "/" .. form .. "-signed-request.txt")),
  }
end

local function official(dir)
  local key = read(dir .. "/public-key.json")
  return {
    name = dir:match("([^/]+)$"),
    context = cjson.decode(read(dir .. "/context.json")),
    request = M.request(read(dir .. "/request.txt")),
    want = { header = wanted(dir, "header"), query = wanted(dir, "query") },
    public_key = key and cjson.decode(key),
  }
end

function M.official(suite)
  local cases = {}
  for _, dir in ipairs(list(conformance .. "/signing/" .. suite .. "/*")) do
    if read(dir .. "/header-signature.txt") then cases[#cases + 1] = official(dir) end
  end
  if #cases == 0 then
    return nil, "the official cases are not there: set FINGERPOST_CONFORMANCE to their folder"
  end
  return cases
end

return M
