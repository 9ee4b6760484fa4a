/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_encode.c - puts an event-stream message. All its numbers are big-endian.
 * Spec: Smithy, "Amazon Event Stream Specification".
 */
#include "../base/crc.h"
#include "../base/error.h"
#include "event.h"

static fgp_status bad(fgp_error *err, fgp_str name, const char *remedy)
{
    return fgp_fail(err, FGP_ERR_BAD_EVENT, "event header", name, remedy);
}

/* Whether |h|'s number can be written in |size| bytes, signed. */
static bool fits(int64_t number, int size)
{
    return size == 8 || (number >= -((int64_t)1 << (8 * size - 1)) &&
                         number < (int64_t)1 << (8 * size - 1));
}

static fgp_status check_value(const fgp_event_header *h, fgp_error *err)
{
    int size = fgp_event_size((int)h->type);

    if (size < 0)
        return bad(err, h->name, "has a type that there is not");
    if (fgp_event_is_text((int)h->type))
        return h->text.len <= FGP_EVENT_VALUE_MAX
                   ? FGP_OK
                   : bad(err, h->name, "is longer than 32767 bytes");
    if (h->type == FGP_EVENT_UUID)
        return h->text.len == FGP_EVENT_UUID_SIZE ? FGP_OK
                                                  : bad(err, h->name, "must have 16 bytes");
    return size == 0 || fits(h->number, size) ? FGP_OK
                                              : bad(err, h->name, "is too large for its type");
}

static size_t header_len(const fgp_event_header *h)
{
    size_t len = 2 + h->name.len + (size_t)fgp_event_size((int)h->type);

    return fgp_event_is_text((int)h->type) ? len + 2 + h->text.len : len;
}

/* Checks all |headers|; *len is what they take. */
static fgp_status check_headers(const fgp_event_header *headers, size_t nheaders, size_t *len,
                                fgp_error *err)
{
    *len = 0;
    if (nheaders > FGP_EVENT_HEADERS_MAX)
        return bad(err, (fgp_str){ NULL, 0 }, "there are more than 255");
    for (size_t i = 0; i < nheaders; i++) {
        fgp_status s = check_value(&headers[i], err);

        if (s != FGP_OK)
            return s;
        if (headers[i].name.len == 0 || headers[i].name.len > FGP_EVENT_NAME_MAX)
            return bad(err, headers[i].name, "its name must have 1 to 255 bytes");
        for (size_t j = 0; j < i; j++)
            if (fgp_str_eq(headers[i].name, headers[j].name))
                return bad(err, headers[i].name, "is repeated");
        *len += header_len(&headers[i]);
    }
    return *len <= FGP_EVENT_HEADER_TEXT
               ? FGP_OK
               : bad(err, (fgp_str){ NULL, 0 }, "they are longer than 131072 bytes together");
}

static void put_big_endian(fgp_out *out, uint64_t value, size_t size)
{
    char bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(value >> (8 * (size - 1 - i)));
    fgp_put(out, (fgp_str){ bytes, size });
}

static void put_header(fgp_out *out, const fgp_event_header *h)
{
    put_big_endian(out, h->name.len, 1);
    fgp_put(out, h->name);
    put_big_endian(out, (uint64_t)h->type, 1);
    if (fgp_event_is_text((int)h->type))
        put_big_endian(out, h->text.len, 2);
    if (fgp_event_is_text((int)h->type) || h->type == FGP_EVENT_UUID)
        fgp_put(out, h->text);
    else
        put_big_endian(out, (uint64_t)h->number, (size_t)fgp_event_size((int)h->type));
}

/* Puts the CRC of what was put since |start|. */
static void put_crc(fgp_out *out, size_t start)
{
    put_big_endian(out, fgp_crc(fgp_crc32, 0, fgp_out_since(out, start)), FGP_EVENT_CRC);
}

fgp_status fgp_event_put(fgp_out *out, const fgp_event_header *headers, size_t nheaders,
                         fgp_str payload, fgp_error *err)
{
    size_t     start = out->need, headers_len;
    fgp_status s = check_headers(headers, nheaders, &headers_len, err);

    if (s != FGP_OK)
        return s;
    if (payload.len > FGP_EVENT_MAX - FGP_EVENT_LEAST - headers_len)
        return fgp_fail(err, FGP_ERR_BAD_EVENT, "the event", (fgp_str){ NULL, 0 },
                        "is longer than 24 MiB");
    put_big_endian(out, FGP_EVENT_LEAST + headers_len + payload.len, 4);
    put_big_endian(out, headers_len, 4);
    put_crc(out, start);
    for (size_t i = 0; i < nheaders; i++)
        put_header(out, &headers[i]);
    fgp_put(out, payload);
    put_crc(out, start);
    if (fgp_out_fits(out))
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_NOSPACE, "the output buffer", (fgp_str){ NULL, 0 },
                    "is too small; its need says what will do");
}
