/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.c - a signed request as header lines, as a curl config, as HTTP/1.1 or as
 * JSON. Spec of the second: curl(1), --config.
 */
#include <jansson.h>

#include "output.h"

static void print(fgp_str s)
{
    fwrite(s.ptr, 1, s.len, stdout);
}

static bool is_host(fgp_str name)
{
    return name.len == 4 && strncasecmp(name.ptr, "host", 4) == 0;
}

/* The |i|-th header to send: the request's own, but for Host, and then the signature's. */
static bool header_at(const cli_call *call, size_t i, fgp_header *h)
{
    for (size_t at = 0; at < call->lines.nheaders; at++)
        if (!is_host(call->lines.headers[at].name) && i-- == 0) {
            *h = call->lines.headers[at];
            return true;
        }
    if (i >= call->res.nheaders)
        return false;
    *h = call->res.headers[i];
    return true;
}

static void print_headers(const cli_call *call, const char *eol)
{
    fgp_header h;

    for (size_t i = 0; header_at(call, i, &h); i++) {
        print(h.name);
        fputs(": ", stdout);
        print(h.value);
        fputs(eol, stdout);
    }
}

static int write_headers(const cli_call *call, const cli_args *cli)
{
    (void)cli;
    print_headers(call, "\n");
    return CLI_OK;
}

static int write_http(const cli_call *call, const cli_args *cli)
{
    const cli_body *body = cli->chunked ? &call->encoded : &call->body;

    print(call->request.method);
    fputc(' ', stdout);
    print(call->res.target);
    fputs(" HTTP/1.1\r\n", stdout);
    print_headers(call, "\r\n");
    if (cli_has_body(cli))
        printf("content-length: %zu\r\n", body->len);
    fputs("\r\n", stdout);
    print((fgp_str){ body->bytes, body->len });
    return CLI_OK;
}

/* ---- a curl config ---------------------------------------------------- */

static void print_quoted(const char *option, fgp_str value)
{
    static const char plain[] = "\\\"\t\n\r\v", letter[] = "\\\"tnrv";

    printf("%s = \"", option);
    for (size_t i = 0; i < value.len; i++) {
        const char *at = value.ptr[i] != '\0' ? strchr(plain, value.ptr[i]) : NULL;

        if (at != NULL)
            printf("\\%c", letter[at - plain]);
        else
            fputc(value.ptr[i], stdout);
    }
    fputs("\"\n", stdout);
}

static int write_curl(const cli_call *call, const cli_args *cli)
{
    struct curl_slist *list;

    if (cli->chunked)
        return cli_fault(cli, CLI_USAGE, "curl would have to make the chunks: send them by fingerpost "
                         "request --chunked, or print them by --output http");
    if (cli->data != NULL && strcmp(cli->data, "@-") == 0)
        return cli_fault(cli, CLI_USAGE, "--output curl cannot hand on the standard input, which "
                         "is read: give the body as a file, -d @FILE");
    list = fgp_lines_write(&call->lines, &call->res);
    if (list == NULL)
        return cli_fault(cli, CLI_CONFIG, "out of memory");
    print_quoted("url", call->res.url);
    fputs("globoff\npath-as-is\n", stdout);
    if (fgp_same(call->request.method, fgp_text("HEAD")))
        fputs("head\n", stdout);
    else
        print_quoted("request", call->request.method);
    for (const struct curl_slist *line = list; line != NULL; line = line->next)
        print_quoted("header", fgp_text(line->data));
    if (cli_has_body(cli))
        print_quoted("data-binary", fgp_text(cli->data));
    fgp_lines_wipe(list);
    return CLI_OK;
}

/* ---- JSON ------------------------------------------------------------- */

static json_t *text(fgp_str s)
{
    return json_stringn(s.ptr != NULL ? s.ptr : "", s.len);
}

static json_t *headers_json(const cli_call *call)
{
    json_t    *list = json_array();
    fgp_header h;

    for (size_t i = 0; header_at(call, i, &h); i++) {
        json_t *pair = json_pack("{s:o, s:o}", "name", text(h.name), "value", text(h.value));

        if (pair == NULL || json_array_append_new(list, pair) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static int write_json(const cli_call *call, const cli_args *cli)
{
    json_t *all = json_pack("{s:o, s:o, s:o, s:o, s:o}", "method", text(call->request.method),
                            "url", text(call->res.url), "headers", headers_json(call),
                            "signed_headers", text(call->res.signed_headers),
                            "signature", text(call->res.signature));

    if (all == NULL)
        return cli_fault(cli, CLI_USAGE, "a header is not UTF-8, which JSON must be: choose "
                         "another --output");
    json_dumpf(all, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(all);
    return CLI_OK;
}

/* ----------------------------------------------------------------------- */

cli_writer cli_writer_for(const char *name)
{
    static const struct { const char *name; cli_writer write; } writers[] = {
        { "headers", write_headers },
        { "curl", write_curl },
        { "http", write_http },
        { "json", write_json },
    };

    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++)
        if (strcmp(name, writers[i].name) == 0)
            return writers[i].write;
    return NULL;
}
