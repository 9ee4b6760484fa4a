/* SPDX-License-Identifier: Apache-2.0 */
/* message.c - reads an HTTP/1 request that was captured. Knows lines; what they mean for
 * a signature, the core says. */
#include <stdlib.h>
#include <strings.h>

#include "message.h"

static int wrong(const cli_args *cli, const char *why)
{
    return cli_fault(cli, CLI_USAGE, "the request is no HTTP/1 message: %s", why);
}

/* Takes the next line off |text|, without its end. False where there is none. */
static bool next_line(fgp_str *text, fgp_str *line)
{
    const char *end = text->len != 0 ? memchr(text->ptr, '\n', text->len) : NULL;
    size_t      n = end != NULL ? (size_t)(end - text->ptr) : text->len;

    if (text->len == 0)
        return false;
    *line = (fgp_str){ text->ptr, n };
    if (n != 0 && text->ptr[n - 1] == '\r')
        line->len--;
    n += end != NULL;
    *text = (fgp_str){ text->ptr + n, text->len - n };
    return true;
}

/* Cuts |rest| at its first |c|. False where there is none. */
static bool cut(fgp_str *rest, char c, fgp_str *head)
{
    const char *at = rest->len != 0 ? memchr(rest->ptr, c, rest->len) : NULL;

    if (at == NULL)
        return false;
    *head = (fgp_str){ rest->ptr, (size_t)(at - rest->ptr) };
    *rest = (fgp_str){ at + 1, rest->len - head->len - 1 };
    return true;
}

/* "GET /a?b HTTP/1.1" */
static int take_start(fgp_request *req, const cli_args *cli, fgp_str line)
{
    static const char version[] = " HTTP/1.";
    size_t            tail = sizeof version; /* and one digit */
    fgp_str           target;

    if (!cut(&line, ' ', &req->method) || line.len < tail ||
        memcmp(line.ptr + line.len - tail, version, tail - 1) != 0)
        return wrong(cli, "its first line is not like \"GET /a?b HTTP/1.1\"");
    line.len -= tail;
    target = line;
    if (!cut(&line, '?', &req->path))
        req->path = target;
    else
        req->query = line;
    return CLI_OK;
}

/* Without the blanks around it, which are no part of a value. */
static fgp_str trim(fgp_str s)
{
    while (s.len != 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s = (fgp_str){ s.ptr + 1, s.len - 1 };
    while (s.len != 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

static int take_header(cli_message *m, const cli_args *cli, fgp_str line)
{
    fgp_header *one = &m->headers[m->request.nheaders];

    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return wrong(cli, "a header is folded over two lines");
    if (m->request.nheaders == FGP_HEADERS_MAX)
        return wrong(cli, "it has more than 200 headers");
    one->value = line;
    if (!cut(&one->value, ':', &one->name))
        return wrong(cli, "a header has no ':'");
    one->value = trim(one->value);
    m->request.nheaders++;
    return CLI_OK;
}

static const fgp_header *find(const cli_message *m, const char *name)
{
    for (size_t i = 0; i < m->request.nheaders; i++)
        if (m->headers[i].name.len == strlen(name) &&
            strncasecmp(m->headers[i].name.ptr, name, strlen(name)) == 0)
            return &m->headers[i];
    return NULL;
}

/* The body, of what follows the headers. */
static int take_body(cli_message *m, const cli_args *cli, fgp_str rest)
{
    const fgp_header *length = find(m, "content-length");
    char              text[24] = "";
    char             *end;
    long long         n;

    if (find(m, "transfer-encoding") != NULL)
        return wrong(cli, "its body is in a transfer coding; give it decoded, and without that "
                          "header");
    m->request.payload = (fgp_payload){ FGP_PAYLOAD_BYTES, rest };
    if (length == NULL)
        return CLI_OK;
    snprintf(text, sizeof text, "%.*s", (int)length->value.len, length->value.ptr);
    n = strtoll(text, &end, 10);
    if (end == text || end[strspn(end, " \t")] != '\0' || n < 0)
        return wrong(cli, "its content-length is no number");
    if ((unsigned long long)n > rest.len)
        return wrong(cli, "its body is shorter than its content-length");
    m->request.payload.data.len = (size_t)n;
    return CLI_OK;
}

int cli_message_parse(cli_message *message, const cli_args *cli, fgp_str text)
{
    fgp_str line;
    int     code;

    message->request = (fgp_request){ .scheme = fgp_text(cli->http ? "http" : "https"),
                                      .headers = message->headers };
    if (!next_line(&text, &line))
        return wrong(cli, "it is empty");
    code = take_start(&message->request, cli, line);
    while (code == CLI_OK && next_line(&text, &line) && line.len != 0)
        code = take_header(message, cli, line);
    return code == CLI_OK ? take_body(message, cli, text) : code;
}
