/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eval.h - the values of expressions, templates and atoms, for one set of parameters.
 *
 * What costs something is worked out once: the partitions, ARNs and URLs that
 * expressions name (records), and the answers to atoms.
 */
#ifndef FGP_EVAL_H
#define FGP_EVAL_H

#include "../base/out.h"
#include "functions.h"
#include "params.h"

typedef union fgp_record {
    const uint8_t *partition;
    fgp_arn        arn;
    fgp_rule_url   url;
} fgp_record;

typedef struct fgp_eval {
    const fgp_table  *table;
    const fgp_params *params;
    const uint8_t    *service;    /* its row */
    const uint8_t    *exprs, *atoms, *templates, *substrings, *words;
    const char       *text;
    uint64_t          asked[FGP_ATOMS_MAX / 64], holds[FGP_ATOMS_MAX / 64];
    uint32_t          made, null; /* records, a bit each: made, and found to be null */
    fgp_record        record[FGP_RECORDS_MAX];
} fgp_eval;

void fgp_eval_init(fgp_eval *ev, const fgp_params *params);

/* Works out whether the atom |id| holds, and remembers it. */
bool fgp_eval_ask(fgp_eval *ev, unsigned id);

/* Whether the atom |id| holds. What is told by a look at a parameter is not worth
 * remembering. */
static inline bool fgp_eval_atom(fgp_eval *ev, unsigned id)
{
    const uint8_t *atom = ev->atoms + (size_t)FGP_ATOM_SIZE * id;
    uint64_t       bit = (uint64_t)1 << id % 64;

    if (atom[0] == FGP_TEST_GIVEN)
        return ev->params->value[atom[1]].kind != FGP_VALUE_UNSET;
    if (atom[0] == FGP_TEST_FLAG)
        return ev->params->value[atom[1]].flag;
    return ev->asked[id / 64] & bit ? (ev->holds[id / 64] & bit) != 0 : fgp_eval_ask(ev, id);
}

/* Puts the template at |offset|. False where it names something that is null; what
 * stands before that is put then. */
bool fgp_eval_put(fgp_eval *ev, unsigned offset, fgp_out *out);

/* Likewise, |text| is all of it: a view of where it stands already, if it stands in one
 * piece; else of what is put. Empty where |out| overflowed. */
bool fgp_eval_text(fgp_eval *ev, unsigned offset, fgp_out *out, fgp_str *text);

/*
 * Where in its text the template at |offset|, a URL's, has the host and port end: at
 * the third '/' that is its own, or where the path of a URL is put. What a parameter
 * brings moves it no nearer. 0 where the URL is one expression and nothing else.
 */
size_t fgp_eval_authority_end(fgp_eval *ev, unsigned offset);

/* Whether the template at |offset| names the parameter in |slot|. */
bool fgp_eval_names(const fgp_eval *ev, unsigned offset, unsigned slot);

#endif
