-- SPDX-License-Identifier: Apache-2.0
-- condition.lua - what a rule asks, in canonical form, and what follows from what.
--
-- A formula is true, false, an atom, { op = "not", of = formula } or
-- { op = "and", formula… }. An atom is one test of one or two expressions:
--   set(e)  true(e)  equal(a, b)  label(e)  labels(e)  bucket(e)  buckets(e)
-- and false where an expression is null. Equal atoms are one object.
--
-- Facts say what is known at a place in the rules: atom.key -> true or false, and
-- "=" .. key of an expression -> the literal that it equals.
local expr = require "endpoints.expr"

local condition = {}

local interned = {}

local function atom(op, a, b)
  local key = b and ("%s|%s|%s"):format(op, a.key, b.key) or op .. "|" .. a.key
  if not interned[key] then
    interned[key] = { atom = true, op = op, a = a, b = b, key = key }
  end
  return interned[key]
end

local function conjunction(list)
  if #list == 0 then return true end
  if #list == 1 then return list[1] end
  local f = { op = "and" }
  for i, part in ipairs(list) do f[i] = part end
  return f
end

local function negate(f)
  if type(f) == "boolean" then return not f end
  if f.op == "not" and not f.atom then return f.of end
  return { op = "not", of = f }
end

-- The atoms that together say that |e| is not null. What is never null by itself
-- (a partition, an attribute of one) asks for what it is made from.
local function set_atoms(e, into)
  into = into or {}
  if e.op == "template" then
    for _, part in ipairs(e.parts) do set_atoms(part, into) end
  elseif e.op == "partition" or e.op == "uri_encode" or e.op == "normalized_path" then
    set_atoms(e.of, into)
  elseif e.op == "attr" and not (e.index and e.index > 0) then
    set_atoms(e.of, into) -- an ARN that parses has a resource, so it has component 0
  elseif e.op == "substring" then
    into[#into + 1] = atom("set", expr.substring(e.of, 0, e.to, false)) -- the length decides
  elseif e.op ~= "literal" and e.op ~= "host_prefix" and e.op ~= "signing_name" then
    into[#into + 1] = atom("set", e)
  end
  return into
end

local function is_set(e)
  return conjunction(set_atoms(e))
end

-- Whether |e| passes as a condition: a boolean by its value, others unless null.
local function truth(e)
  return e.type == "bool" and atom("true", e) or is_set(e)
end

-- What is put together stands first, a literal second: the walker compares a view
-- with anything. Otherwise the order of keys decides, as both mean the same.
local function equal(a, b)
  if a.op == "literal" and b.op == "literal" then return a.text == b.text end
  if a.op == "literal" or not b.view or (a.view and b.op ~= "literal" and b.key < a.key) then
    a, b = b, a
  end
  if not b.view then
    error(("stringEquals: both are put together: %s, %s"):format(a.key, b.key), 0)
  end
  for _, part in ipairs(a.parts or { a }) do
    if part.op == "uri_encode" then error("stringEquals: with uriEncode: " .. part.key, 0) end
  end
  return atom("equal", a, b)
end

-- The value of an argument: an expression, a formula (of a function that returns a
-- boolean), or a JSON boolean or number. |scope| is of names -> values.
local value

local function lookup(scope)
  return function(name)
    local e = scope[name]
    if not e then error(("'%s' is no parameter and no variable"):format(name), 0) end
    return e
  end
end

-- Functions by name: how many arguments, and what they make of them.
local functions = {}

local function define(name, arity, make)
  functions[name] = function(argv, scope)
    if #argv ~= arity then error(("%s: %d arguments, not %d"):format(name, #argv, arity), 0) end
    local args = {}
    for i, arg in ipairs(argv) do args[i] = value(arg, scope) end
    return make(args[1], args[2], args[3], args[4])
  end
end

local function is_expr(v)
  return type(v) == "table" and v.type ~= nil
end

local function need(fn, v, ...)
  if is_expr(v) then
    for _, type in ipairs { ... } do
      if v.type == type then return v end
    end
  end
  error(("%s: an argument of another type"):format(fn), 0)
end

local function formula(v)
  return is_expr(v) and truth(v) or v
end

define("isSet", 1, function(v)
  return is_set(need("isSet", v, "string", "bool", "list", "partition", "arn", "url"))
end)
define("not", 1, function(v)
  if is_expr(v) and v.type ~= "bool" then error("not: an argument of another type", 0) end
  return negate(formula(v))
end)
define("booleanEquals", 2, function(a, b)
  if type(a) == "boolean" then a, b = b, a end
  if type(b) ~= "boolean" then error("booleanEquals: neither argument is a literal", 0) end
  if not is_expr(a) then return b and a or negate(a) end
  local holds = truth(need("booleanEquals", a, "bool"))
  return b and holds or conjunction { is_set(a), negate(holds) }
end)
define("stringEquals", 2, function(a, b)
  return equal(need("stringEquals", a, "string"), need("stringEquals", b, "string"))
end)
local function name_check(fn, one, several)
  define(fn, 2, function(s, dots)
    if type(dots) ~= "boolean" then error(fn .. ": the second argument is no literal", 0) end
    return atom(dots and several or one, expr.need_view(fn, need(fn, s, "string")))
  end)
end

name_check("isValidHostLabel", "label", "labels")
name_check("aws.isVirtualHostableS3Bucket", "bucket", "buckets")
define("substring", 4, function(s, from, to, reverse)
  return expr.substring(need("substring", s, "string"), from, to, reverse)
end)
define("uriEncode", 1, function(s) return expr.uri_encode(need("uriEncode", s, "string")) end)
define("aws.partition", 1, function(s) return expr.partition(need("aws.partition", s, "string")) end)
define("aws.parseArn", 1, function(s) return expr.arn(need("aws.parseArn", s, "string")) end)
define("parseURL", 1, function(s) return expr.url(need("parseURL", s, "string")) end)

-- getAttr alone has an argument that is not a value: the path.
function functions.getAttr(argv, scope)
  if #argv ~= 2 or type(argv[2]) ~= "string" then error("getAttr: wants a value and a path", 0) end
  return expr.attr(need("getAttr", value(argv[1], scope), "list", "partition", "arn", "url"), argv[2])
end

function value(arg, scope)
  if type(arg) == "string" then return expr.parse_template(arg, lookup(scope)) end
  if type(arg) ~= "table" then return arg end
  if arg.ref then return lookup(scope)(arg.ref) end
  local fn = functions[arg.fn]
  if not fn then error(("function '%s' is not known"):format(tostring(arg.fn)), 0) end
  return fn(arg.argv, scope)
end

-- What a template or a URL in a result is: a string of some kind.
function condition.text(json, scope)
  return need("a result", value(json, scope), "string")
end

-- The formula of one condition, and |scope| as those after it see it.
function condition.read(json, scope)
  local v = value(json, scope)
  if json.assign then
    if not is_expr(v) then error(("assign '%s': not a value"):format(json.assign), 0) end
    scope = setmetatable({ [json.assign] = v }, { __index = scope })
  end
  return formula(v), scope
end

-- ---- facts

local function with(facts, key, known)
  local more = {}
  for k, v in pairs(facts) do more[k] = v end
  more[key] = known
  return more
end

-- The expressions that |a| asks something of, which are set where it holds.
local function operands(a)
  return a.op == "equal" and { a.a, a.b } or { a.a }
end

-- Of set(substring): how long its string is known to be at least, or not to be.
local function at_least(e) return ">=" .. e.of.key end
local function less_than(e) return "<" .. e.of.key end

local function assume_set(facts, e)
  for _, a in ipairs(set_atoms(e)) do
    if facts[a.key] == nil then
      facts = with(facts, a.key, true)
      if a.a.op == "substring" and a.a.to > (facts[at_least(a.a)] or 0) then
        facts = with(facts, at_least(a.a), a.a.to)
      end
      if a.a.of then facts = assume_set(facts, a.a.of) end
    end
  end
  return facts
end

local function assume_atom(facts, a, holds)
  if holds and a.op == "set" then return assume_set(facts, a.a) end
  facts = with(facts, a.key, holds)
  if not holds then
    if a.op == "set" and a.a.op == "substring" and a.a.to < (facts[less_than(a.a)] or math.huge) then
      facts = with(facts, less_than(a.a), a.a.to)
    end
    return facts
  end
  for _, e in ipairs(operands(a)) do facts = assume_set(facts, e) end
  if a.op == "equal" and a.b.op == "literal" then facts = with(facts, "=" .. a.a.key, a.b.text) end
  return facts
end

-- Whether |a| holds by |facts|; nil where they do not say.
function condition.decide(a, facts)
  if facts[a.key] ~= nil then return facts[a.key] end
  if a.op == "equal" and a.b.op == "literal" and facts["=" .. a.a.key] then
    return facts["=" .. a.a.key] == a.b.text
  end
  if a.op == "set" and a.a.op == "substring" then
    if a.a.to <= (facts[at_least(a.a)] or 0) then return true end
    if a.a.to >= (facts[less_than(a.a)] or math.huge) then return false end
  end
  for _, e in ipairs(operands(a)) do
    for _, s in ipairs(set_atoms(e)) do
      if facts[s.key] == false then return false end
      if s ~= a and condition.decide(s, facts) == false then return false end
    end
  end
  return nil
end

-- The parts of a conjunction without those that the others imply; but that a
-- parameter is set stays, as it is asked cheaply and often decides what follows.
local function without_implied(parts)
  local left = {}
  for i, part in ipairs(parts) do
    local others = {}
    for _, kept in ipairs(left) do others = condition.assume(kept, others, true) end
    for j = i + 1, #parts do others = condition.assume(parts[j], others, true) end
    local gate = part.op == "set" and part.a.op == "param"
    if gate or condition.simplify(part, others) ~= true then left[#left + 1] = part end
  end
  return left
end

-- |f| with what |facts| decide taken out.
function condition.simplify(f, facts)
  if type(f) == "boolean" then return f end
  if f.atom then
    local known = condition.decide(f, facts)
    if known == nil then return f end
    return known
  end
  if f.op == "not" then return negate(condition.simplify(f.of, facts)) end
  local left = {}
  for _, part in ipairs(f) do
    part = condition.simplify(part, facts)
    if part == false then return false end
    if part ~= true then
      left[#left + 1] = part
      facts = condition.assume(part, facts, true)
    end
  end
  return conjunction(without_implied(left))
end

-- |facts|, and what is known besides where |f| has turned out |holds|.
function condition.assume(f, facts, holds)
  if type(f) == "boolean" then return facts end
  if f.atom then return assume_atom(facts, f, holds) end
  if f.op == "not" then return condition.assume(f.of, facts, not holds) end
  if holds then
    for _, part in ipairs(f) do facts = condition.assume(part, facts, true) end
  end
  return facts
end

-- |e| is known to be set from the start: a parameter with a default, or required.
function condition.assume_set(e, facts)
  return assume_set(facts, e)
end

return condition
