/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trailer.c - which trailers a body has, in which order, and how they are written.
 * Signs nothing and computes nothing.
 */
#include "trailer.h"
#include "../base/chars.h"
#include "../base/error.h"
#include "checksum.h"
#include "payload.h"

#define LINE_MORE 3 /* bytes of a line beside name and value: ':' and the line end */

static const fgp_str none = { NULL, 0 };

static fgp_status bad(fgp_error *err, fgp_str name, const char *remedy)
{
    return fgp_fail(err, FGP_ERR_BAD_TRAILER, "trailer", name, remedy);
}

static bool is_token(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!fgp_is(s.ptr[i], FGP_TOKEN))
            return false;
    return s.len != 0;
}

const char *fgp_trailer_fault(fgp_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (fgp_is(value.ptr[i], FGP_CONTROL))
            return "its value holds a line end or another control byte";
    if (value.len != 0 && (fgp_is_blank(value.ptr[0]) || fgp_is_blank(value.ptr[value.len - 1])))
        return "its value begins or ends with a space";
    return NULL;
}

/* The order of names in lower case. */
static int name_cmp(fgp_str a, fgp_str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int d = (unsigned char)fgp_lower(a.ptr[i]) - (unsigned char)fgp_lower(b.ptr[i]);

        if (d != 0)
            return d;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool fgp_trailers_add(fgp_trailers *t, fgp_header one)
{
    size_t at = t->n;

    for (size_t i = 0; i < t->n; i++)
        if (fgp_str_ieq(t->at[i].name, one.name))
            return false;
    if (t->n == FGP_TRAILERS_MAX)
        return false;
    for (; at > 0 && name_cmp(t->at[at - 1].name, one.name) > 0; at--)
        t->at[at] = t->at[at - 1];
    t->at[at] = one;
    t->n++;
    return true;
}

size_t fgp_trailers_len(const fgp_trailers *t)
{
    size_t len = 0;

    for (size_t i = 0; i < t->n; i++)
        len += t->at[i].name.len + t->at[i].value.len + LINE_MORE;
    return len;
}

static void put_lower(fgp_out *out, fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        fgp_put_char(out, fgp_lower(s.ptr[i]));
}

void fgp_put_trailers(fgp_out *out, const fgp_trailers *t, fgp_str line_end)
{
    for (size_t i = 0; i < t->n; i++) {
        put_lower(out, t->at[i].name);
        fgp_put_char(out, ':');
        fgp_put(out, t->at[i].value);
        fgp_put(out, line_end);
    }
}

void fgp_put_trailer_names(fgp_out *out, const fgp_trailers *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (i != 0)
            fgp_put_char(out, ',');
        put_lower(out, t->at[i].name);
    }
}

static fgp_status take_one(fgp_trailers *t, fgp_header one, fgp_error *err)
{
    if (!is_token(one.name))
        return bad(err, one.name, "its name is empty, or holds what no name may");
    if (fgp_str_ieq(one.name, fgp_lit(FGP_TRAILER_SIGNATURE)))
        return bad(err, one.name, "is made by signing; leave it out");
    if (one.name.len > FGP_TRAILER_TEXT || one.value.len > FGP_TRAILER_TEXT)
        return bad(err, one.name, "the trailers are longer than 1024 bytes together");
    if (!fgp_trailers_add(t, one))
        return bad(err, one.name, "is repeated, or one of more than 8");
    if (fgp_trailers_len(t) > FGP_TRAILER_TEXT)
        return bad(err, one.name, "the trailers are longer than 1024 bytes together");
    return FGP_OK;
}

/* What |kind| of body asks for of its |n| trailers, of which |nchecksums| are checksums. */
static fgp_status check_count(fgp_payload_kind kind, size_t n, size_t nchecksums, fgp_error *err)
{
    if (!fgp_payload_has_trailer(kind) && n != 0)
        return bad(err, none, "this kind of body has none; see fgp_payload_kind");
    if (fgp_payload_has_trailer(kind) && n == 0)
        return bad(err, none, "this kind of body has one; a checksum is the usual one");
    if (nchecksums > 1)
        return bad(err, none, "a body has one checksum, not several");
    if (kind == FGP_PAYLOAD_UNSIGNED_TRAILER && nchecksums == 0)
        return bad(err, none, "an unsigned body needs a checksum, for nothing else vouches for it");
    return FGP_OK;
}

fgp_status fgp_trailers_take(fgp_trailers *t, const fgp_chunked *body, fgp_error *err)
{
    fgp_header checksum = { fgp_checksum_header(body->checksum),
                            { NULL, fgp_checksum_len(body->checksum) } };
    size_t     nchecksums = body->checksum != FGP_CHECKSUM_NONE;
    fgp_status s = FGP_OK;

    t->n = 0;
    if (nchecksums != 0)
        s = take_one(t, checksum, err);
    for (size_t i = 0; s == FGP_OK && i < body->ntrailers; i++) {
        nchecksums += fgp_checksum_is_header(body->trailers[i].name);
        s = take_one(t, body->trailers[i], err);
    }
    return s == FGP_OK ? check_count(body->kind, t->n, nchecksums, err) : s;
}

/* Takes the first name off |list|; false where it was the last. */
static bool cut_name(fgp_str *list, fgp_str *name)
{
    bool more = fgp_str_cut(list, ',', name);

    *name = fgp_str_trim(*name);
    return more;
}

bool fgp_trailer_is_declared(fgp_str declared, fgp_str name)
{
    fgp_str one;
    bool    more = true;

    while (more) {
        more = cut_name(&declared, &one);
        if (fgp_str_ieq(one, name))
            return true;
    }
    return false;
}

fgp_status fgp_trailers_declared(const fgp_chunked *body, size_t *n, fgp_checksum_kind *checksum,
                                 fgp_error *err)
{
    fgp_trailers names = { .n = 0 };
    fgp_str      rest = body->declared, name;
    size_t       nchecksums = 0;
    bool         more = rest.len != 0;

    *checksum = FGP_CHECKSUM_NONE;
    while (more) {
        fgp_status s;

        more = cut_name(&rest, &name);
        s = take_one(&names, (fgp_header){ name, none }, err);
        if (s != FGP_OK)
            return s;
        if (!fgp_checksum_is_header(name))
            continue;
        nchecksums++;
        *checksum = fgp_checksum_find(name);
        if (*checksum == FGP_CHECKSUM_NONE)
            return bad(err, name, "is a checksum that is not known, so the body can't be checked");
    }
    *n = names.n;
    return check_count(body->kind, names.n, nchecksums, err);
}
