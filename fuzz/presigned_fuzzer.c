/* SPDX-License-Identifier: Apache-2.0 */
/* presigned_fuzzer.c - a presigned URL, spoilt, at times around its own: what is still
 * valid must be what was signed, within its time. Input: see verify_case.h. */
#include "verify_case.h"

#define EXPIRES_S 3600

static const signed_case cases[] = {
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

static fgp_str presign(const signed_case *c, wire *w, fgp_out *trace, const fgp_signing_key *key)
{
    const fgp_request *req = &c->request;
    fgp_signer         signer = signer_for(c, key);
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
    size_t  which = size != 0 ? data[0] % (sizeof cases / sizeof cases[0]) : 0;
    int64_t now = NOW + (size > 1 ? data[1] * 16 : 0);
    size_t  skip = size < 2 ? size : 2;

    try_spoilt(&cases[which], presign, data + skip, size - skip, now, now < NOW + EXPIRES_S);
    return 0;
}
