-- SPDX-License-Identifier: Apache-2.0
-- swift.lua - OpenStack Swift's S3 API in one process, once for each spec process.
--
--   local s = require("swift").start()       -- 2 s the first time, then the same one
--   s.name                        "swift"
--   s.port, s.https_port          on 127.0.0.1
--   s.host                        "s3.test", the name its certificate is for; buckets
--                                 also answer to Host: BUCKET.s3.test
--   s.region                      "us-east-1"
--   s.access_key, s.secret_key    of a user who may do anything
--   s.temporary                   { access_key, secret_key, session_token }; Swift only
--   s.ca                          path of the certificate (its own CA)
--   s.dir                         where it lives, logs included
--   s.stop()                      not needed: it ends with the spec
--
-- Swift compares region and service of the scope (400); with Debian's security
-- updates it also refuses an unsigned x-amz-* (403). It has no STREAMING payloads.

local server = require "server"

local M = {}

local running

local function write_configuration(dir, port)
  local from = server.support .. "/swift/"

  server.fill_in(from .. "swift.conf", dir .. "/swift.conf", {})
  server.fill_in(from .. "proxy.conf.in", dir .. "/proxy.conf", { DIR = dir, PORT = port })
  -- objects in memory: in files they would want extended attributes of the file system
  for i, store in ipairs { { "account", "account" }, { "container", "container" }, { "object", "mem_object" } } do
    server.fill_in(from .. "store.conf.in", ("%s/%s.conf"):format(dir, store[1]),
                   { DIR = dir, PORT = port + i, NAME = store[2] })
  end
end

local function start()
  local port = server.free_port { 1, 2, 3, 9 }
  local s = {
    name = "swift", host = "s3.test", region = "us-east-1",
    access_key = "AKIDSWIFTTEST00001", secret_key = "swiftSecret/Key+0001",
    temporary = { access_key = "ASIASWIFTTEMP00001", secret_key = "tempSecret/Key+0001",
                  session_token = "session/Token+/=01" },
    port = port, https_port = port + 9, dir = server.directory(),
  }
  local log = s.dir .. "/log"

  server.certificate(s.dir)
  s.ca = s.dir .. "/cert.pem"
  write_configuration(s.dir, port)
  -- Debian's own Python: another one that is first in PATH has not Debian's modules.
  local pid = server.start(("/usr/bin/python3 %s %s %d %s %s")
    :format(server.quote(server.support .. "/swift/serve.py"), server.quote(s.dir), port,
            server.quote(s.ca), server.quote(s.dir .. "/key.pem")),
    log, function() return server.read(log):find("^up ") or server.read(log):find("\nup ") end)

  function s.stop()
    server.stop(pid)
    running = nil
  end
  return setmetatable(s, { __close = s.stop })
end

function M.start()
  running = running or server.retry(start)
  return running
end

return M
