#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: Apache-2.0
-- get.lua - writes an object of a private bucket to standard output.
-- usage: get.lua BUCKET KEY [ENDPOINT]
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

local body, status = assert(go(assert(s3:sign { bucket = bucket, key = key })))
if status ~= 200 then error(("%s answers %s: %s"):format(bucket, status, body), 0) end
io.write(body)
