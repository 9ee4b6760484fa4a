/* SPDX-License-Identifier: Apache-2.0 */
/* unsigned.h - the headers that are never signed. fgp_why_unsigned() asks them. */
#ifndef FGP_UNSIGNED_H
#define FGP_UNSIGNED_H

#include "../base/str.h"

typedef struct fgp_unsigned_header {
    fgp_str     name; /* lower case */
    const char *why;  /* "not signed: te (hop by hop)" */
} fgp_unsigned_header;

extern const fgp_unsigned_header fgp_unsigned_headers[];
extern const size_t              fgp_unsigned_count;
extern const uint8_t             fgp_unsigned_first[27]; /* the first with each letter; all */

#endif
