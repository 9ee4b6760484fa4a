-- SPDX-License-Identifier: Apache-2.0
-- parameter_draw.lua - draws parameters for a rule set so that its conditions go both
-- ways: values that its rules compare with, near misses, ARNs, bucket names, URLs.
--
--   local drawer = require("parameter_draw").new(ruleset, regions)
--   local params = drawer:fresh()        -- or drawer:mutate(params)
--
-- Draws come from math.random: seed it.

local M = {}
M.__index = M

local function pick(list) return list[math.random(#list)] end
local function chance(p) return math.random() < p end

local zones = { "usw2-az1", "use1-az4", "test-zone-ab1", "apne1-az2", "usw2-lax1-az1" }
local suffixes = { "--x-s3", "--xa-s3", "--op-s3" }
local names = { "photos", "bucket-name", "my.dotted.bucket", "99_ab", "Upper", "bucket!", "a", "", "192.168.1.1",
                "..", "x" .. ("y"):rep(62), "bucket name", "b--table-s3", "\xc3\xbc", "a--b--c",
                "test-accessp-o0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3",
                "test-accessp-e0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3",
                "test-accessp-x0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3" }
local accounts = { "123456789012", "333333333333", "", "12 34", "12/34", "abc" }
local urls = { "https://example.com", "http://10.0.1.12:433/path", "https://[2001:db8::1]:9000/x/",
               "https://beta.example.com:1234/path", "https://h/a//b", "https://h?x=1", "not a url",
               "https://control.vpce-1a2b3c4d-5e6f.s3.us-west-2.vpce.amazonaws.com", "http://localhost:8000",
               "https://111111111111.ddb.us-east-1.api.aws", "https://example.amazonaws.com",
               "https://vpce-1a2b3c4d-5e6f.dynamodb.us-east-1.vpce.api.aws", "https://u:p@h", "https://h#f" }
local words = { "myendpoint", "my-endpoint", "op-01234567890123456", "mfzwi23gnjvgw.mrap", "reports", "table_name",
                "", "*", "bad_name!", "abc.def", "abc", "a-b" }

local function is_text(v) return type(v) == "string" and not v:find("[{}]") end

-- Calls |each| with every condition and function call in |json|, in a fixed order.
local function visit(json, each)
  if type(json) ~= "table" then return end
  if json.fn then each(json) end
  local keys = {}
  for key in pairs(json) do keys[#keys + 1] = key end
  table.sort(keys, function(x, y) return tostring(x) < tostring(y) end)
  for _, key in ipairs(keys) do visit(json[key], each) end
end

local function add(map, key, v)
  map[key] = map[key] or {}
  table.insert(map[key], v)
end

-- What the rules compare with: .of the literals for each parameter, .all of them, and
-- .marks, by parameter, what must stand where in it: { from, to, reverse, text }.
local function literals(ruleset)
  local found, cuts = { of = {}, all = {}, marks = {} }, {}
  visit(ruleset.rules, function(call)
    local of = call.fn == "substring" and call.assign and call.argv[1].ref
    if of then add(cuts, call.assign, { of, call.argv[2], call.argv[3], call.argv[4] }) end
  end)
  visit(ruleset.rules, function(call)
    if call.fn ~= "stringEquals" then return end
    local a, b = call.argv[1], call.argv[2]
    if type(a) == "string" and type(b) == "table" then a, b = b, a end
    if type(b) == "string" then table.insert(found.all, is_text(b) and b or "https://" .. b) end
    if not is_text(b) or not a.ref then return end
    add(found.of, a.ref, b)
    for _, cut in ipairs(cuts[a.ref] or {}) do
      if cut[3] - cut[2] == #b then add(found.marks, cut[1], { cut[2], cut[3], cut[4], b }) end
    end
  end)
  return found
end

function M.new(ruleset, regions)
  local self = setmetatable(literals(ruleset), M)
  self.regions, self.names, self.parameters = regions, {}, ruleset.parameters
  for name in pairs(ruleset.parameters) do table.insert(self.names, name) end
  table.sort(self.names)
  return self
end

-- |text| with |mark| set in it, made longer where it is too short.
local function set_mark(text, mark)
  local from, to, reverse, what = table.unpack(mark)
  text = text .. ("z"):rep(to - #text)
  if reverse then from = #text - to end
  return text:sub(1, from) .. what .. text:sub(from + #what + 1)
end

function M:literal()
  return #self.all > 0 and pick(self.all) or pick(words)
end

function M:region()
  if self.of.Region and chance(0.3) then return pick(self.of.Region) end
  if chance(0.03) then return pick { "", "x@evil:443/#", "us-east-1\r\n", "us-east.special", "US-EAST-1", "xx-new-9", "a_b" } end
  return pick(self.regions)
end

function M:arn()
  local parts = {}
  for i = 1, math.random(0, 5) do
    parts[i] = chance(0.5) and self:literal() or pick { pick(words), "accesspoint", "outpost", "bucket", "stream" }
  end
  local services = { "s3", "s3-outposts", "s3-object-lambda", "dynamodb", "kinesis", "cloudfront", "events",
                     "s3express", "", self:literal() }
  return table.concat({ chance(0.95) and "arn" or "urn", pick { "aws", "aws", "aws-cn", "aws-us-gov", "" }, pick(services),
                        chance(0.2) and "" or self:region(), pick(accounts),
                        table.concat(parts, chance(0.5) and ":" or "/") }, ":")
end

-- One that goes far: an access point, bucket, table or stream as it should be.
function M:good_arn()
  local region = pick { "us-west-2", "us-east-1", "cn-north-1", "us-gov-west-1", self:region() }
  local separator = pick { ":", "/" }
  local resource = pick {
    { "accesspoint", pick(words) }, { "outpost", "op-01234567890123456", "accesspoint", pick(words) },
    { "outpost", "op-01234567890123456", "bucket", pick(words) }, { "accesspoint", "mfzwi23gnjvgw.mrap" },
    { "table", "table_name" }, { "stream", "testStream" }, { "key-value-store", "x" }, { "stream", "s", "consumer", "c:1" },
    { self:literal(), pick(words) },
  }
  return ("arn:%s:%s:%s:%s:%s"):format(pick { "aws", "aws", "aws", "aws-cn", "aws-us-gov" },
    pick { "s3", "s3-outposts", "s3-object-lambda", "dynamodb", "kinesis", "cloudfront", self:literal() },
    chance(0.1) and "" or region, pick(accounts), table.concat(resource, separator))
end

function M:bucket()
  if chance(0.3) then return ("%s--%s%s"):format(pick(names), pick(zones), pick(suffixes)) end
  if chance(0.15) then return ("n--%s%s"):format(("z"):rep(math.random(4, 28)), pick(suffixes)) end
  return pick(names)
end

-- |text| with some of what the rules look for in |name| set in it.
function M:marked(name, text)
  for _ = 1, math.random(3) do text = set_mark(text, pick(self.marks[name])) end
  return text
end

function M:text(name)
  if self.marks[name] and chance(0.35) then
    local long = ("y"):rep(math.random(0, 60))
    return self:marked(name, chance(0.5) and long or name == "Endpoint" and pick(urls) or self:bucket())
  end
  if name:lower() == "region" then return self:region() end
  if name == "Endpoint" then return chance(0.2) and self:literal() or pick(urls) end
  if name == "AccountId" then return pick(accounts) end
  if self.of[name] and chance(0.6) then return pick(self.of[name]) end
  if chance(0.4) then return self:good_arn() end
  if chance(0.3) then return self:arn() end
  return chance(0.8) and self:bucket() or self:literal()
end

-- A value for the parameter |name|; nil leaves it out.
function M:value(name)
  local kind = self.parameters[name].type:lower()
  if kind == "boolean" then
    if chance(0.4) then return nil end
    return chance(0.5)
  end
  if chance(name == "Endpoint" and 0.6 or name == "Region" and 0.05 or 0.25) then return nil end
  if kind == "string" then return self:text(name) end
  local list = {}
  for i = 1, math.random(0, 3) do list[i] = self:text(name) end
  return list
end

-- An Endpoint that the rules compare with is a template of the Region.
local function settle(params)
  if params.Endpoint then
    params.Endpoint = params.Endpoint:gsub("{Region}", params.Region or "us-east-1"):gsub("{[^}]*}", "api.aws")
  end
  return params
end

function M:fresh()
  local params = {}
  for _, name in ipairs(self.names) do params[name] = self:value(name) end
  return settle(params)
end

-- Changes a byte of |text|, or takes some away.
local function nudge(text)
  local at = math.random(#text)
  if chance(0.5) then return text:sub(1, at - 1) .. text:sub(at + 1) end
  return text:sub(1, at - 1) .. pick { "a", "-", ".", "/", ":", "A", "0", "_" } .. text:sub(at + 1)
end

-- |from| with one or two parameters drawn anew or changed a little.
function M:mutate(from)
  local params = {}
  for _, name in ipairs(self.names) do params[name] = from[name] end
  for _ = 1, math.random(2) do
    local name = pick(self.names)
    local old = params[name]
    if type(old) == "string" and old ~= "" and chance(0.25) then
      params[name] = nudge(old)
    else
      params[name] = self:value(name)
    end
  end
  return settle(params)
end

return M
