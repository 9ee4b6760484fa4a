-- SPDX-License-Identifier: Apache-2.0
-- AWS's own SigV4 test suite, whole, through the binding: canonical request, string to
-- sign, signature and signed request of each case, in headers and in the URL.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local suite = require "suite"

local cases = suite.cases "v4"

describe("the official SigV4 suite", function()
  suite.each("suite", cases, function(case, form)
    local got, want = suite.drive(case, form), case.want[form]
    -- in the order in which one fault spoils the next
    assert.equal(want.canonical_request, got.canonical_request)
    assert.equal(want.string_to_sign, got.string_to_sign)
    assert.equal(want.signature, got.signature)
    assert.same(suite.target_as_set(want.signed_request.target), suite.target_as_set(got.url:match("^https://[^/]+(/.*)$")))
    if form == "header" then
      local headers = suite.headers_as_set(want.signed_request.headers)
      headers["content-length"] = headers["content-length"] or got.headers["content-length"] -- ours to add
      assert.same(headers, got.headers)
      assert.equal(want.signed_request.body, got.body)
    end
  end)
end)
