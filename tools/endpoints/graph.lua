-- SPDX-License-Identifier: Apache-2.0
-- graph.lua - rules become nodes: a test, where to go when it holds and where when
-- it does not. Equal nodes are one, in all services together.
--
-- A list of rules becomes a chain in which rule i is followed by rule i + 1; a tree
-- whose conditions hold is terminal, so its children end in "no rule matched" and
-- share nothing with what follows it. What a path has decided already is not asked
-- again: see thread().
local condition = require "endpoints.condition"

local graph = {}

local interned = {}

-- Follows |to| past the nodes that |facts| decide.
local function thread(to, facts)
  while to.atom do
    local known = condition.decide(to.atom, facts)
    if known == nil then break end
    to = known and to.yes or to.no
  end
  return to
end

local function serial(to)
  return to.serial
end

local count = 0

local function node(atom, yes, no)
  if yes == no then return yes end
  local key = ("%s>%d>%d"):format(atom.key, serial(yes), serial(no))
  local known = interned[key]
  if not known then
    count = count + 1
    known = { atom = atom, yes = yes, no = no, serial = count }
    interned[key] = known
  end
  return known
end

-- The place where |f| is asked, knowing |facts|: on to |yes| or |no|.
local function ask(f, facts, yes, no)
  if f == true then return thread(yes, facts) end
  if f == false then return thread(no, facts) end
  if f.atom then
    return node(f, thread(yes, condition.assume(f, facts, true)),
                thread(no, condition.assume(f, facts, false)))
  end
  if f.op == "not" then return ask(f.of, facts, no, yes) end
  local prefix = { facts }
  for i, part in ipairs(f) do prefix[i + 1] = condition.assume(part, prefix[i], true) end
  for i = #f, 1, -1 do yes = ask(f[i], prefix[i], yes, no) end
  return yes
end

-- A result, by its key; |make| is called for a new one.
function graph.result(key, make)
  local known = interned["R" .. key]
  if not known then
    count = count + 1
    known = make()
    known.serial, known.result = count, true
    interned["R" .. key] = known
  end
  return known
end

-- Compiles |rules|. |leaf| makes the result of a rule, given the rule and the scope;
-- |exhausted| is the result where no rule matches.
function graph.compile(rules, scope, facts, leaf, exhausted)
  local function list(set, i, known, names)
    local rule = set[i]
    if not rule then return exhausted end
    local parts, inner = { op = "and" }, names
    for c, json in ipairs(rule.conditions) do
      parts[c], inner = condition.read(json, inner)
    end
    local f = condition.simplify(parts, known)
    local no = f == true and exhausted or list(set, i + 1, condition.assume(f, known, false), names)
    if f == false then return no end
    local holding = condition.assume(f, known, true)
    local yes = rule.rules and list(rule.rules, 1, holding, inner) or leaf(rule, inner)
    return ask(f, known, yes, no)
  end
  return list(rules, 1, facts, scope)
end

-- All nodes and results that |roots| lead to. Nodes are in an order in which every
-- edge points forward, results in the order in which they are met; each gets .index.
function graph.number(roots)
  local after, results, seen = {}, {}, {}
  local function visit(place)
    if seen[place] then return end
    seen[place] = true
    if place.result then
      results[#results + 1] = place
      place.index = #results - 1
      return
    end
    visit(place.no)
    visit(place.yes)
    after[#after + 1] = place
  end
  for i = #roots, 1, -1 do visit(roots[i]) end
  local nodes = {}
  for i = #after, 1, -1 do
    nodes[#nodes + 1] = after[i]
    after[i].index = #nodes - 1
  end
  return nodes, results
end

return graph
