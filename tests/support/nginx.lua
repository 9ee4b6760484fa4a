-- SPDX-License-Identifier: Apache-2.0
-- nginx.lua - an nginx with our module, in a directory of its own, and requests to it.
--
--   local nginx = require "nginx"
--   local n = nginx.start { port = p, http = [[ … the inside of http{} … ]] }
--   local r = n.get("/a%20b")              -- { status, headers (lower case), body }
--   local r = n.request("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
--   n.log()                                error.log so far
--   n.finish()                             ends it and asserts: no worker crashed, no
--                                          [alert] or [emerg], no sanitizer's report
--   local text, code = nginx.test { http = … }            -- nginx -t
--
-- In the texts @PORT@ is a free port (or |port|), @DIR@ the directory, and what |values|
-- has. Also: main (text before events{}), level ("info"), workers (1), env ("NAME=value"
-- words before the command), module, preload (a library), files { name = text } to put
-- in the directory, mode 0600.

local server = require "server"
local socket = require "socket"

local M = {}

local build = os.getenv("FINGERPOST_BUILD") or "build/release"
local root = server.must("id -u"):match("^0\n") ~= nil

M.module = build .. "/plugins/nginx/ngx_http_fingerpost_module.so"

local CONF = [[
load_module @MODULE@;
daemon off; worker_processes @WORKERS@; @USER@ pid nginx.pid; error_log error.log @LEVEL@;
@MAIN@
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
@HTTP@
}
]]

-- Fills in @NAME@, in values too.
local function fill(text, values)
  local n
  repeat
    text, n = text:gsub("@([A-Z_]+)@", function(name)
      return tostring(assert(values[name], "no value for @" .. name .. "@"))
    end)
  until n == 0
  return text
end

local function prepare(o)
  local dir = o.dir or server.directory()
  local port = o.port or server.free_port()
  local values = {
    MODULE = server.must("realpath " .. server.quote(o.module or M.module)):gsub("\n", ""), DIR = dir, PORT = port,
    WORKERS = o.workers or 1, USER = root and "user root;" or "", LEVEL = o.level or "info",
    MAIN = o.main or "", HTTP = o.http,
  }
  for name, value in pairs(o.values or {}) do values[name] = value end
  for name, text in pairs(o.files or {}) do
    local path = dir .. "/" .. name
    server.write(path, text)
    server.must("chmod 600 " .. server.quote(path))
  end
  server.write(dir .. "/nginx.conf", fill(CONF, values))
  return dir, port
end

-- Without the AWS_* of whoever runs the tests.
local function command(o, dir, more)
  local env = "env -u AWS_REGION -u AWS_DEFAULT_REGION -u AWS_ACCESS_KEY_ID " ..
              "-u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN " .. (o.env or "")
  if o.preload then
    local first = os.getenv("FINGERPOST_PRELOAD")
    env = ("%s LD_PRELOAD=%s"):format(env, server.quote((first and first .. ":" or "") .. o.preload))
  end
  return server.sanitized(("%s nginx -e %s/error.log -p %s -c nginx.conf %s")
                          :format(env, dir, dir, more or ""))
end

-- What is wrong with |log|, or nil.
function M.trouble(log)
  for _, sign in ipairs { "%[alert%]", "%[emerg%]", "ERROR: AddressSanitizer", "runtime error:" } do
    local at = log:find(sign)
    if at then return log:sub(at, at + 2000) end
  end
end

function M.credentials(access_key, secret_key, session_token)
  return ("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n%s")
         :format(access_key, secret_key, session_token and "aws_session_token = " .. session_token .. "\n" or "")
end

local function dechunk(body)
  local out = {}
  while true do
    local size, rest = body:match("^(%x+)[^\r\n]*\r\n(.*)$")
    size = tonumber(size or "0", 16)
    if size == 0 then return table.concat(out) end
    out[#out + 1], body = rest:sub(1, size), rest:sub(size + 3)
  end
end

local function parse(text)
  text = text:gsub("^HTTP/1.1 100 [^\r]*\r\n\r\n", "")
  local head, body = text:match("^(.-\r\n)\r\n(.*)$")
  if not head or not head:find("^HTTP/") then return { body = text, headers = {} } end
  local r = { status = tonumber(head:match("^HTTP/%S+ (%d+)")), headers = {}, body = body }
  for name, value in head:gmatch("\n([^:\r\n]+):[ \t]*([^\r\n]*)") do r.headers[name:lower()] = value end
  if r.headers["transfer-encoding"] == "chunked" then r.body = dechunk(body) end
  return r
end

-- Sends |raw| to |port| and reads to the end: it should ask for "Connection: close".
function M.request(port, raw)
  local s = assert(socket.connect("127.0.0.1", port))
  s:settimeout(30)
  assert(s:send(raw))
  local text, err, partial = s:receive("*a")
  s:close()
  assert(text or err == "closed", err)
  return parse(text or partial)
end

-- headers: { "Name: value", … }
function M.call(port, method, target, headers, body)
  local lines = { ("%s %s HTTP/1.1"):format(method, target), "Connection: close" }
  local host = false
  for _, line in ipairs(headers or {}) do
    host = host or line:lower():find("^host:")
    lines[#lines + 1] = line
  end
  if not host then lines[#lines + 1] = "Host: client.example" end
  return M.request(port, table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or ""))
end

function M.test(o)
  local dir = prepare(o)
  local text, code = server.run(command(o, dir, "-t"))
  return text, code
end

local function start(o)
  local dir, port = prepare(o)
  local n = { dir = dir, port = port }
  n.pid = server.start(command(o, dir), dir .. "/out", port)

  -- The workers' pids; the cache's processes come and go.
  function n.workers()
    local pids = {}
    for pid in server.read(("/proc/%d/task/%d/children"):format(n.pid, n.pid)):gmatch("%d+") do
      local f = io.open("/proc/" .. pid .. "/cmdline")
      if f then
        if f:read("a"):find("worker process", 1, true) then pids[#pids + 1] = pid end
        f:close()
      end
    end
    return table.concat(pids, " ")
  end

  local function all_there()
    local _, count = n.workers():gsub("%d+", "")
    return count == (o.workers or 1)
  end

  function n.log() return server.read(dir .. "/error.log") end
  function n.request(raw) return M.request(port, raw) end
  function n.call(...) return M.call(port, ...) end
  function n.get(target, headers) return M.call(port, "GET", target, headers) end
  function n.head(target, headers) return M.call(port, "HEAD", target, headers) end

  server.wait("the workers of nginx", all_there)
  n.first_workers = n.workers()

  -- New workers, with nginx.conf as it is by then.
  function n.reload()
    local before = n.workers()
    server.must("kill -HUP " .. n.pid)
    server.wait("reload", function()
      for pid in n.workers():gmatch("%d+") do
        if (" " .. before .. " "):find(" " .. pid .. " ", 1, true) then return false end
      end
      return all_there()
    end)
    n.first_workers = n.workers()
  end

  function n.finish()
    local after = n.workers()
    server.stop(n.pid, "QUIT")
    assert(after == n.first_workers, "a worker of nginx was replaced:\n" .. n.log():sub(-3000))
    local bad = M.trouble(n.log()) or M.trouble(server.read(dir .. "/out"))
    assert(not bad, bad)
  end

  return n
end

function M.start(o)
  if o.port then return start(o) end
  return server.retry(function() return start(o) end)
end

return M
