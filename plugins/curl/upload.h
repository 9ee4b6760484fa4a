/* SPDX-License-Identifier: Apache-2.0 */
/* upload.h - a body in chunks, between the program's read function and libcurl. */
#ifndef FGP_CURL_UPLOAD_H
#define FGP_CURL_UPLOAD_H

#include "chunks.h"
#include "shared.h"

#define FGP_UPLOAD_PIECE 16384 /* bytes asked of the program at once */

typedef struct fgp_upload {
    fgp_chunks  chunks;
    bool        active;  /* the request that is prepared has such a body */
    bool        started; /* it is signed: |loan| and |chunker| are there */
    bool        ended;   /* all of it has been made */
    fgp_loan    loan;    /* whose key the chunks are signed by */
    int64_t     now;
    char        seed[FGP_SIGNATURE_MAX];
    size_t      seed_len;
    fgp_chunker chunker;
    fgp_out     out;  /* chunks to be sent, of which |sent| bytes have been */
    size_t      sent;
    char       *piece; /* the program's bytes */
    fgp_str     left;  /* of them, not taken yet */
} fgp_upload;

struct fgp_curl_easy;

/* Makes ready for the body that |f|'s options describe, or for none. Returns a status. */
int fgp_upload_prepare(struct fgp_curl_easy *f);

/* Starts the body of a request that was signed; |loan| is the upload's from now on, be it an
 * error or not. Returns a status. */
int fgp_upload_start(struct fgp_curl_easy *f, const fgp_loan *loan, int64_t now, fgp_str signature);

/* CURLOPT_READFUNCTION and CURLOPT_SEEKFUNCTION; |f| is the fgp_curl_easy. */
size_t fgp_upload_read(char *buffer, size_t size, size_t n, void *f);
int    fgp_upload_seek(void *f, curl_off_t offset, int origin);

/* Wipes, and gives the loan back. */
void fgp_upload_end(struct fgp_curl_easy *f);
void fgp_upload_free(struct fgp_curl_easy *f);

#endif
