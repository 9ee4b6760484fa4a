/* SPDX-License-Identifier: Apache-2.0 */
/*
 * functions.h - the functions of the rule language that work on text.
 *
 * Spec: Smithy, "Endpoint rules standard library". Each takes any bytes. What is null
 * in the rules' words is false, or a text whose ptr is NULL; an empty text has one.
 */
#ifndef FGP_FUNCTIONS_H
#define FGP_FUNCTIONS_H

#include "table.h"

/* isValidHostLabel: a label of letters, digits and '-', 1 to 63 bytes, '-' at neither
 * end; with |dots|, one or more of them. */
bool fgp_is_host_label(fgp_str s, bool dots);

/* aws.isVirtualHostableS3Bucket: 3 to 63 bytes that are a host label in lower case,
 * or with |dots| several, and no IPv4 address. */
bool fgp_is_virtual_hostable(fgp_str s, bool dots);

#define FGP_NULL ((fgp_str){ NULL, 0 })

/* substring: bytes |from| to |to| of |s|, counted from the end where |reverse|. Null
 * where |s| is shorter, or holds another byte than ASCII. */
fgp_str fgp_substring(fgp_str s, size_t from, size_t to, bool reverse);

#define FGP_ARN_PARTS 16

/* aws.parseArn. The components of the resource are parted by ':' or '/'. */
typedef struct fgp_arn {
    fgp_str  partition, service, region, account, resource;
    unsigned nparts;             /* FGP_ARN_PARTS at most */
    size_t   end[FGP_ARN_PARTS]; /* of each component, in the resource */
} fgp_arn;

bool fgp_arn_parse(fgp_str s, fgp_arn *arn);

/* The |i|-th component of the resource, or null. */
fgp_str fgp_arn_part(const fgp_arn *arn, size_t i);

/* parseURL: not the URL that a request may go to (that is fgp_url_parse()), but what
 * the rules take for one. */
typedef struct fgp_rule_url {
    fgp_str scheme;    /* "http" or "https" */
    fgp_str authority; /* host, and port where one is written; no user information */
    fgp_str path;      /* as it is written */
    bool    is_ip;
} fgp_rule_url;

bool fgp_rule_url_parse(fgp_str s, fgp_rule_url *url);

/* aws.partition: the row of |region|'s partition. By its form first, by name then,
 * else "aws": the compiler has made sure that this order gives what the other does. */
const uint8_t *fgp_partition_of(const fgp_table *t, fgp_str region);

#endif
