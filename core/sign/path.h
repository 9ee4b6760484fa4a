/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - the path as it is sent, and as it is signed. Spec: SigV4, "CanonicalUri". */
#ifndef FGP_PATH_H
#define FGP_PATH_H

#include "../base/out.h"

/* Puts the path that goes on the wire for |path|, a request's. FGP_OK or BAD_PATH. */
fgp_status fgp_put_wire_path(fgp_out *out, fgp_str path, fgp_sign_rules rules, fgp_error *err);

/* Puts the canonical path for |path|, which fgp_put_wire_path() took. */
void fgp_put_canonical_path(fgp_out *out, fgp_str path, fgp_sign_rules rules);

/* Whether both are the same bytes, whatever the path. */
static inline bool fgp_path_is_canonical(fgp_sign_rules rules)
{
    return !rules.normalize && !rules.double_encode;
}

#endif
