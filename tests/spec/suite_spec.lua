-- SPDX-License-Identifier: Apache-2.0
-- AWS's own SigV4 test suite, whole, through the binding: canonical request, string to
-- sign, signature and signed request of each case, in headers and in the URL.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local suite = require "suite"
local vectors = require "vectors"

local cases, missing = vectors.official "v4"
if not cases then
  print("skipped: " .. missing)
  os.exit(77)
end

describe("the official SigV4 suite", function()
  local passed = 0

  for _, case in ipairs(cases) do
    for _, form in ipairs { "header", "query" } do
      it(case.name .. ", " .. form, function()
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
        passed = passed + 1
      end)
    end
  end

  it("is whole", function()
    assert.equal(38, #cases)
    assert.equal(76, passed)
    print(("%d of %d signatures of the official suite are right"):format(passed, 2 * #cases))
  end)
end)
