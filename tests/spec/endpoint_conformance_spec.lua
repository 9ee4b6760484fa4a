-- SPDX-License-Identifier: Apache-2.0
-- The official endpoint cases, all of them, through the binding: from their params, and
-- where they have operation inputs from those once more, with parameters bound as the
-- service models say.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cases = require "endpoint_cases"
local binding = require "parameter_binding"
local fgp = require "fingerpost"

cases.need(cases.conformance .. "/endpoints/s3.json")

local function run(name, path)
  local faults, ran, bound = {}, 0, 0
  local model
  for _, case in ipairs(cases.read(path).testCases) do
    ran = ran + 1
    faults[#faults + 1] = cases.check(fgp.resolve, name, case, case.params or {})
    for _, input in ipairs(case.operationInputs or {}) do
      model = model or binding.model(cases.models, name)
      if model then
        bound = bound + 1
        faults[#faults + 1] = cases.check(fgp.resolve, name, case, binding.bind(model, input))
      end
    end
  end
  return faults, ran, bound
end

describe("official endpoint cases", function()
  local all, all_bound, services = 0, 0, 0

  for name, path in cases.files(cases.conformance .. "/endpoints") do
    it("of " .. name, function()
      local faults, ran, bound = run(name, path)
      all, all_bound, services = all + ran, all_bound + bound, services + 1
      assert.equal("", table.concat(faults, "\n\n"))
    end)
  end

  it("were run", function()
    print(("\n%d cases of %d services, %d of operation inputs"):format(all, services, all_bound))
    assert.is_true(all >= 9748)   -- as many as there were when this was written
  end)
end)
