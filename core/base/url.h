/* SPDX-License-Identifier: Apache-2.0 */
/* url.h - the part of a URL that a request carries in its Host header. */
#ifndef FGP_URL_H
#define FGP_URL_H

#include "str.h"

/*
 * Takes |text|, host and port, apart: fills host, authority, port and is_ip of
 * |url|, whose scheme says which port is its own. Returns NULL, or what is wrong.
 */
const char *fgp_url_authority(fgp_str text, fgp_url *url);

#endif
