/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - the texts and names of the list in fingerpost.h. */
#include "../fingerpost.h"

const char *fgp_status_text(fgp_status status)
{
    switch (status) {
    case FGP_OK: return "ok";
#define X(name, value, text) case FGP_ERR_##name: return text;
    FGP_STATUS_LIST(X)
#undef X
    case FGP_STATUS_INT: break;
    }
    return "unknown status";
}

const char *fgp_status_name(fgp_status status)
{
    switch (status) {
    case FGP_OK: return "OK";
#define X(name, value, text) case FGP_ERR_##name: return #name;
    FGP_STATUS_LIST(X)
#undef X
    case FGP_STATUS_INT: break;
    }
    return "UNKNOWN";
}
