#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: Apache-2.0
-- presign.lua - prints a URL that gets an object for a while, with nothing else.
-- usage: presign.lua BUCKET KEY [ENDPOINT [SECONDS]]
-- Credentials and AWS_REGION come from the environment.

local fingerpost = require "fingerpost"

local bucket, key, endpoint, seconds = table.unpack(arg)
local s3 <close> = assert(fingerpost.signer {
  service = "s3", region = os.getenv("AWS_REGION") or "us-east-1",
  credentials = assert(fingerpost.credentials.env()),
  params = { Endpoint = endpoint },
})

print((assert(s3:presign({ bucket = bucket, key = key }, { expires = tonumber(seconds or 900) }))))
