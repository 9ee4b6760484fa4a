-- SPDX-License-Identifier: Apache-2.0
-- The committed table: that it is what the compiler makes of the models, and no larger
-- than it may be; and that the compiler refuses what it does not know.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local cjson = require "cjson"
local cases = require "endpoint_cases"

local source = os.getenv("FINGERPOST_SOURCE") or "."
local MOST = 65536 -- bytes that the table of all services may have

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- Output, messages and success of the compiler.
local function compile(...)
  local errors = os.tmpname()
  local pipe = io.popen(("lua5.4 %s/tools/compile-endpoints %s 2>%s"):format(source, table.concat({ ... }, " "), errors))
  local output = pipe:read("a")
  local good = pipe:close()
  local messages = read(errors)
  os.remove(errors)
  return output, messages, good
end

describe("the committed table", function()
  local text = read(source .. "/core/endpoint/table.c")

  it("takes at most 64 KiB", function()
    local size = tonumber(text:match("bytes%[(%d+)%]"))
    print(("\n%d bytes"):format(size))
    assert.is_true(size <= MOST)
  end)

  it("has lines of at most 100 columns, and no trace of when or where it was made", function()
    for line in text:gmatch("[^\n]*") do assert.is_true(#line <= 100) end
  end)

  it("is what the compiler makes of the models, byte for byte", function()
    if not io.open(cases.models .. "/partitions.json") then
      pending("skipped: the models are not there: set FINGERPOST_MODELS to their folder")
      return
    end
    assert.is_true(compile(cases.models) == text)
  end)
end)

describe("update-endpoints", function()
  local dir

  local function run(...)
    local pipe = io.popen(("%s/tools/update-endpoints %s 2>&1"):format(source, table.concat({ ... }, " ")))
    local said = pipe:read("a")
    return said, pipe:close()
  end

  setup(function()
    dir = os.tmpname()
    os.remove(dir)
    assert(os.execute("mkdir " .. dir))
  end)

  teardown(function() os.execute("rm -r " .. dir) end)

  it("says which services come and go", function()
    if not io.open(cases.models .. "/partitions.json") then
      pending("skipped: the models are not there: set FINGERPOST_MODELS to their folder")
      return
    end
    assert(os.execute(("mkdir %s/few && cp -r %s/partitions.json %s/s3 %s/sts %s/few"):format(
      dir, cases.models, cases.models, cases.models, dir)))
    assert(os.execute(("chmod -R u+w %s/few && cp -r %s/few/sts %s/few/zzz"):format(dir, dir, dir)))
    write(dir .. "/table.c", read(source .. "/core/endpoint/table.c"))
    local said, good = run(dir .. "/few", dir .. "/table.c")
    assert.is_true(good)
    assert.truthy(said:find("\n+ zzz\n", 1, true), said)
    assert.truthy(said:find("\n- ec2\n", 1, true), said)
    assert.truthy(said:find("3 services, ", 1, true), said)
  end)
end)

describe("the compiler", function()
  local dir

  local partitions = {
    partitions = { {
      id = "aws", regionRegex = [[^(us|eu)\-\w+\-\d+$]], regions = { ["aws-global"] = {} },
      outputs = { name = "aws", dnsSuffix = "amazonaws.com", dualStackDnsSuffix = "api.aws",
                  implicitGlobalRegion = "us-east-1", supportsFIPS = true, supportsDualStack = true },
    } },
  }

  setup(function()
    dir = os.tmpname()
    os.remove(dir)
    assert(os.execute("mkdir " .. dir))
  end)

  teardown(function() os.execute("rm -r " .. dir) end)

  -- What the compiler says to one rule, with |more| in the rule set's parameters.
  local function refusal(rule, more, world)
    local parameters = { Region = { type = "string", builtIn = "AWS::Region" } }
    for name, p in pairs(more or {}) do parameters[name] = p end
    write(dir .. "/partitions.json", cjson.encode(world or partitions))
    write(dir .. "/thing.json", cjson.encode { version = "1.0", parameters = parameters, rules = { rule } })
    local _, messages, good = compile(dir)
    assert.is_nil(good)
    return messages
  end

  local function endpoint(properties, conditions)
    return { type = "endpoint", conditions = conditions or {},
             endpoint = { url = "https://x.example.com", properties = properties } }
  end

  local function asks(fn, ...)
    return endpoint(nil, { { fn = fn, argv = { ... } } })
  end

  local region = { ref = "Region" }

  it("compiles what it knows", function()
    write(dir .. "/partitions.json", cjson.encode(partitions))
    write(dir .. "/thing.json", cjson.encode { parameters = { Region = { type = "string" } },
                                               rules = { asks("isSet", region) } })
    local output, messages, good = compile(dir)
    assert.equal("", messages)
    assert.is_true(good)
    assert.truthy(output:find("static const uint8_t bytes", 1, true))
    assert.equal(output, (compile(dir)))
  end)

  for fn, args in pairs { split = { region, "-", 0 }, coalesce = { region, "x" }, ite = { true, "a", "b" } } do
    it("refuses the function " .. fn, function()
      assert.truthy(refusal(asks(fn, table.unpack(args))):find(("thing: function '%s' is not known"):format(fn), 1, true))
    end)
  end

  it("refuses a parameter of another type", function()
    assert.truthy(refusal(asks("isSet", region), { N = { type = "number" } })
                  :find("parameter N: type 'number' is not known", 1, true))
  end)

  it("refuses more parameters than there is room for", function()
    local more = {}
    for i = 1, 30 do more["P" .. i] = { type = "string" } end
    assert.truthy(refusal(asks("isSet", region), more):find("more than 24 in one rule set", 1, true))
  end)

  it("refuses a regionRegex of another form", function()
    local world = cjson.decode(cjson.encode(partitions))
    world.partitions[1].regionRegex = [[^us\-.*$]]
    assert.truthy(refusal(asks("isSet", region), nil, world):find("a regionRegex of another form", 1, true))
  end)

  it("refuses a property of another kind", function()
    assert.truthy(refusal(endpoint { weight = 3 }):find("property weight: a number", 1, true))
  end)

  it("refuses an auth scheme that it does not know", function()
    assert.truthy(refusal(endpoint { authSchemes = { { name = "hmac" } } })
                  :find("scheme 'hmac' is not known", 1, true))
    assert.truthy(refusal(endpoint { authSchemes = { { name = "sigv4", signer = "x" } } })
                  :find("authSchemes: 'signer' is not known", 1, true))
  end)

  it("refuses a name that is neither parameter nor variable", function()
    assert.truthy(refusal(asks("isSet", { ref = "Regoin" })):find("'Regoin' is no parameter", 1, true))
  end)

  it("refuses an attribute that a record has not", function()
    local partition = { fn = "aws.partition", argv = { region } }
    assert.truthy(refusal(asks("getAttr", partition, "colour")):find("a partition has no 'colour'", 1, true))
  end)

  it("refuses a result that may outgrow the room that is promised", function()
    assert.truthy(refusal { type = "error", conditions = {}, error = ("{Region}"):rep(4) }
                  :find("more room than fingerpost.h promises", 1, true))
  end)

  it("names a file that is not there", function()
    local _, messages = compile(dir .. "/none")
    assert.truthy(messages:find("none", 1, true))
  end)
end)
