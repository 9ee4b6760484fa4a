/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - fingerpost verify: whether a captured request was signed with the
 * credentials at hand, and if not, why.
 */
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "body.h"
#include "credentials.h"
#include "message.h"

#define SKEW_MAX 86400 /* s */
#define ROOM(n)  { malloc(n), (n), 0, NULL }

/* One run. */
typedef struct check {
    const cli_args *cli;
    cli_message     message;
    cli_credentials creds;
    fgp_verifier    verifier;
    int64_t         now;
    fgp_signing_key key;
    fgp_verified    res;
    fgp_error       error; /* of the body in chunks, and of the key */
} check;

/* ---- what is said ----------------------------------------------------- */

static const char *payload_name(fgp_payload_kind kind)
{
    switch (kind) {
    case FGP_PAYLOAD_SHA256: return "sha256";
    case FGP_PAYLOAD_UNSIGNED: return "unsigned";
    case FGP_PAYLOAD_CHUNKS: return "chunks";
    case FGP_PAYLOAD_CHUNKS_TRAILER: return "chunks-trailer";
    case FGP_PAYLOAD_UNSIGNED_TRAILER: return "unsigned-trailer";
    case FGP_PAYLOAD_EVENTS: return "events";
    default: return "other";
    }
}

static void line(const char *label, fgp_str value)
{
    printf("%-15s %.*s\n", label, (int)value.len, value.ptr);
}

static void write_text(const fgp_verified *res)
{
    printf("valid\n");
    line("access key id", res->access_key_id);
    line("date", res->date);
    line("signing region", res->region);
    line("signing name", res->service);
    line("signed headers", res->signed_headers);
    line("payload", fgp_text(payload_name(res->payload.kind)));
}

static json_t *text(fgp_str s)
{
    return json_stringn_nocheck(s.ptr != NULL ? s.ptr : "", s.len);
}

static json_t *valid_json(const fgp_verified *res)
{
    json_t *all = json_object();

    json_object_set_new(all, "valid", json_true());
    json_object_set_new(all, "access_key_id", text(res->access_key_id));
    json_object_set_new(all, "date", text(res->date));
    json_object_set_new(all, "signing_region", text(res->region));
    json_object_set_new(all, "signing_name", text(res->service));
    json_object_set_new(all, "signed_headers", text(res->signed_headers));
    json_object_set_new(all, "payload", json_string(payload_name(res->payload.kind)));
    json_object_set_new(all, "presigned", json_boolean(res->presigned));
    json_object_set_new(all, "time", json_integer(res->time));
    if (res->presigned)
        json_object_set_new(all, "expires", json_integer(res->expires_s));
    return all;
}

static json_t *invalid_json(const fgp_error *why)
{
    json_t *all = json_object();

    json_object_set_new(all, "valid", json_false());
    json_object_set_new(all, "code", json_string(fgp_status_name(why->status)));
    json_object_set_new(all, "reason", json_string(why->text));
    return all;
}

static void write_json(json_t *all)
{
    json_dumpf(all, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(all);
}

static int refuse(const check *c, const fgp_error *why)
{
    if (c->cli->json)
        write_json(invalid_json(why));
    return cli_fault(c->cli, CLI_DIFFERS, "%s: %s", fgp_status_name(why->status), why->text);
}

static void show_trace(const fgp_verified *res)
{
    fprintf(stderr, "--- canonical request\n%.*s\n--- string to sign\n%.*s\n---\n",
            (int)res->canonical_request.len, res->canonical_request.ptr,
            (int)res->string_to_sign.len, res->string_to_sign.ptr);
}

/* ---- what is checked -------------------------------------------------- */

static fgp_status finish(check *c)
{
    const cli_credentials *creds = &c->creds;
    fgp_verified          *res = &c->res;
    fgp_str                id = fgp_text(creds->id);
    fgp_status             s;

    if (id.len != res->access_key_id.len || memcmp(id.ptr, res->access_key_id.ptr, id.len) != 0)
        return fgp_verify_end(res, NULL, (fgp_str){ NULL, 0 });
    s = fgp_signing_key_init(&c->key, fgp_text(creds->secret), res->time, res->region,
                             res->service, &res->error);
    return s == FGP_OK ? fgp_verify_end(res, &c->key, fgp_text(creds->token)) : s;
}

static bool is_chunked(fgp_payload_kind kind)
{
    return kind == FGP_PAYLOAD_CHUNKS || kind == FGP_PAYLOAD_CHUNKS_TRAILER ||
           kind == FGP_PAYLOAD_UNSIGNED_TRAILER;
}

/* The signatures of a body's chunks, and its trailer. */
static fgp_status check_chunks(check *c)
{
    const fgp_request *req = &c->message.request;
    fgp_str            rest = req->payload.data, bytes;
    fgp_chunked        body = { .kind = FGP_PAYLOAD_BYTES };
    fgp_dechunker      d;
    fgp_status         s = fgp_chunked_read(&body, req->headers, req->nheaders, &c->error);

    if (s != FGP_OK)
        return s;
    s = fgp_dechunker_init(&d, &body, &c->key, c->res.time, c->res.signature);
    while (s == FGP_OK && rest.len != 0)
        s = fgp_dechunker_next(&d, &rest, &bytes);
    if (s == FGP_OK)
        s = fgp_dechunker_end(&d);
    c->error = d.error;
    fgp_dechunker_wipe(&d);
    return s;
}

static int judge(check *c, fgp_out *out, fgp_out *trace)
{
    fgp_status s = fgp_verify_begin(&c->verifier, &c->message.request, c->now, out, trace, &c->res);

    if (s == FGP_OK && c->cli->verbose)
        show_trace(&c->res);
    if (s == FGP_OK)
        s = finish(c);
    if (s != FGP_OK)
        return refuse(c, &c->res.error);
    if (is_chunked(c->res.payload.kind) && check_chunks(c) != FGP_OK)
        return refuse(c, &c->error);
    if (c->cli->json)
        write_json(valid_json(&c->res));
    else
        write_text(&c->res);
    return CLI_OK;
}

static int judge_with_room(check *c)
{
    size_t  room = fgp_verify_room(&c->message.request);
    fgp_out out = ROOM(room), trace = ROOM(room);
    int     code = CLI_CONFIG;

    if (out.buf != NULL && trace.buf != NULL)
        code = judge(c, &out, &trace);
    else
        cli_fault(c->cli, CLI_CONFIG, "out of memory");
    free(out.buf);
    free(trace.buf);
    return code;
}

static int read_numbers(check *c)
{
    const cli_args *cli = c->cli;
    long long       now = (long long)time(NULL), skew_s = 0;
    int             code = CLI_OK;

    if (cli->time != NULL)
        code = cli_number(cli, "--time", cli->time, 0, 253402300799, &now);
    if (code == CLI_OK && cli->skew != NULL)
        code = cli_number(cli, "--skew", cli->skew, 1, SKEW_MAX, &skew_s);
    c->now = now;
    c->verifier = (fgp_verifier){ .region = fgp_text(cli->ask.signing_region),
                                  .service = fgp_text(cli->ask.signing_name),
                                  .skew_s = (uint32_t)skew_s,
                                  .unsigned_over_http = cli->unsigned_payload };
    return code;
}

int cli_verify(cli_args *cli)
{
    const char *path = cli->ask.url != NULL ? cli->ask.url : "-";
    cli_body    file = { 0 };
    check       c = { .cli = cli };
    int         code = read_numbers(&c);

    if (code == CLI_OK && cli->credentials_file != NULL && strcmp(cli->credentials_file, "-") == 0 &&
        strcmp(path, "-") == 0)
        code = cli_fault(cli, CLI_USAGE, "request and credentials both come from the standard "
                                         "input: give a file for one");
    if (code == CLI_OK)
        code = cli_body_read(&file, cli, path);
    if (code == CLI_OK)
        code = cli_message_parse(&c.message, cli, (fgp_str){ file.bytes, file.len });
    if (code == CLI_OK)
        code = cli_credentials_read(&c.creds, cli);
    if (code == CLI_OK)
        code = judge_with_room(&c);
    fgp_wipe(&c.key, sizeof c.key);
    cli_credentials_free(&c.creds);
    cli_body_free(&file);
    return code;
}
