/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - tells credentials from what are none, before anything is signed. */
#include "../base/check.h"
#include "../base/error.h"

fgp_status fgp_check_credentials(const fgp_credentials *creds, fgp_error *err)
{
    fgp_status s;

    if (creds->access_key_id.len == 0 && creds->secret_access_key.len == 0)
        return fgp_fail(err, FGP_ERR_NO_CREDENTIALS, "credentials", (fgp_str){ NULL, 0 },
                        "there are none; give an access key id and a secret access key");
    s = fgp_check_access_key_id(creds->access_key_id, err);
    if (s == FGP_OK)
        s = fgp_check_secret(creds->secret_access_key, err);
    if (s == FGP_OK)
        s = fgp_check_session_token(creds->session_token, err);
    return s;
}
