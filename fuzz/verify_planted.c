/* SPDX-License-Identifier: Apache-2.0 */
/* verify_planted.c - a fault for fuzz_verify to find: headers with a '_' in their names are
 * not looked at, though some servers read it as '-'. */
#include <string.h>

#include "fingerpost.h"

fgp_status __real_fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req,
                                   int64_t now, fgp_out *out, fgp_out *trace, fgp_verified *res);
fgp_status __wrap_fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req,
                                   int64_t now, fgp_out *out, fgp_out *trace, fgp_verified *res);

fgp_status __wrap_fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req,
                                   int64_t now, fgp_out *out, fgp_out *trace, fgp_verified *res)
{
    static fgp_header headers[FGP_HEADERS_MAX];
    fgp_request       seen = *req;

    seen.headers = headers;
    seen.nheaders = 0;
    for (size_t i = 0; i < req->nheaders; i++)
        if (req->headers[i].name.len == 0 ||
            memchr(req->headers[i].name.ptr, '_', req->headers[i].name.len) == NULL)
            headers[seen.nheaders++] = req->headers[i];
    return __real_fgp_verify_begin(verifier, &seen, now, out, trace, res);
}
