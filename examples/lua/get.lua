-- SPDX-License-Identifier: Apache-2.0
-- get.lua - prints an object of S3.
-- usage: lua5.4 get.lua BUCKET KEY [ENDPOINT]
--
-- Region and credentials come from AWS_REGION, AWS_ACCESS_KEY_ID and
-- AWS_SECRET_ACCESS_KEY. ENDPOINT (http://127.0.0.1:9000) is for an S3 of one's own.

local fingerpost = require "fingerpost"
local http = require "socket.http"
local https = require "ssl.https"
local ltn12 = require "ltn12"

local bucket, key, endpoint = arg[1], arg[2], arg[3]
assert(bucket and key, "usage: lua5.4 get.lua BUCKET KEY [ENDPOINT]")

local signer <close> = assert(fingerpost.signer {
  service = "s3",
  region = os.getenv("AWS_REGION") or "us-east-1",
  params = { Endpoint = endpoint, ForcePathStyle = endpoint ~= nil },
  credentials = assert(fingerpost.credentials.env()),
})
local request = assert(signer:sign { method = "GET", bucket = bucket, key = key })

local body = {}
local client = request.url:match("^https:") and https or http
local ok, status = client.request {
  url = request.url, headers = request.headers, sink = ltn12.sink.table(body),
}
assert(ok, status)
assert(status == 200, ("%s: %s\n%s"):format(request.url, status, table.concat(body)))
io.write(table.concat(body))
