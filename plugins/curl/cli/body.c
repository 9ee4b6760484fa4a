/* SPDX-License-Identifier: Apache-2.0 */
/* body.c - reads a body whole: it must be hashed before its first byte is sent. */
#include <errno.h>
#include <stdlib.h>

#include "body.h"

#define FIRST_ROOM ((size_t)1 << 16) /* bytes */

/* Reads |file| to its end. 0, or an errno. */
static int read_all(FILE *file, cli_body *body)
{
    size_t room = FIRST_ROOM;
    char  *more;

    for (;;) {
        more = realloc(body->read, room);
        if (more == NULL)
            return ENOMEM;
        body->bytes = body->read = more;
        errno = 0;
        body->len += fread(more + body->len, 1, room - body->len, file);
        if (ferror(file))
            return errno != 0 ? errno : EIO;
        if (body->len < room)
            return 0;
        room *= 2;
    }
}

int cli_body_read(cli_body *body, const cli_args *cli, const char *path)
{
    bool  is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rbe");
    int   error = file == NULL ? errno : 0;

    *body = (cli_body){ 0 };
    if (file != NULL)
        error = read_all(file, body);
    if (file != NULL && !is_stdin)
        fclose(file);
    if (error == 0)
        return CLI_OK;
    cli_body_free(body);
    return cli_fault(cli, CLI_USAGE, "cannot read the body from %s: %s", path, strerror(error));
}

int cli_body_data(cli_body *body, const cli_args *cli)
{
    *body = (cli_body){ 0 };
    if (cli->data == NULL)
        return CLI_OK;
    if (cli->data[0] == '@')
        return cli_body_read(body, cli, cli->data + 1);
    body->bytes = cli->data;
    body->len = strlen(cli->data);
    return CLI_OK;
}

void cli_body_free(cli_body *body)
{
    free(body->read);
    *body = (cli_body){ 0 };
}
