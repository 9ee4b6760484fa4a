#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: Apache-2.0
-- dynamodb.lua - lists the tables of an account; with a service's target and body, any
-- call of a JSON service goes like this.
-- usage: dynamodb.lua [ENDPOINT]
-- Credentials and AWS_REGION come from the environment.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local fingerpost = require "fingerpost"
local go = require "go"

local dynamodb <close> = assert(fingerpost.signer {
  service = "dynamodb", region = os.getenv("AWS_REGION") or "us-east-1",
  credentials = assert(fingerpost.credentials.env()),
  params = { Endpoint = arg[1] },
})

local body, status = assert(go(assert(dynamodb:sign {
  method = "POST", body = "{}",
  headers = { ["content-type"] = "application/x-amz-json-1.0",
              ["x-amz-target"] = "DynamoDB_20120810.ListTables" },
})))
print(status, body)
