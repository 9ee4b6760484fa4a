/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.c - fingerpost resolve: prints what the endpoint rules say. */
#include <jansson.h>
#include <stdlib.h>

#include "cli.h"

#define ROOM ((size_t)1 << 16) /* bytes for all text of one endpoint */

/* ---- as text ---------------------------------------------------------- */

static void line(const char *label, fgp_str value)
{
    if (value.len != 0)
        printf("%-15s %.*s\n", label, (int)value.len, value.ptr);
}

static int write_text(const fgp_endpoint *ep)
{
    line("url", ep->url);
    line("scheme", fgp_text(fgp_auth_scheme_name(ep->auth.scheme)));
    line("signing name", ep->auth.signing_name);
    line("signing region", ep->auth.signing_region);
    line("region set", ep->auth.region_set);
    line("double encode", fgp_text(ep->auth.double_encode ? "yes" : "no"));
    return CLI_OK;
}

/* ---- as JSON ---------------------------------------------------------- */

static json_t *text(fgp_str s)
{
    return json_stringn(s.ptr != NULL ? s.ptr : "", s.len);
}

static json_t *value_of(const fgp_item *item)
{
    switch (item->kind) {
    case FGP_ITEM_OBJECT: return json_object();
    case FGP_ITEM_ARRAY: return json_array();
    case FGP_ITEM_BOOL: return json_boolean(item->flag);
    default: return text(item->text);
    }
}

/* Adds |value|, which it takes over, to |to|, an object or an array. */
static void add(json_t *to, fgp_str name, json_t *value)
{
    if (json_is_array(to))
        json_array_append_new(to, value);
    else
        json_object_setn_new(to, name.ptr, name.len, value);
}

/* Fills |to| with the items up to its end. Rules nest a few deep. */
static void fill(json_t *to, fgp_items *items, fgp_out *out)
{
    fgp_item item;

    while (fgp_items_next(items, out, &item) && item.kind != FGP_ITEM_END) {
        json_t *value = value_of(&item);

        add(to, item.name, value);
        if (item.kind == FGP_ITEM_OBJECT || item.kind == FGP_ITEM_ARRAY)
            fill(value, items, out);
    }
}

static json_t *filled(fgp_items items, fgp_out *out)
{
    json_t *object = json_object();

    fill(object, &items, out);
    return object;
}

static json_t *auth_json(const fgp_auth *auth)
{
    json_t *object = json_object();

    add(object, fgp_text("scheme"), text(fgp_text(fgp_auth_scheme_name(auth->scheme))));
    add(object, fgp_text("signing_name"), text(auth->signing_name));
    if (auth->signing_region.len != 0)
        add(object, fgp_text("signing_region"), text(auth->signing_region));
    if (auth->region_set.len != 0)
        add(object, fgp_text("region_set"), text(auth->region_set));
    add(object, fgp_text("double_encode"), json_boolean(auth->double_encode));
    return object;
}

static int write_json(const cli_args *cli, const fgp_params *params, const fgp_endpoint *ep,
                      fgp_out *out)
{
    json_t *all = json_object();

    add(all, fgp_text("url"), text(ep->url));
    add(all, fgp_text("auth"), auth_json(&ep->auth));
    add(all, fgp_text("headers"), filled(fgp_endpoint_headers(params, ep), out));
    add(all, fgp_text("properties"), filled(fgp_endpoint_properties(params, ep), out));
    if (out->need > out->cap) {
        json_decref(all);
        return cli_fault(cli, CLI_ENDPOINT, "what the rules say is longer than %zu bytes", ROOM);
    }
    json_dumpf(all, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(all);
    return CLI_OK;
}

/* ----------------------------------------------------------------------- */

static int resolve(const cli_args *cli, fgp_out *out)
{
    fgp_asked    asked;
    fgp_endpoint ep;
    fgp_failure  why;

    if (fgp_ask_params(&asked, &cli->ask, fgp_text(cli->ask.service), &why) != 0)
        return cli_failure(cli, &why);
    if (fgp_endpoint_resolve(&asked.params, out, &ep) != FGP_OK) {
        fgp_endpoint_failure(&why, &cli->ask, &ep, &ep.error);
        return cli_failure(cli, &why);
    }
    return cli->json ? write_json(cli, &asked.params, &ep, out) : write_text(&ep);
}

int cli_resolve(cli_args *cli)
{
    fgp_out out = { malloc(ROOM), ROOM, 0, NULL };
    int     code;

    if (out.buf == NULL)
        return cli_fault(cli, CLI_CONFIG, "out of memory");
    code = resolve(cli, &out);
    free(out.buf);
    return code;
}
