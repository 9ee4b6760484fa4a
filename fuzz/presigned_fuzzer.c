/* SPDX-License-Identifier: Apache-2.0 */
/* presigned_fuzzer.c - a presigned URL, spoilt, at times around its own: what is still
 * valid must be what was signed, within its time. Input: see verify_case.h. */
#include "verify_case.h"

#define EXPIRES_S 3600

static const struct {
    fgp_str     service, token;
    fgp_request request;
} cases[] = {
    { FGP_STR("s3"), FGP_STR(""),
      { FGP_STR("GET"), FGP_STR("https"), FGP_STR("b.s3.amazonaws.com"), FGP_STR("/a%20b"),
        FGP_STR("response-content-type=text%2Fplain&acl"), NULL, 0, { FGP_PAYLOAD_UNSIGNED, FGP_STR("") } } },
    { FGP_STR("s3"), FGP_STR("Session/Token+Example=="),
      { FGP_STR("PUT"), FGP_STR("https"), FGP_STR("b.s3.amazonaws.com"), FGP_STR("/"), FGP_STR("a=1"),
        NULL, 0, { FGP_PAYLOAD_UNSIGNED, FGP_STR("") } } },
    { FGP_STR("execute-api"), FGP_STR("Session/Token+Example=="),
      { FGP_STR("GET"), FGP_STR("https"), FGP_STR("abc.execute-api.us-east-1.amazonaws.com"),
        FGP_STR("/prod/a%20b"), FGP_STR(""), NULL, 0, { FGP_PAYLOAD_BYTES, FGP_STR("") } } },
};

static fgp_str presign(size_t which, wire *w, fgp_out *trace, const fgp_signing_key *key)
{
    const fgp_request *req = &cases[which].request;
    fgp_signer         signer = { .access_key_id = ID, .session_token = cases[which].token, .key = key,
                                  .rules = fgp_sign_rules_for(cases[which].service) };
    char               text[TEXT_MAX];
    fgp_out            out = { text, sizeof text, 0, NULL };
    fgp_signed         res;
    fgp_url            url;

    check(fgp_presign(&signer, req, NOW, EXPIRES_S, &out, trace, &res) == FGP_OK);
    check(fgp_url_parse(res.url, &url, NULL) == FGP_OK);
    w->len = 0;
    put_line(w, req->method, "\n", url.path);
    put_line(w, url.query, "\nHost:", res.host);
    put(w, fgp_lit("\n"));
    return res.canonical_request;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static wire     first, spoilt;
    char            canonical[TEXT_MAX];
    fgp_out         trace = { canonical, sizeof canonical, 0, NULL };
    fgp_signing_key key;
    fgp_str         signed_request;
    size_t          which = size != 0 ? data[0] % (sizeof cases / sizeof cases[0]) : 0;
    int64_t         now = NOW + (size > 1 ? data[1] * 16 : 0);

    check(fgp_signing_key_init(&key, SECRET, NOW, REGION, cases[which].service, NULL) == FGP_OK);
    signed_request = presign(which, &first, &trace, &key);
    check(read_wire(&first));
    spoilt.len = first.len;
    memcpy(spoilt.text, first.text, first.len);
    if (size > 2)
        spoil(&spoilt, data + 2, size - 2);
    if (!read_wire(&spoilt))
        return 0;
    /* past the expiry nothing may be valid: then no canonical request is the right one */
    verify(&spoilt, &first, now < NOW + EXPIRES_S ? signed_request : (fgp_str){ NULL, 0 }, now,
           cases[which].token, &key);
    return 0;
}
