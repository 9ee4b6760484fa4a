-- SPDX-License-Identifier: Apache-2.0
-- expr.lua - the values of the rule language in canonical form.
--
-- An expression is pure: assigned variables are replaced by what was assigned, so
-- that it speaks of parameters alone. Equal expressions are one object, whatever
-- rule set they come from. `type` is string, bool, list, partition, arn or url;
-- a `view` is a string that stands somewhere already and needs not be put together.
local expr = {}

local interned = {}

local function intern(e, key)
  local known = interned[key]
  if known then return known end
  e.key, interned[key] = key, e
  return e
end

local function refuse(text, ...)
  error(text:format(...), 0)
end

function expr.param(slot, type)
  return intern({ op = "param", slot = slot, type = type, view = type == "string" },
                ("P%d:%s"):format(slot, type))
end

function expr.literal(text)
  return intern({ op = "literal", text = text, type = "string", view = true }, "L" .. text)
end

-- What stands in the service's own record.
expr.host_prefix = intern({ op = "host_prefix", type = "string" }, "H")
expr.signing_name = intern({ op = "signing_name", type = "string" }, "N")

-- What getAttr may ask of a record: the attribute's type, and whether it is a view.
local attributes = {
  partition = { name = "string", dnsSuffix = "string", dualStackDnsSuffix = "string",
                implicitGlobalRegion = "string", supportsFIPS = "bool", supportsDualStack = "bool" },
  arn = { partition = "string", service = "string", region = "string", accountId = "string" },
  url = { scheme = "string", authority = "string", path = "string", normalizedPath = "string",
          isIp = "bool" },
}

local RESOURCE_MAX = 15 -- components of an ARN's resource that can be told apart

local function attribute(of, name)
  local index = of.type == "arn" and math.tointeger(tonumber(name:match("^resourceId%[(%d+)%]$")))
  if index and index > RESOURCE_MAX then refuse("getAttr: component %d of an ARN's resource", index) end
  local type = index and "string" or (attributes[of.type] or {})[name]
  if not type then refuse("getAttr: a %s has no '%s'", of.type, name) end
  local normalized = name == "normalizedPath"
  return intern({ op = normalized and "normalized_path" or "attr", of = of, name = name, index = index,
                  type = type, view = type == "string" and not normalized },
                ("A(%s#%s)"):format(of.key, name))
end

-- getAttr, its path taken apart.
function expr.attr(of, path)
  if of.type == "list" then
    local index = math.tointeger(tonumber(path:match("^%[(%d+)%]$")))
    if not index or index > 255 then refuse("getAttr: '%s' of a list", path) end
    return intern({ op = "item", of = of, index = index, type = "string", view = true },
                  ("I(%s#%d)"):format(of.key, index))
  end
  return attribute(of, path)
end

function expr.need_view(fn, e)
  if not e.view then refuse("%s: wants a string that is not put together (%s)", fn, e.key) end
  return e
end

local function record(fn, type)
  return function(of)
    return intern({ op = type, of = expr.need_view(fn, of), type = type }, ("%s(%s)"):format(type, of.key))
  end
end

expr.partition = record("aws.partition", "partition")
expr.arn = record("aws.parseArn", "arn")
expr.url = record("parseURL", "url")

function expr.uri_encode(of)
  return intern({ op = "uri_encode", of = expr.need_view("uriEncode", of), type = "string" },
                ("E(%s)"):format(of.key))
end

local function small(n, what)
  local i = math.tointeger(n)
  if not i or i < 0 or i > 127 then refuse("substring: %s is %s, not 0 to 127", what, tostring(n)) end
  return i
end

function expr.substring(of, from, to, reverse)
  from, to = small(from, "start"), small(to, "end")
  if from >= to then refuse("substring: nothing is between %d and %d", from, to) end
  return intern({ op = "substring", of = expr.need_view("substring", of), from = from, to = to,
                  reverse = reverse, type = "string", view = true },
                ("S(%s,%d,%d,%s)"):format(of.key, from, to, reverse))
end

-- A template of |parts|, expressions: those of a template within are taken out of
-- it, neighbouring literals are joined, and one part alone is no template.
function expr.template(parts)
  local joined, keys = {}, {}
  local function add(part)
    local last = joined[#joined]
    if part.type ~= "string" then refuse("a template holds a %s (%s)", part.type, part.key) end
    if part.op == "template" then
      for _, inner in ipairs(part.parts) do add(inner) end
    elseif last and last.op == "literal" and part.op == "literal" then
      joined[#joined] = expr.literal(last.text .. part.text)
    elseif not (part.op == "literal" and part.text == "") then
      joined[#joined + 1] = part
    end
  end
  for _, part in ipairs(parts) do add(part) end
  if #joined == 0 then return expr.literal("") end
  if #joined == 1 then return joined[1] end
  for i, part in ipairs(joined) do keys[i] = #part.key .. part.key end
  return intern({ op = "template", parts = joined, type = "string" }, "T" .. table.concat(keys))
end

-- The parts of |text|, a template: text, {x}, {x#path}, and {{ and }} for braces.
-- |resolve| gives the expression of a name.
function expr.parse_template(text, resolve)
  local parts, at = {}, 1
  local function literal(s) parts[#parts + 1] = expr.literal(s) end
  while at <= #text do
    local brace = text:find("[{}]", at)
    if not brace then literal(text:sub(at)) break end
    literal(text:sub(at, brace - 1))
    if text:sub(brace, brace) == text:sub(brace + 1, brace + 1) then
      literal(text:sub(brace, brace))
      at = brace + 2
    else
      local name, path, after = text:match("^{([%w_]+)#?([^{}]*)}()", brace)
      if not name then refuse("template '%s': a brace without its other", text) end
      local value = resolve(name)
      parts[#parts + 1] = path ~= "" and expr.attr(value, path) or value
      at = after
    end
  end
  return expr.template(parts)
end

return expr
