/* SPDX-License-Identifier: Apache-2.0 */
/* debug.c - what a transfer says about itself, without its secrets. */
#include "fingerpost_curl.h"
#include "redact.h"

int fgp_curl_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *file)
{
    const char *prefix = type == CURLINFO_TEXT         ? "* "
                         : type == CURLINFO_HEADER_IN  ? "< "
                         : type == CURLINFO_HEADER_OUT ? "> "
                                                       : NULL; /* bodies */

    (void)easy;
    if (prefix != NULL)
        fgp_redact(file != NULL ? file : stderr, prefix, (fgp_str){ data, size });
    return 0;
}
