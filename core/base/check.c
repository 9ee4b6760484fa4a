/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - what a region, a bucket, a key and credentials may be. One place for
 * all who ask. */
#include "chars.h"
#include "check.h"
#include "error.h"

#define REGION_MAX 63   /* a host label's length, which it becomes */
#define BUCKET_MIN 3
#define BUCKET_MAX 63
#define KEY_MAX    1024
#define ID_MAX     128 /* IAM's own limit for an AccessKeyId */
#define SECRET_MAX 256

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The first byte that is neither a-z, 0-9 nor one of |more|; s.len if all are. */
static size_t first_bad(fgp_str s, char more, char more2)
{
    size_t i = 0;

    while (i < s.len && (is_lower_or_digit(s.ptr[i]) || s.ptr[i] == more || s.ptr[i] == more2))
        i++;
    return i;
}

fgp_status fgp_check_region(fgp_str region, fgp_error *err)
{
    size_t bad = first_bad(region, '-', '-');

    if (region.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_REGION, "the region is empty", region,
                        "give one, such as eu-west-1");
    if (bad < region.len)
        return fgp_fail_at(err, FGP_ERR_BAD_REGION, "region", region, bad,
                           "is none of a-z, 0-9 and '-'");
    if (region.len > REGION_MAX)
        return fgp_fail(err, FGP_ERR_BAD_REGION, "region", region, "is longer than 63 bytes");
    if (region.ptr[0] == '-' || region.ptr[region.len - 1] == '-')
        return fgp_fail(err, FGP_ERR_BAD_REGION, "region", region,
                        "begins or ends with '-'; write it as eu-west-1");
    return FGP_OK;
}

fgp_status fgp_check_region_set(fgp_str set, fgp_error *err)
{
    fgp_str rest = set, region;
    bool    more = true;

    if (set.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_REGION, "the region set is empty", set,
                        "give one, such as *, or eu-west-1,us-west-2");
    if (set.len > FGP_REGION_SET_MAX)
        return fgp_fail(err, FGP_ERR_BAD_REGION, "region set", set, "is longer than 1024 bytes");
    while (more) {
        size_t bad;

        more = fgp_str_cut(&rest, ',', &region);
        bad = first_bad(region, '-', '*');
        if (bad < region.len)
            return fgp_fail_at(err, FGP_ERR_BAD_REGION, "region set", set,
                               (size_t)(region.ptr - set.ptr) + bad,
                               "is none of a-z, 0-9, '-' and '*', with ',' between regions");
        if (region.len == 0 || region.len > REGION_MAX)
            return fgp_fail(err, FGP_ERR_BAD_REGION, "region set", set,
                            "has a region that is empty or longer than 63 bytes");
    }
    return FGP_OK;
}

static bool has_empty_label(fgp_str bucket)
{
    for (size_t i = 1; i < bucket.len; i++)
        if (bucket.ptr[i] == '.' && bucket.ptr[i - 1] == '.')
            return true;
    return false;
}

fgp_status fgp_check_bucket(fgp_str bucket, fgp_error *err)
{
    size_t bad = first_bad(bucket, '.', '-');

    if (bucket.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_BUCKET, "the bucket is empty", bucket, "give its name");
    if (bad < bucket.len)
        return fgp_fail_at(err, FGP_ERR_BAD_BUCKET, "bucket", bucket, bad,
                           "is none of a-z, 0-9, '.' and '-'");
    if (bucket.len < BUCKET_MIN || bucket.len > BUCKET_MAX)
        return fgp_fail(err, FGP_ERR_BAD_BUCKET, "bucket", bucket,
                        "a name has 3 to 63 bytes");
    if (!is_lower_or_digit(bucket.ptr[0]) || !is_lower_or_digit(bucket.ptr[bucket.len - 1]))
        return fgp_fail(err, FGP_ERR_BAD_BUCKET, "bucket", bucket,
                        "a name begins and ends with a letter or digit");
    if (has_empty_label(bucket))
        return fgp_fail(err, FGP_ERR_BAD_BUCKET, "bucket", bucket, "a name has no \"..\"");
    return FGP_OK;
}

fgp_status fgp_check_key(fgp_str key, fgp_error *err)
{
    if (key.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_KEY, "the key is empty", key,
                        "give the object's name; without one the request is the bucket's");
    if (key.len > KEY_MAX)
        return fgp_fail(err, FGP_ERR_BAD_KEY, "key", key, "is longer than 1024 bytes");
    return FGP_OK;
}

/* Printable ASCII, without the space. */
static bool is_graphic(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
            return false;
    return true;
}

/* The error of credentials never shows them: not even the id, which may be a
 * secret that was put into the wrong place. */
static fgp_status bad_credentials(fgp_error *err, const char *what, const char *remedy)
{
    return fgp_fail(err, FGP_ERR_BAD_CREDENTIALS, what, (fgp_str){ NULL, 0 }, remedy);
}

fgp_status fgp_check_access_key_id(fgp_str s, fgp_error *err)
{
    if (s.len == 0)
        return bad_credentials(err, "the access key id", "is empty; credentials have both parts");
    if (s.len > ID_MAX)
        return bad_credentials(err, "the access key id", "is longer than 128 bytes");
    if (fgp_skip(s, 0, FGP_ID) < s.len)
        return bad_credentials(err, "the access key id",
                               "holds a '/', ',', space or other byte that none has");
    return FGP_OK;
}

fgp_status fgp_check_session_token(fgp_str s, fgp_error *err)
{
    if (s.len > FGP_TEXT_MAX)
        return bad_credentials(err, "the session token", "is longer than 65535 bytes");
    if (!is_graphic(s))
        return bad_credentials(err, "the session token",
                               "holds a space, line end or other byte that none has");
    return FGP_OK;
}

fgp_status fgp_check_secret(fgp_str s, fgp_error *err)
{
    if (s.len == 0)
        return bad_credentials(err, "the secret access key",
                               "is empty; credentials have both parts");
    if (s.len > SECRET_MAX)
        return bad_credentials(err, "the secret access key", "is longer than 256 bytes");
    for (size_t i = 0; i < s.len; i++)
        if (fgp_is(s.ptr[i], FGP_CONTROL))
            return bad_credentials(err, "the secret access key",
                                   "holds a line end or another control byte");
    return FGP_OK;
}
