-- SPDX-License-Identifier: Apache-2.0
-- partitions.lua - reads partitions.json. A region's partition is found without a
-- regular expression: each must be of the form ^(us|eu)\-\w+\-\d+$, so that what
-- stands before the last two dashes names the partition.
local models = require "endpoints.models"

local partitions = {}

local function refuse(text, ...)
  error("partitions: " .. text:format(...), 0)
end

-- The prefixes that |regex| allows: of ^us\-gov\-\w+\-\d+$ "us-gov".
local function prefixes(regex)
  local head = regex:match("^%^(.+)\\%-\\w%+\\%-\\d%+%$$")
  if not head then refuse("a regionRegex of another form: %s", regex) end
  local before, group, after = head:match("^([^()]*)%(([%w|]+)%)([^()]*)$")
  local found = {}
  for choice in (group or head):gmatch("[^|]+") do
    local prefix = ((before or "") .. choice .. (after or "")):gsub("\\%-", "-")
    if not prefix:match("^[%w-]+$") then refuse("a regionRegex of another form: %s", regex) end
    found[#found + 1] = prefix
  end
  return found
end

local function output(partition, key, kind)
  local value = partition.outputs[key]
  if type(value) ~= kind then refuse("%s: %s is no %s", partition.id, key, kind) end
  return value
end

local function read_one(json)
  for key in pairs(json.outputs) do
    if not (" dnsSuffix dualStackDnsSuffix implicitGlobalRegion name supportsDualStack supportsFIPS ")
       :find(" " .. key .. " ", 1, true) then
      refuse("%s: output '%s' is not known", json.id, key)
    end
  end
  return {
    id = json.id,
    name = output(json, "name", "string"),
    dnsSuffix = output(json, "dnsSuffix", "string"),
    dualStackDnsSuffix = output(json, "dualStackDnsSuffix", "string"),
    implicitGlobalRegion = output(json, "implicitGlobalRegion", "string"),
    supportsFIPS = output(json, "supportsFIPS", "boolean"),
    supportsDualStack = output(json, "supportsDualStack", "boolean"),
  }
end

local function by_text(a, b)
  return a.text < b.text
end

-- The walker asks the forms of regions first and single regions then, where the
-- rule language has it the other way round: so both must agree.
local function check(region, prefix_of)
  local prefix = region.text:match("^([%w-]+)%-[%w_]+%-%d+$")
  local other = prefix and prefix_of[prefix]
  if other and other ~= region.partition then
    refuse("region %s is listed in one partition and has the form of another", region.text)
  end
end

-- { list, prefixes, regions }: the partitions, "aws" first, and { text, partition }
-- with the partition's index in that list from 0, in the order of texts.
function partitions.read(path)
  local read = { list = {}, prefixes = {}, regions = {} }
  local prefix_of = {}
  for i, json in ipairs(models.read(path).partitions) do
    read.list[i] = read_one(json)
    for _, prefix in ipairs(prefixes(json.regionRegex)) do
      if prefix_of[prefix] then refuse("two partitions have regions %s-…", prefix) end
      prefix_of[prefix] = i - 1
      table.insert(read.prefixes, { text = prefix, partition = i - 1 })
    end
    for _, name in ipairs(models.keys(json.regions)) do
      table.insert(read.regions, { text = name, partition = i - 1 })
    end
  end
  if not read.list[1] or read.list[1].id ~= "aws" then refuse("the first is not 'aws'") end
  for _, region in ipairs(read.regions) do check(region, prefix_of) end
  table.sort(read.prefixes, by_text)
  table.sort(read.regions, by_text)
  return read
end

return partitions
