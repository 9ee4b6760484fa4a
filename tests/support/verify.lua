-- SPDX-License-Identifier: Apache-2.0
-- verify.lua - the independent verifier, for specs; verify_sigv4.py says what it refuses.
--
--   local verify = require "verify"
--   local answer = verify.one(origin.last(), "secret", { region = "eu-west-1", service = "s3" })
--   assert.is_true(answer.ok, verify.told(answer))
--   local answers = verify.all({ r1, r2 }, "secret")      -- one process for many
--
-- A request is { method, target, headers = {{name, value}, …}, body }, as origin.lua
-- gives it; its fields secret, s3, region, service, session_token and now go before
-- those of the third argument.

local cjson = require "cjson"
local mime = require "mime"
local server = require "server"

local M = {}

local function told_as_json(r)
  local copy = {}
  for k, v in pairs(r) do copy[k] = v end
  copy.raw, copy.bad = nil, nil
  copy.body = mime.b64(r.body or "") or ""
  -- JSON is text: bytes above 127 go as the Latin-1 letters they are
  local function latin1(s) return (s:gsub("[\x80-\xff]", function(c) return utf8.char(c:byte()) end)) end
  if not r.connection then  -- not of origin.lua, which has done so
    copy.target = latin1(r.target)
    copy.headers = {}
    for i, pair in ipairs(r.headers) do copy.headers[i] = { pair[1], latin1(pair[2]) } end
  end
  return copy
end

function M.all(requests, secret, with)
  local question = { secret = secret, requests = {} }
  for k, v in pairs(with or {}) do question[k] = v end
  for i, r in ipairs(requests) do question.requests[i] = told_as_json(r) end

  local path = os.tmpname()
  server.write(path, cjson.encode(question))
  local text, code = server.run(("/usr/bin/python3 %s <%s")
    :format(server.quote(server.support .. "/verify_sigv4.py"), server.quote(path)))
  os.remove(path)
  assert(code == 0, text)
  return cjson.decode(text)
end

function M.one(request, secret, with)
  return M.all({ request }, secret, with)[1]
end

-- An answer in words, for the message of an assertion.
function M.told(answer)
  return ("%s\n--- canonical request it should have had:\n%s\n---")
    :format(answer.reason or "ok", answer.canonical_request or "(none)")
end

return M
