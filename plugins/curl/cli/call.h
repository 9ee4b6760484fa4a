/* SPDX-License-Identifier: Apache-2.0 */
/* call.h - one signature, for the subcommands that send nothing. */
#ifndef FGP_CLI_CALL_H
#define FGP_CLI_CALL_H

#include "../chunks.h"
#include "body.h"
#include "cli.h"
#include "credentials.h"

typedef struct cli_call {
    fgp_target         target;
    struct curl_slist *list; /* -H */
    fgp_lines          lines;
    cli_body           body;
    fgp_request        request;
    fgp_signed         res; /* points into room */
    char              *room;
    size_t             cap;
    fgp_chunks         chunks;
    cli_body           encoded; /* with --chunked: the body as it is sent */
} cli_call;

/* Signs what |cli| asks for; presigned where |expires_s| is not 0. Shows the
 * canonical request on stderr where that is asked for. CLI_OK, or a code having said
 * why; free it either way. */
int  cli_call_sign(cli_call *call, const cli_args *cli, int64_t expires_s);
void cli_call_free(cli_call *call);

#endif
