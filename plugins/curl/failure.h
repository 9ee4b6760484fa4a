/* SPDX-License-Identifier: Apache-2.0 */
/* failure.h - what went wrong, for the program and for a person. */
#ifndef FGP_CURL_FAILURE_H
#define FGP_CURL_FAILURE_H

#include <string.h>

#include "fingerpost.h"

typedef struct fgp_failure {
    int  status;    /* 0, an fgp_status or an FGP_CURLE_ */
    char text[512]; /* names the input and the remedy, never a secret */
} fgp_failure;

/* Fill |why| and return its status: in words of ours, or the core's. */
int fgp_failure_set(fgp_failure *why, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int fgp_failure_of(fgp_failure *why, const fgp_error *err);

int fgp_failure_no_memory(fgp_failure *why);

#define FGP_SHOWN 260 /* bytes of room for fgp_show() */

/* At most 64 bytes of |input|, those that are not printable ASCII as \xNN, in |room|. */
const char *fgp_show(char room[FGP_SHOWN], fgp_str input);

/* A view of |s|, a C string; empty for NULL. */
static inline fgp_str fgp_text(const char *s)
{
    return s != NULL ? (fgp_str){ s, strlen(s) } : (fgp_str){ NULL, 0 };
}

static inline bool fgp_same(fgp_str a, fgp_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

#endif
