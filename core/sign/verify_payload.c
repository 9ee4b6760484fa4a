/* SPDX-License-Identifier: Apache-2.0 */
/* verify_payload.c - what covers the body of a request that came in: a hash, the
 * signatures of its parts, or nothing. Spec: S3 API, "x-amz-content-sha256". */
#include "../base/error.h"
#include "canonical.h"
#include "chain.h"
#include "payload.h"
#include "verify.h"

typedef fgp_verifying job;

static fgp_status bad_payload(const job *j, const char *what, fgp_str shown, const char *remedy)
{
    return fgp_fail(j->err, FGP_ERR_BAD_PAYLOAD, what, shown, remedy);
}

/* What the request says of its payload: a hash, or a word in place of it. */
static fgp_status read_claimed(job *j)
{
    fgp_verified *res = j->res;
    fgp_str       claimed = j->claim.sha256;
    bool          tls = fgp_str_eq(j->req->scheme, fgp_lit("https"));

    j->payload = claimed;
    if (fgp_is_hash(claimed)) {
        res->payload = (fgp_payload){ FGP_PAYLOAD_SHA256, claimed };
        return FGP_OK;
    }
    if (!fgp_payload_find(claimed, &res->payload.kind) ||
        res->payload.kind > FGP_PAYLOAD_EVENTS) /* of another algorithm */
        return bad_payload(j, "x-amz-content-sha256", claimed,
                           "is no hash in lower case, and no word that is known");
    if (j->claim.presigned && fgp_payload_is_streamed(res->payload.kind))
        return bad_payload(j, "x-amz-content-sha256", claimed,
                           "is signed as it is sent, which a presigned URL can't say");
    if (fgp_payload_is_open(res->payload.kind) && !j->claim.presigned && !tls &&
        !j->verifier->unsigned_over_http)
        return bad_payload(j, "x-amz-content-sha256", claimed,
                           "covers nothing of the body, which needs https");
    return FGP_OK;
}

/* The hash of the body that is there: *hash, perhaps put on j->out. */
static fgp_status hash_body(job *j, fgp_str *hash)
{
    const fgp_payload *p = &j->req->payload;
    char               hex[FGP_HASH_LEN];
    size_t             start = j->out->need;

    *hash = p->data;
    if (p->kind == FGP_PAYLOAD_SHA256 && fgp_is_hash(p->data))
        return FGP_OK;
    if (p->kind != FGP_PAYLOAD_BYTES)
        return bad_payload(j, "the payload", FGP_NOTHING,
                           "must be given as its bytes, or as their SHA-256 in lower case");
    *hash = fgp_lit(FGP_EMPTY_SHA256);
    if (p->data.len == 0)
        return FGP_OK;
    if (fgp_hash_hex(p->data, hex) != FGP_OK)
        return fgp_fail(j->err, FGP_ERR_CRYPTO, "the payload", FGP_NOTHING,
                        "OpenSSL could not hash; see that it offers SHA-256");
    fgp_put(j->out, (fgp_str){ hex, sizeof hex });
    *hash = fgp_out_since(j->out, start);
    return FGP_OK;
}

fgp_status fgp_compare_hash(fgp_error *err, fgp_str claimed, fgp_str actual)
{
    if (fgp_str_eq(claimed, actual))
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_PAYLOAD_MISMATCH, "the body's SHA-256", actual,
                    "is not the one that was signed");
}

/* Where nothing says the hash, the rules of the service say what is signed. */
static fgp_status read_unclaimed(job *j)
{
    fgp_verified *res = j->res;

    if (j->claim.presigned && j->rules.presign_unsigned) {
        res->payload.kind = FGP_PAYLOAD_UNSIGNED;
        j->payload = fgp_payload_word(FGP_PAYLOAD_UNSIGNED);
        return FGP_OK;
    }
    if (j->rules.content_sha256 && !j->claim.presigned)
        return bad_payload(j, "header x-amz-content-sha256", FGP_NOTHING,
                           "is missing; the service wants it");
    if (j->verifier->body_later)
        return bad_payload(j, "the payload", FGP_NOTHING,
                           "is not there yet, and nothing says its hash; read it first");
    res->payload.kind = FGP_PAYLOAD_SHA256;
    return hash_body(j, &j->payload);
}

fgp_status fgp_verify_payload(fgp_verifying *j)
{
    fgp_verified *res = j->res;
    fgp_status    s;
    fgp_str       actual;

    if (j->claim.sha256.ptr == NULL) {
        s = read_unclaimed(j);
        if (res->payload.kind == FGP_PAYLOAD_SHA256)
            res->payload.data = j->payload;
        return s;
    }
    s = read_claimed(j);
    if (s != FGP_OK || res->payload.kind != FGP_PAYLOAD_SHA256)
        return s;
    res->body_due = j->verifier->body_later;
    if (res->body_due)
        return FGP_OK;
    s = hash_body(j, &actual);
    return s == FGP_OK && fgp_out_fits(j->out) ? fgp_compare_hash(j->err, j->payload, actual) : s;
}
