-- SPDX-License-Identifier: Apache-2.0
-- The libcurl helper: what goes over the wire is what was signed, or nothing goes.
-- The command and curl_probe.c make the requests; a verifier that is not ours says
-- whether they are right.
assert(_VERSION == "Lua 5.4")

local command = require "command"
local origin = require "origin"
local server = require "server"
local verify = require "verify"

local with = command.with

local BUILD = os.getenv("FINGERPOST_BUILD")
local SECRET, TOKEN = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "Session/Token+Example=="
local KEYS = { AWS_ACCESS_KEY_ID = "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY = SECRET, AWS_REGION = "eu-west-1" }

local function escape(s)
  return (s:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end))
end

describe("over the wire,", function()
  local o, base
  local scope = { region = "eu-west-1", service = "s3" }

  setup(function()
    o = origin.start()
    base = "http://127.0.0.1:" .. o.port
  end)
  before_each(function() o.forget() end)

  -- Runs a scenario of curl_probe.c's; what it printed.
  local function probe(scenario, url, argument, env)
    local vars = {}
    for name, value in pairs(with(with(KEYS, { ENDPOINT = base, SERVICE = "s3" }), env or {})) do
      table.insert(vars, name .. "=" .. server.quote(value))
    end
    local text, code = server.run(("env -i %s %s/tests/curl_probe %s %s %s"):format(
      table.concat(vars, " "), server.quote(BUILD), scenario, server.quote(url),
      argument and server.quote(argument) or ""))
    assert.equal(0, code, text)
    return text
  end

  -- Each request that came must be signed right. Returns them.
  local function all_right(n, where)
    local list = o.requests()
    assert.equal(n, #list)
    for i, answer in ipairs(verify.all(list, SECRET, with(scope, where or {}))) do
      assert.is_true(answer.ok, verify.told(answer))
      assert.is_nil(o.header(list[i], "expect"))
    end
    return list
  end

  local OK = "rc=0 http=200 status=0 \n"

  it("each request on a kept connection is signed", function()
    assert.equal(OK:rep(3), probe("three", base .. "/a?b=c"))
    local list = all_right(3)
    assert.equal(list[1].connection, list[3].connection)
    assert.same({ "GET", "/a?b=c" }, { list[3].method, list[3].target })
  end)

  it("each is on a new one when the server hangs up", function()
    o.answer "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    finally(function() o.answer(nil) end)
    assert.equal(OK:rep(3), probe("three", "s3://photos/k"))
    local list = all_right(3)
    assert.not_equal(list[1].connection, list[3].connection)
  end)

  it("a proxy on the way sees neither signature nor token", function()
    o.answer "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    finally(function() o.answer(nil) end)
    command.run({ "request", "https://photos.invalid/", "--service", "s3" },
                { env = with(KEYS, { https_proxy = base, AWS_SESSION_TOKEN = TOKEN }) })
    local r = o.last()
    assert.same({ "CONNECT", "photos.invalid:443" }, { r.method, r.target })
    for _, name in ipairs { "authorization", "x-amz-security-token", "x-amz-date" } do
      assert.is_nil(o.header(r, name))
    end
  end)

  it("a HEAD is a HEAD", function()
    probe("head", "s3://photos/a")
    assert.same({ "HEAD", "/photos/a" }, { all_right(1)[1].method, o.last().target })
  end)

  it("a body in memory is covered", function()
    probe("post_then_get", base .. "/")
    local list = all_right(2)
    assert.same({ "POST", "a\0b", "GET", "" }, { list[1].method, list[1].body, list[2].method, list[2].body })
    assert.is_nil(o.header(list[1], "content-type"))
  end)

  it("a streamed body is covered by its hash", function()
    local hash = server.must("printf xxxxxxxxxx | sha256sum"):match("%x+")
    assert.equal(OK, probe("upload", "s3://photos/k", hash))
    assert.same({ "PUT", ("x"):rep(10) }, { all_right(1)[1].method, o.last().body })
  end)

  it("a streamed body without one is not sent", function()
    assert.truthy(probe("upload", "s3://photos/k"):find("^rc=42 http=0 status=%-104 the hash of the PUT body is not known"))
    assert.truthy(probe("upload", "s3://photos/k", "ABC"):find("^rc=42 http=0 status=%-15 "))
    all_right(0)
  end)

  it("a body may go uncovered, over TLS alone", function()
    local tls = "https://127.0.0.1:" .. o.https_port
    assert.equal(OK, probe("upload_unsigned", "s3://photos/k", o.ca, { ENDPOINT = tls }))
    assert.equal("UNSIGNED-PAYLOAD", o.header(all_right(1)[1], "x-amz-content-sha256"))
    o.forget()
    assert.truthy(probe("upload_unsigned", "s3://photos/k", o.ca):find("^rc=42 .*https"))
    all_right(0)
  end)

  it("header lines mean what they mean to libcurl", function()
    probe("headers", base .. "/", nil, { AWS_SESSION_TOKEN = TOKEN })
    local r = all_right(1, { session_token = TOKEN })[1]
    assert.equal("two  words", o.header(r, "x-amz-meta-a"))
    assert.equal("", o.header(r, "x-amz-meta-empty"))
    assert.equal("text/plain", o.header(r, "content-type"))
    assert.equal("probe", o.header(r, "user-agent"))
    assert.equal(TOKEN, o.header(r, "x-amz-security-token"))
    assert.is_nil(o.header(r, "accept"))
    assert.truthy(r.raw:find("X%-Amz%-Meta%-A: two  words\r\n"))
    assert.truthy(o.header(r, "authorization"):find(
      "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-meta-b;" ..
      "x-amz-meta-empty;x-amz-security-token,", 1, true))
  end)

  it("another service's paths are encoded once more to be signed", function()
    probe("one", base .. "/a%20b/c:d", nil, { SERVICE = "lambda" })
    assert.equal("/a%20b/c:d", o.last().target)
    all_right(1, { service = "lambda" })
    o.forget()
    probe("post", base .. "/", "{}", { SERVICE = "cloudwatch" })
    all_right(1, { service = "monitoring" })
  end)

  it("B8 a key may hold any byte but NUL", function()
    local bytes = {}
    for i = 1, 255 do bytes[i] = string.char(i) end
    local key = table.concat(bytes)
    assert.equal(OK, probe("one", "s3://photos/" .. key))
    local path = all_right(1)[1].target:match("^/photos/(.*)$")
    assert.is_nil(path:find("[^A-Za-z0-9%-._~/%%]"))
    assert.equal(key, (path:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)))
  end)

  it("a Host of one's own is the one that is signed", function()
    command.run({ "request", "--service", "s3", base .. "/k", "-H", "Host: photos.example.com" }, { env = KEYS })
    assert.equal("photos.example.com", o.header(all_right(1)[1], "host"))
  end)

  it("bytes that are not ASCII go out encoded", function()
    probe("one", base .. "/\xc3\xa9?k=\xc3\xa9")
    assert.equal("/%C3%A9?k=%C3%A9", all_right(1)[1].target)
  end)

  it("handles of curl_multi are signed when they go", function()
    assert.equal(OK:rep(6), probe("multi", "s3://photos/a b"))
    for _, r in ipairs(all_right(6)) do assert.equal("/photos/a%20b", r.target) end
  end)

  it("threads share credentials and keys", function()
    assert.equal("good=80\n", probe("threads", "s3://photos/k"))
    local list = o.requests()
    assert.equal(80, #list)
    for _, answer in ipairs(verify.all(list, SECRET)) do assert.is_true(answer.ok, verify.told(answer)) end
  end)

  describe("a redirect", function()
    local function leads(to, status)
      return ("%s/go?x-reply-header=%s&x-reply-status=%d"):format(base, escape("Location: " .. to), status or 307)
    end

    it("is not followed by itself", function()
      assert.equal("rc=0 http=307 status=0 \n", probe("one", leads "/next"))
      all_right(1)
    end)

    it("on the same host is signed anew", function()
      assert.equal(OK, probe("follow", leads("/a%20b?c=d#fragment"), "body"))
      local list = all_right(2)
      assert.same({ "POST", "/a%20b?c=d", "body" }, { list[2].method, list[2].target, list[2].body })
    end)

    it("that makes a GET of a POST leaves the body's hash behind", function()
      assert.equal(OK, probe("follow", leads("/next", 303), "body"))
      local list = all_right(2)
      assert.same({ "GET", "/next", "" }, { list[2].method, list[2].target, list[2].body })
    end)

    local foreign = {
      ["to another port"] = function() return "http://127.0.0.1:" .. o.https_port .. "/next" end,
      ["to another name"] = function() return "http://localhost:" .. o.port .. "/next" end,
      ["with a password"] = function() return "http://u:pw@127.0.0.1:" .. o.port .. "/next" end,
      ["to what is not in signed form"] = function() return "/next?z" end,
    }
    for what, to in pairs(foreign) do
      it(what .. " gets nothing", function()
        local text = probe("follow", leads(to()), nil, { AWS_SESSION_TOKEN = TOKEN })
        assert.truthy(text:find("^rc=42 http=307 status=%-%d+ %w"), text)
        assert.is_nil(text:find("pw", 1, true))
        all_right(1, { session_token = TOKEN })
      end)
    end

    it("is refused by the command, too", function()
      local other = origin.start()
      local out, err, code = command.run(
        { "request", "-L", "--service", "s3", leads("http://127.0.0.1:" .. other.port .. "/next") }, { env = KEYS })
      assert.same({ "", 5 }, { out, code })
      assert.truthy(err:find('"127.0.0.1:' .. other.port .. '" is another host', 1, true), err)
      assert.same({}, other.requests())
      out = command.run({ "request", "-L", "--service", "s3", leads "/next" }, { env = KEYS })
      assert.equal("ok", out)
    end)
  end)

  it("a handle stays armed after curl_easy_reset", function()
    assert.equal(OK:rep(3), probe("reset", "s3://photos/k"))
    all_right(3)
  end)

  it("a copy signs for itself", function()
    assert.equal(OK:rep(2), probe("dup", "s3://photos/k"))
    all_right(2)
  end)

  it("a handle without a request prepared sends nothing", function()
    local text = probe("unprepared", base .. "/")
    assert.equal(2, select(2, text:gsub("rc=42 http=0 status=%-106 not sent: call fgp_curl_prepare%(%)", "")), text)
    all_right(0)
  end)

  it("a URL set behind the helper's back gets nothing on another host", function()
    assert.truthy(probe("elsewhere", base .. "/a", "http://localhost:" .. o.port .. "/b"):find("^rc=42 .*another host"))
    all_right(0)
    assert.equal(OK, probe("elsewhere", base .. "/a", base .. "/b"))
    assert.equal("/b", all_right(1)[1].target)
  end)

  it("no option of libcurl's sends another target, or to another port", function()
    assert.equal(OK, probe("astray", base .. "/a?b=c"))
    assert.equal("/a?b=c", all_right(1)[1].target)
  end)

  it("a detached handle is plain again", function()
    assert.equal(OK .. "rc=0 http=200\n", probe("detached", base .. "/a/../b"))
    local list = o.requests()
    assert.truthy(o.header(list[1], "authorization"))
    assert.equal("/a/../b", list[1].target)
    assert.is_nil(o.header(list[2], "authorization"))
    assert.is_nil(o.header(list[2], "x-amz-date"))
    assert.equal("/b", list[2].target)
  end)

  it("a program's own callback comes first", function()
    assert.equal("own\n" .. OK, probe("chain", "s3://photos/k"))
    all_right(1)
  end)

  it("what is shown of it holds no secret", function()
    local text = probe("debug", base .. "/?x-reply-header=" .. escape("Set-Cookie: a=" .. SECRET), nil,
                       { AWS_SESSION_TOKEN = TOKEN })
    local signature = o.header(all_right(1, { session_token = TOKEN })[1], "authorization"):match("Signature=(%x+)")
    assert.truthy(text:find("> x-amz-security-token:***\n", 1, true), text)
    assert.truthy(text:find("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=***\n", 1, true))
    assert.truthy(text:find("< Set-Cookie:***\n", 1, true), text)
    for _, secret in ipairs { SECRET, TOKEN, signature } do assert.is_nil(text:find(secret, 1, true), text) end
  end)

  it("a presigned URL is all that is needed", function()
    local lines = {}
    for line in probe("presign", "s3://photos/a b", "PUT"):gmatch("[^\n]+") do table.insert(lines, line) end
    assert.same({ "status=-16", "status=-16" }, { lines[2], lines[3] })
    server.must("curl --noproxy 127.0.0.1 -s -X PUT " .. server.quote(lines[1]))
    all_right(1)
  end)

  it("wrong options are refused", function()
    local text = probe("options", base)
    assert.truthy(text:find("^FGP_CURLOPT_ number 30001: there is no such option"), text)
    assert.truthy(text:find("\n%-20 %-21 %-21\n$"), text)
  end)

  describe("the command", function()
    it("sends header lines, query and body as they are", function()
      local out, _, code = command.run({ "request", "--service", "s3", base .. "/k?b=2&a=1", "--query", "c",
        "-H", "X-Amz-Meta-A: x", "-X", "PUT", "-d", "@-" }, { env = KEYS, stdin = "by\0tes" })
      assert.same({ "ok", 0 }, { out, code })
      local r = all_right(1)[1]
      assert.same({ "PUT", "/k?a=1&b=2&c=", "by\0tes" }, { r.method, r.target, r.body })
      assert.equal("x", o.header(r, "x-amz-meta-a"))
    end)

    it("says how long an empty body is", function()
      command.run({ "request", "--service", "s3", base .. "/k?uploads", "-X", "POST" }, { env = KEYS })
      assert.equal("0", o.header(all_right(1)[1], "content-length"))
      assert.equal("POST", o.last().method)
      o.forget()
      command.run({ "sign", "--service", "s3", base .. "/k", "-X", "PUT", "--output", "curl" },
                  { env = KEYS, shell = "| curl -s -K -" })
      assert.equal("0", o.header(all_right(1)[1], "content-length"))
    end)

    it("uploads from a pipe", function()
      command.run({ "request", "--service", "s3", base .. "/k", "-T", "-" }, { env = KEYS, stdin = "piped" })
      assert.same({ "PUT", "piped" }, { all_right(1)[1].method, o.last().body })
    end)

    it("gives curl what it needs", function()
      for _, args in ipairs { { "-X", "HEAD" }, { "-X", "PUT", "-d", 'q"uo\\te\tand\nline[1-3]{a,b}' } } do
        o.forget()
        local out, err, code = command.run({ "sign", "--service", "s3", "--output", "curl",
          "-H", 'X-Amz-Meta-A: "b\\c"', base .. "/a/../[1-2]{b,c}", table.unpack(args) },
          { env = KEYS, shell = "| curl -s -K -" })
        assert.equal(0, code, out .. err)
        local r = all_right(1)[1]
        assert.same({ args[2], args[4] or "", "/a/../%5B1-2%5D%7Bb%2Cc%7D" }, { r.method, r.body, r.target })
        assert.equal('"b\\c"', o.header(r, "x-amz-meta-a"))
      end
    end)

    it("writes HTTP that a server reads", function()
      local request = command.run({ "sign", "--service", "s3", "--output", "http", "-d", "body", base .. "/k" }, { env = KEYS })
      local socket = assert(require("socket").connect("127.0.0.1", o.port))
      socket:send(request)
      assert.equal("HTTP/1.1 200 Canned", socket:receive("*l"))
      socket:close()
      assert.equal("body", all_right(1)[1].body)
    end)

    it("shows the wire without secrets", function()
      local _, err = command.run({ "request", "-v", "--service", "s3", base .. "/" },
                                 { env = with(KEYS, { AWS_SESSION_TOKEN = TOKEN }) })
      assert.truthy(err:find("> GET / HTTP/1.1\n", 1, true), err)
      assert.is_nil(err:find("Session", 1, true))
      assert.is_nil(err:find("Signature=%x"))
    end)

    it("tells HTTP errors only when asked to", function()
      local url = base .. "/?x-reply-body=why&x-reply-status=403"
      local out, err, code = command.run({ "request", "--service", "s3", url }, { env = KEYS })
      assert.same({ "why", "", 0 }, { out, err, code })
      out, err, code = command.run({ "request", "--fail", "--service", "s3", url }, { env = KEYS })
      assert.same({ "", 22 }, { out, code })
      assert.truthy(err:find("the server answered 403", 1, true), err)
    end)

    it("keeps messages and data off the wire where its outputs are closed", function()
      local args = { "request", "-v", "--service", "s3", base .. "/?x-reply-body=why" }
      for _, shell in ipairs { ">&-", ">&- 2>&-", "<&- >&- 2>&-" } do
        o.forget()
        local _, _, code = command.run(args, { env = KEYS, shell = shell })
        assert.equal(5, code, shell)
        assert.equal(1, #o.requests(), shell)
        assert.truthy(o.last().raw:find("\r\n\r\n$"), shell)
      end
    end)

    it("leaves the file alone when the call fails", function()
      local file = server.directory() .. "/out"
      server.write(file, "old")
      command.run({ "request", "--fail", "-o", file, "--service", "s3", base .. "/?x-reply-status=500" }, { env = KEYS })
      assert.equal("old", server.read(file))
      command.run({ "request", "-o", file, "--service", "s3", base .. "/" }, { env = KEYS })
      assert.equal("ok", server.read(file))
      local _, err, code = command.run({ "request", "-o", "/nowhere/x", "--service", "s3", base .. "/" }, { env = KEYS })
      assert.equal(2, code, err)
      assert.truthy(err:find("cannot write /nowhere/x: No such file", 1, true), err)
    end)

    it("shows the reply's head", function()
      local out = command.run({ "request", "-i", "--service", "s3", base .. "/" }, { env = KEYS })
      assert.equal("HTTP/1.1 200 Canned\r\nContent-Length: 2\r\n\r\nok", out)
      out = command.run({ "request", "-I", "--service", "s3", base .. "/" }, { env = KEYS })
      assert.equal("HTTP/1.1 200 Canned\r\nContent-Length: 2\r\n\r\n", out)
    end)

    it("gives up in time", function()
      local listener = assert(require("socket").bind("127.0.0.1", 0))
      local _, port = listener:getsockname()
      local _, err, code = command.run({ "request", "--max-time", "1", "--service", "s3",
                                         "http://127.0.0.1:" .. math.tointeger(port) .. "/" }, { env = KEYS })
      listener:close()
      assert.equal(5, code, err)
    end)

    it("checks certificates", function()
      local url = "https://127.0.0.1:" .. o.https_port .. "/"
      local _, err, code = command.run({ "request", "--service", "s3", url }, { env = KEYS })
      assert.equal(5, code, err)
      assert.same({}, o.requests())
      local out = command.run({ "request", "--service", "s3", "--cacert", o.ca, url }, { env = KEYS })
      assert.equal("ok", out)
      all_right(1)
    end)
  end)

  it("bad input sends nothing", function()
    local E = { "--endpoint-url", base }
    local rows = {
      { "s3://photos/k", "--region", "x@evil:443/#" }, { "s3://photos/k", "--region", "a\r\nb" },
      { "s3://Photos/k" }, { "s3:///k" }, { "s3://pho\xc3\xb6tos/k" }, { "s3://photos/" .. ("k"):rep(1025) },
      { "s3://photos/k", "-H", "A: b\r\nC: d" }, { "s3://photos/k", "-H", "A\xc3\xa9: b" },
      { "s3://photos/k", "-H", "Authorization: x" }, { "s3://photos/k", "-H", "X-Amz-Date: x" },
      { "s3://photos/k", "-X", "G ET" }, { "s3://photos/k", "--query", "a=%zz" }, { "s3://photos/k", "--query", "a b" },
      { "s3://photos/k", "--query", "X-Amz-Signature=0" }, { "s3://photos/k", "--query", "a\r\nb" },
      { "s3://photos/k", "--signing-name", "s3/x" }, { "s3://photos/k", "--signing-region", "A" },
      { "/a b", "--service", "s3" }, { "/a\r\nb", "--service", "s3" },
      { "/" .. ("k"):rep(65536), "--service", "s3" }, { "/a#b", "--service", "s3" },
    }
    for _, row in ipairs(rows) do
      for _, name in ipairs { "request", "sign", "presign" } do
        local args = { name, table.unpack(row) }
        table.move(E, 1, 2, #args + 1, args)
        local out, err, code = command.run(args, { env = KEYS })
        local what = table.concat(row, " "):sub(1, 80)
        assert.equal(2, code, what .. ": " .. err .. out)
        assert.equal("", out)
        assert.truthy(err:find("^fingerpost " .. name .. ": .+\n$"), err)
        assert.is_nil(err:find("[^\n\t -~]"), what)
        assert.is_nil(err:find("Sanitizer", 1, true), err)
      end
    end
    assert.same({}, o.requests())
  end)
end)
