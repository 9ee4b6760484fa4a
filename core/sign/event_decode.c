/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_decode.c - reads an event-stream message where it lies.
 *
 * All of it is checked before any of it is handed out, so walking over the headers
 * can't fail later. Spec: Smithy, "Amazon Event Stream Specification".
 */
#include "../base/crc.h"
#include "../base/error.h"
#include "event.h"

static fgp_status bad(fgp_error *err, const char *what, fgp_str shown, const char *remedy)
{
    return fgp_fail(err, FGP_ERR_BAD_EVENT, what, shown, remedy);
}

static uint64_t big_endian(const char *p, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | (uint8_t)p[i];
    return value;
}

/* Likewise, the highest bit the sign. */
static int64_t big_endian_signed(const char *p, size_t size)
{
    uint64_t value = big_endian(p, size), sign = UINT64_C(1) << (8 * size - 1);

    return value < sign ? (int64_t)value : -(int64_t)(sign - (value - sign) - 1) - 1;
}

static bool crc_is_right(fgp_str bytes)
{
    size_t n = bytes.len - FGP_EVENT_CRC;

    return fgp_crc(fgp_crc32, 0, (fgp_str){ bytes.ptr, n }) ==
           big_endian(bytes.ptr + n, FGP_EVENT_CRC);
}

/* Takes |n| bytes off |rest|; false where it has fewer. */
static bool cut(fgp_str *rest, size_t n, fgp_str *head)
{
    if (rest->len < n)
        return false;
    *head = (fgp_str){ rest->ptr, n };
    *rest = (fgp_str){ rest->ptr + n, rest->len - n };
    return true;
}

/* Takes a number of |n| bytes off |rest|. */
static bool cut_number(fgp_str *rest, size_t n, size_t *value)
{
    fgp_str bytes;

    if (!cut(rest, n, &bytes))
        return false;
    *value = (size_t)big_endian(bytes.ptr, n);
    return true;
}

static bool cut_value(fgp_str *rest, fgp_event_header *h)
{
    int    size = fgp_event_size((int)h->type);
    size_t n = size < 0 ? 0 : (size_t)size;

    if (size < 0 || (fgp_event_is_text((int)h->type) && !cut_number(rest, 2, &n)))
        return false;
    if (n > FGP_EVENT_VALUE_MAX || !cut(rest, n, &h->text))
        return false;
    if (n != 0 && !fgp_event_is_text((int)h->type) && h->type != FGP_EVENT_UUID) {
        h->number = big_endian_signed(h->text.ptr, n);
        h->text = (fgp_str){ NULL, 0 };
    }
    return true;
}

static bool cut_header(fgp_str *rest, fgp_event_header *h)
{
    size_t n;

    *h = (fgp_event_header){ .number = 0 };
    if (!cut_number(rest, 1, &n) || n == 0 || !cut(rest, n, &h->name))
        return false;
    if (!cut_number(rest, 1, &n))
        return false;
    h->type = (fgp_event_type)n;
    return cut_value(rest, h);
}

bool fgp_event_next(fgp_str *headers, fgp_event_header *header)
{
    return headers->len != 0 && cut_header(headers, header);
}

/* Whether a header of |headers|, all well-formed, has |name|. */
static bool has(fgp_str headers, fgp_str name)
{
    fgp_event_header h;

    while (fgp_event_next(&headers, &h))
        if (fgp_str_eq(h.name, name))
            return true;
    return false;
}

static fgp_status check_headers(fgp_str headers, fgp_error *err)
{
    fgp_event_header h;
    size_t           n = 0;

    for (fgp_str rest = headers; rest.len != 0;) {
        fgp_str before = { headers.ptr, headers.len - rest.len };

        if (!cut_header(&rest, &h))
            return bad(err, "event header", h.name, "is malformed: its name, type or length");
        if (++n > FGP_EVENT_HEADERS_MAX)
            return bad(err, "event header", h.name, "is one of more than 255");
        if (has(before, h.name))
            return bad(err, "event header", h.name, "is repeated");
    }
    return FGP_OK;
}

static fgp_status check_prelude(fgp_str prelude, size_t max, size_t *length, size_t *headers_len,
                                fgp_error *err)
{
    fgp_str none = { NULL, 0 };

    if (!crc_is_right(prelude))
        return bad(err, "the event's prelude", none, "has a wrong CRC; it is no message, or changed");
    *length = (size_t)big_endian(prelude.ptr, 4);
    *headers_len = (size_t)big_endian(prelude.ptr + 4, 4);
    if (*length > (max != 0 && max < FGP_EVENT_MAX ? max : FGP_EVENT_MAX))
        return bad(err, "the event", none, "is longer than is taken here");
    if (*headers_len > FGP_EVENT_HEADER_TEXT)
        return bad(err, "the event's headers", none, "are longer than 131072 bytes");
    if (*length < FGP_EVENT_LEAST || *headers_len > *length - FGP_EVENT_LEAST)
        return bad(err, "the event", none, "has lengths that contradict each other");
    return FGP_OK;
}

fgp_status fgp_event_read(fgp_str bytes, size_t max, fgp_event *event, fgp_error *err)
{
    size_t     headers_len = 0;
    fgp_status s;

    *event = (fgp_event){ .length = FGP_EVENT_PRELUDE };
    if (bytes.len < FGP_EVENT_PRELUDE)
        return FGP_OK;
    s = check_prelude((fgp_str){ bytes.ptr, FGP_EVENT_PRELUDE }, max, &event->length,
                      &headers_len, err);
    if (s == FGP_OK && bytes.len < event->length)
        return FGP_OK;
    if (s == FGP_OK && !crc_is_right((fgp_str){ bytes.ptr, event->length }))
        s = bad(err, "the event", (fgp_str){ NULL, 0 }, "has a wrong CRC; it was changed");
    if (s == FGP_OK)
        s = check_headers((fgp_str){ bytes.ptr + FGP_EVENT_PRELUDE, headers_len }, err);
    if (s != FGP_OK) {
        *event = (fgp_event){ .length = 0 };
        return s;
    }
    event->headers = (fgp_str){ bytes.ptr + FGP_EVENT_PRELUDE, headers_len };
    event->payload = (fgp_str){ event->headers.ptr + headers_len,
                                event->length - FGP_EVENT_LEAST - headers_len };
    return FGP_OK;
}
