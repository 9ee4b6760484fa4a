/* SPDX-License-Identifier: Apache-2.0 */
/* checksum.h - what bodies in chunks need of a checksum beside fingerpost.h. */
#ifndef FGP_CHECKSUM_H
#define FGP_CHECKSUM_H

#include "../base/str.h"

#define FGP_CHECKSUM_TEXT 44 /* bytes of the longest in base64 */

/* Bytes of one in base64; 0 for NONE. */
size_t fgp_checksum_len(fgp_checksum_kind kind);

/* Whether |name| is that of a header for a checksum, be it one that we do not know. */
bool fgp_checksum_is_header(fgp_str name);

#endif
