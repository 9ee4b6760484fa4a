-- SPDX-License-Identifier: Apache-2.0
-- ./dev update-endpoints: the table is the same from a folder of models and from a
-- Debian package of them, compressed as newer ones are; and stays when they are bad.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local server = require "server"

local source = os.getenv("FINGERPOST_SOURCE") or "."
local models = os.getenv("FINGERPOST_MODELS") or source .. "/../shared/endpoint-models"

local function update(from, to)
  return server.run(("%s/tools/update-endpoints %s %s"):format(server.quote(source), server.quote(from),
                                                               server.quote(to)))
end

local function make_package(dir)
  local data = dir .. "/tree/usr/lib/python3/dist-packages/botocore/data"
  server.must(("mkdir -p %s %s/tree/DEBIAN && cp -r %s/. %s && gzip -r %s"):format(
    server.quote(data), server.quote(dir), server.quote(models), server.quote(data), server.quote(data)))
  server.write(dir .. "/tree/DEBIAN/control", "Package: python3-botocore\nVersion: 1\nArchitecture: all\n" ..
                                                 "Maintainer: nobody <nobody@localhost>\nDescription: models\n")
  server.must(("dpkg-deb -Znone --build %s/tree %s/models.deb"):format(server.quote(dir), server.quote(dir)))
  return dir .. "/models.deb"
end

describe("update-endpoints", function()
  it("takes a folder or a package, and they give the same", function()
    if not io.open(models .. "/partitions.json") then
      pending("no models: set FINGERPOST_MODELS to their folder")
      return
    end
    local dir = server.directory()
    for name, from in pairs { folder = models, package = make_package(dir) } do
      server.write(dir .. "/" .. name, "")
      local text, code = update(from, dir .. "/" .. name)
      assert.equal(0, code, text)
      assert.matches("has changed", text, 1, true)
    end
    assert.is_true(server.read(dir .. "/folder") == server.read(source .. "/core/endpoint/table.c"))
    assert.is_true(server.read(dir .. "/package") == server.read(dir .. "/folder"))
    assert.matches("is as it was", (update(models, dir .. "/folder")), 1, true)
  end)

  it("leaves the table alone when it can't", function()
    local dir = server.directory()
    server.write(dir .. "/table", "as it was")
    server.write(dir .. "/file", "no package")
    for from, told in pairs {
      [dir .. "/nowhere"] = "there is no ", [dir] = "no partitions.json there", [dir .. "/file"] = "is no Debian package",
    } do
      local text, code = update(from, dir .. "/table")
      assert.equal(1, code, text)
      assert.matches(told, text, 1, true)
    end
    server.write(dir .. "/partitions.json", "{")
    local text, code = update(dir, dir .. "/table")
    assert.equal(1, code)
    assert.matches("can't be compiled", text, 1, true)
    assert.equal("as it was", server.read(dir .. "/table"))
  end)
end)
