-- SPDX-License-Identifier: Apache-2.0
-- The binding's objects: the module, resolve, signers and credentials. Requests and what
-- becomes of them: lua_request_spec.lua; what is refused: lua_errors_spec.lua.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local fgp = require "fingerpost"
local server = require "server"
local signers = require "signers"

local signer, credentials = signers.signer, signers.credentials
local NOW, ID, SECRET = signers.NOW, signers.ID, signers.SECRET
local s3 = signer {}

local function first_path(by, request)
  request.trace = true
  return assert(by:sign(request)).canonical_request:match("^[^\n]*\n([^\n]*)\n")
end

describe("the module", function()
  it("exports one symbol", function()
    local path = assert(package.searchpath("fingerpost", package.cpath))
    local text = server.must("nm -D --defined-only " .. server.quote(path))
    assert.matches("^%x+ T luaopen_fingerpost\n$", text)
  end)

  it("says its version", function()
    assert.matches("^fingerpost %d+%.%d+%.%d+$", fgp._VERSION)
  end)

  it("makes no globals", function()
    local before = {}
    for name in pairs(_G) do before[name] = true end
    package.loaded.fingerpost = nil
    require "fingerpost"
    package.loaded.fingerpost = fgp
    for name in pairs(_G) do assert.is_true(before[name], name) end
  end)

  it("may be loaded by two states at once", function()
  end)
end)

describe("resolve", function()
  it("gives URL, headers, properties and auth", function()
    local ep = assert(fgp.resolve("s3", { Region = "eu-west-1", Bucket = "photos", UseDualStack = true }))
    assert.equal("https://photos.s3.dualstack.eu-west-1.amazonaws.com", ep.url)
    assert.same({}, ep.headers)
    assert.same({ scheme = "sigv4", signing_name = "s3", signing_region = "eu-west-1", double_encode = false }, ep.auth)
    local first = ep.properties.authSchemes[1]
    assert.equal("sigv4", first.name)
    assert.equal("eu-west-1", first.signingRegion)
    assert.is_true(first.disableDoubleEncoding)
  end)

  it("gives a region set where the endpoint has one", function()
    local ep = assert(fgp.resolve("s3", { Region = "us-east-1", UseArnRegion = true,
      Bucket = "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap" }))
    assert.equal("sigv4a", ep.auth.scheme)
    assert.same({ "*" }, ep.auth.region_set)
    assert.is_nil(ep.auth.signing_region)
  end)

  it("knows a global service's signing region", function()
    local ep = assert(fgp.resolve("iam", { Region = "eu-west-1" }))
    assert.equal("https://iam.amazonaws.com", ep.url)
    assert.equal("us-east-1", ep.auth.signing_region)
  end)

  it("takes its parameters as plain values only", function()
    local params = setmetatable({}, { __index = { Region = "eu-west-1" }, __pairs = error })
    local ep, message, code = fgp.resolve("sqs", params)
    assert.is_nil(ep)
    assert.equal("Invalid Configuration: Missing Region", message)
    assert.equal("ENDPOINT_RULE", code)
  end)

  it("needs no parameters at all to be asked", function()
    assert.equal("ENDPOINT_RULE", (select(3, fgp.resolve("sqs"))))
  end)
end)

describe("a signer", function()
  it("keeps what it was given, not the tables", function()
    local fields = { service = "s3", region = "eu-west-1", credentials = credentials, time = NOW,
                     sign_headers = { "ra" .. "nge" }, params = { UseFIPS = true } }
    local by = assert(fgp.signer(fields))
    local request = { bucket = "photos", key = "x", headers = { range = "bytes=0-1" } }
    local before = by:sign(request)
    fields.params.UseFIPS, fields.sign_headers[1], fields.region = nil, nil, nil
    fields = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.same(before, by:sign(request))
    assert.matches("s3%-fips%.eu%-west%-1", before.url)
    assert.matches("SignedHeaders=host;range;", before.headers.authorization)
  end)

  it("may have another name or region than the endpoint says", function()
    local by = signer { service = "s3", region = "eu-west-1", signing_name = "s3-object-lambda",
                        signing_region = "us-west-2" }
    local r = assert(by:sign { bucket = "photos", key = "x" })
    assert.matches("/20150830/us%-west%-2/s3%-object%-lambda/aws4_request,", r.headers.authorization)
  end)

  it("signs with the system's clock", function()
    local by = assert(fgp.signer { service = "s3", region = "eu-west-1", credentials = credentials })
    local before = os.date("!%Y%m%dT%H%M%SZ")
    local date = by:sign({ bucket = "photos", key = "x" }).headers["x-amz-date"]
    assert.is_true(before <= date and date <= os.date("!%Y%m%dT%H%M%SZ"))
  end)

  it("asks a clock of the caller's at each call, and changes its key at midnight", function()
    local now = 1440979199 -- 2015-08-30T23:59:59Z
    local by = signer { time = function() return now end }
    local request = { bucket = "photos", key = "x", trace = true }
    local evening = by:sign(request)
    now = now + 1
    local midnight = by:sign(request)
    assert.equal("20150830T235959Z", evening.headers["x-amz-date"])
    assert.equal("20150831T000000Z", midnight.headers["x-amz-date"])
    assert.matches("/20150831/", midnight.headers.authorization)
    assert.equal(signer({ time = now }):sign(request).signature, midnight.signature)
    now = now - 1
    assert.equal(evening.signature, by:sign(request).signature)
  end)

  it("normalises and double-encodes as the service or the caller says", function()
    local request = { url = "https://x.example/a/../b%20c/", trace = true }
    assert.equal("/b%2520c/", first_path(signer { service = "sts" }, request))
    assert.equal("/a/../b%2520c/", first_path(signer { service = "sts", normalize = false }, request))
    assert.equal("/b%20c/", first_path(signer { service = "sts", double_encode = false }, request))
    assert.equal("/a/../b%20c/", first_path(s3, request))
  end)

  it("does not mix up requests of two coroutines", function()
    local function work(by, bucket)
      return coroutine.wrap(function()
        for i = 1, 20 do
          coroutine.yield(by:sign { method = "PUT", bucket = bucket, key = "k" .. i, body = bucket .. i })
        end
      end)
    end
    local other = signer { region = "us-east-1",
                           credentials = fgp.credentials.static("AKIDOTHER12345", "another secret") }
    local a, b = work(s3, "photos"), work(other, "videos")
    for i = 1, 20 do
      local ra, rb = a(), b()
      assert.same(signer({}):sign { bucket = "photos", key = "k" .. i, body = "photos" .. i, method = "PUT" }, ra)
      assert.matches("Credential=AKIDOTHER12345/20150830/us%-east%-1/s3/", rb.headers.authorization)
      assert.equal("videos" .. i, rb.body)
    end
  end)

  it("keeps keys for several scopes apart", function()
    local by = signer { params = { UseArnRegion = true } }
    local regions = { "eu-west-1", "eu-west-2", "eu-west-3", "us-east-1", "us-east-2", "us-west-1", "us-west-2" }
    for _ = 1, 3 do
      for _, region in ipairs(regions) do
        local bucket = ("arn:aws:s3:%s:123456789012:accesspoint:photos"):format(region)
        local r = assert(by:sign { bucket = bucket, key = "x", trace = true })
        assert.equal(signer({ region = region }):sign({ url = r.url, trace = true }).signature, r.signature)
      end
    end
  end)
end)

describe("closing", function()
  it("makes signers and credentials unusable, as often as it is done", function()
    local own = fgp.credentials.static(ID, SECRET)
    local by = signer { credentials = own }
    own:close()
    assert.has_error(function() by:sign { bucket = "photos", key = "x" } end, "attempt to use closed credentials")
    by:close()
    by:close()
    assert.has_error(function() by:sign { bucket = "photos", key = "x" } end, "attempt to use a closed signer")
    assert.has_error(function() by:presign { bucket = "photos", key = "x" } end, "attempt to use a closed signer")
    assert.equal("fingerpost.Signer (closed)", tostring(by))
    assert.equal("fingerpost.Credentials (closed)", tostring(own))
  end)

  it("is done by <close>", function()
    local kept
    do
      local by <close> = signer {}
      kept = by
    end
    assert.equal("fingerpost.Signer (closed)", tostring(kept))
  end)

  it("in the caller's own clock is noticed", function()
    local by
    by = signer { time = function() by:close() return NOW end }
    assert.has_error(function() by:sign { bucket = "photos", key = "x" } end, "attempt to use a closed signer")
  end)

  it("leaves no secret in memory", function()
    if os.getenv("FINGERPOST_PRELOAD") then return pending("a sanitized heap is not searched") end
    -- The parts of the secret stand together nowhere but in the environment, which lies
    -- on the stack, and in the credentials; a process looks through its own heap once.
    local script = server.directory() .. "/memory.lua"
    server.write(script, [[
      local fgp = require "fingerpost"
      local credentials = assert(fgp.credentials.env())
      local signer = assert(fgp.signer { service = "s3", region = "eu-west-1", credentials = credentials })
      assert(signer:sign { bucket = "photos", key = "x" })
      if arg[1] == "closed" then
        signer:close()
        credentials:close()
      end
      local found, memory = 0, io.open("/proc/self/mem", "rb")
      for line in io.lines("/proc/self/maps") do
        local from, to, name = line:match("^(%x+)%-(%x+) rw%S+ %S+ %S+ %S+%s*(.*)$")
        local size = from and tonumber(to, 16) - tonumber(from, 16)
        if size and name == "[heap]" then
          memory:seek("set", tonumber(from, 16))
          for tail in memory:read(size):gmatch("zQ7secret" .. "(%w+)") do
            if tail:find("partTwo9x", 1, true) == 1 then found = found + 1 end
          end
        end
      end
      print(found)
    ]])
    local function found(how)
      return tonumber(server.must(("env AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=zQ7secretpartTwo9x lua5.4 %s %s")
        :format(ID, server.quote(script), how)))
    end
    assert.is_true(found("open") >= 1, "it is not where it was searched")
    assert.equal(0, found("closed"))
  end)
end)

describe("credentials", function()
  it("show four letters at both ends of the id, and no more", function()
    assert.equal("fingerpost.Credentials (AKIA...MPLE)", tostring(credentials))
    assert.equal("fingerpost.Credentials (...)", tostring(fgp.credentials.static("AKIDSHORT", "x")))
    assert.equal("fingerpost.Signer (s3, eu-west-1, AKIA...MPLE)", tostring(s3))
  end)

  it("are opaque", function()
    assert.is_false(getmetatable(credentials))
    assert.is_false(getmetatable(s3))
    assert.is_nil(credentials.secret)
    assert.is_nil(credentials.access_key_id)
    assert.has_error(function() credentials.x = 1 end)
  end)

  it("come from the environment", function()
    local function run(env)
      return server.must(([[env -u AWS_SESSION_TOKEN -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY %s %s -e '
        local fgp = require "fingerpost"
        local c, message, code = fgp.credentials.env()
        if not c then print(code, message) os.exit() end
        local s = fgp.signer { service = "s3", region = "eu-west-1", credentials = c, time = 1440938160 }
        local r = s:sign { bucket = "photos", key = "x", trace = true }
        print(r.signature, r.headers["x-amz-security-token"])']]):format(env, server.sanitized("lua5.4")))
    end
    local want = s3:sign({ bucket = "photos", key = "x", trace = true }).signature
    local both = ("AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s"):format(ID, SECRET)
    assert.equal(want .. "\tnil\n", run(both))
    assert.equal(want .. "\tnil\n", run(both .. " AWS_SESSION_TOKEN="))
    assert.matches("\ttok\n$", run(both .. " AWS_SESSION_TOKEN=tok"))
    assert.matches("^NO_CREDENTIALS\t.*set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n$", run "")
    assert.matches("^BAD_CREDENTIALS\tAWS_SECRET_ACCESS_KEY is set but AWS_ACCESS_KEY_ID is not",
      run "AWS_SECRET_ACCESS_KEY=zQ7secret")
    assert.matches("^BAD_CREDENTIALS\tAWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not",
      run "AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=")
  end)
end)
