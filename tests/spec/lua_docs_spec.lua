-- SPDX-License-Identifier: Apache-2.0
-- docs/lua.md is right: its code runs and prints what it says, and its lists of fields
-- and codes, like the language server's annotations, are those of the binding.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local server = require "server"

local source = os.getenv("FINGERPOST_SOURCE") or "."
local page = server.read(source .. "/docs/lua.md")
local annotations = server.read(source .. "/plugins/lua/types/fingerpost.d.lua")

-- The names in the first column of the tables under |heading|, sorted.
local function listed(heading)
  local names = {}
  local text = page:match("\n## " .. heading .. "\n(.-)\n## ")
  for first in text:gmatch("\n|([^|]*)|") do
    for name in first:gmatch("`([^`]+)`") do names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- The fields that the binding says it takes, from its own message.
local function accepted(fn, ...)
  local names = {}
  local ok, message = pcall(fn, ...)
  assert.is_false(ok)
  for name in message:match("expected one of ([^)]*)"):gmatch("[%w_]+") do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function annotated(class)
  local names = {}
  local text = (annotations .. "\n"):match("%-%-%-@class " .. class .. "[^\n]*\n(.-)\n\n")
  for name in text:gmatch("%-%-%-@field ([%w_]+)") do names[#names + 1] = name end
  table.sort(names)
  return names
end

local credentials = fgp.credentials.static("AKIDEXAMPLE", "x")
local signer = assert(fgp.signer { signing_name = "s", signing_region = "r", credentials = credentials })

describe("docs/lua.md", function()
  it("has code that runs and prints what it says", function()
    local code, want = {}, {}
    for block in page:gmatch("\n```lua\n(.-)```") do code[#code + 1] = block end
    local script = table.concat(code)
    for text in script:gmatch("%-%-> ([^\n]*)") do want[#want + 1] = text end
    assert.is_true(#code >= 6 and #want >= 18, "blocks are missing")
    local path = server.directory() .. "/docs.lua"
    server.write(path, script)
    local text = server.must(("env AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret %s")
      :format(server.sanitized("lua5.4 " .. server.quote(path))))
    local got = {}
    for line in text:gmatch("([^\n]*)\n") do got[#got + 1] = (line:gsub("\t", " ")) end
    assert.same(want, got)
  end)

  it("lists the fields of a signer and of a request", function()
    assert.same(accepted(fgp.signer, { x = 1 }), listed("fgp.signer{…}"))
    local fields, results = accepted(signer.sign, signer, { x = 1 }), {}
    for _, name in ipairs(listed("signer:sign{…}")) do results[name] = true end
    for _, name in ipairs(fields) do assert.is_true(results[name], name .. " is not there") end
  end)

  it("lists codes that there are", function()
    local header = server.read(source .. "/core/fingerpost.h")
    local all = {}
    for code in header:match("FGP_STATUS_LIST%(X%)(.-)\n\n"):gmatch("X%(([A-Z_]+),") do all[code] = true end
    for _, code in ipairs(listed("Codes")) do assert.is_true(all[code], code) end
  end)
end)

describe("the annotations", function()
  it("are Lua", function()
    server.must("luac5.4 -p " .. server.quote(source .. "/plugins/lua/types/fingerpost.d.lua"))
  end)

  it("have the fields that the binding takes", function()
    assert.same(accepted(fgp.signer, { x = 1 }), annotated "fingerpost.SignerOptions")
    assert.same(accepted(signer.sign, signer, { x = 1 }), annotated "fingerpost.Request")
    assert.same(accepted(signer.presign, signer, {}, { x = 1 }), annotated "fingerpost.PresignOptions")
    assert.same(accepted(signer.post_policy, signer, { x = 1 }), annotated "fingerpost.PostOptions")
    assert.same(accepted(fgp.token, { x = 1 }), annotated "fingerpost.TokenOptions")
  end)

  it("have the functions that there are", function()
    local function names_of(t)
      local names = {}
      for name, value in pairs(t) do if type(value) == "function" then names[#names + 1] = name end end
      table.sort(names)
      return names
    end
    local function defined(pattern)
      local names = {}
      for name in annotations:gmatch("\nfunction " .. pattern) do names[#names + 1] = name end
      table.sort(names)
      return names
    end
    assert.same(names_of(fgp), defined "fingerpost%.([%w_]+)%(")
    assert.same({ "env", "session", "static" }, defined "fingerpost%.credentials%.([%w_]+)%(")
    assert.same(names_of(fgp.credentials), defined "fingerpost%.credentials%.([%w_]+)%(")
    for _, name in ipairs(defined "Signer:([%w_]+)%(") do assert.is_function(signer[name], name) end
    assert.same({ "close", "post_policy", "presign", "sign" }, defined "Signer:([%w_]+)%(")
    for _, name in ipairs(defined "Credentials:([%w_]+)%(") do assert.is_function(credentials[name], name) end
    local r = signer:sign { url = "https://x.example/" }
    for _, name in ipairs(defined "Signed:([%w_]+)%(") do assert.is_function(r[name], name) end
  end)
end)
