/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_sign.c - the message that carries another with its signature.
 *
 * The signature covers the header :date as it is encoded, and the message inside.
 * Times are whole seconds: the string to sign has no more, and the two must agree.
 * Spec: Transcribe Developer Guide, "Event stream encoding".
 */
#include "../base/error.h"
#include "chain.h"
#include "event.h"
#include "key.h"

#define DATE       ":date"
#define SIGNATURE  ":chunk-signature"
#define DATE_LEN   15 /* bytes of the header, encoded */
#define HASH_LEN   (2 * FGP_SHA256_SIZE)
#define DATE_MAX_S 253402300799 /* the last second that a stamp can tell */

_Static_assert(FGP_EVENT_LEAST + DATE_LEN + 1 + sizeof SIGNATURE - 1 + 1 + 2 + FGP_SHA256_SIZE ==
                   FGP_EVENT_SIGNED_MORE, "what a signature adds");

static const fgp_str none = { NULL, 0 };

static fgp_status hash(fgp_str bytes, uint8_t digest[FGP_SHA256_SIZE])
{
    fgp_sha256 h;

    fgp_sha256_init(&h);
    fgp_sha256_add(&h, bytes);
    return fgp_sha256_out(&h, digest);
}

/* The header :date as a message has it. */
static void encode_date(char date[DATE_LEN], int64_t ms)
{
    memcpy(date, "\5" DATE "\10", DATE_LEN - 8);
    for (int i = 0; i < 8; i++)
        date[DATE_LEN - 8 + i] = (char)((uint64_t)ms >> (8 * (7 - i)));
}

/* What the string to sign says of an event. */
typedef struct event_part {
    char     stamp[FGP_STAMP_LEN], date_hash[HASH_LEN];
    uint8_t  hash[FGP_SHA256_SIZE];
    fgp_part part;
} event_part;

static fgp_status make_part(event_part *e, int64_t ms, fgp_str message)
{
    char       date[DATE_LEN];
    uint8_t    digest[FGP_SHA256_SIZE];
    fgp_out    hex = { e->date_hash, HASH_LEN, 0, NULL };
    fgp_status s;

    fgp_stamp(e->stamp, ms / 1000);
    encode_date(date, ms);
    s = hash((fgp_str){ date, DATE_LEN }, digest);
    if (s == FGP_OK)
        s = hash(message, e->hash);
    fgp_put_hex(&hex, digest, sizeof digest);
    e->part = (fgp_part){ fgp_lit("PAYLOAD"), e->stamp, { e->date_hash, HASH_LEN }, e->hash };
    return s;
}

static fgp_status check_key(const fgp_signing_key *key, int64_t now, fgp_error *err)
{
    if (key->sigv4a != NULL)
        return fgp_fail(err, FGP_ERR_UNSUPPORTED_AUTH, "the signing key", none,
                        "is SigV4A's; event streams are signed by SigV4");
    if (fgp_signing_key_is_current(key, now))
        return FGP_OK;
    return fgp_fail(err, FGP_ERR_KEY_SCOPE, "the signing key", none,
                    "is of another day than the event; derive it anew");
}

static fgp_status no_hash(fgp_error *err)
{
    return fgp_fail(err, FGP_ERR_CRYPTO, "the event's signature", none,
                    "OpenSSL could not hash; see that it offers SHA-256");
}

static void decode_hex(uint8_t *bytes, fgp_str hex)
{
    for (size_t i = 0; i < hex.len / 2; i++) {
        int high = hex.ptr[2 * i], low = hex.ptr[2 * i + 1];

        high = high <= '9' ? high - '0' : high - 'a' + 10;
        low = low <= '9' ? low - '0' : low - 'a' + 10;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
}

fgp_status fgp_event_sign(fgp_chain *chain, const fgp_signing_key *key, int64_t now,
                          fgp_str message, fgp_out *out, fgp_error *err)
{
    fgp_chain        next = *chain;
    uint8_t          signature[FGP_SHA256_SIZE];
    event_part       e;
    fgp_event_header headers[] = {
        { .name = FGP_STR(DATE), .type = FGP_EVENT_TIME },
        { .name = FGP_STR(SIGNATURE), .type = FGP_EVENT_BYTES,
          .text = { (char *)signature, sizeof signature } },
    };
    fgp_status s = check_key(key, now, err);

    if (s != FGP_OK)
        return s;
    headers[0].number = now * 1000;
    if (make_part(&e, headers[0].number, message) != FGP_OK ||
        fgp_chain_sign(&next, key, &e.part) != FGP_OK)
        return no_hash(err);
    decode_hex(signature, fgp_chain_text(&next));
    s = fgp_event_put(out, headers, 2, message, err);
    if (s == FGP_OK)
        *chain = next;
    return s;
}

/* Finds :date and :chunk-signature among the headers of |event|. */
static fgp_status take_headers(const fgp_event *event, int64_t *ms, fgp_str *signature,
                               fgp_error *err)
{
    fgp_str          rest = event->headers;
    fgp_event_header h;
    bool             dated = false;

    *signature = none;
    while (fgp_event_next(&rest, &h)) {
        if (fgp_str_eq(h.name, fgp_lit(DATE)) && h.type == FGP_EVENT_TIME) {
            *ms = h.number;
            dated = true;
        } else if (fgp_str_eq(h.name, fgp_lit(SIGNATURE)) && h.type == FGP_EVENT_BYTES &&
                   h.text.len == FGP_SHA256_SIZE) {
            *signature = h.text;
        } else {
            return fgp_fail(err, FGP_ERR_BAD_EVENT, "event header", h.name,
                            "is of another type or length, or not covered by the signature");
        }
    }
    if (!dated || signature->len == 0)
        return fgp_fail(err, FGP_ERR_BAD_EVENT, "the event", none,
                        "is not signed: :date or :chunk-signature is missing");
    if (*ms < 0 || *ms / 1000 > DATE_MAX_S)
        return fgp_fail(err, FGP_ERR_BAD_EVENT, "event header", fgp_lit(DATE),
                        "is not within the years 1970 to 9999");
    return FGP_OK;
}

fgp_status fgp_event_verify(fgp_chain *chain, const fgp_signing_key *key, const fgp_event *event,
                            int64_t *when, fgp_error *err)
{
    char       text[HASH_LEN];
    fgp_out    hex = { text, sizeof text, 0, NULL };
    fgp_str    signature;
    int64_t    ms = 0;
    event_part e;
    fgp_status s = take_headers(event, &ms, &signature, err);

    *when = ms / 1000;
    if (s == FGP_OK)
        s = check_key(key, *when, err);
    if (s != FGP_OK)
        return s;
    if (make_part(&e, ms, event->payload) != FGP_OK)
        return no_hash(err);
    fgp_put_hex(&hex, (const uint8_t *)signature.ptr, signature.len);
    s = fgp_chain_verify(chain, key, &e.part, fgp_out_since(&hex, 0));
    if (s == FGP_ERR_BAD_SIGNATURE)
        return fgp_fail(err, s, "the event", none,
                        "is not what was signed: it was changed, or one is missing or out of order");
    return s == FGP_OK ? s : no_hash(err);
}
