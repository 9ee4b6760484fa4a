/* SPDX-License-Identifier: Apache-2.0 */
/* credentials.h - the credentials of one run. */
#ifndef FGP_CLI_CREDENTIALS_H
#define FGP_CLI_CREDENTIALS_H

#include "cli.h"

/* C strings, as the helper takes them; the token may be NULL. */
typedef struct cli_credentials {
    const char *id, *secret, *token;
    char       *text; /* of the file they come from; NULL: the environment */
    size_t      room; /* bytes at text */
} cli_credentials;

/* Reads them from --credentials-file, else from the environment. CLI_OK, or a code
 * having said what is missing; then there is nothing to free. */
int  cli_credentials_read(cli_credentials *creds, const cli_args *cli);
void cli_credentials_free(cli_credentials *creds);

#endif
