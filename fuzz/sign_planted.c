/* SPDX-License-Identifier: Apache-2.0 */
/* sign_planted.c - a fault for fuzz_sign to find: a space is encoded as forms have it, so
 * that what is sent means another byte, and is signed otherwise the next time. */
#include <string.h>

#include "base/chars.h"
#include "base/out.h"

size_t __real_fgp_put_reencoded(fgp_out *out, fgp_str s, int keep);
size_t __wrap_fgp_put_reencoded(fgp_out *out, fgp_str s, int keep);

size_t __wrap_fgp_put_reencoded(fgp_out *out, fgp_str s, int keep)
{
    for (size_t i = 0; i + 3 <= s.len; i++) {
        fgp_str before = { s.ptr, i }, after = { s.ptr + i + 3, s.len - i - 3 };
        size_t  n;

        if (memcmp(s.ptr + i, "%20", 3) != 0)
            continue;
        n = __real_fgp_put_reencoded(out, before, keep);
        if (n < i)
            return n;
        fgp_put_char(out, '+');
        return i + 3 + __wrap_fgp_put_reencoded(out, after, keep);
    }
    return __real_fgp_put_reencoded(out, s, keep);
}
