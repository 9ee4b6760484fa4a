/* SPDX-License-Identifier: Apache-2.0 */
/* event_planted.c - a fault for fuzz_event to find: the last byte is left out of what is
 * hashed, when signing and when verifying, so that anybody may change it. */
#include "base/crypto.h"

void __real_fgp_sha256_add(fgp_sha256 *h, fgp_str bytes);
void __wrap_fgp_sha256_add(fgp_sha256 *h, fgp_str bytes);

void __wrap_fgp_sha256_add(fgp_sha256 *h, fgp_str bytes)
{
    __real_fgp_sha256_add(h, (fgp_str){ bytes.ptr, bytes.len - (bytes.len != 0) });
}
