/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.c - the partition of a region.
 *
 * A region is of the form PREFIX-\w+-\d+, and PREFIX says the partition; single
 * ones, such as aws-global, are listed.
 */
#include "functions.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c) /* \w */
{
    return is_digit(c) || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* PREFIX of |region|; empty where it is of another form. */
static fgp_str prefix_of(fgp_str region)
{
    static const fgp_str none = { NULL, 0 };
    size_t               i = region.len, end = i;

    while (i > 0 && is_digit(region.ptr[i - 1]))
        i--;
    if (i == end || i == 0 || region.ptr[i - 1] != '-')
        return none;
    end = --i;
    while (i > 0 && is_word(region.ptr[i - 1]))
        i--;
    if (i == end || i == 0 || region.ptr[i - 1] != '-')
        return none;
    return (fgp_str){ region.ptr, i - 1 };
}

const uint8_t *fgp_partition_of(const fgp_table *t, fgp_str region)
{
    fgp_str        prefix = prefix_of(region);
    const uint8_t *row = NULL;

    if (prefix.len != 0)
        row = fgp_table_find(t, fgp_table_section(t, FGP_PREFIXES), fgp_table_rows(t, FGP_PREFIXES),
                             FGP_REGION_SIZE, prefix);
    if (row == NULL)
        row = fgp_table_find(t, fgp_table_section(t, FGP_REGIONS), fgp_table_rows(t, FGP_REGIONS),
                             FGP_REGION_SIZE, region);
    return fgp_table_section(t, FGP_PARTITIONS) +
           FGP_PARTITION_SIZE * (size_t)(row == NULL ? 0 : row[3]);
}
