/* SPDX-License-Identifier: Apache-2.0 */
/* chunks.c - from what a program says of its body to the headers of one in chunks. Knows no
 * byte of it. */
#include <strings.h>

#include "chunks.h"

static bool is_named(fgp_str a, const char *name)
{
    return a.len == strlen(name) && strncasecmp(a.ptr, name, a.len) == 0;
}

/* Takes up content-encoding; refuses what would contradict the body in chunks. |list| holds
 * the text that views point to. */
static int read_own(fgp_chunks *c, const struct curl_slist *list, fgp_failure *why)
{
    static const char *const ours[] = { "content-length", "transfer-encoding", "x-amz-trailer",
                                        "x-amz-decoded-content-length" };
    fgp_lines own;
    int       s = fgp_lines_read(&own, list, NULL, 0, why);

    if (s != 0)
        return s;
    for (size_t i = 0; i < own.nheaders && s == 0; i++) {
        if (is_named(own.headers[i].name, "content-encoding"))
            c->body.coding = own.headers[i].value;
        for (size_t j = 0; j < sizeof ours / sizeof ours[0] && s == 0; j++)
            if (is_named(own.headers[i].name, ours[j]))
                s = fgp_failure_set(why, FGP_ERR_BAD_HEADER, "a body in chunks has its own %s: leave "
                                    "the header out", ours[j]);
    }
    fgp_lines_free(&own);
    return s;
}

static int read_kind(fgp_chunks *c, const fgp_chunks_ask *ask, bool sigv4a, fgp_failure *why)
{
    char shown[FGP_SHOWN];

    c->body.kind = sigv4a ? FGP_PAYLOAD_ECDSA_CHUNKS : FGP_PAYLOAD_CHUNKS;
    if (ask->trailer != NULL) {
        c->body.kind = sigv4a ? FGP_PAYLOAD_ECDSA_CHUNKS_TRAILER : FGP_PAYLOAD_CHUNKS_TRAILER;
        c->body.checksum = fgp_checksum_find(fgp_text(ask->trailer));
        if (c->body.checksum == FGP_CHECKSUM_NONE)
            return fgp_failure_set(why, FGP_ERR_BAD_TRAILER, "the trailer \"%s\" is no checksum: give "
                                   "crc32, crc32c, crc64nvme, sha1 or sha256",
                                   fgp_show(shown, fgp_text(ask->trailer)));
    }
    if (ask->is_unsigned)
        c->body.kind = FGP_PAYLOAD_UNSIGNED_TRAILER;
    return 0;
}

int fgp_chunks_make(fgp_chunks *c, const fgp_chunks_ask *ask, const fgp_target *target,
                    const struct curl_slist *list, fgp_failure *why)
{
    fgp_out    out = { c->text, sizeof c->text, 0, NULL };
    fgp_header made[FGP_CHUNKED_HEADERS];
    fgp_error  err;
    size_t     n;
    int        s;

    c->body = (fgp_chunked){ .length = (uint64_t)ask->length };
    if (ask->length < 0)
        return fgp_failure_set(why, FGP_CURLE_NO_PAYLOAD, "the length of the body is not known, and "
                               "S3 wants it: set FGP_CURLOPT_INFILESIZE_LARGE");
    if ((s = read_kind(c, ask, target->sigv4a, why)) != 0 || (s = read_own(c, list, why)) != 0)
        return s;
    if (fgp_chunked_headers(&c->body, &out, made, &n, &err) != FGP_OK)
        return fgp_failure_of(why, &err);
    if (c->body.length < FGP_CHUNK_DEFAULT) /* less room, the same bytes */
        c->body.chunk = c->body.length < FGP_CHUNK_MIN ? FGP_CHUNK_MIN : (uint32_t)c->body.length;
    c->nheaders = target->nheaders;
    memcpy(c->headers, target->headers, target->nheaders * sizeof *made);
    for (size_t i = 0; i < n; i++)
        if (!is_named(made[i].name, "content-length"))
            c->headers[c->nheaders++] = made[i];
    return 0;
}

int fgp_chunks_lines(const fgp_chunks *c, fgp_lines *lines, const struct curl_slist *list,
                     fgp_failure *why)
{
    size_t kept = c->nheaders;
    int    s = fgp_lines_read(lines, list, c->headers, c->nheaders, why);

    if (s != 0)
        return s;
    for (size_t i = c->nheaders; i < lines->nheaders; i++)
        if (!is_named(lines->headers[i].name, "content-encoding"))
            lines->headers[kept++] = lines->headers[i];
    lines->nheaders = kept;
    return 0;
}
