-- SPDX-License-Identifier: Apache-2.0
-- endpoint_cases.lua - the official endpoint cases and the models, where they are:
-- FINGERPOST_CONFORMANCE and FINGERPOST_MODELS say so (../shared/… by default).

local cjson = require "cjson"

local M = {}

local source = os.getenv("FINGERPOST_SOURCE") or "."
M.conformance = os.getenv("FINGERPOST_CONFORMANCE") or source .. "/../shared/conformance"
M.models = os.getenv("FINGERPOST_MODELS") or source .. "/../shared/endpoint-models"

-- Ends the spec as skipped where |path| is not there.
function M.need(path)
  local file = io.open(path)
  if file then file:close() return path end
  print("skipped: " .. path .. " is not there")
  os.exit(77)
end

function M.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return cjson.decode(text)
end

local function list(pattern)
  local names = {}
  local pipe = io.popen("ls -d " .. pattern .. " 2>/dev/null")
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

-- name, path of each JSON file in |dir|.
function M.files(dir)
  local paths, i = list(dir .. "/*.json"), 0
  assert(#paths > 0, "no files in " .. dir)
  return function()
    i = i + 1
    if paths[i] then return paths[i]:match("([^/]+)%.json$"), paths[i] end
  end
end

-- name, rule set, service model of each service, in the order of names.
function M.services()
  local paths, i = list(M.models .. "/*/*/endpoint-rule-set-1.json"), 0
  table.sort(paths)
  return function()
    i = i + 1
    if not paths[i] then return nil end
    local dir, name = paths[i]:match("^(.*/([^/]+)/[^/]+/)[^/]+$")
    return name, M.read(paths[i]), M.read(dir .. "service-2.json")
  end
end

-- The message, the wanted and the found result of |case|, where they differ; else nil.
local function differs(want, got)
  if type(want) ~= "table" or type(got) ~= "table" then return want ~= got end
  for k, v in pairs(want) do
    if differs(v, got[k]) then return true end
  end
  for k in pairs(got) do
    if want[k] == nil then return true end
  end
  return false
end
M.differs = differs

local function wanted(expect)
  if expect.error then return { error = expect.error } end
  local e = expect.endpoint
  return { url = e.url, properties = e.properties or {}, headers = e.headers or {} }
end

-- What |resolve|, of the binding, makes of |params|, in the form of wanted().
function M.run(resolve, service, params)
  local ep, message, code = resolve(service, params)
  if ep then return { url = ep.url, properties = ep.properties, headers = ep.headers }, ep end
  return { error = message }, nil, code
end

-- Runs |params| as |case| says; a text where the result is another than it wants.
function M.check(resolve, service, case, params)
  local want, got = wanted(case.expect), M.run(resolve, service, params)
  if not differs(want, got) then return nil end
  return ("%s: %s\nparams %s\nwant %s\ngot  %s"):format(service, case.documentation,
         cjson.encode(params), cjson.encode(want), cjson.encode(got))
end

return M
