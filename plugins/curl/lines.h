/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h - a program's header lines, as signing reads them and as libcurl sends them. */
#ifndef FGP_CURL_LINES_H
#define FGP_CURL_LINES_H

#include <curl/curl.h>

#include "failure.h"

/* Headers to send, as views into the lines they were read from. */
typedef struct fgp_lines {
    fgp_header *headers;
    size_t      nheaders;
    const struct curl_slist *from;
} fgp_lines;

/*
 * Reads |list|, lines in the forms that CURLOPT_HTTPHEADER takes: "Name: value", and
 * "Name;" for an empty value. "Name:" only takes away a header of libcurl's own; it
 * is no header. |more| are |nmore| headers of others that come first.
 * Returns a status; unless that is 0 there is nothing to free.
 */
int  fgp_lines_read(fgp_lines *lines, const struct curl_slist *list, const fgp_header *more,
                    size_t nmore, fgp_failure *why);
void fgp_lines_free(fgp_lines *lines);

/* Makes the list for CURLOPT_HTTPHEADER: what |lines| were read from, and what |res|
 * says to send beside them, values trimmed; Expect and Content-Type only where the
 * program gave them. NULL where there is no memory. */
struct curl_slist *fgp_lines_write(const fgp_lines *lines, const fgp_signed *res);

/* Wipes and frees what fgp_lines_write() made. NULL is fine. */
void fgp_lines_wipe(struct curl_slist *list);

#endif
