-- SPDX-License-Identifier: Apache-2.0
-- signers.lua - what the binding's specs sign with: credentials and a clock that are
-- AWS's examples, so that figures can be compared with those of its documents.

local fgp = require "fingerpost"

local M = {}

M.NOW = 1440938160 -- 2015-08-30T12:36:00Z
M.ID, M.SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
M.credentials = assert(fgp.credentials.static(M.ID, M.SECRET))

-- A signer for S3 in eu-west-1, but for |fields|.
function M.signer(fields)
  local all = { credentials = M.credentials, time = M.NOW }
  if not fields.signing_name then all.service, all.region = "s3", "eu-west-1" end
  for k, v in pairs(fields) do all[k] = v end
  return assert(fgp.signer(all))
end

return M
