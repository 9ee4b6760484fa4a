/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - the form of a compiled table of endpoint rule sets.
 *
 * One run of bytes, little-endian, that holds offsets and indices and no pointer:
 * it may stand anywhere and at any alignment. tools/compile-endpoints writes it;
 * numbers here are the ones in tools/endpoints/blob.lua. What a reader relies on,
 * so that it need not check while it walks:
 *
 *   every index and offset is in range;
 *   an edge leads to a higher node, an operand is a lower expression;
 *   a template, and a list's items, end within their section.
 *
 * A header of FGP_TABLE_HEADER bytes: "FGPT", version u16, byte order u16 (0x0102),
 * size of the whole u32, CRC-32 of what follows this field u32, and for each section
 * its offset u32 and its rows u16.
 */
#ifndef FGP_TABLE_H
#define FGP_TABLE_H

#include "../base/str.h"

struct fgp_table {
    const uint8_t *bytes;
    size_t         len;
};

enum {
    FGP_TABLE_VERSION = 1,
    FGP_TABLE_HEADER = 120,
    FGP_TABLE_SECTIONS = 16, /* where the list of sections begins */

    FGP_ATOMS_MAX = 512,  /* tests that a walk may remember */
    FGP_RECORDS_MAX = 32, /* partitions, ARNs and URLs, likewise */

    FGP_RESULT = 0x8000 /* in an edge: the rest is a result */
};

/* A "str" is the offset of a text u16 and its length u8. */
enum fgp_section {
    FGP_TEXT,       /* bytes */
    FGP_WORDS,      /* str: what a token of a template stands for */
    FGP_TEMPLATES,  /* bytes: tokens, up to FGP_TOKEN_END each */
    FGP_EXPRS,      /* op u8, a u8, b u16 */
    FGP_SUBSTRINGS, /* from u8, to u8 (| 0x80: counted from the end) */
    FGP_ATOMS,      /* test u8, expr (or slot) u16, expr u16 */
    FGP_NODES,      /* atom u16, where to when it holds u16, when not u16 */
    FGP_RESULTS,    /* template u16, lists of properties u8 and of headers u8; or 255: an error */
    FGP_LISTS,      /* offset of its items u16, their bytes u16 */
    FGP_ITEMS,      /* bytes */
    FGP_KEYS,       /* str: names of members */
    FGP_PARAMS,     /* name str, slot u8, flags u8, default str; by name in each set */
    FGP_PARAM_SETS, /* first param u16, params u8; slots as bits: of those that must be set
                       and have no default u32, of strings that bear on an endpoint u32 */
    FGP_SERVICES,   /* name str, host prefix str, signing name str, root u16, set u8, auth u16;
                       by name. auth: four bits a scheme, scheme + 1, the first lowest */
    FGP_PARTITIONS, /* name, dnsSuffix, dualStackDnsSuffix, implicitGlobalRegion str, flags u8 */
    FGP_PREFIXES,   /* str of regions "PREFIX-word-number", partition u8; by text */
    FGP_REGIONS,    /* str, partition u8; by text */
    FGP_NSECTIONS
};

enum {
    FGP_STR_SIZE = 3,
    FGP_EXPR_SIZE = 4,
    FGP_SUBSTRING_SIZE = 2,
    FGP_ATOM_SIZE = 5,
    FGP_NODE_SIZE = 6,
    FGP_RESULT_SIZE = 4,
    FGP_LIST_SIZE = 4,
    FGP_PARAM_SIZE = 8,
    FGP_PARAM_SET_SIZE = 11,
    FGP_SERVICE_SIZE = 14,
    FGP_PARTITION_SIZE = 13,
    FGP_REGION_SIZE = 4
};

/* Slots of parameters that the core itself asks for: those of these builtIns. */
enum { FGP_SLOT_REGION, FGP_SLOT_ENDPOINT, FGP_SLOT_FIPS, FGP_SLOT_DUALSTACK };

/* Flags of a parameter; the lowest two bits are its fgp_value_kind. */
enum {
    FGP_PARAM_KIND = 3,
    FGP_PARAM_DEFAULT = 4,
    FGP_PARAM_TRUE = 8 /* a boolean's default */
};

enum { FGP_SUPPORTS_FIPS = 1, FGP_SUPPORTS_DUALSTACK = 2 }; /* flags of a partition */

/* Expressions. Those from FGP_OP_URI_ENCODE on are put together; the others stand
 * somewhere already. */
enum fgp_op {
    FGP_OP_PARAM,      /* a: slot */
    FGP_OP_LITERAL,    /* a: length, b: offset in the text */
    FGP_OP_ATTR,       /* a: attribute, b: record */
    FGP_OP_ITEM,       /* a: index, b: list */
    FGP_OP_SUBSTRING,  /* a: row of FGP_SUBSTRINGS, b: of what */
    FGP_OP_PARTITION,  /* a: number among the records, b: of what; so are the next two */
    FGP_OP_ARN,
    FGP_OP_URL,
    FGP_OP_URI_ENCODE,      /* b: of what */
    FGP_OP_NORMALIZED_PATH, /* b: of which URL */
    FGP_OP_TEMPLATE         /* b: offset in the templates */
};

/* Attributes of records. */
enum { FGP_PARTITION_NAME, FGP_PARTITION_DNS, FGP_PARTITION_DUALSTACK_DNS, FGP_PARTITION_GLOBAL,
       FGP_PARTITION_FIPS, FGP_PARTITION_DUALSTACK };
enum { FGP_ARN_PARTITION, FGP_ARN_SERVICE, FGP_ARN_REGION, FGP_ARN_ACCOUNT, FGP_ARN_RESOURCE = 16 };
enum { FGP_URL_SCHEME, FGP_URL_AUTHORITY, FGP_URL_PATH, FGP_URL_IS_IP };

/* What an atom asks of its expression; false where that is null. */
enum fgp_test {
    FGP_TEST_GIVEN,  /* of the parameter in a slot, in place of the expression: is it set? */
    FGP_TEST_FLAG,   /* likewise: is it true? */
    FGP_TEST_SET,
    FGP_TEST_TRUE,
    FGP_TEST_EQUAL,  /* to the second expression */
    FGP_TEST_MATCH,  /* likewise, of one that is put together */
    FGP_TEST_LABEL,  /* isValidHostLabel, one label */
    FGP_TEST_LABELS, /* labels with dots between */
    FGP_TEST_BUCKET, /* aws.isVirtualHostableS3Bucket */
    FGP_TEST_BUCKETS /* with dots */
};

/* Tokens of a template; others are text of one byte, from ' ' to '~'. */
enum {
    FGP_TOKEN_END,
    FGP_TOKEN_EXPR,         /* of the number that follows, u16 */
    FGP_TOKEN_HOST_PREFIX,  /* the service's own */
    FGP_TOKEN_SIGNING_NAME,
    FGP_TOKEN_FIRST_EXPR,   /* up to ' ': expressions from 0 on */
    FGP_TOKEN_WORD = 0x80   /* from here on: words from 0 on */
};

/* Items: a byte; where it has FGP_ITEM_NAMED, the key u8; then its value. */
enum {
    FGP_RAW_END,
    FGP_RAW_OBJECT,
    FGP_RAW_ARRAY,
    FGP_RAW_STRING, /* template u16 */
    FGP_RAW_TRUE,
    FGP_RAW_FALSE,
    FGP_RAW_SCHEME, /* fgp_auth_scheme u8 */
    FGP_RAW_NAMED = 0x10
};

/* Keys that the core knows. */
enum { FGP_KEY_AUTH_SCHEMES, FGP_KEY_NAME, FGP_KEY_SIGNING_NAME, FGP_KEY_SIGNING_REGION,
       FGP_KEY_SIGNING_REGION_SET, FGP_KEY_NO_DOUBLE_ENCODING };

/* ---- reading */

static inline unsigned fgp_load16(const uint8_t *p)
{
    return p[0] | (unsigned)p[1] << 8;
}

static inline uint32_t fgp_load32(const uint8_t *p)
{
    return fgp_load16(p) | (uint32_t)fgp_load16(p + 2) << 16;
}

static inline const uint8_t *fgp_table_section(const fgp_table *t, enum fgp_section s)
{
    return t->bytes + fgp_load32(t->bytes + FGP_TABLE_SECTIONS + 6 * s);
}

static inline unsigned fgp_table_rows(const fgp_table *t, enum fgp_section s)
{
    return fgp_load16(t->bytes + FGP_TABLE_SECTIONS + 6 * s + 4);
}

/* The text that the str at |ref| names. */
static inline fgp_str fgp_table_str(const fgp_table *t, const uint8_t *ref)
{
    return (fgp_str){ (const char *)fgp_table_section(t, FGP_TEXT) + fgp_load16(ref), ref[2] };
}

/* The row of |text| in a section of rows of |size| bytes that begin with a str and
 * are sorted by it; NULL where there is none. */
const uint8_t *fgp_table_find(const fgp_table *t, const uint8_t *rows, unsigned nrows,
                              size_t size, fgp_str text);

#endif
