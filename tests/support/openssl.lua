-- SPDX-License-Identifier: Apache-2.0
-- openssl.lua - ECDSA signatures checked by OpenSSL's own command, and by none of our code.
--
--   local key = openssl.public_key(x, y)        -- hexadecimal, of a point on P-256
--   assert.is_true(openssl.verify(key, text, signature))
--   key:remove()

local mime = require "mime"
local server = require "server"

local M = {}

local key = {}
key.__index = key

local function bytes(hex)
  return (hex:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- SubjectPublicKeyInfo of id-ecPublicKey on prime256v1, up to the point: RFC 5480
local SPKI = "3059301306072a8648ce3d020106082a8648ce3d030107034200" .. "04"

function M.public_key(x, y)
  assert(#x == 64 and #y == 64, "a coordinate has 64 digits")
  local path = os.tmpname()
  server.write(path, "-----BEGIN PUBLIC KEY-----\n" .. mime.b64(bytes(SPKI .. x .. y)) ..
    "\n-----END PUBLIC KEY-----\n")
  return setmetatable({ path = path }, key)
end

function key:remove() os.remove(self.path) end

-- Whether |signature|, DER in hexadecimal, is one of |text|.
function M.verify(public, text, signature)
  local text_path, signature_path = os.tmpname(), os.tmpname()
  server.write(text_path, text)
  server.write(signature_path, bytes(signature))
  local answer, code = server.run(("openssl dgst -sha256 -verify %s -signature %s %s 2>&1")
    :format(public.path, signature_path, text_path))
  os.remove(text_path)
  os.remove(signature_path)
  assert(answer:find("^Verified OK") or answer:find("^Verification failure"), answer)
  return code == 0 and answer:find("^Verified OK") ~= nil
end

return M
