/* SPDX-License-Identifier: Apache-2.0 */
/* output.h - the forms in which `sign` prints a signed request. */
#ifndef FGP_CLI_OUTPUT_H
#define FGP_CLI_OUTPUT_H

#include "call.h"

typedef int (*cli_writer)(const cli_call *call, const cli_args *cli);

/* The writer for --output |name|; NULL where there is none of that name. */
cli_writer cli_writer_for(const char *name);

#endif
