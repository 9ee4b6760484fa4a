-- SPDX-License-Identifier: Apache-2.0
-- parameter_binding.lua - an operation's input becomes endpoint parameters, as the
-- service model says: builtIns, static values, members of the input.
-- Spec: Smithy, "Rules engine parameters".

local cases = require "endpoint_cases"

local M = {}

-- The rule set and model of |service| under |dir|; nil where they are not there.
function M.model(dir, service)
  local pipe = io.popen(("ls -d %s/%s/*/ 2>/dev/null"):format(dir, service))
  local path = pipe:read("l")
  pipe:close()
  return path and { rules = cases.read(path .. "endpoint-rule-set-1.json"),
                    service = cases.read(path .. "service-2.json") }
end

-- The three forms of JMESPath that operationContextParams have in cases:
-- "keys(A)", "A.B" and "A[*].B.C".
local function select(path, input)
  local map = path:match("^keys%((%w+)%)$")
  if map then
    local keys = {}
    for key in pairs(input[map] or {}) do keys[#keys + 1] = key end
    table.sort(keys)
    return input[map] and keys
  end
  local list, rest = path:match("^(%w+)%[%*%]%.([%w.]+)$")
  if list then
    local found = {}
    for _, item in ipairs(input[list] or {}) do found[#found + 1] = select(rest, item) end
    return input[list] and found
  end
  assert(path:match("^[%w.]+$"), "a path of another form: " .. path)
  for name in path:gmatch("%w+") do input = input and input[name] end
  return input
end

-- The parameters of |input|, one of a case's operationInputs.
function M.bind(model, input)
  local params = {}
  local operation = model.service.operations[input.operationName] or {}
  for name, p in pairs(model.rules.parameters) do
    params[name] = input.builtInParams[p.builtIn]
  end
  for name, static in pairs(operation.staticContextParams or {}) do params[name] = static.value end
  for member, context in pairs(operation.contextParams or {}) do
    params[context.name] = (input.operationParams or {})[member]
  end
  for name, context in pairs(operation.operationContextParams or {}) do
    params[name] = select(context.path, input.operationParams or {})
  end
  return params
end

return M
