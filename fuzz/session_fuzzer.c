/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_fuzzer.c - any bytes as the reply to CreateSession.
 *
 * A session that is read has credentials that may be signed with, in its own room, and
 * is not over; it stays the same when it is moved. What is refused leaves nothing, and a
 * text that is printable. The first byte says the reply's status.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fingerpost.h"

#define NOW INT64_C(1701210300) /* 2023-11-28T22:25:00Z */

static void must(int holds)
{
    if (!holds)
        abort();
}

static void is_inside(const fgp_session *s, fgp_str view)
{
    must(view.len == 0 ||
         (view.ptr >= s->text && view.ptr + view.len <= s->text + sizeof s->text));
}

static void check_session(fgp_session *s)
{
    static fgp_session moved;
    fgp_error          err;
    char              *secret = malloc(s->credentials.secret_access_key.len + 1);
    size_t             len = s->credentials.secret_access_key.len;

    must(fgp_check_credentials(&s->credentials, &err) == FGP_OK);
    must(s->credentials.session_token.len != 0);
    must(s->expires > NOW && s->expires <= NOW + 86400);
    is_inside(s, s->credentials.access_key_id);
    is_inside(s, s->credentials.secret_access_key);
    is_inside(s, s->credentials.session_token);
    memcpy(secret, s->credentials.secret_access_key.ptr, len);
    fgp_session_move(&moved, s);
    is_inside(&moved, moved.credentials.secret_access_key);
    must(memcmp(secret, moved.credentials.secret_access_key.ptr, len) == 0);
    free(secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int         statuses[] = { 200, 200, 200, 403, 404, 503, 429, 0 };
    static const fgp_session none;
    static fgp_session       session;
    fgp_error                err = { FGP_OK, "" };
    char                    *body = malloc(size + 1);
    fgp_status               s;

    if (size == 0) {
        free(body);
        return 0;
    }
    memcpy(body, data + 1, size - 1);
    s = fgp_session_read(&session, statuses[data[0] % 8], (fgp_str){ body, size - 1 }, NOW, &err);
    if (s == FGP_OK) {
        check_session(&session);
    } else {
        must(s == FGP_ERR_BAD_REPLY || s == FGP_ERR_NO_REPLY);
        must(err.text[0] != '\0');
        for (const char *c = err.text; *c != '\0'; c++)
            must(*c >= ' ' && *c <= '~');
    }
    must(memcmp(&session, &none, sizeof none) == 0);
    free(body);
    return 0;
}
