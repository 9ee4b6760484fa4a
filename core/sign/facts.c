/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c - the headers that mean something to signing, and why some are never signed. */
#include "facts.h"

/*
 * Those that are never signed are added, changed or dropped between us and AWS; a
 * signature that covers one fails for a request that is otherwise right. They are the
 * IAM User Guide's ("Create a signed AWS API request", step 1) and those that proxies
 * are known to touch. Sorted by name (a test checks the order and the index below).
 */
const fgp_header_fact fgp_header_facts[] = {
    { FGP_STR("authorization"), FGP_HEADER_SIGNING | FGP_HEADER_NEVER,
      "it is what carries the signature" },
    { FGP_STR("connection"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("content-length"), FGP_HEADER_ONCE, NULL },
    { FGP_STR("content-md5"), FGP_HEADER_REQUIRED | FGP_HEADER_ONCE, NULL },
    { FGP_STR("content-type"), FGP_HEADER_REQUIRED | FGP_HEADER_ONCE, NULL },
    { FGP_STR("expect"), FGP_HEADER_NEVER, "answered by the first proxy that sees it" },
    { FGP_STR("forwarded"), FGP_HEADER_NEVER, "added to by every proxy" },
    { FGP_STR("host"), FGP_HEADER_HOST, NULL },
    { FGP_STR("http2-settings"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("keep-alive"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("max-forwards"), FGP_HEADER_NEVER, "counted down by every proxy" },
    { FGP_STR("proxy-authenticate"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("proxy-authorization"), FGP_HEADER_NEVER, "for the proxy, which takes it out" },
    { FGP_STR("proxy-connection"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("sec-websocket-key"), FGP_HEADER_NEVER, "made anew by every proxy of a websocket" },
    { FGP_STR("sec-websocket-protocol"), FGP_HEADER_NEVER,
      "negotiated anew by every proxy of a websocket" },
    { FGP_STR("sec-websocket-version"), FGP_HEADER_NEVER,
      "negotiated anew by every proxy of a websocket" },
    { FGP_STR("te"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("trailer"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("transfer-encoding"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("upgrade"), FGP_HEADER_NEVER, "hop by hop" },
    { FGP_STR("user-agent"), FGP_HEADER_NEVER, "rewritten by proxies" },
    { FGP_STR("via"), FGP_HEADER_NEVER, "added to by every proxy" },
    { FGP_STR("x-amz-content-sha256"), FGP_HEADER_SIGNING, NULL },
    { FGP_STR("x-amz-date"), FGP_HEADER_SIGNING, NULL },
    { FGP_STR("x-amz-region-set"), FGP_HEADER_SIGNING, NULL },
    { FGP_STR("x-amz-s3session-token"), FGP_HEADER_SIGNING, NULL },
    { FGP_STR("x-amz-security-token"), FGP_HEADER_SIGNING, NULL },
    { FGP_STR("x-amzn-trace-id"), FGP_HEADER_NEVER, "rewritten by load balancers" },
    { FGP_STR("x-forwarded-for"), FGP_HEADER_NEVER, "added to by every proxy" },
    { FGP_STR("x-forwarded-host"), FGP_HEADER_NEVER, "rewritten by proxies" },
    { FGP_STR("x-forwarded-port"), FGP_HEADER_NEVER, "rewritten by proxies" },
    { FGP_STR("x-forwarded-proto"), FGP_HEADER_NEVER, "rewritten by proxies" },
};

const uint8_t fgp_header_facts_first[27] = {
    /* a  b  c  d  e  f  g  h  i  j  k  l  m  n  o  p  q  r  s  t  u  v  w  x  y  z */
    0, 1, 1, 5, 5, 6, 7, 7, 9, 9, 9, 10, 10, 11, 11, 11, 14, 14, 14, 17, 20, 22, 23, 23, 33, 33, 33,
};

const fgp_header_fact *fgp_header_fact_of(fgp_str name)
{
    unsigned letter = name.len != 0 ? (unsigned char)name.ptr[0] - (unsigned)'a' : 26;

    if (letter > 25)
        return NULL;
    for (size_t i = fgp_header_facts_first[letter]; i < fgp_header_facts_first[letter + 1]; i++)
        if (fgp_str_eq(name, fgp_header_facts[i].name))
            return &fgp_header_facts[i];
    return NULL;
}

const char *fgp_why_unsigned(fgp_str name)
{
    const fgp_header_fact *fact = fgp_header_fact_of(name);

    return fact != NULL ? fact->why : NULL;
}
