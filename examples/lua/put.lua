#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: Apache-2.0
-- put.lua - puts standard input into a bucket.
-- usage: put.lua BUCKET KEY [ENDPOINT] <FILE
-- Credentials and AWS_REGION come from the environment.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local fingerpost = require "fingerpost"
local go = require "go"

local bucket, key, endpoint = table.unpack(arg)
local s3 <close> = assert(fingerpost.signer {
  service = "s3", region = os.getenv("AWS_REGION") or "us-east-1",
  credentials = assert(fingerpost.credentials.env()),
  params = { Endpoint = endpoint },
})

local body, status, headers = assert(go(assert(s3:sign {
  method = "PUT", bucket = bucket, key = key, body = io.read("a"),
  headers = { ["content-type"] = "application/octet-stream" },
})))
if status ~= 200 then error(("%s answers %s: %s"):format(bucket, status, body), 0) end
print(headers.etag)
