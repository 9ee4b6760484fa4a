/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - saying what is wrong, and the exit code that goes with it. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "../fingerpost_curl.h"
#include "cli.h"

int cli_fault(const cli_args *cli, int code, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "fingerpost %s: ", cli->command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return code;
}

/* Whose fault |status| is. A bad region may be the environment's. */
static int code_of(const cli_args *cli, int status)
{
    switch (status) {
    case FGP_ERR_NO_CREDENTIALS:
    case FGP_ERR_BAD_CREDENTIALS:
    case FGP_ERR_CRYPTO:
    case FGP_CURLE_NO_MEMORY:
    case FGP_CURLE_LIBCURL: return CLI_CONFIG;
    case FGP_ERR_UNKNOWN_SERVICE:
    case FGP_ERR_BAD_PARAMETER:
    case FGP_ERR_ENDPOINT_RULE:
    case FGP_ERR_UNSUPPORTED_AUTH: return CLI_ENDPOINT;
    case FGP_ERR_BAD_REGION:
        return cli->region_is_env || cli->ask.region == NULL ? CLI_CONFIG : CLI_USAGE;
    case FGP_CURLE_FOREIGN_HOST: return CLI_NETWORK;
    default: return CLI_USAGE;
    }
}

/* What to do about it, in the command's own words. */
static const char *remedy(const cli_args *cli, int status)
{
    switch (status) {
    case FGP_CURLE_NO_SERVICE: return "; give --service NAME, or --signing-name";
    case FGP_ERR_UNKNOWN_SERVICE:
        return strcmp(cli->command, "resolve") != 0
                   ? "; for a name that only signs, give --signing-name" : "";
    case FGP_ERR_ENDPOINT_RULE:
    case FGP_ERR_BAD_REGION:
        if (cli->region_is_env)
            return "; the region is the environment's: see AWS_REGION, or give --region";
        return cli->ask.region == NULL ? "; give --region, or set AWS_REGION" : "";
    default: return "";
    }
}

int cli_failure(const cli_args *cli, const fgp_failure *why)
{
    return cli_fault(cli, code_of(cli, why->status), "%s%s", why->text,
                     remedy(cli, why->status));
}

int cli_number(const cli_args *cli, const char *option, const char *text, long long least,
               long long most, long long *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0' && text[0] != ' ' && *number >= least &&
        *number <= most)
        return CLI_OK;
    return cli_fault(cli, CLI_USAGE, "%s takes a number from %lld to %lld", option, least, most);
}

int cli_finish(const cli_args *cli, int code)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_fault(cli, CLI_NETWORK, "cannot write to the standard output: %s",
                         strerror(errno));
    return code;
}
