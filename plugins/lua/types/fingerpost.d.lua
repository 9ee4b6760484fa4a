-- SPDX-License-Identifier: Apache-2.0
---@meta fingerpost
-- luacheck: ignore 211 212 241
-- What the Lua language server needs to know of the binding; docs/lua.md tells the rest.

---@alias fingerpost.Code
---| "UNKNOWN_SERVICE" | "BAD_PARAMETER" | "ENDPOINT_RULE" | "BAD_REGION" | "BAD_URL" | "BAD_BUCKET"
---| "BAD_KEY" | "BAD_METHOD" | "BAD_PATH" | "BAD_QUERY" | "BAD_HEADER" | "ALREADY_SIGNED"
---| "BAD_PAYLOAD" | "BAD_EXPIRES" | "BAD_TIME" | "BAD_SIGNING_NAME" | "UNSUPPORTED_AUTH"
---| "NO_CREDENTIALS" | "BAD_CREDENTIALS"

---@alias fingerpost.Scalar string|number
---@alias fingerpost.Pairs table<string, fingerpost.Scalar|fingerpost.Scalar[]>|{ [1]: string, [2]: fingerpost.Scalar|fingerpost.Scalar[] }[]
---@alias fingerpost.Params table<string, string|boolean|string[]>

---@class fingerpost.Auth
---@field scheme "sigv4"|"sigv4a"|"sigv4-s3express"|"bearer"|"sigv2"|"none"
---@field signing_name? string
---@field signing_region? string
---@field region_set? string[]
---@field double_encode boolean

---@class fingerpost.Endpoint
---@field url string
---@field headers table<string, string[]>
---@field properties table<string, any>
---@field auth fingerpost.Auth

---@class fingerpost.Credentials
local Credentials = {}

---Zeroes them. Signers that have them raise from now on.
function Credentials:close() end

---@class fingerpost.SignerOptions
---@field service? string whose endpoint rules and signing rules apply
---@field region? string the region asked for
---@field params? fingerpost.Params further endpoint parameters
---@field signing_name? string
---@field signing_region? string
---@field credentials fingerpost.Credentials
---@field algorithm? "sigv4"
---@field normalize? boolean
---@field double_encode? boolean
---@field content_sha256? boolean
---@field payload? "unsigned"|"empty"|string
---@field sign_headers? "minimal"|"all"|string[]
---@field session_token? "sign"|"omit"
---@field time? integer|fun(): integer

---@class fingerpost.Request
---@field method? string
---@field url? string the wire form
---@field path? string|string[] raw bytes, or raw segments
---@field bucket? string
---@field key? string raw bytes
---@field query? string|fingerpost.Pairs
---@field headers? fingerpost.Pairs
---@field body? string
---@field payload? "unsigned"|"empty"|string|{ length: integer, sha256: string }
---@field params? fingerpost.Params
---@field trace? boolean

---@class fingerpost.PresignOptions
---@field expires? integer seconds, 1 to 604800

---@class fingerpost.Trace
---@field canonical_request string
---@field string_to_sign string
---@field signature string

---@class fingerpost.Signed
---@field method string
---@field url string
---@field headers table<string, string>
---@field body? string
---@field canonical_request? string
---@field string_to_sign? string
---@field signature? string
local Signed = {}

---@return string[] lines "name: value"
function Signed:lines() end

---@return table<string, string[]>
function Signed:arrays() end

---@class fingerpost.Signer
local Signer = {}

---@param request fingerpost.Request
---@return fingerpost.Signed? signed
---@return string? message
---@return fingerpost.Code? code
function Signer:sign(request) end

---@param request fingerpost.Request
---@param options? fingerpost.PresignOptions
---@return string? url
---@return fingerpost.Trace|string|nil trace_or_message
---@return fingerpost.Code? code
function Signer:presign(request, options) end

---Wipes its signing keys.
function Signer:close() end

---@class fingerpost
---@field _VERSION string
local fingerpost = { credentials = {} }

---@param service string
---@param params? fingerpost.Params
---@return fingerpost.Endpoint? endpoint
---@return string? message
---@return fingerpost.Code? code
function fingerpost.resolve(service, params) end

---@param options fingerpost.SignerOptions
---@return fingerpost.Signer? signer
---@return string? message
---@return fingerpost.Code? code
function fingerpost.signer(options) end

---@param id string
---@param secret string
---@param token? string
---@return fingerpost.Credentials? credentials
---@return string? message
---@return fingerpost.Code? code
function fingerpost.credentials.static(id, secret, token) end

---@return fingerpost.Credentials? credentials
---@return string? message
---@return fingerpost.Code? code
function fingerpost.credentials.env() end

return fingerpost
