/* SPDX-License-Identifier: Apache-2.0 */
/* unsigned.c - which headers stay out of the signature, and why. */
#include "unsigned.h"

/*
 * Between us and AWS these are added, changed or dropped; a signature that covers
 * one fails for a request that is otherwise right. Sorted by name, for the search
 * below (a test checks the order). The IAM User Guide's list ("Create a signed AWS
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

const char *fgp_why_unsigned(fgp_str name)
{
    size_t lo = 0, hi = fgp_unsigned_count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int    d = fgp_str_cmp(name, fgp_unsigned_headers[mid].name);

        if (d == 0)
            return fgp_unsigned_headers[mid].why;
        if (d < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}
