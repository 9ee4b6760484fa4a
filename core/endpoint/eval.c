/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval.c - evaluates expressions, templates and atoms of the table.
 *
 * Relies on what table.h says a table keeps. An expression's operand stands before
 * it and the compiler nests them at most 8 deep, so recursion is bounded.
 */
#include "eval.h"

/* Where a text that is put together goes, piece by piece: onto |out|, or against
 * |rest|, of which it must be the beginning. */
typedef struct sink {
    fgp_out *out;
    fgp_str  rest;
} sink;

static bool view(fgp_eval *ev, unsigned id, fgp_str *s);

void fgp_eval_init(fgp_eval *ev, const fgp_params *params)
{
    ev->table = params->table;
    ev->params = params;
    ev->service = fgp_params_service(params);
    ev->exprs = fgp_table_section(ev->table, FGP_EXPRS);
    ev->atoms = fgp_table_section(ev->table, FGP_ATOMS);
    ev->templates = fgp_table_section(ev->table, FGP_TEMPLATES);
    memset(ev->asked, 0, sizeof ev->asked);
    ev->made = ev->null = 0;
}

static const uint8_t *expr_at(const fgp_eval *ev, unsigned id)
{
    return ev->exprs + (size_t)FGP_EXPR_SIZE * id;
}

/* ---- records */

static bool make_record(fgp_eval *ev, const uint8_t *e, fgp_record *r)
{
    fgp_str of;

    if (!view(ev, fgp_load16(e + 2), &of))
        return false;
    switch (e[0]) {
    case FGP_OP_PARTITION:
        r->partition = fgp_partition_of(ev->table, of);
        return true;
    case FGP_OP_ARN:
        return fgp_arn_parse(of, &r->arn);
    default:
        return fgp_rule_url_parse(of, &r->url);
    }
}

/* The partition, ARN or URL that |e| stands for; NULL where it is null. */
static const fgp_record *record(fgp_eval *ev, const uint8_t *e)
{
    uint32_t bit = (uint32_t)1 << e[1];

    if (!(ev->made & bit)) {
        ev->made |= bit;
        if (!make_record(ev, e, &ev->record[e[1]]))
            ev->null |= bit;
    }
    return ev->null & bit ? NULL : &ev->record[e[1]];
}

/* ---- expressions */

static bool arn_attribute(const fgp_arn *arn, unsigned attribute, fgp_str *s)
{
    switch (attribute) {
    case FGP_ARN_PARTITION: *s = arn->partition; return true;
    case FGP_ARN_SERVICE:   *s = arn->service; return true;
    case FGP_ARN_REGION:    *s = arn->region; return true;
    case FGP_ARN_ACCOUNT:   *s = arn->account; return true;
    default:                return fgp_arn_part(arn, attribute - FGP_ARN_RESOURCE, s);
    }
}

static bool attribute(fgp_eval *ev, const uint8_t *e, fgp_str *s)
{
    const uint8_t    *of = expr_at(ev, fgp_load16(e + 2));
    const fgp_record *r = record(ev, of);

    if (r == NULL)
        return false;
    if (of[0] == FGP_OP_PARTITION)
        *s = fgp_table_str(ev->table, r->partition + FGP_STR_SIZE * e[1]);
    else if (of[0] == FGP_OP_ARN)
        return arn_attribute(&r->arn, e[1], s);
    else
        *s = e[1] == FGP_URL_SCHEME ? r->url.scheme
           : e[1] == FGP_URL_AUTHORITY ? r->url.authority : r->url.path;
    return true;
}

/* Item |i| of a list: of the caller's, or of one in the table (params.c). */
static bool list_item(const fgp_value *list, size_t i, fgp_str *s)
{
    const char *p = list->ptr;

    if (list->kind != FGP_VALUE_LIST || i >= list->len)
        return false;
    if (!list->flag) {
        *s = ((const fgp_str *)list->ptr)[i];
        return true;
    }
    for (; i > 0; i--)
        p += 1 + (uint8_t)*p;
    *s = (fgp_str){ p + 1, (uint8_t)*p };
    return true;
}

static const fgp_value *param(const fgp_eval *ev, const uint8_t *e)
{
    return &ev->params->value[e[1]];
}

static bool substring(fgp_eval *ev, const uint8_t *e, fgp_str *s)
{
    const uint8_t *range = fgp_table_section(ev->table, FGP_SUBSTRINGS) + FGP_SUBSTRING_SIZE * e[1];
    fgp_str        of;

    return view(ev, fgp_load16(e + 2), &of) &&
           fgp_substring(of, range[0], range[1] & 0x7f, range[1] & 0x80, s);
}

/* The value of an expression that is a string and stands somewhere: false where null. */
static bool view(fgp_eval *ev, unsigned id, fgp_str *s)
{
    const uint8_t   *e = expr_at(ev, id);
    const fgp_value *v;

    switch (e[0]) {
    case FGP_OP_PARAM:
        v = param(ev, e);
        *s = (fgp_str){ v->ptr, v->len };
        return v->kind == FGP_VALUE_STRING;
    case FGP_OP_LITERAL:
        *s = (fgp_str){ (const char *)fgp_table_section(ev->table, FGP_TEXT) + fgp_load16(e + 2),
                        e[1] };
        return true;
    case FGP_OP_ATTR:
        return attribute(ev, e, s);
    case FGP_OP_ITEM:
        return list_item(param(ev, expr_at(ev, fgp_load16(e + 2))), e[1], s);
    case FGP_OP_SUBSTRING:
        return substring(ev, e, s);
    default:
        return false;
    }
}

/* ---- texts that are put together */

static bool is_normalized_path(const fgp_eval *ev, const uint8_t *e)
{
    return e[0] == FGP_OP_ATTR && e[1] == FGP_URL_NORMALIZED_PATH &&
           expr_at(ev, fgp_load16(e + 2))[0] == FGP_OP_URL;
}

static bool is_view(const fgp_eval *ev, const uint8_t *e)
{
    return e[0] < FGP_OP_URI_ENCODE && !is_normalized_path(ev, e);
}

static bool feed(sink *to, fgp_str piece)
{
    if (to->out != NULL) {
        fgp_put(to->out, piece);
        return true;
    }
    if (!fgp_str_starts(to->rest, piece))
        return false;
    to->rest = (fgp_str){ to->rest.ptr + piece.len, to->rest.len - piece.len };
    return true;
}

/* A path that begins and ends with '/'. */
static bool feed_normalized(sink *to, fgp_str path)
{
    if (path.len == 0 || path.ptr[path.len - 1] != '/')
        return feed(to, path) && feed(to, fgp_lit("/"));
    return feed(to, path);
}

/* Feeds an expression that is no template. */
static bool feed_expr(fgp_eval *ev, unsigned id, sink *to)
{
    const uint8_t *e = expr_at(ev, id);
    fgp_str        s;

    if (e[0] == FGP_OP_URI_ENCODE) { /* put only: the compiler compares none */
        if (to->out == NULL || !view(ev, fgp_load16(e + 2), &s))
            return false;
        fgp_put_uri_encoded(to->out, s);
        return true;
    }
    if (!view(ev, id, &s))
        return false;
    return is_normalized_path(ev, e) ? feed_normalized(to, s) : feed(to, s);
}

/* The length of the run of text at |p|. */
static size_t run_length(const uint8_t *p)
{
    size_t n = 0;

    while (p[n] >= ' ' && p[n] < FGP_TOKEN_WORD)
        n++;
    return n;
}

static fgp_str word(const fgp_eval *ev, unsigned i)
{
    return fgp_table_str(ev->table, fgp_table_section(ev->table, FGP_WORDS) + FGP_STR_SIZE * i);
}

/* Feeds the token at |*p|, and moves |*p| behind it. */
static bool feed_token(fgp_eval *ev, const uint8_t **p, sink *to)
{
    unsigned token = *(*p)++;
    size_t   n;

    if (token >= FGP_TOKEN_WORD)
        return feed(to, word(ev, token - FGP_TOKEN_WORD));
    if (token >= ' ') {
        n = run_length(*p);
        *p += n;
        return feed(to, (fgp_str){ (const char *)*p - n - 1, n + 1 });
    }
    switch (token) {
    case FGP_TOKEN_HOST_PREFIX:
        return feed(to, fgp_table_str(ev->table, ev->service + FGP_STR_SIZE));
    case FGP_TOKEN_SIGNING_NAME:
        return feed(to, fgp_table_str(ev->table, ev->service + 2 * FGP_STR_SIZE));
    case FGP_TOKEN_EXPR:
        *p += 2;
        return feed_expr(ev, fgp_load16(*p - 2), to);
    default:
        return feed_expr(ev, token - FGP_TOKEN_FIRST_EXPR, to);
    }
}

static bool feed_template(fgp_eval *ev, unsigned offset, sink *to)
{
    const uint8_t *p = ev->templates + offset;

    while (*p != FGP_TOKEN_END)
        if (!feed_token(ev, &p, to))
            return false;
    return true;
}

bool fgp_eval_put(fgp_eval *ev, unsigned offset, fgp_out *out)
{
    sink to = { out, { NULL, 0 } };

    return feed_template(ev, offset, &to);
}

/* The expression that the token at |p| names, behind which |*end| is; -1 for none. */
static long token_expr(const uint8_t *p, const uint8_t **end)
{
    *end = p + 1;
    if (*p == FGP_TOKEN_EXPR) {
        *end = p + 3;
        return (long)fgp_load16(p + 1);
    }
    return *p >= FGP_TOKEN_FIRST_EXPR && *p < ' ' ? *p - FGP_TOKEN_FIRST_EXPR : -1;
}

bool fgp_eval_text(fgp_eval *ev, unsigned offset, fgp_out *out, fgp_str *text)
{
    const uint8_t *p = ev->templates + offset, *end;
    long           id = token_expr(p, &end);
    size_t         start = out->need, n = run_length(p);

    if (id >= 0 && *end == FGP_TOKEN_END && is_view(ev, expr_at(ev, (unsigned)id)))
        return view(ev, (unsigned)id, text);
    if (p[n] == FGP_TOKEN_END) {
        *text = (fgp_str){ (const char *)p, n };
        return true;
    }
    if (p[0] == FGP_TOKEN_SIGNING_NAME && p[1] == FGP_TOKEN_END) {
        *text = fgp_table_str(ev->table, ev->service + 2 * FGP_STR_SIZE);
        return true;
    }
    if (!fgp_eval_put(ev, offset, out))
        return false;
    *text = fgp_out_since(out, start);
    return true;
}

/* ---- atoms */

static bool is_set(fgp_eval *ev, unsigned id)
{
    const uint8_t *e = expr_at(ev, id);
    fgp_str        s;

    switch (e[0]) {
    case FGP_OP_PARAM:
        return param(ev, e)->kind != FGP_VALUE_UNSET;
    case FGP_OP_PARTITION:
    case FGP_OP_ARN:
    case FGP_OP_URL:
        return record(ev, e) != NULL;
    default:
        return view(ev, id, &s);
    }
}

static bool is_true(fgp_eval *ev, const uint8_t *e)
{
    const uint8_t    *of = expr_at(ev, fgp_load16(e + 2));
    const fgp_record *r;

    if (e[0] == FGP_OP_PARAM)
        return param(ev, e)->kind == FGP_VALUE_BOOL && param(ev, e)->flag;
    r = record(ev, of);
    if (r == NULL)
        return false;
    if (of[0] == FGP_OP_URL)
        return r->url.is_ip;
    return r->partition[4 * FGP_STR_SIZE] &
           (e[1] == FGP_PARTITION_FIPS ? FGP_SUPPORTS_FIPS : FGP_SUPPORTS_DUALSTACK);
}

/* Whether |a|, which may have to be put together, equals the view |b|. */
static bool are_equal(fgp_eval *ev, unsigned a, unsigned b)
{
    const uint8_t *e = expr_at(ev, a);
    sink           to = { NULL, { NULL, 0 } };
    fgp_str        s;

    if (!view(ev, b, &to.rest))
        return false;
    if (is_view(ev, e))
        return view(ev, a, &s) && fgp_str_eq(s, to.rest);
    if (e[0] == FGP_OP_TEMPLATE)
        return feed_template(ev, fgp_load16(e + 2), &to) && to.rest.len == 0;
    return feed_expr(ev, a, &to) && to.rest.len == 0;
}

static bool ask(fgp_eval *ev, const uint8_t *atom)
{
    unsigned id = fgp_load16(atom + 1);
    fgp_str  s;

    switch (atom[0]) {
    case FGP_TEST_SET:
        return is_set(ev, id);
    case FGP_TEST_TRUE:
        return is_true(ev, expr_at(ev, id));
    case FGP_TEST_EQUAL:
        return are_equal(ev, id, fgp_load16(atom + 3));
    case FGP_TEST_LABEL:
    case FGP_TEST_LABELS:
        return view(ev, id, &s) && fgp_is_host_label(s, atom[0] == FGP_TEST_LABELS);
    default:
        return view(ev, id, &s) && fgp_is_virtual_hostable(s, atom[0] == FGP_TEST_BUCKETS);
    }
}

bool fgp_eval_atom(fgp_eval *ev, unsigned id)
{
    uint64_t bit = (uint64_t)1 << id % 64;
    unsigned at = id / 64;

    if (!(ev->asked[at] & bit)) {
        ev->asked[at] |= bit;
        ev->holds[at] &= ~bit;
        if (ask(ev, ev->atoms + (size_t)FGP_ATOM_SIZE * id))
            ev->holds[at] |= bit;
    }
    return (ev->holds[at] & bit) != 0;
}

/* ---- who brought it */

static bool expr_names(const fgp_eval *ev, unsigned id, unsigned slot)
{
    const uint8_t *e = expr_at(ev, id);

    while (e[0] != FGP_OP_PARAM && e[0] != FGP_OP_LITERAL && e[0] != FGP_OP_TEMPLATE)
        e = expr_at(ev, fgp_load16(e + 2));
    return e[0] == FGP_OP_PARAM && e[1] == slot;
}

bool fgp_eval_names(const fgp_eval *ev, unsigned offset, unsigned slot)
{
    const uint8_t *p = ev->templates + offset;

    while (*p != FGP_TOKEN_END) {
        long id = token_expr(p, &p);

        if (id >= 0 && expr_names(ev, (unsigned)id, slot))
            return true;
    }
    return false;
}
