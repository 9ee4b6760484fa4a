/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerpost.h - where an AWS call must go, and its signature.
 *
 * The one public header of the core, in the order of the data's way: views and
 * output, errors, endpoint, credentials, signing, bodies that are signed as they
 * are sent, verifying, and what else is made of signatures: tokens, forms, sessions.
 * A call takes three steps:
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
    X(KEY_SCOPE, -22, "the signing key is of another day")                              \
    X(BAD_BODY, -23, "a body is longer or shorter than was declared")                   \
    X(BAD_CHUNK, -24, "a body in chunks is malformed, or ends early")                   \
    X(BAD_TRAILER, -25, "a trailer is malformed, missing, or was not declared")         \
    X(BAD_CHECKSUM, -26, "a checksum is not that of the body")                          \
    X(BAD_EVENT, -27, "an event-stream message is malformed or too long")               \
    X(BAD_SIGNATURE, -28, "a signature is not the one that the key gives")              \
    X(BAD_USER, -29, "the name that a token is for is missing, too long or malformed")  \
    X(BAD_POLICY, -30, "a POST policy lacks something, or holds what it may not")       \
    X(NO_REPLY, -31, "no answer came, or one that says to try again later")             \
    X(BAD_REPLY, -32, "an answer is not what was asked for")                            \
    X(NOT_SIGNED, -40, "a request carries no signature")                                \
    X(BAD_AUTH, -41, "what carries a signature is malformed, or there are two")         \
    X(UNKNOWN_ALGORITHM, -42, "a request is signed by an algorithm that is not verified") \
    X(SCOPE_MISMATCH, -43, "a credential scope is of another date, region or service")  \
    X(TIME_SKEW, -44, "a signature's time is too far from the clock's")                 \
    X(EXPIRED, -45, "a presigned URL has expired")                                      \
    X(BAD_SIGNED_HEADERS, -46, "SignedHeaders is no sorted list of headers that came")  \
    X(NOT_COVERED, -47, "a header that must be signed is not")                          \
    X(DUPLICATE, -48, "what a signature stands on came twice")                          \
    X(PAYLOAD_MISMATCH, -49, "a body is not the one that was signed")                   \
    X(BAD_TOKEN, -50, "a session token is missing, unexpected or another")              \
    X(UNKNOWN_KEY, -51, "nobody here has this access key id")

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

/* What SigV4A takes in place of a region: regions as above with ',' between, in which a
 * '*' stands for any text ("*", "eu-west-1,us-*"), 1024 bytes at most. BAD_REGION. */
#define FGP_REGION_SET_MAX 1024
fgp_status fgp_check_region_set(fgp_str set, fgp_error *err);

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

/* The string that the parameter |name| is set to. False where the rule set has no such
 * parameter, or it is not set to a string. */
bool fgp_params_get_string(const fgp_params *params, fgp_str name, fgp_str *value);

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
    uint32_t day; /* of the scope: days since 1970-01-01 */
    struct fgp_sigv4a_key *sigv4a; /* signs by it instead; NULL: SigV4 */
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

/*
 * The key that SigV4A makes of credentials, for all days, regions and services:
 * ECDSA's, on P-256. The one thing here that is no plain value: OpenSSL keeps it on
 * the heap, so fgp_sigv4a_key_free() is due. A zeroed one is none.
 *
 * Any number of threads may sign with one at a time. It must not be copied, moved or
 * freed while a signing key stands on it, and is of no use to another process.
 */
typedef struct fgp_sigv4a_key {
    uint64_t room[12]; /* private */
} fgp_sigv4a_key;

/*
 * Derives |key|: once for each set of credentials, for it costs as much as several
 * signatures, and allocates. |key| is wholly overwritten, and none on error.
 * Returns FGP_OK, FGP_ERR_BAD_CREDENTIALS or FGP_ERR_CRYPTO.
 * Spec: SigV4, "Deriving a signing key", of SigV4A.
 */
fgp_status fgp_sigv4a_key_init(fgp_sigv4a_key *key, fgp_str access_key_id,
                               fgp_str secret_access_key, fgp_error *err);

/* Wipes and frees. Fine for a zeroed one, and twice. */
void fgp_sigv4a_key_free(fgp_sigv4a_key *key);

/*
 * Makes of |sigv4a|, which is kept, the signing key for the day of |now|: wherever one
 * is taken, this one makes signatures by SigV4A. Costs next to nothing. Each signature
 * allocates within OpenSSL's ECDSA, and nowhere else; it is another one each time, of
 * 144 hexadecimal digits or some fewer.
 * Returns FGP_OK, FGP_ERR_BAD_SIGNING_NAME, FGP_ERR_BAD_TIME, or FGP_ERR_BAD_CREDENTIALS
 * where |sigv4a| is none.
 */
fgp_status fgp_signing_key_init_sigv4a(fgp_signing_key *key, fgp_sigv4a_key *sigv4a, int64_t now,
                                       fgp_str service, fgp_error *err);

typedef struct fgp_header {
    fgp_str name, value;
} fgp_header;

typedef enum fgp_payload_kind {
    FGP_PAYLOAD_BYTES,   /* data is the body itself; empty is none */
    FGP_PAYLOAD_SHA256,  /* data is its SHA-256, 64 lower-case hexadecimal digits */
    FGP_PAYLOAD_UNSIGNED, /* UNSIGNED-PAYLOAD: for S3, and over TLS alone */
    /* Bodies that are signed as they are sent; data is not read. See fgp_chunked
     * and fgp_event_sign(). In headers alone: a presigned URL covers none of them. */
    FGP_PAYLOAD_CHUNKS,           /* STREAMING-AWS4-HMAC-SHA256-PAYLOAD */
    FGP_PAYLOAD_CHUNKS_TRAILER,   /* STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER */
    FGP_PAYLOAD_UNSIGNED_TRAILER, /* STREAMING-UNSIGNED-PAYLOAD-TRAILER: over TLS alone */
    FGP_PAYLOAD_EVENTS,           /* STREAMING-AWS4-HMAC-SHA256-EVENTS */
    FGP_PAYLOAD_ECDSA_CHUNKS,     /* STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD: SigV4A's chunks */
    FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER /* STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER */
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
    bool                   s3_session; /* the credentials are a session's of S3 Express: the token
                                          goes as x-amz-s3session-token */
    fgp_str region_set; /* with a key of SigV4A's: the regions that the signature is good in;
                           with another one empty */
} fgp_signer;

#define FGP_HEADERS_MAX 200   /* headers of a request */
#define FGP_QUERY_MAX   1000  /* parameters of a query */
#define FGP_TEXT_MAX    65535 /* bytes of a path, of a query, of all headers together */
#define FGP_NAMES_MAX   8192  /* bytes of the covered headers' names, with two for each */

/* A signed request: what to send. Views into the |out| of the call. */
typedef struct fgp_signed {
    fgp_str    url;        /* scheme, authority and target */
    fgp_str    target;     /* path and query; the tail of url. Send these bytes: they were signed */
    fgp_str    host;       /* the value of Host; default port left out */
    fgp_header headers[6]; /* to send beside the request's own, names in lower case: host,
                              x-amz-date, x-amz-content-sha256, x-amz-region-set,
                              x-amz-security-token (or x-amz-s3session-token), authorization,
                              as they apply; presigned: host alone */
    size_t     nheaders;
    fgp_str    signed_headers; /* "host;x-amz-date" */
    fgp_str    signature;      /* 64 hexadecimal digits; SigV4A's 144, or some fewer */
    fgp_str    canonical_request, string_to_sign; /* empty unless traced */
    fgp_error  error;
} fgp_signed;

/*
 * Signs |req|, by SigV4 or SigV4A as signer->key is, in the Authorization header.
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
 *   FGP_ERR_BAD_REGION      signer->region_set is none, or there without need
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

/* 20150830T123600Z for 1440938160; 16 bytes. 00000000T000000Z, which is no time, for
 * one that is not within the years 1970 to 9999. */
void fgp_put_amz_date(fgp_out *out, int64_t now);

/* ---- checksums -------------------------------------------------------- */

typedef enum fgp_checksum_kind {
    FGP_CHECKSUM_NONE,
    FGP_CHECKSUM_CRC32,
    FGP_CHECKSUM_CRC32C,
    FGP_CHECKSUM_CRC64NVME,
    FGP_CHECKSUM_SHA1,
    FGP_CHECKSUM_SHA256
} fgp_checksum_kind;

/* The header or trailer that carries it: "x-amz-checksum-crc32c". Empty for NONE. */
fgp_str fgp_checksum_header(fgp_checksum_kind kind);

/* The kind by that header, or by its name alone ("CRC32C"), in any case; NONE for others. */
fgp_checksum_kind fgp_checksum_find(fgp_str name);

/* The checksum of bytes that arrive in pieces. A plain value with room for either
 * build of the crypto; each init is followed by its put, which gives back what
 * OpenSSL holds. Contents are private. */
typedef struct fgp_checksum {
    uint64_t state[14];
    uint8_t  kind; /* an fgp_checksum_kind */
} fgp_checksum;

void       fgp_checksum_init(fgp_checksum *c, fgp_checksum_kind kind);
void       fgp_checksum_add(fgp_checksum *c, fgp_str bytes);
fgp_status fgp_put_checksum(fgp_out *out, fgp_checksum *c); /* base64; FGP_OK or FGP_ERR_CRYPTO */

/* ---- bodies in chunks ------------------------------------------------- */

#define FGP_CHUNK_MIN     8192       /* bytes of a chunk that is not the last */
#define FGP_CHUNK_DEFAULT 65536
#define FGP_CHUNK_MAX     1073741824 /* 1 GiB */
#define FGP_BODY_MAX      (UINT64_C(1) << 50)
#define FGP_TRAILERS_MAX  8
#define FGP_TRAILER_TEXT  1024 /* bytes of all trailers together, with ':' and line end each */
#define FGP_SIGNATURE_MAX 144  /* bytes; SigV4's has 64, SigV4A's is filled up to this by '*' */

/*
 * A body in S3's aws-chunked coding, by which it can be signed while it is sent:
 * each chunk is signed over the one before, the first over the request, and what
 * is known only at the end follows as trailers. This is what both sides know before
 * the first byte. To send one:
 *
 *     fgp_chunked_headers()                   what the request must carry
 *     fgp_sign()                              with payload.kind = body.kind
 *     fgp_chunker_init()                      with the request's key, time, signature
 *     fgp_chunker_put() …, fgp_chunker_end()  the bytes to send
 *     fgp_chunker_wipe()
 *
 * Zero-initialisable but for kind and length.
 * Spec: S3 API, "Signature calculations: transferring payload in multiple chunks"
 * and "… including trailing headers".
 */
typedef struct fgp_chunked {
    fgp_payload_kind kind; /* UNSIGNED_TRAILER; CHUNKS, CHUNKS_TRAILER; SigV4A's ECDSA_ twins */
    uint64_t         length; /* bytes of the body itself, FGP_BODY_MAX at most */
    uint32_t chunk; /* to send: bytes of each chunk but the last, FGP_CHUNK_MIN to FGP_CHUNK_MAX;
                       0 is FGP_CHUNK_DEFAULT. Received: of the largest to take; 0 is FGP_CHUNK_MAX */
    fgp_checksum_kind checksum; /* of the body, as a trailer; UNSIGNED_TRAILER must have one */
    const fgp_header *trailers; /* to send: further trailers, FGP_TRAILERS_MAX with the checksum;
                                   values may be filled in until the end, their lengths not */
    size_t            ntrailers;
    fgp_str           coding;   /* to send: the body's own content-encoding, such as gzip */
    fgp_str           declared; /* received: the request's x-amz-trailer */
} fgp_chunked;

#define FGP_CHUNKED_HEADERS 4

/*
 * What a request must carry, and have signed, beside the headers of its own:
 * content-encoding (which covers body->coding), content-length, that of the body as
 * it is sent; x-amz-decoded-content-length; and x-amz-trailer where it has trailers.
 *
 * in   body      to be sent
 * out  out       their text
 *      headers   those that apply, |*nheaders| of them; views into |out|
 *
 * Returns FGP_OK, or
 *   FGP_ERR_BAD_PAYLOAD   body->kind is not in chunks
 *   FGP_ERR_BAD_BODY      body->length is over FGP_BODY_MAX
 *   FGP_ERR_BAD_CHUNK     body->chunk is out of bounds
 *   FGP_ERR_BAD_HEADER    body->coding is no list of tokens
 *   FGP_ERR_BAD_TRAILER   a trailer is malformed, repeated or too long; there is none
 *                         with a kind that has them, or one with CHUNKS; or nothing
 *                         vouches for an unsigned body
 *   FGP_ERR_NOSPACE       |out| overflowed
 */
fgp_status fgp_chunked_headers(const fgp_chunked *body, fgp_out *out,
                               fgp_header headers[FGP_CHUNKED_HEADERS], size_t *nheaders,
                               fgp_error *err);

/*
 * The reverse: fills |body| from the headers of a received request, to be given to
 * fgp_dechunker_init(). body->declared is a view into them.
 * Returns FGP_OK, or
 *   FGP_ERR_BAD_PAYLOAD   x-amz-content-sha256 names no body in chunks
 *   FGP_ERR_BAD_HEADER    content-encoding has no aws-chunked, x-amz-decoded-content-length
 *                         is missing or no number, or one of them is repeated
 *   FGP_ERR_BAD_TRAILER   x-amz-trailer is missing, or there without need; names a
 *                         checksum that is not known, two of them, or more than
 *                         FGP_TRAILERS_MAX trailers; or nothing vouches for an unsigned body
 */
fgp_status fgp_chunked_read(fgp_chunked *body, const fgp_header *headers, size_t nheaders,
                            fgp_error *err);

/* Of a |body| that fgp_chunked_headers() takes: its bytes as it is sent, and the room
 * that surely does for any call of fgp_chunker_put(), fgp_chunker_head() and
 * fgp_chunker_end(). */
uint64_t fgp_chunked_length(const fgp_chunked *body);
size_t   fgp_chunked_room(const fgp_chunked *body);

/* The signature that a body's next part is made over. Contents are private. */
typedef struct fgp_chain {
    char    text[FGP_SIGNATURE_MAX];
    uint8_t len;
    uint8_t width; /* bytes of each signature on the wire */
} fgp_chain;

/* Starts |chain| with |signature|, the request's: 64 lower-case hexadecimal digits.
 * FGP_OK or FGP_ERR_BAD_SIGNATURE. */
fgp_status fgp_chain_init(fgp_chain *chain, fgp_str signature, fgp_error *err);

/* A body on its way out. Do not copy or move it meanwhile. */
typedef struct fgp_chunker {
    fgp_error error; /* which is wrong and why; once it is set, no call goes on */
    /* private */
    fgp_chunked     body;
    fgp_signing_key key;
    fgp_chain       chain;
    fgp_digest      hash; /* of the chunk under way */
    fgp_checksum    checksum;
    uint64_t        taken;
    uint32_t        size, filled; /* of the chunk under way; none while size is 0 */
    const char     *place;        /* where fgp_chunker_put() makes it */
    char            stamp[16];
    bool            hashing, checking, ended;
} fgp_chunker;

/*
 * Starts |c|. The key is copied: it stays the same for the whole body, even where
 * the host's own changes meanwhile.
 *
 * in   body   as it was for fgp_chunked_headers(); its trailers are kept, not copied
 *      key    that signed the request; NULL with UNSIGNED_TRAILER
 *      now    the request's time
 *      seed   the request's signature; not read with UNSIGNED_TRAILER
 *
 * Returns FGP_OK, what fgp_chunked_headers() returns, FGP_ERR_KEY_SCOPE where |key| is
 * of another day than |now|, or FGP_ERR_BAD_SIGNATURE where |seed| is none. After it
 * fgp_chunker_wipe() is due, however it ends.
 */
fgp_status fgp_chunker_init(fgp_chunker *c, const fgp_chunked *body, const fgp_signing_key *key,
                            int64_t now, fgp_str seed);

/*
 * Takes some of |*bytes|, which is moved on past them, and puts a chunk that is full
 * on |out|: what stands there may be sent. It returns at a chunk's end, so call it
 * while there are bytes:
 *
 *     while (s == FGP_OK && bytes.len != 0) {
 *         s = fgp_chunker_put(&c, &bytes, &out);
 *         if (out.need != 0)
 *             … send out.need bytes of out.buf, and set out.need to 0
 *     }
 *
 * The chunk under way lies behind what stands on |out|. So while out->need has not
 * moved, |out| must stay as it is from call to call.
 *
 * Returns FGP_OK, or
 *   FGP_ERR_BAD_BODY   more bytes came than body->length
 *   FGP_ERR_NOSPACE    |out| has no room for the whole chunk; nothing was taken, and
 *                      its need says what will do: set it back, and call again
 *   FGP_ERR_CRYPTO
 */
fgp_status fgp_chunker_put(fgp_chunker *c, fgp_str *bytes, fgp_out *out);

/*
 * The same without a copy, for a host that sends the bytes from where they are:
 * fgp_chunker_add() takes of |*bytes| up to the chunk's end, and once
 * fgp_chunker_wants() says 0, fgp_chunker_head() puts what must be sent before those
 * bytes; FGP_CHUNK_TAIL follows them.
 */
#define FGP_CHUNK_TAIL "\r\n"
size_t     fgp_chunker_wants(const fgp_chunker *c); /* bytes to the end of the chunk under way */
fgp_status fgp_chunker_add(fgp_chunker *c, fgp_str *bytes);
fgp_status fgp_chunker_head(fgp_chunker *c, fgp_out *out);

/* Puts what comes last: the empty chunk, and the trailers. FGP_OK, FGP_ERR_BAD_BODY
 * where fewer bytes came than body->length, FGP_ERR_BAD_TRAILER where a trailer's
 * value can't be sent, FGP_ERR_NOSPACE as above, or FGP_ERR_CRYPTO. */
fgp_status fgp_chunker_end(fgp_chunker *c, fgp_out *out);

/* Wipes |c|, and gives back what OpenSSL holds. May be called twice, and on a zeroed one. */
void fgp_chunker_wipe(fgp_chunker *c);

/* By name, in lower case. */
typedef struct fgp_trailers {
    size_t     n;
    fgp_header at[FGP_TRAILERS_MAX];
} fgp_trailers;

/* A body on its way in. Do not copy or move it meanwhile. */
typedef struct fgp_dechunker {
    fgp_error    error;    /* what is wrong and where; once it is set, no call goes on */
    uint64_t     trusted;  /* bytes of the body, from its start, proved to be the sender's */
    bool         done;     /* the body is whole, and all of it trusted */
    fgp_trailers trailers; /* those received, once it is done; views into this struct */
    /* private */
    fgp_chunked     body;
    fgp_signing_key key;
    fgp_chain       chain;
    fgp_digest      hash;
    fgp_checksum    checksum;
    uint64_t        taken, at; /* of the body; of what is sent, where the chunk begins */
    uint64_t        read;      /* of what is sent */
    uint64_t        number;    /* of the chunk, from 1 */
    uint32_t        size, left; /* of the chunk */
    uint16_t        line_len, text_len;
    uint8_t         state, ndeclared, signature_len;
    bool            hashing, checking, trailer_signed;
    char            stamp[16];
    char            signature[FGP_SIGNATURE_MAX]; /* that the chunk came with */
    char            line[FGP_TRAILER_TEXT + 2];
    char            text[FGP_TRAILER_TEXT];
} fgp_dechunker;

/*
 * Starts |d|; arguments and errors as fgp_chunker_init() has them, |body| as
 * fgp_chunked_read() fills it; what body->declared points to is kept, not copied.
 * After it fgp_dechunker_wipe() is due.
 */
fgp_status fgp_dechunker_init(fgp_dechunker *d, const fgp_chunked *body,
                              const fgp_signing_key *key, int64_t now, fgp_str seed);

/*
 * Takes some of |*in|, a piece of the body as it is sent, which is moved on past it,
 * and sets |*bytes| to the next bytes of the body: a view into |*in|, or empty. Call
 * it while there are bytes of |*in|.
 *
 * The bytes come before their chunk's signature can be checked. Act on those alone
 * that d->trusted counts: it moves at each chunk's end, or, with UNSIGNED_TRAILER,
 * from 0 to all of them at the body's. Keep or drop the rest until then.
 *
 * Returns FGP_OK, or
 *   FGP_ERR_BAD_CHUNK      a chunk's head is malformed or too long, its signature not
 *                          one by its form; a line end is missing; a chunk is larger
 *                          than body->chunk, or small and not the last; or bytes follow
 *                          the end
 *   FGP_ERR_BAD_BODY       more or fewer bytes came than body->length
 *   FGP_ERR_BAD_SIGNATURE  a chunk or the trailer is not what was signed: its bytes
 *                          were changed, or a part is missing or out of order
 *   FGP_ERR_BAD_TRAILER    a trailer is malformed, repeated, not declared or missing,
 *                          or they are too many or too long
 *   FGP_ERR_BAD_CHECKSUM   the body has another checksum than its trailer says
 *   FGP_ERR_CRYPTO
 */
fgp_status fgp_dechunker_next(fgp_dechunker *d, fgp_str *in, fgp_str *bytes);

/* Says that no more will come. FGP_OK where the body is whole, else FGP_ERR_BAD_CHUNK
 * or what was wrong before. */
fgp_status fgp_dechunker_end(fgp_dechunker *d);

void fgp_dechunker_wipe(fgp_dechunker *d); /* as fgp_chunker_wipe() */

/* ---- event streams ---------------------------------------------------- */

#define FGP_EVENT_MAX         25165824 /* bytes of a message: 24 MiB */
#define FGP_EVENT_HEADER_TEXT 131072   /* bytes of its headers, encoded */
#define FGP_EVENT_HEADERS_MAX 255
#define FGP_EVENT_VALUE_MAX   32767 /* bytes of a header's value */
#define FGP_EVENT_SIGNED_MORE 83    /* bytes that a signature adds to a message */

typedef enum fgp_event_type { /* as they stand in a message; the value is in … */
    FGP_EVENT_TRUE,
    FGP_EVENT_FALSE,
    FGP_EVENT_BYTE,   /* number: 8 bits, signed, as all are */
    FGP_EVENT_SHORT,  /* number: 16 bits */
    FGP_EVENT_INT,    /* number: 32 bits */
    FGP_EVENT_LONG,   /* number: 64 bits */
    FGP_EVENT_BYTES,  /* text */
    FGP_EVENT_STRING, /* text: UTF-8, not checked */
    FGP_EVENT_TIME,   /* number: milliseconds since 1970 */
    FGP_EVENT_UUID    /* text: 16 bytes */
} fgp_event_type;

typedef struct fgp_event_header {
    fgp_str        name; /* 1 to 255 bytes, once in a message */
    fgp_event_type type;
    fgp_str        text;
    int64_t        number;
} fgp_event_header;

/*
 * Puts a message of the application/vnd.amazon.eventstream framing.
 * Returns FGP_OK, FGP_ERR_NOSPACE, or FGP_ERR_BAD_EVENT where a header's name is
 * empty, too long or repeated, its number too large for its type or its text too
 * long, or where the message exceeds one of the bounds above.
 * Spec: Smithy, "Amazon Event Stream Specification".
 */
fgp_status fgp_event_put(fgp_out *out, const fgp_event_header *headers, size_t nheaders,
                         fgp_str payload, fgp_error *err);

/* A message; views into what it was read from. */
typedef struct fgp_event {
    size_t  length;  /* bytes of the message, as far as is known; see fgp_event_read() */
    fgp_str headers; /* encoded: walk over them with fgp_event_next() */
    fgp_str payload;
} fgp_event;

/*
 * Reads the message that |bytes| begins with.
 *
 * in   bytes   all that was received from its start on; more may follow
 *      max     bytes of the largest message to take; 0 is FGP_EVENT_MAX
 * out  event   with event->length <= bytes.len, the message, all of it checked; the
 *              next one begins at that place. Else it is not all there: nothing else
 *              is set, and nothing can be said until that many bytes are there
 *
 * Returns FGP_OK, or FGP_ERR_BAD_EVENT: a length or a checksum is wrong, a header is
 * malformed or repeated, or the message exceeds |max| or one of the bounds above. An
 * overlong one is refused by its first 12 bytes.
 */
fgp_status fgp_event_read(fgp_str bytes, size_t max, fgp_event *event, fgp_error *err);

/* Takes the next |header| off |headers|, a copy of event->headers. False at the end. */
bool fgp_event_next(fgp_str *headers, fgp_event_header *header);

/*
 * Puts |message|, itself a message, in the signed one that carries it, and moves
 * |chain| on. An empty |message| makes the event that ends the stream.
 *
 * in   chain    from fgp_chain_init(), with the signature of the request, whose
 *               payload.kind is FGP_PAYLOAD_EVENTS
 *      key      of the day of |now|, which is each event's own
 *
 * Returns FGP_OK, or with |chain| as it was
 *   FGP_ERR_KEY_SCOPE  |key| is of another day than |now|: derive it
 *   FGP_ERR_UNSUPPORTED_AUTH  |key| is SigV4A's, which signs no events; below, too
 *   FGP_ERR_BAD_EVENT  |message| is longer than FGP_EVENT_MAX lets it be
 *   FGP_ERR_NOSPACE, FGP_ERR_CRYPTO
 * Spec: Transcribe Developer Guide, "Event stream encoding".
 */
fgp_status fgp_event_sign(fgp_chain *chain, const fgp_signing_key *key, int64_t now,
                          fgp_str message, fgp_out *out, fgp_error *err);

/*
 * The reverse: checks the signature of |event|, whose payload is the message that it
 * carries, empty at the stream's end, and moves |chain| on.
 *
 * out  when   the event's own time, which may be wrong: whether it is near enough the
 *             caller's is for the caller to say
 *
 * Returns FGP_OK, or with |chain| as it was
 *   FGP_ERR_KEY_SCOPE      |key| is of another day than |*when|: derive it, and try again
 *   FGP_ERR_BAD_EVENT      it lacks :date or :chunk-signature, has one of another type
 *                          or length, or another header, which nothing would cover
 *   FGP_ERR_BAD_SIGNATURE  it is not what was signed: changed, or out of order
 *   FGP_ERR_CRYPTO
 */
fgp_status fgp_event_verify(fgp_chain *chain, const fgp_signing_key *key, const fgp_event *event,
                            int64_t *when, fgp_error *err);

/* ---- verifying -------------------------------------------------------- */

/* What is asked of a signature that comes in, beside that it is right: what stays
 * from request to request. Zero-initialisable. */
typedef struct fgp_verifier {
    fgp_str  region, service; /* that the credential scope must name; empty: any */
    uint32_t skew_s; /* how far a signature's time may be from the clock's; 0: 900 */
    const fgp_sign_rules *rules; /* NULL: those of the scope's service */
    const fgp_str *must;         /* further headers to be covered where they come: in lower case */
    size_t         nmust;
    bool body_later;        /* the payload is not there yet; see fgp_verify_body() */
    bool unsigned_over_http; /* let a body that nothing covers come without TLS */
    bool token_unsigned;     /* the session token is outside the signature (IoT) */
} fgp_verifier;

/* A signature that came in. Views into the request and the |out| of fgp_verify_begin(). */
typedef struct fgp_verified {
    bool            valid; /* the request is what the key's owner signed. Nothing else says so */
    fgp_auth_scheme scheme;        /* SIGV4 */
    bool            presigned;     /* it came in the URL */
    fgp_str         access_key_id; /* whose secret to look up */
    fgp_str         session_token; /* empty: there is none */
    fgp_str         date, region, service; /* of the credential scope; date as "20150830" */
    int64_t         time;      /* of the signature */
    int64_t         expires_s; /* after that time; 0 where it came in headers */
    fgp_str         signed_headers; /* "host;x-amz-date" */
    fgp_payload     payload; /* what covers the body: SHA256 with its hash, or a kind that
                                says that nothing does, or that its parts are signed */
    bool            body_due; /* fgp_verify_body() is to be called when the body is there */
    fgp_str         signature; /* the seed that fgp_dechunker_init() and fgp_chain_init() take */
    fgp_str         canonical_request, string_to_sign; /* empty unless traced */
    fgp_error       error; /* once it is set, no call goes on */
    /* private */
    fgp_str scope;
    char    stamp[16];
    uint8_t digest[32]; /* of the canonical request */
} fgp_verified;

/*
 * Verifies a request that came in, in two steps, so that the key may be looked up in
 * between, by whatever means:
 *
 *     s = fgp_verify_begin(&verifier, &req, now, &out, NULL, &res);
 *     … the secret of res.access_key_id, and the session token that belongs to it …
 *     s = fgp_signing_key_init(&key, secret, res.time, res.region, res.service, &err);
 *     s = fgp_verify_end(&res, &key, token);
 *
 * This is the first: it reads the Authorization header, or the query of a presigned
 * URL, and checks all that needs no key.
 *
 * in   req     as it was on the wire: the raw path and query, all headers. Host is the
 *              Host header, or authority where there is none (HTTP/2); scheme is that
 *              of the connection. payload is BYTES or SHA256, and not read where
 *              verifier->body_later
 *      trace   NULL, or where canonical request and string to sign are put
 * out  out     the text of |res|; fgp_verify_room() bytes are always enough
 *      res     res->valid is false as yet
 *
 * Returns FGP_OK, or
 *   FGP_ERR_NOT_SIGNED         there is neither
 *   FGP_ERR_BAD_AUTH           there are both, or one is malformed or incomplete: a part
 *                              is missing, there twice, or not of its form
 *   FGP_ERR_UNKNOWN_ALGORITHM  it is not AWS4-HMAC-SHA256
 *   FGP_ERR_DUPLICATE          a header or parameter that the signature stands on came
 *                              twice: host, authorization, x-amz-date, content-type, …
 *   FGP_ERR_SCOPE_MISMATCH     the scope is of another day than the time, or of another
 *                              region or service than verifier's
 *   FGP_ERR_TIME_SKEW          the time is more than skew_s ahead of |now|, or behind
 *                              where there is no expiry; the text says by how much
 *   FGP_ERR_BAD_EXPIRES        X-Amz-Expires is not within 1 to 604800
 *   FGP_ERR_EXPIRED            |now| is at the expiry or later
 *   FGP_ERR_BAD_SIGNED_HEADERS SignedHeaders is not sorted, not in lower case, or names
 *                              a header twice or one that did not come
 *   FGP_ERR_NOT_COVERED        it lacks host, an x-amz-* header that came or one of
 *                              verifier->must; the text names it
 *   FGP_ERR_BAD_PAYLOAD        x-amz-content-sha256 is missing where the service wants
 *                              it, or unknown; nothing covers the body, and there is no
 *                              TLS; or the payload is of another kind, or not there yet
 *                              and nothing says its hash
 *   FGP_ERR_PAYLOAD_MISMATCH   the body is there, and has another hash
 *   FGP_ERR_BAD_METHOD, FGP_ERR_BAD_URL, FGP_ERR_BAD_PATH, FGP_ERR_BAD_QUERY,
 *   FGP_ERR_BAD_HEADER, FGP_ERR_BAD_TIME
 *   FGP_ERR_NOSPACE            |out| or |trace| overflowed
 *   FGP_ERR_CRYPTO
 * Spec: SigV4, "Create a signed AWS API request"; IAM User Guide, "Signature errors".
 */
fgp_status fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req, int64_t now,
                            fgp_out *out, fgp_out *trace, fgp_verified *res);

/*
 * The second step: whether |key| gives the signature. In a time that tells nothing of
 * how much of it is right.
 *
 * in   key     of res->time's day, res->region and res->service; NULL where nobody has
 *              res->access_key_id
 *      token   the session token that belongs to the key; empty for a long-term key.
 *              res->session_token, where the caller judges it elsewhere
 * out  res     res->valid
 *
 * Returns FGP_OK, what fgp_verify_begin() returned, or
 *   FGP_ERR_UNKNOWN_KEY    |key| is NULL
 *   FGP_ERR_KEY_SCOPE      |key| is of another scope
 *   FGP_ERR_BAD_TOKEN      the request's session token is missing, unexpected or another
 *   FGP_ERR_BAD_SIGNATURE  the request is not what was signed, or signed by another key
 *   FGP_ERR_CRYPTO
 */
fgp_status fgp_verify_end(fgp_verified *res, const fgp_signing_key *key, fgp_str token);

/*
 * Compares the body's |sha256|, as fgp_digest_hex() gives it, with the one that was
 * signed: for a |res| that is valid with body_due set, which it unsets. On error
 * res->valid is false again.
 * Returns FGP_OK, what was wrong before, or FGP_ERR_PAYLOAD_MISMATCH.
 */
fgp_status fgp_verify_body(fgp_verified *res, fgp_str sha256);

/* Bytes of out that surely do for fgp_verify_begin(), and of the trace, too. */
size_t fgp_verify_room(const fgp_request *req);

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
 *   FGP_ERR_BAD_BUCKET        the parameter Bucket is set, and neither an ARN nor a name:
 *                             the rules alone would put any text into the path
 *   FGP_ERR_UNSUPPORTED_AUTH  none of the offered schemes is SigV4
 *   FGP_ERR_BAD_REGION        there is no signing region, or it is not one
 */
fgp_status fgp_plan_make(const fgp_params *params, fgp_out *out, fgp_plan *plan);

/* Likewise, for a caller who can sign by other schemes, too: |schemes| has a bit for
 * each, such as FGP_AUTH_BIT(FGP_AUTH_SIGV4) | FGP_AUTH_BIT(FGP_AUTH_SIGV4_S3EXPRESS).
 * The latter needs a session: see fgp_session_request(). FGP_AUTH_SIGV4A takes
 * plan->auth.region_set and a key of fgp_signing_key_init_sigv4a()'s; where an endpoint
 * offers both, the one that it names first is taken, so who minds SigV4A's cost asks
 * fgp_plan_make() first. */
#define FGP_AUTH_BIT(scheme) (1u << (scheme))
fgp_status fgp_plan_make_for(const fgp_params *params, unsigned schemes, fgp_out *out,
                             fgp_plan *plan);

/* Puts the path of a request to |plan|'s endpoint: the endpoint's own path, then
 * '/', then |key| percent-encoded, its '/' left as they are. */
void fgp_put_key_path(const fgp_plan *plan, fgp_str key, fgp_out *out);

/* ---- tokens ----------------------------------------------------------- */

typedef enum fgp_token_kind {
    FGP_TOKEN_RDS,                    /* RDS and Aurora: a database user's password */
    FGP_TOKEN_DSQL,                   /* Aurora DSQL, by a role that a user is tied to */
    FGP_TOKEN_DSQL_ADMIN,             /* Aurora DSQL, as the user admin */
    FGP_TOKEN_ELASTICACHE,            /* a replication group */
    FGP_TOKEN_ELASTICACHE_SERVERLESS, /* a serverless cache */
    FGP_TOKEN_MEMORYDB,
    FGP_TOKEN_MSK, /* Kafka's OAUTHBEARER */
    FGP_TOKEN_EKS, /* Kubernetes */
    FGP_TOKEN_IOT  /* a wss:// URL for MQTT, with the session token outside the signature */
} fgp_token_kind;

/* "rds", "dsql", "dsql-admin", "elasticache", "elasticache-serverless", "memorydb",
 * "msk", "eks", "iot"; NULL past the last. */
const char *fgp_token_name(fgp_token_kind kind);

/* What a token is for. Zero-initialisable but for kind and region. */
typedef struct fgp_token_for {
    fgp_token_kind kind;
    fgp_str        region;
    fgp_str  host; /* the endpoint's name, without a port; of ElastiCache and MemoryDB that of the
                      cache or cluster itself. Empty with MSK and EKS: by the endpoint rules */
    unsigned port; /* RDS: the database's, which is signed; else 0 */
    fgp_str  user; /* RDS, ElastiCache, MemoryDB: who connects; EKS: the cluster's name */
    int64_t  expires_s; /* 0: as is usual, 900; EKS 60 */
    const fgp_table *table; /* MSK and EKS, without a host */
} fgp_token_for;

/*
 * Makes a token: a presigned URL, in the form in which the service takes it. Where it
 * has a signature, that is fgp_presign()'s.
 *
 * in   what    see there
 *      creds   who asks
 * out  out     ten times the session token's length and 8192 bytes surely do
 *      token   a view into |out|, which holds more. As good as a password
 *
 * Returns FGP_OK, or
 *   FGP_ERR_BAD_URL      the host is missing or none, or the port is missing, or not for
 *                        this token
 *   FGP_ERR_BAD_USER     the user (or cluster) is missing, longer than 256 bytes, holds a
 *                        control byte, or is not for this token
 *   FGP_ERR_BAD_EXPIRES  it is not within 1 second and what the service takes
 *   FGP_ERR_BAD_REGION, FGP_ERR_NO_CREDENTIALS, FGP_ERR_BAD_CREDENTIALS, FGP_ERR_BAD_TIME,
 *   FGP_ERR_NOSPACE, FGP_ERR_CRYPTO, and of the endpoint rules what fgp_plan_make() has
 */
fgp_status fgp_token(const fgp_token_for *what, const fgp_credentials *creds, int64_t now,
                     fgp_out *out, fgp_str *token, fgp_error *err);

/* ---- POST policies ---------------------------------------------------- */

#define FGP_POST_FIELDS_MAX 64    /* further fields of a form */
#define FGP_POST_POLICY_MAX 20480 /* bytes of a policy: S3's limit for all fields */

/*
 * What a browser may put into a bucket by a form. Zero-initialisable but for bucket,
 * key and expires_s.
 */
typedef struct fgp_post_rules {
    fgp_str  bucket;
    fgp_str  key;       /* "uploads/${filename}": any key that begins with "uploads/" */
    int64_t  expires_s; /* 1 to 604800 */
    bool     has_length;
    uint64_t least, most; /* with has_length: bytes of the object */
    fgp_str  content_type; /* exactly so, or, ending with '/', any of that kind; empty: the form
                              has no Content-Type */
    const fgp_header *fields; /* that the form has, exactly so: acl, x-amz-meta-…, tagging */
    size_t            nfields;
} fgp_post_rules;

/* The fields to send before the file; views into the |out| of the call. */
typedef struct fgp_post {
    fgp_header fields[6]; /* policy, x-amz-algorithm, x-amz-credential, x-amz-date,
                             x-amz-security-token (or x-amz-s3session-token) as it applies,
                             x-amz-signature */
    size_t     nfields;
    fgp_error  error;
} fgp_post;

/*
 * Puts the policy document that says |rules|, and the conditions for the fields that
 * fgp_post_sign() adds: JSON, in ASCII alone.
 *
 * Returns FGP_OK, or
 *   FGP_ERR_BAD_BUCKET, FGP_ERR_BAD_KEY, FGP_ERR_BAD_EXPIRES, FGP_ERR_BAD_TIME
 *   FGP_ERR_BAD_POLICY   least is more than most; the key has "${filename}" elsewhere than
 *                        at its end; a field's name is none, or repeated, or is set
 *                        otherwise; or a text is not UTF-8 or holds a control byte
 *   FGP_ERR_KEY_SCOPE, FGP_ERR_BAD_CREDENTIALS, FGP_ERR_NOSPACE
 * Spec: S3 API, "Creating a POST policy".
 */
fgp_status fgp_put_post_policy(fgp_out *out, const fgp_signer *signer, const fgp_post_rules *rules,
                               int64_t now, fgp_error *err);

/*
 * Signs |policy|, such a document or one's own, which must have conditions for all
 * fields of the form, these included; it is not looked at.
 *
 * in   now    as it was for fgp_put_post_policy(); of the day of signer->key
 *
 * Returns FGP_OK, FGP_ERR_BAD_POLICY where it is empty or longer than
 * FGP_POST_POLICY_MAX, FGP_ERR_KEY_SCOPE, FGP_ERR_BAD_CREDENTIALS, FGP_ERR_NOSPACE or
 * FGP_ERR_CRYPTO. Spec: S3 API, "Authenticating requests: browser-based uploads".
 */
fgp_status fgp_post_sign(const fgp_signer *signer, fgp_str policy, int64_t now, fgp_out *out,
                         fgp_post *post);

/* ---- signing keys, kept ----------------------------------------------- */

#define FGP_KEY_WORDS ((sizeof(fgp_signing_key) + 7) / 8)

/* One key's place. Contents are private. */
typedef struct fgp_key_slot {
    uint64_t lock, word[3 + FGP_KEY_WORDS];
} fgp_key_slot;

/*
 * Signing keys, kept in the caller's memory: of a process, or shared by several. Any
 * thread may call at any time, and none ever waits: a key that is being changed is
 * not there, and is derived.
 *
 *     static fgp_key_slot  slots[64];              zeroed: that is an empty cache
 *     static fgp_key_cache cache = { slots, 64 };
 */
typedef struct fgp_key_cache {
    fgp_key_slot *slot;
    size_t        nslots; /* 1 at least; 64 are plenty */
} fgp_key_cache;

/* Which key. */
typedef struct fgp_key_for {
    uint64_t generation; /* a number of the caller's: another one for each set of credentials */
    fgp_str  secret_access_key; /* of that generation; read where the key is not there */
    fgp_str  region, service;   /* as for fgp_signing_key_init() */
} fgp_key_for;

/*
 * Copies the key for the day of |now| to |key|, derived where it is not kept; then it
 * takes the place of one that was, and those of other days than this, the one before
 * and the one after are wiped. |key| is the caller's to wipe. Returns what
 * fgp_signing_key_init() does.
 */
fgp_status fgp_key_cache_get(fgp_key_cache *cache, const fgp_key_for *which, int64_t now,
                             fgp_signing_key *key, fgp_error *err);

/* Wipes the keys of |generation|, when its credentials are given up. At the end
 * fgp_wipe() the slots. */
void fgp_key_cache_drop(fgp_key_cache *cache, uint64_t generation);

/* ---- clock skew ------------------------------------------------------- */

#define FGP_SKEW_LEAST_S 240 /* a smaller skew is not corrected; AWS takes 5 or 15 minutes */

/*
 * Reads an HTTP-date in any of its three forms; |now| says the century of the one that
 * has two digits for the year. False, and |*when| as it was, where |text| is none, or
 * not within the years 1970 to 9999, or its day of the week is another's.
 * Spec: RFC 9110 section 5.6.7.
 */
bool fgp_http_date(fgp_str text, int64_t now, int64_t *when);

/* What a reply tells of the time. */
typedef struct fgp_skew_seen {
    int64_t sent_ns, received_ns; /* request and reply, by the host's clock as it is */
    fgp_str date;                 /* the value of Date; empty without */
    bool    has_age;              /* there is an Age: a cache answered, some time ago */
} fgp_skew_seen;

/*
 * The seconds to add to the host's clock to have the server's, for |now| of later
 * signatures: 0 where they differ by less than FGP_SKEW_LEAST_S; |offset_s|, what it
 * was, where the reply does not say: no Date, an Age, or more than 15 minutes on its
 * way.
 */
int64_t fgp_skew_offset(const fgp_skew_seen *seen, int64_t offset_s);

/*
 * Whether a request that was refused with the error |code| ("RequestTimeTooSkewed"),
 * signed with the offset |used_s|, is worth signing once more with |offset_s|: the code
 * is one that skew leads to, and the offset is another by FGP_SKEW_LEAST_S.
 */
bool fgp_skew_retry(fgp_str code, int64_t used_s, int64_t offset_s);

/* ---- S3 Express sessions ---------------------------------------------- */

#define FGP_SESSION_TEXT   4096 /* bytes of a session's credentials together */
#define FGP_SESSION_BUCKET 63
#define FGP_REPLY_MAX      65536 /* bytes of a reply that is read */

/*
 * Requests to a directory bucket are signed with credentials of a session, which
 * CreateSession gives for five minutes:
 *
 *     fgp_plan_make_for()       with the bucket, and S3 Express among the schemes
 *     fgp_sessions_find()       whether there is a session; if not, or soon no more:
 *       fgp_session_request()     the request for one, to be signed with the ordinary
 *       fgp_sign() …              credentials and sent
 *       fgp_session_read()        its reply
 *     fgp_sign()                with session->credentials, and signer.s3_session set
 *
 * A plain value, but for its views: move it with fgp_session_move(), fgp_wipe() it.
 */
typedef struct fgp_session {
    fgp_credentials credentials; /* views of text */
    int64_t         expires;     /* empty credentials and 0: none */
    /* private */
    uint64_t generation;
    int64_t  asked; /* somebody fetches a new one since then; 0: nobody does */
    char     bucket[FGP_SESSION_BUCKET];
    uint8_t  bucket_len;
    uint16_t text_len;
    char     text[FGP_SESSION_TEXT];
} fgp_session;

/*
 * The request for a session with |plan|'s bucket, to be signed as plan->rules and
 * plan->auth say, without s3_session. |read_only| asks for one that can't write.
 */
void fgp_session_request(const fgp_plan *plan, bool read_only, fgp_request *req);

/*
 * Reads the reply to it: HTTP |status|, 0 where none came, and |body|.
 *
 * Returns FGP_OK and the session, which can be wiped any time; or
 *   FGP_ERR_NO_REPLY   none came, or a 429 or 5xx: another try may go better
 *   FGP_ERR_BAD_REPLY  it is a refusal, whose code |err| tells, or not what CreateSession
 *                      answers: no XML, longer than FGP_REPLY_MAX, a part missing,
 *                      repeated or malformed, or a session that is over at |now|
 * Takes some memory of expat's meanwhile, from which the secret is wiped.
 * Spec: S3 API, "CreateSession".
 */
fgp_status fgp_session_read(fgp_session *session, int status, fgp_str body, int64_t now,
                            fgp_error *err);

void fgp_session_move(fgp_session *to, fgp_session *from); /* |from| is wiped */

/* Sessions by bucket, in the caller's memory, zeroed to begin with and wiped at the
 * end. Not for several threads at a time: a host that has them locks. */
typedef struct fgp_sessions {
    fgp_session *session;
    size_t       n; /* 1 at least; 100 are what SDKs keep */
} fgp_sessions;

typedef enum fgp_session_state {
    FGP_SESSION_READY,  /* use it */
    FGP_SESSION_RENEW,  /* use it, and fetch the next one: this caller and no other is asked */
    FGP_SESSION_FETCH,  /* there is none: fetch one, likewise */
    FGP_SESSION_WAIT    /* there is none, and another caller fetches it */
} fgp_session_state;

/*
 * Looks for |bucket|'s session, of the credentials |generation|: *session, which stays
 * good until the next call. Who is asked to fetch is given ten seconds; then the next
 * caller is asked. A session that another bucket's takes the place of is wiped.
 */
fgp_session_state fgp_sessions_find(fgp_sessions *sessions, uint64_t generation, fgp_str bucket,
                                    int64_t now, fgp_session **session);

/* Takes over what was fetched, and wipes |from|; or says that nothing was (NULL), so
 * that the next caller may try. FGP_OK, or FGP_ERR_BAD_BUCKET. */
fgp_status fgp_sessions_keep(fgp_sessions *sessions, uint64_t generation, fgp_str bucket,
                             fgp_session *from, fgp_error *err);

/* Wipes the sessions of |generation|, when its credentials are given up. */
void fgp_sessions_drop(fgp_sessions *sessions, uint64_t generation);

#ifdef __cplusplus
}
#endif

#endif
