-- SPDX-License-Identifier: Apache-2.0
-- Endpoints through the binding: the compiled table against the rule sets it was made
-- of, effective auth against the models, and input that must not become an endpoint.
--
-- FINGERPOST_DRAWS multiplies the draws of the comparison (default 2), FINGERPOST_SEED
-- starts other ones.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local cases = require "endpoint_cases"
local drawing = require "parameter_draw"
local evaluation = require "rule_evaluator"
local fgp = require "fingerpost"

local models_there = io.open(cases.models .. "/partitions.json")

-- ---- what the core checks after the rules, said once more

local function is_port(s)
  return s == "" or (s:find("^:[1-9]%d*$") and tonumber(s:sub(2)) <= 65535)
end

local function is_host(host)
  if #host > 253 then return false end
  local last
  for label in (host .. "."):gmatch("([^.]*)%.") do
    if #label < 1 or #label > 63 then return false end
    last = label
  end
  if not (last:find("^%d+$") or last:lower():find("^0x")) then return true end
  local parts = { host:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for _, part in ipairs(parts) do
    if tonumber(part) > 255 or part:find("^0.") then return false end
  end
  return #parts == 4
end

-- Groups of hexadecimal digits, "::" once at most; without an IPv4 address at the end.
local function is_ipv6(s)
  local _, gaps = s:gsub("::", "")
  local n = 0
  if s:find("[^%x:]") or s:find(":::") or gaps > 1 then return false end
  if s:find("^:[^:]") or s:find("[^:]:$") then return false end
  for group in s:gmatch("%x+") do
    if #group > 4 then return false end
    n = n + 1
  end
  return gaps == 1 and n <= 7 or n == 8
end

local function is_url(s)
  if s:find("[%c \\#?]") then return false end
  local authority = s:match("^https?://([^/]*)")
  if not authority then return false end
  local inside, port = authority:match("^%[([%x:.]+)%](.*)$")
  if inside then return is_ipv6(inside) and is_port(port) end
  local host
  host, port = authority:match("^([%w._-]+)(.*)$")
  return host and is_host(host) and is_port(port)
end

-- Domains of AWS's that rules name beside the suffixes of partitions.
local domains = { "signin.aws.amazon.com", "signin.aws", "signin.amazonaws.cn", "amazonaws-us-gov.com",
                  "signin.amazonaws-eusc.eu", "signin.c2shome.ic.gov", "signin.sc2shome.sgov.gov",
                  "signin.csphome.hci.ic.gov", "signin.csphome.adc-e.uk", "on.aws" }
if models_there then
  for _, p in ipairs(cases.read(cases.models .. "/partitions.json").partitions) do
    table.insert(domains, p.outputs.dnsSuffix)
    table.insert(domains, p.outputs.dualStackDnsSuffix)
  end
end

-- Whether |url| leads where it may: to AWS, or to the Endpoint that was given.
local function leads_home(url, endpoint)
  local authority = url:match("^https?://([^/]*)")
  local given = endpoint and endpoint:match("^https?://([^/]*)")
  if given and ("." .. authority):sub(-#given - 1) == "." .. given then return true end
  for _, domain in ipairs(domains) do
    if authority:sub(-#domain - 1) == "." .. domain then return true end
  end
  return authority == "localhost:8000" -- DynamoDB's own, for Region "local"
end

-- S3 declares these and its rules ask for none: any bytes may stand in an object's key.
local no_matter = { Region = true, Key = true, Prefix = true, CopySource = true }

-- The codes that may answer where the rules gave |url|; nil where it may go out.
local function refused(params, url)
  local codes, region, endpoint = {}, params.Region, params.Endpoint
  if region and (region == "" or region:find("[^%w._-]")) then codes.BAD_REGION = true end
  if endpoint and not is_url(endpoint) then codes.BAD_URL = true end
  for name, v in pairs(params) do
    if not no_matter[name] and type(v) == "string" and v:find("%c") then codes.BAD_URL = true end
  end
  if not next(codes) and not (is_url(url) and leads_home(url, endpoint)) then codes.BAD_URL = true end
  return next(codes) and codes
end

-- ---- effective auth, from the model and a result's properties

local first = { ["aws.auth#sigv4"] = "sigv4", ["aws.auth#sigv4a"] = "sigv4a" }
local versions = { v4 = "sigv4", s3 = "sigv4", s3v4 = "sigv4", v2 = "sigv2", bearer = "bearer" }

local function effective(metadata, region, properties)
  local name = metadata.signingName or metadata.endpointPrefix
  local scheme = properties.authSchemes and properties.authSchemes[1]
  local auth = { double_encode = true }
  if scheme then
    auth.scheme, auth.signing_name = scheme.name, scheme.signingName or name
    auth.signing_region, auth.region_set = scheme.signingRegion or region, scheme.signingRegionSet
    auth.double_encode = not scheme.disableDoubleEncoding
  else
    auth.scheme = metadata.auth and first[metadata.auth[1]] or versions[metadata.signatureVersion]
    auth.signing_name, auth.signing_region = name, region
  end
  if auth.scheme == "sigv4a" then
    auth.region_set = auth.region_set or { auth.signing_region or "*" }
    auth.signing_region = nil
  end
  if auth.signing_region == "" then auth.signing_region = nil end
  return auth
end

-- ---- the comparison

local function describe_fault(service, params, want, got)
  return ("%s %s\nwant %s\ngot  %s"):format(service, cjson.encode(params), cjson.encode(want), cjson.encode(got))
end

-- What is wrong with the answer of the core to |params|; nil where nothing is.
local function fault(service, metadata, params, want, why)
  local got, ep, code = cases.run(fgp.resolve, service, params)
  if not want then
    return code ~= "BAD_PARAMETER" and describe_fault(service, params, why, got) or nil
  end
  if want.error == evaluation.EXHAUSTED then
    return code ~= "ENDPOINT_RULE" and describe_fault(service, params, "no rule", got) or nil
  end
  local refusal = want.url and refused(params, want.url)
  if refusal then
    return not refusal[code] and describe_fault(service, params, refusal, { got, code }) or nil
  end
  if cases.differs(want, got) then return describe_fault(service, params, want, got) end
  if not ep then return code ~= "ENDPOINT_RULE" and describe_fault(service, params, want, code) or nil end
  local auth = effective(metadata, params.Region, want.properties)
  return cases.differs(auth, ep.auth) and describe_fault(service, params, auth, ep.auth) or nil
end

local large = { s3 = 9000, s3control = 9000, kinesis = 4000, dynamodb = 2000, eventbridgev2 = 1000, signin = 600,
                acm = 600, ["cloudfront-keyvaluestore"] = 600, sts = 400, events = 400, sesv2 = 400,
                ["neptune-graph"] = 400, wellarchitected = 400, ["arc-region-switch"] = 400 }

-- Outcomes of conditions, and endpoints and errors, that a rule set has.
local function outcomes(rules)
  local n = 0
  for _, rule in ipairs(rules) do
    n = n + 2 * #rule.conditions + (rule.rules and outcomes(rule.rules) or 1)
  end
  return n
end

local function met(seen)
  local n = 0
  for _, bits in pairs(seen) do n = n + (bits == 3 and 2 or 1) end
  return n
end

-- Draws |n| sets of parameters; those that meet something new are kept, to be changed.
local function compare(evaluator, service, ruleset, metadata, regions, n)
  local drawer, kept, seen, known = drawing.new(ruleset, regions), {}, {}, 0
  for _ = 1, n do
    local old = #kept > 0 and math.random() < 0.6 and kept[math.random(#kept)]
    local params = old and drawer:mutate(old) or drawer:fresh()
    local want, why = evaluator:resolve(ruleset, params, seen)
    local text = fault(service, metadata, params, want, why)
    if text then return text end
    local now = met(seen)
    if now > known then kept[#kept + 1], known = params, now end
  end
  return nil, known, outcomes(ruleset.rules)
end

local function all_regions(partitions)
  local regions = {}
  for _, p in ipairs(partitions.partitions) do
    for name in pairs(p.regions) do regions[#regions + 1] = name end
    regions[#regions + 1] = p.outputs.implicitGlobalRegion
  end
  table.sort(regions)
  return regions
end

describe("the compiled table", function()
  it("answers as the rule sets that it was made of", function()
    if not models_there then
      pending("skipped: the models are not there: set FINGERPOST_MODELS to their folder")
      return
    end
    local times = tonumber(os.getenv("FINGERPOST_DRAWS") or 2)
    local partitions = cases.read(cases.models .. "/partitions.json")
    local evaluator, regions = evaluation.new(partitions), all_regions(partitions)
    local services, draws, reached, all = 0, 0, 0, 0
    math.randomseed(tonumber(os.getenv("FINGERPOST_SEED") or 20240821))
    for service, ruleset, model in cases.services() do
      local n = (large[service] or 100) * times
      local text, known, there = compare(evaluator, service, ruleset, model.metadata, regions, n)
      assert.is_nil(text)
      services, draws, reached, all = services + 1, draws + n, reached + known, all + there
    end
    print(("\n%d comparisons over %d services; %d of %d outcomes of rules met (%.1f %%)")
          :format(draws, services, reached, all, 100 * reached / all))
    assert.is_true(services > 0)
  end)
end)

-- ---- input that must not become an endpoint

local function refusal(service, params)
  local ep, message, code = fgp.resolve(service, params)
  assert.is_nil(ep)
  return code, message
end

describe("a region", function()
  for byte = 0, 255 do
    local c = string.char(byte)
    if not c:find("[%w._-]") then
      it(("A1 may not hold \\x%02x"):format(byte), function()
        for _, region in ipairs { c .. "us-east-1", "us-" .. c .. "east-1", "us-east-1" .. c } do
          for _, service in ipairs { "ec2", "s3", "sts", "dynamodb" } do
            local code, message = refusal(service, { Region = region })
            assert.is_true(code == "BAD_REGION" or code == "ENDPOINT_RULE")
            if code == "BAD_REGION" then assert.truthy(message:find("Region", 1, true)) end
          end
        end
      end)
    end
  end

  for _, region in ipairs { "", "evil.com#", "x@evil:443/#", "us-east-1\r\nX:1", "us-east-1.", "us-east-1/..", "%2e",
                            "us-east-1\0x", ("a"):rep(64), "..", "." } do
    it(("A3 may not be %q"):format(region), function()
      refusal("ec2", { Region = region })
      refusal("s3", { Region = region, Bucket = "photos" })
    end)
  end

  it("A6 that is not known yet has the partition of its form", function()
    assert.equal("https://ec2.us-new-9.amazonaws.com", fgp.resolve("ec2", { Region = "us-new-9" }).url)
    assert.equal("https://ec2.cn-new-9.amazonaws.com.cn", fgp.resolve("ec2", { Region = "cn-new-9" }).url)
  end)
end)

describe("an endpoint given by hand", function()
  for _, url in ipairs { "https://u:p@h", "https://h#f", "https://h?x", "https://evil.com\\@good", "https://h h", "https://",
                         "https://h:0", "https://h:65536", "https://h:443x", "https://h%2fx", "https://h.", "ftp://h",
                         "https://h\r\nX:1", "https://h\0", "https://\xc3\xbc", "https://[::1%25lo]:1", "//h", "" } do
    it(("A8 may not be %q"):format(url), function()
      for _, service in ipairs { "ec2", "s3", "sts", "dynamodb", "s3control" } do
        local code, message = refusal(service, { Region = "us-east-1", Endpoint = url, Bucket = service == "s3" and "photos" or nil })
        assert.is_true(code == "BAD_URL" or code == "ENDPOINT_RULE")
        if code == "BAD_URL" then assert.truthy(message:find("Endpoint", 1, true)) end
        assert.is_nil(message:find("u:p", 1, true) and code == "BAD_URL")
      end
    end)
  end

  it("A9 keeps the brackets of an IPv6 address, and is used path style", function()
    assert.equal("http://[::1]:9000/photos",
                 fgp.resolve("s3", { Region = "us-east-1", Bucket = "photos", Endpoint = "http://[::1]:9000" }).url)
  end)

  it("A10 that is an IPv4 address is used path style", function()
    assert.equal("http://127.0.0.1:9000/photos",
                 fgp.resolve("s3", { Region = "us-east-1", Bucket = "photos", Endpoint = "http://127.0.0.1:9000" }).url)
  end)
end)

describe("any parameter", function()
  local bad = { "x@evil:443/#", "a\r\nb", "a\nb", "a\0b", "a b", "a/../b", "a?b", "a#b", "a\\b", "..", "\xff" }
  local given = {
    s3 = { "Bucket" }, s3control = { "AccountId", "OutpostId", "AccessPointName", "Bucket" }, sesv2 = { "EndpointId" },
    events = { "EndpointId" }, dynamodb = { "AccountId" }, kinesis = { "OperationType" },
  }
  for service, names in pairs(given) do
    for _, name in ipairs(names) do
      it(("of %s: %s can't break out of the host"):format(service, name), function()
        for _, value in ipairs(bad) do
          local params = { Region = "us-east-1", [name] = value, RequiresAccountId = service == "s3control" or nil,
                           AccountIdEndpointMode = service == "dynamodb" and "preferred" or nil,
                           StreamId = service == "kinesis" and "abcdefghijklmnopqrst-abc" or nil }
          local ep, message = fgp.resolve(service, params)
          if ep then
            assert.is_nil(value:find("%c"))
            local host = ep.url:match("^https://([%w.-]+)/?") or ""
            assert.is_true(host:find("%.amazonaws%.com$") ~= nil or host:find("%.api%.aws$") ~= nil, ep.url)
          else
            assert.is_nil(message:find("%c"))
          end
        end
      end)
    end
  end

  it("that breaks out of the host is named", function()
    local code, message = refusal("kinesis", { Region = "us-east-1", StreamId = "abcdefghijklmnopqrst-abc",
                                               OperationType = "evil.com/" })
    assert.equal("BAD_URL", code)
    assert.truthy(message:find("OperationType", 1, true))
  end)

  it("that is not the rule set's is refused by name", function()
    local code, message = refusal("ec2", { Bucket = "photos" })
    assert.equal("BAD_PARAMETER", code)
    assert.truthy(message:find("Bucket", 1, true))
  end)

  it("that is required and not set is named", function()
    local code, message = refusal("acm", { Region = "us-east-1" })
    assert.equal("BAD_PARAMETER", code)
    assert.truthy(message:find("ServiceType", 1, true))
  end)
end)

describe("a service", function()
  it("that is not known is refused by name", function()
    local code, message = refusal("s4", {})
    assert.equal("UNKNOWN_SERVICE", code)
    assert.truthy(message:find("s4", 1, true))
  end)
end)
