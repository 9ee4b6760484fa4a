/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerpost_curl.h - requests of libcurl's, sent where AWS wants them and signed.
 *
 *     fgp_curl      *fgp = fgp_curl_new();                  one for the program
 *     fgp_curl_easy *f;
 *
 *     fgp_curl_set_credentials_env(fgp);
 *     fgp_curl_attach(fgp, curl, &f);                       one for each easy handle
 *     fgp_curl_setopt(f, FGP_CURLOPT_URL, "s3://photos/2024/a b.jpg");
 *     fgp_curl_setopt(f, FGP_CURLOPT_REGION, "eu-west-1");
 *     if (fgp_curl_perform(f) != CURLE_OK)
 *         fprintf(stderr, "%s\n", fgp_curl_error(f));
 *     fgp_curl_detach(f);
 *
 * Conventions, for every function here:
 *
 *   A request is signed when libcurl is about to send it, in
 *   CURLOPT_PREREQFUNCTION: each of a handle's transfers and each redirect anew,
 *   and time spent in a queue ages no signature. What can't be signed is not sent:
 *   the transfer ends with CURLE_ABORTED_BY_CALLBACK and fgp_curl_error() says why.
 *
 *   An int that is not a CURLcode is 0 (FGP_OK), a status of fingerpost.h's such as
 *   FGP_ERR_BAD_REGION, or one of those listed below.
 *
 *   An fgp_curl may be used by any number of threads; an fgp_curl_easy, like its
 *   CURL, by one at a time. curl_global_init() is the program's to call.
 *
 * Needs libcurl 7.80.0 or newer.
 */
#ifndef FINGERPOST_CURL_H
#define FINGERPOST_CURL_H

#include <curl/curl.h>

#include "fingerpost.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FGP_CURL_EXTERN __attribute__((visibility("default")))
#else
#define FGP_CURL_EXTERN
#endif

/* ---- errors ----------------------------------------------------------- */

/* What can go wrong here beside the core's own: name, value (part of the ABI), meaning. */
#define FGP_CURL_STATUS_LIST(X)                                                             \
    X(NO_MEMORY, -101, "out of memory")                                                     \
    X(BAD_OPTION, -102, "there is no such option, or it takes no such value")               \
    X(NO_SERVICE, -103, "nothing says which service the request is for")                    \
    X(NO_PAYLOAD, -104, "the request has a body, and nothing says what its hash is")        \
    X(FOREIGN_HOST, -105, "the request would go to another host than the one asked for")    \
    X(NOT_PREPARED, -106, "the handle has no request prepared")                             \
    X(LIBCURL, -107, "libcurl refused an option, or is too old")

enum {
    FGP_CURLE_OK = 0,
#define X(name, value, text) FGP_CURLE_##name = value,
    FGP_CURL_STATUS_LIST(X)
#undef X
    FGP_CURLE_LAST = -199
};

/* What |status| means, for both kinds; never NULL, static storage. */
FGP_CURL_EXTERN const char *fgp_curl_strerror(int status);

/* ---- what all handles share ------------------------------------------- */

/* Credentials, and the signing keys derived from them. */
typedef struct fgp_curl fgp_curl;

/* NULL where there is no memory. */
FGP_CURL_EXTERN fgp_curl *fgp_curl_new(void);

/* Wipes and frees; handles still attached keep it alive until they are detached.
 * NULL is fine. */
FGP_CURL_EXTERN void fgp_curl_free(fgp_curl *fgp);

/*
 * Sets the credentials that requests are signed with from now on; a request under
 * way goes on with those it began with. All are copied, and wiped when no longer
 * used. |session_token| is NULL or "" for long-term credentials.
 * Returns 0, FGP_ERR_NO_CREDENTIALS, FGP_ERR_BAD_CREDENTIALS or FGP_CURLE_NO_MEMORY.
 */
FGP_CURL_EXTERN int fgp_curl_set_credentials(fgp_curl *fgp, const char *access_key_id,
                                             const char *secret_access_key,
                                             const char *session_token);

/* Likewise, from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. */
FGP_CURL_EXTERN int fgp_curl_set_credentials_env(fgp_curl *fgp);

/* ---- one easy handle -------------------------------------------------- */

typedef struct fgp_curl_easy fgp_curl_easy;

/*
 * Makes |easy| sign its requests. Sets CURLOPT_PREREQFUNCTION, _PREREQDATA,
 * _PATH_AS_IS (1), _HEADEROPT (CURLHEADER_SEPARATE) and _FOLLOWLOCATION (0), and
 * leaves all else to the program, but for CURLOPT_URL, _HTTPHEADER and _POSTFIELDS,
 * which have options here.
 *
 * A program that turns CURLOPT_FOLLOWLOCATION on afterwards has redirects followed,
 * and signed anew, on the host that was asked for; to another nothing is sent.
 *
 * |*f| must be detached before curl_easy_cleanup(). Two things would disarm it in
 * silence: after curl_easy_reset() call fgp_curl_rearm() (or fgp_curl_perform(),
 * which arms by itself), and for a copy by curl_easy_duphandle() fgp_curl_dup().
 *
 * Returns 0, FGP_CURLE_NO_MEMORY or FGP_CURLE_LIBCURL; then |*f| is NULL.
 */
FGP_CURL_EXTERN int fgp_curl_attach(fgp_curl *fgp, CURL *easy, fgp_curl_easy **f);

/* Unsets on the handle what was set here, wipes and frees. NULL is fine. */
FGP_CURL_EXTERN void fgp_curl_detach(fgp_curl_easy *f);

/* Attaches to |easy|, made by curl_easy_duphandle() of |of|'s handle, with |of|'s
 * options. Without this, the copy's requests go out unsigned. As fgp_curl_attach(). */
FGP_CURL_EXTERN int fgp_curl_dup(const fgp_curl_easy *of, CURL *easy, fgp_curl_easy **f);

/* Sets again on the handle what curl_easy_reset() unset; a request that was prepared
 * is prepared again. Returns what fgp_curl_attach() and fgp_curl_prepare() return. */
FGP_CURL_EXTERN int fgp_curl_rearm(fgp_curl_easy *f);

/* What the options take, in thousands like curl's: a long, a pointer, a function,
 * a curl_off_t. */
#define FGP_CURLOPTTYPE_LONG  0
#define FGP_CURLOPTTYPE_PTR   10000
#define FGP_CURLOPTTYPE_FUNC  20000
#define FGP_CURLOPTTYPE_OFF_T 30000

/*
 * Strings are copied and NULL unsets; lists and bodies are not copied and stay the
 * program's until the transfer is over, as with curl's own options.
 */
typedef enum fgp_curl_option {
    /* char *: where to. "s3://bucket/key", the key in plain bytes, not encoded;
     * "https://host/path?query", signed for that very host; or "/path?query" at the
     * service's own endpoint. The last two percent-encoded, as URLs are. */
    FGP_CURLOPT_URL = FGP_CURLOPTTYPE_PTR + 1,

    /* char *: more of the query, percent-encoded, without the '?' */
    FGP_CURLOPT_QUERY = FGP_CURLOPTTYPE_PTR + 2,

    /* char *: the service, by the models' name: "s3", "dynamodb". Not needed with s3://. */
    FGP_CURLOPT_SERVICE = FGP_CURLOPTTYPE_PTR + 3,

    /* char *: the region asked for: "eu-west-1" */
    FGP_CURLOPT_REGION = FGP_CURLOPTTYPE_PTR + 4,

    /* char *: "https://host:port" instead of the endpoint of the rules */
    FGP_CURLOPT_ENDPOINT = FGP_CURLOPTTYPE_PTR + 5,

    /* char *: outright, instead of what the endpoint rules say; with a full URL and
     * both set (or FGP_CURLOPT_REGION for the latter), no service is needed */
    FGP_CURLOPT_SIGNING_NAME = FGP_CURLOPTTYPE_PTR + 6,
    FGP_CURLOPT_SIGNING_REGION = FGP_CURLOPTTYPE_PTR + 7,

    /* char *: "Name=value", a parameter of the service's rule set; true and false where
     * it is a boolean, items with ',' between where it is a list. Adds; NULL unsets all. */
    FGP_CURLOPT_PARAM = FGP_CURLOPTTYPE_PTR + 8,

    /* struct curl_slist *: in place of CURLOPT_HTTPHEADER, in the same forms */
    FGP_CURLOPT_HTTPHEADER = FGP_CURLOPTTYPE_PTR + 9,

    /* char *: in place of CURLOPT_POSTFIELDS; hashed, and sent by POST unless the
     * program sets CURLOPT_CUSTOMREQUEST. No Content-Type is made up. */
    FGP_CURLOPT_POSTFIELDS = FGP_CURLOPTTYPE_PTR + 10,

    /* char *: the SHA-256, 64 lower-case hexadecimal digits, of the body that the
     * program sends by CURLOPT_UPLOAD and CURLOPT_READFUNCTION */
    FGP_CURLOPT_PAYLOAD_SHA256 = FGP_CURLOPTTYPE_PTR + 11,

    /* char *: sign by SigV4A, for these regions: "*", or "eu-west-1,us-*". Not needed where
     * the endpoint asks for it, as a multi-Region access point does. */
    FGP_CURLOPT_REGION_SET = FGP_CURLOPTTYPE_PTR + 12,

    /* char *: with a body in chunks, its checksum as a trailer: "crc32", "crc32c",
     * "crc64nvme", "sha1" or "sha256" */
    FGP_CURLOPT_TRAILER = FGP_CURLOPTTYPE_PTR + 13,

    /* A body in chunks, in place of curl's own options of these names, and used as they
     * are: without a function READDATA is a FILE *. The length must be set; a body that is
     * longer or shorter ends the transfer. A redirect wants a seek function, or a FILE *. */
    FGP_CURLOPT_READDATA = FGP_CURLOPTTYPE_PTR + 14,
    FGP_CURLOPT_SEEKDATA = FGP_CURLOPTTYPE_PTR + 15,
    FGP_CURLOPT_READFUNCTION = FGP_CURLOPTTYPE_FUNC + 1,
    FGP_CURLOPT_SEEKFUNCTION = FGP_CURLOPTTYPE_FUNC + 2,
    FGP_CURLOPT_INFILESIZE_LARGE = FGP_CURLOPTTYPE_OFF_T + 2,

    /* curl_off_t: bytes of FGP_CURLOPT_POSTFIELDS; -1, the default: up to its NUL */
    FGP_CURLOPT_POSTFIELDSIZE_LARGE = FGP_CURLOPTTYPE_OFF_T + 1,

    /* long, 0 or 1: the endpoint that is FIPS 140 validated, that speaks IPv6 too,
     * that has the bucket in the path (S3) */
    FGP_CURLOPT_FIPS = FGP_CURLOPTTYPE_LONG + 1,
    FGP_CURLOPT_DUALSTACK = FGP_CURLOPTTYPE_LONG + 2,
    FGP_CURLOPT_PATH_STYLE = FGP_CURLOPTTYPE_LONG + 3,

    /* long: an fgp_curl_payload */
    FGP_CURLOPT_PAYLOAD = FGP_CURLOPTTYPE_LONG + 4,

    /* long, 0 or 1: sign by SigV4A whatever the endpoint asks for, for the regions that it
     * says, or the one that is asked for */
    FGP_CURLOPT_SIGV4A = FGP_CURLOPTTYPE_LONG + 5
} fgp_curl_option;

/* What the payload hash is of. */
typedef enum fgp_curl_payload {
    FGP_CURL_PAYLOAD_AUTO = 0, /* of FGP_CURLOPT_POSTFIELDS, or as _PAYLOAD_SHA256 says;
                                  with neither, of nothing, unless it is POST, PUT or PATCH */
    FGP_CURL_PAYLOAD_EMPTY = 1,   /* of nothing, whatever the method */
    FGP_CURL_PAYLOAD_UNSIGNED = 2, /* the body is not covered: S3 alone, and over TLS alone */
    FGP_CURL_PAYLOAD_CHUNKED = 3, /* S3: each chunk is signed as it is sent, so the body is read
                                     once: by FGP_CURLOPT_READFUNCTION */
    FGP_CURL_PAYLOAD_CHUNKED_UNSIGNED = 4 /* likewise, with FGP_CURLOPT_TRAILER and nothing
                                             else to cover it: over TLS alone */
} fgp_curl_payload;

/* Returns 0, FGP_CURLE_BAD_OPTION or FGP_CURLE_NO_MEMORY. What is wrong with a
 * value beyond its form comes out when the request is prepared. */
FGP_CURL_EXTERN int fgp_curl_setopt(fgp_curl_easy *f, fgp_curl_option option, ...);

/*
 * curl_easy_perform(), prepared and armed. One transfer: nothing is tried again.
 * CURLE_ABORTED_BY_CALLBACK where the request was refused here, before a byte of it
 * was sent; any other code is libcurl's own.
 */
FGP_CURL_EXTERN CURLcode fgp_curl_perform(fgp_curl_easy *f);

/*
 * Checks the request and sets its URL and body on the handle, for those who call
 * curl_multi_add_handle() or curl_easy_perform() themselves: before each transfer.
 * Sends nothing. Returns 0, or what is wrong with the request or the options; then
 * the handle, if used all the same, refuses to send.
 */
FGP_CURL_EXTERN int fgp_curl_prepare(fgp_curl_easy *f);

/*
 * Puts a presigned URL for |method| ("GET") into |*url|, good for |expires_s|
 * seconds, 1 to 604800; free() it. It is as good as a password that long. Needs
 * no network and leaves the handle alone. FGP_CURLOPT_HTTPHEADER's x-amz-* and
 * Content-Type are covered: who uses the URL must send them.
 */
FGP_CURL_EXTERN int fgp_curl_presign(fgp_curl_easy *f, const char *method, long expires_s,
                                     char **url);

/* What went wrong last, and what to do: one line without secrets; "" where nothing
 * did. Never NULL; good until the next call with |f|. */
FGP_CURL_EXTERN const char *fgp_curl_error(const fgp_curl_easy *f);

/* The status that goes with it. */
FGP_CURL_EXTERN int fgp_curl_status(const fgp_curl_easy *f);

/* ---- callbacks -------------------------------------------------------- */

/* The CURLOPT_PREREQFUNCTION itself, its |f| an fgp_curl_easy *, for programs that
 * set one of their own after fgp_curl_prepare() and call this from it. */
FGP_CURL_EXTERN int fgp_curl_prereq(void *f, char *primary_ip, char *local_ip, int primary_port,
                                    int local_port);

/* For CURLOPT_DEBUGFUNCTION: prints as `curl -v` does, but no signature, session
 * token, cookie or password. |file| is a FILE *, NULL for stderr. */
FGP_CURL_EXTERN int fgp_curl_debug(CURL *easy, curl_infotype type, char *data, size_t size,
                                   void *file);

#ifdef __cplusplus
}
#endif

#endif
