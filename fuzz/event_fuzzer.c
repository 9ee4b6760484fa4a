/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_fuzzer.c - event-stream messages.
 *
 * The first byte says whether the CRCs of the rest are set right before it is read: no
 * fuzzer guesses them. Whatever the bytes: what is read from a part is what the whole
 * says, what is read can be put again and gives the same bytes, and what is signed is
 * verified and no other.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "base/str.h"

#define COVERED 12 /* behind the lengths and their CRC: whatever changes there is refused */

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void put_crc(char *at, const char *bytes, size_t n)
{
    uint64_t crc = fgp_crc(fgp_crc32, 0, (fgp_str){ bytes, n });

    for (int i = 0; i < 4; i++)
        at[i] = (char)(crc >> (24 - 8 * i));
}

/* Sets length and CRCs of the message that |m|, |n| bytes, shall be. */
static void mend(char *m, size_t n)
{
    for (int i = 0; i < 4; i++)
        m[i] = (char)(n >> (24 - 8 * i));
    put_crc(m + 8, m, 8);
    put_crc(m + n - 4, m, n - 4);
}

/* What |e| holds, put again, is |bytes|. */
static void put_again(const fgp_event *e, fgp_str bytes)
{
    static fgp_event_header headers[FGP_EVENT_HEADERS_MAX];
    fgp_str                 rest = e->headers;
    size_t                  n = 0;
    fgp_out                 out = { malloc(e->length), e->length, 0, NULL };

    while (fgp_event_next(&rest, &headers[n]))
        must(++n <= FGP_EVENT_HEADERS_MAX);
    must(fgp_event_put(&out, headers, n, e->payload, NULL) == FGP_OK);
    must(out.need == e->length && memcmp(out.buf, bytes.ptr, e->length) == 0);
    free(out.buf);
}

/* Signs |message| and verifies it; with one bit changed at |at| it is refused. */
static void sign(fgp_str message, size_t at)
{
    fgp_signing_key key;
    fgp_chain       first, chain, verifier;
    size_t          n = message.len + FGP_EVENT_SIGNED_MORE;
    fgp_out         out = { malloc(n), n, 0, NULL };
    fgp_event       e;
    int64_t         when;

    must(fgp_signing_key_init(&key, fgp_lit("secret"), 0, fgp_lit("us-east-1"), fgp_lit("demo"),
                              NULL) == FGP_OK);
    must(fgp_chain_init(&first, fgp_lit("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9f"
                                        "a80a0a9"), NULL) == FGP_OK);
    chain = verifier = first;
    must(fgp_event_sign(&chain, &key, 3600, message, &out, NULL) == FGP_OK && out.need == n);
    must(fgp_event_read((fgp_str){ out.buf, n }, 0, &e, NULL) == FGP_OK && e.length == n);
    must(fgp_event_verify(&verifier, &key, &e, &when, NULL) == FGP_OK && when == 3600);
    must(fgp_str_eq(e.payload, message) && memcmp(&chain, &verifier, sizeof chain) == 0);

    verifier.text[0] = '5';
    must(fgp_event_verify(&verifier, &key, &e, &when, NULL) == FGP_ERR_BAD_SIGNATURE);
    at = COVERED + at % (n - COVERED - 4);
    out.buf[at] = (char)(out.buf[at] ^ 1);
    mend(out.buf, n);
    verifier = first;
    if (fgp_event_read((fgp_str){ out.buf, n }, 0, &e, NULL) == FGP_OK)
        must(fgp_event_verify(&verifier, &key, &e, &when, NULL) != FGP_OK);
    free(out.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t     n = size < 17 ? 0 : size - 1;
    char      *bytes = malloc(n + 1);
    fgp_event  e, part;
    fgp_error  err;
    fgp_status s;

    if (n != 0) {
        memcpy(bytes, data + 1, n);
        if (data[0] & 1)
            mend(bytes, n);
        s = fgp_event_read((fgp_str){ bytes, n }, 0, &e, &err);
        for (size_t len = 0; len < n; len += 1 + n / 16) {
            fgp_status of_part = fgp_event_read((fgp_str){ bytes, len }, 0, &part, &err);

            if (of_part != FGP_OK)
                must(s == of_part);
            else if (len < 12)
                must(part.length == 12);
            else if (s == FGP_OK)
                must(part.length == e.length);
        }
        if (s == FGP_OK && e.length <= n)
            put_again(&e, (fgp_str){ bytes, n });
        sign((fgp_str){ bytes, n }, data[0] * n / 128);
    }
    free(bytes);
    return 0;
}
