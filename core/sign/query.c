/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query.c - decodes, encodes and sorts the parameters of a query.
 *
 * A parameter stays where it came from; what is sorted is its place, 8 bytes. Its
 * canonical text is only made when it is put. Spec: SigV4, "CanonicalQueryString".
 */
#include "query.h"
#include "../base/chars.h"
#include "../base/error.h"

static const fgp_str auth_names[FGP_QUERY_AUTH] = {
    [FGP_QUERY_ALGORITHM] = FGP_STR("X-Amz-Algorithm"),
    [FGP_QUERY_CREDENTIAL] = FGP_STR("X-Amz-Credential"),
    [FGP_QUERY_DATE] = FGP_STR("X-Amz-Date"),
    [FGP_QUERY_EXPIRES] = FGP_STR("X-Amz-Expires"),
    [FGP_QUERY_REGION_SET] = FGP_STR("X-Amz-Region-Set"),
    [FGP_QUERY_TOKEN] = FGP_STR("X-Amz-Security-Token"),
    [FGP_QUERY_S3_TOKEN] = FGP_STR("X-Amz-S3session-Token"),
    [FGP_QUERY_SIGNATURE] = FGP_STR("X-Amz-Signature"),
    [FGP_QUERY_SIGNED_HEADERS] = FGP_STR("X-Amz-SignedHeaders"),
    [FGP_QUERY_SHA256] = FGP_STR("X-Amz-Content-Sha256"),
};

static fgp_str name_of(const fgp_query *q, const fgp_param *p)
{
    return p->own ? q->own[p->own - 1] : (fgp_str){ q->raw.ptr + p->at, p->name_len };
}

static fgp_str value_of(const fgp_query *q, const fgp_param *p)
{
    return p->value_len ? (fgp_str){ q->raw.ptr + p->at + p->name_len + 1, p->value_len }
                        : (fgp_str){ NULL, 0 };
}

/* The next byte of |s|, decoded; -1 at its end. The escapes are well-formed. */
static int next_byte(fgp_str s, size_t *i)
{
    char c;

    if (*i >= s.len)
        return -1;
    c = s.ptr[(*i)++];
    if (c != '%')
        return (unsigned char)c;
    *i += 2;
    return fgp_hex_value(s.ptr[*i - 2]) * 16 + fgp_hex_value(s.ptr[*i - 1]);
}

/* Where a byte stands once it is encoded: '%' comes before all that stay. */
static int rank(int c)
{
    return c >= 0 && fgp_is((char)c, FGP_UNRESERVED) ? 256 + c : c;
}

/* The order of what |a| and |b| are when encoded. */
static int encoded_cmp(fgp_str a, fgp_str b)
{
    size_t i = 0, j = 0;
    int    c, d;

    do {
        c = next_byte(a, &i);
        d = next_byte(b, &j);
    } while (c == d && c >= 0);
    return rank(c) - rank(d);
}

static int param_cmp(const fgp_query *q, const fgp_param *a, const fgp_param *b)
{
    int d = encoded_cmp(name_of(q, a), name_of(q, b));

    return d != 0 ? d : encoded_cmp(value_of(q, a), value_of(q, b));
}

/* Puts |p| where it belongs: after the last that is not greater. Most queries come
 * sorted or are short; for the longest a search by halves keeps the cost down. */
static void insert(fgp_query *q, fgp_param p)
{
    size_t lo = 0, hi = q->n;

    if (hi != 0 && param_cmp(q, &q->param[hi - 1], &p) <= 0)
        lo = hi;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (param_cmp(q, &q->param[mid], &p) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    memmove(&q->param[lo + 1], &q->param[lo], (q->n - lo) * sizeof p);
    q->param[lo] = p;
    q->n++;
}

/* Whether |name|, decoded, is |plain|, but for the case of letters where |any_case|. */
static bool is_named(fgp_str name, fgp_str plain, bool any_case)
{
    size_t i = 0, at = 0;
    int    c;

    while ((c = next_byte(name, &i)) >= 0) {
        if (at == plain.len)
            return false;
        if ((char)c != plain.ptr[at] &&
            !(any_case && fgp_lower((char)c) == fgp_lower(plain.ptr[at])))
            return false;
        at++;
    }
    return at == plain.len;
}

/* Which parameter of a signature |name| is, in any case; FGP_QUERY_AUTH for others. Most
 * stand there as they are written here. */
static size_t auth_param(fgp_str name)
{
    size_t i = 0;

    if (name.len == 0 || (fgp_lower(name.ptr[0]) != 'x' && name.ptr[0] != '%'))
        return FGP_QUERY_AUTH;
    while (i < FGP_QUERY_AUTH && !fgp_str_eq(name, auth_names[i]))
        i++;
    if (i < FGP_QUERY_AUTH)
        return i;
    for (i = 0; i < FGP_QUERY_AUTH && !is_named(name, auth_names[i], true); i++)
        continue;
    return i;
}

static fgp_status too_many(fgp_str raw, fgp_error *err)
{
    char    text[8];
    fgp_out count = { text, sizeof text, 0, NULL };
    fgp_str pair;
    size_t  n = 0;

    while (raw.len != 0) {
        fgp_str_cut(&raw, '&', &pair);
        n += pair.len != 0;
    }
    fgp_put_number(&count, n);
    return fgp_fail(err, FGP_ERR_BAD_QUERY, "the query's number of parameters",
                    fgp_out_since(&count, 0), "is above 1000");
}

/* Takes the parameter that begins at |at| of |raw|: *p, its end *end. */
static fgp_status scan(fgp_str raw, size_t at, fgp_param *p, size_t *end, fgp_error *err)
{
    size_t i = at, equals = SIZE_MAX;
    bool   plain = true;

    for (;; i++) {
        i = fgp_skip(raw, i, FGP_UNRESERVED);
        if (i == raw.len || raw.ptr[i] == '&')
            break;
        if (fgp_is(raw.ptr[i], FGP_STOP) && (raw.ptr[i] != '%' || fgp_unescape(raw, i) < 0))
            return fgp_fail_at(err, FGP_ERR_BAD_QUERY, "query", raw, i,
                               "must be percent-encoded; '%' takes two hexadecimal digits");
        if (raw.ptr[i] == '=' && equals == SIZE_MAX)
            equals = i;
        else
            plain = false;
    }
    *end = i;
    if (equals == SIZE_MAX)
        equals = i;
    *p = (fgp_param){ (uint16_t)at, (uint16_t)(equals - at),
                      (uint16_t)(equals < i ? i - equals - 1 : 0), 0, plain };
    return FGP_OK;
}

/* Decides on |p|, the parameter |which| of a signature: whether it is kept in |q|. */
typedef fgp_status take_auth(const fgp_query *q, const fgp_param *p, size_t which, void *context,
                             bool *keeps, fgp_error *err);

static inline fgp_status parse(fgp_query *q, fgp_str raw, take_auth *take, void *context,
                               fgp_error *err)
{
    fgp_status s = FGP_OK;
    fgp_param  p;

    q->raw = raw;
    q->n = 0;
    if (raw.len > FGP_TEXT_MAX)
        return fgp_fail(err, FGP_ERR_BAD_QUERY, "query", raw, "is longer than 65535 bytes");
    for (size_t at = 0, end = 0; s == FGP_OK && at < raw.len; at = end + 1) {
        bool   keeps = true;
        size_t which;

        s = scan(raw, at, &p, &end, err);
        if (s != FGP_OK || end == at)
            continue;
        if (q->n == FGP_QUERY_MAX)
            return too_many(raw, err);
        which = auth_param(name_of(q, &p));
        if (which != FGP_QUERY_AUTH)
            s = take(q, &p, which, context, &keeps, err);
        if (s == FGP_OK && keeps)
            insert(q, p);
    }
    return s;
}

static fgp_status refuse_auth(const fgp_query *q, const fgp_param *p, size_t which, void *context,
                              bool *keeps, fgp_error *err)
{
    (void)context;
    *keeps = true;
    if (which == FGP_QUERY_SHA256)
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_ALREADY_SIGNED, "query parameter", name_of(q, p),
                    "is of a signature; leave it out to have the request signed");
}

fgp_status fgp_query_parse(fgp_query *q, fgp_str raw, fgp_error *err)
{
    return parse(q, raw, refuse_auth, NULL, err);
}

/* What a received query is asked for. */
typedef struct received {
    fgp_str *found;
    bool     token_unsigned;
} received;

static fgp_status find_auth(const fgp_query *q, const fgp_param *p, size_t which, void *context,
                            bool *keeps, fgp_error *err)
{
    const received *r = context;
    fgp_str         name = name_of(q, p);

    if (!fgp_str_eq(name, auth_names[which]) && !is_named(name, auth_names[which], false))
        return fgp_fail(err, FGP_ERR_BAD_AUTH, "query parameter", name,
                        "is a signature's, but not in the case that is its own");
    if (r->found[which].ptr != NULL)
        return fgp_fail(err, FGP_ERR_DUPLICATE, "query parameter", auth_names[which],
                        "is there twice; a signature has one");
    r->found[which] = (fgp_str){ name.ptr + name.len + (p->value_len != 0), p->value_len };
    *keeps = which != FGP_QUERY_SIGNATURE &&
             !(r->token_unsigned && (which == FGP_QUERY_TOKEN || which == FGP_QUERY_S3_TOKEN));
    return FGP_OK;
}

fgp_status fgp_query_parse_received(fgp_query *q, fgp_str raw, bool token_unsigned,
                                    fgp_str found[FGP_QUERY_AUTH], fgp_error *err)
{
    received context = { found, token_unsigned };

    for (size_t i = 0; i < FGP_QUERY_AUTH; i++)
        found[i] = (fgp_str){ NULL, 0 };
    return parse(q, raw, find_auth, &context, err);
}

void fgp_query_add(fgp_query *q, const fgp_str *own, size_t nown)
{
    q->own = own;
    for (size_t i = 0; i < nown; i++)
        if (own[i].len != 0)
            insert(q, (fgp_param){ 0, 0, 0, (uint8_t)(i + 1), true });
}

static void put_part(fgp_out *out, fgp_str part, bool plain)
{
    if (plain)
        fgp_put(out, part);
    else
        fgp_put_reencoded(out, part, FGP_UNRESERVED);
}

void fgp_put_query(fgp_out *out, const fgp_query *q, fgp_put_own *put_own, const void *context)
{
    for (size_t i = 0; i < q->n; i++) {
        const fgp_param *p = &q->param[i];

        if (i != 0)
            fgp_put_char(out, '&');
        if (p->own) {
            fgp_put(out, name_of(q, p));
            fgp_put_char(out, '=');
            put_own(out, context, (size_t)p->own - 1);
            continue;
        }
        put_part(out, name_of(q, p), p->plain);
        fgp_put_char(out, '=');
        put_part(out, value_of(q, p), p->plain);
    }
}
