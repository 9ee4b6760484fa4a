/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upload.c - takes a body from the program in pieces and gives it to libcurl in chunks.
 *
 * Holds one chunk at a time, whatever the body's length. Touches no handle of curl's.
 */
#include <stdio.h>
#include <stdlib.h>

#include "easy.h"

static bool is_chunked(const fgp_options *o)
{
    return o->payload == FGP_CURL_PAYLOAD_CHUNKED || o->payload == FGP_CURL_PAYLOAD_CHUNKED_UNSIGNED;
}

static int take_room(fgp_curl_easy *f)
{
    fgp_upload *u = &f->upload;
    size_t      room = fgp_chunked_room(&u->chunks.body);

    free(u->out.buf);
    u->out = (fgp_out){ malloc(room), room, 0, NULL };
    if (u->piece == NULL)
        u->piece = malloc(FGP_UPLOAD_PIECE);
    return u->out.buf != NULL && u->piece != NULL ? 0 : fgp_failure_no_memory(&f->failure);
}

int fgp_upload_prepare(fgp_curl_easy *f)
{
    const fgp_options *o = &f->options;
    fgp_chunks_ask     ask = { o->infilesize, o->text[FGP_OPT_TRAILER],
                               o->payload == FGP_CURL_PAYLOAD_CHUNKED_UNSIGNED };
    int                s;

    fgp_upload_end(f);
    f->upload.active = is_chunked(o);
    if (!f->upload.active && ask.trailer != NULL)
        return fgp_failure_set(&f->failure, FGP_CURLE_BAD_OPTION, "FGP_CURLOPT_TRAILER is for a body in "
                               "chunks: set FGP_CURLOPT_PAYLOAD");
    if (!f->upload.active)
        return 0;
    if (o->postfields != NULL || o->text[FGP_OPT_PAYLOAD_SHA256] != NULL)
        return fgp_failure_set(&f->failure, FGP_CURLE_BAD_OPTION, "a body in chunks comes from "
                               "FGP_CURLOPT_READFUNCTION: FGP_CURLOPT_POSTFIELDS and "
                               "FGP_CURLOPT_PAYLOAD_SHA256 contradict it");
    s = fgp_chunks_make(&f->upload.chunks, &ask, &f->target, o->headers, &f->failure);
    return s == 0 ? take_room(f) : s;
}

/* From the first byte on. */
static int begin(fgp_curl_easy *f)
{
    fgp_upload *u = &f->upload;

    fgp_chunker_wipe(&u->chunker);
    u->out.need = u->sent = 0;
    u->left.len = 0;
    u->ended = false;
    if (fgp_chunker_init(&u->chunker, &u->chunks.body, &u->loan.key, u->now,
                         (fgp_str){ u->seed, u->seed_len }) != FGP_OK)
        return fgp_failure_of(&f->failure, &u->chunker.error);
    return 0;
}

int fgp_upload_start(fgp_curl_easy *f, const fgp_loan *loan, int64_t now, fgp_str signature)
{
    fgp_upload *u = &f->upload;

    fgp_upload_end(f);
    u->loan = *loan;
    u->started = true;
    u->now = now;
    u->seed_len = signature.len < sizeof u->seed ? signature.len : sizeof u->seed;
    memcpy(u->seed, signature.ptr, u->seed_len);
    return begin(f);
}

void fgp_upload_end(fgp_curl_easy *f)
{
    fgp_upload *u = &f->upload;

    if (!u->started)
        return;
    fgp_chunker_wipe(&u->chunker);
    fgp_shared_return(f->shared, &u->loan);
    u->started = false;
}

void fgp_upload_free(fgp_curl_easy *f)
{
    fgp_upload_end(f);
    free(f->upload.out.buf);
    free(f->upload.piece);
}

/* ---- callbacks -------------------------------------------------------- */

/* Asks the program for a piece. Bytes, 0 at the end, or what libcurl is to be told. */
static size_t ask_program(const fgp_curl_easy *f)
{
    const fgp_options *o = &f->options;

    if (o->readfunction != NULL)
        return o->readfunction(f->upload.piece, 1, FGP_UPLOAD_PIECE, o->readdata);
    return o->readdata != NULL ? fread(f->upload.piece, 1, FGP_UPLOAD_PIECE, o->readdata) : 0;
}

/* Makes more to send: u->out is empty at the end. Else true with what is to be told. */
static bool make_more(fgp_curl_easy *f, size_t *told)
{
    fgp_upload *u = &f->upload;
    fgp_status  s = FGP_OK;

    if (u->out.need != 0) /* it was sent; a chunk that is under way has need 0 */
        u->out.need = u->sent = 0;
    while (s == FGP_OK && u->out.need == 0 && !u->ended) {
        if (u->left.len == 0) {
            size_t n = ask_program(f);

            if (n > FGP_UPLOAD_PIECE) {
                *told = n;
                return true;
            }
            u->left = (fgp_str){ u->piece, n };
            u->ended = n == 0;
        }
        s = u->ended ? fgp_chunker_end(&u->chunker, &u->out)
                     : fgp_chunker_put(&u->chunker, &u->left, &u->out);
    }
    if (s == FGP_OK)
        return false;
    fgp_failure_of(&f->failure, &u->chunker.error);
    *told = CURL_READFUNC_ABORT;
    return true;
}

size_t fgp_upload_read(char *buffer, size_t size, size_t n, void *data)
{
    fgp_curl_easy *f = data;
    fgp_upload    *u = &f->upload;
    size_t         room = size * n, told = 0;

    if (!u->started)
        return CURL_READFUNC_ABORT;
    if (u->sent == u->out.need && make_more(f, &told))
        return told;
    n = u->out.need - u->sent;
    n = n < room ? n : room;
    memcpy(buffer, u->out.buf + u->sent, n);
    u->sent += n;
    return n;
}

static int seek_program(const fgp_options *o, curl_off_t offset)
{
    if (o->seekfunction != NULL)
        return o->seekfunction(o->seekdata, offset, SEEK_SET);
    if (o->readfunction == NULL && o->readdata != NULL)
        return fseek(o->readdata, (long)offset, SEEK_SET) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
    return CURL_SEEKFUNC_CANTSEEK;
}

/* libcurl goes back to send all of it once more, as after a redirect; nowhere else. */
int fgp_upload_seek(void *data, curl_off_t offset, int origin)
{
    fgp_curl_easy *f = data;
    int            s;

    if (offset != 0 || origin != SEEK_SET)
        return CURL_SEEKFUNC_FAIL;
    s = seek_program(&f->options, 0);
    if (s == CURL_SEEKFUNC_OK && f->upload.started && begin(f) != 0)
        s = CURL_SEEKFUNC_FAIL;
    return s;
}
