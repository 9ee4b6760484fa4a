/* SPDX-License-Identifier: Apache-2.0 */
/* failure.c - texts of errors. Knows no request and no option. */
#include <stdarg.h>
#include <stdio.h>

#include "failure.h"
#include "fingerpost_curl.h"

#define SHOWN_MAX 64 /* bytes of an input that are shown */

const char *fgp_show(char room[FGP_SHOWN], fgp_str input)
{
    char *at = room;

    for (size_t i = 0; i < input.len && i < SHOWN_MAX; i++) {
        unsigned char c = (unsigned char)input.ptr[i];

        if (c >= ' ' && c <= '~')
            *at++ = (char)c;
        else
            at += snprintf(at, 5, "\\x%02x", c);
    }
    strcpy(at, input.len > SHOWN_MAX ? "..." : "");
    return room;
}

int fgp_failure_set(fgp_failure *why, int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    why->status = status;
    return status;
}

int fgp_failure_of(fgp_failure *why, const fgp_error *err)
{
    return fgp_failure_set(why, (int)err->status, "%s", err->text);
}

int fgp_failure_no_memory(fgp_failure *why)
{
    return fgp_failure_set(why, FGP_CURLE_NO_MEMORY, "%s", fgp_curl_strerror(FGP_CURLE_NO_MEMORY));
}

const char *fgp_curl_strerror(int status)
{
    switch (status) {
#define X(name, value, text) case FGP_CURLE_##name: return text;
    FGP_CURL_STATUS_LIST(X)
#undef X
    default: return fgp_status_text((fgp_status)status);
    }
}
