-- SPDX-License-Identifier: Apache-2.0
-- models.lua - finds and reads what a table is made of: partitions, endpoint rule
-- sets and service models, in botocore's layout or as a folder of bare rule sets.
local json = require "cjson"

local models = {}

local function quote(path)
  return "'" .. path:gsub("'", "'\\''") .. "'"
end

-- Names in |dir| that match the shell's |pattern|, in the order of bytes.
local function list(dir, pattern)
  local pipe = assert(io.popen(("cd %s && LC_ALL=C ls -1d %s 2>/dev/null"):format(quote(dir), pattern)))
  local names = {}
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  table.sort(names)
  return names
end

function models.read(path)
  local file, why = io.open(path, "rb")
  if not file then error(why, 0) end
  local text = file:read("a")
  file:close()
  local ok, value = pcall(json.decode, text)
  if not ok then error(("%s: %s"):format(path, value), 0) end
  return value
end

-- botocore's layout: SERVICE/VERSION/endpoint-rule-set-1.json, the newest version
-- of each (versions are dates, so the last in order).
local function versioned(dir, paths)
  local newest, names = {}, {}
  for _, path in ipairs(paths) do
    local service, version = path:match("^([^/]+)/([^/]+)/")
    if not newest[service] then names[#names + 1] = service end
    newest[service] = version
  end
  table.sort(names) -- the paths' order is another: "a-b/" comes before "a/"
  local services = {}
  for i, name in ipairs(names) do
    local base = ("%s/%s/%s/"):format(dir, name, newest[name])
    services[i] = {
      name = name,
      rules = models.read(base .. "endpoint-rule-set-1.json"),
      model = models.read(base .. "service-2.json"),
    }
  end
  return services
end

-- Rule sets alone, NAME.json each.
local function bare(dir, paths)
  local services = {}
  for _, path in ipairs(paths) do
    if path ~= "partitions.json" then
      services[#services + 1] = {
        name = path:match("^(.+)%.json$"),
        rules = models.read(dir .. "/" .. path),
        model = { metadata = {} },
      }
    end
  end
  return services
end

-- The services under |dir|, in the order of their names: { name, rules, model }.
function models.services(dir)
  local paths = list(dir, "*/*/endpoint-rule-set-1.json")
  local services = #paths > 0 and versioned(dir, paths) or bare(dir, list(dir, "*.json"))
  if #services == 0 then error(dir .. ": no endpoint rule sets here", 0) end
  return services
end

-- The keys of |t|, sorted: JSON objects have no order of their own.
function models.keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

return models
