/* SPDX-License-Identifier: Apache-2.0 */
/*
 * headers.c - checks a request's headers, chooses the ones to sign, sorts them.
 *
 * Names and values stay the caller's bytes; lower case and single spaces are made
 * when they are put. Spec: SigV4, "CanonicalHeaders" and "SignedHeaders".
 */
#include "headers.h"
#include "../base/chars.h"
#include "../base/error.h"

enum kind {
    OTHER,   /* covered with FGP_COVER_ALL, or where the signer names it */
    REQUIRED, /* always covered */
    ONCE,    /* as OTHER, but must not be repeated: readers differ in which they take */
    REQUIRED_ONCE,
    HOST,
    SIGNING  /* one of those that signing sets */
};

static const struct {
    fgp_str name;
    int     kind;
} known[] = {
    { FGP_STR("authorization"), SIGNING },
    { FGP_STR("content-length"), ONCE },
    { FGP_STR("content-md5"), REQUIRED_ONCE },
    { FGP_STR("content-type"), REQUIRED_ONCE },
    { FGP_STR("host"), HOST },
    { FGP_STR("x-amz-content-sha256"), SIGNING },
    { FGP_STR("x-amz-date"), SIGNING },
    { FGP_STR("x-amz-region-set"), SIGNING },
    { FGP_STR("x-amz-security-token"), SIGNING },
};

static int kind_of(fgp_str name)
{
    static const fgp_str amz = FGP_STR("x-amz-");
    char                 first = fgp_lower(name.ptr[0]);

    if (first != 'x' && first != 'c' && first != 'h' && first != 'a')
        return OTHER;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (fgp_str_ieq(name, known[i].name))
            return known[i].kind;
    if (name.len >= amz.len && fgp_str_ieq((fgp_str){ name.ptr, amz.len }, amz))
        return REQUIRED;
    return OTHER;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static fgp_str trim(fgp_str s)
{
    while (s.len != 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    while (s.len != 0 && is_blank(s.ptr[0]))
        s = (fgp_str){ s.ptr + 1, s.len - 1 };
    return s;
}

static fgp_status check_header(const fgp_header *h, fgp_error *err)
{
    if (h->name.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "a header's name is empty", h->name,
                        "give it one, or leave the header out");
    for (size_t i = 0; i < h->name.len; i++)
        if (!fgp_is(h->name.ptr[i], FGP_TOKEN))
            return fgp_fail_at(err, FGP_ERR_BAD_HEADER, "header name", h->name, i,
                               "may not stand in a name");
    for (size_t i = 0; i < h->value.len; i++)
        if (fgp_is(h->value.ptr[i], FGP_CONTROL) && h->value.ptr[i] != '\t')
            return fgp_fail(err, FGP_ERR_BAD_HEADER, "the value of header", h->name,
                            "holds a line end or another control byte");
    return FGP_OK;
}

/* fgp_why_unsigned(), for a name in any case. */
static const char *why_unsigned(fgp_str name)
{
    char low[32]; /* longer than any name that is never signed */

    if (name.len > sizeof low)
        return NULL;
    for (size_t i = 0; i < name.len; i++)
        low[i] = fgp_lower(name.ptr[i]);
    return fgp_why_unsigned((fgp_str){ low, name.len });
}

static bool is_named(const fgp_signer *signer, fgp_str name)
{
    for (size_t i = 0; i < signer->nalso; i++)
        if (fgp_str_ieq(name, signer->also[i]))
            return true;
    return false;
}

/* Whether |signer| covers the header |name|: *covers. */
static fgp_status choose(const fgp_signer *signer, fgp_str name, int kind, bool *covers,
                         fgp_error *err)
{
    bool named = kind == REQUIRED || kind == REQUIRED_ONCE || is_named(signer, name);

    *covers = named;
    if (!named && signer->cover == FGP_COVER_ALL)
        *covers = why_unsigned(name) == NULL;
    else if (named && why_unsigned(name) != NULL)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "header to cover", name, why_unsigned(name));
    return FGP_OK;
}

/* The first 8 bytes of |name| in lower case, the first of them the highest. */
static uint64_t order_of(fgp_str name)
{
    uint64_t order = 0;

    for (size_t i = 0; i < 8; i++)
        order = order << 8 | (i < name.len ? (unsigned char)fgp_lower(name.ptr[i]) : 0);
    return order;
}

static int rest_cmp(fgp_str a, fgp_str b)
{
    for (size_t i = 8; i < a.len && i < b.len; i++) {
        int d = fgp_lower(a.ptr[i]) - fgp_lower(b.ptr[i]);

        if (d != 0)
            return d;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int name_cmp(const fgp_covered *a, const fgp_covered *b)
{
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return rest_cmp(a->name, b->name);
}

/* After the last that is not greater, so that equal names stay as they came. */
void fgp_headers_add(fgp_headers *h, fgp_str name, fgp_str value)
{
    fgp_covered one = { name, value, order_of(name) };
    size_t      at = h->n++;

    for (; at > 0 && name_cmp(&h->covered[at - 1], &one) > 0; at--)
        h->covered[at] = h->covered[at - 1];
    h->covered[at] = one;
}

static fgp_status take_host(fgp_headers *h, fgp_str value, fgp_error *err)
{
    if (h->host.len != 0)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "header", fgp_lit("host"),
                        "is repeated; a request has one");
    h->host = trim(value);
    if (h->host.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_HEADER, "header", fgp_lit("host"),
                        "is empty; leave it out to have it made");
    return FGP_OK;
}

static fgp_status take(fgp_headers *h, const fgp_signer *signer, const fgp_header *one,
                       fgp_error *err)
{
    int        kind = kind_of(one->name);
    bool       covers;
    fgp_status s;

    if (kind == HOST)
        return take_host(h, one->value, err);
    if (kind == SIGNING)
        return fgp_fail(err, FGP_ERR_ALREADY_SIGNED, "header", one->name,
                        "is set by signing; leave it out to have the request signed");
    s = choose(signer, one->name, kind, &covers, err);
    if (s == FGP_OK && covers)
        fgp_headers_add(h, one->name, trim(one->value));
    return s;
}

/* Refuses a repeated header of which a reader may take either. */
static fgp_status check_repeated(const fgp_headers *h, fgp_error *err)
{
    for (size_t i = 1; i < h->n; i++) {
        int kind;

        if (name_cmp(&h->covered[i - 1], &h->covered[i]) != 0)
            continue;
        kind = kind_of(h->covered[i].name);
        if (kind == ONCE || kind == REQUIRED_ONCE)
            return fgp_fail(err, FGP_ERR_BAD_HEADER, "header", h->covered[i].name,
                            "is repeated; a request has one");
    }
    return FGP_OK;
}

fgp_status fgp_headers_take(fgp_headers *h, const fgp_signer *signer, const fgp_request *req,
                            fgp_error *err)
{
    fgp_status s = FGP_OK;
    size_t     room = FGP_TEXT_MAX;

    h->n = 0;
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
        s = check_header(one, err);
        if (s == FGP_OK)
            s = take(h, signer, one, err);
    }
    return s == FGP_OK ? check_repeated(h, err) : s;
}

static void put_lower(fgp_out *out, fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        fgp_put_char(out, fgp_lower(s.ptr[i]));
}

/* Puts |s|, which is trimmed, with one space for each run of blanks. */
static void put_folded(fgp_out *out, fgp_str s)
{
    size_t from = 0, i = 0;

    while (i < s.len) {
        if (!is_blank(s.ptr[i++]) || (s.ptr[i - 1] == ' ' && !is_blank(s.ptr[i])))
            continue;
        fgp_put(out, (fgp_str){ s.ptr + from, i - 1 - from });
        fgp_put_char(out, ' ');
        while (is_blank(s.ptr[i])) /* what is trimmed ends with no blank */
            i++;
        from = i;
    }
    fgp_put(out, (fgp_str){ s.ptr + from, s.len - from });
}

static bool repeats(const fgp_headers *h, size_t i)
{
    return i != 0 && name_cmp(&h->covered[i - 1], &h->covered[i]) == 0;
}

void fgp_put_canonical_headers(fgp_out *out, const fgp_headers *h)
{
    for (size_t i = 0; i < h->n; i++) {
        if (repeats(h, i)) {
            fgp_put_char(out, ',');
        } else {
            if (i != 0)
                fgp_put_char(out, '\n');
            put_lower(out, h->covered[i].name);
            fgp_put_char(out, ':');
        }
        put_folded(out, h->covered[i].value);
    }
    fgp_put_char(out, '\n');
}

void fgp_put_signed_headers(fgp_out *out, const fgp_headers *h)
{
    for (size_t i = 0; i < h->n; i++) {
        if (repeats(h, i))
            continue;
        if (i != 0)
            fgp_put_char(out, ';');
        put_lower(out, h->covered[i].name);
    }
}

void fgp_put_signed_headers_encoded(fgp_out *out, const fgp_headers *h)
{
    char low;

    for (size_t i = 0; i < h->n; i++) {
        if (repeats(h, i))
            continue;
        if (i != 0)
            fgp_put(out, fgp_lit("%3B"));
        for (size_t j = 0; j < h->covered[i].name.len; j++) {
            low = fgp_lower(h->covered[i].name.ptr[j]);
            fgp_put_uri_encoded(out, (fgp_str){ &low, 1 });
        }
    }
}
