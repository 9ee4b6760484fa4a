-- SPDX-License-Identifier: Apache-2.0
-- botocore.lua - what botocore makes of the same questions; botocore_tokens.py says how
-- they are put. The credentials and the clock are those that the specs give both sides.

local cjson = require "cjson"
local server = require "server"

local M = {}

M.NOW = 1440938160 -- 2015-08-30T12:36:00Z
M.ID, M.SECRET, M.TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "Session/Token+Example=="

-- The answers to a list of questions, from one process.
function M.ask(questions)
  local path = os.tmpname()
  server.write(path, cjson.encode(questions))
  local text = server.must(("env LD_PRELOAD= PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 %s <%s")
                           :format(server.quote(server.support .. "/botocore_tokens.py"), server.quote(path)))
  os.remove(path)
  return cjson.decode(text)
end

return M
