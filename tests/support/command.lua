-- SPDX-License-Identifier: Apache-2.0
-- command.lua - runs the command `fingerpost` with an environment of its own.
--
--   local command = require "command"
--   local out, err, code = command.run({ "resolve", "s3" }, { env = { AWS_REGION = "eu-west-1" } })

local server = require "server"

local M = {}

M.path = os.getenv("FINGERPOST_BUILD") .. "/plugins/curl/cli/fingerpost"

local function words(list)
  local quoted = {}
  for i, word in ipairs(list) do quoted[i] = server.quote(word) end
  return table.concat(quoted, " ")
end

-- |env| and |more| in one, the latter going before.
function M.with(env, more)
  local all = {}
  for name, value in pairs(env) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

-- The shell's line for |args|, nothing inherited from this process but PATH.
function M.line(args, env)
  local variables = { "PATH=" .. os.getenv("PATH") }
  for name, value in pairs(env or {}) do table.insert(variables, name .. "=" .. value) end
  return ("env -i %s %s %s"):format(words(variables), server.quote(M.path), words(args))
end

local dir

-- Runs it with |options|: env, a table; stdin, a string; shell, what follows the
-- command ("| curl -K -"). Returns what it wrote to both outputs, and its exit code.
function M.run(args, options)
  options = options or {}
  dir = dir or server.directory()
  server.write(dir .. "/in", options.stdin or "")
  local _, code = server.run(("{ %s %s; } <%s/in >%s/out 2>%s/err")
                             :format(M.line(args, options.env), options.shell or "", dir, dir, dir))
  return server.read(dir .. "/out"), server.read(dir .. "/err"), code
end

-- The environment of |s|, a server of radosgw.lua's or swift.lua's.
function M.credentials(s)
  return { AWS_ACCESS_KEY_ID = s.access_key, AWS_SECRET_ACCESS_KEY = s.secret_key,
           AWS_SESSION_TOKEN = s.session_token, AWS_REGION = "us-east-1" }
end

return M
