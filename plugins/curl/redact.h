/* SPDX-License-Identifier: Apache-2.0 */
/* redact.h - printing what holds secrets, without them. */
#ifndef FGP_CURL_REDACT_H
#define FGP_CURL_REDACT_H

#include <stdio.h>

#include "fingerpost.h"

/*
 * Prints |text|, lines of requests, responses or canonical requests, each after
 * |prefix|. Left out are signatures, session tokens, cookies and passwords, in
 * headers and in URLs; of an access key id the middle.
 */
void fgp_redact(FILE *file, const char *prefix, fgp_str text);

#endif
