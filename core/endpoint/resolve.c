/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c - from parameters to an endpoint: walks the service's nodes to a result,
 * puts its URL, and lets none out that is not a URL.
 *
 * The rules are no validator: they answer first, and what they let through is
 * checked here. Every edge leads to a higher node, so a walk ends.
 */
#include "../base/chars.h"
#include "../base/error.h"
#include "auth.h"

#define NO_RESULT 255 /* in place of a list: the result is an error */
#define HOST_MAX  253 /* bytes of a DNS name */
#define LABEL_MAX 63

/* ---- checks of the parameters */

static fgp_str string_of(const fgp_value *v)
{
    return v->kind == FGP_VALUE_STRING ? (fgp_str){ v->ptr, v->len } : FGP_NULL;
}

static fgp_status check_required(const fgp_params *params, fgp_error *err)
{
    uint32_t required = fgp_load32(fgp_params_set(params) + 3);

    for (unsigned slot = 0; required != 0; slot++, required >>= 1)
        if ((required & 1) && params->value[slot].kind == FGP_VALUE_UNSET)
            return fgp_fail(err, FGP_ERR_BAD_PARAMETER, "parameter",
                            fgp_params_name(params, slot),
                            "is not set, and the endpoint rules require it");
    return FGP_OK;
}

static fgp_status check_region(fgp_str region, fgp_error *err)
{
    size_t bad = fgp_skip(region, 0, FGP_HOST);

    if (bad < region.len)
        return fgp_fail_at(err, FGP_ERR_BAD_REGION, "Region", region, bad,
                           "can't stand in a host; write it as eu-west-1");
    if (region.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_REGION, "Region", region,
                        "is empty; write it as eu-west-1");
    return FGP_OK;
}

/* An endpoint given by hand goes where the rules put it, so it must be a URL by itself. */
static fgp_status check_endpoint(fgp_str endpoint, fgp_error *err)
{
    static const char what[] = "Endpoint, as a ";
    fgp_url           url;
    fgp_error         why;

    if (fgp_url_parse(endpoint, &url, &why) == FGP_OK) {
        if (!url.has_query)
            return FGP_OK;
        return fgp_fail(err, FGP_ERR_BAD_URL, "Endpoint", FGP_NULL,
                        "has a query; leave out the '?' and what follows");
    }
    err->status = why.status;
    memcpy(err->text, what, sizeof what - 1);
    memcpy(err->text + sizeof what - 1, why.text, sizeof err->text - sizeof what + 1);
    err->text[sizeof err->text - 1] = '\0';
    return err->status;
}

static bool has_control(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (fgp_is(s.ptr[i], FGP_CONTROL))
            return true;
    return false;
}

static fgp_status check_value(const fgp_params *params, unsigned slot, fgp_error *err)
{
    fgp_str value = string_of(&params->value[slot]);

    if (params->value[slot].kind == FGP_VALUE_UNSET)
        return FGP_OK;
    if (slot == FGP_SLOT_REGION)
        return check_region(value, err);
    if (slot == FGP_SLOT_ENDPOINT)
        return check_endpoint(value, err);
    if (has_control(value))
        return fgp_fail(err, FGP_ERR_BAD_URL, "parameter", fgp_params_name(params, slot),
                        "holds a control byte, which no endpoint may");
    return FGP_OK;
}

/* Checks what the rules have been given: the strings that bear on them. */
static fgp_status check_values(const fgp_params *params, fgp_error *err)
{
    uint32_t strings = fgp_load32(fgp_params_set(params) + 7);

    for (unsigned slot = 0; strings != 0; slot++, strings >>= 1)
        if ((strings & 1) && check_value(params, slot, err) != FGP_OK)
            return err->status;
    return FGP_OK;
}

/* ---- the URL */

static bool is_host_text(fgp_str s)
{
    return s.len != 0 && fgp_skip(s, 0, FGP_HOST) == s.len;
}

/* Whether |s| is https:// and a name whose last label begins with a letter: the form of
 * nearly all endpoints, and told faster than by taking it apart. */
static bool is_usual(fgp_str s)
{
    static const char scheme[] = "https://";
    size_t            from, end = sizeof scheme - 2; /* of the label before */

    if (s.len <= end || s.len > end + HOST_MAX || memcmp(s.ptr, scheme, end + 1) != 0)
        return false;
    do {
        from = end + 1;
        end = fgp_skip(s, from, FGP_LABEL);
        if (end == from || end - from > LABEL_MAX)
            return false;
    } while (end < s.len && s.ptr[end] == '.');
    return end == s.len && fgp_lower(s.ptr[from]) >= 'a';
}

/* The parameter that a URL which is none has it from; empty where it can't be told. */
static fgp_str culprit(const fgp_eval *ev, unsigned template)
{
    uint32_t strings = fgp_load32(fgp_params_set(ev->params) + 7);

    for (unsigned slot = 0; strings != 0; slot++, strings >>= 1)
        if ((strings & 1) && slot != FGP_SLOT_ENDPOINT && fgp_eval_names(ev, template, slot) &&
            !is_host_text(string_of(&ev->params->value[slot])))
            return fgp_params_name(ev->params, slot);
    return FGP_NULL;
}

/* What is wrong with |text|, the URL made of |template|; NULL where nothing is. */
static const char *url_fault(fgp_eval *ev, unsigned template, fgp_str text, fgp_error *err)
{
    fgp_url url;
    size_t  end;

    if (fgp_url_parse(text, &url, err) != FGP_OK)
        return "makes no URL where the endpoint rules put it";
    if (url.has_query)
        return "makes a query in the endpoint's URL";
    end = fgp_eval_authority_end(ev, template);
    if (end != 0 && url.authority.ptr + url.authority.len != text.ptr + end)
        return "breaks out of the host where the endpoint rules put it";
    return NULL;
}

static fgp_status check_url(fgp_eval *ev, unsigned template, fgp_str text, fgp_error *err)
{
    const char *fault;
    fgp_str     name;

    if (is_usual(text))
        return FGP_OK;
    fault = url_fault(ev, template, text, err);
    if (fault == NULL)
        return FGP_OK;
    name = culprit(ev, template);
    if (name.len != 0)
        return fgp_fail(err, FGP_ERR_BAD_URL, "parameter", name, fault);
    if (err->status != FGP_OK) /* the parser's own words */
        return err->status;
    return fgp_fail(err, FGP_ERR_BAD_URL, "what was given for this endpoint", FGP_NULL, fault);
}

/* ---- results */

/* Keeps as much of a rule's text as there is room for, printable. */
static void keep_text(fgp_str text, fgp_error *err)
{
    size_t n = text.len < FGP_ERROR_TEXT - 1 ? text.len : FGP_ERROR_TEXT - 1;

    for (size_t i = 0; i < n; i++)
        err->text[i] = text.ptr[i] >= ' ' && text.ptr[i] <= '~' ? text.ptr[i] : '?';
    err->text[n] = '\0';
}

/* Leaves nothing usable in |ep| but its error. */
static fgp_status refuse(fgp_endpoint *ep)
{
    ep->url = ep->rule_error = FGP_NULL;
    ep->noffered = 0;
    return ep->error.status;
}

static fgp_status no_space(fgp_endpoint *ep)
{
    fgp_fail(&ep->error, FGP_ERR_NOSPACE, "the endpoint", FGP_NULL,
             "give a larger buffer; its need says how large");
    return refuse(ep);
}

static fgp_status names_unset(fgp_endpoint *ep)
{
    fgp_fail(&ep->error, FGP_ERR_BAD_PARAMETER, "the endpoint", FGP_NULL,
             "names a parameter that is not set");
    return refuse(ep);
}

static fgp_status rule_error(fgp_eval *ev, unsigned template, fgp_out *out, fgp_endpoint *ep)
{
    bool made = fgp_eval_text(ev, template, out, &ep->rule_error);

    if (!fgp_out_fits(out))
        return no_space(ep);
    if (!made)
        return names_unset(ep);
    keep_text(ep->rule_error, &ep->error);
    ep->error.status = FGP_ERR_ENDPOINT_RULE;
    return FGP_ERR_ENDPOINT_RULE;
}

static fgp_status endpoint(fgp_eval *ev, const uint8_t *result, fgp_out *out, fgp_endpoint *ep)
{
    unsigned template = fgp_load16(result);
    bool     made = fgp_eval_text(ev, template, out, &ep->url) &&
                fgp_auth_read(ev, result, out, ep);

    if (!fgp_out_fits(out))
        return no_space(ep);
    if (check_values(ev->params, &ep->error) != FGP_OK)
        return refuse(ep);
    if (!made)
        return names_unset(ep);
    if (check_url(ev, template, ep->url, &ep->error) != FGP_OK)
        return refuse(ep);
    ep->auth = ep->offered[0];
    return FGP_OK;
}

/* Follows the edge |to| to a result: its number. */
static unsigned walk(fgp_eval *ev, unsigned to)
{
    const uint8_t *nodes = fgp_table_section(ev->table, FGP_NODES);

    while (!(to & FGP_RESULT)) {
        const uint8_t *node = nodes + (size_t)FGP_NODE_SIZE * to;
        to = fgp_load16(node + (fgp_eval_atom(ev, fgp_load16(node)) ? 2 : 4));
    }
    return to - FGP_RESULT;
}

fgp_status fgp_endpoint_resolve(const fgp_params *params, fgp_out *out, fgp_endpoint *ep)
{
    fgp_eval       ev;
    const uint8_t *result;

    ep->url = ep->rule_error = FGP_NULL;
    ep->auth = (fgp_auth){ .scheme = FGP_AUTH_NONE };
    ep->noffered = 0;
    fgp_error_clear(&ep->error);
    if (check_required(params, &ep->error) != FGP_OK)
        return ep->error.status;
    fgp_eval_init(&ev, params);
    ep->result = walk(&ev, fgp_load16(ev.service + 9));
    result = fgp_table_section(params->table, FGP_RESULTS) + (size_t)FGP_RESULT_SIZE * ep->result;
    return result[2] == NO_RESULT ? rule_error(&ev, fgp_load16(result), out, ep)
                                  : endpoint(&ev, result, out, ep);
}
