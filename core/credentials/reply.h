/* SPDX-License-Identifier: Apache-2.0 */
/* reply.h - the texts of named elements in a reply that is XML. */
#ifndef FGP_REPLY_H
#define FGP_REPLY_H

#include "../base/str.h"

/* An element to look for, by the names that lead to it: "Result/Credentials/Id". */
typedef struct fgp_wanted {
    fgp_str  path;
    fgp_str *text; /* set to a view into the caller's room; empty where it is not there */
} fgp_wanted;

/*
 * Reads |xml|, FGP_REPLY_MAX bytes at most, and copies the texts of the |n| elements
 * of |wanted| to |room|. Returns NULL, or what is wrong: it is no XML, has a document
 * type, is too deep, an element that is wanted is repeated, has elements of its own, or
 * their texts are longer than |cap| together.
 */
const char *fgp_reply_read(fgp_str xml, const fgp_wanted *wanted, size_t n, char *room,
                           size_t cap);

#endif
