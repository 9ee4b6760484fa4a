/* SPDX-License-Identifier: Apache-2.0 */
/*
 * headers.c - checks a request's headers, chooses the ones to sign, sorts them.
 *
 * Names are kept in lower case, values stay the caller's bytes; runs of blanks in
 * them become one space when they are put. Spec: SigV4, "CanonicalHeaders" and
 * "SignedHeaders".
 */
#include "headers.h"
#include "facts.h"
#include "../base/chars.h"
#include "../base/error.h"
#include "../base/words.h"

/* What is peculiar to |name|, in lower case: a sum of FGP_HEADER_*. */
static int kind_of(fgp_str name)
{
    const fgp_header_fact *fact = fgp_header_fact_of(name);

    if (fact != NULL)
        return fact->kind;
    return fgp_str_starts(name, fgp_lit("x-amz-")) ? FGP_HEADER_REQUIRED : 0;
}

/* Whether 8 bytes surely hold no control byte and no two spaces in a row. The sums
 * look at all bytes at once; where one is in doubt the answer is no. */
static inline bool is_plain8(uint64_t x)
{
    const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    uint64_t       del = x ^ ones * 0x7f, space = x ^ ones * ' ';
    uint64_t       controls = (x - ones * ' ') & ~x;
    uint64_t       spaces = (space - ones) & ~space & highs;

    controls |= (del - ones) & ~del;
    return (controls & highs) == 0 && (spaces & spaces >> 8) == 0;
}

/* Whether |s|, trimmed, is surely as it is signed. Words overlap by a byte, so that a
 * pair of spaces is seen wherever it stands. */
static bool is_plain(fgp_str s)
{
    uint64_t x;
    size_t   i = 0;

    for (; i + sizeof x <= s.len; i += sizeof x - 1) {
        memcpy(&x, s.ptr + i, sizeof x);
        if (!is_plain8(x))
            return false;
    }
    if (s.len >= sizeof x) { /* the last ones, some of them a second time */
        memcpy(&x, s.ptr + s.len - sizeof x, sizeof x);
        return is_plain8(x);
    }
    for (i = 0, x = UINT64_MAX; i < s.len; i++)
        x = x << 8 | (unsigned char)s.ptr[i];
    return is_plain8(x);
}

static fgp_status check_value(fgp_str name, fgp_str value, fgp_error *err)
{
    for (size_t i = 0; i < value.len; i++)
        if (fgp_is(value.ptr[i], FGP_CONTROL) && value.ptr[i] != '\t')
            return fgp_fail(err, FGP_ERR_BAD_HEADER, "the value of header", name,
                            "holds a line end or another control byte");
    return FGP_OK;
}

/* Writes |name| in lower case, between a ';' and a ':', behind those that are kept: *low. */
static fgp_status lower_name(fgp_headers *h, fgp_str name, fgp_str *low, fgp_error *err)
{
    char  *to = h->names + h->nnames;
    size_t bad = fgp_skip(name, 0, FGP_TOKEN);

    if (name.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "a header's name is empty", name,
                        "give it one, or leave the header out");
    if (bad < name.len)
        return fgp_fail_at(err, FGP_ERR_BAD_HEADER, "header name", name, bad,
                           "may not stand in a name");
    if (name.len + 2 > FGP_NAMES_MAX - h->nnames)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "the headers' names, up to", name,
                        "are longer than 8192 bytes together");
    *to++ = ';';
    fgp_lower_copy(to, name);
    to[name.len] = ':';
    *low = (fgp_str){ to, name.len };
    return FGP_OK;
}

static bool is_named(const fgp_signer *signer, fgp_str name)
{
    for (size_t i = 0; i < signer->nalso; i++)
        if (fgp_str_ieq(name, signer->also[i]))
            return true;
    return false;
}

/* The first 8 bytes of |name| in lower case, as a number; 0 for those that it lacks. */
static uint64_t first8(fgp_str name)
{
    uint64_t x = 0;

    if (name.len >= sizeof x)
        return fgp_lower8(fgp_load8(name.ptr));
    for (size_t i = 0; i < name.len; i++)
        x |= (uint64_t)(unsigned char)name.ptr[i] << (56 - 8 * i);
    return fgp_lower8(x);
}

static void keep(fgp_headers *h, fgp_covered one, uint64_t order)
{
    h->covered[h->n] = one;
    h->sorted[h->n] = (fgp_place){ order, h->n };
    h->n++;
}

void fgp_headers_add(fgp_headers *h, fgp_str name, fgp_str value)
{
    uint64_t order = fgp_load8(name.ptr);

    if (name.len < sizeof order) /* less its ':' */
        order &= UINT64_MAX << (64 - 8 * name.len);
    keep(h, (fgp_covered){ name, value, .plain = true }, order);
}

static fgp_status take_host(fgp_headers *h, fgp_str value, fgp_error *err)
{
    if (h->host.len != 0)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "header", fgp_lit("host"),
                        "is repeated; a request has one");
    if (value.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "header", fgp_lit("host"),
                        "is empty; leave it out to have it made");
    h->host = value;
    return FGP_OK;
}

/* What signing asks of each header. */
typedef struct to_sign {
    fgp_headers      *headers;
    const fgp_signer *signer;
} to_sign;

static fgp_status choose_to_sign(void *context, fgp_str name, fgp_str value, bool *covers,
                                 fgp_error *err)
{
    const to_sign *c = context;
    int            kind = kind_of(name);
    bool           named = c->signer->nalso != 0 && is_named(c->signer, name);

    *covers = false;
    if (kind & FGP_HEADER_HOST)
        return take_host(c->headers, value, err);
    if (kind & FGP_HEADER_SIGNING)
        return fgp_fail(err, FGP_ERR_ALREADY_SIGNED, "header", name,
                        "is set by signing; leave it out to have the request signed");
    if (kind & FGP_HEADER_NEVER)
        return !named ? FGP_OK
                      : fgp_fail(err, FGP_ERR_BAD_HEADER,
                                 "a header that is never signed was named to be covered,", name,
                                 fgp_why_unsigned(name));
    *covers = kind & FGP_HEADER_REQUIRED || named || c->signer->cover == FGP_COVER_ALL;
    return FGP_OK;
}

static inline fgp_status take(fgp_headers *h, const fgp_header *one, fgp_headers_choose *chooses,
                              void *context, fgp_error *err)
{
    fgp_str    name, value = fgp_str_trim(one->value);
    bool       covers, plain = is_plain(value);
    fgp_status s = lower_name(h, one->name, &name, err);

    if (s == FGP_OK && !plain)
        s = check_value(name, value, err);
    if (s == FGP_OK)
        s = chooses(context, name, value, &covers, err);
    if (s == FGP_OK && covers) {
        keep(h, (fgp_covered){ name, value, .plain = plain }, first8(one->name));
        h->nnames += name.len + 2;
    }
    return s;
}

static inline fgp_status take_all(fgp_headers *h, const fgp_request *req,
                                  fgp_headers_choose *chooses, void *context, fgp_error *err)
{
    fgp_status s = FGP_OK;
    size_t     room = FGP_TEXT_MAX;

    h->n = 0;
    h->nnames = 0;
    h->host = (fgp_str){ NULL, 0 };
    if (req->nheaders > FGP_HEADERS_MAX)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "the headers", (fgp_str){ NULL, 0 },
                        "are more than 200");
    for (size_t i = 0; s == FGP_OK && i < req->nheaders; i++) {
        const fgp_header *one = &req->headers[i];

        if (one->name.len > room || one->value.len > room - one->name.len)
            return fgp_fail(err, FGP_ERR_BAD_HEADER, "the headers, up to", one->name,
                            "are longer than 65535 bytes together");
        room -= one->name.len + one->value.len;
        s = take(h, one, chooses, context, err);
    }
    return s;
}

fgp_status fgp_headers_take(fgp_headers *h, const fgp_signer *signer, const fgp_request *req,
                            fgp_error *err)
{
    to_sign context = { h, signer };

    return take_all(h, req, choose_to_sign, &context, err);
}

fgp_status fgp_headers_take_by(fgp_headers *h, const fgp_request *req, fgp_headers_choose *chooses,
                               void *context, fgp_error *err)
{
    return take_all(h, req, chooses, context, err);
}

/* The order of names. */
static int cmp(const fgp_headers *h, const fgp_place *a, const fgp_place *b)
{
    if (a->first8 != b->first8)
        return a->first8 < b->first8 ? -1 : 1;
    return fgp_str_cmp(h->covered[a->at].name, h->covered[b->at].name);
}

fgp_status fgp_headers_sort(fgp_headers *h, fgp_error *err)
{
    for (size_t i = 1; i < h->n; i++) {
        fgp_place one = h->sorted[i];
        size_t    to = i;
        int       d = -1;

        while (to > 0 && (d = cmp(h, &h->sorted[to - 1], &one)) > 0) {
            h->sorted[to] = h->sorted[to - 1];
            to--;
        }
        h->sorted[to] = one; /* equal names stay as they came */
        if (d != 0)
            continue;
        h->covered[one.at].repeats = true;
        if (kind_of(h->covered[one.at].name) & FGP_HEADER_ONCE)
            return fgp_fail(err, FGP_ERR_BAD_HEADER, "header", h->covered[one.at].name,
                            "is repeated; a request has one");
    }
    return FGP_OK;
}

/* Puts |s|, which is trimmed, with one space for each run of blanks. */
static void put_folded(fgp_out *out, fgp_str s)
{
    size_t from = 0, i = 0;

    while (i < s.len) {
        if (!fgp_is_blank(s.ptr[i++]) || (s.ptr[i - 1] == ' ' && !fgp_is_blank(s.ptr[i])))
            continue;
        fgp_put(out, (fgp_str){ s.ptr + from, i - 1 - from });
        fgp_put_char(out, ' ');
        while (fgp_is_blank(s.ptr[i])) /* what is trimmed ends with no blank */
            i++;
        from = i;
    }
    fgp_put(out, (fgp_str){ s.ptr + from, s.len - from });
}

void fgp_put_canonical_headers(fgp_out *out, const fgp_headers *h)
{
    for (size_t i = 0; i < h->n; i++) {
        const fgp_covered *one = fgp_headers_nth(h, i);
        bool               more = i + 1 < h->n && fgp_headers_nth(h, i + 1)->repeats;
        fgp_str            name = { one->name.ptr, one->repeats ? 0 : one->name.len + 1 };

        if (one->plain) {
            fgp_put_three(out, name, one->value, more ? ',' : '\n');
            continue;
        }
        fgp_put(out, name);
        put_folded(out, one->value);
        fgp_put_char(out, more ? ',' : '\n');
    }
}

void fgp_put_signed_headers(fgp_out *out, const fgp_headers *h)
{
    for (size_t i = 0; i < h->n; i++) {
        const fgp_covered *one = fgp_headers_nth(h, i);

        if (!one->repeats) /* all but the first with their ';' */
            fgp_put(out, (fgp_str){ one->name.ptr - (i != 0), one->name.len + (i != 0) });
    }
}

void fgp_put_signed_headers_encoded(fgp_out *out, const fgp_headers *h)
{
    for (size_t i = 0; i < h->n; i++) {
        if (fgp_headers_nth(h, i)->repeats)
            continue;
        if (i != 0)
            fgp_put(out, fgp_lit("%3B"));
        fgp_put_uri_encoded(out, fgp_headers_nth(h, i)->name);
    }
}
