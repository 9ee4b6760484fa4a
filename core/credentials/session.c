/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.c - S3 Express: the request for a session, and what its reply says.
 *
 * Sends nothing and signs nothing. Spec: S3 API, "CreateSession".
 */
#include "../base/check.h"
#include "../base/date.h"
#include "../base/error.h"
#include "../base/out.h"
#include "reply.h"

#define CREDENTIALS "CreateSessionResult/Credentials/"
#define NOTHING     ((fgp_str){ NULL, 0 })
#define STATED_LEN  20    /* 2023-11-28T22:31:00Z */
#define LONGEST_S   86400 /* a session of five minutes is not good for a day */

void fgp_session_request(const fgp_plan *plan, bool read_only, fgp_request *req)
{
    static const fgp_header read_write = { FGP_STR("x-amz-create-session-mode"),
                                           FGP_STR("ReadWrite") };
    static const fgp_header read_alone = { FGP_STR("x-amz-create-session-mode"),
                                           FGP_STR("ReadOnly") };

    *req = (fgp_request){
        .method = fgp_lit("GET"),
        .scheme = plan->url.scheme,
        .authority = plan->url.authority,
        .path = plan->url.path,
        .query = fgp_lit("session"),
        .headers = read_only ? &read_alone : &read_write,
        .nheaders = 1,
    };
}

/* ---- its reply -------------------------------------------------------- */

static fgp_status bad_reply(fgp_error *err, fgp_str shown, const char *fault)
{
    return fgp_fail(err, FGP_ERR_BAD_REPLY, "the reply to CreateSession", shown, fault);
}

/* What S3 says instead: <Error><Code>AccessDenied</Code>… */
static fgp_status refusal(fgp_str body, fgp_error *err)
{
    char       room[1024];
    fgp_str    code;
    fgp_wanted wanted = { FGP_STR("Error/Code"), &code };

    if (fgp_reply_read(body, &wanted, 1, room, sizeof room) != NULL)
        code = NOTHING;
    return fgp_fail(err, FGP_ERR_BAD_REPLY, "CreateSession was refused", code,
                    "see that the credentials may call s3express:CreateSession on the bucket");
}

/* The number in |n| digits of |s| from |at|; -1 where they are none. */
static int digits(fgp_str s, size_t at, size_t n)
{
    int number = 0;

    for (size_t i = at; i < at + n; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        number = number * 10 + s.ptr[i] - '0';
    }
    return number;
}

/* Reads "2023-11-28T22:31:00Z", or with a fraction of the second before the 'Z'. */
static bool read_date(fgp_str s, int64_t *when)
{
    fgp_civil c;

    if (s.len < STATED_LEN || s.ptr[4] != '-' || s.ptr[7] != '-' || s.ptr[10] != 'T' ||
        s.ptr[13] != ':' || s.ptr[16] != ':' || s.ptr[s.len - 1] != 'Z')
        return false;
    if (s.len > STATED_LEN && s.ptr[19] != '.')
        return false;
    for (size_t i = STATED_LEN; i + 1 < s.len; i++)
        if (digits(s, i, 1) < 0)
            return false;
    c = (fgp_civil){ digits(s, 0, 4),  digits(s, 5, 2),  digits(s, 8, 2),
                     digits(s, 11, 2), digits(s, 14, 2), digits(s, 17, 2) };
    return fgp_civil_time(&c, when);
}

static fgp_status check_expires(fgp_session *session, fgp_str stated, int64_t now, fgp_error *err)
{
    if (!read_date(stated, &session->expires))
        return bad_reply(err, stated, "has an Expiration that is missing, or is none");
    if (session->expires <= now)
        return bad_reply(err, stated, "has an Expiration in the past; look at the clock");
    if (session->expires > now + LONGEST_S)
        return bad_reply(err, stated, "has an Expiration a day ahead; look at the clock");
    return FGP_OK;
}

static fgp_status read_result(fgp_session *session, fgp_str body, int64_t now, fgp_error *err)
{
    fgp_credentials *c = &session->credentials;
    fgp_str          stated;
    fgp_wanted       wanted[] = {
        { FGP_STR(CREDENTIALS "AccessKeyId"), &c->access_key_id },
        { FGP_STR(CREDENTIALS "SecretAccessKey"), &c->secret_access_key },
        { FGP_STR(CREDENTIALS "SessionToken"), &c->session_token },
        { FGP_STR(CREDENTIALS "Expiration"), &stated },
    };
    const char *fault = fgp_reply_read(body, wanted, sizeof wanted / sizeof wanted[0],
                                       session->text, sizeof session->text);
    fgp_error   why;

    if (fault != NULL)
        return bad_reply(err, NOTHING, fault);
    if (c->session_token.len == 0)
        return bad_reply(err, NOTHING, "has no SessionToken");
    if (fgp_check_credentials(c, &why) != FGP_OK)
        return bad_reply(err, NOTHING, "has no AccessKeyId or SecretAccessKey, or malformed ones");
    return check_expires(session, stated, now, err);
}

fgp_status fgp_session_read(fgp_session *session, int status, fgp_str body, int64_t now,
                            fgp_error *err)
{
    fgp_status s;

    memset(session, 0, sizeof *session);
    if (status == 0 || status == 429 || status >= 500)
        return fgp_fail(err, FGP_ERR_NO_REPLY, "CreateSession", NOTHING,
                        "got no answer, or one that says to try again later");
    if (status != 200)
        return refusal(body, err);
    s = read_result(session, body, now, err);
    if (s != FGP_OK)
        fgp_wipe(session, sizeof *session);
    return s;
}

/* ---- a session -------------------------------------------------------- */

static fgp_str moved(fgp_str view, const char *from, char *to)
{
    return view.len != 0 ? (fgp_str){ to + (view.ptr - from), view.len } : NOTHING;
}

void fgp_session_move(fgp_session *to, fgp_session *from)
{
    fgp_credentials *c = &to->credentials;

    *to = *from;
    c->access_key_id = moved(c->access_key_id, from->text, to->text);
    c->secret_access_key = moved(c->secret_access_key, from->text, to->text);
    c->session_token = moved(c->session_token, from->text, to->text);
    fgp_wipe(from, sizeof *from);
}
