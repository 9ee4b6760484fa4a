-- SPDX-License-Identifier: Apache-2.0
-- The signing vectors, through the binding. What they must give comes from AWS's own
-- documents, or from a signer that shares nothing with ours.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local vectors = require "vectors"

local function list(names)
  if names == nil or names == "all" then return names end
  local all = {}
  for name in names:gmatch("[^,]+") do all[#all + 1] = name end
  return all
end

local function signer_of(context)
  return assert(fgp.signer {
    signing_name = context.service, signing_region = context.region, time = tonumber(context.now),
    credentials = assert(fgp.credentials.static(context.access_key_id, context.secret_access_key,
                                                context.session_token)),
    sign_headers = list(context.sign_headers), session_token = context.omit_session_token and "omit" or "sign",
  })
end

-- The host of the request's own Host header makes the target a URL.
local function sign(case)
  local signer <close> = signer_of(case.context)
  local request = { method = case.request.method, headers = case.request.headers, body = case.request.body, trace = true }
  for _, pair in ipairs(request.headers) do
    if pair[1]:lower() == "host" then request.url = "https://" .. pair[2] .. case.request.target end
  end
  if not case.context.expires then return assert(signer:sign(request)) end
  local url, trace = assert(signer:presign(request, { expires = tonumber(case.context.expires) }))
  trace.url = url
  return trace
end

for _, case in ipairs(vectors.own()) do
  describe(case.name, function()
    local got

    lazy_setup(function() got = sign(case) end)

    -- in the order in which one fault spoils the next
    for _, what in ipairs { "canonical request", "string to sign", "signature" } do
      it("has the " .. what, function()
        assert.equal(case.want[what], got[(what:gsub(" ", "_"))])
      end)
    end

    it("carries it", function()
      if case.want.authorization then
        assert.equal(case.want.authorization, got.headers.authorization)
      else
        assert.equal(case.want.signature, got.url:match("[?&]X%-Amz%-Signature=(%x+)"))
      end
    end)
  end)
end
