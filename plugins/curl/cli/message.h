/* SPDX-License-Identifier: Apache-2.0 */
/* message.h - a request as it is on the wire, taken apart. */
#ifndef FGP_CLI_MESSAGE_H
#define FGP_CLI_MESSAGE_H

#include "cli.h"

/* Views into the text that it was read from. */
typedef struct cli_message {
    fgp_request request;
    fgp_header  headers[FGP_HEADERS_MAX];
} cli_message;

/*
 * Takes |text| apart: an HTTP/1 request, whose lines end with CRLF or LF. The body is as
 * long as content-length says, else all that follows. CLI_OK, or CLI_USAGE having said
 * what is wrong.
 */
int cli_message_parse(cli_message *message, const cli_args *cli, fgp_str text);

#endif
