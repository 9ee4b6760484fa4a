/* SPDX-License-Identifier: Apache-2.0 */
/* verify_fuzzer.c - a request signed in its headers, spoilt: what is still valid must be
 * what was signed. Input: see verify_case.h. */
#include "verify_case.h"

static const fgp_header headers[] = {
    { FGP_STR("Content-Type"), FGP_STR("text/plain; charset=utf-8") },
    { FGP_STR("X-Amz-Meta-B"), FGP_STR("  two   words ") },
    { FGP_STR("x-amz-meta-a"), FGP_STR("1") },
    { FGP_STR("x-amz-meta-a"), FGP_STR("2") },
    { FGP_STR("User-Agent"), FGP_STR("nobody") },
};

static const signed_case cases[] = {
    { FGP_STR("s3"), FGP_STR(""),
      { FGP_STR("PUT"), FGP_STR("https"), FGP_STR("b.s3.amazonaws.com"), FGP_STR("/a%20b//c/../%C3%BC"),
        FGP_STR("partNumber=2&uploadId=a%2Fb&acl"), headers, 5, { FGP_PAYLOAD_BYTES, FGP_STR("hello") } } },
    { FGP_STR("sts"), FGP_STR("Session/Token+Example=="),
      { FGP_STR("POST"), FGP_STR("https"), FGP_STR("sts.amazonaws.com:8443"), FGP_STR("/a/./b%20c"),
        FGP_STR("b=2&a=1&a=0"), headers, 2, { FGP_PAYLOAD_BYTES, FGP_STR("Action=GetCallerIdentity") } } },
    { FGP_STR("s3"), FGP_STR(""),
      { FGP_STR("GET"), FGP_STR("https"), FGP_STR("b.s3.amazonaws.com"), FGP_STR("/x"), FGP_STR(""),
        headers, 0, { FGP_PAYLOAD_UNSIGNED, FGP_STR("") } } },
};

static fgp_str sign(const signed_case *c, wire *w, fgp_out *trace, const fgp_signing_key *key)
{
    const fgp_request *req = &c->request;
    fgp_signer         signer = signer_for(c, key);
    char               text[TEXT_MAX];
    fgp_out            out = { text, sizeof text, 0, NULL };
    fgp_signed         res;
    fgp_url            url;

    check(fgp_sign(&signer, req, NOW, &out, trace, &res) == FGP_OK);
    check(fgp_url_parse(res.url, &url, NULL) == FGP_OK);
    w->len = 0;
    put_line(w, req->method, "\n", url.path);
    put_line(w, url.query, "", (fgp_str){ NULL, 0 });
    for (size_t i = 0; i < req->nheaders; i++)
        put_line(w, req->headers[i].name, ":", req->headers[i].value);
    for (size_t i = 0; i < res.nheaders; i++)
        put_line(w, res.headers[i].name, ":", res.headers[i].value);
    put_line(w, (fgp_str){ NULL, 0 }, "", (fgp_str){ NULL, 0 });
    if (req->payload.kind == FGP_PAYLOAD_BYTES)
        put(w, req->payload.data);
    return res.canonical_request;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t which = size != 0 ? data[0] % (sizeof cases / sizeof cases[0]) : 0;
    size_t skip = size != 0;

    try_spoilt(&cases[which], sign, data + skip, size - skip, NOW, true);
    return 0;
}
