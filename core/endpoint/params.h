/* SPDX-License-Identifier: Apache-2.0 */
/* params.h - the rows of the table that a set of parameters belongs to. */
#ifndef FGP_PARAMS_H
#define FGP_PARAMS_H

#include "table.h"

static inline const uint8_t *fgp_params_service(const fgp_params *p)
{
    return fgp_table_section(p->table, FGP_SERVICES) + (size_t)FGP_SERVICE_SIZE * p->service;
}

static inline const uint8_t *fgp_params_set(const fgp_params *p)
{
    return fgp_table_section(p->table, FGP_PARAM_SETS) +
           FGP_PARAM_SET_SIZE * fgp_params_service(p)[11];
}

/* The parameters of the rule set: the first's row, and how many there are. */
static inline const uint8_t *fgp_params_rows(const fgp_params *p, unsigned *n)
{
    const uint8_t *set = fgp_params_set(p);

    *n = set[2];
    return fgp_table_section(p->table, FGP_PARAMS) + (size_t)FGP_PARAM_SIZE * fgp_load16(set);
}

/* The name of the parameter in |slot|; empty where there is none. */
fgp_str fgp_params_name(const fgp_params *p, unsigned slot);

#endif
