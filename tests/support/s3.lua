-- SPDX-License-Identifier: Apache-2.0
-- s3.lua - buckets and objects in the test servers, by a signer that is not ours.
--
--   local s3, s = require "s3", require("swift").start()
--   s3.create(s, "photos")
--   s3.put(s, "photos", "a b/ü.txt", "bytes")
--   s3.fill(s, "photos", { ["a"] = "1", ["b"] = "2" })      -- many in one process
--   local r = s3.get(s, "photos", "a b/ü.txt")              -- { status, headers, body, sent }
--   local r = s3.request(s, { method = "GET", bucket = "photos", key = "a", secret_key = "wrong" })
--   local list = s3.requests(s, { … })                      -- many in one process
--
-- A request has bucket and key, or target (path and query as they go on the wire);
-- query (raw, without '?'); headers, a list of { name, value }; body; https = true;
-- virtual = true for Host: BUCKET.s3.test; sign = "header" (default), "presign",
-- "botocore" or "none"; and what s3_oracle.py takes, whose defaults come from |s|.

local cjson = require "cjson"
local mime = require "mime"
local server = require "server"

local M = {}

-- |bytes| of a key as they stand in a path: the '/' stays.
function M.encode(bytes)
  return (bytes:gsub("[^A-Za-z0-9%-._~/]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function target_of(q)
  if q.target then return q.target end
  local path = q.virtual and "" or "/" .. q.bucket
  if q.key then path = path .. "/" .. M.encode(q.key) end
  return (path == "" and "/" or path) .. (q.query and "?" .. q.query or "")
end

local function host_of(s, q, port)
  if q.host then return q.host end
  return ("%s%s:%d"):format(q.virtual and q.bucket .. "." or "", s.host, port)
end

local function base64(bytes)
  return mime.b64(bytes or "") or ""
end

local function question(s, q)
  local port = q.https and s.https_port or s.port
  local full = { method = "GET", access_key = s.access_key, secret_key = s.secret_key, region = s.region }
  for k, v in pairs(q) do full[k] = v end
  full.port, full.tls, full.ca = port, q.https or false, s.ca
  full.host, full.target, full.body = host_of(s, q, port), target_of(q), base64(q.body)
  if q.change and q.change.body then
    full.change = { body = base64(q.change.body), method = q.change.method,
                    target = q.change.target, headers = q.change.headers }
  end
  return full
end

function M.requests(s, list)
  local questions = {}
  for i, q in ipairs(list) do questions[i] = question(s, q) end

  local path = os.tmpname()
  server.write(path, cjson.encode(questions))
  local text, code = server.run(("/usr/bin/python3 %s <%s")
    :format(server.quote(server.support .. "/s3_oracle.py"), server.quote(path)))
  os.remove(path)
  assert(code == 0, text)

  local answers = cjson.decode(text)
  for _, a in ipairs(answers) do
    if a.body then a.body = mime.unb64(a.body) or "" end
    a.sent.body = mime.unb64(a.sent.body) or ""
  end
  return answers
end

function M.request(s, q)
  return M.requests(s, { q })[1]
end

local function must(answers)
  for _, a in ipairs(answers) do
    assert(a.status >= 200 and a.status < 300, ("%s %s: %d\n%s")
           :format(a.sent.method, a.sent.target, a.status, a.body))
  end
  return answers
end

function M.create(s, bucket)
  must(M.requests(s, { { method = "PUT", bucket = bucket } }))
end

function M.fill(s, bucket, objects)
  local list = {}
  for key, body in pairs(objects) do
    list[#list + 1] = { method = "PUT", bucket = bucket, key = key, body = body }
  end
  must(M.requests(s, list))
end

function M.put(s, bucket, key, body)
  M.fill(s, bucket, { [key] = body })
end

function M.get(s, bucket, key)
  return M.request(s, { bucket = bucket, key = key })
end

return M
