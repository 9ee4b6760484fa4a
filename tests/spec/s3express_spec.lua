-- SPDX-License-Identifier: Apache-2.0
-- S3 Express: CreateSession, and what is signed with its session, held against an
-- independent computation.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local botocore = require "botocore"
local fgp = require "fingerpost"
local server = require "server"

local NOW, ID, SECRET, TOKEN, ask = botocore.NOW, botocore.ID, botocore.SECRET, botocore.TOKEN, botocore.ask
local BUCKET = "photos--usw2-az1--x-s3"
local HOST = BUCKET .. ".s3express-usw2-az1.us-west-2.amazonaws.com"

local function reply(ends)
  return ([[<?xml version="1.0" encoding="UTF-8"?>
<CreateSessionResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Credentials>
<SessionToken>zonal/TOKEN+1==</SessionToken><SecretAccessKey>zonal/Secret+2</SecretAccessKey>
<AccessKeyId>ASIAZONAL</AccessKeyId><Expiration>%s</Expiration></Credentials></CreateSessionResult>]])
    :format(os.date("!%Y-%m-%dT%H:%M:%SZ", ends or os.time() + 300))
end

local function signer(credentials, params)
  return assert(fgp.signer { service = "s3", region = "us-west-2", credentials = credentials, time = NOW, params = params })
end

describe("a session of S3 Express", function()
  local ordinary = assert(fgp.credentials.static(ID, SECRET, TOKEN))
  local session = assert(fgp.credentials.session(200, reply()))

  it("is asked for with the ordinary credentials", function()
    local s <close> = signer(ordinary)
    local r = assert(s:sign { bucket = BUCKET, query = "session", params = { DisableS3ExpressSessionAuth = true },
                              headers = { ["x-amz-create-session-mode"] = "ReadWrite" } })
    assert.equal("https://" .. HOST .. "/?session=", r.url)
    assert.same(ask { { what = "s3express", method = "GET", url = r.url, region = "us-west-2", id = ID, secret = SECRET,
                        token = TOKEN, token_header = "x-amz-security-token", mode = "ReadWrite", now = NOW } }[1],
                r.headers)
  end)

  it("signs with a token of another name", function()
    local s <close> = signer(session)
    local r = assert(s:sign { bucket = BUCKET, key = "a b//ü" })
    assert.equal("https://" .. HOST .. "/a%20b//%C3%BC", r.url)
    assert.same(ask { { what = "s3express", method = "GET", url = r.url, region = "us-west-2", id = "ASIAZONAL",
                        secret = "zonal/Secret+2", token = "zonal/TOKEN+1==", token_header = "x-amz-s3session-token",
                        now = NOW } }[1], r.headers)
  end)

  -- Presigned: the canonical request in our trace is what Python's own reading of the URL gives.
  it("presigns with it", function()
    local s <close> = signer(session, { Bucket = BUCKET })
    local url, trace = s:presign({ key = "k", trace = true }, { expires = 300 })
    assert.matches("&X-Amz-S3session-Token=zonal%2FTOKEN%2B1%3D%3D&X-Amz-SignedHeaders=host&X-Amz-Signature=", url, 1, true)
    assert.is_nil(url:find "Security")
    local want = server.must(("/usr/bin/python3 -c %s"):format(server.quote(([[
import sys; sys.path.insert(0, %q); sys.dont_write_bytecode = True
import sigv4
target, _, mac = %q.partition("&X-Amz-Signature=")
canonical = sigv4.canonical_request(b"GET", target.encode(), [(b"host", b%q)], [b"host"], b"UNSIGNED-PAYLOAD", True)
scope = "20150830/us-west-2/s3express/aws4_request"
print(sigv4.signature("zonal/Secret+2", scope, sigv4.string_to_sign("20150830T123600Z", scope, canonical)), end="")]])
      :format(server.support, url:match("^https://[^/]+(.*)$"), HOST))))
    assert.equal(want, url:match("Signature=(%x+)$"))
    assert.equal(want, trace.signature)
  end)

  it("is refused where there is none, and where it is of no use", function()
    local s <close> = signer(ordinary)
    local r, message, code = s:sign { bucket = BUCKET, key = "k" }
    assert.is_nil(r)
    assert.equal("UNSUPPORTED_AUTH", code)
    assert.matches("sigv4%-s3express", message)
    local z <close> = signer(session)
    r, message, code = z:sign { bucket = "photos", key = "k" }
    assert.is_nil(r)
    assert.equal("UNSUPPORTED_AUTH", code)
    assert.matches("session of S3 Express", message)
  end)

  it("may not be brought by a request itself", function()
    local s <close> = signer(session, { Bucket = BUCKET })
    local _, _, code = s:sign { key = "k", headers = { ["X-Amz-S3Session-Token"] = "x" } }
    assert.equal("ALREADY_SIGNED", code)
    _, _, code = s:sign { key = "k", query = "x-amz-s3session-token=x" }
    assert.equal("ALREADY_SIGNED", code)
  end)

  it("says when it ends, and shows nothing", function()
    local ends = os.time() + 300
    local c = assert(fgp.credentials.session(200, reply(ends)))
    assert.equal(ends, c:expires())
    assert.is_nil(ordinary:expires())
    assert.equal("fingerpost.Credentials (...)", tostring(c))
    c:close()
    assert.equal("fingerpost.Credentials (closed)", tostring(c))
  end)

  local REFUSED = {
    { 200, "", "BAD_REPLY", "is empty" },
    { 200, "{}", "BAD_REPLY", "is not XML" },
    { 200, reply(1), "BAD_REPLY", "in the past" },
    { 403, "<Error><Code>AccessDenied</Code></Error>", "BAD_REPLY", "AccessDenied" },
    { 503, "", "NO_REPLY", "try again" },
    { 0, "", "NO_REPLY", "try again" },
  }
  for _, case in ipairs(REFUSED) do
    it("refuses the reply " .. case[1] .. " " .. case[4], function()
      local c, message, code = fgp.credentials.session(case[1], case[2])
      assert.is_nil(c)
      assert.equal(case[3], code)
      assert.matches(case[4], message, 1, true)
    end)
  end

  it("raises for what is no reply", function()
    assert.has_error(function() fgp.credentials.session() end)
    assert.has_error(function() fgp.credentials.session("200", "") end)
    assert.has_error(function() fgp.credentials.session(200, {}) end)
    assert.has_error(function() fgp.credentials.session(200.5, "") end)
  end)
end)
