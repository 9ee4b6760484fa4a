/* SPDX-License-Identifier: Apache-2.0 */
/* presign.c - fingerpost presign: prints a URL that carries its signature. */
#include "call.h"

#define EXPIRES     3600   /* s, where --expires says nothing */
#define EXPIRES_MAX 604800 /* s, seven days; SigV4's limit */

int cli_presign(cli_args *cli)
{
    long long expires_s = EXPIRES;
    cli_call  call;
    int       code;

    if (cli->post_policy)
        return cli_post_policy(cli);
    if (cli->length != NULL || cli->content_type != NULL || cli->fields.n != 0)
        return cli_fault(cli, CLI_USAGE, "--length, --content-type and --field are a form's: give "
                         "--post-policy, too");
    if (cli->expires != NULL) {
        code = cli_number(cli, "--expires", cli->expires, 1, EXPIRES_MAX, &expires_s);
        if (code != CLI_OK)
            return code;
    }
    code = cli_call_sign(&call, cli, expires_s);
    if (code == CLI_OK)
        printf("%.*s\n", (int)call.res.url.len, call.res.url.ptr);
    cli_call_free(&call);
    return code;
}
