-- SPDX-License-Identifier: Apache-2.0
-- Signatures that AWS's own documents print, through the binding.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"

local HOST = "https://examplebucket.s3.amazonaws.com"
local S3 = { signing_name = "s3", signing_region = "us-east-1", time = 1369353600, -- 2013-05-24T00:00:00Z
             secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", id = "AKIAIOSFODNN7EXAMPLE" }
local IAM = { signing_name = "iam", signing_region = "us-east-1", time = 1440938160,
              secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", id = "AKIDEXAMPLE" }

-- what it is, by whom, the request, what it must give, and what further is signed
local PUBLISHED = {
  { "S3: GET of a range", S3, { url = HOST .. "/test.txt", headers = { Range = "bytes=0-9" } },
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", { "range" } },
  { "S3: PUT with a '$' in the key", S3,
    { method = "PUT", url = HOST .. "/test$file.text", body = "Welcome to Amazon S3.",
      headers = { Date = "Fri, 24 May 2013 00:00:00 GMT", ["x-amz-storage-class"] = "REDUCED_REDUNDANCY" } },
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd", { "date" } },
  { "S3: a query without a value", S3, { url = HOST .. "?lifecycle" },
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
  { "S3: a query of two", S3, { url = HOST, query = { prefix = "J", ["max-keys"] = 2 } },
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
  { "S3: presigned for a day", S3, { url = HOST .. "/test.txt" },
    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", nil, 86400 },
  { "IAM: ListUsers", IAM, { url = "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
                             headers = { ["content-type"] = "application/x-www-form-urlencoded; charset=utf-8" } },
    "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7" },
}

describe("published:", function()
  for _, case in ipairs(PUBLISHED) do
    local name, by, request, want, also, expires = table.unpack(case, 1, 6)
    it(name, function()
      local signer <close> = assert(fgp.signer {
        signing_name = by.signing_name, signing_region = by.signing_region, time = by.time, sign_headers = also,
        credentials = assert(fgp.credentials.static(by.id, by.secret)),
      })
      request.trace = true
      if not expires then
        local r = assert(signer:sign(request))
        assert.equal(want, r.signature, r.canonical_request)
        assert.equal(want, r.headers.authorization:match("Signature=(%x+)$"))
        return
      end
      local url, trace = assert(signer:presign(request, { expires = expires }))
      assert.equal(want, trace.signature, trace.canonical_request)
      assert.equal(want, url:match("X%-Amz%-Signature=(%x+)$"))
    end)
  end
end)
