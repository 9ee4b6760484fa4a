-- SPDX-License-Identifier: Apache-2.0
-- rule_evaluator.lua - evaluates an endpoint rule set as it stands in its JSON, by the
-- letter of the specification: what the compiled table is compared with. It shares
-- nothing with the compiler and is in no hurry.
--
--   local evaluator = require("rule_evaluator").new(partitions)      -- partitions.json
--   local result, why = evaluator:resolve(ruleset, params, seen)
--
-- result is { url, properties, headers } or { error = text }; nil and a reason where a
-- required parameter is missing or a result names something null. seen, if given,
-- gets an entry for each condition's outcome that was met.
--
-- Spec: Smithy, "Rules engine specification" and "Endpoint rules standard library".

local M = {}
M.__index = M

local NULL = nil -- the rules' null is Lua's nil

function M.new(partitions)
  return setmetatable({ partitions = partitions.partitions, regex = {} }, M)
end

-- ---- functions of the standard library: null in, null or false out

local fn = {}

function fn.isSet(_, v) return v ~= NULL end
fn["not"] = function(_, v) return not v end
function fn.booleanEquals(_, a, b) return a ~= NULL and b ~= NULL and a == b end
function fn.stringEquals(_, a, b) return a ~= NULL and b ~= NULL and a == b end

function fn.getAttr(_, value, path)
  for step in path:gmatch("[^.]+") do
    local key, index = step:match("^([^%[]*)%[(%d+)%]$")
    if value == NULL then return NULL end
    if key then
      if key ~= "" then value = value[key] end
      value = value and value[tonumber(index) + 1]
    else
      value = value[step]
    end
  end
  return value
end

function fn.substring(_, s, from, to, reverse)
  if s == NULL or from >= to or #s < to or s:find("[\128-\255]") then return NULL end
  if reverse then return s:sub(#s - to + 1, #s - from) end
  return s:sub(from + 1, to)
end

local function is_label(s)
  return #s >= 1 and #s <= 63 and not s:find("[^%w-]") and s:sub(1, 1) ~= "-" and s:sub(-1) ~= "-"
end

local function labels(s)
  local list = {}
  for label in (s .. "."):gmatch("([^.]*)%.") do list[#list + 1] = label end
  return list
end

function fn.isValidHostLabel(_, s, dots)
  if s == NULL then return false end
  if not dots then return is_label(s) end
  for _, label in ipairs(labels(s)) do
    if not is_label(label) then return false end
  end
  return true
end

fn["aws.isVirtualHostableS3Bucket"] = function(self, s, dots)
  if s == NULL or #s < 3 or #s > 63 or s:find("%u") then return false end
  return fn.isValidHostLabel(self, s, dots) and not s:find("^%d+%.%d+%.%d+%.%d+$")
end

function fn.uriEncode(_, s)
  return s and (s:gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function is_ipv4(host)
  local parts = { host:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for _, part in ipairs(parts) do
    if #part > 3 or tonumber(part) > 255 then return false end
  end
  return #parts == 4
end

function fn.parseURL(_, s)
  if s == NULL or s:find("[%c%s\\?]") then return NULL end
  local scheme, authority, path = s:gsub("#.*", ""):match("^(%a+)://([^/]*)(.*)$")
  scheme = scheme and scheme:lower()
  if scheme ~= "http" and scheme ~= "https" then return NULL end
  authority = authority:gsub("^.*@", "")
  local host, port = authority:match("^(%[[%x:.]+%])(.*)$")
  if not host then host, port = authority:match("^([%w._-]+)(.*)$") end
  if not host or not (port == "" or port:find("^:%d+$")) then return NULL end
  if port ~= "" and tonumber(port:sub(2)) > 65535 then return NULL end
  local normalized = path:sub(-1) == "/" and path or path .. "/"
  return { scheme = scheme, authority = authority, path = path, normalizedPath = normalized,
           isIp = host:sub(1, 1) == "[" or is_ipv4(host) }
end

fn["aws.parseArn"] = function(_, s)
  if s == NULL then return NULL end
  local partition, service, region, account, resource =
    s:match("^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$")
  if not partition then return NULL end
  local parts = {}
  for part in (resource .. ":"):gmatch("([^:/]*)[:/]") do parts[#parts + 1] = part end
  return { partition = partition, service = service, region = region, accountId = account,
           resourceId = parts }
end

-- "^us\-gov\-\w+\-\d+$", an alternation in it at most, as a list of Lua's patterns.
local function patterns(regex)
  local lua = regex:gsub("\\w", "[%%w_]"):gsub("\\d", "%%d"):gsub("\\%-", "%%-")
  local before, choices, after = lua:match("^(.-)%((.-)%)(.*)$")
  if not before then return { lua } end
  local list = {}
  for choice in choices:gmatch("[^|]+") do list[#list + 1] = before .. choice .. after end
  return list
end

function M:matches(regex, region)
  self.regex[regex] = self.regex[regex] or patterns(regex)
  for _, pattern in ipairs(self.regex[regex]) do
    if region:find(pattern) then return true end
  end
  return false
end

fn["aws.partition"] = function(self, region)
  if region == NULL then return NULL end
  for _, p in ipairs(self.partitions) do
    if p.regions[region] then return p.outputs end
  end
  for _, p in ipairs(self.partitions) do
    if self:matches(p.regionRegex, region) then return p.outputs end
  end
  return self.partitions[1].outputs
end

-- ---- evaluation

local value

-- The text of a template; nil where it names something null.
local function template(self, text, scope)
  if not text:find("[{}]") then return text end
  local out, at = {}, 1
  while at <= #text do
    local two = text:sub(at, at + 1)
    local name, path, after = text:match("^{([%w_]+)#?([^}]*)}()", at)
    if two == "{{" or two == "}}" then
      out[#out + 1], at = two:sub(1, 1), at + 2
    elseif name then
      local v = scope[name]
      if path ~= "" then v = fn.getAttr(self, v, path) end
      if v == NULL then return nil end
      out[#out + 1], at = v, after
    else
      out[#out + 1], at = text:sub(at, at), at + 1
    end
  end
  return table.concat(out)
end

function value(self, json, scope)
  if type(json) == "string" then return template(self, json, scope) end
  if type(json) ~= "table" then return json end
  if json.ref then return scope[json.ref] end
  local f = assert(fn[json.fn], json.fn)
  if json.fn == "getAttr" then return f(self, value(self, json.argv[1], scope), json.argv[2]) end
  local n, args = #json.argv, {}
  for i = 1, n do args[i] = value(self, json.argv[i], scope) end
  return f(self, table.unpack(args, 1, n))
end

-- The |json| of properties or headers with every string evaluated.
local function deep(self, json, scope)
  if type(json) ~= "table" or json.ref or json.fn then
    local v = value(self, json, scope)
    if v == NULL then error { null = true } end
    return v
  end
  local out = {}
  for k, v in pairs(json) do out[k] = deep(self, v, scope) end
  return out
end

local function result(self, rule, scope)
  if rule.error then return { error = deep(self, rule.error, scope) } end
  local e = rule.endpoint
  return { url = deep(self, e.url, scope), properties = deep(self, e.properties or {}, scope),
           headers = deep(self, e.headers or {}, scope) }
end

M.EXHAUSTED = {} -- the error of a rule set none of whose rules match

local rules

-- The result of |rule|; nil where its conditions do not hold.
local function try(self, rule, scope, seen)
  local inner = setmetatable({}, { __index = scope })
  for _, condition in ipairs(rule.conditions) do
    local v = value(self, condition, inner)
    local holds = v ~= NULL and v ~= false
    if seen then seen[condition] = (seen[condition] or 0) | (holds and 1 or 2) end
    if not holds then return nil end
    if condition.assign then inner[condition.assign] = v end
  end
  if rule.rules then return rules(self, rule.rules, inner, seen) end
  if seen then seen[rule] = 1 end
  return result(self, rule, inner)
end

-- A tree whose conditions hold is the last word, so what is exhausted ends in an error.
function rules(self, list, scope, seen)
  for _, rule in ipairs(list) do
    local found = try(self, rule, scope, seen)
    if found then return found end
  end
  return { error = M.EXHAUSTED }
end

function M:resolve(ruleset, params, seen)
  local scope = {}
  for name, p in pairs(ruleset.parameters) do
    scope[name] = params[name]
    if scope[name] == nil then scope[name] = p.default end
    if scope[name] == nil and p.required then return nil, name .. " is required" end
  end
  local ok, found = pcall(rules, self, ruleset.rules, scope, seen)
  if ok then return found end
  if type(found) == "table" and found.null then return nil, "null in a result" end
  error(found, 0)
end

return M
