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

static fgp_str view(fgp_eval *ev, unsigned id);

void fgp_eval_init(fgp_eval *ev, const fgp_params *params)
{
    ev->table = params->table;
    ev->params = params;
    ev->service = fgp_params_service(params);
    ev->exprs = fgp_table_section(ev->table, FGP_EXPRS);
    ev->atoms = fgp_table_section(ev->table, FGP_ATOMS);
    ev->templates = fgp_table_section(ev->table, FGP_TEMPLATES);
    ev->substrings = fgp_table_section(ev->table, FGP_SUBSTRINGS);
    ev->words = fgp_table_section(ev->table, FGP_WORDS);
    ev->text = (const char *)fgp_table_section(ev->table, FGP_TEXT);
    memset(ev->asked, 0, sizeof ev->asked);
    memset(ev->holds, 0, sizeof ev->holds);
    ev->made = ev->null = 0;
}

static const uint8_t *expr_at(const fgp_eval *ev, unsigned id)
{
    return ev->exprs + (size_t)FGP_EXPR_SIZE * id;
}

static fgp_str text_of(const fgp_eval *ev, const uint8_t *ref)
{
    return (fgp_str){ ev->text + fgp_load16(ref), ref[2] };
}

/* ---- records */

static bool make_record(fgp_eval *ev, const uint8_t *e, fgp_record *r)
{
    fgp_str of = view(ev, fgp_load16(e + 2));

    if (of.ptr == NULL)
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

static fgp_str arn_attribute(const fgp_arn *arn, unsigned attribute)
{
    switch (attribute) {
    case FGP_ARN_PARTITION: return arn->partition;
    case FGP_ARN_SERVICE:   return arn->service;
    case FGP_ARN_REGION:    return arn->region;
    case FGP_ARN_ACCOUNT:   return arn->account;
    default:                return fgp_arn_part(arn, attribute - FGP_ARN_RESOURCE);
    }
}

static fgp_str url_attribute(const fgp_rule_url *url, unsigned attribute)
{
    switch (attribute) {
    case FGP_URL_SCHEME:    return url->scheme;
    case FGP_URL_AUTHORITY: return url->authority;
    default:                return url->path;
    }
}

static fgp_str attribute(fgp_eval *ev, const uint8_t *e)
{
    const uint8_t    *of = expr_at(ev, fgp_load16(e + 2));
    const fgp_record *r = record(ev, of);

    if (r == NULL)
        return FGP_NULL;
    switch (of[0]) {
    case FGP_OP_PARTITION: return text_of(ev, r->partition + FGP_STR_SIZE * e[1]);
    case FGP_OP_ARN:       return arn_attribute(&r->arn, e[1]);
    default:               return url_attribute(&r->url, e[1]);
    }
}

/* Item |i| of a list: of the caller's, or of one in the table (params.c). */
static fgp_str list_item(const fgp_value *list, size_t i)
{
    const char *p = list->ptr;

    if (list->kind != FGP_VALUE_LIST || i >= list->len)
        return FGP_NULL;
    if (!list->flag) {
        fgp_str item = ((const fgp_str *)list->ptr)[i];
        return item.len != 0 ? item : fgp_lit("");
    }
    for (; i > 0; i--)
        p += 1 + (uint8_t)*p;
    return (fgp_str){ p + 1, (uint8_t)*p };
}

static const fgp_value *param(const fgp_eval *ev, const uint8_t *e)
{
    return &ev->params->value[e[1]];
}

static fgp_str substring(fgp_eval *ev, const uint8_t *e)
{
    const uint8_t *range = ev->substrings + FGP_SUBSTRING_SIZE * e[1];
    fgp_str        of = view(ev, fgp_load16(e + 2));

    if (of.ptr == NULL)
        return FGP_NULL;
    return fgp_substring(of, range[0], range[1] & 0x7f, range[1] & 0x80);
}

/* The value of an expression that is a string and stands somewhere, or null. */
static fgp_str view(fgp_eval *ev, unsigned id)
{
    const uint8_t   *e = expr_at(ev, id);
    const fgp_value *v;

    switch (e[0]) {
    case FGP_OP_PARAM:
        v = param(ev, e);
        return v->kind == FGP_VALUE_STRING ? (fgp_str){ v->ptr, v->len } : FGP_NULL;
    case FGP_OP_LITERAL:
        return (fgp_str){ ev->text + fgp_load16(e + 2), e[1] };
    case FGP_OP_ATTR:
        return attribute(ev, e);
    case FGP_OP_ITEM:
        return list_item(param(ev, expr_at(ev, fgp_load16(e + 2))), e[1]);
    case FGP_OP_SUBSTRING:
        return substring(ev, e);
    default:
        return FGP_NULL;
    }
}

/* ---- texts that are put together */

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

/* Percent-encoded; put only, as the compiler lets nothing be compared with it. */
static bool feed_encoded(fgp_eval *ev, unsigned of, sink *to)
{
    fgp_str s = view(ev, of);

    if (s.ptr == NULL || to->out == NULL)
        return false;
    fgp_put_uri_encoded(to->out, s);
    return true;
}

/* The path of a URL, made to begin and end with '/'. */
static bool feed_normalized(fgp_eval *ev, unsigned of, sink *to)
{
    const fgp_record *r = record(ev, expr_at(ev, of));

    if (r == NULL || !feed(to, r->url.path))
        return false;
    return (r->url.path.len != 0 && r->url.path.ptr[r->url.path.len - 1] == '/') ||
           feed(to, fgp_lit("/"));
}

/* Feeds an expression that is no template. */
static bool feed_expr(fgp_eval *ev, unsigned id, sink *to)
{
    const uint8_t *e = expr_at(ev, id);
    fgp_str        s;

    if (e[0] == FGP_OP_URI_ENCODE)
        return feed_encoded(ev, fgp_load16(e + 2), to);
    if (e[0] == FGP_OP_NORMALIZED_PATH)
        return feed_normalized(ev, fgp_load16(e + 2), to);
    s = view(ev, id);
    return s.ptr != NULL && feed(to, s);
}

/* The length of the run of text at |p|. */
static size_t run_length(const uint8_t *p)
{
    size_t n = 0;

    while (p[n] >= ' ' && p[n] < FGP_TOKEN_WORD)
        n++;
    return n;
}

/* Feeds the token at |*p|, and moves |*p| behind it. */
static bool feed_token(fgp_eval *ev, const uint8_t **p, sink *to)
{
    unsigned token = *(*p)++;
    size_t   n;

    if (token >= FGP_TOKEN_WORD)
        return feed(to, text_of(ev, ev->words + FGP_STR_SIZE * (token - FGP_TOKEN_WORD)));
    if (token >= ' ') {
        n = run_length(*p);
        *p += n;
        return feed(to, (fgp_str){ (const char *)*p - n - 1, n + 1 });
    }
    switch (token) {
    case FGP_TOKEN_HOST_PREFIX:
        return feed(to, text_of(ev, ev->service + FGP_STR_SIZE));
    case FGP_TOKEN_SIGNING_NAME:
        return feed(to, text_of(ev, ev->service + 2 * FGP_STR_SIZE));
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

    if (id >= 0 && *end == FGP_TOKEN_END && expr_at(ev, (unsigned)id)[0] < FGP_OP_URI_ENCODE) {
        *text = view(ev, (unsigned)id);
        return text->ptr != NULL;
    }
    if (p[n] == FGP_TOKEN_END) {
        *text = (fgp_str){ (const char *)p, n };
        return true;
    }
    if (p[0] == FGP_TOKEN_SIGNING_NAME && p[1] == FGP_TOKEN_END) {
        *text = text_of(ev, ev->service + 2 * FGP_STR_SIZE);
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

    switch (e[0]) {
    case FGP_OP_PARTITION:
    case FGP_OP_ARN:
    case FGP_OP_URL:
        return record(ev, e) != NULL;
    default:
        return view(ev, id).ptr != NULL;
    }
}

/* Of an attribute that is a boolean. */
static bool is_true(fgp_eval *ev, const uint8_t *e)
{
    const uint8_t    *of = expr_at(ev, fgp_load16(e + 2));
    const fgp_record *r = record(ev, of);

    if (r == NULL)
        return false;
    if (of[0] == FGP_OP_URL)
        return r->url.is_ip;
    return r->partition[4 * FGP_STR_SIZE] &
           (e[1] == FGP_PARTITION_FIPS ? FGP_SUPPORTS_FIPS : FGP_SUPPORTS_DUALSTACK);
}

static bool are_equal(fgp_eval *ev, unsigned a, unsigned b)
{
    fgp_str s = view(ev, a), t = view(ev, b);

    return s.ptr != NULL && t.ptr != NULL && fgp_str_eq(s, t);
}

/* Whether |a|, which must be put together, equals |b|. */
static bool matches(fgp_eval *ev, unsigned a, unsigned b)
{
    const uint8_t *e = expr_at(ev, a);
    sink           to = { NULL, view(ev, b) };
    bool           fed;

    if (to.rest.ptr == NULL)
        return false;
    fed = e[0] == FGP_OP_TEMPLATE ? feed_template(ev, fgp_load16(e + 2), &to)
                                  : feed_expr(ev, a, &to);
    return fed && to.rest.len == 0;
}

static bool is_name(fgp_eval *ev, unsigned test, unsigned id)
{
    fgp_str s = view(ev, id);

    if (s.ptr == NULL)
        return false;
    if (test == FGP_TEST_LABEL || test == FGP_TEST_LABELS)
        return fgp_is_host_label(s, test == FGP_TEST_LABELS);
    return fgp_is_virtual_hostable(s, test == FGP_TEST_BUCKETS);
}

static bool ask(fgp_eval *ev, const uint8_t *atom)
{
    unsigned a = fgp_load16(atom + 1), b = fgp_load16(atom + 3);

    switch (atom[0]) {
    case FGP_TEST_SET:   return is_set(ev, a);
    case FGP_TEST_TRUE:  return is_true(ev, expr_at(ev, a));
    case FGP_TEST_EQUAL: return are_equal(ev, a, b);
    case FGP_TEST_MATCH: return matches(ev, a, b);
    default:             return is_name(ev, atom[0], a);
    }
}

bool fgp_eval_ask(fgp_eval *ev, unsigned id)
{
    uint64_t bit = (uint64_t)1 << id % 64;
    bool     holds = ask(ev, ev->atoms + (size_t)FGP_ATOM_SIZE * id);

    ev->asked[id / 64] |= bit;
    if (holds)
        ev->holds[id / 64] |= bit;
    return holds;
}

/* ---- what the rules' own text says of a URL, and who brought the rest */

/* The text of the token at |p|; null for an expression. */
static fgp_str own_text(const fgp_eval *ev, const uint8_t *p)
{
    if (*p >= FGP_TOKEN_WORD)
        return text_of(ev, ev->words + FGP_STR_SIZE * (*p - FGP_TOKEN_WORD));
    return *p >= ' ' ? (fgp_str){ (const char *)p, run_length(p) } : FGP_NULL;
}

static bool is_path(const fgp_eval *ev, const uint8_t *e)
{
    return e[0] == FGP_OP_NORMALIZED_PATH ||
           (e[0] == FGP_OP_ATTR && e[1] == FGP_URL_PATH &&
            expr_at(ev, fgp_load16(e + 2))[0] == FGP_OP_URL);
}

size_t fgp_eval_authority_end(fgp_eval *ev, unsigned offset)
{
    const uint8_t *p = ev->templates + offset, *next;
    fgp_out        length = { NULL, 0, 0, NULL };
    sink           to = { &length, FGP_NULL };
    unsigned       slashes = 0;
    long           id = token_expr(p, &next);

    if (id >= 0 && *next == FGP_TOKEN_END)
        return 0;
    while (*p != FGP_TOKEN_END) {
        fgp_str own = own_text(ev, p);

        for (size_t i = 0; i < own.len; i++)
            if (own.ptr[i] == '/' && ++slashes == 3)
                return length.need + i;
        id = token_expr(p, &next);
        if (id >= 0 && is_path(ev, expr_at(ev, (unsigned)id)))
            break;
        feed_token(ev, &p, &to);
    }
    return length.need;
}

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
