/* SPDX-License-Identifier: Apache-2.0 */
/* event.h - sizes of an event-stream message's parts, in bytes. */
#ifndef FGP_EVENT_H
#define FGP_EVENT_H

#include "../base/out.h"

#define FGP_EVENT_PRELUDE 12 /* two lengths and their CRC */
#define FGP_EVENT_CRC     4  /* of the whole, at its end */
#define FGP_EVENT_LEAST   (FGP_EVENT_PRELUDE + FGP_EVENT_CRC)
#define FGP_EVENT_NAME_MAX 255
#define FGP_EVENT_UUID_SIZE 16

/* Bytes that a value of |type| has: 0 where its length is written before it, or where
 * it has none; -1 where there is no such type. */
static inline int fgp_event_size(int type)
{
    switch (type) {
    case FGP_EVENT_TRUE:
    case FGP_EVENT_FALSE:
    case FGP_EVENT_BYTES:
    case FGP_EVENT_STRING: return 0;
    case FGP_EVENT_BYTE: return 1;
    case FGP_EVENT_SHORT: return 2;
    case FGP_EVENT_INT: return 4;
    case FGP_EVENT_LONG:
    case FGP_EVENT_TIME: return 8;
    case FGP_EVENT_UUID: return FGP_EVENT_UUID_SIZE;
    default: return -1;
    }
}

static inline bool fgp_event_is_text(int type)
{
    return type == FGP_EVENT_BYTES || type == FGP_EVENT_STRING;
}

#endif
