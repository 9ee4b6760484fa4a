-- SPDX-License-Identifier: Apache-2.0
-- The house is in order, and its checkers see when it is not.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local server = require "server"

local source = os.getenv("FINGERPOST_SOURCE") or "."

local function tool(name, root)
  return server.run(("lua5.4 %s %s"):format(server.quote(source .. "/tools/" .. name), server.quote(root)))
end

local SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"

-- A tree of |files| (path = text), and what check-house says of it.
local function house(files)
  local dir = server.directory()
  for path, text in pairs(files) do
    server.must(("mkdir -p %s/%s"):format(server.quote(dir), path:match("^(.*)/") or "."))
    server.write(dir .. "/" .. path, text)
  end
  return tool("check-house", dir)
end

describe("check-house", function()
  it("finds no fault here", function()
    local text, code = tool("check-house", source)
    assert.equal(0, code, text)
    assert.matches(" 0 faults", text)
  end)

  it("finds no fault in a good file", function()
    local text, code = house {
      ["core/fingerpost.h"] = SPDX,
      ["core/base/str.h"] = SPDX,
      ["core/sign/a.c"] = SPDX .. [[
#include "a.h"
#include <string.h>
#include "../base/str.h"
#include "fingerpost.h"
/* malloc(1) in a comment,
 * printf("x") in another */
static const char *const names[] = { "malloc(", "static int x;" };
static const int n = 1;
static int add(int a, int b)
{
    return a + b; // time(NULL)
}
fgp_status fgp_f(fgp_out *out, fgp_str s)
{
    size_t i = 0;
    const char *p;
    return fgp_free_time(out) + s->free;
}
]],
      ["core/sign/a.h"] = SPDX .. "typedef struct a a;\nstruct a;\nextern const int table[3];\n",
    }
    assert.equal(0, code, text)
  end)

  -- a fault, the file it is in, what stands there after the SPDX line, what is said
  local FAULTS = {
    { "an include upward", "core/base/a.c", '#include "../sign/key.h"', "core/base may not stand on core/sign/key.h" },
    { "an include upward, by the search path", "core/base/a.c", '#include "sign/key.h"', "may not stand on" },
    { "endpoint on sign", "core/endpoint/a.c", '#include "../sign/key.h"', "may not stand on core/sign/key.h" },
    { "sign on endpoint", "core/sign/a.c", '#include "../endpoint/e.h"', "may not stand on core/endpoint/e.h" },
    { "credentials on sign", "core/credentials/a.c", '#include "../sign/key.h"', "may not stand on core/sign/key.h" },
    { "the header on base", "core/fingerpost.h", '#include "base/str.h"', "core may not stand on core/base/str.h" },
    { "a plugin on base", "plugins/lua/a.c", '#include "base/str.h"', "may not stand on core/base/str.h" },
    { "a plugin on a plugin", "plugins/lua/a.c", '#include "../curl/c.h"', "may not stand on plugins/curl/c.h" },
    { "the helper on the command", "plugins/curl/a.c", '#include "cli/x.h"', "may not stand on plugins/curl/cli/x.h" },
    { "OpenSSL in the core", "core/sign/a.c", "#include <openssl/sha.h>", "only core/base/crypto" },
    { "OpenSSL in a plugin", "plugins/curl/a.c", "#include <openssl/ssl.h>", "only core/base/crypto" },
    { "stdio", "core/sign/a.c", "#include <stdio.h>", "<stdio.h> in the core" },
    { "the clock", "core/sign/a.c", "#include <time.h>", "<time.h> in the core" },
    { "malloc", "core/sign/a.c", "    p = malloc(3);", "malloc() in the core" },
    { "free after a space", "core/sign/a.c", "    free (p);", "free() in the core" },
    { "getenv", "core/credentials/a.c", '    p = getenv("X");', "getenv() in the core" },
    { "a static", "core/sign/a.c", "static int count;", "count can change" },
    { "a static with a value", "core/sign/a.c", "    static size_t n = 3;", "n can change" },
    { "a static array", "core/sign/a.c", "static uint8_t room[10];", "room can change" },
    { "a static pointer to const", "core/sign/a.c", "static const char *last;", "last can change" },
    { "a global", "core/sign/a.c", "int fgp_count = 0;", "fgp_count can change" },
    { "a thread's own", "core/sign/a.c", "_Thread_local int here;", "here can change" },
    { "a tab", "tools/a.lua", "\tx", "a tab" },
    { "space at the end", "docs/a.md", "word ", "space at the end" },
    { "a path of a machine", "docs/a.md", "see /ho" .. "me/me/x", "a path of one machine" },
  }

  for _, case in ipairs(FAULTS) do
    it("finds " .. case[1], function()
      local files = {
        ["core/fingerpost.h"] = SPDX, ["core/base/str.h"] = SPDX, ["core/sign/key.h"] = SPDX,
        ["core/endpoint/e.h"] = SPDX, ["plugins/curl/c.h"] = SPDX, ["plugins/curl/cli/x.h"] = SPDX,
      }
      local head = case[2]:match("%.lua$") and "-- SPDX-License-Identifier: Apache-2.0\n" or SPDX
      files[case[2]] = head .. case[3] .. "\n"
      local text, code = house(files)
      assert.equal(1, code, text)
      assert.matches(case[2] .. ":2: ", text, 1, true)
      assert.matches(case[4], text, 1, true)
      assert.matches(" 1 faults", text, 1, true)
    end)
  end

  it("finds a file without a licence line", function()
    local text, code = house { ["core/a.c"] = "int x(void);\n", ["b"] = "#!/bin/sh\ntrue\n" }
    assert.equal(1, code)
    assert.matches("core/a.c:1: no SPDX", text, 1, true)
    assert.matches("b:1: no SPDX", text, 1, true)
  end)

  it("notes what is long, and passes it", function()
    local text, code = house { ["core/a.c"] = SPDX .. "int f(void)\n{\n" .. ("    x();\n"):rep(70) .. "}\n" ..
                                              ("\n"):rep(500) }
    assert.equal(0, code)
    assert.matches("core/a.c:3: note: a function of 71 lines", text, 1, true)
    assert.matches("note: a file of 574 lines", text, 1, true)
  end)
end)

describe("the pages", function()
  it("point to what is there", function()
    local text, code = tool("check-links", source)
    assert.equal(0, code, text)
  end)

  it("are seen to when they do not", function()
    local dir = server.directory()
    server.must("mkdir " .. server.quote(dir) .. "/docs")
    server.write(dir .. "/docs/b.md", "# Two words\n")
    server.write(dir .. "/a.md", "[ok](docs/b.md#two-words) [no](c.md)\n" ..
                                 "[no](docs/b.md#three) `docs/b.md` `docs/d.md`\n")
    local text, code = tool("check-links", dir)
    assert.equal(1, code)
    assert.matches("a.md:1: there is no c.md", text, 1, true)
    assert.matches("a.md:2: docs/b.md has no heading for #three", text, 1, true)
    assert.matches("a.md:2: there is no docs/d.md", text, 1, true)
    assert.matches(" 3 faults", text, 1, true)
  end)
end)

describe("the Lua", function()
  it("pleases luacheck", function()
    local text, code = server.run(("cd %s && luacheck -q --no-color . $(grep -rlE '^#!.*lua' tools)")
                                  :format(server.quote(source)))
    assert.equal(0, code, text)
  end)
end)

describe("./dev", function()
  local function dev(words) return server.run(("timeout 20 %s/dev %s"):format(server.quote(source), words)) end

  for words, what in pairs {
    ["sing"] = 'no command "sing"',
    ["build debug"] = 'no preset "debug"',
    ["test curl"] = "for a part of the tests: -R curl",   -- ctest would run them all
    ["fuzz curl"] = '"curl" is no number of seconds',     -- libFuzzer would never end
    ["fuzz 0"] = '"0" is no number of seconds',
  } do
    it("refuses " .. words, function()
      local text, code = dev(words)
      assert.equal(1, code, text)
      assert.matches(what, text, 1, true)
    end)
  end
end)
