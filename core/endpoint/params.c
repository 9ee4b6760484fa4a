/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params.c - a rule set's parameters, by their names. Knows the table's rows of
 * services and parameters, and nothing of the rules.
 */
#include "../base/error.h"
#include "params.h"

/* As fgp_str_cmp(), for texts that mostly differ at once. */
static int compare(fgp_str a, fgp_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < n; i++)
        if (a.ptr[i] != b.ptr[i])
            return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[i] ? -1 : 1;
    return (a.len > b.len) - (a.len < b.len);
}

const uint8_t *fgp_table_find(const fgp_table *t, const uint8_t *rows, unsigned nrows,
                              size_t size, fgp_str text)
{
    unsigned lo = 0, hi = nrows;

    while (lo < hi) {
        unsigned       mid = (lo + hi) / 2;
        const uint8_t *row = rows + size * mid;
        int            d = compare(text, fgp_table_str(t, row));

        if (d == 0)
            return row;
        if (d < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

/* The items of a list in the table, each after its length: how many there are. */
static size_t packed_items(fgp_str list)
{
    size_t n = 0;

    for (size_t at = 0; at < list.len; at += 1 + (uint8_t)list.ptr[at])
        n++;
    return n;
}

static fgp_value default_value(const fgp_table *t, const uint8_t *row)
{
    unsigned  flags = row[4];
    fgp_str   text = fgp_table_str(t, row + 5);
    fgp_value v = { NULL, 0, FGP_VALUE_UNSET, false };

    if (!(flags & FGP_PARAM_DEFAULT))
        return v;
    v.kind = (uint8_t)(flags & FGP_PARAM_KIND);
    v.flag = v.kind == FGP_VALUE_LIST || (flags & FGP_PARAM_TRUE); /* of a list: it is packed */
    v.ptr = text.ptr;
    v.len = v.kind == FGP_VALUE_LIST ? packed_items(text) : text.len;
    return v;
}

fgp_status fgp_params_init(fgp_params *params, const fgp_table *table, fgp_str service,
                           fgp_error *err)
{
    const uint8_t *services = fgp_table_section(table, FGP_SERVICES);
    const uint8_t *row = fgp_table_find(table, services, fgp_table_rows(table, FGP_SERVICES),
                                        FGP_SERVICE_SIZE, service);
    unsigned       n;

    memset(params, 0, sizeof *params);
    params->table = table;
    if (row == NULL)
        return fgp_fail(err, FGP_ERR_UNKNOWN_SERVICE, "service", service,
                        "no endpoint rule set has this name; they are named as in the SDKs' "
                        "models (s3, dynamodb, route53)");
    params->service = (uint32_t)((size_t)(row - services) / FGP_SERVICE_SIZE);

    row = fgp_params_rows(params, &n);
    for (; n > 0; n--, row += FGP_PARAM_SIZE)
        params->value[row[3]] = default_value(table, row);
    return FGP_OK;
}

/* The value of the parameter |name|, which must be of |kind|; NULL where it is not. */
static fgp_value *value_of(fgp_params *p, fgp_str name, fgp_value_kind kind, fgp_error *err)
{
    static const char *const others[] = {
        [FGP_VALUE_STRING] = "is no string in this rule set",
        [FGP_VALUE_BOOL] = "is no boolean in this rule set",
        [FGP_VALUE_LIST] = "is no list in this rule set"
    };
    unsigned       n;
    const uint8_t *rows = fgp_params_rows(p, &n);
    const uint8_t *row = fgp_table_find(p->table, rows, n, FGP_PARAM_SIZE, name);

    if (row != NULL && (row[4] & FGP_PARAM_KIND) == (unsigned)kind)
        return &p->value[row[3]];
    fgp_fail(err, FGP_ERR_BAD_PARAMETER, "parameter", name,
             row == NULL ? "the rule set of this service has none of this name" : others[kind]);
    return NULL;
}

fgp_status fgp_params_set_string(fgp_params *params, fgp_str name, fgp_str value, fgp_error *err)
{
    fgp_value *v = value_of(params, name, FGP_VALUE_STRING, err);

    if (v == NULL)
        return FGP_ERR_BAD_PARAMETER;
    *v = (fgp_value){ value.len != 0 ? value.ptr : "", value.len, FGP_VALUE_STRING, false };
    return FGP_OK;
}

fgp_status fgp_params_set_bool(fgp_params *params, fgp_str name, bool value, fgp_error *err)
{
    fgp_value *v = value_of(params, name, FGP_VALUE_BOOL, err);

    if (v == NULL)
        return FGP_ERR_BAD_PARAMETER;
    *v = (fgp_value){ NULL, 0, FGP_VALUE_BOOL, value };
    return FGP_OK;
}

fgp_status fgp_params_set_list(fgp_params *params, fgp_str name, const fgp_str *items,
                               size_t nitems, fgp_error *err)
{
    fgp_value *v = value_of(params, name, FGP_VALUE_LIST, err);

    if (v == NULL)
        return FGP_ERR_BAD_PARAMETER;
    *v = (fgp_value){ items, nitems, FGP_VALUE_LIST, false };
    return FGP_OK;
}

bool fgp_params_get_string(const fgp_params *params, fgp_str name, fgp_str *value)
{
    unsigned         n;
    const uint8_t   *rows = fgp_params_rows(params, &n);
    const uint8_t   *row = fgp_table_find(params->table, rows, n, FGP_PARAM_SIZE, name);
    const fgp_value *v = row == NULL ? NULL : &params->value[row[3]];

    if (v == NULL || v->kind != FGP_VALUE_STRING)
        return false;
    *value = (fgp_str){ v->ptr, v->len };
    return true;
}

bool fgp_params_describe(const fgp_params *params, size_t i, fgp_str *name, fgp_value_kind *type)
{
    unsigned       n;
    const uint8_t *row = fgp_params_rows(params, &n) + FGP_PARAM_SIZE * (i < n ? i : 0);

    if (i >= n)
        return false;
    *name = fgp_table_str(params->table, row);
    *type = (fgp_value_kind)(row[4] & FGP_PARAM_KIND);
    return true;
}

fgp_str fgp_params_name(const fgp_params *p, unsigned slot)
{
    unsigned       n;
    const uint8_t *row = fgp_params_rows(p, &n);

    for (; n > 0; n--, row += FGP_PARAM_SIZE)
        if (row[3] == slot)
            return fgp_table_str(p->table, row);
    return (fgp_str){ NULL, 0 };
}

fgp_str fgp_table_service(const fgp_table *table, size_t i)
{
    if (i >= fgp_table_rows(table, FGP_SERVICES))
        return (fgp_str){ NULL, 0 };
    return fgp_table_str(table, fgp_table_section(table, FGP_SERVICES) + FGP_SERVICE_SIZE * i);
}
