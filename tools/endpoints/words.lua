-- SPDX-License-Identifier: Apache-2.0
-- words.lua - finds the pieces of text that repeat most, so that a template can name
-- each by one byte. Byte pair encoding: the pair of neighbours that is met most often
-- becomes one symbol, again and again.
local words = {}

-- The pair of symbols that is most frequent in |texts|; the first in order of bytes
-- where several are.
local function best_pair(texts)
  local counts = {}
  for _, symbols in ipairs(texts) do
    for i = 1, #symbols - 1 do
      local pair = symbols[i] .. "\0" .. symbols[i + 1]
      counts[pair] = (counts[pair] or 0) + 1
    end
  end
  local best, most = nil, 0
  for pair, n in pairs(counts) do -- the order does not matter: ties are decided by the pair
    if n > most or n == most and pair < best then best, most = pair, n end
  end
  return best, most
end

local function merge(symbols, left, right)
  local merged, i = {}, 1
  while i <= #symbols do
    if symbols[i] == left and symbols[i + 1] == right then
      merged[#merged + 1], i = left .. right, i + 2
    else
      merged[#merged + 1], i = symbols[i], i + 1
    end
  end
  return merged
end

local function used(texts)
  local n, seen = 0, {}
  for _, symbols in ipairs(texts) do
    for _, symbol in ipairs(symbols) do
      if #symbol > 1 and not seen[symbol] then seen[symbol], n = true, n + 1 end
    end
  end
  return n
end

-- Cuts each of |list| into symbols, of which at most |max| are longer than a byte and
-- none longer than 255. A word costs as much as it saves where it is met |worth| times.
function words.cut(list, max, worth)
  local texts = {}
  for i, text in ipairs(list) do
    texts[i] = {}
    for c in text:gmatch(".") do table.insert(texts[i], c) end
  end
  repeat
    local pair, n = best_pair(texts)
    if not pair or n < worth then break end
    local left, right = pair:match("^(.-)%z(.*)$")
    if #left + #right > 255 then break end
    local merged = {}
    for i, symbols in ipairs(texts) do merged[i] = merge(symbols, left, right) end
    local fits = used(merged) <= max
    if fits then texts = merged end
  until not fits
  return texts
end

return words
