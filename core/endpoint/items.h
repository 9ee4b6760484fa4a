/* SPDX-License-Identifier: Apache-2.0 */
/* items.h - reading a result's properties and headers as they stand in the table. */
#ifndef FGP_ITEMS_H
#define FGP_ITEMS_H

#include "table.h"

typedef struct fgp_raw_item {
    unsigned       kind;  /* FGP_RAW_STRING, … */
    int            key;   /* -1 where it has no name */
    const uint8_t *value; /* of a string, where its template's offset stands; of a scheme, it */
} fgp_raw_item;

static inline unsigned fgp_raw_size(unsigned kind)
{
    return kind == FGP_RAW_STRING ? 2 : kind == FGP_RAW_SCHEME ? 1 : 0;
}

/* Reads the item at |p|; returns where the next begins. */
static inline const uint8_t *fgp_raw_next(const uint8_t *p, fgp_raw_item *item)
{
    item->kind = *p & ~(unsigned)FGP_RAW_NAMED;
    item->key = *p++ & FGP_RAW_NAMED ? *p++ : -1;
    item->value = p;
    return p + fgp_raw_size(item->kind);
}

#endif
