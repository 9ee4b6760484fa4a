-- SPDX-License-Identifier: Apache-2.0
-- The signing vectors, through the binding. What they must give comes from AWS's own
-- documents, or from a signer that shares nothing with ours.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local vectors = require "vectors"

local function words(text)
  local all = {}
  for word in text:gmatch("[^, ]+") do all[#all + 1] = word end
  return all
end

local function choice(word)
  if word then return word == "true" end
end

local function signer_of(context)
  return assert(fgp.signer {
    signing_name = context.service, signing_region = context.region, time = tonumber(context.now),
    credentials = assert(fgp.credentials.static(context.access_key_id, context.secret_access_key,
                                                context.session_token)),
    sign_headers = context.also and words(context.also) or context.cover, payload = context.payload,
    session_token = context.token == "unsigned" and "omit" or "sign",
    normalize = choice(context.normalize),
  })
end

-- The host of the request's own Host header makes the target a URL.
local function sign(case)
  local signer <close> = signer_of(case.context)
  local request = { method = case.request.method, headers = case.request.headers, body = case.request.body, trace = true }
  for _, pair in ipairs(request.headers) do
    if pair[1]:lower() == "host" then request.url = "https://" .. pair[2]:match("%S+") .. case.request.target end
  end
  if not case.context.expires then return signer:sign(request) end
  local url, trace, code = signer:presign(request, { expires = tonumber(case.context.expires) })
  if not url then return nil, trace, code end
  trace.url = url
  return trace
end

for _, case in ipairs(vectors.own()) do
  local want = case.want

  describe(case.name, function()
    if want.error then
      it("is refused: " .. want.error, function()
        local got, _, code = sign(case)
        assert.is_nil(got)
        assert.equal(want.error, code)
      end)
      return
    end

    local got
    lazy_setup(function() got = assert(sign(case)) end)

    -- in the order in which one fault spoils the next
    for _, what in ipairs { "canonical request", "string to sign", "signature" } do
      it("has the " .. what, function()
        assert.equal(want[what], got[(what:gsub(" ", "_"))])
      end)
    end

    it("goes out as it was signed", function()
      assert.equal(want.target, got.url:match("^https://[^/?]+(.*)$"))
      if want.authorization then assert.equal(want.authorization, got.headers.authorization) end
    end)
  end)
end
