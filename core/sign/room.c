/* SPDX-License-Identifier: Apache-2.0 */
/* room.c - how many bytes a signature can take at most. Makes none. */
#include "../base/str.h"

#define FIXED    2048 /* the scheme, names and digests of ours, a host, a scope, the numbers */
#define ENCODED  3    /* bytes that one byte takes, percent-encoded */

/* What is longer is refused, so it need not be counted whole. */
static size_t counted(fgp_str s)
{
    return s.len < FGP_TEXT_MAX ? s.len : FGP_TEXT_MAX;
}

size_t fgp_sign_room(const fgp_signer *signer, const fgp_request *req)
{
    size_t room = FIXED + counted(req->method) + 2 * counted(req->authority);

    room += ENCODED * (counted(signer->access_key_id) + counted(signer->session_token));
    room += ENCODED * (counted(signer->region_set) + counted(req->path));
    room += (ENCODED + 1) * counted(req->query); /* "a" becomes "a=" */
    for (size_t i = 0; i < req->nheaders && i < FGP_HEADERS_MAX; i++)
        room += ENCODED * counted(req->headers[i].name) * 2 + counted(req->headers[i].value) + 8;
    return room;
}
