#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: Apache-2.0
-- nginx_bench - what aws_pass costs beside a plain proxy_pass to the same upstream.
-- usage: lua5.4 bench/nginx_bench.lua [--smoke] [--rounds N] [--seconds S]
--
-- One nginx serves a file of 1 KiB; another, with one worker, stands before it and
-- passes requests on in two ways, each over kept connections: plain, and signed.
-- Load is "wrk -t1 -c16"; the ways take turns. The worker has a core of its own, the
-- file's server and the load another, where there are two. CPU time is the worker's, from
-- /proc/PID/schedstat. A ratio is of two neighbours in time; printed are medians.
-- The module is that of $FINGERPOST_BUILD (build/release). --smoke only looks whether
-- it all works, in a few seconds.

local root = arg[0]:match("^(.*)/bench/[^/]*$") or "."
package.path = root .. "/tests/support/?.lua;" .. package.path
local server = require "server"

local RATE_AIM, COST_AIM = 0.97, 2.4   -- of plain requests/s; µs of CPU a request
local FILE_SIZE = 1024

local ORIGIN = [[
daemon off; worker_processes 1; worker_cpu_affinity @OTHER@; @USER@ pid origin.pid; error_log origin.log;
events { worker_connections 256; }
http {
  access_log off; keepalive_requests 1000000;
  @TEMP@
  server { listen 127.0.0.1:@ORIGIN@; root .; }
}
]]

local FRONT = [[
load_module @MODULE@;
daemon off; worker_processes 1; worker_cpu_affinity 01; @USER@ pid front.pid; error_log front.log;
events { worker_connections 256; }
http {
  access_log off; keepalive_requests 1000000;
  @TEMP@
  aws_credentials file=credentials;
  upstream plain { server 127.0.0.1:@ORIGIN@; keepalive 32; keepalive_requests 1000000; }
  upstream signed { server 127.0.0.1:@ORIGIN@; keepalive 32; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:@FRONT@;
    location /plain/ { proxy_pass http://plain/bucket/; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location /signed/ { aws_pass s3://bucket/ region=us-east-1 endpoint=http://signed path_style; }
  }
}
]]

local two_cores = tonumber(server.must("nproc")) > 1

local function options()
  local o = { rounds = 7, seconds = 4 }
  local i = 1
  while arg[i] do
    if arg[i] == "--smoke" then
      o.smoke, o.rounds, o.seconds = true, 1, 1
    elseif arg[i] == "--rounds" or arg[i] == "--seconds" then
      local n = math.tointeger(tonumber(arg[i + 1]))
      if not n or n < 1 then error(arg[i] .. " needs a number from 1 on", 0) end
      o[arg[i]:sub(3)], i = n, i + 1
    else
      error("unknown argument " .. arg[i], 0)
    end
    i = i + 1
  end
  return o
end

local function write_files(dir, ports)
  local build = os.getenv("FINGERPOST_BUILD") or root .. "/build/release"
  local values = {
    MODULE = server.must("realpath " .. server.quote(build .. "/plugins/nginx/ngx_http_fingerpost_module.so"))
                   :gsub("\n", ""),
    USER = server.must("id -u"):match("^0\n") and "user root;" or "",
    TEMP = "client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;",
    ORIGIN = ports.origin, FRONT = ports.front, OTHER = two_cores and "10" or "01",
  }
  for name, text in pairs { origin = ORIGIN, front = FRONT } do
    server.write(("%s/%s.in"):format(dir, name), text)
    server.fill_in(("%s/%s.in"):format(dir, name), ("%s/%s.conf"):format(dir, name), values)
  end
  server.must(("cd %s && mkdir bucket && umask 077 && printf '[default]\\naws_access_key_id = AKIDEXAMPLE\\n" ..
               "aws_secret_access_key = example\\n' >credentials"):format(server.quote(dir)))
  server.write(dir .. "/bucket/1k", ("x"):rep(FILE_SIZE))
end

local function start_nginx(dir, name, port)
  local command = server.sanitized(("nginx -e %s.log -p %s -c %s.conf"):format(name, server.quote(dir), name))
  return server.start(command, ("%s/%s.out"):format(dir, name), port)
end

local function worker_of(pid)
  return assert(server.read(("/proc/%d/task/%d/children"):format(pid, pid)):match("%d+"), "nginx has no worker")
end

local function cpu_ns(pid)
  return tonumber(server.read("/proc/" .. pid .. "/schedstat"):match("^%d+"))
end

-- Requests a second, and µs of the worker's CPU time for each.
local function measure(port, worker, path, seconds)
  local before = cpu_ns(worker)
  local text = server.must(("%s wrk -t1 -c16 -d%ds http://127.0.0.1:%d%s")
                           :format(two_cores and "taskset -c 1" or "", seconds, port, path))
  local cpu = cpu_ns(worker) - before
  local requests = assert(tonumber(text:match("(%d+) requests in")), text)
  assert(not text:find("Non-2xx", 1, true) and not text:find("Socket errors", 1, true), text)
  return { rate = tonumber(text:match("Requests/sec:%s*([%d.]+)")), cost = cpu / requests / 1000 }
end

local function median(list)
  table.sort(list)
  local half = #list // 2
  return #list % 2 == 1 and list[half + 1] or (list[half] + list[half + 1]) / 2
end

local function run(o)
  local dir = server.directory()
  local ports = { origin = server.free_port(), front = server.free_port() }
  write_files(dir, ports)
  start_nginx(dir, "origin", ports.origin)
  local worker = worker_of(start_nginx(dir, "front", ports.front))

  local seen = { plain = {}, signed = {}, cost = { plain = {}, signed = {} }, rate_ratio = {}, more = {} }
  for round = 1, o.rounds do
    local got = {}
    local order = round % 2 == 1 and { "plain", "signed" } or { "signed", "plain" }
    for _, way in ipairs(order) do
      local m = measure(ports.front, worker, ("/%s/1k"):format(way), o.seconds)
      got[way] = m
      table.insert(seen[way], m.rate)
      table.insert(seen.cost[way], m.cost)
    end
    table.insert(seen.rate_ratio, got.signed.rate / got.plain.rate)
    table.insert(seen.more, got.signed.cost - got.plain.cost)
  end
  return seen
end

local function main()
  local o = options()
  local seen = run(o)
  local ratio, more = median(seen.rate_ratio), median(seen.more)

  print(("nginx, 1 worker, %d B, wrk -t1 -c16, medians of %d rounds of %d s")
        :format(FILE_SIZE, o.rounds, o.seconds))
  print(("%-12s %12s %18s"):format("", "requests/s", "CPU µs/request"))
  for _, way in ipairs { "plain", "signed" } do
    print(("%-12s %12.0f %17.2f"):format(way == "plain" and "proxy_pass" or "aws_pass",
                                          median(seen[way]), median(seen.cost[way])))
  end
  print(("%-12s %11.3fx %+16.2f   (aim: at least %.2fx, at most %+.1f)")
        :format("of plain", ratio, more, RATE_AIM, COST_AIM))
end

local ok, err = pcall(main)
if not ok then
  io.stderr:write("nginx_bench: ", tostring(err), "\n")
  os.exit(2, true)
end
