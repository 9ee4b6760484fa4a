/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.c - writes the text of an error into its fixed room.
 *
 * What gives way when the room is short is the input shown, never the remedy.
 */
#include "error.h"
#include "out.h"

#define SHOWN_MAX 64 /* bytes of the input that are shown */

static fgp_out text_of(fgp_error *err)
{
    return (fgp_out){ err->text, FGP_ERROR_TEXT - 1, 0, NULL };
}

static void put_escape(fgp_out *o, char c)
{
    uint8_t byte = (uint8_t)c;

    fgp_put(o, fgp_lit("\\x"));
    fgp_put_hex(o, &byte, 1);
}

/* Puts ` "shown"` in at most |room| bytes, with "..." where some is left out. */
static void put_shown(fgp_out *o, fgp_str shown, size_t room)
{
    size_t end = o->need + room - sizeof "\"...";
    size_t i = 0;

    fgp_put(o, fgp_lit(" \""));
    for (; i < shown.len && i < SHOWN_MAX && o->need + 4 <= end; i++) {
        if (shown.ptr[i] >= ' ' && shown.ptr[i] <= '~')
            fgp_put_char(o, shown.ptr[i]);
        else
            put_escape(o, shown.ptr[i]);
    }
    fgp_put(o, i < shown.len ? fgp_lit("\"...") : fgp_lit("\""));
}

fgp_status fgp_fail_in(fgp_error *err, fgp_status status, const char *what, fgp_str shown,
                       fgp_str place, const char *remedy)
{
    fgp_str head = { what, strlen(what) }, tail = { remedy, strlen(remedy) };
    size_t  fixed = head.len + sizeof ": " + place.len + tail.len;
    fgp_out o;

    if (err == NULL)
        return status;
    o = text_of(err);
    memset(err->text, 0, sizeof err->text); /* ends the text wherever it ends */
    fgp_put(&o, head);
    if (shown.len != 0 && fixed + sizeof " \"\\x00\"..." < o.cap)
        put_shown(&o, shown, o.cap - fixed);
    fgp_put(&o, fgp_lit(": "));
    fgp_put(&o, place);
    fgp_put(&o, tail);
    err->status = status;
    return status;
}

fgp_status fgp_fail(fgp_error *err, fgp_status status, const char *what, fgp_str shown,
                    const char *remedy)
{
    return fgp_fail_in(err, status, what, shown, (fgp_str){ NULL, 0 }, remedy);
}

fgp_status fgp_fail_at(fgp_error *err, fgp_status status, const char *what, fgp_str shown,
                       size_t at, const char *remedy)
{
    char    room[48];
    fgp_out place = { room, sizeof room, 0, NULL };

    if (err == NULL)
        return status;
    fgp_put(&place, fgp_lit("byte "));
    fgp_put_number(&place, at);
    fgp_put(&place, fgp_lit(" ("));
    put_escape(&place, shown.ptr[at]);
    fgp_put(&place, fgp_lit(") "));
    if (at >= SHOWN_MAX) /* show the place, not the beginning */
        shown = (fgp_str){ shown.ptr + at - SHOWN_MAX / 2, shown.len - at + SHOWN_MAX / 2 };
    return fgp_fail_in(err, status, what, shown, fgp_out_since(&place, 0), remedy);
}
