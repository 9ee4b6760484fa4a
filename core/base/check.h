/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - the checks of credentials that signing and credentials share. */
#ifndef FGP_CHECK_H
#define FGP_CHECK_H

#include "str.h"

/* Each returns FGP_OK or FGP_ERR_BAD_CREDENTIALS; the text shows none of |s|. */
fgp_status fgp_check_access_key_id(fgp_str s, fgp_error *err);
fgp_status fgp_check_session_token(fgp_str s, fgp_error *err); /* may be empty */
fgp_status fgp_check_secret(fgp_str s, fgp_error *err);

#endif
