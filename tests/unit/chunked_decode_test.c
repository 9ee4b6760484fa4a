/* SPDX-License-Identifier: Apache-2.0 */
/* Receiving a body in chunks: published examples in pieces of all sizes, what the
 * encoder makes of random bodies, and every way to be refused. */
#include "chunked_case.h"

/* What came out of a body that was given in some way. */
typedef struct result {
    char     *bytes; /* room for all */
    size_t    n;
    uint64_t  trusted;
    bool      done;
    fgp_error error;
    char      trailers[512]; /* "name:value;" each */
} result;

static void take(fgp_dechunker *d, fgp_str in, result *r)
{
    fgp_str bytes;

    while (in.len != 0) {
        uint64_t before = d->trusted;

        if (fgp_dechunker_next(d, &in, &bytes) != FGP_OK) {
            assert_int_equal(0, bytes.len);
            assert_true(d->trusted == before || d->trusted == r->n);
            return;
        }
        if (bytes.len != 0)
            memcpy(r->bytes + r->n, bytes.ptr, bytes.len);
        r->n += bytes.len;
        assert_true(d->trusted <= r->n);
    }
}

/* Decodes |encoded| given as |first| bytes, then pieces of |piece|. */
static void decode(const chunked_case *c, fgp_str encoded, size_t first, size_t piece, result *r)
{
    fgp_dechunker d;

    r->n = 0;
    if (fgp_dechunker_init(&d, &c->body, &c->key, c->now, c->seed) == FGP_OK) {
        take(&d, (fgp_str){ encoded.ptr, first }, r);
        for (size_t at = first; at < encoded.len && d.error.status == FGP_OK; at += piece) {
            size_t left = encoded.len - at;

            take(&d, (fgp_str){ encoded.ptr + at, left < piece ? left : piece }, r);
        }
        fgp_dechunker_end(&d);
    }
    r->trusted = d.trusted;
    r->done = d.done;
    r->error = d.error;
    r->trailers[0] = '\0';
    for (size_t i = 0; d.done && i < d.trailers.n; i++)
        snprintf(r->trailers + strlen(r->trailers), 128, "%.*s:%.*s;",
                 (int)d.trailers.at[i].name.len, d.trailers.at[i].name.ptr,
                 (int)d.trailers.at[i].value.len, d.trailers.at[i].value.ptr);
    fgp_dechunker_wipe(&d);
}

static void expect_whole(const chunked_case *c, const result *r)
{
    if (r->error.status != FGP_OK)
        fail_msg("%s", r->error.text);
    assert_true(r->done);
    assert_int_equal(c->plain.len, r->trusted);
    same((fgp_str){ r->bytes, r->n }, c->plain);
}

/* ---- vectors ---------------------------------------------------------- */

/* Whether a cut at |at| is worth a run: all are where a body is small, else those near
 * what is no byte of a chunk, and some. */
static bool is_cut(const chunked_case *c, size_t at)
{
    size_t n = c->encoded.len;

    return n < 20000 || at < 200 || at > n - 1700 || (at > 65500 && at < 65800) || at % 499 == 0;
}

static void check_vector(const vector *v)
{
    static const size_t pieces[] = { 1, 2, 3, 63, 64, 65, 1000, 8192, 1 << 20 };
    chunked_case        c;
    result              r;

    case_load(&c, v);
    r.bytes = malloc(c.plain.len + 1);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        decode(&c, c.encoded, 0, pieces[i], &r);
        expect_whole(&c, &r);
    }
    for (size_t at = 0; at <= c.encoded.len; at++) {
        if (!is_cut(&c, at))
            continue;
        decode(&c, c.encoded, at, c.encoded.len, &r);
        expect_whole(&c, &r);
    }
    free(r.bytes);
    case_free(&c);
}

static void vectors(void **state)
{
    (void)state;
    vector_each("chunked", check_vector);
}

/* What remains when the end is missing is never called whole, wherever it is cut off. */
static void check_truncated(const vector *v)
{
    chunked_case c;
    result       r;

    case_load(&c, v);
    r.bytes = malloc(c.plain.len + 1);
    for (size_t n = 0; n < c.encoded.len; n++) {
        if (!is_cut(&c, n))
            continue;
        decode(&c, (fgp_str){ c.encoded.ptr, n }, 0, 1 << 20, &r);
        assert_int_equal(FGP_ERR_BAD_CHUNK, r.error.status);
        assert_non_null(strstr(r.error.text, "is not whole: the body ends early"));
        assert_false(r.done);
        if (c.body.kind == FGP_PAYLOAD_UNSIGNED_TRAILER)
            assert_int_equal(0, r.trusted);
    }
    free(r.bytes);
    case_free(&c);
}

static void truncated(void **state)
{
    (void)state;
    vector_each("chunked", check_truncated);
}

/* ---- a body of two chunks, for what follows --------------------------- */

static char         plain[20000];
static chunked_case signed_case, trailer_case, unsigned_case;

static void make_case(chunked_case *c, fgp_payload_kind kind, fgp_checksum_kind checksum,
                      const char *declared, size_t n)
{
    fgp_error err;

    c->now = 1440938160;
    c->seed = text("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    assert_int_equal(FGP_OK, fgp_signing_key_init(&c->key, text("secret"), c->now,
                                                  text("eu-west-1"), text("s3"), &err));
    c->plain = (fgp_str){ plain, n };
    c->body = (fgp_chunked){ .kind = kind, .length = n, .chunk = FGP_CHUNK_MIN,
                             .checksum = checksum, .declared = text(declared) };
    c->encoded = case_encode(c, 1000);
}

static int setup(void **state)
{
    uint64_t random = 2;

    (void)state;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (char)draw(&random, 256);
    make_case(&signed_case, FGP_PAYLOAD_CHUNKS, FGP_CHECKSUM_NONE, "", 8200);
    make_case(&trailer_case, FGP_PAYLOAD_CHUNKS_TRAILER, FGP_CHECKSUM_SHA256,
              "X-Amz-Checksum-SHA256", 8200);
    make_case(&unsigned_case, FGP_PAYLOAD_UNSIGNED_TRAILER, FGP_CHECKSUM_CRC32,
              "x-amz-checksum-crc32", 8200);
    return 0;
}

static int teardown(void **state)
{
    chunked_case *all[] = { &signed_case, &trailer_case, &unsigned_case };

    (void)state;
    for (size_t i = 0; i < 3; i++)
        free((void *)(uintptr_t)all[i]->encoded.ptr);
    return 0;
}

/* ---- encoder against decoder ------------------------------------------ */

static const char *const declared[] = { "", "x-amz-checksum-crc32", "x-amz-checksum-crc32c",
                                        "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1",
                                        "x-amz-checksum-sha256" };

static void random_bodies(void **state)
{
    uint64_t random = 3;
    result   r = { .bytes = malloc(sizeof plain) };

    (void)state;
    for (int i = 0; i < 2000; i++) {
        unsigned          kind = draw(&random, 3), sum = 1 + draw(&random, 5);
        fgp_checksum_kind checksum = kind == 0 ? FGP_CHECKSUM_NONE : (fgp_checksum_kind)sum;
        chunked_case      c = { .now = 0 };

        make_case(&c, (fgp_payload_kind)(FGP_PAYLOAD_CHUNKS + (int)kind), checksum,
                  declared[checksum], draw(&random, sizeof plain + 1));
        free((void *)(uintptr_t)c.encoded.ptr);
        c.body.chunk = FGP_CHUNK_MIN + draw(&random, 20000);
        c.encoded = case_encode(&c, 1 + draw(&random, 9000));
        decode(&c, c.encoded, draw(&random, (uint32_t)c.encoded.len), 1 + draw(&random, 9000), &r);
        expect_whole(&c, &r);
        free((void *)(uintptr_t)c.encoded.ptr);
    }
    free(r.bytes);
}

/* With any one byte changed a body is refused, and its bytes up to there alone are
 * trusted; but that a trailer's name may be in any case. */
static void changed_bytes(void **state)
{
    chunked_case *cases[] = { &signed_case, &trailer_case, &unsigned_case };
    result        r = { .bytes = malloc(sizeof plain) };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        fgp_str encoded = cases[i]->encoded;
        char   *copy = malloc(encoded.len);

        for (size_t at = 0; at < encoded.len; at++) {
            memcpy(copy, encoded.ptr, encoded.len);
            copy[at] = (char)(copy[at] ^ (1 << at % 7));
            decode(cases[i], (fgp_str){ copy, encoded.len }, 0, 4096, &r);
            if (r.done && fgp_lower(copy[at]) == fgp_lower(encoded.ptr[at]))
                expect_whole(cases[i], &r);
            else if (r.done)
                fail_msg("byte %zu of case %zu may be changed", at, i);
            assert_true(r.trusted == 0 || memcmp(r.bytes, plain, r.trusted) == 0);
        }
        free(copy);
    }
    free(r.bytes);
}

/* ---- refusals --------------------------------------------------------- */

/* |find| in what is sent is |replace|d, once; each stands for bytes as in a vector.
 * "@" after the end. Then |status| and |text| are what comes of it. */
static const struct refusal {
    const char   *name;
    chunked_case *c;
    const char   *find, *replace;
    fgp_status    status;
    const char   *text;
} refusals[] = {
#include "chunked_refusals.h"
};

#define NREFUSALS (sizeof refusals / sizeof refusals[0])

/* |from| with the first |find| in it replaced; to be freed. */
static fgp_str replaced(fgp_str from, fgp_str find, fgp_str by)
{
    const char *at = fgp_str_eq(find, text("@")) ? from.ptr + from.len
                                                 : memmem(from.ptr, from.len, find.ptr, find.len);
    size_t      before, cut = fgp_str_eq(find, text("@")) ? 0 : find.len;
    char       *to = malloc(from.len + by.len + 1);

    if (at == NULL)
        fail_msg("%.*s is not there", (int)find.len, find.ptr);
    before = (size_t)(at - from.ptr);
    memcpy(to, from.ptr, before);
    memcpy(to + before, by.ptr, by.len);
    memcpy(to + before + by.len, at + cut, from.len - before - cut);
    return (fgp_str){ to, from.len - cut + by.len };
}

static void refuses(void **state)
{
    static const size_t   pieces[] = { 1 << 20, 1, 7, 100 };
    const struct refusal *row = *state;
    chunked_case          c = *row->c;
    fgp_str               find = vector_bytes(text(row->find)), by = vector_bytes(text(row->replace));
    fgp_str               encoded = replaced(row->c->encoded, find, by);
    result                r = { .bytes = malloc(sizeof plain) };

    c.body.chunk = 0; /* of any size */
    for (size_t i = 0; i < 4; i++) {
        decode(&c, encoded, 0, pieces[i], &r);
        same_error(&r.error, row->status, row->text);
        assert_false(r.done);
    }
    free(r.bytes);
    free((void *)(uintptr_t)encoded.ptr);
    free((void *)(uintptr_t)find.ptr);
    free((void *)(uintptr_t)by.ptr);
}

/* ---- what the receiver says ------------------------------------------- */

static void expect_refused(const chunked_case *c, fgp_status status, const char *want)
{
    result r = { .bytes = malloc(sizeof plain) };

    decode(c, c->encoded, 0, 1000, &r);
    same_error(&r.error, status, want);
    free(r.bytes);
}

static void wrong_key(void **state)
{
    chunked_case c = signed_case;
    fgp_error    err;

    (void)state;
    assert_int_equal(FGP_OK, fgp_signing_key_init(&c.key, text("Secret"), c.now, text("eu-west-1"),
                                                  text("s3"), &err));
    expect_refused(&c, FGP_ERR_BAD_SIGNATURE,
                   "aws-chunked body: chunk 1, from byte 0, is not what was signed: it was "
                   "changed, or a part is missing or out of order");
    c = signed_case;
    c.seed = text("0000000000000000000000000000000000000000000000000000000000000000");
    expect_refused(&c, FGP_ERR_BAD_SIGNATURE,
                   "aws-chunked body: chunk 1, from byte 0, is not what was signed: it was "
                   "changed, or a part is missing or out of order");
}

static void wrong_length(void **state)
{
    chunked_case c = signed_case;

    (void)state;
    c.body.length = 8199;
    expect_refused(&c, FGP_ERR_BAD_BODY, "aws-chunked body: chunk 2, from byte 8281, makes the "
                                         "body longer than was declared");
    c.body.length = 8201;
    expect_refused(&c, FGP_ERR_BAD_BODY, "aws-chunked body: chunk 3, from byte 8375, is the last, "
                                         "but the body is shorter than was declared");
}

static void too_large(void **state)
{
    chunked_case c;
    fgp_str      encoded;
    result       r = { .bytes = malloc(sizeof plain) };

    (void)state;
    memset(&c, 0, sizeof c);
    make_case(&c, FGP_PAYLOAD_CHUNKS, FGP_CHECKSUM_NONE, "", 20000);
    free((void *)(uintptr_t)c.encoded.ptr);
    c.body.chunk = 16384;
    encoded = case_encode(&c, 1000);
    c.body.chunk = 16383;
    decode(&c, encoded, 0, 1000, &r);
    same_error(&r.error, FGP_ERR_BAD_CHUNK, "aws-chunked body: chunk 1, from byte 0, is larger "
                                            "than is taken here; send smaller ones");
    free((void *)(uintptr_t)encoded.ptr);
    free(r.bytes);
}

static void wrong_declarations(void **state)
{
    static const struct {
        chunked_case *c;
        const char   *declared, *text;
    } rows[] = {
        { &trailer_case, "", "trailer: this kind of body has one; a checksum is the usual one" },
        { &signed_case, "x", "trailer: this kind of body has none; see fgp_payload_kind" },
        { &unsigned_case, "x",
          "trailer: an unsigned body needs a checksum, for nothing else vouches for it" },
        { &trailer_case, "x-amz-checksum-sha256,",
          "trailer: its name is empty, or holds what no name may" },
        { &trailer_case, "a,b,c,d,e,f,g,h,i", "trailer \"i\": is repeated, or one of more than 8" },
        { &trailer_case, "x-amz-checksum-sha1, x-amz-checksum-sha256",
          "trailer: a body has one checksum, not several" },
        { &trailer_case, "x-amz-checksum-md4",
          "trailer \"x-amz-checksum-md4\": is a checksum that is not known, so the body can't be "
          "checked" },
        { &trailer_case, "x-amz-checksum-sha256,b",
          "trailer: one that x-amz-trailer declares is missing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        chunked_case c = *rows[i].c;

        c.body.declared = text(rows[i].declared);
        expect_refused(&c, FGP_ERR_BAD_TRAILER, rows[i].text);
    }
}

static void trailers_told(void **state)
{
    static const fgp_header two[] = { { FGP_STR("Z-Last"), FGP_STR("1 2") },
                                      { FGP_STR("a-First"), FGP_STR("") } };
    chunked_case            c = trailer_case;
    result                  r = { .bytes = malloc(sizeof plain) };

    (void)state;
    c.body.trailers = two;
    c.body.ntrailers = 2;
    c.body.declared = text("z-last , x-amz-checksum-sha256,a-first");
    c.encoded = case_encode(&c, 1000);
    decode(&c, c.encoded, 0, 50, &r);
    expect_whole(&c, &r);
    assert_non_null(strstr(r.trailers, "a-first:;x-amz-checksum-sha256:"));
    assert_non_null(strstr(r.trailers, ";z-last:1 2;"));
    free((void *)(uintptr_t)c.encoded.ptr);
    free(r.bytes);
}

/* ---- headers of a received request ------------------------------------ */

#define KIND   { FGP_STR("X-Amz-Content-Sha256"), FGP_STR("STREAMING-UNSIGNED-PAYLOAD-TRAILER") }
#define LENGTH { FGP_STR("x-amz-decoded-content-length"), FGP_STR("8200") }
#define CODING { FGP_STR("Content-Encoding"), FGP_STR("aws-chunked, gzip") }
#define NAMES  { FGP_STR("x-amz-trailer"), FGP_STR("x-amz-checksum-crc32") }

static const struct {
    fgp_header  headers[5];
    fgp_status  status;
    const char *text;
} requests[] = {
    { { KIND, LENGTH, CODING, NAMES }, FGP_OK, "" },
    { { LENGTH, CODING, NAMES }, FGP_ERR_BAD_PAYLOAD,
      "x-amz-content-sha256: names no body in chunks" },
    { { { FGP_STR("x-amz-content-sha256"), FGP_STR("UNSIGNED-PAYLOAD") }, LENGTH, CODING, NAMES },
      FGP_ERR_BAD_PAYLOAD, "x-amz-content-sha256 \"UNSIGNED-PAYLOAD\": names no body in chunks" },
    { { KIND, KIND, LENGTH, CODING, NAMES }, FGP_ERR_BAD_HEADER,
      "header \"x-amz-content-sha256\": is repeated; a request has one" },
    { { KIND, LENGTH, NAMES }, FGP_ERR_BAD_HEADER,
      "content-encoding: must say aws-chunked, as x-amz-content-sha256 does" },
    { { KIND, CODING, NAMES }, FGP_ERR_BAD_HEADER,
      "x-amz-decoded-content-length: must be the body's length in bytes, 2^50 at most" },
    { { KIND, { FGP_STR("x-amz-decoded-content-length"), FGP_STR("-1") }, CODING, NAMES },
      FGP_ERR_BAD_HEADER,
      "x-amz-decoded-content-length \"-1\": must be the body's length in bytes, 2^50 at most" },
    { { KIND, { FGP_STR("x-amz-decoded-content-length"), FGP_STR("18446744073709551616") }, CODING,
        NAMES }, FGP_ERR_BAD_HEADER, "x-amz-decoded-content-length \"18446744073709551616\": must "
                                     "be the body's length in bytes, 2^50 at most" },
    { { KIND, LENGTH, CODING }, FGP_ERR_BAD_TRAILER,
      "trailer: this kind of body has one; a checksum is the usual one" },
};

static void reads_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        fgp_chunked body;
        fgp_error   err = { .status = FGP_OK, .text = "" };
        size_t      n = 0;

        while (n < 5 && requests[i].headers[n].name.len != 0)
            n++;
        assert_int_equal(requests[i].status,
                         fgp_chunked_read(&body, requests[i].headers, n, &err));
        same_error(&err, requests[i].status, requests[i].text);
        if (requests[i].status == FGP_OK) {
            chunked_case c = unsigned_case;
            result       r = { .bytes = malloc(sizeof plain) };

            assert_int_equal(FGP_CHECKSUM_CRC32, body.checksum);
            c.body = body;
            decode(&c, c.encoded, 0, 100, &r);
            expect_whole(&c, &r);
            free(r.bytes);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),       cmocka_unit_test(truncated),
        cmocka_unit_test(random_bodies), cmocka_unit_test(changed_bytes),
        cmocka_unit_test(wrong_key),     cmocka_unit_test(wrong_length),
        cmocka_unit_test(too_large),     cmocka_unit_test(wrong_declarations),
        cmocka_unit_test(trailers_told), cmocka_unit_test(reads_requests),
    };
    struct CMUnitTest rows[NREFUSALS];
    int               failed = cmocka_run_group_tests(tests, setup, teardown);

    for (size_t i = 0; i < NREFUSALS; i++)
        rows[i] = (struct CMUnitTest){ refusals[i].name, refuses, NULL, NULL,
                                       (void *)(uintptr_t)&refusals[i] };
    return failed + cmocka_run_group_tests_name("refusals", rows, setup, teardown);
}
