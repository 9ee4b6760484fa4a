#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: Apache-2.0
-- lua_bench.lua - what a call from Lua costs over the core's own work.
-- usage: lua5.4 bench/lua_bench.lua
--
-- The same requests, of five headers each, signed from Lua and by a C program
-- (lua_core.c), in turns; the least CPU time of each counts. Garbage is what one call
-- leaves to collect. Module and program are those of $FINGERPOST_BUILD (build/release).
-- Exits with 1 where a signature costs more than the aim over the core.

local root = arg[0]:match("^(.*)/bench/[^/]*$") or "."
local build = os.getenv("FINGERPOST_BUILD") or root .. "/build/release"
package.cpath = build .. "/plugins/lua/?.so;" .. package.cpath
local fgp = require "fingerpost"

local TIME_AIM, GARBAGE_AIM = 1200, 2048 -- ns and bytes over the core, for a signature
local ROUNDS, BATCHES, CALLS = 5, 7, 5000

local credentials = assert(fgp.credentials.static("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
local function signer(service)
  return assert(fgp.signer { service = service, region = "us-east-1", credentials = credentials, time = 1440938160 })
end
local s3, dynamodb = signer "s3", signer "dynamodb"

local get_headers = { range = "bytes=0-1048575", ["if-none-match"] = '"d41d8cd98f00b204e9800998ecf8427e"',
                      ["accept-encoding"] = "identity", ["user-agent"] = "bench", ["x-amz-checksum-mode"] = "ENABLED" }
local post_headers = { ["content-type"] = "application/x-amz-json-1.0", ["x-amz-target"] = "DynamoDB_20120810.PutItem",
                       accept = "*/*", ["user-agent"] = "bench",
                       ["amz-sdk-invocation-id"] = "b6d5a3f0-5f0e-4a3a-9a37-0f6f4f0b2c11" }
local by_url = { method = "GET", url = "https://photos.s3.us-east-1.amazonaws.com/2024/07/a%20b%20%281%29.jpg",
                 headers = get_headers }
local by_bucket = { method = "GET", bucket = "photos", key = "2024/07/a b (1).jpg", headers = get_headers }
local post = { method = "POST", body = ("x"):rep(1024), headers = post_headers }
local params, options = { Region = "us-east-1", Bucket = "photos" }, { expires = 900 }

local subjects = {
  { "sign_url", function() return s3:sign(by_url) end, true },
  { "sign_bucket", function() return s3:sign(by_bucket) end, true },
  { "sign_post_1k", function() return dynamodb:sign(post) end, true },
  { "presign_url", function() return s3:presign(by_url, options) end, true },
  { "resolve_s3", function() return fgp.resolve("s3", params) end },
}

local function least(fn)
  local best = math.huge
  for _ = 1, BATCHES do
    collectgarbage()
    local from = os.clock()
    for _ = 1, CALLS do fn() end
    best = math.min(best, (os.clock() - from) / CALLS * 1e9)
  end
  return best
end

local function garbage(fn)
  fn()
  collectgarbage()
  collectgarbage("stop")
  local before = collectgarbage("count")
  for _ = 1, 1000 do fn() end
  local after = collectgarbage("count")
  collectgarbage("restart")
  return (after - before) * 1024 / 1000
end

local core, lua = {}, {}
for _ = 1, ROUNDS do
  local pipe = assert(io.popen("'" .. build .. "/bench/lua_core'"))
  for line in pipe:lines() do
    local name, ns = line:match("^(%S+) (%d+)$")
    core[name] = math.min(core[name] or math.huge, tonumber(ns))
  end
  assert(pipe:close(), "lua_core failed")
  for _, subject in ipairs(subjects) do
    lua[subject[1]] = math.min(lua[subject[1]] or math.huge, least(subject[2]))
  end
end

local missed = false
print(("%-14s %8s %8s %8s %10s"):format("", "Lua ns", "core ns", "over ns", "garbage B"))
for _, subject in ipairs(subjects) do
  local name, fn, aimed = table.unpack(subject)
  local over, left = lua[name] - core[name], garbage(fn)
  local late = aimed and (over > TIME_AIM or left > GARBAGE_AIM)
  missed = missed or late
  print(("%-14s %8.0f %8.0f %8.0f %10.0f%s"):format(name, lua[name], core[name], over, left, late and "  over the aim" or ""))
end
print(("aim: at most %d ns and %d bytes over the core for a signature: %s")
  :format(TIME_AIM, GARBAGE_AIM, missed and "missed" or "met"))
os.exit(not missed)
