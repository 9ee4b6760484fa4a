-- SPDX-License-Identifier: Apache-2.0
-- server.lua - processes that a spec starts: ports, readiness, their end.
--
--   local server = require "server"
--   local dir  = server.directory()                  -- gone when the spec is
--   local port = server.free_port()
--   local pid  = server.start("nginx -p " .. dir .. " …", dir .. "/out", port)
--   server.stop(pid, "QUIT")                         -- or leave it to the guard
--
-- Whatever happens to the spec (a failure, an error, kill -9), the guard ends the
-- processes and removes the directories that it left. It is a shell that waits for
-- the end of a pipe which only this process holds, so nothing has to be cleaned
-- by a test that did not get that far. Processes are known by pid, never by name.
--
-- In a sanitized build what is started here does not inherit the preloaded runtime;
-- a host of a sanitized module (nginx, lua5.4) needs it: server.sanitized(command).

local socket = require "socket"

local M = {}

local DIED = "%s\nended before it was ready. It said:\n%s"

-- Runs apart from the spec (its parent is gone), so that whoever kills the
-- spec's whole tree doesn't kill the guard with it.
local GUARD = [=[
exec 3<&0
(
  trap '' INT TERM HUP
  pids= dirs=
  while read -r what value; do
    case $what in
      pid)  pids="$pids $value " ;;
      gone) pids=$(printf %s "$pids" | sed "s/ $value / /") ;;
      dir)  dirs="$dirs$value
" ;;
    esac
  done
  if [ -n "${pids# }" ]; then
    kill -TERM $pids; n=0
    while [ $n -lt 30 ] && for pid in $pids; do cat /proc/$pid/stat; done | grep -qv ') [ZX]'; do
      sleep 0.1; n=$((n + 1))
    done
    kill -KILL $pids
  fi
  printf %s "$dirs" | while read -r dir; do rm -rf -- "$dir"; done
) <&3 >/dev/null 2>&1 3<&- &
]=]

local guard

local function tell_guard(what, value)
  if not guard then
    guard = assert(io.popen("unset LD_PRELOAD; exec sh -c " .. M.quote(GUARD), "w"))
    guard:setvbuf("line")
  end
  guard:write(what, " ", value, "\n")
end

-- |s| as one word of the shell's.
function M.quote(s)
  return "'" .. s:gsub("'", [['\'']]) .. "'"
end

function M.read(path)
  local f = assert(io.open(path, "rb"))
  local text = f:read("a")
  f:close()
  return text
end

function M.write(path, text)
  local f = assert(io.open(path, "wb"))
  assert(f:write(text))
  assert(f:close())
end

-- Runs |command| to its end. Returns what it printed (both outputs) and its exit status.
function M.run(command)
  local p = assert(io.popen("unset LD_PRELOAD; exec 2>&1\n" .. command))
  local text = p:read("a")
  local _, _, code = p:close()
  return text, code
end

-- Likewise, of a command that must succeed.
function M.must(command)
  local text, code = M.run(command)
  assert(code == 0, command .. "\n" .. text)
  return text
end

-- |command| with the sanitizers' runtime loaded first, where this build needs it.
function M.sanitized(command)
  local runtime = os.getenv("FINGERPOST_PRELOAD")
  return runtime and ("env LD_PRELOAD=%s %s"):format(M.quote(runtime), command) or command
end

-- A new directory, absolute, under TMPDIR.
function M.directory()
  local dir = M.must("mktemp -d -t fingerpost.XXXXXX"):gsub("\n$", "")
  tell_guard("dir", dir)
  return dir
end

local function is_free(port)
  local s = socket.bind("127.0.0.1", port)
  if s then s:close() end
  return s ~= nil
end

local seeded

-- A port of 127.0.0.1 that nobody has, and the ports at |offsets| from it
-- likewise. Below the range that the kernel gives to outgoing connections. Between
-- this and its use another may take it: what starts a server tries again then.
function M.free_port(offsets)
  if not seeded then
    local f = assert(io.open("/dev/urandom", "rb"))
    math.randomseed((string.unpack("<I4", f:read(4))))
    f:close()
    seeded = true
  end
  for _ = 1, 1000 do
    local port = math.random(10240, 32000)
    local good = is_free(port)
    for _, offset in ipairs(offsets or {}) do
      good = good and is_free(port + offset)
    end
    if good then return port end
  end
  error("no free port on 127.0.0.1")
end

-- Waits until |ready| returns true, for |seconds| (20) at most.
function M.wait(what, ready, seconds)
  local deadline = socket.gettime() + (seconds or 20)
  while not ready() do
    assert(socket.gettime() < deadline, what .. ": not ready in time")
    socket.sleep(0.02)
  end
end

-- Whether |port| accepts a connection.
function M.answers(port)
  local s = socket.connect("127.0.0.1", port)
  if s then s:close() end
  return s ~= nil
end

-- A zombie is dead: kill -0 would say that it lives.
function M.alive(pid)
  local f = io.open(("/proc/%d/stat"):format(pid))
  if not f then return false end
  local state = (f:read("a") or ""):match("%) (%a)")
  f:close()
  return state ~= nil and state ~= "Z" and state ~= "X"
end

-- Starts |command| in the background, what it says going to the file |log|, and
-- waits until |port| (a number; or a function that says so; or nil: at once)
-- answers. The command must stay in the foreground. Returns its pid.
function M.start(command, log, port)
  M.write(log, "")
  local p = assert(io.popen(("unset LD_PRELOAD; exec 3>&1; exec %s >%s 2>&1 3>&- </dev/null & echo $! >&3")
                            :format(command, M.quote(log))))
  local pid = assert(p:read("n"), "the shell gave no pid")
  p:close()
  tell_guard("pid", pid)

  local ready = type(port) == "number" and function() return M.answers(port) end or port
  if ready then
    M.wait(command, function()
      if not M.alive(pid) then
        tell_guard("gone", pid)
        error(DIED:format(command, M.read(log)), 0)
      end
      return ready()
    end)
  end
  return pid
end

-- Ends |pid|, which start() gave, with |signal| ("TERM"); by force after 10 s.
function M.stop(pid, signal)
  if M.alive(pid) then
    M.run(("kill -%s %d"):format(signal or "TERM", pid))
    if not pcall(M.wait, "end of " .. pid, function() return not M.alive(pid) end, 10) then
      M.run(("kill -KILL %d"):format(pid))
    end
  end
  tell_guard("gone", pid)
end

-- Calls |start| up to three times: a port it was given may be taken meanwhile.
function M.retry(start)
  for _ = 1, 2 do
    local ok, it = pcall(start)
    if ok then return it end
  end
  return start()
end

-- Makes |dir|/cert.pem and key.pem, self-signed for s3.test and its subdomains,
-- localhost and 127.0.0.1. cert.pem is its own CA.
function M.certificate(dir)
  M.must(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 " ..
          "-subj /CN=s3.test -addext subjectAltName=DNS:s3.test,DNS:*.s3.test,DNS:localhost," ..
          "IP:127.0.0.1 -keyout %s -out %s")
         :format(M.quote(dir .. "/key.pem"), M.quote(dir .. "/cert.pem")))
end

-- Copies the template |from| to |to| with each @NAME@ filled in from |values|.
function M.fill_in(from, to, values)
  M.write(to, (M.read(from):gsub("@([A-Z]+)@", function(name)
    return tostring(assert(values[name], from .. ": no value for @" .. name .. "@"))
  end)))
end

-- The directory that this file is in.
M.support = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$") or "."

return M
