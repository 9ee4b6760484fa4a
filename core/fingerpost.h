/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerpost.h - where an AWS call must go, and its signature.
 *
 * The one public header of the core, in the order of the data's way: views and
 * output, errors, endpoint, credentials, signing. A call takes three steps:
 *
 *     fgp_params_init(), fgp_params_set_*()      what is asked for
 *     fgp_plan_make()                            where it goes, how it is signed
 *     fgp_sign() or fgp_presign()                what to send
 *
 * Conventions, for every function here:
 *
 *   Nothing is allocated, no file or socket is opened, no clock and no
 *   environment is read, and no state is kept: what a call needs it is given.
 *   So any thread may make any call, on objects of its own.
 *
 *   Text is an fgp_str: a pointer and a length, never NUL-terminated, in bytes.
 *   Views in arguments are read during the call; a function that keeps one says
 *   so. Views in results point into the arguments or into the fgp_out given.
 *
 *   What returns an fgp_status leaves nothing usable in its outputs unless that
 *   is FGP_OK. Its fgp_error names the input that is wrong and what to do, and
 *   never holds a secret. NULL is not allowed where it is not mentioned.
 *
 *   Time is seconds since 1970-01-01T00:00:00Z, without leap seconds.
 */
#ifndef FINGERPOST_H
#define FINGERPOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FGP_VERSION "0.1.0"

/* ---- views and output ------------------------------------------------- */

/* Bytes that someone else owns. Empty means len == 0; ptr may be NULL then. */
typedef struct fgp_str {
    const char *ptr;
    size_t      len;
} fgp_str;

/*
 * Where text is put: a caller's buffer. Putting never fails. What outgrows the
 * buffer is dropped while `need` goes on counting, so one look at the end says
 * whether all fitted, and how much to bring next time if not.
 *
 * Start with { buf, cap, 0, NULL }. Several calls may put on one fgp_out, one
 * after the other; views given out earlier stay good.
 */
typedef struct fgp_out {
    char              *buf;  /* NULL is fine when cap is 0 */
    size_t             cap;  /* bytes at buf */
    size_t             need; /* bytes put so far, kept or not; stops at SIZE_MAX */
    struct fgp_sha256 *tee;  /* of the core's own; NULL */
} fgp_out;

/* Puts |bytes| so that they mean themselves in a URI: all but A-Z a-z 0-9 - . _
 * ~ become %XX, upper case. The one for paths leaves '/' as it is.
 * Spec: RFC 3986 section 2; SigV4, "UriEncode". */
void fgp_put_uri_encoded(fgp_out *out, fgp_str bytes);
void fgp_put_uri_path(fgp_out *out, fgp_str bytes);

/* ---- errors ----------------------------------------------------------- */

/* name, value (part of the ABI: never renumbered), what it means to a caller */
#define FGP_STATUS_LIST(X)                                                              \
    X(NOSPACE, -1, "the output buffer is too small; its need says what will do")        \
    X(CRYPTO, -2, "OpenSSL could not hash")                                             \
    X(UNKNOWN_SERVICE, -3, "no endpoint rule set has this name")                        \
    X(BAD_PARAMETER, -4, "the rule set has no such parameter, or of another type")      \
    X(ENDPOINT_RULE, -5, "the endpoint rules refuse these parameters")                  \
    X(BAD_REGION, -6, "a region is not a host label in lower case")                     \
    X(BAD_URL, -7, "a URL or host is malformed, or holds what a request may not")       \
    X(BAD_BUCKET, -8, "a bucket name is not one")                                       \
    X(BAD_KEY, -9, "an object key is empty or too long")                                \
    X(BAD_METHOD, -10, "a method is not a token")                                       \
    X(BAD_PATH, -11, "a path is malformed or too long")                                 \
    X(BAD_QUERY, -12, "a query is malformed or has too many parameters")                \
    X(BAD_HEADER, -13, "a header is malformed, repeated where it may not be, or too long") \
    X(ALREADY_SIGNED, -14, "the request carries a signature, or part of one, already")  \
    X(BAD_PAYLOAD, -15, "a payload hash is not 64 lower-case hexadecimal digits")       \
    X(BAD_EXPIRES, -16, "an expiry is not within 1 to 604800 seconds")                  \
    X(BAD_TIME, -17, "a time is not within the years 1970 to 9999")                     \
    X(BAD_SIGNING_NAME, -18, "a signing name is empty, too long or malformed")          \
    X(UNSUPPORTED_AUTH, -19, "the endpoint wants an auth scheme that is not supported") \
    X(NO_CREDENTIALS, -20, "there are no credentials")                                  \
    X(BAD_CREDENTIALS, -21, "credentials are incomplete or malformed")                  \
    X(KEY_SCOPE, -22, "the signing key is of another day")

typedef enum fgp_status {
    FGP_OK = 0,
#define X(name, value, text) FGP_ERR_##name = value,
    FGP_STATUS_LIST(X)
#undef X
    FGP_STATUS_INT = -0x7fffffff /* not a status: makes the enum an int's size */
} fgp_status;

/* Both are never NULL and have static storage. */
const char *fgp_status_text(fgp_status status);
const char *fgp_status_name(fgp_status status); /* "BAD_REGION" for FGP_ERR_BAD_REGION */

#define FGP_ERROR_TEXT 256 /* bytes of room, the NUL included */

/*
 * What went wrong, for a person: the input's name, where it is wrong, at most 64
 * bytes of it with others than printable ASCII as \xNN, and what to do. Ends
 * with a NUL; empty while status is FGP_OK.
 */
typedef struct fgp_error {
    fgp_status status;
    char       text[FGP_ERROR_TEXT];
} fgp_error;

/* ---- checks ----------------------------------------------------------- */

/* Each returns FGP_OK, or the status named with |err| filled in. They are what
 * the functions below call; a host calls them to fail at configuration. */

/* A region as it goes into hosts and scopes: 1 to 63 bytes a-z 0-9 '-', neither
 * first nor last a '-'. BAD_REGION. */
fgp_status fgp_check_region(fgp_str region, fgp_error *err);

/* A bucket's name: 3 to 63 bytes a-z 0-9 '.' '-', letter or digit at both ends,
 * no "..". Not an ARN. BAD_BUCKET. Spec: S3 User Guide, "Bucket naming rules". */
fgp_status fgp_check_bucket(fgp_str bucket, fgp_error *err);

/* An object's key: 1 to 1024 bytes, any. BAD_KEY. */
fgp_status fgp_check_key(fgp_str key, fgp_error *err);

/* A URL in parts. */
typedef struct fgp_url {
    fgp_str scheme;    /* "http" or "https", lower case */
    fgp_str host;      /* without the port; an IPv6 address without its brackets */
    fgp_str authority; /* host, and port where one is written, as written */
    unsigned port;     /* the scheme's own where none is written */
    bool    is_ip;     /* host is an IPv4 or IPv6 address */
    fgp_str path;      /* from its '/'; empty where there is none */
    fgp_str query;     /* without the '?' */
    bool    has_query; /* a '?' stands there, be it the last byte */
} fgp_url;

/*
 * Takes |text| apart; its views point into |text|.
 *
 * Strict, because what is sent must be what was signed: http or https, a host
 * of letters, digits, '-', '_' and '.', or an IP address (IPv6 in brackets, no
 * zone), a port from 1 to 65535, no user information, no fragment, no backslash,
 * space or control byte. Bytes above 0x7f are let through in path and query.
 * Returns FGP_OK or FGP_ERR_BAD_URL. Spec: RFC 3986 section 3.
 */
fgp_status fgp_url_parse(fgp_str text, fgp_url *url, fgp_error *err);

/* ---- endpoint --------------------------------------------------------- */

/* Rule sets, partitions and signing names of all services, compiled. Read only. */
typedef struct fgp_table fgp_table;

/* The table that is built in; made by tools/compile-endpoints. */
const fgp_table *fgp_table_builtin(void);

typedef enum fgp_value_kind {
    FGP_VALUE_UNSET, /* null, in the rules' words */
    FGP_VALUE_STRING,
    FGP_VALUE_BOOL,
    FGP_VALUE_LIST
} fgp_value_kind;

/* A parameter's value; set it with fgp_params_set_*(), contents are private. */
typedef struct fgp_value {
    const void *ptr; /* STRING: its bytes; LIST: its fgp_str's */
    size_t      len; /* STRING: bytes; LIST: items */
    uint8_t     kind; /* an fgp_value_kind */
    bool        flag; /* BOOL */
} fgp_value;

#define FGP_PARAMS_MAX 24 /* parameters of one rule set; a larger one is refused when compiled */

/*
 * The parameters of one service's rule set, by the names that the rule set gives
 * them ("Region", "Bucket", "UseFIPS", …). Plain: set up once, copy, and set the
 * rest for each request. Views and lists are kept, not copied.
 */
typedef struct fgp_params {
    const fgp_table *table;
    uint32_t         service; /* private: the service's place in the table */
    fgp_value        value[FGP_PARAMS_MAX];
} fgp_params;

/*
 * Starts |params| for |service|, the models' folder name ("s3", "dynamodb",
 * "lexv2-runtime"), with the rule set's defaults.
 * Returns FGP_OK or FGP_ERR_UNKNOWN_SERVICE.
 */
fgp_status fgp_params_init(fgp_params *params, const fgp_table *table, fgp_str service,
                           fgp_error *err);

/* Set the parameter |name|. FGP_OK, or FGP_ERR_BAD_PARAMETER where the rule set
 * has none of that name, or one of another type. */
fgp_status fgp_params_set_string(fgp_params *params, fgp_str name, fgp_str value, fgp_error *err);
fgp_status fgp_params_set_bool(fgp_params *params, fgp_str name, bool value, fgp_error *err);
fgp_status fgp_params_set_list(fgp_params *params, fgp_str name, const fgp_str *items,
                               size_t nitems, fgp_error *err);

/* The |i|-th parameter of the rule set, in the order of their names: its name and
 * type. False past the last. For listings, and for hosts that take text alone. */
bool fgp_params_describe(const fgp_params *params, size_t i, fgp_str *name, fgp_value_kind *type);

typedef enum fgp_auth_scheme {
    FGP_AUTH_SIGV4,
    FGP_AUTH_SIGV4A,
    FGP_AUTH_SIGV4_S3EXPRESS,
    FGP_AUTH_BEARER,
    FGP_AUTH_SIGV2,
    FGP_AUTH_NONE
} fgp_auth_scheme;

/* "sigv4", "sigv4a", "sigv4-s3express", "bearer", "sigv2", "none" */
const char *fgp_auth_scheme_name(fgp_auth_scheme scheme);

/* How a request to an endpoint is signed. */
typedef struct fgp_auth {
    fgp_auth_scheme scheme;
    fgp_str         signing_name;   /* "s3", "execute-api" */
    fgp_str         signing_region; /* "eu-west-1"; empty with SIGV4A, or where nobody said */
    fgp_str         region_set;     /* SIGV4A: "*", or regions with ',' between */
    bool            double_encode;  /* the path is encoded once more when signed */
} fgp_auth;

#define FGP_AUTH_MAX 4 /* schemes that one endpoint offers */

typedef struct fgp_endpoint {
    fgp_str   url;
    fgp_auth  auth;                 /* the first that the endpoint offers */
    fgp_auth  offered[FGP_AUTH_MAX]; /* all, in the endpoint's order; auth is offered[0] */
    size_t    noffered;             /* 1 at least */
    fgp_str   rule_error;           /* with FGP_ERR_ENDPOINT_RULE: the rule's own text, whole */
    uint32_t  result;               /* private: the result's place in the table */
    fgp_error error;
} fgp_endpoint;

/*
 * Finds the endpoint for |params|, by the service's own rules.
 *
 * out  out   text that the views in |ep| point to, beside the table and |params|;
 *            512 bytes and three times the parameters' own length are always enough
 *      ep    the endpoint; its auth is what authSchemes say, completed from the
 *            service model where they are silent: sigv4, the service's signing
 *            name, the Region asked for, double encoding
 *
 * Returns FGP_OK, or
 *   FGP_ERR_ENDPOINT_RULE  the rules answer with an error: ep->rule_error
 *   FGP_ERR_BAD_PARAMETER  a parameter that the rule set requires is not set
 *   FGP_ERR_BAD_REGION     the Region would break out of the host it goes into
 *   FGP_ERR_BAD_URL        so would another parameter: the URL made is not one
 *   FGP_ERR_NOSPACE        |out| overflowed
 * Spec: Smithy, "Rules engine specification" and "Endpoint rules standard library".
 */
fgp_status fgp_endpoint_resolve(const fgp_params *params, fgp_out *out, fgp_endpoint *ep);

typedef enum fgp_item_kind {
    FGP_ITEM_STRING,
    FGP_ITEM_BOOL,
    FGP_ITEM_OBJECT, /* its members follow, up to FGP_ITEM_END */
    FGP_ITEM_ARRAY,  /* likewise, without names */
    FGP_ITEM_END
} fgp_item_kind;

/* A step through what a rule gives beside the URL. */
typedef struct fgp_item {
    fgp_item_kind kind;
    fgp_str       name; /* of a member of an object; else empty */
    fgp_str       text; /* STRING */
    bool          flag; /* BOOL */
} fgp_item;

/* Walks over them; contents are private. */
typedef struct fgp_items {
    const fgp_params *params;
    uint32_t          at, end;
} fgp_items;

/*
 * The properties of an endpoint as its rule gives them (an object's members:
 * "authSchemes", "backend", …), or its headers (each an array of values, under
 * the header's name). |params| and |ep| as they were for fgp_endpoint_resolve().
 */
fgp_items fgp_endpoint_properties(const fgp_params *params, const fgp_endpoint *ep);
fgp_items fgp_endpoint_headers(const fgp_params *params, const fgp_endpoint *ep);

/* The next |item|, its text put on |out|. False at the end. */
bool fgp_items_next(fgp_items *items, fgp_out *out, fgp_item *item);

/* The |i|-th service of the table, in the order of names; empty past the last. */
fgp_str fgp_table_service(const fgp_table *table, size_t i);

/* ---- credentials ------------------------------------------------------ */

/* A view of credentials; whoever owns the bytes wipes them. */
typedef struct fgp_credentials {
    fgp_str access_key_id;
    fgp_str secret_access_key;
    fgp_str session_token; /* empty for long-term credentials */
} fgp_credentials;

/*
 * Refuses what no credentials are: FGP_ERR_NO_CREDENTIALS where id and secret are
 * both empty, FGP_ERR_BAD_CREDENTIALS where one is, or where the id or the token
 * holds a byte that would break the header it goes into (the id also '/' and ',').
 */
fgp_status fgp_check_credentials(const fgp_credentials *creds, fgp_error *err);

/*
 * Finds section |profile| ("default") in |text|, a shared credentials file, and
 * fills |creds| with views into |text|.
 * Returns FGP_OK, FGP_ERR_NO_CREDENTIALS where there is no such section, or
 * FGP_ERR_BAD_CREDENTIALS, naming the line, where the file or what it holds is
 * malformed. Spec: AWS SDKs and Tools Reference, "Shared config and credentials files".
 */
fgp_status fgp_credentials_parse(fgp_str text, fgp_str profile, fgp_credentials *creds,
                                 fgp_error *err);

/* Zeroes |p|, and stays in the program even where |p| is not read again. */
void fgp_wipe(void *p, size_t n);

/* ---- signing ---------------------------------------------------------- */

/* How requests of one service are signed, but for the key. */
typedef struct fgp_sign_rules {
    bool normalize;      /* "." , ".." and empty segments of the path are resolved to be signed */
    bool double_encode;  /* the path on the wire is percent-encoded once more to be signed */
    bool content_sha256; /* the payload hash is also sent, as x-amz-content-sha256 */
    bool presign_unsigned; /* a presigned URL does not cover the payload */
} fgp_sign_rules;

/* The rules of a service by its signing name; double_encode may be overruled by
 * an endpoint's auth. The S3 family signs paths as they are and sends the hash. */
fgp_sign_rules fgp_sign_rules_for(fgp_str signing_name);

/*
 * A secret access key brought down to one day, region and service, with its
 * credential scope. Good for any number of requests of that day; it can't be
 * turned back into the secret, and is as secret while the day lasts. A plain
 * value: copy it, keep it in shared memory, fgp_wipe() it when done. A zeroed one
 * is of no day. Contents are private. (With OpenSSL's EVP behind it, too.)
 */
#define FGP_SCOPE_MAX 152 /* 8 + 63 + 63 bytes, three '/' and aws4_request, to a multiple of 8 */
typedef struct fgp_signing_key {
    uint64_t mac[28]; /* HMAC-SHA-256 with the key's half of the work done */
    char     scope[FGP_SCOPE_MAX]; /* "20150830/us-east-1/s3/aws4_request" */
    uint8_t  scope_len;
} fgp_signing_key;

/*
 * Derives |key| from |secret| for the day of |now|.
 *
 * in   secret   the secret access key, 1 to 256 bytes; not kept
 *      region   the *signing* region; an endpoint's auth says which
 *      service  the *signing* name, likewise
 * out  key      wholly overwritten; wiped on error
 *
 * Returns FGP_OK, FGP_ERR_BAD_CREDENTIALS, FGP_ERR_BAD_REGION,
 * FGP_ERR_BAD_SIGNING_NAME (1 to 63 bytes of A-Z a-z 0-9 - _ .), FGP_ERR_BAD_TIME
 * or FGP_ERR_CRYPTO. Costs as much as a signature: keep the key for the day.
 * Spec: SigV4, "Calculate the signature".
 */
fgp_status fgp_signing_key_init(fgp_signing_key *key, fgp_str secret, int64_t now,
                                fgp_str region, fgp_str service, fgp_error *err);

/* Whether |key| is good for |now|: of the same day (UTC). */
bool fgp_signing_key_is_current(const fgp_signing_key *key, int64_t now);

typedef struct fgp_header {
    fgp_str name, value;
} fgp_header;

typedef enum fgp_payload_kind {
    FGP_PAYLOAD_BYTES,   /* data is the body itself; empty is none */
    FGP_PAYLOAD_SHA256,  /* data is its SHA-256, 64 lower-case hexadecimal digits */
    FGP_PAYLOAD_UNSIGNED /* UNSIGNED-PAYLOAD: for S3, and over TLS alone */
} fgp_payload_kind;

typedef struct fgp_payload {
    fgp_payload_kind kind;
    fgp_str          data;
} fgp_payload;

/*
 * A request as it is to go on the wire. Zero-initialisable: what is not set is
 * absent, and no payload is an empty one.
 */
typedef struct fgp_request {
    fgp_str           method;    /* "GET" */
    fgp_str           scheme;    /* "https", or "http" */
    fgp_str           authority; /* host, and port where it is not the scheme's own */
    fgp_str           path;      /* percent-encoded; empty means "/" */
    fgp_str           query;     /* percent-encoded, without the '?' */
    const fgp_header *headers;   /* any order, any case; a "host" here goes before authority */
    size_t            nheaders;
    fgp_payload       payload;
} fgp_request;

typedef enum fgp_cover {
    FGP_COVER_MINIMAL, /* host, content-type, content-md5, x-amz-*, and those in `also` */
    FGP_COVER_ALL      /* all but those that fgp_why_unsigned() names */
} fgp_cover;

/* Who signs, and how: what stays from request to request. Views are kept by the
 * caller. */
typedef struct fgp_signer {
    fgp_str                access_key_id;
    fgp_str                session_token;
    const fgp_signing_key *key;
    fgp_sign_rules         rules;
    fgp_cover              cover;
    const fgp_str         *also; /* further headers to cover, by name, any case */
    size_t                 nalso;
    bool                   token_unsigned; /* send the token, but outside the signature (IoT) */
} fgp_signer;

#define FGP_HEADERS_MAX 200   /* headers of a request */
#define FGP_QUERY_MAX   1000  /* parameters of a query */
#define FGP_TEXT_MAX    65535 /* bytes of a path, of a query, of all headers together */

/* A signed request: what to send. Views into the |out| of the call. */
typedef struct fgp_signed {
    fgp_str    url;        /* scheme, authority and target */
    fgp_str    target;     /* path and query; the tail of url. Send these bytes: they were signed */
    fgp_str    host;       /* the value of Host; default port left out */
    fgp_header headers[6]; /* to send beside the request's own, names in lower case: host,
                              x-amz-date, x-amz-content-sha256, x-amz-security-token,
                              authorization, as they apply; presigned: host alone */
    size_t     nheaders;
    fgp_str    signed_headers; /* "host;x-amz-date" */
    fgp_str    signature;      /* 64 hexadecimal digits */
    fgp_str    canonical_request, string_to_sign; /* empty unless traced */
    fgp_error  error;
} fgp_signed;

/*
 * Signs |req|, SigV4, in the Authorization header.
 *
 * in   now     of the day of signer->key
 *      trace   NULL, or where canonical request and string to sign are put; they
 *              hold the session token
 * out  out     the text of |res|; fgp_sign_room() bytes are always enough
 *      res     what to send
 *
 * The path that goes out: with rules.double_encode as it was given; without, as
 * S3 will read it, every byte in its canonical encoding ("+" is a plus: %2B). The
 * query goes out in canonical form: decoded, encoded, sorted, empty parameters
 * left out, "a" as "a=", "+" as %2B.
 *
 * Returns FGP_OK, or
 *   FGP_ERR_KEY_SCOPE       signer->key is of another day than |now|: derive it
 *   FGP_ERR_BAD_METHOD, FGP_ERR_BAD_URL (scheme or authority), FGP_ERR_BAD_PATH,
 *   FGP_ERR_BAD_QUERY, FGP_ERR_BAD_HEADER, FGP_ERR_BAD_PAYLOAD,
 *   FGP_ERR_BAD_CREDENTIALS res->error says which and why
 *   FGP_ERR_ALREADY_SIGNED  the request has an authorization or x-amz-date header,
 *                           or another that signing sets, or an X-Amz-* query
 *                           parameter of a signature
 *   FGP_ERR_NOSPACE         |out| or |trace| overflowed
 *   FGP_ERR_CRYPTO
 * Spec: SigV4, "Create a signed AWS API request".
 */
fgp_status fgp_sign(const fgp_signer *signer, const fgp_request *req, int64_t now,
                    fgp_out *out, fgp_out *trace, fgp_signed *res);

/*
 * Likewise, but the signature goes into the URL, good for |expires_s| seconds, 1
 * to 604800. Headers that are covered must be sent as they are; host is.
 * Further error: FGP_ERR_BAD_EXPIRES. Spec: SigV4, "query string".
 */
fgp_status fgp_presign(const fgp_signer *signer, const fgp_request *req, int64_t now,
                       int64_t expires_s, fgp_out *out, fgp_out *trace, fgp_signed *res);

/* Bytes of out that surely do for fgp_sign() and fgp_presign(), and twice as much
 * for the trace. */
size_t fgp_sign_room(const fgp_signer *signer, const fgp_request *req);

/* Why the header |name| (lower case) is never signed, or NULL when it may be. */
const char *fgp_why_unsigned(fgp_str name);

/* The SHA-256 of bytes that arrive in pieces, for FGP_PAYLOAD_SHA256. A plain
 * value with room for either build of the crypto; each init is followed by its
 * hex, which gives back what OpenSSL holds. */
typedef struct fgp_digest {
    uint64_t state[14]; /* private */
} fgp_digest;

void       fgp_digest_init(fgp_digest *d);
void       fgp_digest_add(fgp_digest *d, fgp_str bytes);
fgp_status fgp_digest_hex(fgp_digest *d, char hex[64]); /* FGP_OK or FGP_ERR_CRYPTO */

/* 20150830T123600Z for 1440938160; 16 bytes. */
void fgp_put_amz_date(fgp_out *out, int64_t now);

/* ---- endpoint and signing, joined ------------------------------------- */

/* Where requests go and how they are signed: all that a host needs of endpoint
 * and auth to fill fgp_request and fgp_signer. Views as those of fgp_endpoint. */
typedef struct fgp_plan {
    fgp_url        url;   /* of the endpoint; url.path is what stands before each request's own */
    fgp_auth       auth;  /* the first offered that can be signed */
    fgp_sign_rules rules;
    fgp_endpoint   endpoint;
    fgp_error      error;
} fgp_plan;

/*
 * fgp_endpoint_resolve(), its URL taken apart, and the first auth scheme that is
 * supported. Returns FGP_OK, what fgp_endpoint_resolve() returns, or
 *   FGP_ERR_UNSUPPORTED_AUTH  none of the offered schemes is SigV4
 *   FGP_ERR_BAD_REGION        there is no signing region, or it is not one
 */
fgp_status fgp_plan_make(const fgp_params *params, fgp_out *out, fgp_plan *plan);

/* Puts the path of a request to |plan|'s endpoint: the endpoint's own path, then
 * '/', then |key| percent-encoded, its '/' left as they are. */
void fgp_put_key_path(const fgp_plan *plan, fgp_str key, fgp_out *out);

#ifdef __cplusplus
}
#endif

#endif
