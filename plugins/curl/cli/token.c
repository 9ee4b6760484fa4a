/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - fingerpost token: prints the password that a service takes for credentials. */
#include <stdlib.h>

#include "credentials.h"

#define ROOM   (10 * (size_t)FGP_TEXT_MAX + 8192) /* bytes; for the longest session token */
#define WEEK_S 604800

static int find_kind(const cli_args *cli, fgp_token_kind *found)
{
    const char *name;

    for (int kind = 0; (name = fgp_token_name((fgp_token_kind)kind)) != NULL; kind++) {
        if (strcmp(name, cli->ask.service) != 0)
            continue;
        *found = (fgp_token_kind)kind;
        return CLI_OK;
    }
    return cli_fault(cli, CLI_USAGE, "\"%.40s\" is no service that takes tokens: see fingerpost "
                     "token --help", cli->ask.service);
}

/* The number in |text|; 0 where there is none. */
static int number_of(const cli_args *cli, const char *option, const char *text, long long most,
                     long long *number)
{
    *number = 0;
    return text != NULL ? cli_number(cli, option, text, 1, most, number) : CLI_OK;
}

static int read_what(const cli_args *cli, fgp_token_for *what)
{
    long long port, expires_s;
    int       code;

    *what = (fgp_token_for){ .table = fgp_table_builtin(), .region = fgp_text(cli->ask.region),
                             .host = fgp_text(cli->host) };
    if ((code = find_kind(cli, &what->kind)) != CLI_OK ||
        (code = number_of(cli, "--port", cli->port, 65535, &port)) != CLI_OK ||
        (code = number_of(cli, "--expires", cli->expires, WEEK_S, &expires_s)) != CLI_OK)
        return code;
    if ((cli->cluster != NULL) != (what->kind == FGP_TOKEN_EKS) ||
        (cli->cluster != NULL && cli->user != NULL))
        return cli_fault(cli, CLI_USAGE, "--cluster is eks's, which needs it; the others have "
                         "--user");
    what->user = fgp_text(cli->cluster != NULL ? cli->cluster : cli->user);
    what->port = (unsigned)port;
    what->expires_s = expires_s;
    return CLI_OK;
}

static int print_token(const cli_args *cli, const fgp_token_for *what, int64_t now, fgp_out *out)
{
    cli_credentials creds;
    fgp_failure     why;
    fgp_error       err;
    fgp_str         token;
    fgp_status      s;
    int             code = cli_credentials_read(&creds, cli);

    if (code != CLI_OK)
        return code;
    s = fgp_token(what, &(fgp_credentials){ fgp_text(creds.id), fgp_text(creds.secret),
                                            fgp_text(creds.token) }, now, out, &token, &err);
    cli_credentials_free(&creds);
    if (s != FGP_OK) {
        fgp_failure_of(&why, &err);
        return cli_failure(cli, &why);
    }
    printf("%.*s\n", (int)token.len, token.ptr);
    return CLI_OK;
}

int cli_token(cli_args *cli)
{
    fgp_token_for what;
    fgp_out       out = { malloc(ROOM), ROOM, 0, NULL };
    int64_t       now;
    int           code;

    if (out.buf == NULL)
        return cli_fault(cli, CLI_CONFIG, "out of memory");
    if ((code = cli_now(cli, &now)) == CLI_OK && (code = read_what(cli, &what)) == CLI_OK)
        code = print_token(cli, &what, now, &out);
    fgp_wipe(out.buf, out.cap);
    free(out.buf);
    return code;
}
