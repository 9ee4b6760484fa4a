/* SPDX-License-Identifier: Apache-2.0 */
/* verify_header.c - takes an Authorization header apart. Judges nothing but its form.
 * Spec: SigV4, "Add the signature to the request". */
#include "../base/error.h"
#include "canonical.h"
#include "verify.h"

static const fgp_str known_names[FGP_KNOWN] = {
    [FGP_KNOWN_AUTHORIZATION] = FGP_STR("authorization"),
    [FGP_KNOWN_CONTENT_LENGTH] = FGP_STR("content-length"),
    [FGP_KNOWN_CONTENT_MD5] = FGP_STR("content-md5"),
    [FGP_KNOWN_CONTENT_TYPE] = FGP_STR("content-type"),
    [FGP_KNOWN_DATE] = FGP_STR("date"),
    [FGP_KNOWN_HOST] = FGP_STR("host"),
    [FGP_KNOWN_AMZ_SHA256] = FGP_STR("x-amz-content-sha256"),
    [FGP_KNOWN_AMZ_DATE] = FGP_STR("x-amz-date"),
    [FGP_KNOWN_AMZ_S3_TOKEN] = FGP_STR("x-amz-s3session-token"),
    [FGP_KNOWN_AMZ_TOKEN] = FGP_STR("x-amz-security-token"),
};

/* A view that is no NULL, so that an empty value is told from none. */
static fgp_str trim(fgp_str s)
{
    s = fgp_str_trim(s);
    return s.len != 0 ? s : fgp_lit("");
}

static size_t known_index(fgp_str name)
{
    size_t i = 0;

    while (i < FGP_KNOWN &&
           (name.len != known_names[i].len || !fgp_str_ieq(name, known_names[i])))
        i++;
    return i;
}

fgp_status fgp_known_find(fgp_known_headers *known, const fgp_request *req, fgp_error *err)
{
    memset(known, 0, sizeof *known);
    for (size_t i = 0; i < req->nheaders; i++) {
        size_t which = known_index(req->headers[i].name);

        if (which == FGP_KNOWN)
            continue;
        if (known->value[which].ptr != NULL)
            return fgp_fail(err, FGP_ERR_DUPLICATE, "header", known_names[which],
                            "came twice; readers differ in which one they take");
        known->value[which] = trim(req->headers[i].value);
    }
    return FGP_OK;
}

static fgp_status bad(fgp_error *err, fgp_str shown, const char *remedy)
{
    return fgp_fail(err, FGP_ERR_BAD_AUTH, "header authorization, at", shown, remedy);
}

static fgp_status check_algorithm(fgp_str word, fgp_error *err)
{
    if (fgp_str_eq(word, fgp_lit(FGP_SIGV4_ALGORITHM)))
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_UNKNOWN_ALGORITHM, "header authorization: algorithm", word,
                    "is not AWS4-HMAC-SHA256");
}

/* Takes "Name=value": the value goes where |claim| has it. */
static fgp_status take_part(fgp_claim *claim, fgp_str part, fgp_error *err)
{
    const struct {
        fgp_str  name;
        fgp_str *place;
    } parts[] = {
        { FGP_STR("Credential"), &claim->credential },
        { FGP_STR("SignedHeaders"), &claim->signed_headers },
        { FGP_STR("Signature"), &claim->signature },
    };
    fgp_str name;

    if (!fgp_str_cut(&part, '=', &name))
        return bad(err, name, "is no Credential=, SignedHeaders= or Signature=");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!fgp_str_eq(name, parts[i].name))
            continue;
        if (parts[i].place->ptr != NULL)
            return bad(err, name, "is there twice");
        *parts[i].place = part.ptr != NULL ? part : fgp_lit("");
        return FGP_OK;
    }
    return bad(err, name, "is no Credential=, SignedHeaders= or Signature=");
}

/* "Credential=…, SignedHeaders=…, Signature=…", in any order; one blank after a comma,
 * or none. */
static fgp_status take_parts(fgp_claim *claim, fgp_str rest, fgp_error *err)
{
    fgp_status s = FGP_OK;
    fgp_str    part;
    bool       first = true, more = true;

    while (s == FGP_OK && more) {
        more = fgp_str_cut(&rest, ',', &part);
        if (!first && part.len != 0 && part.ptr[0] == ' ')
            part = (fgp_str){ part.ptr + 1, part.len - 1 };
        s = take_part(claim, part, err);
        first = false;
    }
    return s;
}

static fgp_status check_whole(const fgp_claim *claim, fgp_error *err)
{
    const char *lacks = claim->credential.ptr == NULL       ? "Credential"
                        : claim->signed_headers.ptr == NULL ? "SignedHeaders"
                        : claim->signature.ptr == NULL      ? "Signature"
                                                            : NULL;

    if (lacks == NULL)
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_BAD_AUTH, "header authorization has no",
                    (fgp_str){ lacks, strlen(lacks) }, "a signature has it");
}

/* The token, by either name; both at once are one too many. */
static fgp_status take_token(fgp_claim *claim, fgp_str token, fgp_str of_s3, fgp_error *err)
{
    if (token.ptr != NULL && of_s3.ptr != NULL)
        return fgp_fail(err, FGP_ERR_BAD_AUTH, "x-amz-s3session-token", (fgp_str){ NULL, 0 },
                        "came beside x-amz-security-token; a request has one session");
    claim->token = of_s3.ptr != NULL ? of_s3 : token;
    return FGP_OK;
}

fgp_status fgp_claim_from_headers(fgp_claim *claim, const fgp_known_headers *known,
                                  fgp_error *err)
{
    const fgp_str *value = known->value;
    fgp_str        rest = value[FGP_KNOWN_AUTHORIZATION];
    fgp_status     s;

    *claim = (fgp_claim){ .presigned = false };
    fgp_str_cut(&rest, ' ', &claim->algorithm);
    s = check_algorithm(claim->algorithm, err);
    if (s == FGP_OK)
        s = take_parts(claim, rest, err);
    if (s == FGP_OK)
        s = check_whole(claim, err);
    if (s == FGP_OK)
        s = take_token(claim, value[FGP_KNOWN_AMZ_TOKEN], value[FGP_KNOWN_AMZ_S3_TOKEN], err);
    claim->date = value[FGP_KNOWN_AMZ_DATE].ptr != NULL ? value[FGP_KNOWN_AMZ_DATE]
                                                        : value[FGP_KNOWN_DATE];
    claim->sha256 = value[FGP_KNOWN_AMZ_SHA256];
    return s;
}
