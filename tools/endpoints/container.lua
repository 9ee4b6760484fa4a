-- SPDX-License-Identifier: Apache-2.0
-- container.lua - a table's header: which section of it stands where. The form is told
-- in core/endpoint/table.h.
local container = {}

local VERSION = 1
local BYTE_ORDER = 0x0102
local HEADER_SIZE = 120
local SERVICE_SIZE = 14 -- bytes of a row of services, which begins with the name
local SECTIONS = { "text", "words", "templates", "exprs", "substrings", "atoms", "nodes",
                   "results", "lists", "items", "keys", "params", "param_sets", "services",
                   "partitions", "prefixes", "regions" }

local crc_table

local function crc32(bytes)
  if not crc_table then
    crc_table = {}
    for i = 0, 255 do
      local c = i
      for _ = 1, 8 do c = c & 1 == 1 and 0xedb88320 ~ c >> 1 or c >> 1 end
      crc_table[i] = c
    end
  end
  local c = 0xffffffff
  for i = 1, #bytes do c = crc_table[(c ~ bytes:byte(i)) & 255] ~ c >> 8 end
  return c ~ 0xffffffff
end

-- The bytes of a table of |section|s, by name { bytes, rows }; and what each takes,
-- { name, bytes, rows } in their order.
function container.make(section)
  local body, offsets, sizes = {}, {}, {}
  local at = HEADER_SIZE
  assert(HEADER_SIZE == 16 + 6 * #SECTIONS + 2)
  for i, name in ipairs(SECTIONS) do
    local bytes, n = section[name][1], section[name][2]
    if n > 0xffff then error(("the table outgrows its form: %d rows of %s"):format(n, name), 0) end
    offsets[i] = string.pack("<I4I2", at, n)
    body[i], sizes[i] = bytes, { name = name, bytes = #bytes, rows = n }
    at = at + #bytes
  end
  local rest = table.concat(offsets) .. "\0\0" .. table.concat(body)
  return "FGPT" .. string.pack("<I2I2I4I4", VERSION, BYTE_ORDER, at, crc32(rest)) .. rest, sizes
end

-- The names of the services in |bytes|, a table.
function container.services(bytes)
  local function section(name)
    for i, known in ipairs(SECTIONS) do
      if known == name then return string.unpack("<I4I2", bytes, 17 + 6 * (i - 1)) end
    end
  end
  local names, text = {}, section("text")
  local at, n = section("services")
  for i = 1, n do
    local offset, len = string.unpack("<I2B", bytes, at + 1 + SERVICE_SIZE * (i - 1))
    names[i] = bytes:sub(text + offset + 1, text + offset + len)
  end
  return names
end

return container
