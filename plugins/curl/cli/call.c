/* SPDX-License-Identifier: Apache-2.0 */
/* call.c - gathers target, headers, body, key and clock, and asks the core to sign. */
#include <stdlib.h>

#include "../redact.h"
#include "call.h"

/* The headers, and with --chunked those of a body in chunks. */
static int read_lines(cli_call *call, const cli_args *cli)
{
    fgp_chunks_ask ask = { (curl_off_t)call->body.len, cli->trailer, cli->unsigned_payload };
    fgp_failure    why;
    int            s;

    if (cli_chunked(cli) != CLI_OK)
        return CLI_USAGE;
    if (!cli->chunked)
        s = fgp_lines_read(&call->lines, call->list, call->target.headers, call->target.nheaders,
                           &why);
    else if ((s = fgp_chunks_make(&call->chunks, &ask, &call->target, call->list, &why)) == 0)
        s = fgp_chunks_lines(&call->chunks, &call->lines, call->list, &why);
    return s == 0 ? CLI_OK : cli_failure(cli, &why);
}

/* What is sent: but for the target, which the options say. */
static int gather(cli_call *call, const cli_args *cli)
{
    fgp_failure why;
    int         code;

    if (fgp_target_make(&call->target, &cli->ask, &why) != 0)
        return cli_failure(cli, &why);
    if ((code = cli_header_list(cli, &call->list)) != CLI_OK ||
        (code = cli_body_data(&call->body, cli)) != CLI_OK ||
        (code = read_lines(call, cli)) != CLI_OK)
        return code;
    call->request = (fgp_request){
        .method = fgp_text(cli_method(cli)),
        .scheme = call->target.endpoint.scheme,
        .authority = call->target.endpoint.authority,
        .path = call->target.path,
        .query = call->target.query,
        .headers = call->lines.headers,
        .nheaders = call->lines.nheaders,
        .payload = { cli->unsigned_payload ? FGP_PAYLOAD_UNSIGNED : FGP_PAYLOAD_BYTES,
                     { call->body.bytes, call->body.len } },
    };
    if (cli->chunked)
        call->request.payload.kind = call->chunks.body.kind;
    return CLI_OK;
}

static void show(const char *what, fgp_str text)
{
    fprintf(stderr, "%s:\n", what);
    fgp_redact(stderr, "  ", text);
}

/* |trace| lies behind |out| in the call's room. */
static int sign(cli_call *call, const cli_args *cli, const fgp_signer *signer, int64_t now,
                int64_t expires_s)
{
    size_t      room = fgp_sign_room(signer, &call->request);
    fgp_out     out, trace;
    fgp_failure why;
    fgp_status  s;

    call->cap = 3 * room;
    call->room = malloc(call->cap);
    if (call->room == NULL)
        return cli_fault(cli, CLI_CONFIG, "out of memory");
    out = (fgp_out){ call->room, room, 0, NULL };
    trace = (fgp_out){ call->room + room, 2 * room, 0, NULL };
    s = expires_s == 0 ? fgp_sign(signer, &call->request, now, &out, &trace, &call->res)
                       : fgp_presign(signer, &call->request, now, expires_s, &out, &trace,
                                     &call->res);
    if (s != FGP_OK) {
        fgp_failure_of(&why, &call->res.error);
        return cli_failure(cli, &why);
    }
    if (cli->verbose) {
        show("canonical request", call->res.canonical_request);
        show("string to sign", call->res.string_to_sign);
    }
    return CLI_OK;
}

/* The key for |target|; |sigv4a| is to be freed, and none where it is SigV4's. */
static fgp_status make_key(fgp_signing_key *key, fgp_sigv4a_key *sigv4a, const fgp_target *target,
                           const cli_credentials *creds, int64_t now, fgp_error *err)
{
    fgp_status s;

    *sigv4a = (fgp_sigv4a_key){ { 0 } };
    if (!target->sigv4a)
        return fgp_signing_key_init(key, fgp_text(creds->secret), now, target->signing_region,
                                    target->signing_name, err);
    s = fgp_sigv4a_key_init(sigv4a, fgp_text(creds->id), fgp_text(creds->secret), err);
    if (s == FGP_OK)
        s = fgp_signing_key_init_sigv4a(key, sigv4a, now, target->signing_name, err);
    return s;
}

/* All chunks, one after the other, where |out| has room for them. */
static fgp_status put_chunks(fgp_chunker *c, fgp_str bytes, fgp_out *out)
{
    fgp_status s = FGP_OK;

    while (s == FGP_OK && bytes.len != 0)
        s = fgp_chunker_put(c, &bytes, out);
    return s == FGP_OK ? fgp_chunker_end(c, out) : s;
}

/* The body as it is sent. */
static int encode(cli_call *call, const cli_args *cli, const fgp_signing_key *key, int64_t now)
{
    const fgp_chunked *body = &call->chunks.body;
    size_t             room = (size_t)fgp_chunked_length(body) + fgp_chunked_room(body);
    fgp_out            out = { malloc(room), room, 0, NULL };
    fgp_chunker        chunker;
    fgp_failure        why;
    fgp_status         s;

    if (out.buf == NULL)
        return cli_fault(cli, CLI_CONFIG, "out of memory");
    s = fgp_chunker_init(&chunker, body, key, now, call->res.signature);
    if (s == FGP_OK)
        s = put_chunks(&chunker, (fgp_str){ call->body.bytes, call->body.len }, &out);
    call->encoded = (cli_body){ out.buf, out.need, out.buf };
    fgp_failure_of(&why, &chunker.error);
    fgp_chunker_wipe(&chunker);
    return s == FGP_OK ? CLI_OK : cli_failure(cli, &why);
}

static int sign_with(cli_call *call, const cli_args *cli, const cli_credentials *creds, int64_t now,
                     int64_t expires_s)
{
    fgp_sigv4a_key  sigv4a;
    fgp_signing_key key;
    fgp_signer      signer = {
             .access_key_id = fgp_text(creds->id),
             .session_token = fgp_text(creds->token),
             .key = &key,
             .rules = call->target.rules,
             .cover = FGP_COVER_MINIMAL,
    };
    fgp_failure why;
    fgp_error   err;
    int         code;

    if (call->target.sigv4a)
        signer.region_set = call->target.region_set;
    if (make_key(&key, &sigv4a, &call->target, creds, now, &err) == FGP_OK) {
        code = sign(call, cli, &signer, now, expires_s);
        if (code == CLI_OK && cli->chunked)
            code = encode(call, cli, &key, now);
    } else {
        fgp_failure_of(&why, &err);
        code = cli_failure(cli, &why);
    }
    fgp_wipe(&key, sizeof key);
    fgp_sigv4a_key_free(&sigv4a);
    return code;
}

int cli_call_sign(cli_call *call, const cli_args *cli, int64_t expires_s)
{
    cli_credentials creds;
    int64_t         now;
    int             code;

    *call = (cli_call){ 0 };
    if ((code = cli_now(cli, &now)) != CLI_OK || (code = gather(call, cli)) != CLI_OK ||
        (code = cli_credentials_read(&creds, cli)) != CLI_OK)
        return code;
    code = sign_with(call, cli, &creds, now, expires_s);
    cli_credentials_free(&creds);
    return code;
}

void cli_call_free(cli_call *call)
{
    if (call->room != NULL)
        fgp_wipe(call->room, call->cap);
    free(call->room);
    cli_body_free(&call->body);
    cli_body_free(&call->encoded);
    fgp_lines_free(&call->lines);
    curl_slist_free_all(call->list);
    fgp_target_free(&call->target);
}
