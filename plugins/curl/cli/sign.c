/* SPDX-License-Identifier: Apache-2.0 */
/* sign.c - fingerpost sign: prints a signed request. */
#include "output.h"

int cli_sign(cli_args *cli)
{
    const char *format = cli->format != NULL ? cli->format : "headers";
    cli_writer  write = cli_writer_for(format);
    cli_call    call;
    int         code;

    if (write == NULL)
        return cli_fault(cli, CLI_USAGE, "--output takes headers, curl, http or json");
    code = cli_call_sign(&call, cli, 0);
    if (code == CLI_OK)
        code = write(&call, cli);
    cli_call_free(&call);
    return code;
}
