/* SPDX-License-Identifier: Apache-2.0 */
/* verify_query.c - the signature that stands in a URL, decoded. Judges nothing but its
 * form. Spec: SigV4, "query string". */
#include "../base/chars.h"
#include "../base/error.h"
#include "canonical.h"
#include "verify.h"

/* Puts what |value| stands for; its escapes are well-formed. A view that is no NULL. */
static fgp_str decode(fgp_out *out, fgp_str value)
{
    size_t  start = out->need;
    fgp_str decoded;

    while (value.len != 0) {
        const char *escape = memchr(value.ptr, '%', value.len);
        size_t      n = escape != NULL ? (size_t)(escape - value.ptr) : value.len;

        fgp_put(out, (fgp_str){ value.ptr, n });
        value = (fgp_str){ value.ptr + n, value.len - n };
        if (escape != NULL) {
            fgp_put_char(out, (char)fgp_unescape(value, 0));
            value = (fgp_str){ value.ptr + 3, value.len - 3 };
        }
    }
    decoded = fgp_out_since(out, start);
    return decoded.len != 0 ? decoded : fgp_lit("");
}

static fgp_status lacks(fgp_error *err, const char *name)
{
    return fgp_fail(err, FGP_ERR_BAD_AUTH, "the query has no", (fgp_str){ name, strlen(name) },
                    "a presigned URL has it");
}

static fgp_status check_whole(const fgp_claim *claim, fgp_error *err)
{
    if (claim->algorithm.ptr == NULL)
        return lacks(err, "X-Amz-Algorithm");
    if (claim->credential.ptr == NULL)
        return lacks(err, "X-Amz-Credential");
    if (claim->date.ptr == NULL)
        return lacks(err, "X-Amz-Date");
    if (claim->signed_headers.ptr == NULL)
        return lacks(err, "X-Amz-SignedHeaders");
    if (claim->signature.ptr == NULL)
        return lacks(err, "X-Amz-Signature");
    return FGP_OK;
}

/* What a URL says must not be said by a header, too: readers differ in whom they
 * believe. The payload hash alone may be in both, if it is the same. */
static fgp_status check_headers(const fgp_claim *claim, const fgp_known_headers *known,
                                fgp_error *err)
{
    static const struct {
        fgp_known   which;
        const char *text;
    } others[] = {
        { FGP_KNOWN_AMZ_DATE, "header x-amz-date" },
        { FGP_KNOWN_AMZ_TOKEN, "header x-amz-security-token" },
        { FGP_KNOWN_AMZ_S3_TOKEN, "header x-amz-s3session-token" },
    };
    fgp_str sha256 = known->value[FGP_KNOWN_AMZ_SHA256];

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (known->value[others[i].which].ptr != NULL)
            return fgp_fail(err, FGP_ERR_BAD_AUTH, others[i].text, (fgp_str){ NULL, 0 },
                            "came with a presigned URL, where the query says it");
    if (sha256.ptr != NULL && claim->sha256.ptr != NULL && !fgp_str_eq(sha256, claim->sha256))
        return fgp_fail(err, FGP_ERR_BAD_AUTH, "header x-amz-content-sha256", sha256,
                        "is not what the query's X-Amz-Content-Sha256 says");
    return FGP_OK;
}

fgp_status fgp_claim_from_query(fgp_claim *claim, const fgp_str found[FGP_QUERY_AUTH],
                                const fgp_known_headers *known, fgp_out *out, fgp_error *err)
{
    fgp_str    text[FGP_QUERY_AUTH];
    fgp_status s;

    for (size_t i = 0; i < FGP_QUERY_AUTH; i++)
        text[i] = found[i].ptr != NULL ? decode(out, found[i]) : found[i];
    if (!fgp_out_fits(out))
        return fgp_fail(err, FGP_ERR_NOSPACE, "the output buffer", (fgp_str){ NULL, 0 },
                        "is too small; its need says what will do");
    if (text[FGP_QUERY_TOKEN].ptr != NULL && text[FGP_QUERY_S3_TOKEN].ptr != NULL)
        return fgp_fail(err, FGP_ERR_BAD_AUTH, "X-Amz-S3session-Token", (fgp_str){ NULL, 0 },
                        "came beside X-Amz-Security-Token; a request has one session");
    *claim = (fgp_claim){
        .presigned = true,
        .algorithm = text[FGP_QUERY_ALGORITHM],
        .credential = text[FGP_QUERY_CREDENTIAL],
        .signed_headers = text[FGP_QUERY_SIGNED_HEADERS],
        .signature = text[FGP_QUERY_SIGNATURE],
        .date = text[FGP_QUERY_DATE],
        .expires = text[FGP_QUERY_EXPIRES],
        .token = text[found[FGP_QUERY_TOKEN].ptr != NULL ? FGP_QUERY_TOKEN : FGP_QUERY_S3_TOKEN],
        .sha256 = text[FGP_QUERY_SHA256],
    };
    s = check_whole(claim, err);
    if (s == FGP_OK)
        s = check_headers(claim, known, err);
    if (s == FGP_OK && !fgp_str_eq(claim->algorithm, fgp_lit(FGP_SIGV4_ALGORITHM)))
        s = fgp_fail(err, FGP_ERR_UNKNOWN_ALGORITHM, "X-Amz-Algorithm", claim->algorithm,
                     "is not AWS4-HMAC-SHA256");
    if (claim->sha256.ptr == NULL)
        claim->sha256 = known->value[FGP_KNOWN_AMZ_SHA256];
    return s;
}
