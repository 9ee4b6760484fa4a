-- SPDX-License-Identifier: Apache-2.0
-- go.lua - sends a signed request with luasocket, and luasec for https.
--
--   local body, status, headers = go(r)        -- r from signer:sign(); or nil, message
--
-- Certificates are verified, which luasec does only when told to, and the name in
-- them is compared with the host, which it does not do. SSL_CERT_FILE names another
-- file of authorities. A redirect is not followed: a signature is for one host alone.

local http, ltn12, socket = require "socket.http", require "ltn12", require "socket"

local function covers(name, host)
  name, host = name:lower(), host:lower()
  return name == host or name:match("^%*(%.[^*]+)$") == host:match("^[^.]+(%..+)$")
end

local function is_for(certificate, host)
  local names = certificate:extensions()["2.5.29.17"] -- subjectAltName
  for _, name in ipairs(names and names.dNSName or {}) do
    if covers(name, host) then return true end
  end
  for _, address in ipairs(names and names.iPAddress or {}) do
    if address == host then return true end
  end
  return false
end

-- A connection as luasocket wants it made.
local function tls()
  local conn = require("ssl.https").tcp {
    protocol = "any", options = { "all", "no_sslv2", "no_sslv3", "no_tlsv1", "no_tlsv1_1" },
    verify = "peer", cafile = os.getenv("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt",
  }()
  local connect = conn.connect
  function conn:connect(host, port)
    connect(self, host, port)
    socket.try(is_for(self.sock:getpeercertificate(), host), "the certificate is not for " .. host)
    return 1
  end
  return conn
end

return function(r)
  local parts = {}
  local ok, status, headers = http.request {
    url = r.url, method = r.method, headers = r.headers, redirect = false,
    source = r.body and ltn12.source.string(r.body), sink = ltn12.sink.table(parts),
    create = r.url:find("^https:") and tls or nil,
  }
  if not ok then return nil, status end
  return table.concat(parts), status, headers
end
