/* SPDX-License-Identifier: Apache-2.0 */
/* signer.h - the signer object, as signer.c makes it and sign.c uses it. */
#ifndef FGP_LUA_SIGNER_H
#define FGP_LUA_SIGNER_H

#include "binding.h"

/* Scopes whose keys are kept: buckets' ARNs may lead to regions of their own. */
#define KEY_SLOTS 4
#define LABEL_MAX 63 /* bytes of a region, and of a signing name */

typedef struct key_slot {
    fgp_signing_key key;
    uint8_t         region_len, name_len;
    char            region[LABEL_MAX], name[LABEL_MAX];
} key_slot;

/* What a request's payload hash is made of. */
typedef struct payload_rule {
    bool    given;  /* else from the body */
    bool    empty;
    bool    unsigned_payload;
    bool    events; /* an event stream */
    fgp_str digest; /* else this, when it has bytes */
    int64_t length; /* of the body that is sent; -1 when nobody said */
} payload_rule;

typedef enum clock_kind { CLOCK_SYSTEM, CLOCK_FIXED, CLOCK_FUNCTION } clock_kind;

/* A setting of the caller's over the service's own. */
typedef enum choice { CHOICE_BY_SERVICE, CHOICE_NO, CHOICE_YES } choice;

/* By which algorithm requests are signed. */
typedef enum algorithm { ALGORITHM_BY_ENDPOINT, ALGORITHM_SIGV4, ALGORITHM_SIGV4A } algorithm;

/* All views are of strings in the object's table of what it keeps alive. */
typedef struct signer {
    bool                   open;
    const fgp_credentials *credentials; /* of an object kept alive, which may be closed */

    bool       has_service, has_bucket;
    fgp_params params;
    fgp_status plan_status;
    fgp_plan   plan; /* for requests that name no bucket and no parameters */

    fgp_str      signing_name, signing_region; /* empty: as the plan says */
    choice       normalize, double_encode, content_sha256;
    payload_rule payload;

    fgp_cover      cover;
    const fgp_str *also;
    size_t         nalso;
    bool           token_unsigned;

    clock_kind clock;
    int64_t    fixed_time;

    size_t   next_slot;
    key_slot slots[KEY_SLOTS];

    algorithm       algorithm;
    fgp_str         region_set;  /* of SigV4A; empty: as the plan says */
    bool            has_sigv4a;
    fgp_sigv4a_key  sigv4a;     /* made when it is needed; OpenSSL's memory, freed by close */
    fgp_signing_key sigv4a_day; /* it, for one day and service */
} signer;

enum { KEPT_CREDENTIALS = 1, KEPT_CLOCK, KEPT_REST }; /* places in the table of what is kept */

/* Whether the credentials are a session of S3 Express; and by which auth schemes it can
 * sign, as bits. */
static inline bool signer_has_session(const signer *s)
{
    return is_s3_session(s->credentials);
}

static inline unsigned signer_schemes(const signer *s)
{
    if (signer_has_session(s))
        return FGP_AUTH_BIT(FGP_AUTH_SIGV4_S3EXPRESS);
    if (s->algorithm == ALGORITHM_SIGV4 ||
        (s->algorithm == ALGORITHM_BY_ENDPOINT && s->signing_region.ptr))
        return FGP_AUTH_BIT(FGP_AUTH_SIGV4);
    return FGP_AUTH_BIT(FGP_AUTH_SIGV4) | FGP_AUTH_BIT(FGP_AUTH_SIGV4A);
}

/* Whether requests of |plan|, NULL without a service, are signed by SigV4A. */
static inline bool signer_is_sigv4a(const signer *s, const fgp_plan *plan)
{
    return s->algorithm == ALGORITHM_SIGV4A || (plan && plan->auth.scheme == FGP_AUTH_SIGV4A);
}

/* Raises where the signer, or its credentials, have been closed. */
void check_open(lua_State *L, const signer *s);

/* Reads the field 'payload' at |index|: nil, a word, a digest, or {length=, sha256=}. */
fgp_status read_payload(lua_State *L, int index, payload_rule *rule, fgp_error *err);

/* The time to sign at. A function of the caller's may run, and may raise. */
int64_t signer_now(lua_State *L, int index, const signer *s);

/* The key for |now|, |region| and |name|, which are the plan's or the signer's own. */
fgp_status signer_key(signer *s, int64_t now, fgp_str region, fgp_str name,
                      const fgp_signing_key **key, fgp_error *err);

/* For SigV4A: the regions of |plan|'s requests, and the key for |now| and |name|. */
fgp_str    signer_region_set(const signer *s, const fgp_plan *plan);
fgp_status signer_sigv4a_key(signer *s, int64_t now, fgp_str name, const fgp_signing_key **key,
                             fgp_error *err);

void make_signer_metatable(lua_State *L);

#endif
