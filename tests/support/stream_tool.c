/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream_tool.c - what the core makes of bodies and events, for judges that are not
 * written in C: verify_stream.py and real servers.
 *
 *   stream_tool request NAME=VALUE…    a whole HTTP request with a body in chunks:
 *       access_key, secret_key, region, host, path, scheme (https), kind (a value of
 *       x-amz-content-sha256), body (a file), chunk, piece (bytes given at once),
 *       checksum (CRC32 …), trailer (Name:value), now (seconds; the clock's), region_set:
 *       signed by SigV4A, with a kind of its own
 *   stream_tool checksum NAME=VALUE…   of body, by checksum, in base64
 *   stream_tool events NAME=VALUE…     signed events that carry messages with headers of
 *       all types, and the one that ends them: secret_key, region, service, seed, now
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fingerpost.h"

static char **arguments;

static fgp_str text(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

_Noreturn static void die(const char *what, const char *why)
{
    fprintf(stderr, "stream_tool: %s: %s\n", what, why);
    exit(1);
}

/* The value given for |name|, or |other|. */
static const char *given(const char *name, const char *other)
{
    size_t n = strlen(name);

    for (char **a = arguments; *a != NULL; a++)
        if (strncmp(*a, name, n) == 0 && (*a)[n] == '=')
            return *a + n + 1;
    if (other == NULL)
        die(name, "is not given");
    return other;
}

static fgp_str slurp(const char *path)
{
    static char room[1 << 22];
    FILE       *f = fopen(path, "rb");
    size_t      n;

    if (f == NULL)
        die(path, "can't be read");
    n = fread(room, 1, sizeof room, f);
    fclose(f);
    return (fgp_str){ room, n };
}

static int64_t given_now(void)
{
    const char *now = given("now", "");

    return *now ? (int64_t)strtoll(now, NULL, 10) : (int64_t)time(NULL);
}

static fgp_signing_key given_key(const char *service, int64_t now)
{
    static fgp_sigv4a_key sigv4a; /* freed by the process's end */
    fgp_signing_key       key;
    fgp_error             err;

    if (*given("region_set", "") != '\0') {
        if (fgp_sigv4a_key_init(&sigv4a, text(given("access_key", NULL)),
                                text(given("secret_key", NULL)), &err) != FGP_OK ||
            fgp_signing_key_init_sigv4a(&key, &sigv4a, now, text(service), &err) != FGP_OK)
            die("key", err.text);
        return key;
    }
    if (fgp_signing_key_init(&key, text(given("secret_key", NULL)), now,
                             text(given("region", "us-east-1")), text(service), &err) != FGP_OK)
        die("key", err.text);
    return key;
}

static void print(fgp_str s)
{
    fwrite(s.ptr, 1, s.len, stdout);
}

/* ---- a request -------------------------------------------------------- */

static fgp_payload_kind given_kind(void)
{
    const char *kind = given("kind", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");

    if (strstr(kind, "ECDSA"))
        return strstr(kind, "TRAILER") ? FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER
                                       : FGP_PAYLOAD_ECDSA_CHUNKS;
    return strstr(kind, "UNSIGNED") ? FGP_PAYLOAD_UNSIGNED_TRAILER
           : strstr(kind, "TRAILER") ? FGP_PAYLOAD_CHUNKS_TRAILER
                                     : FGP_PAYLOAD_CHUNKS;
}

static void print_headers(const fgp_header *headers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        print(headers[i].name);
        print(text(": "));
        print(headers[i].value);
        print(text("\r\n"));
    }
}

static void print_body(const fgp_chunked *body, fgp_str plain, const fgp_signing_key *key,
                       int64_t now, fgp_str seed)
{
    size_t      room = fgp_chunked_room(body), piece = strtoul(given("piece", "4096"), NULL, 10);
    fgp_out     out = { malloc(room), room, 0, NULL };
    fgp_chunker c;

    if (fgp_chunker_init(&c, body, key, now, seed) != FGP_OK)
        die("body", c.error.text);
    while (plain.len != 0) {
        fgp_str some = { plain.ptr, plain.len < piece ? plain.len : piece };

        plain = (fgp_str){ plain.ptr + some.len, plain.len - some.len };
        while (some.len != 0) {
            if (fgp_chunker_put(&c, &some, &out) != FGP_OK)
                die("body", c.error.text);
            print((fgp_str){ out.buf, out.need });
            out.need = 0;
        }
    }
    if (fgp_chunker_end(&c, &out) != FGP_OK)
        die("body", c.error.text);
    print((fgp_str){ out.buf, out.need });
    fgp_chunker_wipe(&c);
    free(out.buf);
}

static void print_request(void)
{
    static char     room[16384];
    int64_t         now = given_now();
    fgp_signing_key key = given_key("s3", now);
    fgp_str         plain = slurp(given("body", NULL)), also[] = { text("content-encoding"),
                                                                   text("content-length") };
    const char     *trailer = given("trailer", "");
    fgp_header      extra = { { trailer, strcspn(trailer, ":") },
                              text(*trailer ? strchr(trailer, ':') + 1 : "") };
    fgp_chunked     body = { .kind = given_kind(), .length = plain.len,
                             .chunk = (uint32_t)strtoul(given("chunk", "0"), NULL, 10),
                             .checksum = fgp_checksum_find(text(given("checksum", ""))),
                             .trailers = &extra, .ntrailers = *trailer != '\0' };
    fgp_header      headers[FGP_CHUNKED_HEADERS];
    fgp_out         out = { room, sizeof room, 0, NULL };
    fgp_signer      signer = { .access_key_id = text(given("access_key", NULL)), .key = &key,
                               .rules = fgp_sign_rules_for(text("s3")), .also = also, .nalso = 2,
                               .region_set = text(given("region_set", "")) };
    fgp_request     req = { .method = text("PUT"), .scheme = text(given("scheme", "https")),
                            .authority = text(given("host", NULL)),
                            .path = text(given("path", NULL)), .headers = headers,
                            .payload = { body.kind, { NULL, 0 } } };
    fgp_signed      res;
    fgp_error       err;

    if (fgp_chunked_headers(&body, &out, headers, &req.nheaders, &err) != FGP_OK)
        die("headers", err.text);
    if (fgp_sign(&signer, &req, now, &out, NULL, &res) != FGP_OK)
        die("sign", res.error.text);
    print(text("PUT "));
    print(res.target);
    print(text(" HTTP/1.1\r\n"));
    print_headers(res.headers, res.nheaders);
    print_headers(headers, req.nheaders);
    print(text("connection: close\r\n\r\n"));
    print_body(&body, plain, &key, now, res.signature);
}

/* ---- a checksum ------------------------------------------------------- */

static void print_checksum(void)
{
    fgp_str      bytes = slurp(given("body", NULL));
    char         room[64];
    fgp_out      out = { room, sizeof room, 0, NULL };
    fgp_checksum c;

    fgp_checksum_init(&c, fgp_checksum_find(text(given("checksum", NULL))));
    fgp_checksum_add(&c, bytes);
    if (fgp_put_checksum(&out, &c) != FGP_OK)
        die("checksum", "OpenSSL could not hash");
    print((fgp_str){ room, out.need });
}

/* ---- events ----------------------------------------------------------- */

static void print_event(fgp_chain *chain, const fgp_signing_key *key, int64_t now, fgp_str message)
{
    char      room[4096];
    fgp_out   out = { room, sizeof room, 0, NULL };
    fgp_error err;

    if (fgp_event_sign(chain, key, now, message, &out, &err) != FGP_OK)
        die("event", err.text);
    print((fgp_str){ room, out.need });
}

static void print_events(void)
{
    fgp_event_header headers[] = {
        { .name = text("true"), .type = FGP_EVENT_TRUE },
        { .name = text("false"), .type = FGP_EVENT_FALSE },
        { .name = text("byte"), .type = FGP_EVENT_BYTE, .number = -128 },
        { .name = text("short"), .type = FGP_EVENT_SHORT, .number = -32768 },
        { .name = text("int"), .type = FGP_EVENT_INT, .number = 2147483647 },
        { .name = text("long"), .type = FGP_EVENT_LONG, .number = INT64_MIN },
        { .name = text("bytes"), .type = FGP_EVENT_BYTES, .text = { "\0\1\2\377", 4 } },
        { .name = text("string"), .type = FGP_EVENT_STRING, .text = text("gr\303\274n") },
        { .name = text("time"), .type = FGP_EVENT_TIME, .number = 1440938160123 },
        { .name = text("uuid"), .type = FGP_EVENT_UUID, .text = text("0123456789abcdef") },
    };
    int64_t         now = given_now();
    fgp_signing_key key = given_key(given("service", "transcribe"), now);
    fgp_chain       chain;
    fgp_error       err;

    if (fgp_chain_init(&chain, text(given("seed", NULL)), &err) != FGP_OK)
        die("seed", err.text);
    for (size_t n = 0; n <= sizeof headers / sizeof headers[0]; n++) {
        char    room[1024];
        fgp_out out = { room, sizeof room, 0, NULL };

        if (fgp_event_put(&out, headers, n, (fgp_str){ "payload of some bytes", 2 * n }, &err) !=
            FGP_OK)
            die("message", err.text);
        print_event(&chain, &key, now + (int64_t)n, (fgp_str){ room, out.need });
    }
    print_event(&chain, &key, now + 100, (fgp_str){ NULL, 0 });
}

int main(int argc, char **argv)
{
    arguments = argv + (argc > 1 ? 2 : 1);
    if (argc > 1 && strcmp(argv[1], "request") == 0)
        print_request();
    else if (argc > 1 && strcmp(argv[1], "checksum") == 0)
        print_checksum();
    else if (argc > 1 && strcmp(argv[1], "events") == 0)
        print_events();
    else
        die("usage", "stream_tool request|checksum|events NAME=VALUE…");
    return 0;
}
