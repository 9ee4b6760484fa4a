-- SPDX-License-Identifier: Apache-2.0
-- radosgw.lua - Ceph's S3, STS and IAM, all in memory, once for each spec process.
--
--   local s = require("radosgw").start()     -- 2 s the first time, then the same one
--
-- See swift.lua for what |s| holds; the two are used alike. radosgw checks
-- signatures, payload hashes, presigned URLs and their expiry, but not region and
-- service of the scope, and it lets an unsigned x-amz-* pass. A wrong key is
-- AccessDenied here, not SignatureDoesNotMatch: STS is asked first.

local server = require "server"

local M = {}

local USER = { access_key = "AKIDRGWTEST0000001", secret_key = "rgwSecret/Key+0001" }

local running

local function uuid()
  return (server.read("/proc/sys/kernel/random/uuid"):gsub("%s", ""))
end

local function start_cluster(s, conf)
  local dir, quoted = s.dir, server.quote(conf)
  local function daemon(name, command, ready)
    local pid = server.start(command, ("%s/log/%s.out"):format(dir, name), ready)
    table.insert(s.pids, 1, pid)
  end

  server.must(("monmaptool --create --fsid %s --addv a '[v2:127.0.0.1:%d]' %s/monmap")
              :format(s.fsid, s.mon_port, server.quote(dir)))
  server.must(("ceph-mon -c %s -i a --mkfs --monmap %s/monmap"):format(quoted, server.quote(dir)))
  daemon("mon", ("ceph-mon -c %s -i a -f"):format(quoted), s.mon_port)

  local osd_uuid = uuid()
  local id = server.must(("timeout 60 ceph -c %s osd new %s 2>%s/log/ceph.out")
                         :format(quoted, osd_uuid, server.quote(dir))):match("%d+")
  server.must(("ceph-osd -c %s -i %s --mkfs --osd-uuid %s"):format(quoted, id, osd_uuid))
  daemon("osd", ("ceph-osd -c %s -i %s -f"):format(quoted, id), function()
    return server.run(("timeout 20 ceph -c %s osd stat"):format(quoted)):find("1 up", 1, true)
  end)
end

local function start_gateway(s, conf)
  local admin = "timeout 60 radosgw-admin -c " .. server.quote(conf) .. " -n client.rgw "

  table.insert(s.pids, 1, server.start(
    ("radosgw -c %s -n client.rgw -f"):format(server.quote(conf)),
    s.dir .. "/log/rgw.out", s.port))
  server.must(("%suser create --uid=t --display-name=t --access-key=%s --secret-key=%s")
              :format(admin, USER.access_key, server.quote(USER.secret_key)))
  server.must(admin .. "caps add --uid=t --caps='roles=*;user-policy=*'")
end

local function start()
  local s = {
    name = "radosgw", host = "s3.test", region = "us-east-1",
    access_key = USER.access_key, secret_key = USER.secret_key,
    port = server.free_port(), https_port = server.free_port(), mon_port = server.free_port(),
    dir = server.directory(), fsid = uuid(), pids = {},
  }
  local conf = s.dir .. "/ceph.conf"

  function s.stop()
    for _, pid in ipairs(s.pids) do server.stop(pid, "KILL") end  -- it is all in memory
    s.pids, running = {}, nil
  end

  server.must(("cd %s && mkdir mon osd rgw log run"):format(server.quote(s.dir)))
  server.certificate(s.dir)
  s.ca = s.dir .. "/cert.pem"
  server.write(s.dir .. "/both.pem", server.read(s.dir .. "/key.pem") .. server.read(s.ca))
  server.fill_in(server.support .. "/radosgw/ceph.conf.in", conf,
                 { DIR = s.dir, FSID = s.fsid, MON = s.mon_port, HTTP = s.port, HTTPS = s.https_port })

  local ok, err = pcall(function()
    start_cluster(s, conf)
    start_gateway(s, conf)
  end)
  if not ok then
    s.stop()
    error(err, 0)
  end
  return setmetatable(s, { __close = s.stop })
end

function M.start()
  running = running or server.retry(start)
  return running
end

return M
