/* SPDX-License-Identifier: Apache-2.0 */
/* facts.h - the headers that mean something to signing. */
#ifndef FGP_FACTS_H
#define FGP_FACTS_H

#include "../base/str.h"

enum {
    FGP_HEADER_REQUIRED = 1, /* always covered; so is every other x-amz-* */
    FGP_HEADER_ONCE = 2,     /* must not be repeated: readers differ in which one they take */
    FGP_HEADER_SIGNING = 4,  /* set by signing */
    FGP_HEADER_HOST = 8,
    FGP_HEADER_NEVER = 16 /* covered */
};

typedef struct fgp_header_fact {
    fgp_str     name; /* lower case */
    int         kind; /* a sum of the above */
    const char *why;  /* of NEVER: "not signed: te (hop by hop)" */
} fgp_header_fact;

/* NULL where |name|, in lower case, is none of them. */
const fgp_header_fact *fgp_header_fact_of(fgp_str name);

/* For the tests: all of them, and where those with each letter begin. */
extern const fgp_header_fact fgp_header_facts[];
extern const uint8_t          fgp_header_facts_first[27];

#endif
