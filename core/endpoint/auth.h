/* SPDX-License-Identifier: Apache-2.0 */
/* auth.h - how requests to an endpoint are signed. */
#ifndef FGP_AUTH_H
#define FGP_AUTH_H

#include "eval.h"

/*
 * Fills ep->offered from the authSchemes of |result|, a row of the table, completed
 * from the service model; without any, from the model alone. False where a scheme
 * names something that is null.
 */
bool fgp_auth_read(fgp_eval *ev, const uint8_t *result, fgp_out *out, fgp_endpoint *ep);

#endif
