/* SPDX-License-Identifier: Apache-2.0 */
/* unsigned.c - which headers stay out of the signature, and why. */
#include "unsigned.h"

/*
 * Between us and AWS these are added, changed or dropped; a signature that covers
 * one fails for a request that is otherwise right. Sorted by name (a test checks the
 * order and the index below). The IAM User Guide's list ("Create a signed AWS
 * API request", step 1) and those that proxies are known to touch.
 */
const fgp_unsigned_header fgp_unsigned_headers[] = {
    { FGP_STR("authorization"), "it is what carries the signature" },
    { FGP_STR("connection"), "hop by hop" },
    { FGP_STR("expect"), "answered by the first proxy that sees it" },
    { FGP_STR("forwarded"), "added to by every proxy" },
    { FGP_STR("http2-settings"), "hop by hop" },
    { FGP_STR("keep-alive"), "hop by hop" },
    { FGP_STR("max-forwards"), "counted down by every proxy" },
    { FGP_STR("proxy-authenticate"), "hop by hop" },
    { FGP_STR("proxy-authorization"), "for the proxy, which takes it out" },
    { FGP_STR("proxy-connection"), "hop by hop" },
    { FGP_STR("sec-websocket-key"), "made anew by every proxy of a websocket" },
    { FGP_STR("sec-websocket-protocol"), "negotiated anew by every proxy of a websocket" },
    { FGP_STR("sec-websocket-version"), "negotiated anew by every proxy of a websocket" },
    { FGP_STR("te"), "hop by hop" },
    { FGP_STR("trailer"), "hop by hop" },
    { FGP_STR("transfer-encoding"), "hop by hop" },
    { FGP_STR("upgrade"), "hop by hop" },
    { FGP_STR("user-agent"), "rewritten by proxies" },
    { FGP_STR("via"), "added to by every proxy" },
    { FGP_STR("x-amzn-trace-id"), "rewritten by load balancers" },
    { FGP_STR("x-forwarded-for"), "added to by every proxy" },
    { FGP_STR("x-forwarded-host"), "rewritten by proxies" },
    { FGP_STR("x-forwarded-port"), "rewritten by proxies" },
    { FGP_STR("x-forwarded-proto"), "rewritten by proxies" },
};

const size_t fgp_unsigned_count = sizeof fgp_unsigned_headers / sizeof fgp_unsigned_headers[0];

const uint8_t fgp_unsigned_first[27] = {
    /* a  b  c  d  e  f  g  h  i  j  k  l  m  n  o  p  q  r  s  t  u  v  w  x  y  z */
    0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 7, 10, 10, 10, 13, 16, 18, 19, 19, 24, 24, 24,
};

const char *fgp_why_unsigned(fgp_str name)
{
    unsigned letter = name.len != 0 ? (unsigned char)name.ptr[0] - (unsigned)'a' : 26;

    if (letter > 25)
        return NULL;
    for (size_t i = fgp_unsigned_first[letter]; i < fgp_unsigned_first[letter + 1]; i++)
        if (fgp_str_eq(name, fgp_unsigned_headers[i].name))
            return fgp_unsigned_headers[i].why;
    return NULL;
}
