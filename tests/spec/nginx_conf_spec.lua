-- SPDX-License-Identifier: Apache-2.0
-- What the nginx module says of a wrong configuration: nginx refuses to start, and
-- its message names the directive, the mistake and the remedy.

assert(_VERSION == "Lua 5.4", "these specs want Lua 5.4, not " .. _VERSION)

local nginx = require "nginx"
local server = require "server"

local GOOD = nginx.credentials("AKIDEXAMPLE", "wJalr/Secret+Key")

-- |http| with a server around it where it has none.
local function try(http, o)
  o = o or {}
  if not http:find("server {", 1, true) then
    http = "aws_credentials file=creds;\nserver { listen 127.0.0.1:@PORT@;\n" .. http .. "\n}"
  end
  o.http = http
  o.files = o.files or { creds = GOOD }
  return nginx.test(o)
end

local function refused(http, message, o)
  local text, code = try(http, o)
  assert.equal(1, code, text)
  assert.truthy(text:find(message, 1, true), ("expected: %s\ngot: %s"):format(message, text))
  assert.is_nil(text:find("Secret", 1, true), "a secret in " .. text)
  return text
end

local function accepted(http, o)
  local text, code = try(http, o)
  assert.equal(0, code, text)
  return text
end

local PASS = "aws_pass s3://photos region=eu-west-1 endpoint=http://127.0.0.1:1 path_style;"

-- { what it is, inside of server{}, part of the message }
local mistakes = {
  { "a target of no kind", "location / { aws_pass photos region=eu-west-1; }",
    [[needs "s3://bucket" or "https://host"]] },
  { "no region anywhere", "location / { aws_pass s3://photos; }",
    [["aws_pass" has no region: write "region=name", or set AWS_REGION]] },
  { "a region that is none (A4)", "location / { aws_pass s3://photos region=EU-WEST-1; }", [[region "EU-WEST-1"]] },
  { "a region that breaks out (A3)", [[location / { aws_pass s3://photos "region=x@evil:443/#"; }]],
    [[region "x@evil:443/#"]] },
  { "an empty region (A2)", "location / { aws_pass s3://photos region=; }", [[invalid parameter "region="]] },
  { "an unknown parameter", "location / { aws_pass s3://photos region=eu-west-1 acl=private; }",
    [[invalid parameter "acl=private" of "aws_pass": s3:// takes]] },
  { "a parameter of the other kind", "location / { aws_pass s3://photos region=eu-west-1 service=s3; }",
    [[invalid parameter "service=s3"]] },
  { "a parameter twice", "location / { aws_pass s3://photos region=eu-west-1 region=eu-west-2; }",
    [[duplicate parameter "region=eu-west-2"]] },
  { "a bucket that is none (B3)", "location / { aws_pass s3://Photos_1 region=eu-west-1; }", [[bucket "Photos_1"]] },
  { "no bucket (B1)", "location / { aws_pass s3:///x/ region=eu-west-1; }", "the bucket is empty" },
  { "a bucket of dots (B2)", "location / { aws_pass s3://.. region=eu-west-1; }", [[bucket ".."]] },
  { "a bucket with user information", "location / { aws_pass s3://u@photos region=eu-west-1; }",
    [[bucket "u@photos"]] },
  { "a bucket from a variable", "location / { aws_pass s3://$host region=eu-west-1; }", "cannot have variables" },
  { "an endpoint with user information (A8)",
    "location / { aws_pass s3://photos region=eu-west-1 endpoint=https://u:p@host; }", [["aws_pass"]] },
  { "an endpoint with a bad port (A8)",
    "location / { aws_pass s3://photos region=eu-west-1 endpoint=http://127.0.0.1:65536; }", [["aws_pass"]] },
  { "an endpoint with a fragment (A8)",
    [[location / { aws_pass s3://photos region=eu-west-1 "endpoint=https://h#f"; }]], [["aws_pass"]] },
  { "an endpoint of another scheme",
    "location / { aws_pass s3://photos region=eu-west-1 endpoint=ftp://host; }", [["aws_pass"]] },
  { "FIPS where there is none (A14)", "location / { aws_pass s3://photos region=cn-north-1 fips; }", [["aws_pass"]] },
  { "a prefix in a regular expression",
    "location ~ /x { aws_pass s3://photos/site/ region=eu-west-1; }",
    "cannot have a path, be it \"/\", in location given by regular expression" },
  { "a prefix in a named location", "location @x { aws_pass s3://photos/ region=eu-west-1; }",
    "or inside named location" },
  { "a prefix in an if", "location / { if ($arg_x) { aws_pass s3://photos/a/ region=eu-west-1; } }",
    [[inside "if" statement]] },
  { "a prefix that does not end", "location / { aws_pass s3://photos/site region=eu-west-1; }",
    [[has a prefix that does not end with "/"]] },
  { "a location that does not end", "location /x { aws_pass s3://photos/site/ region=eu-west-1; }",
    [[the location's name that it replaces does not end with "/"]] },
  { "dots in a prefix", "location / { aws_pass s3://photos/a/../b/ region=eu-west-1; }",
    [[a prefix with an empty segment, "." or ".."]] },
  { "an empty segment in a prefix", "location / { aws_pass s3://photos/a//b/ region=eu-west-1; }",
    [[a prefix with an empty segment, "." or ".."]] },
  { "an encoded prefix", "location / { aws_pass s3://photos/a%20b/ region=eu-west-1; }",
    "it is written as it is, not percent-encoded" },
  { "a prefix that is too long", "location / { aws_pass s3://photos/" .. ("x"):rep(1025) .. "/ region=eu-west-1; }",
    "1024" },
  { "no object in an exact location", "location = /x { aws_pass s3://photos/ region=eu-west-1; }", "names no object" },
  { "a URL without a service", "location / { aws_pass https://127.0.0.1 region=eu-west-1; }",
    [[needs "service=name" after a URL]] },
  { "a URL with a query", [[location / { aws_pass "https://127.0.0.1/?x=1" service=es region=eu-west-1; }]],
    "cannot have a query" },
  { "a URL with user information", "location / { aws_pass https://a@127.0.0.1/ service=es region=eu-west-1; }",
    [["aws_pass"]] },
  { "a signing name that is none", "location / { aws_pass https://127.0.0.1/ service=e/s region=eu-west-1; }",
    [["aws_pass"]] },
  { "two targets", "location / { " .. PASS .. PASS .. " }", [["aws_pass" directive is duplicate]] },
  { "proxy_pass before", "location / { proxy_pass http://127.0.0.1:1; " .. PASS .. " }",
    [["aws_pass" directive is not the only directive that handles this location]] },
  { "proxy_pass after", "location / { " .. PASS .. " proxy_pass http://127.0.0.1:1; }",
    [["proxy_pass" directive is duplicate]] },
  { "another handler after", "location / { " .. PASS .. " fastcgi_pass 127.0.0.1:1; }",
    [["aws_pass" in]] },
  { "both directives", "location / { aws_sign s3 region=eu-west-1; " .. PASS .. " }",
    [["aws_sign" exclude each other]] },
  { "both the other way round", "location / { " .. PASS .. " aws_sign s3 region=eu-west-1; }",
    [["aws_pass" exclude each other]] },
  { "a Host of one's own", "location / { " .. PASS .. " proxy_set_header Host $host; }",
    [["proxy_set_header Host" would be sent beside the signature]] },
  { "a host in other letters", "location / { proxy_set_header hOST $host; " .. PASS .. " }",
    [["proxy_set_header hOST" would be]] },
  { "an Authorization of one's own", [[location / { ]] .. PASS .. [[ proxy_set_header Authorization "x"; }]],
    [["proxy_set_header Authorization" would be]] },
  { "an x-amz-* of one's own (C9)", "location / { " .. PASS .. " proxy_set_header X-Amz-Acl private; }",
    [["proxy_set_header X-Amz-Acl" would be]] },
  { "proxy_method, inherited", "proxy_method DELETE; location / { " .. PASS .. " }",
    [["proxy_method" would change the request after it was signed]] },
  { "proxy_set_body", "location / { " .. PASS .. [[ proxy_set_body "x"; }]], [["proxy_set_body" would change]] },
  { "proxy_pass_request_headers", "location / { " .. PASS .. " proxy_pass_request_headers off; }",
    [["proxy_pass_request_headers off" would change]] },
  { "proxy_pass_request_body", "location / { " .. PASS .. " proxy_pass_request_body off; }",
    [["proxy_pass_request_body off" would change]] },
  { "aws_path raw with a prefix",
    "location / { aws_path raw; aws_pass s3://photos/a/ region=eu-west-1 endpoint=http://127.0.0.1:1 path_style; }",
    [["aws_path raw" goes with "aws_pass s3://bucket" alone]] },
  { "aws_path of no kind", "location / { aws_path loose; " .. PASS .. " }", [[invalid value "loose"]] },
  { "aws_sign without a region", "location / { aws_sign s3; proxy_pass http://127.0.0.1:1; }",
    [["aws_sign" has no region]] },
  { "aws_sign with an unknown word", "location / { aws_sign s3 region=eu-west-1 fips; proxy_pass http://127.0.0.1:1; }",
    [[invalid parameter "fips" of "aws_sign"]] },
  { "aws_sign with a host and a path",
    "location / { aws_sign s3 region=eu-west-1 host=h/x; proxy_pass http://127.0.0.1:1; }",
    [[needs a host alone in "host="]] },
  { "aws_sign before another handler", "location / { aws_sign s3 region=eu-west-1; fastcgi_pass 127.0.0.1:1; }",
    [[which has another handler than proxy_pass: write "aws_sign off;"]] },
  { "aws_sign and Host", "aws_sign s3 region=eu-west-1; location / { proxy_pass http://127.0.0.1:1; " ..
    "proxy_set_header Host x; }", [["proxy_set_header Host" would be]] },
  { "credentials twice", "aws_credentials file=creds; aws_credentials env;",
    [["aws_credentials" directive is duplicate]] },
  { "credentials of an unknown source", "aws_credentials static;", [[takes "env" or "file=path"]] },
  { "a secret in the configuration", "aws_credentials AKIDEXAMPLE abc;",
    "secrets are not written in the configuration" },
  { "a word after env", "aws_credentials env profile=x;", [[takes "env" or "file=path"]] },
  { "a word after the file", "aws_credentials file=creds section=x;", [[takes "profile=name" after the file]] },
}

describe("the configuration of nginx", function()
  for _, m in ipairs(mistakes) do
    it("refuses " .. m[1], function() refused(m[2], m[3]) end)
  end

  it("names file and line of what it finds late", function()
    local text = refused("location / { " .. PASS .. " proxy_set_header Host x; }", "nginx.conf:")
    assert.truthy(text:match("nginx%.conf:%d+"))
  end)

  it("refuses aws_pass without credentials", function()
    refused("server { listen 127.0.0.1:@PORT@; location / { " .. PASS .. " } }",
            [["aws_pass" has no credentials: write "aws_credentials file=path;"]])
  end)

  it("takes the region from the environment", function()
    local http = "location / { aws_pass s3://photos endpoint=http://127.0.0.1:1 path_style; }"
    accepted(http, { env = "AWS_REGION=eu-west-1" })
    accepted(http, { env = "AWS_REGION= AWS_DEFAULT_REGION=eu-west-1" })
    refused(http, [[region "Eu"]], { env = "AWS_REGION=Eu" })
  end)

  it("accepts what is right", function()
    accepted("location / { " .. PASS .. " }")
    accepted("location /a/ { aws_pass s3://photos/site/ region=eu-west-1 endpoint=http://127.0.0.1:1/base path_style; }")
    accepted("location = /a { aws_pass s3://photos/a.txt region=eu-west-1 endpoint=http://127.0.0.1:1 path_style; }")
    accepted("location ~ ^/x { " .. PASS .. " }\nlocation @y { " .. PASS .. " }")
    accepted("location / { if ($arg_x) { " .. PASS .. " } }")
    accepted("location / { aws_pass https://127.0.0.1:9/prod/ service=execute-api region=eu-west-1; }")
    accepted("location / { aws_pass https://[::1]:9 service=es region=eu-west-1; }")
    accepted("aws_sign s3 region=eu-west-1; location / { proxy_pass http://127.0.0.1:1; }\n" ..
             "location /s { aws_sign off; stub_status; }\nlocation /t { root /tmp; }")
    -- a Host outside is ended by the directive inside, as by a proxy_set_header
    accepted("proxy_set_header Host $host; location / { " .. PASS .. " }")
  end)
end)

describe("aws_credentials", function()
  local USE = "location / { " .. PASS .. " }"

  it("reads the environment", function()
    local http = "server { listen 127.0.0.1:@PORT@; aws_credentials env; " .. USE .. " }"
    accepted(http, { env = "AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=Secret" })
    refused(http, "it reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN")
    refused(http, [["aws_credentials env"]], { env = "AWS_ACCESS_KEY_ID=AKID" })
    refused(http, [["aws_credentials env"]], { env = "AWS_SECRET_ACCESS_KEY=Secret" })
    refused(http, [["aws_credentials env"]],
            { env = "AWS_ACCESS_KEY_ID='AK\r\nX: 1' AWS_SECRET_ACCESS_KEY=Secret" })
  end)

  it("reads a profile", function()
    local files = { creds = GOOD .. "[other]\naws_access_key_id = A\naws_secret_access_key = OtherSecret\n" }
    local function http(more)
      return ("server { listen 127.0.0.1:@PORT@; aws_credentials file=creds %s; %s }"):format(more, USE)
    end
    accepted(http "profile=other", { files = files })
    refused(http "profile=third", "creds", { files = files })
  end)

  it("refuses files that hold none (D14)", function()
    refused(USE, "is empty", { files = { creds = "" } })
    refused(USE, "can't open", { files = {} })
    refused(USE, "creds", { files = { creds = "[default]\naws_access_key_id = AKID\n" } })
    refused(USE, "creds", { files = { creds = "[default]\naws_secret_access_key = Secret\n" } })
    refused(USE, "creds", { files = { creds = "nonsense\n" } })
    refused(USE, "is longer than", { files = { creds = ("# comment\n"):rep(7000) .. GOOD } })
  end)

  -- a fresh directory with what |make| puts there as creds
  local function with(make)
    local dir = server.directory()
    server.must(("cd %s && %s"):format(server.quote(dir), make))
    return { dir = dir, files = {} }
  end

  it("refuses what is no file of its own (F12, D11)", function()
    refused(USE, "is not a regular file", with "mkdir creds")
    refused(USE, "is not a regular file", with "mkfifo creds")
    refused(USE, "not a symbolic link", with "touch real && ln -s real creds")
  end)

  it("warns of a file that others can read (F14)", function()
    local o = with "umask 022; printf '[default]\naws_access_key_id=A\naws_secret_access_key=Secret\n' >creds"
    local text = accepted(USE, o)
    assert.truthy(text:find("can be read by others than its owner: chmod 600 it", 1, true), text)
    assert.is_nil(accepted(USE):find("can be read by others", 1, true))
  end)

  it("is not read from the text that -T prints", function()
    local o = { http = "aws_credentials file=creds; server { listen 127.0.0.1:@PORT@; " .. USE .. " }",
                files = { creds = GOOD } }
    o.dir = server.directory()
    nginx.test(o)
    local text = server.run(server.sanitized(("nginx -e %s/e -p %s -c nginx.conf -T"):format(o.dir, o.dir)))
    assert.truthy(text:find("aws_credentials", 1, true))
    assert.is_nil(text:find("wJalr", 1, true))
  end)
end)
