-- SPDX-License-Identifier: Apache-2.0
-- service.lua - one service: its parameters, what it falls back to when its rules
-- are silent about signing, and its rules compiled.
local condition = require "endpoints.condition"
local expr = require "endpoints.expr"
local graph = require "endpoints.graph"
local models = require "endpoints.models"

local service = {}

local PARAMS_MAX = 24 -- FGP_PARAMS_MAX of fingerpost.h
local AUTH_MAX = 4    -- FGP_AUTH_MAX
local ROOM = 512      -- bytes that fgp_endpoint_resolve() says it needs,
local REPEATS = 3     -- and how often a parameter's own length comes on top

local EXHAUSTED = "no rule of the endpoint rule set matches these parameters"

-- What the core itself asks for has a place of its own in every rule set.
local own_slot = { ["AWS::Region"] = 0, ["SDK::Endpoint"] = 1, ["AWS::UseFIPS"] = 2,
                   ["AWS::UseDualStack"] = 3 }
local FIRST_SLOT = 4

local types = { string = "string", boolean = "bool", stringarray = "list" }
local default_types = { string = "string", bool = "boolean", list = "table" }

-- Gives each parameter name a slot, the same in all services: names share one only
-- where no service has both. Returns name -> slot.
function service.slots(services)
  local together, names, slot = {}, {}, {}
  for _, s in ipairs(services) do
    local here = {}
    for _, name in ipairs(models.keys(s.rules.parameters)) do
      if not own_slot[s.rules.parameters[name].builtIn] then here[#here + 1] = name end
    end
    for _, name in ipairs(here) do
      if not together[name] then together[name], names[#names + 1] = {}, name end
      for _, other in ipairs(here) do together[name][other] = true end
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local taken, free = {}, FIRST_SLOT
    for other in pairs(together[name]) do taken[slot[other] or -1] = true end
    while taken[free] do free = free + 1 end
    if free >= PARAMS_MAX then error(("parameter %s: more than %d in one rule set"):format(name, PARAMS_MAX), 0) end
    slot[name] = free
  end
  return slot
end

local function param(name, json, slots, used)
  local type_ = types[json.type:lower()]
  if not type_ then error(("parameter %s: type '%s' is not known"):format(name, json.type), 0) end
  if json.default ~= nil and type(json.default) ~= default_types[type_] then
    error(("parameter %s: a default of another type"):format(name), 0)
  end
  return { name = name, type = type_, slot = own_slot[json.builtIn] or slots[name],
           required = json.required == true, default = json.default,
           used = used[name] or false }
end

-- Marks in |used| what |json|, rules, refers to.
local function references(json, used)
  if type(json) == "string" then
    for name in json:gmatch("{([%w_]+)") do used[name] = true end
  elseif type(json) == "table" then
    if type(json.ref) == "string" then used[json.ref] = true end
    for _, member in pairs(json) do references(member, used) end
  end
  return used
end

local schemes = { ["aws.auth#sigv4"] = "sigv4", ["aws.auth#sigv4a"] = "sigv4a",
                  ["smithy.api#httpBearerAuth"] = "bearer", ["smithy.api#noAuth"] = "none" }
local versions = { v4 = "sigv4", s3 = "sigv4", s3v4 = "sigv4", v2 = "sigv2", bearer = "bearer" }

-- The schemes that the model offers, first choice first.
local function auth(metadata)
  local list = {}
  for _, name in ipairs(metadata.auth or {}) do
    list[#list + 1] = schemes[name] or error(("auth '%s' is not known"):format(name), 0)
  end
  if #list > AUTH_MAX then error("more auth schemes than " .. AUTH_MAX, 0) end
  if #list > 0 then return list end
  local version = metadata.signatureVersion or "v4"
  return { versions[version] or error(("signatureVersion '%s' is not known"):format(version), 0) }
end

-- |e| with the service's own host prefix, where it begins the host of a URL, taken
-- out: so that services that differ in nothing else share their results.
local function without_prefix(e, prefix)
  local parts = {}
  for _, part in ipairs(e.op == "template" and e.parts or { e }) do
    local text = part.op == "literal" and part.text or ""
    local from, to = text:find("://" .. prefix, 1, true)
    if from and text:match("^[.-]", to + 1) then
      parts[#parts + 1] = expr.literal(text:sub(1, from + 2))
      parts[#parts + 1] = expr.host_prefix
      parts[#parts + 1] = expr.literal(text:sub(to + 1))
    else
      parts[#parts + 1] = part
    end
  end
  return expr.template(parts)
end

-- ---- properties and headers

-- A value of properties in the form that blob.lua writes: { text = e }, { flag = b },
-- { scheme = name }, or a list of values, with `names` where it is an object. Members
-- go in the order of their names. |at| says where, for a refusal and for what is known.
local function property(json, scope, signing_name, at)
  if type(json) == "boolean" then return { flag = json } end
  if type(json) == "string" then
    if at:match("^authSchemes%.%.name$") then return { scheme = json } end
    if at:match("^authSchemes%.%.signingName$") and json == signing_name then return { text = expr.signing_name } end
    return { text = condition.text(json, scope) }
  end
  if type(json) ~= "table" then error(("property %s: a %s"):format(at, type(json)), 0) end
  local value = {}
  if json[1] ~= nil then
    for i, member in ipairs(json) do value[i] = property(member, scope, signing_name, at .. ".") end
    return value
  end
  value.names = models.keys(json)
  for i, name in ipairs(value.names) do
    value[i] = property(json[name], scope, signing_name, at == "" and name or at .. "." .. name)
  end
  return value
end

local scheme_members = { name = "scheme", signingName = "text", signingRegion = "text",
                         disableDoubleEncoding = "flag", disableNormalizePath = "flag" }
local scheme_names = { sigv4 = true, sigv4a = true, ["sigv4-s3express"] = true, bearer = true, none = true }

local function check_scheme(scheme)
  local name
  for i, key in ipairs(scheme.names or {}) do
    local value = scheme[i]
    local kind = scheme_members[key]
    if key == "name" then name = value.scheme end
    if key == "signingRegionSet" then
      if value.names or #value == 0 then error("authSchemes: signingRegionSet is no list", 0) end
      for _, region in ipairs(value) do
        if not region.text then error("authSchemes: a signingRegionSet of other than strings", 0) end
      end
    elseif not kind then
      error(("authSchemes: '%s' is not known"):format(key), 0)
    elseif value[kind] == nil then
      error(("authSchemes: %s is of another type"):format(key), 0)
    end
  end
  if not scheme_names[name] then error(("authSchemes: scheme '%s' is not known"):format(tostring(name)), 0) end
end

local function properties(json, scope, signing_name)
  local value = property(json or {}, scope, signing_name, "")
  for i, name in ipairs(value.names) do
    if name == "authSchemes" then
      if #value[i] == 0 or #value[i] > AUTH_MAX then error("authSchemes: not 1 to " .. AUTH_MAX, 0) end
      for _, scheme in ipairs(value[i]) do check_scheme(scheme) end
    end
  end
  return value
end

local function headers(json, scope)
  local value = { names = models.keys(json or {}) }
  for i, name in ipairs(value.names) do
    value[i] = {}
    for j, text in ipairs(json[name]) do value[i][j] = { text = condition.text(text, scope) } end
  end
  return value
end

-- A key for |v|, equal where the values are.
local function key_of(v)
  if v.text then return "T" .. #v.text.key .. v.text.key end
  if v.scheme then return "S" .. v.scheme end
  if v.flag ~= nil then return tostring(v.flag) end
  local out = {}
  for i, member in ipairs(v) do out[i] = (v.names and v.names[i] .. "=" or "") .. key_of(member) end
  return "{" .. table.concat(out, ",") .. "}"
end

-- ---- room

local ROOM_OF_OURS = 64 -- bytes of a partition's output, or of a service's prefix or name

local function weigh_part(e, need, times)
  if e.op == "literal" then
    need.fixed = need.fixed + #e.text
  elseif e.op == "host_prefix" or e.op == "signing_name" or (e.of and e.of.op == "partition") then
    need.fixed = need.fixed + ROOM_OF_OURS
  elseif e.op == "uri_encode" then
    weigh_part(e.of, need, 3)
  elseif e.op == "attr" or e.op == "normalized_path" then
    -- Different attributes of a record are different bytes of it, but for the path.
    local name = e.of.key .. "#" .. e.name:gsub("^normalizedPath$", "path")
    need.fixed = need.fixed + 1
    need.met[name] = (need.met[name] or 0) + times
    if need.met[name] > (need.most[e.of.key] or 0) then
      need.most[e.of.key] = need.met[name]
      weigh_part(e.of.of, need, times)
    end
  elseif e.of then
    weigh_part(e.of, need, times)
  else
    need.slots[e.slot] = (need.slots[e.slot] or 0) + times
  end
end

-- Adds what the values under |v| take to |need|: fixed bytes, and how often each
-- parameter's length. A list of texts has commas between.
local function weigh(v, need)
  for _, part in ipairs(v.text and (v.text.parts or { v.text }) or {}) do weigh_part(part, need, 1) end
  for _, member in ipairs(v) do
    weigh(member, need)
    need.fixed = need.fixed + 1
  end
end

local function check_room(r)
  local need = { fixed = 0, slots = {}, met = {}, most = {} }
  weigh({ text = r.error or r.url }, need)
  for i, name in ipairs(r.url and r.properties.names or {}) do
    if name == "authSchemes" then weigh(r.properties[i], need) end
  end
  local most = 0
  for _, times in pairs(need.slots) do most = math.max(most, times) end
  if need.fixed > ROOM or most > REPEATS then
    error("a result may need more room than fingerpost.h promises: " .. (r.error or r.url).key, 0)
  end
  return r
end

-- ---- the whole

local function leaf(host_prefix, signing_name)
  return function(rule, scope)
    if rule.error then
      local text = condition.text(rule.error, scope)
      return graph.result("!" .. text.key, function() return check_room { error = text } end)
    end
    local r = {
      url = without_prefix(condition.text(rule.endpoint.url, scope), host_prefix),
      properties = properties(rule.endpoint.properties, scope, signing_name),
      headers = headers(rule.endpoint.headers, scope),
    }
    local key = ("%s@%s@%s"):format(r.url.key, key_of(r.properties), key_of(r.headers))
    return graph.result(key, function() return check_room(r) end)
  end
end

-- Equal sets of parameters are one object.
local known_sets = {}

local function intern_set(params)
  local out = {}
  for i, p in ipairs(params) do
    local default = type(p.default) == "table" and table.concat(p.default, ",") or p.default
    out[i] = ("%s:%s:%d:%s:%s:%s"):format(p.name, p.type, p.slot, p.required, p.used, default)
  end
  local key = table.concat(out, " ")
  known_sets[key] = known_sets[key] or params
  return known_sets[key]
end

-- Compiles |s|, of models.lua: { name, host_prefix, signing_name, auth, params, root }.
function service.compile(s, slots)
  local metadata = s.model.metadata
  local prefix = metadata.endpointPrefix or s.name
  local signing_name = metadata.signingName or prefix
  local params, scope, facts = {}, {}, {}
  local used = references(s.rules.rules, {})
  for i, name in ipairs(models.keys(s.rules.parameters)) do
    local p = param(name, s.rules.parameters[name], slots, used)
    params[i], scope[name] = p, expr.param(p.slot, p.type)
    if p.default ~= nil or p.required then facts = condition.assume_set(scope[name], facts) end
  end
  local exhausted = graph.result("!" .. EXHAUSTED, function() return { error = expr.literal(EXHAUSTED) } end)
  return {
    name = s.name, host_prefix = prefix, signing_name = signing_name, auth = auth(metadata),
    params = intern_set(params),
    root = graph.compile(s.rules.rules, scope, facts, leaf(prefix, signing_name), exhausted),
  }
end

return service
