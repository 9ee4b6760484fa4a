/* SPDX-License-Identifier: Apache-2.0 */
/* items.c - walks over what a rule gives beside the URL. */
#include "eval.h"
#include "items.h"

/* The list that stands in byte |field| of |ep|'s result. */
static fgp_items list_of(const fgp_params *params, const fgp_endpoint *ep, size_t field)
{
    const uint8_t *result = fgp_table_section(params->table, FGP_RESULTS) +
                            (size_t)FGP_RESULT_SIZE * ep->result;
    const uint8_t *list = fgp_table_section(params->table, FGP_LISTS) +
                          FGP_LIST_SIZE * result[field];
    unsigned       at = fgp_load16(list);

    return (fgp_items){ params, at, at + fgp_load16(list + 2) };
}

fgp_items fgp_endpoint_properties(const fgp_params *params, const fgp_endpoint *ep)
{
    return list_of(params, ep, 2);
}

fgp_items fgp_endpoint_headers(const fgp_params *params, const fgp_endpoint *ep)
{
    return list_of(params, ep, 3);
}

static void read_string(const fgp_items *items, unsigned offset, fgp_out *out, fgp_str *text)
{
    fgp_eval ev;

    fgp_eval_init(&ev, items->params);
    if (!fgp_eval_text(&ev, offset, out, text))
        *text = (fgp_str){ NULL, 0 };
}

static fgp_item_kind public_kind(unsigned kind)
{
    switch (kind) {
    case FGP_RAW_OBJECT: return FGP_ITEM_OBJECT;
    case FGP_RAW_ARRAY:  return FGP_ITEM_ARRAY;
    case FGP_RAW_TRUE:
    case FGP_RAW_FALSE:  return FGP_ITEM_BOOL;
    case FGP_RAW_END:    return FGP_ITEM_END;
    default:             return FGP_ITEM_STRING;
    }
}

bool fgp_items_next(fgp_items *items, fgp_out *out, fgp_item *item)
{
    const fgp_table *t = items->params->table;
    const uint8_t   *first = fgp_table_section(t, FGP_ITEMS);
    fgp_raw_item     raw;

    memset(item, 0, sizeof *item);
    if (items->at >= items->end)
        return false;
    items->at = (uint32_t)(fgp_raw_next(first + items->at, &raw) - first);
    item->kind = public_kind(raw.kind);
    item->flag = raw.kind == FGP_RAW_TRUE;
    if (raw.key >= 0)
        item->name = fgp_table_str(t, fgp_table_section(t, FGP_KEYS) + FGP_STR_SIZE * raw.key);
    if (raw.kind == FGP_RAW_STRING)
        read_string(items, fgp_load16(raw.value), out, &item->text);
    if (raw.kind == FGP_RAW_SCHEME) {
        const char *name = fgp_auth_scheme_name((fgp_auth_scheme)raw.value[0]);
        item->text = (fgp_str){ name, strlen(name) };
    }
    return true;
}
