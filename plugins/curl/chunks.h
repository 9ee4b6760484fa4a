/* SPDX-License-Identifier: Apache-2.0 */
/* chunks.h - a body that goes out in chunks: what the request says, and the chunks. */
#ifndef FGP_CURL_CHUNKS_H
#define FGP_CURL_CHUNKS_H

#include "fingerpost_curl.h"
#include "lines.h"
#include "target.h"

/* What is asked for. */
typedef struct fgp_chunks_ask {
    curl_off_t  length;  /* bytes of the body; -1: nobody said */
    const char *trailer; /* a checksum's name, or NULL */
    bool        is_unsigned;
} fgp_chunks_ask;

/* The body, and the headers that go before the program's own: the target's, and those of a
 * body in chunks but for content-length, which who sends it adds. Do not copy or move it. */
typedef struct fgp_chunks {
    fgp_chunked body;
    fgp_header  headers[FGP_TARGET_HEADERS + FGP_CHUNKED_HEADERS];
    size_t      nheaders;
    char        text[2048];
} fgp_chunks;

/* Makes |c| of |ask|, for |target| and the header lines |list|: a content-encoding of theirs
 * is taken up. Returns a status. */
int fgp_chunks_make(fgp_chunks *c, const fgp_chunks_ask *ask, const fgp_target *target,
                    const struct curl_slist *list, fgp_failure *why);

/* fgp_lines_read() with those headers, less the program's content-encoding. */
int fgp_chunks_lines(const fgp_chunks *c, fgp_lines *lines, const struct curl_slist *list,
                     fgp_failure *why);

#endif
