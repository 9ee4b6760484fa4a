-- SPDX-License-Identifier: Apache-2.0
-- blob.lua - lays a compiled table out in rows of bytes. The form is told in
-- core/endpoint/table.h, whose numbers these are.
local container = require "endpoints.container"
local expr = require "endpoints.expr"
local pool = require "endpoints.pool"
local words = require "endpoints.words"

local blob = {}

local OP = { param = 0, literal = 1, attr = 2, item = 3, substring = 4, partition = 5, arn = 6,
             url = 7, uri_encode = 8, normalized_path = 9, template = 10 }
local TEST = { given = 0, flag = 1, set = 2, ["true"] = 3, equal = 4, match = 5, label = 6, labels = 7,
               bucket = 8, buckets = 9 }
local ATTRIBUTE = {
  partition = { name = 0, dnsSuffix = 1, dualStackDnsSuffix = 2, implicitGlobalRegion = 3,
                supportsFIPS = 4, supportsDualStack = 5 },
  arn = { partition = 0, service = 1, region = 2, accountId = 3 },
  url = { scheme = 0, authority = 1, path = 2, isIp = 3 },
}
local RESOURCE = 16 -- attribute of an ARN's component 0
local TOKEN = { ending = 0, expr = 1, host_prefix = 2, signing_name = 3, first_expr = 4, word = 0x80 }
local SHORT_EXPRS = 0x20 - TOKEN.first_expr
local KIND = { string = 1, bool = 2, list = 3 }
local ITEM = { ending = 0, object = 1, array = 2, string = 3, yes = 4, no = 5, scheme = 6 }
local NAMED = 0x10
local KEYS = { "authSchemes", "name", "signingName", "signingRegion", "signingRegionSet",
               "disableDoubleEncoding" }
local SCHEME = { sigv4 = 0, sigv4a = 1, ["sigv4-s3express"] = 2, bearer = 3, sigv2 = 4, none = 5 }

local MAX = { atoms = 512, records = 32, words = 128, exprs = 0xffff, nodes = 0x7fff, lists = 255,
              results = 0x8000, depth = 8 }

local function refuse(text, ...)
  error(text:format(...), 0)
end

local function limit(what, n)
  if n > MAX[what] then refuse("%d %s, of which the table holds %d", n, what, MAX[what]) end
end

-- ---- collecting

-- All expressions that |places| use, operands before what is made of them and those
-- that templates name most often first, so that these have the shortest tokens.
local function order_exprs(uses)
  local counts, list = {}, {}
  for _, e in ipairs(uses) do
    if not counts[e] then counts[e], list[#list + 1] = 0, e end
    counts[e] = counts[e] + 1
  end
  table.sort(list, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a.key < b.key
  end)
  local ordered, id = {}, {}
  local function place(e, depth)
    if id[e] then return end
    if depth > MAX.depth then refuse("an expression is nested too deep: %s", e.key) end
    if e.of then place(e.of, depth + 1) end
    if e.parts then
      for _, part in ipairs(e.parts) do
        if part.op ~= "literal" then place(part, depth + 1) end
      end
    end
    id[e] = #ordered
    ordered[#ordered + 1] = e
  end
  for _, e in ipairs(list) do place(e, 0) end
  return ordered, id
end

local function parts_of(e)
  return e.op == "template" and e.parts or { e }
end

local function is_token(e)
  return e.op ~= "literal" and e ~= expr.host_prefix and e ~= expr.signing_name
end

-- Calls |each| with every string in the properties or headers |json|.
local function each_text(json, each)
  if type(json) ~= "table" then return end
  if json.text then return each(json.text) end
  for _, member in ipairs(json) do each_text(member, each) end
end

-- ---- the layout

local Layout = {}
Layout.__index = Layout

function Layout:str(text)
  if #text > 255 then refuse("a text of more than 255 bytes: %s", text) end
  return string.pack("<I2B", self.text:offset(text), #text)
end

-- The bytes of the template |e|; |cut| gives the symbols of a literal.
function Layout:tokens(e, cut)
  local out = {}
  for _, part in ipairs(parts_of(e)) do
    if part.op == "literal" then
      if part.text:find("[^\32-\126]") then refuse("text that is not printable ASCII: %s", part.text) end
      for _, symbol in ipairs(cut and cut[part.text] or { part.text }) do
        local word = cut and #symbol > 1 and self.word_id[symbol]
        out[#out + 1] = word and string.char(TOKEN.word + word) or symbol
      end
    elseif part == expr.host_prefix then
      out[#out + 1] = string.char(TOKEN.host_prefix)
    elseif part == expr.signing_name then
      out[#out + 1] = string.char(TOKEN.signing_name)
    else
      local id = self.expr_id[part]
      out[#out + 1] = id < SHORT_EXPRS and string.char(TOKEN.first_expr + id)
                      or string.pack("<BI2", TOKEN.expr, id)
    end
  end
  return table.concat(out) .. "\0"
end

function Layout:expr(e)
  local a, b = 0, e.of and self.expr_id[e.of] or 0
  if e.op == "param" then
    a = e.slot
  elseif e.op == "literal" then
    a, b = #e.text, self.text:offset(e.text)
    if a > 255 then refuse("a literal of more than 255 bytes: %s", e.text) end
  elseif e.op == "attr" then
    a = e.index and RESOURCE + e.index or ATTRIBUTE[e.of.type][e.name]
  elseif e.op == "item" then
    a = e.index
  elseif e.op == "substring" then
    a = self.substring_id[e]
  elseif e.op == "template" then
    b = self.templates:offset(self:tokens(e))
  elseif OP[e.op] >= OP.partition and OP[e.op] <= OP.url then
    a = self.record_id[e]
  end
  return string.pack("<BBI2", OP[e.op], a, b)
end

function Layout:atom(a)
  local test, first = a.op, self.expr_id[a.a]
  if a.a.op == "param" and (test == "set" or test == "true") then
    test, first = test == "set" and "given" or "flag", a.a.slot
  elseif test == "equal" and not a.a.view then
    test = "match"
  end
  return string.pack("<BI2I2", TEST[test], first, a.b and self.expr_id[a.b] or 0)
end

local function edge(to)
  return to.result and 0x8000 + to.index or to.index
end

function Layout:node(n)
  return string.pack("<I2I2I2", self.atom_id[n.atom], edge(n.yes), edge(n.no))
end

-- One value of properties or headers, with its name where it is an object's member.
function Layout:item(v, name)
  local head = function(kind)
    return name and string.char(kind + NAMED, self.key_id[name]) or string.char(kind)
  end
  if v.text then return head(ITEM.string) .. string.pack("<I2", self.templates:offset(self:tokens(v.text))) end
  if v.scheme then return head(ITEM.scheme) .. string.char(SCHEME[v.scheme]) end
  if v.flag ~= nil then return head(v.flag and ITEM.yes or ITEM.no) end
  return head(v.names and ITEM.object or ITEM.array) .. self:members(v) .. string.char(ITEM.ending)
end

function Layout:members(v)
  local out = {}
  for i, member in ipairs(v) do out[i] = self:item(member, v.names and v.names[i]) end
  return table.concat(out)
end

function Layout:list_of(v)
  local bytes = self:members(v)
  local id = self.list_id[bytes]
  if not id then
    id = #self.lists
    self.list_id[bytes], self.lists[id + 1] = id, bytes
    limit("lists", id + 1)
  end
  return id
end

function Layout:result(r)
  local e = r.error or r.url
  local at = self.templates:offset(self:tokens(e, self.cut))
  if r.error then return string.pack("<I2BB", at, 255, 255) end
  return string.pack("<I2BB", at, self:list_of(r.properties), self:list_of(r.headers))
end

-- The bytes of a parameter's default; of a list, each item after its length.
local function default_text(p)
  if type(p.default) == "string" then return p.default end
  local items = {}
  for i, item in ipairs(type(p.default) == "table" and p.default or {}) do
    items[i] = string.pack("s1", item)
  end
  return table.concat(items)
end

function Layout:param(p)
  local flags = KIND[p.type] + (p.default ~= nil and 4 or 0) + (p.default == true and 8 or 0)
  return self:str(p.name) .. string.pack("<BB", p.slot, flags) .. self:str(default_text(p))
end

function Layout:service(s)
  local auth = 0
  for i, scheme in ipairs(s.auth) do auth = auth | SCHEME[scheme] + 1 << 4 * (i - 1) end
  return self:str(s.name) .. self:str(s.host_prefix) .. self:str(s.signing_name)
         .. string.pack("<I2BI2", edge(s.root), self.set_id[s.params], auth)
end

function Layout:partition(p)
  return self:str(p.name) .. self:str(p.dnsSuffix) .. self:str(p.dualStackDnsSuffix)
         .. self:str(p.implicitGlobalRegion)
         .. string.char((p.supportsFIPS and 1 or 0) + (p.supportsDualStack and 2 or 0))
end

function Layout:region(r)
  return self:str(r.text) .. string.char(r.partition)
end

-- ---- putting it together

local function index(list, into)
  for i, v in ipairs(list) do into[v] = i - 1 end
  return into
end

local function map(list, fn, self)
  local out = {}
  for i, v in ipairs(list) do out[i] = fn(self, v) end
  return table.concat(out), #list
end

-- The literals of URLs and error texts, cut into words: symbols by literal, and the
-- list of the words.
local function cut_words(results)
  local literals, seen = {}, {}
  for _, r in ipairs(results) do
    for _, part in ipairs(parts_of(r.error or r.url)) do
      if part.op == "literal" and not seen[part.text] then
        seen[part.text] = true
        literals[#literals + 1] = part.text
      end
    end
  end
  local cut, list = {}, {}
  for i, symbols in ipairs(words.cut(literals, MAX.words, 4)) do
    cut[literals[i]] = symbols
    for _, symbol in ipairs(symbols) do
      if #symbol > 1 and not list[symbol] then
        list[symbol] = true
        list[#list + 1] = symbol
      end
    end
  end
  return cut, list
end

-- Everything that templates and atoms name: expressions, in order of appearance.
local function gather(atoms, results)
  local uses = {}
  local function text(e)
    for _, part in ipairs(parts_of(e)) do
      if is_token(part) then uses[#uses + 1] = part end
    end
  end
  for _, r in ipairs(results) do
    text(r.error or r.url)
    if r.url then
      each_text(r.properties, text)
      each_text(r.headers, text)
    end
  end
  local once = {}
  local function operand(e)
    if e and not once[e] then once[e], uses[#uses + 1] = true, e end
  end
  for _, a in ipairs(atoms) do
    operand(a.a)
    operand(a.b)
  end
  return uses
end

local function atoms_of(nodes)
  local list, seen = {}, {}
  for _, n in ipairs(nodes) do
    if not seen[n.atom] then
      seen[n.atom] = true
      list[#list + 1] = n.atom
    end
  end
  return list
end

-- Numbers what a table has little of: records to be memoised, and substrings' ranges.
function Layout:number_small(exprs)
  self.record_id, self.substring_id, self.substrings = {}, {}, {}
  local records, ranges = 0, {}
  for _, e in ipairs(exprs) do
    if e.type == "partition" or e.type == "arn" or e.type == "url" then
      self.record_id[e], records = records, records + 1
    elseif e.op == "substring" then
      local range = string.char(e.from, e.to + (e.reverse and 128 or 0))
      if not ranges[range] then
        ranges[range] = #self.substrings
        table.insert(self.substrings, range)
      end
      self.substring_id[e] = ranges[range]
    end
  end
  limit("records", records)
end

function Layout:add_texts(table_, exprs, word_list)
  local text = self.text
  for _, s in ipairs(table_.services) do
    text:add(s.name)
    text:add(s.host_prefix)
    text:add(s.signing_name)
  end
  for _, p in ipairs(self.params) do
    text:add(p.name)
    text:add(default_text(p))
  end
  for _, p in ipairs(table_.partitions.list) do
    text:add(p.name)
    text:add(p.dnsSuffix)
    text:add(p.dualStackDnsSuffix)
    text:add(p.implicitGlobalRegion)
  end
  for _, list in ipairs { table_.partitions.prefixes, table_.partitions.regions } do
    for _, r in ipairs(list) do text:add(r.text) end
  end
  for _, e in ipairs(exprs) do
    if e.op == "literal" then text:add(e.text) end
  end
  for _, list in ipairs { self.keys, word_list } do
    for _, s in ipairs(list) do text:add(s) end
  end
  text:close()
end

function Layout:add_templates(exprs, results)
  for _, e in ipairs(exprs) do
    if e.op == "template" then self.templates:add(self:tokens(e)) end
  end
  local function text(e) self.templates:add(self:tokens(e)) end
  for _, r in ipairs(results) do
    self.templates:add(self:tokens(r.error or r.url, self.cut))
    if r.url then
      each_text(r.properties, text)
      each_text(r.headers, text)
    end
  end
  self.templates:close()
end

-- The names of members: those that the walker knows first.
local function keys_of(results)
  local seen, more = {}, {}
  for _, key in ipairs(KEYS) do seen[key] = true end
  local function visit(v)
    for i, member in ipairs(v) do
      local name = v.names and v.names[i]
      if name and not seen[name] then seen[name], more[#more + 1] = true, name end
      visit(member)
    end
  end
  for _, r in ipairs(results) do
    if r.url then
      visit(r.properties)
      visit(r.headers)
    end
  end
  table.sort(more)
  local keys = table.move(KEYS, 1, #KEYS, 1, {})
  return table.move(more, 1, #more, #keys + 1, keys)
end

-- The sets of parameters that services have, and all parameters, set by set.
local function param_sets(services)
  local sets, params, seen = {}, {}, {}
  for _, s in ipairs(services) do
    if not seen[s.params] then
      seen[s.params] = true
      sets[#sets + 1] = { set = s.params, first = #params, count = #s.params }
      table.move(s.params, 1, #s.params, #params + 1, params)
    end
  end
  return sets, params
end

-- Slots as bits: of what must be set and has no default, and of the strings that
-- bear on an endpoint: those that the rules ask for, Region and Endpoint.
local function param_set(_, s)
  local required, strings = 0, 0
  for _, p in ipairs(s.set) do
    if p.required and p.default == nil then required = required | 1 << p.slot end
    if p.type == "string" and (p.used or p.slot <= 1) then strings = strings | 1 << p.slot end
  end
  return string.pack("<I2BI4I4", s.first, s.count, required, strings)
end

-- The lists of properties and headers, which writing results has collected.
function Layout:list_sections()
  local lists, at = {}, 0
  for i, bytes in ipairs(self.lists) do
    lists[i] = string.pack("<I2I2", at, #bytes)
    at = at + #bytes
  end
  return { table.concat(lists), #lists }, { table.concat(self.lists), at }
end

-- The bytes of |t|: { services, partitions, nodes, results }, and what each section
-- takes of them.
function blob.make(t)
  local self = setmetatable({ text = pool.new(), templates = pool.new(), list_id = {}, lists = {} }, Layout)
  local atoms = atoms_of(t.nodes)
  local exprs, word_list, sets
  exprs, self.expr_id = order_exprs(gather(atoms, t.results))
  self.cut, word_list = cut_words(t.results)
  sets, self.params = param_sets(t.services)
  self.keys, self.set_id = keys_of(t.results), {}
  for i, s in ipairs(sets) do self.set_id[s.set] = i - 1 end
  self.atom_id, self.word_id, self.key_id = index(atoms, {}), index(word_list, {}), index(self.keys, {})
  limit("atoms", #atoms)
  limit("exprs", #exprs)
  limit("nodes", #t.nodes)
  limit("results", #t.results)
  self:number_small(exprs)
  self:add_texts(t, exprs, word_list)
  self:add_templates(exprs, t.results)

  local section = {
    text = { self.text.bytes, #self.text.bytes },
    templates = { self.templates.bytes, #self.templates.bytes },
    words = { map(word_list, Layout.str, self) },
    exprs = { map(exprs, Layout.expr, self) },
    substrings = { table.concat(self.substrings), #self.substrings },
    atoms = { map(atoms, Layout.atom, self) },
    nodes = { map(t.nodes, Layout.node, self) },
    results = { map(t.results, Layout.result, self) },
    keys = { map(self.keys, Layout.str, self) },
    params = { map(self.params, Layout.param, self) },
    param_sets = { map(sets, param_set) },
    services = { map(t.services, Layout.service, self) },
    partitions = { map(t.partitions.list, Layout.partition, self) },
    prefixes = { map(t.partitions.prefixes, Layout.region, self) },
    regions = { map(t.partitions.regions, Layout.region, self) },
  }
  section.lists, section.items = self:list_sections()
  return container.make(section)
end

return blob
