/* SPDX-License-Identifier: Apache-2.0 */
/* presigned_planted.c - a fault for fuzz_presigned to find: a URL is good for one second
 * more than it says. */
#include "fingerpost.h"

fgp_status __real_fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req,
                                   int64_t now, fgp_out *out, fgp_out *trace, fgp_verified *res);
fgp_status __wrap_fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req,
                                   int64_t now, fgp_out *out, fgp_out *trace, fgp_verified *res);

fgp_status __wrap_fgp_verify_begin(const fgp_verifier *verifier, const fgp_request *req,
                                   int64_t now, fgp_out *out, fgp_out *trace, fgp_verified *res)
{
    return __real_fgp_verify_begin(verifier, req, now - 1, out, trace, res);
}
