/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signing_case.h - a case of tests/vectors/signing, ready to be signed.
 *
 * Context: access_key_id, secret_access_key, session_token, region, service, now, and
 * where they matter cover = all, also = NAME, payload = unsigned, token = unsigned,
 * normalize = false, expires = SECONDS (then it is presigned). The request is written as
 * on the wire, with https for its scheme.
 */
#ifndef SIGNING_CASE_H
#define SIGNING_CASE_H

#include "vector.h"

#define CASE_HEADERS 16

typedef struct signing_case {
    fgp_signing_key key;
    fgp_signer      signer;
    fgp_request     req;
    fgp_header      headers[CASE_HEADERS];
    fgp_str         also;
    int64_t         now, expires_s; /* expires_s 0: signed in headers */
} signing_case;

/* A section without the line end that a file's last line has. */
static inline fgp_str case_section(const vector *v, const char *title)
{
    fgp_str s = vector_section(v, title);

    if (s.len != 0 && s.ptr[s.len - 1] == '\n')
        s.len--;
    return s;
}

/* "METHOD target HTTP/1.1", headers, and after an empty line the body. */
static inline void case_parse(signing_case *c, fgp_str text_)
{
    static const fgp_str version = FGP_STR(" HTTP/1.1");
    fgp_str              line, name;

    fgp_str_cut(&text_, '\n', &line);
    line.len -= version.len;
    fgp_str_cut(&line, ' ', &c->req.method);
    fgp_str_cut(&line, '?', &c->req.path);
    c->req.query = line;
    c->req.scheme = fgp_lit("https");
    c->req.headers = c->headers;
    while (text_.len != 0) {
        fgp_str_cut(&text_, '\n', &line);
        if (line.len == 0)
            break;
        fgp_str_cut(&line, ':', &name);
        assert_true(c->req.nheaders < CASE_HEADERS);
        c->headers[c->req.nheaders++] = (fgp_header){ name, line };
    }
    c->req.payload.data = text_;
}

static inline void case_make(signing_case *c, const vector *v)
{
    fgp_str service = vector_setting(v, "service");
    fgp_error err;

    memset(c, 0, sizeof *c);
    c->now = vector_number(vector_setting(v, "now"));
    c->expires_s = vector_number(vector_setting(v, "expires"));
    c->also = vector_setting(v, "also");
    assert_int_equal(FGP_OK,
                     fgp_signing_key_init(&c->key, vector_setting(v, "secret_access_key"), c->now,
                                          vector_setting(v, "region"), service, &err));
    c->signer = (fgp_signer){
        .access_key_id = vector_setting(v, "access_key_id"),
        .session_token = vector_setting(v, "session_token"),
        .key = &c->key,
        .rules = fgp_sign_rules_for(service),
        .cover = vector_setting(v, "cover").len != 0 ? FGP_COVER_ALL : FGP_COVER_MINIMAL,
        .also = &c->also,
        .nalso = c->also.len != 0,
        .token_unsigned = vector_setting(v, "token").len != 0,
    };
    if (vector_setting(v, "normalize").len != 0)
        c->signer.rules.normalize = false;
    case_parse(c, case_section(v, "request"));
    if (vector_setting(v, "payload").len != 0)
        c->req.payload.kind = FGP_PAYLOAD_UNSIGNED;
}

static inline fgp_status case_sign(const signing_case *c, fgp_out *out, fgp_out *trace,
                                   fgp_signed *res)
{
    return c->expires_s != 0
               ? fgp_presign(&c->signer, &c->req, c->now, c->expires_s, out, trace, res)
               : fgp_sign(&c->signer, &c->req, c->now, out, trace, res);
}

#endif
