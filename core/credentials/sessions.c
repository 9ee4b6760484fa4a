/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sessions.c - sessions of S3 Express, one for each bucket, while they are good.
 *
 * Says who is to fetch one and when: one caller at a time for each bucket, so that a
 * herd of requests makes one call. Knows no clock, lock or network.
 */
#include "../base/error.h"
#include "../base/str.h"

#define RENEW_S 60 /* before its end a session is renewed; it lasts five minutes */
#define LAST_S  5  /* before its end it is used no more: a request takes its time */
#define LEASE_S 10 /* that who is asked to fetch is given */

static bool is_for(const fgp_session *s, uint64_t generation, fgp_str bucket)
{
    return s->bucket_len != 0 && s->generation == generation &&
           fgp_str_eq((fgp_str){ s->bucket, s->bucket_len }, bucket);
}

static fgp_session *find(const fgp_sessions *sessions, uint64_t generation, fgp_str bucket)
{
    for (size_t i = 0; i < sessions->n; i++)
        if (is_for(&sessions->session[i], generation, bucket))
            return &sessions->session[i];
    return NULL;
}

/* When |s| was last worth something: what is first to go has the least. */
static int64_t worth(const fgp_session *s)
{
    return s->expires > s->asked ? s->expires : s->asked;
}

/* The place for |bucket|: one that is free, else of the session that ends first. */
static fgp_session *make_room(fgp_sessions *sessions, uint64_t generation, fgp_str bucket)
{
    fgp_session *best = &sessions->session[0];

    for (size_t i = 0; i < sessions->n; i++)
        if (worth(&sessions->session[i]) < worth(best))
            best = &sessions->session[i];
    fgp_wipe(best, sizeof *best);
    best->generation = generation;
    best->bucket_len = (uint8_t)bucket.len;
    memcpy(best->bucket, bucket.ptr, bucket.len);
    return best;
}

/* Whether this caller is the one to fetch. A clock that went back ends a lease, too. */
static bool take_lease(fgp_session *s, int64_t now)
{
    if (s->asked != 0 && now >= s->asked && now < s->asked + LEASE_S)
        return false;
    s->asked = now;
    return true;
}

fgp_session_state fgp_sessions_find(fgp_sessions *sessions, uint64_t generation, fgp_str bucket,
                                    int64_t now, fgp_session **session)
{
    fgp_session *s = find(sessions, generation, bucket);
    int64_t      left;

    *session = s;
    if (bucket.len == 0 || bucket.len > FGP_SESSION_BUCKET)
        return FGP_SESSION_FETCH; /* which the endpoint will refuse */
    if (s == NULL)
        s = make_room(sessions, generation, bucket);
    left = s->expires - now;
    if (left > RENEW_S)
        return FGP_SESSION_READY;
    if (left > LAST_S)
        return take_lease(s, now) ? FGP_SESSION_RENEW : FGP_SESSION_READY;
    *session = NULL;
    return take_lease(s, now) ? FGP_SESSION_FETCH : FGP_SESSION_WAIT;
}

fgp_status fgp_sessions_keep(fgp_sessions *sessions, uint64_t generation, fgp_str bucket,
                             fgp_session *from, fgp_error *err)
{
    fgp_status   status = fgp_check_bucket(bucket, err);
    fgp_session *s = find(sessions, generation, bucket);

    if (status != FGP_OK)
        return status;
    if (from == NULL) {
        if (s != NULL)
            s->asked = 0;
        return FGP_OK;
    }
    if (s == NULL)
        s = make_room(sessions, generation, bucket);
    fgp_session_move(s, from);
    s->generation = generation;
    s->bucket_len = (uint8_t)bucket.len;
    memcpy(s->bucket, bucket.ptr, bucket.len);
    return FGP_OK;
}

void fgp_sessions_drop(fgp_sessions *sessions, uint64_t generation)
{
    for (size_t i = 0; i < sessions->n; i++)
        if (sessions->session[i].generation == generation)
            fgp_wipe(&sessions->session[i], sizeof sessions->session[i]);
}
