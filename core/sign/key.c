/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - a secret access key brought down to one day, region and service; and SigV4A's
 * key to a day and a service, which say less. */
#include "key.h"
#include "../base/chars.h"
#include "../base/check.h"
#include "../base/date.h"
#include "../base/error.h"
#include "../base/out.h"
#include "sigv4a.h"

#define SECRET_MAX 256
#define NAME_MAX   63 /* bytes of a signing name */

_Static_assert(sizeof(fgp_hmac_key) == sizeof((fgp_signing_key *)0)->mac, "room for an HMAC key");

static fgp_hmac_key *mac_of(fgp_signing_key *key)
{
    return (fgp_hmac_key *)key->mac;
}

static fgp_status check_service(fgp_str name, fgp_error *err)
{
    if (name.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_SIGNING_NAME, "the signing name is empty", name,
                        "give one, such as s3");
    if (name.len > NAME_MAX)
        return fgp_fail(err, FGP_ERR_BAD_SIGNING_NAME, "signing name", name,
                        "is longer than 63 bytes");
    for (size_t i = 0; i < name.len; i++)
        if (!fgp_is(name.ptr[i], FGP_HOST))
            return fgp_fail_at(err, FGP_ERR_BAD_SIGNING_NAME, "signing name", name, i,
                               "is no letter, digit, '-', '_' or '.'");
    return FGP_OK;
}

/* SigV4A's has no region. */
static void put_scope(fgp_signing_key *key, int64_t now, fgp_str region, fgp_str service)
{
    char    stamp[FGP_STAMP_LEN];
    fgp_out scope = { key->scope, sizeof key->scope, 0, NULL };

    fgp_stamp(stamp, now);
    fgp_put(&scope, (fgp_str){ stamp, FGP_DAY_LEN });
    fgp_put_char(&scope, '/');
    if (region.len != 0) {
        fgp_put(&scope, region);
        fgp_put_char(&scope, '/');
    }
    fgp_put(&scope, service);
    fgp_put(&scope, fgp_lit("/aws4_request"));
    key->scope_len = (uint8_t)scope.need;
    key->day = (uint32_t)(now / FGP_DAY);
}

/* The chain of HMACs: each link's MAC is the key of the next. */
static fgp_status derive(fgp_hmac_key *k, fgp_str secret, const fgp_str *link, size_t nlinks)
{
    char       first[4 + SECRET_MAX];
    uint8_t    mac[FGP_SHA256_SIZE];
    fgp_out    seed = { first, sizeof first, 0, NULL };
    fgp_status s;

    fgp_put(&seed, fgp_lit("AWS4"));
    fgp_put(&seed, secret);
    s = fgp_hmac_key_init(k, fgp_out_since(&seed, 0));
    for (size_t i = 0; s == FGP_OK && i < nlinks; i++) {
        s = fgp_hmac(k, link[i], mac);
        if (s == FGP_OK)
            s = fgp_hmac_key_init(k, (fgp_str){ (char *)mac, sizeof mac });
    }
    fgp_wipe(first, sizeof first);
    fgp_wipe(mac, sizeof mac);
    return s;
}

/* What the scopes of both algorithms have. */
static fgp_status check_scope(int64_t now, fgp_str service, fgp_error *err)
{
    fgp_status s = check_service(service, err);

    if (s == FGP_OK && !fgp_time_ok(now))
        s = fgp_fail(err, FGP_ERR_BAD_TIME, "the time", (fgp_str){ NULL, 0 },
                     "is not within the years 1970 to 9999; look at the clock");
    return s;
}

static fgp_status check(fgp_str secret, int64_t now, fgp_str region, fgp_str service,
                        fgp_error *err)
{
    fgp_status s = fgp_check_secret(secret, err);

    if (s == FGP_OK)
        s = fgp_check_region(region, err);
    return s == FGP_OK ? check_scope(now, service, err) : s;
}

fgp_status fgp_signing_key_init(fgp_signing_key *key, fgp_str secret, int64_t now,
                                fgp_str region, fgp_str service, fgp_error *err)
{
    fgp_str    link[] = { { key->scope, FGP_DAY_LEN }, region, service, FGP_STR("aws4_request") };
    fgp_status s = check(secret, now, region, service, err);

    memset(key, 0, sizeof *key);
    if (s != FGP_OK)
        return s;
    put_scope(key, now, region, service);
    s = derive(mac_of(key), secret, link, sizeof link / sizeof link[0]);
    if (s != FGP_OK) {
        fgp_wipe(key, sizeof *key);
        return fgp_fail(err, s, "the signing key", (fgp_str){ NULL, 0 },
                        "OpenSSL could not hash; see that it offers SHA-256");
    }
    return FGP_OK;
}

fgp_status fgp_signing_key_init_sigv4a(fgp_signing_key *key, fgp_sigv4a_key *sigv4a, int64_t now,
                                       fgp_str service, fgp_error *err)
{
    fgp_status s = check_scope(now, service, err);

    memset(key, 0, sizeof *key);
    if (s == FGP_OK && fgp_sigv4a_ecdsa(sigv4a)->pkey == NULL)
        s = fgp_fail(err, FGP_ERR_BAD_CREDENTIALS, "the SigV4A key", (fgp_str){ NULL, 0 },
                     "is none; fgp_sigv4a_key_init() makes one");
    if (s != FGP_OK)
        return s;
    put_scope(key, now, (fgp_str){ NULL, 0 }, service);
    key->sigv4a = sigv4a;
    return FGP_OK;
}

bool fgp_signing_key_is_current(const fgp_signing_key *key, int64_t now)
{
    return key->scope_len != 0 && fgp_time_ok(now) && key->day == (uint32_t)(now / FGP_DAY);
}
