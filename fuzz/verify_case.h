/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_case.h - a signed request as text, spoilt as the fuzzer's input says.
 *
 * The text is a line each for method, path, query and the headers, an empty line and the
 * body. The input's first byte says the case; after it come edits of four bytes: what,
 * where (two), and a byte. So one step of the fuzzer's changes one thing, and what is
 * left as it was stays signed.
 */
#ifndef VERIFY_CASE_H
#define VERIFY_CASE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define NOW       1440938160
#define TEXT_MAX  8192
#define EDITS_MAX 32

#define ID     fgp_lit("AKIDEXAMPLE")
#define SECRET fgp_lit("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
#define REGION fgp_lit("us-east-1")

/* A request, and the text that it is read from. */
typedef struct wire {
    char        text[TEXT_MAX];
    size_t      len;
    fgp_request request;
    fgp_header  headers[FGP_HEADERS_MAX];
} wire;

/* What is signed, with which token. */
typedef struct signed_case {
    fgp_str     service, token;
    fgp_request request;
} signed_case;

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void put(wire *w, fgp_str s)
{
    check(s.len <= TEXT_MAX - w->len);
    if (s.len != 0)
        memcpy(w->text + w->len, s.ptr, s.len);
    w->len += s.len;
}

static void put_line(wire *w, fgp_str a, const char *between, fgp_str b)
{
    put(w, a);
    put(w, (fgp_str){ between, strlen(between) });
    put(w, b);
    put(w, fgp_lit("\n"));
}

/* ---- edits ------------------------------------------------------------ */

static void replace(wire *w, size_t at, size_t n, fgp_str by)
{
    if (by.len > TEXT_MAX - (w->len - n))
        return;
    memmove(w->text + at + by.len, w->text + at + n, w->len - at - n);
    if (by.len != 0)
        memcpy(w->text + at, by.ptr, by.len);
    w->len = w->len - n + by.len;
}

/* The line around |at|, its end included. */
static fgp_str line_at(const wire *w, size_t at)
{
    size_t from = at, end = at;

    while (from > 0 && w->text[from - 1] != '\n')
        from--;
    while (end < w->len && w->text[end] != '\n')
        end++;
    return (fgp_str){ w->text + from, end - from + (end < w->len) };
}

static void put_copy(wire *w, size_t at, fgp_str line)
{
    char copy[TEXT_MAX];

    memcpy(copy, line.ptr, line.len);
    replace(w, at, 0, (fgp_str){ copy, line.len });
}

static void edit(wire *w, const uint8_t *e)
{
    static const fgp_str words[] = {
        FGP_STR("x-amz-copy-source:/a/b\n"), FGP_STR("X_Amz_Acl:public-read\n"), FGP_STR("Host:evil\n"),
        FGP_STR("&X-Amz-Signature=0"), FGP_STR("&x-amz-expires=9"), FGP_STR("%2e%2e/"), FGP_STR("//"),
        FGP_STR("%2F"), FGP_STR(" "), FGP_STR("\t"), FGP_STR(","), FGP_STR("x-amz-meta-a:"), FGP_STR("\r"),
        FGP_STR("+"), FGP_STR("=") , FGP_STR("&"), FGP_STR(";host"), FGP_STR("/./"),
    };
    size_t  at = ((size_t)e[1] << 8 | e[2]) % (w->len + 1);
    fgp_str line = line_at(w, at);
    size_t  from = (size_t)(line.ptr - w->text);
    char    c = (char)e[3];

    switch (e[0] % 8) {
    case 0: replace(w, at, at < w->len, (fgp_str){ &c, 1 }); break;
    case 1: replace(w, at, 0, (fgp_str){ &c, 1 }); break;
    case 2: replace(w, at, at < w->len, (fgp_str){ NULL, 0 }); break;
    case 3: put_copy(w, from, line); break;                        /* twice */
    case 4: replace(w, from, line.len, (fgp_str){ NULL, 0 }); break; /* away */
    case 5: replace(w, at, 0, words[e[3] % (sizeof words / sizeof words[0])]); break;
    case 6: replace(w, from, 0, words[e[3] % (sizeof words / sizeof words[0])]); break;
    default: /* the case of a letter */
        if (at < w->len && fgp_lower((char)(w->text[at] | 32)) >= 'a' && (w->text[at] | 32) <= 'z')
            w->text[at] = (char)(w->text[at] ^ 32);
    }
}

static void spoil(wire *w, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < EDITS_MAX && size >= 4; i++, data += 4, size -= 4)
        edit(w, data);
}

/* ---- reading ---------------------------------------------------------- */

/* Takes |w| apart as a server would. False where it is no request any more. */
static bool read_wire(wire *w)
{
    fgp_str rest = { w->text, w->len }, line, name;

    w->request = (fgp_request){ .scheme = fgp_lit("https"), .headers = w->headers };
    if (!fgp_str_cut(&rest, '\n', &w->request.method) || !fgp_str_cut(&rest, '\n', &w->request.path) ||
        !fgp_str_cut(&rest, '\n', &w->request.query))
        return false;
    while (fgp_str_cut(&rest, '\n', &line) && line.len != 0) {
        if (!fgp_str_cut(&line, ':', &name) || w->request.nheaders == FGP_HEADERS_MAX)
            return false;
        w->headers[w->request.nheaders++] = (fgp_header){ name, line };
    }
    w->request.payload = (fgp_payload){ FGP_PAYLOAD_BYTES, rest };
    return true;
}

/* ---- what holds of a request that was taken --------------------------- */

static size_t count(const wire *w, fgp_str name)
{
    size_t n = 0;

    for (size_t i = 0; i < w->request.nheaders; i++)
        n += fgp_str_ieq(w->headers[i].name, name);
    return n;
}

/* Each x-amz-* header was in |first|, however it is spelt. */
static void check_amz(const wire *w, const wire *first)
{
    for (size_t i = 0; i < w->request.nheaders; i++) {
        fgp_str name = w->headers[i].name;

        if (name.len < 6 || fgp_lower(name.ptr[0]) != 'x' || fgp_lower(name.ptr[2]) != 'a' ||
            fgp_lower(name.ptr[3]) != 'm' || fgp_lower(name.ptr[4]) != 'z' ||
            (name.ptr[1] != '-' && name.ptr[1] != '_') || (name.ptr[5] != '-' && name.ptr[5] != '_'))
            continue;
        check(count(first, name) != 0 || fgp_str_ieq(name, fgp_lit("x-amz-content-sha256")));
    }
}

/* Verifies |w|. What is valid must be what was signed: |canonical|, of |first|. */
static void verify(const wire *w, const wire *first, fgp_str canonical, int64_t now, fgp_str token,
                   const fgp_signing_key *key)
{
    fgp_verifier verifier = { .region = REGION };
    size_t       room = fgp_verify_room(&w->request);
    fgp_out      out = { malloc(room), room, 0, NULL }, trace = { malloc(room), room, 0, NULL };
    fgp_verified res;
    fgp_status   s = fgp_verify_begin(&verifier, &w->request, now, &out, &trace, &res);

    check(s != FGP_ERR_NOSPACE && s == res.error.status && !res.valid);
    if (s == FGP_OK)
        s = fgp_verify_end(&res, fgp_str_eq(res.access_key_id, ID) ? key : NULL, token);
    check(res.valid == (s == FGP_OK));
    if (res.valid) {
        check(fgp_str_eq(res.canonical_request, canonical));
        check(count(w, fgp_lit("host")) == 1);
        check_amz(w, first);
    } else {
        check(res.error.text[0] != '\0');
    }
    free(out.buf);
    free(trace.buf);
}

/* ---- from the case to its check --------------------------------------- */

static fgp_signer signer_for(const signed_case *c, const fgp_signing_key *key)
{
    return (fgp_signer){ .access_key_id = ID, .session_token = c->token, .key = key,
                         .rules = fgp_sign_rules_for(c->service) };
}

/* Signs |c| into |w|; returns its canonical request, on |trace|. */
typedef fgp_str sign_case(const signed_case *c, wire *w, fgp_out *trace, const fgp_signing_key *key);

/* Signs |c| by |sign|, spoils it by |edits| and verifies it at |now|, when what was signed
 * is |in_time| or not. */
static void try_spoilt(const signed_case *c, sign_case *sign, const uint8_t *edits, size_t size,
                       int64_t now, bool in_time)
{
    static wire     first, spoilt;
    char            canonical[TEXT_MAX];
    fgp_out         trace = { canonical, sizeof canonical, 0, NULL };
    fgp_signing_key key;
    fgp_str         signed_request;

    check(fgp_signing_key_init(&key, SECRET, NOW, REGION, c->service, NULL) == FGP_OK);
    signed_request = sign(c, &first, &trace, &key);
    check(read_wire(&first));
    spoilt.len = first.len;
    memcpy(spoilt.text, first.text, first.len);
    spoil(&spoilt, edits, size);
    /* out of time nothing may be valid: then no canonical request is the right one */
    if (read_wire(&spoilt))
        verify(&spoilt, &first, in_time ? signed_request : (fgp_str){ NULL, 0 }, now,
               c->token, &key);
}

#endif
