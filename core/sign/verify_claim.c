/* SPDX-License-Identifier: Apache-2.0 */
/* verify_claim.c - whether what a signature says of itself may be: its credential scope
 * and its time. Spec: IAM User Guide, "Signature Version 4 signature errors". */
#include "../base/chars.h"
#include "../base/check.h"
#include "../base/date.h"
#include "../base/error.h"
#include "canonical.h"
#include "verify.h"

#define SKEW_S 900 /* 15 minutes, as AWS has it */

typedef fgp_verifying job;

/* ---- scope ------------------------------------------------------------ */

static bool is_service(fgp_str s)
{
    return s.len >= 1 && s.len <= 63 && fgp_skip(s, 0, FGP_HOST) == s.len;
}

static fgp_status bad_credential(const job *j)
{
    return fgp_fail(j->err, FGP_ERR_BAD_AUTH, "Credential", j->claim.credential,
                    "is not ID/DATE/REGION/SERVICE/aws4_request");
}

/* Takes Credential apart. */
static fgp_status read_credential(job *j)
{
    fgp_verified *res = j->res;
    fgp_str       rest = j->claim.credential, last;

    if (!fgp_str_cut(&rest, '/', &res->access_key_id) ||
        fgp_check_access_key_id(res->access_key_id, NULL) != FGP_OK)
        return bad_credential(j);
    res->scope = rest;
    if (!fgp_str_cut(&rest, '/', &res->date) || !fgp_str_cut(&rest, '/', &res->region) ||
        !fgp_str_cut(&rest, '/', &res->service) || fgp_str_cut(&rest, '/', &last) ||
        res->date.len != FGP_DAY_LEN || fgp_check_region(res->region, NULL) != FGP_OK ||
        !is_service(res->service))
        return bad_credential(j);
    if (!fgp_str_eq(last, fgp_lit("aws4_request")))
        return fgp_fail(j->err, FGP_ERR_SCOPE_MISMATCH, "the credential scope ends with", last,
                        "and not with aws4_request");
    return FGP_OK;
}

static fgp_status read_time(job *j)
{
    fgp_str date = j->claim.date;

    if (date.ptr == NULL)
        return fgp_fail(j->err, FGP_ERR_BAD_AUTH, "header x-amz-date", FGP_NOTHING,
                        "is missing; nothing says when the request was signed");
    if (!fgp_stamp_read(date, &j->res->time))
        return fgp_fail(j->err, FGP_ERR_BAD_AUTH, "the signature's date", date,
                        "is no time such as 20150830T123600Z");
    memcpy(j->res->stamp, date.ptr, FGP_STAMP_LEN);
    if (memcmp(date.ptr, j->res->date.ptr, FGP_DAY_LEN) != 0)
        return fgp_fail(j->err, FGP_ERR_SCOPE_MISMATCH, "the credential scope's date",
                        j->res->date, "is not the day of the signature's time");
    return FGP_OK;
}

static fgp_status check_scope(const job *j)
{
    const fgp_verifier *want = j->verifier;

    if (want->region.len != 0 && !fgp_str_eq(want->region, j->res->region))
        return fgp_fail(j->err, FGP_ERR_SCOPE_MISMATCH, "the credential scope's region",
                        j->res->region, "is not the one that is served here");
    if (want->service.len != 0 && !fgp_str_eq(want->service, j->res->service))
        return fgp_fail(j->err, FGP_ERR_SCOPE_MISMATCH, "the credential scope's service",
                        j->res->service, "is not the one that is served here");
    return FGP_OK;
}

/* ---- time ------------------------------------------------------------- */

static fgp_status fail_by(const job *j, fgp_status status, const char *what, int64_t seconds,
                          const char *remedy)
{
    char    text[24];
    fgp_out out = { text, sizeof text, 0, NULL };

    fgp_put_number(&out, (uint64_t)seconds);
    return fgp_fail(j->err, status, what, fgp_out_since(&out, 0), remedy);
}

/* 1 to 604800, without a sign or a 0 before it. */
static fgp_status read_expires(job *j)
{
    fgp_str text = j->claim.expires;
    int64_t n = 0;

    for (size_t i = 0; i < text.len && i < 7; i++)
        n = text.ptr[i] >= '0' && text.ptr[i] <= '9' ? n * 10 + text.ptr[i] - '0'
                                                     : FGP_EXPIRES_MAX + 1;
    if (text.len < 1 || text.len > 6 || text.ptr[0] == '0' || n > FGP_EXPIRES_MAX)
        return fgp_fail(j->err, FGP_ERR_BAD_EXPIRES, "X-Amz-Expires", text,
                        "must be 1 to 604800 seconds (7 days)");
    j->res->expires_s = n;
    return FGP_OK;
}

static fgp_status check_time(job *j, int64_t now)
{
    int64_t    skew = j->verifier->skew_s != 0 ? j->verifier->skew_s : SKEW_S;
    int64_t    at = j->res->time;
    fgp_status s = j->claim.presigned ? read_expires(j) : FGP_OK;

    if (s != FGP_OK)
        return s;
    if (!fgp_time_ok(now))
        return fgp_fail(j->err, FGP_ERR_BAD_TIME, "the time", FGP_NOTHING,
                        "is not within the years 1970 to 9999; look at the clock");
    if (at > now + skew)
        return fail_by(j, FGP_ERR_TIME_SKEW, "seconds that the signature's time is ahead",
                       at - now, "too far; set the signer's clock, or this one");
    if (j->claim.presigned && now >= at + j->res->expires_s)
        return fail_by(j, FGP_ERR_EXPIRED, "seconds since the URL expired",
                       now - at - j->res->expires_s, "ask for another URL");
    if (!j->claim.presigned && now > at + skew)
        return fail_by(j, FGP_ERR_TIME_SKEW, "seconds that the signature's time is behind",
                       now - at, "too far; set the signer's clock, or this one");
    return FGP_OK;
}

static fgp_status check_signature(const job *j)
{
    if (fgp_is_hash(j->claim.signature))
        return FGP_OK;
    return fgp_fail(j->err, FGP_ERR_BAD_AUTH, "the signature", FGP_NOTHING,
                    "is not 64 hexadecimal digits in lower case");
}

/* What the words mean, and whether they may. */
fgp_status fgp_claim_judge(fgp_verifying *j, int64_t now)
{
    fgp_status s = check_signature(j);

    if (s == FGP_OK)
        s = read_credential(j);
    if (s == FGP_OK)
        s = read_time(j);
    if (s == FGP_OK)
        s = check_scope(j);
    if (s == FGP_OK)
        s = check_time(j, now);
    return s;
}
