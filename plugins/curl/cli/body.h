/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - the body of a request, as -d and -T name it. */
#ifndef FGP_CLI_BODY_H
#define FGP_CLI_BODY_H

#include "cli.h"

/* A body in memory. */
typedef struct cli_body {
    const char *bytes; /* NULL: none is given */
    size_t      len;
    char       *read; /* what was read, to be freed; NULL: argv's own */
} cli_body;

/* Takes -d: text, "@FILE" or "@-". CLI_OK, or a code having said why. */
int  cli_body_data(cli_body *body, const cli_args *cli);
void cli_body_free(cli_body *body);

/* Reads all of |path|, or of the standard input for "-". */
int cli_body_read(cli_body *body, const cli_args *cli, const char *path);

#endif
