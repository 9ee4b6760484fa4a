/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials.c - credentials from the environment or a file, never from argv.
 *
 * The file is read past stdio, so that its bytes stand in one place, which is wiped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "credentials.h"

#define FILE_MAX ((size_t)1 << 20) /* bytes; a credentials file has a few hundred */

/* ---- the environment -------------------------------------------------- */

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static int check(const cli_credentials *c, const cli_args *cli)
{
    fgp_credentials view = { fgp_text(c->id), fgp_text(c->secret), fgp_text(c->token) };
    fgp_failure     why;
    fgp_error       err;

    if (fgp_check_credentials(&view, &err) == FGP_OK)
        return CLI_OK;
    fgp_failure_of(&why, &err);
    return cli_failure(cli, &why);
}

static int from_environment(cli_credentials *c, const cli_args *cli)
{
    c->id = variable("AWS_ACCESS_KEY_ID");
    c->secret = variable("AWS_SECRET_ACCESS_KEY");
    c->token = variable("AWS_SESSION_TOKEN");
    if (c->id == NULL && c->secret == NULL)
        return cli_fault(cli, CLI_CONFIG, "there are no credentials: set AWS_ACCESS_KEY_ID and "
                         "AWS_SECRET_ACCESS_KEY, or give --credentials-file FILE");
    if (c->id == NULL || c->secret == NULL)
        return cli_fault(cli, CLI_CONFIG, "%s is set, but %s is not: set both",
                         c->id != NULL ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                         c->id != NULL ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    return check(c, cli);
}

/* ---- a file ----------------------------------------------------------- */

/* Reads |fd| to its end into |text|; bytes, or -1 with errno. */
static ssize_t read_all(int fd, char *text, size_t room)
{
    size_t n = 0;

    while (n < room) {
        ssize_t got = read(fd, text + n, room - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -1 : (ssize_t)n;
        n += (size_t)got;
    }
    errno = EFBIG;
    return -1;
}

static ssize_t read_file(const char *path, char *text, size_t room)
{
    bool    is_stdin = strcmp(path, "-") == 0;
    int     fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int     error;
    ssize_t n;

    if (fd < 0)
        return -1;
    n = read_all(fd, text, room);
    error = errno;
    if (!is_stdin)
        close(fd);
    errno = error;
    return n;
}

/* |view| as a C string: what follows it in the file was read already. */
static const char *end_here(char *text, fgp_str view)
{
    if (view.len == 0)
        return NULL;
    text[(size_t)(view.ptr - text) + view.len] = '\0';
    return view.ptr;
}

static int parse(cli_credentials *c, const cli_args *cli, size_t len)
{
    fgp_str         profile = fgp_text(cli->profile != NULL ? cli->profile : "default");
    fgp_credentials view;
    fgp_error       err;

    if (fgp_credentials_parse((fgp_str){ c->text, len }, profile, &view, &err) != FGP_OK)
        return cli_fault(cli, CLI_CONFIG, "%s: %s", cli->credentials_file, err.text);
    c->id = end_here(c->text, view.access_key_id);
    c->secret = end_here(c->text, view.secret_access_key);
    c->token = end_here(c->text, view.session_token);
    return check(c, cli);
}

static int from_file(cli_credentials *c, const cli_args *cli)
{
    ssize_t n;
    int     code;

    c->room = FILE_MAX + 1;
    c->text = malloc(c->room);
    if (c->text == NULL)
        return cli_fault(cli, CLI_CONFIG, "out of memory");
    n = read_file(cli->credentials_file, c->text, FILE_MAX);
    code = n >= 0 ? parse(c, cli, (size_t)n)
                  : cli_fault(cli, CLI_CONFIG, "cannot read credentials from %s: %s",
                              cli->credentials_file, strerror(errno));
    if (code != CLI_OK)
        cli_credentials_free(c);
    return code;
}

int cli_credentials_read(cli_credentials *creds, const cli_args *cli)
{
    *creds = (cli_credentials){ 0 };
    if (cli->credentials_file != NULL)
        return from_file(creds, cli);
    if (cli->profile != NULL)
        return cli_fault(cli, CLI_USAGE, "--profile is a section of a credentials file: give "
                         "--credentials-file FILE, too");
    return from_environment(creds, cli);
}

void cli_credentials_free(cli_credentials *creds)
{
    if (creds->text != NULL)
        fgp_wipe(creds->text, creds->room);
    free(creds->text);
    *creds = (cli_credentials){ 0 };
}
