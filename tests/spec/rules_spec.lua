-- SPDX-License-Identifier: Apache-2.0
-- The official cases of the rule language: small rule sets of their own, compiled by the
-- same compiler into a table that a second copy of the binding carries.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cases = require "endpoint_cases"

cases.need(cases.conformance .. "/rules/valid-rules/headers.json")
-- It is built where the cases were there when the build was configured.
local path = cases.need(os.getenv("FINGERPOST_BUILD") .. "/tests/rules/fingerpost.so")
local fgp = assert(package.loadlib(path, "luaopen_fingerpost"))()

describe("official rule cases", function()
  local all, models = 0, 0

  for name, file in cases.files(cases.conformance .. "/rules/test-cases") do
    it("of " .. name, function()
      local faults = {}
      for _, case in ipairs(cases.read(file).testCases) do
        all = all + 1
        faults[#faults + 1] = cases.check(fgp.resolve, name, case, case.params or {})
      end
      assert.equal("", table.concat(faults, "\n\n"))
    end)
  end

  for name in cases.files(cases.conformance .. "/rules/valid-rules") do
    it("are compiled for " .. name, function()
      models = models + 1
      local _, _, code = fgp.resolve(name, {})
      assert.are_not.equal("UNKNOWN_SERVICE", code)
    end)
  end

  -- Where other engines answer otherwise; rows of URLs go through parse-url's rules.
  for endpoint, url in pairs {
    ["https://1.2.3.4/a//b"] = "https://1.2.3.4/a//b/is-ip-addr",
    ["https://1.2.3.4/%20x"] = "https://1.2.3.4/%20x/is-ip-addr",
    ["https://1.2.3.4"] = "https://1.2.3.4/is-ip-addr",
    ["https://h#f"] = "https://https-h-nopath.example.com",
    ["https://u:p@h"] = "https://https-h-nopath.example.com",
    ["HTTPS://h"] = "https://https-h-nopath.example.com",
  } do
    it("have parseURL take " .. endpoint, function()
      assert.equal(url, assert(fgp.resolve("parse-url", { Endpoint = endpoint })).url)
    end)
  end

  for _, endpoint in ipairs { "https://h:99999", "https://", "https://h?x=1", "ftp://h", "https://h h" } do
    it("have parseURL refuse " .. endpoint, function()
      local _, message, code = fgp.resolve("parse-url", { Endpoint = endpoint })
      assert.same({ "endpoint was invalid", "ENDPOINT_RULE" }, { message, code })
    end)
  end

  it("were run", function()
    print(("\n%d cases, %d rule sets"):format(all, models))
    assert.is_true(all >= 101 and models >= 18)   -- as many as there were when this was written
  end)
end)
