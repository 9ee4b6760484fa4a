/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.c - decides which bytes of a path are sent and which are signed.
 *
 * Two families. S3 decodes the path it gets and encodes it anew to check the
 * signature, so the same is done here before it is sent, and keys with ".." or "//"
 * stay what they are; "%2F" is a '/' of the key like any other. All others encode the
 * path once more as it came, dot segments resolved; it is sent as it was given.
 */
#include "path.h"
#include "../base/chars.h"
#include "../base/error.h"

#define SEGMENTS_MAX (FGP_TEXT_MAX / 2 + 1) /* that are not empty: each has a '/' and a byte */

static fgp_status bad_at(fgp_error *err, fgp_str path, size_t at)
{
    return fgp_fail_at(err, FGP_ERR_BAD_PATH, "path", path, at,
                       "must be percent-encoded; '%' takes two hexadecimal digits");
}

/* Puts |path| as it is. Returns where a byte may not stand. */
static size_t put_raw(fgp_out *out, fgp_str path)
{
    for (size_t i = 0; i < path.len; i++)
        if (fgp_is(path.ptr[i], FGP_CONTROL) || path.ptr[i] == '?' || path.ptr[i] == '#' ||
            (path.ptr[i] == '%' && fgp_unescape(path, i) < 0))
            return i;
    fgp_put(out, path);
    return path.len;
}

fgp_status fgp_put_wire_path(fgp_out *out, fgp_str path, fgp_sign_rules rules, fgp_error *err)
{
    size_t bad;

    if (path.len == 0)
        path = fgp_lit("/");
    if (path.len > FGP_TEXT_MAX)
        return fgp_fail(err, FGP_ERR_BAD_PATH, "path", path, "is longer than 65535 bytes");
    if (path.ptr[0] != '/')
        return fgp_fail(err, FGP_ERR_BAD_PATH, "path", path, "must begin with '/'");
    bad = rules.double_encode ? put_raw(out, path) : fgp_put_reencoded(out, path, FGP_PATH);
    return bad < path.len ? bad_at(err, path, bad) : FGP_OK;
}

/* Puts |piece| of a path as it is signed. */
static void put_piece(fgp_out *out, fgp_str piece, fgp_sign_rules rules)
{
    if (rules.double_encode)
        fgp_put_uri_path(out, piece);
    else
        fgp_put_reencoded(out, piece, FGP_PATH);
}

/* Whether there may be a segment that is empty or begins with a dot. */
static bool may_change(fgp_str path, bool double_encode)
{
    for (size_t i = 1; i < path.len; i++)
        if (path.ptr[i - 1] == '/' &&
            (path.ptr[i] == '/' || path.ptr[i] == '.' || (path.ptr[i] == '%' && !double_encode)))
            return true;
    return false;
}

/* How many dots |segment| is made of; 0 where there is anything else. Dots that
 * are percent-encoded count where the signed path is a decoded one. */
static int dots(fgp_str segment, bool double_encode)
{
    char    text[4];
    fgp_out out = { text, sizeof text, 0, NULL };

    if (double_encode)
        fgp_put(&out, segment);
    else
        fgp_put_reencoded(&out, segment, FGP_PATH);
    if (out.need == 1 && text[0] == '.')
        return 1;
    return out.need == 2 && text[0] == '.' && text[1] == '.' ? 2 : 0;
}

/* The segment of |path| that ends before |end|, which is not a '/' of it. */
static fgp_str segment_before(fgp_str path, size_t end)
{
    size_t from = end;

    while (path.ptr[from - 1] != '/')
        from--;
    return (fgp_str){ path.ptr + from, end - from };
}

/*
 * Resolves dot segments without a stack: from the end of the path each ".." says
 * that one more of the segments before it goes. |kept| gets a bit for each segment that
 * is not empty, counted from the end; their number is returned.
 */
static size_t mark_kept(fgp_str path, bool double_encode, uint8_t *kept)
{
    size_t  n = 0, skip = 0, end = path.len;
    fgp_str segment;

    do {
        int ndots;

        segment = segment_before(path, end);
        end = (size_t)(segment.ptr - path.ptr) - 1;
        if (segment.len == 0)
            continue;
        ndots = dots(segment, double_encode);
        if (ndots == 2)
            skip++;
        else if (ndots == 0 && skip == 0)
            kept[n / 8] |= (uint8_t)(1 << n % 8);
        else if (ndots == 0)
            skip--;
        n++;
    } while (end != 0);
    return n;
}

static void put_normalized(fgp_out *out, fgp_str path, fgp_sign_rules rules)
{
    uint8_t kept[SEGMENTS_MAX / 8 + 1] = { 0 };
    size_t  n = mark_kept(path, rules.double_encode, kept);
    fgp_str segment, rest = { path.ptr + 1, path.len - 1 };
    bool    any = false;

    while (n > 0) {
        fgp_str_cut(&rest, '/', &segment);
        if (segment.len == 0)
            continue;
        n--;
        if ((kept[n / 8] >> n % 8 & 1) == 0)
            continue;
        fgp_put_char(out, '/');
        put_piece(out, segment, rules);
        any = true;
    }
    if (!any || path.ptr[path.len - 1] == '/')
        fgp_put_char(out, '/');
}

void fgp_put_canonical_path(fgp_out *out, fgp_str path, fgp_sign_rules rules)
{
    if (path.len == 0)
        path = fgp_lit("/");
    if (rules.normalize && may_change(path, rules.double_encode))
        put_normalized(out, path, rules);
    else
        put_piece(out, path, rules);
}
