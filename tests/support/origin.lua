-- SPDX-License-Identifier: Apache-2.0
-- origin.lua - a server that records each request byte for byte; see origin.py for
-- what a request is told as, and for how it says what it wants to be answered.
--
--   local o = require("origin").start()
--   o.port, o.https_port, o.ca       on 127.0.0.1; certificate for s3.test, *.s3.test, localhost
--   local list = o.requests()        all so far, each a table; body and raw decoded
--   local r = o.last()               the last; error where there is none
--   o.header(r, "host")              its value, nil, or an error where it is sent twice
--   o.forget()                       what came until now
--   o.answer("HTTP/1.1 301 …\r\n…")  every answer from now on; nil: the usual ones
--   o.stop()                         not needed: it ends with the spec

local cjson = require "cjson"
local mime = require "mime"
local server = require "server"

local M = {}

local function parse(line)
  local r = cjson.decode(line)
  for _, name in ipairs { "body", "raw", "bad" } do
    r[name] = r[name] and (mime.unb64(r[name]) or "")
  end
  if r.sni == cjson.null then r.sni = nil end
  return r
end

local function start()
  local dir = server.directory()
  local record, log = dir .. "/requests", dir .. "/log"
  local o = { port = server.free_port(), https_port = server.free_port(), dir = dir, ca = dir .. "/cert.pem" }

  server.certificate(dir)
  local pid = server.start(("/usr/bin/python3 %s %s %d %d %s %s")
    :format(server.quote(server.support .. "/origin.py"), server.quote(record), o.port, o.https_port,
            server.quote(o.ca), server.quote(dir .. "/key.pem")),
    log, function() return server.read(log):find("^up") end)

  function o.requests()
    local list = {}
    for line in server.read(record):gmatch("[^\n]+") do list[#list + 1] = parse(line) end
    return list
  end

  function o.last()
    local list = o.requests()
    return list[#list] or error("the origin got no request")
  end

  function o.header(r, name)
    local value
    for _, pair in ipairs(r.headers) do
      if pair[1]:lower() == name then
        assert(value == nil, name .. " is there twice")
        value = pair[2]
      end
    end
    return value
  end

  function o.forget()
    server.write(record, "")
  end

  function o.answer(raw)
    if raw then server.write(record .. ".reply", raw) else os.remove(record .. ".reply") end
  end

  function o.stop()
    server.stop(pid)
  end
  return setmetatable(o, { __close = o.stop })
end

function M.start()
  return server.retry(start)
end

return M
