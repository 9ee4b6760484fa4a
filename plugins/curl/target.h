/* SPDX-License-Identifier: Apache-2.0 */
/* target.h - from what is asked for to where it goes and how it is signed. */
#ifndef FGP_CURL_TARGET_H
#define FGP_CURL_TARGET_H

#include "failure.h"

/* What a program asks for, in C strings of its own; NULL where it says nothing. */
typedef struct fgp_ask {
    const char        *url;   /* "s3://bucket/key", "https://host/path?query" or "/path?query" */
    const char        *query; /* more of it */
    const char        *service, *region, *endpoint;
    const char        *signing_name, *signing_region; /* outright */
    const char        *region_set; /* by SigV4A, outright */
    bool               sigv4a;     /* likewise, the set by the endpoint, or the one region */
    bool               fips, dualstack, path_style;
    const char *const *params; /* "Name=value" */
    size_t             nparams;
} fgp_ask;

#define FGP_TARGET_HEADERS 8

/* Where a request goes and how it is signed. */
typedef struct fgp_target {
    fgp_url        endpoint; /* scheme, host, port and authority of the request */
    fgp_str        path, query;
    fgp_header     headers[FGP_TARGET_HEADERS]; /* that the endpoint's rule wants sent */
    size_t         nheaders;
    fgp_str        signing_name, signing_region;
    bool           sigv4a;
    fgp_str        region_set; /* with sigv4a, in place of the region */
    fgp_sign_rules rules;
    char          *text; /* what the views point to, beside the table and |ask| */
} fgp_target;

/* Finds |target| for |ask|, whose strings it goes on pointing to. Returns a status;
 * unless that is 0 there is nothing to free. */
int  fgp_target_make(fgp_target *target, const fgp_ask *ask, fgp_failure *why);
void fgp_target_free(fgp_target *target);

#define FGP_LIST_MAX 64 /* items of one list parameter */

/* Parameters of a rule set, and room for the items of its lists. */
typedef struct fgp_asked {
    fgp_params params;
    fgp_str    items[FGP_LIST_MAX];
    size_t     nitems;
} fgp_asked;

/* Sets the parameters that |ask| gives for |service|: all but what its URL says. */
int fgp_ask_params(fgp_asked *asked, const fgp_ask *ask, fgp_str service, fgp_failure *why);

/* Like fgp_failure_of(), for what the endpoint rules say: their own text, whole. */
int fgp_endpoint_failure(fgp_failure *why, const fgp_ask *ask, const fgp_endpoint *endpoint,
                         const fgp_error *err);

#endif
