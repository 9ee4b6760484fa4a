-- SPDX-License-Identifier: Apache-2.0
---@meta fingerpost
-- luacheck: ignore 211 212 241
-- What the Lua language server needs to know of the binding; docs/lua.md tells the rest.

---@alias fingerpost.Code
---| "UNKNOWN_SERVICE" | "BAD_PARAMETER" | "ENDPOINT_RULE" | "BAD_REGION" | "BAD_URL" | "BAD_BUCKET"
---| "BAD_KEY" | "BAD_METHOD" | "BAD_PATH" | "BAD_QUERY" | "BAD_HEADER" | "ALREADY_SIGNED"
---| "BAD_PAYLOAD" | "BAD_EXPIRES" | "BAD_TIME" | "BAD_SIGNING_NAME" | "UNSUPPORTED_AUTH"
---| "NO_CREDENTIALS" | "BAD_CREDENTIALS" | "BAD_USER" | "BAD_POLICY" | "NO_REPLY" | "BAD_REPLY"
---| "NOT_SIGNED" | "BAD_AUTH" | "UNKNOWN_ALGORITHM" | "SCOPE_MISMATCH" | "TIME_SKEW" | "EXPIRED"
---| "BAD_SIGNED_HEADERS" | "NOT_COVERED" | "DUPLICATE" | "PAYLOAD_MISMATCH" | "BAD_TOKEN" | "UNKNOWN_KEY"
---| "BAD_SIGNATURE" | "BAD_BODY" | "BAD_CHUNK" | "BAD_TRAILER" | "BAD_CHECKSUM" | "BAD_EVENT" | "KEY_SCOPE"

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

---@return integer? seconds since 1970 at which a session of S3 Express ends; nil of other credentials
function Credentials:expires() end

---@class fingerpost.SignerOptions
---@field service? string whose endpoint rules and signing rules apply
---@field region? string the region asked for
---@field params? fingerpost.Params further endpoint parameters
---@field signing_name? string
---@field signing_region? string
---@field credentials fingerpost.Credentials
---@field algorithm? "sigv4"|"sigv4a"
---@field region_set? string[] with "sigv4a": where the signature is good
---@field normalize? boolean
---@field double_encode? boolean
---@field content_sha256? boolean
---@field payload? "unsigned"|"empty"|string
---@field sign_headers? "minimal"|"all"|string[]
---@field session_token? "sign"|"omit"
---@field time? integer|fun(): integer

---@alias fingerpost.Checksum "crc32"|"crc32c"|"crc64nvme"|"sha1"|"sha256"

---@class fingerpost.Chunked
---@field length? integer bytes of the body; not with 'body'
---@field chunk_size? integer bytes, 8192 to 1 GiB
---@field trailer? fingerpost.Checksum
---@field unsigned? boolean

---@class fingerpost.Encoder
local Encoder = {}

---@param bytes string
---@return string? encoded what may be sent by now
---@return string? message
---@return fingerpost.Code? code
function Encoder:write(bytes) end

---@return string? encoded the rest
---@return string? message
---@return fingerpost.Code? code
function Encoder:finish() end

function Encoder:close() end

---@class fingerpost.Decoder
local Decoder = {}

---@param bytes string of the body as it came
---@return string? body what may be used of it
---@return string? message
---@return fingerpost.Code? code
function Decoder:write(bytes) end

---@return table<string, string>? trailers
---@return string? message
---@return fingerpost.Code? code
function Decoder:finish() end

function Decoder:close() end

---@class fingerpost.EventSigner
local EventSigner = {}

---@param message string
---@return string? event
---@return string? message
---@return fingerpost.Code? code
function EventSigner:sign(message) end

---@return string? event
---@return string? message
---@return fingerpost.Code? code
function EventSigner:finish() end

---@class fingerpost.EventReader
local EventReader = {}

---@param bytes string
---@param at? integer
---@return string|false|nil message "" ends the stream; false: not all there
---@return integer|string|nil next_at or the bytes that it takes
---@return integer|fingerpost.Code|nil time
function EventReader:read(bytes, at) end

---@class fingerpost.Request
---@field method? string
---@field url? string the wire form
---@field path? string|string[] raw bytes, or raw segments
---@field bucket? string
---@field key? string raw bytes
---@field query? string|fingerpost.Pairs
---@field headers? fingerpost.Pairs
---@field body? string
---@field payload? "unsigned"|"empty"|"events"|string|{ length: integer, sha256: string }
---@field chunked? fingerpost.Chunked
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
---@field encoder? fingerpost.Encoder
---@field events? fingerpost.EventSigner
---@field canonical_request? string
---@field string_to_sign? string
---@field signature? string
local Signed = {}

---@return string[] lines "name: value"
function Signed:lines() end

---@return table<string, string[]>
function Signed:arrays() end

---@class fingerpost.TokenOptions
---@field service "rds"|"dsql"|"dsql-admin"|"elasticache"|"elasticache-serverless"|"memorydb"|"msk"|"eks"|"iot"
---@field region string
---@field host? string
---@field port? integer of an RDS database
---@field user? string
---@field cluster? string of EKS
---@field expires? integer seconds
---@field credentials fingerpost.Credentials
---@field time? integer

---@class fingerpost.PostOptions
---@field bucket string
---@field key string perhaps ending in ${filename}
---@field expires? integer seconds, 1 to 604800
---@field length? { [1]: integer, [2]: integer } least and most bytes
---@field content_type? string exactly so, or a kind: "image/"
---@field fields? table<string, string> further fields of the form
---@field policy? string a policy document of one's own

---@class fingerpost.Post
---@field url string
---@field fields table<string, string> to send before the file
---@field policy string the policy document

---@class fingerpost.Signer
local Signer = {}

---@param options fingerpost.PostOptions
---@return fingerpost.Post? form
---@return string? message
---@return fingerpost.Code? code
function Signer:post_policy(options) end

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

---@class fingerpost.VerifyRequest
---@field method? string
---@field url? string or target, and perhaps scheme and authority
---@field target? string raw path and query
---@field scheme? "https"|"http"
---@field authority? string HTTP/2's, where there is no Host header
---@field headers? fingerpost.Pairs
---@field body? string
---@field payload? string the body's SHA-256, or "later"

---@class fingerpost.VerifyOptions
---@field time? integer
---@field skew? integer
---@field region? string
---@field service? string
---@field must_cover? string[]
---@field normalize? boolean
---@field double_encode? boolean
---@field unsigned_over_http? boolean
---@field token_unsigned? boolean
---@field trace? boolean

---@class fingerpost.Scope
---@field date string
---@field region string
---@field service string

---@class fingerpost.Verified
---@field access_key_id string
---@field scope fingerpost.Scope
---@field signed_headers string[]
---@field payload "sha256"|"unsigned"|"chunks"|"chunks-trailer"|"unsigned-trailer"|"events"
---@field payload_hash? string
---@field body_due boolean
---@field presigned boolean
---@field time integer
---@field expires? integer
---@field signature string
---@field decoder? fingerpost.Decoder
---@field events? fingerpost.EventReader
---@field canonical_request? string
---@field string_to_sign? string

---@param request fingerpost.VerifyRequest
---@param lookup fun(access_key_id: string, scope: fingerpost.Scope): string|fingerpost.Credentials|nil, string?
---@param options? fingerpost.VerifyOptions
---@return fingerpost.Verified? verified
---@return string? message
---@return fingerpost.Code? code
---@return fingerpost.Trace? trace
function fingerpost.verify(request, lookup, options) end

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

---@param status integer of the reply to CreateSession; 0 where none came
---@param body string
---@return fingerpost.Credentials? credentials
---@return string? message
---@return fingerpost.Code? code
function fingerpost.credentials.session(status, body) end

---@param options fingerpost.TokenOptions
---@return string? token
---@return string? message
---@return fingerpost.Code? code
function fingerpost.token(options) end

---@class fingerpost.ChecksumUnderWay
local Checksum = {}

---@param bytes string
---@return fingerpost.ChecksumUnderWay
function Checksum:add(bytes) end

---@return string base64
function Checksum:value() end

---@param name fingerpost.Checksum
---@param bytes? string
---@return string|fingerpost.ChecksumUnderWay
function fingerpost.checksum(name, bytes) end

fingerpost.event = {}

---@param headers table<string, string|boolean|table>
---@param payload? string
---@return string? message
---@return string? error
---@return fingerpost.Code? code
function fingerpost.event.encode(headers, payload) end

---@param bytes string
---@param at? integer
---@return { headers: table<string, string|boolean|table>, payload: string }|false|nil event false: not all there
---@return integer|string|nil next_at or the bytes that it takes
---@return fingerpost.Code? code
function fingerpost.event.decode(bytes, at) end

return fingerpost
