/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared.c - credentials under a lock, and the signing keys made of them.
 *
 * The only file with a lock, and the only one that holds a secret access key: what
 * it lends is a key of one day. Knows no request.
 */
#include <pthread.h>
#include <stdlib.h>

#include "shared.h"

#define KEYS_MAX 8 /* keys kept: regions and services in use at one time */
#define NAME_MAX_LEN 63 /* bytes of a region or a signing name; the core's limit */

typedef struct key_slot {
    char            region[NAME_MAX_LEN + 1], name[NAME_MAX_LEN + 1];
    fgp_signing_key key; /* of no day while the slot is unused */
} key_slot;

struct fgp_generation {
    size_t          users; /* loans, and the fgp_curl while it is the newest */
    fgp_credentials credentials; /* views of text */
    key_slot        slots[KEYS_MAX];
    bool            has_sigv4a;
    fgp_sigv4a_key  sigv4a; /* made when it is needed; loans sign with it, all at a time */
    size_t          next; /* slot to be used again when all are taken */
    size_t          len;
    char            text[]; /* |len| bytes */
};

struct fgp_curl {
    pthread_mutex_t lock; /* of all below, generations' contents included */
    size_t          users; /* handles, and the program until fgp_curl_free() */
    fgp_generation *newest; /* NULL before credentials are set */
};

/* ---- generations ------------------------------------------------------ */

static fgp_str copy(char **at, fgp_str s)
{
    fgp_str view = { *at, s.len };

    if (s.len != 0)
        memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return view;
}

static fgp_generation *generation_new(const fgp_credentials *c)
{
    size_t          len = c->access_key_id.len + c->secret_access_key.len + c->session_token.len;
    fgp_generation *g = calloc(1, sizeof *g + len);
    char           *at;

    if (g == NULL)
        return NULL;
    g->users = 1;
    g->len = len;
    at = g->text;
    g->credentials.access_key_id = copy(&at, c->access_key_id);
    g->credentials.secret_access_key = copy(&at, c->secret_access_key);
    g->credentials.session_token = copy(&at, c->session_token);
    return g;
}

/* With the lock held. */
static void generation_leave(fgp_generation *g)
{
    if (g == NULL || --g->users != 0)
        return;
    fgp_sigv4a_key_free(&g->sigv4a);
    fgp_wipe(g, sizeof *g + g->len);
    free(g);
}

static void set_generation(fgp_curl *fgp, fgp_generation *g)
{
    pthread_mutex_lock(&fgp->lock);
    generation_leave(fgp->newest);
    fgp->newest = g;
    pthread_mutex_unlock(&fgp->lock);
}

/* ---- signing keys ----------------------------------------------------- */

static bool is_for(const key_slot *slot, fgp_str region, fgp_str name)
{
    return fgp_same(fgp_text(slot->region), region) && fgp_same(fgp_text(slot->name), name);
}

/* The slot of |region| and |name|, or the one to be used for them. */
static key_slot *find_slot(fgp_generation *g, fgp_str region, fgp_str name)
{
    for (size_t i = 0; i < KEYS_MAX; i++)
        if (is_for(&g->slots[i], region, name))
            return &g->slots[i];
    return &g->slots[g->next++ % KEYS_MAX];
}

/* The key for |region| and |name|, derived where it is not kept. With the lock held. */
static fgp_status find_key(fgp_generation *g, int64_t now, fgp_str region, fgp_str name,
                           fgp_signing_key *key, fgp_error *err)
{
    key_slot  *slot;
    fgp_status s;

    if (region.len > NAME_MAX_LEN || name.len > NAME_MAX_LEN) /* refused; fills in |err| */
        return fgp_signing_key_init(key, g->credentials.secret_access_key, now, region, name, err);
    slot = find_slot(g, region, name);
    if (!is_for(slot, region, name) || !fgp_signing_key_is_current(&slot->key, now)) {
        *slot = (key_slot){ 0 };
        s = fgp_signing_key_init(&slot->key, g->credentials.secret_access_key, now, region, name,
                                 err);
        if (s != FGP_OK)
            return s;
        memcpy(slot->region, region.ptr, region.len);
        memcpy(slot->name, name.ptr, name.len);
    }
    *key = slot->key;
    return FGP_OK;
}

/* SigV4A's key for |name|. With the lock held. */
static fgp_status find_sigv4a_key(fgp_generation *g, int64_t now, fgp_str name,
                                  fgp_signing_key *key, fgp_error *err)
{
    fgp_status s = FGP_OK;

    if (!g->has_sigv4a)
        s = fgp_sigv4a_key_init(&g->sigv4a, g->credentials.access_key_id,
                                g->credentials.secret_access_key, err);
    if (s != FGP_OK)
        return s;
    g->has_sigv4a = true;
    return fgp_signing_key_init_sigv4a(key, &g->sigv4a, now, name, err);
}

static int no_credentials(fgp_failure *why)
{
    return fgp_failure_set(why, FGP_ERR_NO_CREDENTIALS, "no credentials are set: call "
                           "fgp_curl_set_credentials() or fgp_curl_set_credentials_env()");
}

int fgp_shared_borrow(fgp_curl *fgp, int64_t now, const fgp_key_scope *scope, fgp_loan *loan,
                      fgp_failure *why)
{
    fgp_error       err;
    fgp_status      s = FGP_ERR_NO_CREDENTIALS;
    fgp_generation *g;

    pthread_mutex_lock(&fgp->lock);
    g = fgp->newest;
    if (g != NULL && scope->sigv4a)
        s = find_sigv4a_key(g, now, scope->name, &loan->key, &err);
    else if (g != NULL)
        s = find_key(g, now, scope->region, scope->name, &loan->key, &err);
    if (s == FGP_OK) {
        g->users++;
        loan->of = g;
        loan->access_key_id = g->credentials.access_key_id;
        loan->session_token = g->credentials.session_token;
    }
    pthread_mutex_unlock(&fgp->lock);
    if (g == NULL)
        return no_credentials(why);
    return s == FGP_OK ? 0 : fgp_failure_of(why, &err);
}

void fgp_shared_return(fgp_curl *fgp, fgp_loan *loan)
{
    pthread_mutex_lock(&fgp->lock);
    generation_leave(loan->of);
    pthread_mutex_unlock(&fgp->lock);
    fgp_wipe(loan, sizeof *loan);
}

/* ---- the object ------------------------------------------------------- */

void fgp_shared_keep(fgp_curl *fgp)
{
    pthread_mutex_lock(&fgp->lock);
    fgp->users++;
    pthread_mutex_unlock(&fgp->lock);
}

fgp_curl *fgp_curl_new(void)
{
    fgp_curl *fgp = calloc(1, sizeof *fgp);

    if (fgp == NULL)
        return NULL;
    if (pthread_mutex_init(&fgp->lock, NULL) != 0) {
        free(fgp);
        return NULL;
    }
    fgp->users = 1;
    return fgp;
}

void fgp_curl_free(fgp_curl *fgp)
{
    bool last;

    if (fgp == NULL)
        return;
    pthread_mutex_lock(&fgp->lock);
    last = --fgp->users == 0;
    if (last)
        generation_leave(fgp->newest);
    pthread_mutex_unlock(&fgp->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&fgp->lock);
    free(fgp);
}

int fgp_curl_set_credentials(fgp_curl *fgp, const char *access_key_id,
                             const char *secret_access_key, const char *session_token)
{
    fgp_credentials c = { fgp_text(access_key_id), fgp_text(secret_access_key),
                          fgp_text(session_token) };
    fgp_generation *g;
    fgp_error       err;

    if (fgp_check_credentials(&c, &err) != FGP_OK)
        return (int)err.status;
    g = generation_new(&c);
    if (g == NULL)
        return FGP_CURLE_NO_MEMORY;
    set_generation(fgp, g);
    return 0;
}

int fgp_curl_set_credentials_env(fgp_curl *fgp)
{
    return fgp_curl_set_credentials(fgp, getenv("AWS_ACCESS_KEY_ID"),
                                    getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN"));
}
