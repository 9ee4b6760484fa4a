/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth.c - the effective auth schemes of an endpoint.
 *
 * authSchemes say how the scheme of the service model is changed; what they leave
 * out is the model's. Spec: Smithy, "Endpoint authSchemes list property".
 */
#include "auth.h"
#include "items.h"

const char *fgp_auth_scheme_name(fgp_auth_scheme scheme)
{
    switch (scheme) {
    case FGP_AUTH_SIGV4:           return "sigv4";
    case FGP_AUTH_SIGV4A:          return "sigv4a";
    case FGP_AUTH_SIGV4_S3EXPRESS: return "sigv4-s3express";
    case FGP_AUTH_BEARER:          return "bearer";
    case FGP_AUTH_SIGV2:           return "sigv2";
    case FGP_AUTH_NONE:            return "none";
    }
    return "none";
}

/* What the model and the parameters say. */
static void model_auth(const fgp_eval *ev, fgp_auth_scheme scheme, fgp_auth *auth)
{
    const fgp_value *region = &ev->params->value[FGP_SLOT_REGION];

    auth->scheme = scheme;
    auth->signing_name = fgp_table_str(ev->table, ev->service + 2 * FGP_STR_SIZE);
    auth->signing_region = auth->region_set = FGP_NULL;
    if (region->kind == FGP_VALUE_STRING)
        auth->signing_region = (fgp_str){ region->ptr, region->len };
    auth->double_encode = true;
}

/* SigV4A signs for a set of regions: the one asked for, where none is given. */
static void settle(fgp_auth *auth)
{
    if (auth->scheme != FGP_AUTH_SIGV4A)
        return;
    if (auth->region_set.len == 0)
        auth->region_set = auth->signing_region.len != 0 ? auth->signing_region : fgp_lit("*");
    auth->signing_region = (fgp_str){ NULL, 0 };
}

/* Reads the regions at |*p|, up to the end of their array: one stands as it is,
 * several are put with ',' between. */
static bool read_region_set(fgp_eval *ev, const uint8_t **p, fgp_out *out, fgp_str *set)
{
    fgp_raw_item item, first;
    size_t       start = out->need;

    *p = fgp_raw_next(*p, &first);
    *p = fgp_raw_next(*p, &item);
    if (item.kind == FGP_RAW_END)
        return fgp_eval_text(ev, fgp_load16(first.value), out, set);
    if (!fgp_eval_put(ev, fgp_load16(first.value), out))
        return false;
    for (; item.kind != FGP_RAW_END; *p = fgp_raw_next(*p, &item)) {
        fgp_put_char(out, ',');
        if (!fgp_eval_put(ev, fgp_load16(item.value), out))
            return false;
    }
    *set = fgp_out_since(out, start);
    return true;
}

/* Reads a scheme's members at |p|, up to the object's end: where the next begins, or
 * NULL. */
static const uint8_t *read_scheme(fgp_eval *ev, const uint8_t *p, fgp_out *out, fgp_auth *auth)
{
    fgp_raw_item item;
    bool         good = true;

    for (p = fgp_raw_next(p, &item); good && item.kind != FGP_RAW_END;
         p = fgp_raw_next(p, &item)) {
        if (item.kind == FGP_RAW_SCHEME)
            auth->scheme = (fgp_auth_scheme)item.value[0];
        else if (item.key == FGP_KEY_SIGNING_NAME)
            good = fgp_eval_text(ev, fgp_load16(item.value), out, &auth->signing_name);
        else if (item.key == FGP_KEY_SIGNING_REGION)
            good = fgp_eval_text(ev, fgp_load16(item.value), out, &auth->signing_region);
        else if (item.key == FGP_KEY_SIGNING_REGION_SET)
            good = read_region_set(ev, &p, out, &auth->region_set);
        else if (item.key == FGP_KEY_NO_DOUBLE_ENCODING)
            auth->double_encode = item.kind != FGP_RAW_TRUE;
    }
    settle(auth);
    return good ? p : NULL;
}

/* Reads the schemes at |p|, up to their array's end. */
static bool read_schemes(fgp_eval *ev, const uint8_t *p, fgp_out *out, fgp_endpoint *ep)
{
    fgp_raw_item item;

    for (p = fgp_raw_next(p, &item); item.kind == FGP_RAW_OBJECT && ep->noffered < FGP_AUTH_MAX;
         p = fgp_raw_next(p, &item)) {
        fgp_auth *auth = &ep->offered[ep->noffered++];

        model_auth(ev, FGP_AUTH_SIGV4, auth);
        p = read_scheme(ev, p, out, auth);
        if (p == NULL)
            return false;
    }
    return true;
}

/* The authSchemes in a result's properties: where their array's members begin. */
static const uint8_t *find_schemes(const fgp_eval *ev, const uint8_t *result)
{
    const uint8_t *list = fgp_table_section(ev->table, FGP_LISTS) + FGP_LIST_SIZE * result[2];
    const uint8_t *p = fgp_table_section(ev->table, FGP_ITEMS) + fgp_load16(list);
    const uint8_t *end = p + fgp_load16(list + 2);
    fgp_raw_item   item;
    unsigned       depth = 0;

    while (p < end) {
        p = fgp_raw_next(p, &item);
        if (depth == 0 && item.key == FGP_KEY_AUTH_SCHEMES)
            return p;
        if (item.kind == FGP_RAW_OBJECT || item.kind == FGP_RAW_ARRAY)
            depth++;
        else if (item.kind == FGP_RAW_END)
            depth--;
    }
    return NULL;
}

bool fgp_auth_read(fgp_eval *ev, const uint8_t *result, fgp_out *out, fgp_endpoint *ep)
{
    const uint8_t *schemes = find_schemes(ev, result);

    ep->noffered = 0;
    if (schemes != NULL)
        return read_schemes(ev, schemes, out, ep);
    for (unsigned left = fgp_load16(ev->service + 12); left != 0; left >>= 4) {
        fgp_auth *auth = &ep->offered[ep->noffered++];

        model_auth(ev, (fgp_auth_scheme)((left & 15) - 1), auth);
        settle(auth);
    }
    return true;
}
