-- SPDX-License-Identifier: Apache-2.0
-- pool.lua - one run of bytes in which each of many strings stands somewhere, be it
-- within another: where, is all that a table keeps of it.
local pool = {}
pool.__index = pool

function pool.new()
  return setmetatable({ wanted = {}, list = {}, at = {} }, pool)
end

function pool:add(bytes)
  if not self.wanted[bytes] then
    self.wanted[bytes] = true
    table.insert(self.list, bytes)
  end
end

-- Puts all that was added into place: the longest first, so that others fall into
-- them; a beginning that is the end of what is there already is not repeated.
function pool:close()
  table.sort(self.list, function(a, b)
    if #a ~= #b then return #a > #b end
    return a < b
  end)
  local bytes = ""
  for _, s in ipairs(self.list) do
    local at = bytes:find(s, 1, true)
    if not at then
      local shared = math.min(#s - 1, #bytes)
      while bytes:sub(#bytes - shared + 1) ~= s:sub(1, shared) do shared = shared - 1 end
      at = #bytes - shared + 1
      bytes = bytes .. s:sub(shared + 1)
    end
    self.at[s] = at - 1
  end
  self.bytes = bytes
end

-- Where |bytes| stand, from 0.
function pool:offset(bytes)
  return assert(self.at[bytes], "not in the pool")
end

return pool
