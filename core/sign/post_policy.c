/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_policy.c - what a browser may upload by a form: the policy, and its signature.
 *
 * Knows the JSON that a policy is, as far as it writes it, and that the string to sign
 * is its base64. Reads no JSON. Spec: S3 API, "Authenticating requests: browser-based
 * uploads using POST".
 */
#include "../base/chars.h"
#include "../base/check.h"
#include "../base/error.h"
#include "../base/out.h"
#include "key.h"

#define ALGORITHM   "AWS4-HMAC-SHA256"
#define EXPIRES_MAX 604800 /* 7 days, as long as a key is good for */
#define NOTHING     ((fgp_str){ NULL, 0 })

static const fgp_str filename = FGP_STR("${filename}");

/* ---- JSON ------------------------------------------------------------- */

/* Takes a character off |s|, UTF-8: its code point, or -1 where it is none. */
static int32_t take_char(fgp_str *s)
{
    static const int32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    unsigned char        first = (unsigned char)s->ptr[0];
    size_t               more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    int32_t              c = first < 0x80 ? first : first & (0x3f >> more);

    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || s->len <= more)
        return -1;
    for (size_t i = 1; i <= more; i++) {
        if (((unsigned char)s->ptr[i] & 0xc0) != 0x80)
            return -1;
        c = c << 6 | (s->ptr[i] & 0x3f);
    }
    *s = (fgp_str){ s->ptr + more + 1, s->len - more - 1 };
    return c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? -1 : c;
}

static bool is_text(fgp_str s)
{
    while (s.len != 0)
        if (take_char(&s) < 0)
            return false;
    return true;
}

static void put_unit(fgp_out *out, int32_t unit)
{
    uint8_t bytes[2] = { (uint8_t)(unit >> 8), (uint8_t)unit };

    fgp_put(out, fgp_lit("\\u"));
    fgp_put_hex(out, bytes, sizeof bytes);
}

/* Puts |s|, which is_text(), between quotes: all but printable ASCII is escaped, so that
 * no reader can take it for anything else. */
static void put_json(fgp_out *out, fgp_str prefix, fgp_str s)
{
    fgp_put_char(out, '"');
    fgp_put(out, prefix);
    while (s.len != 0) {
        int32_t c = take_char(&s);

        if (c == '"' || c == '\\')
            fgp_put_char(out, '\\');
        if (c >= ' ' && c <= '~') {
            fgp_put_char(out, (char)c);
        } else if (c < 0x10000) {
            put_unit(out, c);
        } else {
            put_unit(out, 0xd800 + ((c - 0x10000) >> 10));
            put_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
        }
    }
    fgp_put_char(out, '"');
}

/* ---- checks ----------------------------------------------------------- */

static fgp_status bad_policy(fgp_error *err, const char *what, fgp_str shown, const char *remedy)
{
    return fgp_fail(err, FGP_ERR_BAD_POLICY, what, shown, remedy);
}

static fgp_status check_text(const char *what, fgp_str s, fgp_error *err)
{
    for (size_t i = 0; i < s.len; i++)
        if (fgp_is(s.ptr[i], FGP_CONTROL))
            return bad_policy(err, what, s, "holds a line end or another control byte");
    return is_text(s) ? FGP_OK : bad_policy(err, what, s, "is not UTF-8, which a policy must be");
}

static bool ends_with(fgp_str s, fgp_str end)
{
    return s.len >= end.len && fgp_str_eq((fgp_str){ s.ptr + s.len - end.len, end.len }, end);
}

static fgp_status check_key(fgp_str key, fgp_error *err)
{
    fgp_status s = fgp_check_key(key, err);

    if (s == FGP_OK)
        s = check_text("key", key, err);
    for (size_t i = 0; s == FGP_OK && i + filename.len < key.len; i++)
        if (fgp_str_starts((fgp_str){ key.ptr + i, key.len - i }, filename))
            s = bad_policy(err, "key", key, "may have ${filename} at its end alone");
    return s;
}

/* Fields that have a meaning of their own, or that signing sets. */
static const fgp_str own_fields[] = {
    FGP_STR("key"), FGP_STR("bucket"), FGP_STR("content-type"), FGP_STR("file"), FGP_STR("policy"),
    FGP_STR("x-amz-algorithm"), FGP_STR("x-amz-credential"), FGP_STR("x-amz-date"),
    FGP_STR("x-amz-security-token"), FGP_STR("x-amz-s3session-token"), FGP_STR("x-amz-signature"),
};

static fgp_status check_field(const fgp_post_rules *rules, size_t at, fgp_error *err)
{
    fgp_str name = rules->fields[at].name;

    if (name.len == 0 || fgp_skip(name, 0, FGP_TOKEN) < name.len)
        return bad_policy(err, "a field's name", name, "is no name; it has letters, digits and '-'");
    for (size_t i = 0; i < sizeof own_fields / sizeof own_fields[0]; i++)
        if (fgp_str_ieq(name, own_fields[i]))
            return bad_policy(err, "field", name, "is set otherwise, or by signing; leave it out");
    for (size_t i = 0; i < at; i++)
        if (fgp_str_ieq(name, rules->fields[i].name))
            return bad_policy(err, "field", name, "is there twice");
    return check_text("a field's value", rules->fields[at].value, err);
}

static fgp_status check_rules(const fgp_post_rules *rules, fgp_error *err)
{
    fgp_status s = fgp_check_bucket(rules->bucket, err);

    if (s == FGP_OK)
        s = check_key(rules->key, err);
    if (s == FGP_OK)
        s = check_text("content type", rules->content_type, err);
    if (s == FGP_OK && (rules->expires_s < 1 || rules->expires_s > EXPIRES_MAX))
        s = fgp_fail(err, FGP_ERR_BAD_EXPIRES, "the expiry", NOTHING,
                     "must be 1 to 604800 seconds (7 days)");
    if (s == FGP_OK && rules->has_length && rules->least > rules->most)
        s = bad_policy(err, "the least length", NOTHING, "is more than the most");
    if (s == FGP_OK && rules->nfields > FGP_POST_FIELDS_MAX)
        s = bad_policy(err, "the fields", NOTHING, "are more than 64");
    for (size_t i = 0; s == FGP_OK && i < rules->nfields; i++)
        s = check_field(rules, i, err);
    return s;
}

/* Who signs, and when: also of the other call. */
static fgp_status check_signer(const fgp_signer *signer, int64_t now, fgp_error *err)
{
    fgp_status s = fgp_check_access_key_id(signer->access_key_id, err);

    if (s == FGP_OK && signer->key->sigv4a != NULL)
        s = fgp_fail(err, FGP_ERR_UNSUPPORTED_AUTH, "the signing key", NOTHING,
                     "is SigV4A's; POST policies are signed by SigV4");
    if (s == FGP_OK)
        s = fgp_check_session_token(signer->session_token, err);
    if (s == FGP_OK && !fgp_signing_key_is_current(signer->key, now))
        s = fgp_fail(err, FGP_ERR_KEY_SCOPE, "the signing key", NOTHING,
                     "is of another day than the policy; derive it anew");
    return s;
}

/* ---- the document ----------------------------------------------------- */

/* 2015-08-30T12:36:00Z */
static void put_iso_date(fgp_out *out, int64_t when)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    char              stamp[FGP_STAMP_LEN], text[sizeof form - 1];
    size_t            at = 0;

    fgp_stamp(stamp, when);
    for (size_t i = 0; i < sizeof text; i++) {
        at += stamp[at] == 'T';
        text[i] = form[i] == 'd' ? stamp[at++] : form[i];
    }
    fgp_put(out, (fgp_str){ text, sizeof text });
}

static void put_exact(fgp_out *out, fgp_str name, fgp_str value)
{
    fgp_put(out, fgp_lit(", {"));
    put_json(out, NOTHING, name);
    fgp_put(out, fgp_lit(": "));
    put_json(out, NOTHING, value);
    fgp_put_char(out, '}');
}

static void put_prefix(fgp_out *out, fgp_str name, fgp_str value)
{
    fgp_put(out, fgp_lit(", [\"starts-with\", "));
    put_json(out, fgp_lit("$"), name);
    fgp_put(out, fgp_lit(", "));
    put_json(out, NOTHING, value);
    fgp_put_char(out, ']');
}

static void put_rules(fgp_out *out, const fgp_post_rules *r)
{
    fgp_str type = r->content_type;

    if (ends_with(r->key, filename))
        put_prefix(out, fgp_lit("key"), (fgp_str){ r->key.ptr, r->key.len - filename.len });
    else
        put_exact(out, fgp_lit("key"), r->key);
    if (ends_with(type, fgp_lit("/")))
        put_prefix(out, fgp_lit("Content-Type"), type);
    else if (type.len != 0)
        put_exact(out, fgp_lit("Content-Type"), type);
    if (r->has_length) {
        fgp_put(out, fgp_lit(", [\"content-length-range\", "));
        fgp_put_number(out, r->least);
        fgp_put(out, fgp_lit(", "));
        fgp_put_number(out, r->most);
        fgp_put_char(out, ']');
    }
    for (size_t i = 0; i < r->nfields; i++)
        put_exact(out, r->fields[i].name, r->fields[i].value);
}

static fgp_str token_field(const fgp_signer *signer)
{
    return signer->s3_session ? fgp_lit("x-amz-s3session-token") : fgp_lit("x-amz-security-token");
}

/* Id and scope, as the policy and the form have them. */
static void put_credential(fgp_out *out, const fgp_signer *signer)
{
    fgp_put(out, signer->access_key_id);
    fgp_put_char(out, '/');
    fgp_put(out, fgp_signing_key_scope(signer->key));
}

static void put_signing(fgp_out *out, const fgp_signer *signer, int64_t now)
{
    char    stamp[FGP_STAMP_LEN], text[128 + 1 + FGP_SCOPE_MAX]; /* the longest id there may be */
    fgp_out credential = { text, sizeof text, 0, NULL };

    fgp_stamp(stamp, now);
    put_credential(&credential, signer);
    put_exact(out, fgp_lit("x-amz-algorithm"), fgp_lit(ALGORITHM));
    put_exact(out, fgp_lit("x-amz-credential"), fgp_out_since(&credential, 0));
    put_exact(out, fgp_lit("x-amz-date"), (fgp_str){ stamp, sizeof stamp });
    if (signer->session_token.len != 0)
        put_exact(out, token_field(signer), signer->session_token);
}

static fgp_status too_small(fgp_error *err)
{
    return fgp_fail(err, FGP_ERR_NOSPACE, "the output buffer", NOTHING,
                    "is too small; its need says what will do");
}

fgp_status fgp_put_post_policy(fgp_out *out, const fgp_signer *signer, const fgp_post_rules *rules,
                               int64_t now, fgp_error *err)
{
    fgp_status s = check_rules(rules, err);

    if (s == FGP_OK)
        s = check_signer(signer, now, err);
    if (s == FGP_OK && !fgp_time_ok(now + rules->expires_s))
        s = fgp_fail(err, FGP_ERR_BAD_TIME, "the expiration", NOTHING,
                     "is not within the years 1970 to 9999; look at the clock");
    if (s != FGP_OK)
        return s;
    fgp_put(out, fgp_lit("{\"expiration\": \""));
    put_iso_date(out, now + rules->expires_s);
    fgp_put(out, fgp_lit("\", \"conditions\": [{\"bucket\": "));
    put_json(out, NOTHING, rules->bucket);
    fgp_put_char(out, '}');
    put_rules(out, rules);
    put_signing(out, signer, now);
    fgp_put(out, fgp_lit("]}"));
    return fgp_out_fits(out) ? FGP_OK : too_small(err);
}

/* ---- its signature ---------------------------------------------------- */

static void add(fgp_post *post, fgp_str name, fgp_str value)
{
    post->fields[post->nfields++] = (fgp_header){ name, value };
}

/* All that is to be sent but the signature. */
static void put_fields(fgp_post *post, const fgp_signer *signer, fgp_str policy, int64_t now,
                       fgp_out *out)
{
    size_t at = out->need;

    fgp_put_base64(out, (const uint8_t *)policy.ptr, policy.len);
    add(post, fgp_lit("policy"), fgp_out_since(out, at));
    add(post, fgp_lit("x-amz-algorithm"), fgp_lit(ALGORITHM));
    at = out->need;
    put_credential(out, signer);
    add(post, fgp_lit("x-amz-credential"), fgp_out_since(out, at));
    at = out->need;
    fgp_put_amz_date(out, now);
    add(post, fgp_lit("x-amz-date"), fgp_out_since(out, at));
    at = out->need;
    fgp_put(out, signer->session_token);
    if (signer->session_token.len != 0)
        add(post, token_field(signer), fgp_out_since(out, at));
}

static fgp_status put_signature(fgp_post *post, const fgp_signer *signer, fgp_out *out)
{
    uint8_t    mac[FGP_SHA256_SIZE] = { 0 };
    size_t     at = out->need;
    fgp_status s = FGP_OK;

    if (fgp_out_fits(out))
        s = fgp_hmac(fgp_signing_key_mac(signer->key), post->fields[0].value, mac);
    if (s != FGP_OK)
        return fgp_fail(&post->error, s, "the signature", NOTHING,
                        "OpenSSL could not hash; see that it offers SHA-256");
    fgp_put_hex(out, mac, sizeof mac);
    add(post, fgp_lit("x-amz-signature"), fgp_out_since(out, at));
    return fgp_out_fits(out) ? FGP_OK : too_small(&post->error);
}

fgp_status fgp_post_sign(const fgp_signer *signer, fgp_str policy, int64_t now, fgp_out *out,
                         fgp_post *post)
{
    fgp_status s = check_signer(signer, now, &post->error);
    fgp_error  error;

    post->nfields = 0;
    if (s == FGP_OK && (policy.len == 0 || policy.len > FGP_POST_POLICY_MAX))
        s = bad_policy(&post->error, "the policy", NOTHING,
                       "is empty, or longer than 20480 bytes, which S3 takes");
    if (s == FGP_OK) {
        fgp_error_clear(&post->error);
        put_fields(post, signer, policy, now, out);
        s = put_signature(post, signer, out);
    }
    if (s == FGP_OK)
        return s;
    error = post->error;
    *post = (fgp_post){ .error = error };
    return s;
}
