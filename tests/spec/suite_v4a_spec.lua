-- SPDX-License-Identifier: Apache-2.0
-- AWS's own SigV4A test suite through the binding: canonical request and string to sign
-- byte for byte. A signature is another one each time; so OpenSSL's command checks, by the
-- suite's public key, the suite's and ours.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local openssl = require "openssl"
local suite = require "suite"

local cases = suite.cases "v4a"

-- What differs from call to call put out of sight.
local function without_signature(got)
  local function blank(text) return (text:gsub("Signature=%x+", "Signature=")) end
  local headers = {}
  for name, value in pairs(got.headers or {}) do headers[name] = blank(value) end
  return { url = blank(got.url), headers = headers }
end

describe("the official SigV4A suite", function()
  local lengths, keys = {}, {}

  local function key_of(case)
    local k = case.public_key
    keys[k.X] = keys[k.X] or openssl.public_key(k.X, k.Y)
    return keys[k.X]
  end

  teardown(function()
    for _, key in pairs(keys) do key:remove() end
  end)

  suite.each("SigV4A suite", cases, function(case, form)
    local want, key = case.want[form], key_of(case)
    local got = suite.drive(case, form, {
      algorithm = "sigv4a", region_set = { case.context.region },
    })
    assert.equal(want.canonical_request, got.canonical_request)
    assert.equal(want.string_to_sign, got.string_to_sign)
    assert.is_true(openssl.verify(key, want.string_to_sign, want.signature))
    assert.is_true(openssl.verify(key, got.string_to_sign, got.signature))
    assert.is_false(openssl.verify(key, got.string_to_sign .. " ", got.signature))

    local wire = without_signature(got)
    assert.same(suite.target_as_set((want.signed_request.target:gsub("Signature=%x+", "Signature="))),
                suite.target_as_set(wire.url:match("^https://[^/]+(/.*)$")))
    if form == "header" then
      local headers = suite.headers_as_set(want.signed_request.headers)
      headers.authorization = headers.authorization:gsub("Signature=%x+", "Signature=")
      headers["content-length"] = headers["content-length"] or wire.headers["content-length"]
      assert.same(headers, wire.headers)
    end
    assert.is_true(#got.signature <= 144 and #got.signature % 2 == 0)
    lengths[#got.signature] = true
  end)

  it("has signatures of the length that most have", function()
    assert.is_true(lengths[140] or lengths[142] or lengths[144])
  end)
end)
