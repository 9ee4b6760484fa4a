/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signing.c - from a handle's options to the core's request, signer and key.
 *
 * Reads the clock and allocates the room, which the core does not. Touches no
 * handle of curl's.
 */
#include <stdlib.h>
#include <time.h>

#include "shared.h"
#include "signing.h"

#define VIEW(literal) ((fgp_str){ "" literal, sizeof literal - 1 })

/* ---- payload ---------------------------------------------------------- */

static bool is_one_of(fgp_str method, const char *const *names)
{
    for (; *names != NULL; names++)
        if (fgp_same(method, fgp_text(*names)))
            return true;
    return false;
}

int fgp_choose_payload(fgp_curl_easy *f, fgp_str method, fgp_payload *payload)
{
    static const char *const with_body[] = { "POST", "PUT", "PATCH", NULL };
    const char *hash = f->options.text[FGP_OPT_PAYLOAD_SHA256];

    *payload = (fgp_payload){ FGP_PAYLOAD_BYTES, { NULL, 0 } };
    if (f->upload.active)
        payload->kind = f->upload.chunks.body.kind;
    else if (f->options.payload == FGP_CURL_PAYLOAD_UNSIGNED)
        payload->kind = FGP_PAYLOAD_UNSIGNED;
    else if (f->options.payload == FGP_CURL_PAYLOAD_EMPTY)
        return 0;
    else if (hash != NULL)
        *payload = (fgp_payload){ FGP_PAYLOAD_SHA256, fgp_text(hash) };
    else if (f->options.postfields != NULL)
        *payload = (fgp_payload){ FGP_PAYLOAD_SHA256, { f->body_hash, sizeof f->body_hash } };
    else if (is_one_of(method, with_body))
        return fgp_failure_set(&f->failure, FGP_CURLE_NO_PAYLOAD, "the hash of the %.*s body is "
                               "not known: set FGP_CURLOPT_POSTFIELDS, FGP_CURLOPT_PAYLOAD_SHA256 "
                               "or FGP_CURLOPT_PAYLOAD", (int)method.len, method.ptr);
    return 0;
}

int fgp_hash_body(fgp_curl_easy *f)
{
    const fgp_options *o = &f->options;
    fgp_digest         digest;
    fgp_str            body = { o->postfields, 0 };
    fgp_status         s;

    if (o->postfields == NULL)
        return 0;
    body.len = o->postfieldsize >= 0 ? (size_t)o->postfieldsize : strlen(o->postfields);
    fgp_digest_init(&digest);
    fgp_digest_add(&digest, body);
    s = fgp_digest_hex(&digest, f->body_hash);
    return s == FGP_OK ? 0 : fgp_failure_set(&f->failure, (int)s, "%s", fgp_status_text(s));
}

/* ---- the signature ---------------------------------------------------- */

/* The signature itself, with what was lent for it. */
static fgp_status sign_with(fgp_work *work, const fgp_loan *loan, const fgp_target *target,
                            const fgp_request *req, int64_t now, int64_t expires_s)
{
    fgp_signer signer = {
        .access_key_id = loan->access_key_id,
        .session_token = loan->session_token,
        .key = &loan->key,
        .rules = target->rules,
        .cover = FGP_COVER_MINIMAL,
        .region_set = target->sigv4a ? target->region_set : VIEW(""),
    };
    fgp_out out = { NULL, fgp_sign_room(&signer, req), 0, NULL };

    work->cap = out.cap;
    work->room = out.buf = malloc(out.cap);
    if (work->room == NULL) {
        work->res.error.status = FGP_ERR_NOSPACE;
        return FGP_ERR_NOSPACE;
    }
    return expires_s == 0 ? fgp_sign(&signer, req, now, &out, NULL, &work->res)
                          : fgp_presign(&signer, req, now, expires_s, &out, NULL, &work->res);
}

int fgp_work_sign(fgp_work *work, fgp_curl_easy *f, const fgp_target *target, fgp_request *req,
                  int64_t expires_s)
{
    fgp_key_scope scope = { target->signing_region, target->signing_name, target->sigv4a };
    int64_t       now = (int64_t)time(NULL);
    bool          chunked = f->upload.active && req->payload.kind == f->upload.chunks.body.kind;
    fgp_loan      loan;
    fgp_status    signed_;
    int           s;

    *work = (fgp_work){ 0 };
    s = chunked ? fgp_chunks_lines(&f->upload.chunks, &work->lines, f->options.headers, &f->failure)
                : fgp_lines_read(&work->lines, f->options.headers, target->headers,
                                 target->nheaders, &f->failure);
    if (s != 0)
        return s;
    s = fgp_shared_borrow(f->shared, now, &scope, &loan, &f->failure);
    if (s != 0) {
        fgp_work_free(work);
        return s;
    }
    req->headers = work->lines.headers;
    req->nheaders = work->lines.nheaders;
    signed_ = sign_with(work, &loan, target, req, now, expires_s);
    if (chunked && signed_ == FGP_OK) {
        s = fgp_upload_start(f, &loan, now, work->res.signature);
        if (s != 0)
            fgp_work_free(work);
        return s;
    }
    fgp_shared_return(f->shared, &loan);
    if (signed_ == FGP_OK)
        return 0;
    s = work->room == NULL ? fgp_failure_no_memory(&f->failure)
                           : fgp_failure_of(&f->failure, &work->res.error);
    fgp_work_free(work);
    return s;
}

void fgp_work_free(fgp_work *work)
{
    if (work->room != NULL)
        fgp_wipe(work->room, work->cap);
    free(work->room);
    fgp_lines_free(&work->lines);
    *work = (fgp_work){ 0 };
}
