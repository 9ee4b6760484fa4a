/* SPDX-License-Identifier: Apache-2.0 */
/* Sending a body in chunks: published examples, all sizes of pieces and of room, and
 * every way to be refused. */
#include "chunked_case.h"

/* ---- vectors ---------------------------------------------------------- */

/* Takes words into |list|. */
static size_t take_words(fgp_str words, fgp_str *list)
{
    size_t n = 0;

    while (words.len != 0)
        fgp_str_cut(&words, ' ', &list[n++]);
    return n;
}

/* The request of |v|, signed with what fgp_chunked_headers() adds, has the seed. */
static void check_seed(const vector *v, const chunked_case *c)
{
    static char   room[16384], more_room[1024];
    fgp_str       rest = vector_section(v, "request"), line, method, path, also[4];
    fgp_header    headers[16];
    fgp_out       out = { room, sizeof room, 0, NULL }, more = { more_room, 1024, 0, NULL };
    size_t        n, nmore;
    fgp_signed    res;
    fgp_error     err;
    fgp_signer    signer = { .access_key_id = vector_setting(v, "access_key_id"), .key = &c->key,
                             .rules = fgp_sign_rules_for(text("s3")), .also = also };

    fgp_str_cut(&rest, '\n', &line);
    fgp_str_cut(&line, ' ', &method);
    fgp_str_cut(&line, ' ', &path);
    n = take_headers(rest, headers);
    assert_int_equal(FGP_OK, fgp_chunked_headers(&c->body, &more, headers + n, &nmore, &err));
    same(headers[n + 1].value, vector_setting(v, "content-length"));
    signer.nalso = take_words(vector_setting(v, "also"), also);

    fgp_request req = { .method = method, .scheme = text("https"), .path = path,
                        .headers = headers, .nheaders = n + nmore,
                        .authority = text("s3.amazonaws.com"), .payload = { c->body.kind, {0} } };
    if (fgp_sign(&signer, &req, c->now, &out, NULL, &res) != FGP_OK)
        fail_msg("%s", res.error.text);
    same(res.signature, c->seed);
}

static void check_vector(const vector *v)
{
    static const size_t pieces[] = { 1, 7, 1000, 8191, 8192, 8193, 65536, 1 << 20 };
    chunked_case        c;

    case_load(&c, v);
    if (vector_section(v, "request").len != 0)
        check_seed(v, &c);
    assert_int_equal(c.encoded.len, fgp_chunked_length(&c.body));
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        fgp_str got = case_encode(&c, pieces[i]);

        same(got, c.encoded);
        free((void *)(uintptr_t)got.ptr);
    }
    case_free(&c);
}

static void vectors(void **state)
{
    (void)state;
    vector_each("chunked", check_vector);
}

/* ---- a body of 20,000 bytes, for what follows ------------------------- */

static char            plain[20000];
static fgp_signing_key key;
static const int64_t   now = 1440938160;
static const char      seed[] = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

static int setup(void **state)
{
    uint64_t  random = 1;
    fgp_error err;

    (void)state;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (char)draw(&random, 256);
    return fgp_signing_key_init(&key, text("secret"), now, text("eu-west-1"), text("s3"), &err);
}

static fgp_chunked some_body(fgp_payload_kind kind)
{
    return (fgp_chunked){ .kind = kind, .length = sizeof plain, .chunk = FGP_CHUNK_MIN,
                          .checksum = kind == FGP_PAYLOAD_CHUNKS ? FGP_CHECKSUM_NONE
                                                                 : FGP_CHECKSUM_CRC64NVME };
}

static void start(fgp_chunker *c, const fgp_chunked *body)
{
    if (fgp_chunker_init(c, body, &key, now, text(seed)) != FGP_OK)
        fail_msg("%s", c->error.text);
}

/* ---- room ------------------------------------------------------------- */

/* With each room that is too small: nothing is taken, and need says what will do. */
static void rooms(void **state)
{
    static char buf[FGP_CHUNK_MIN + 512];
    fgp_chunked body = some_body(FGP_PAYLOAD_CHUNKS_TRAILER);
    fgp_chunker c;

    (void)state;
    start(&c, &body);
    for (size_t done = 0; done < sizeof plain;) {
        fgp_str one = { plain + done, sizeof plain - done };
        size_t  need = 0;

        for (size_t cap = 0; need == 0 || cap <= need; cap++) {
            fgp_out out = { buf, cap, 0, NULL };
            fgp_str in = one;
            int     s = fgp_chunker_put(&c, &in, &out);

            if (need != 0 && cap == need) {
                assert_int_equal(FGP_OK, s);
                assert_int_equal(need, out.need);
                done += one.len - in.len;
                break;
            }
            assert_int_equal(FGP_ERR_NOSPACE, s);
            assert_int_equal(one.len, in.len);
            assert_true(need == 0 || need == out.need);
            need = out.need;
        }
        assert_true(need <= fgp_chunked_room(&body));
    }
    for (size_t cap = 0, need = 1; cap <= need; cap++) {
        fgp_out out = { buf, cap, 0, NULL };
        int     s = fgp_chunker_end(&c, &out);

        need = out.need;
        assert_int_equal(cap < need ? FGP_ERR_NOSPACE : FGP_OK, s);
    }
    fgp_chunker_wipe(&c);
}

/* Headers likewise: all or nothing. */
static void header_rooms(void **state)
{
    fgp_chunked body = some_body(FGP_PAYLOAD_CHUNKS_TRAILER);
    fgp_header  headers[FGP_CHUNKED_HEADERS];
    fgp_error   err;
    char        buf[256];
    size_t      n;

    (void)state;
    body.coding = text("gzip");
    for (size_t cap = 0, need = 1; cap <= need; cap++) {
        fgp_out out = { buf, cap, 0, NULL };
        int     s = fgp_chunked_headers(&body, &out, headers, &n, &err);

        need = out.need;
        assert_int_equal(cap < need ? FGP_ERR_NOSPACE : FGP_OK, s);
        assert_int_equal(cap < need ? 0 : 4, n);
    }
    same(headers[0].value, text("aws-chunked,gzip"));
    same(headers[2].value, text("20000"));
    same(headers[3].value, text("x-amz-checksum-crc64nvme"));
}

/* ---- without a copy --------------------------------------------------- */

/* Heads and tails around the caller's own bytes make what fgp_chunker_put() makes. */
static void heads_alone(void **state)
{
    static const fgp_payload_kind kinds[] = { FGP_PAYLOAD_CHUNKS, FGP_PAYLOAD_CHUNKS_TRAILER,
                                              FGP_PAYLOAD_UNSIGNED_TRAILER };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        chunked_case c = { .body = some_body(kinds[i]), .key = key, .now = now,
                           .seed = text(seed), .plain = { plain, sizeof plain } };
        fgp_str      want = case_encode(&c, 1000), in = c.plain;
        fgp_out      out = { malloc(want.len), want.len, 0, NULL };
        fgp_chunker  k;

        start(&k, &c.body);
        while (in.len != 0) {
            fgp_str chunk = { in.ptr, 0 };

            while (fgp_chunker_wants(&k) != 0) { /* in pieces of 999 */
                fgp_str some = { in.ptr, in.len < 999 ? in.len : 999 };
                size_t  n = some.len;

                assert_int_equal(FGP_OK, fgp_chunker_add(&k, &some));
                n -= some.len;
                in = (fgp_str){ in.ptr + n, in.len - n };
                chunk.len += n;
            }
            assert_int_equal(FGP_OK, fgp_chunker_head(&k, &out));
            memcpy(out.buf + out.need, chunk.ptr, chunk.len);
            out.need += chunk.len;
            memcpy(out.buf + out.need, FGP_CHUNK_TAIL, 2);
            out.need += 2;
        }
        assert_int_equal(FGP_OK, fgp_chunker_end(&k, &out));
        same((fgp_str){ out.buf, out.need }, want);
        fgp_chunker_wipe(&k);
        free(out.buf);
        free((void *)(uintptr_t)want.ptr);
    }
}

/* The value of a trailer may be known at the end alone. */
static void late_trailer(void **state)
{
    char        value[] = "????";
    fgp_header  trailer = { text("x-amz-meta-late"), { value, 4 } };
    fgp_chunked body = { .kind = FGP_PAYLOAD_CHUNKS_TRAILER, .trailers = &trailer, .ntrailers = 1 };
    char        buf[512];
    fgp_out     out = { buf, sizeof buf, 0, NULL };
    fgp_chunker c;

    (void)state;
    start(&c, &body);
    memcpy(value, "late", 4);
    assert_int_equal(FGP_OK, fgp_chunker_end(&c, &out));
    assert_non_null(memmem(buf, out.need, "\r\nx-amz-meta-late:late\r\n", 24));
    assert_int_equal(out.need, fgp_chunked_length(&body));
    fgp_chunker_wipe(&c);
}

/* ---- refusals --------------------------------------------------------- */

static void wrong_lengths(void **state)
{
    static char buf[65536];
    fgp_chunked body = some_body(FGP_PAYLOAD_CHUNKS);
    fgp_out     out = { buf, sizeof buf, 0, NULL };
    fgp_str     in = { plain, sizeof plain }, more = text("x");
    fgp_chunker c;

    (void)state;
    start(&c, &body);
    in.len--;
    while (in.len != 0)
        assert_int_equal(FGP_OK, fgp_chunker_put(&c, &in, &out));
    out.need = 0;
    assert_int_equal(FGP_ERR_BAD_BODY, fgp_chunker_end(&c, &out));
    same_error(&c.error, FGP_ERR_BAD_BODY,
               "the body: is shorter than its length that was declared");
    assert_int_equal(FGP_ERR_BAD_BODY, fgp_chunker_put(&c, &more, &out)); /* and it stays */
    assert_int_equal(0, out.need);
    fgp_chunker_wipe(&c);

    start(&c, &body);
    in = (fgp_str){ plain, sizeof plain };
    while (in.len != 0)
        assert_int_equal(FGP_OK, fgp_chunker_put(&c, &in, &out));
    assert_int_equal(0, fgp_chunker_wants(&c));
    assert_int_equal(FGP_ERR_BAD_BODY, fgp_chunker_put(&c, &more, &out));
    same_error(&c.error, FGP_ERR_BAD_BODY,
               "the body: is longer than its length that was declared");
    fgp_chunker_wipe(&c);
    fgp_chunker_wipe(&c); /* twice does no harm */
}

static void wrong_calls(void **state)
{
    static char buf[65536];
    fgp_chunked body = some_body(FGP_PAYLOAD_CHUNKS);
    fgp_out     out = { buf, sizeof buf, 0, NULL };
    fgp_str     in = { plain, 100 };
    fgp_chunker c;

    (void)state;
    start(&c, &body);
    assert_int_equal(FGP_OK, fgp_chunker_put(&c, &in, &out));
    out.buf++;
    out.cap--;
    in = (fgp_str){ plain, 100 };
    assert_int_equal(FGP_ERR_BAD_CHUNK, fgp_chunker_put(&c, &in, &out));
    fgp_chunker_wipe(&c);

    start(&c, &body);
    assert_int_equal(FGP_ERR_BAD_CHUNK, fgp_chunker_head(&c, &out));
    fgp_chunker_wipe(&c);

    body.length = 0;
    start(&c, &body);
    assert_int_equal(FGP_OK, fgp_chunker_end(&c, &out));
    assert_int_equal(FGP_ERR_BAD_BODY, fgp_chunker_end(&c, &out));
    fgp_chunker_wipe(&c);
}

static const fgp_header md5 = { FGP_STR("content-md5"), FGP_STR("x") },
                        twice[] = { { FGP_STR("a"), FGP_STR("1") }, { FGP_STR("A"), FGP_STR("2") } },
                        spaced = { FGP_STR("a b"), FGP_STR("1") },
                        signature = { FGP_STR("X-Amz-Trailer-Signature"), FGP_STR("1") },
                        checksum = { FGP_STR("x-amz-checksum-sha1"), FGP_STR("1") },
                        blank = { FGP_STR("a"), FGP_STR(" 1") },
                        line_end = { FGP_STR("a"), FGP_STR("1\r\nb:2") };

#define UNSIGNED FGP_PAYLOAD_UNSIGNED_TRAILER
#define TRAILER  FGP_PAYLOAD_CHUNKS_TRAILER
#define CHUNKS   FGP_PAYLOAD_CHUNKS

static const struct {
    fgp_chunked body;
    fgp_status  status;
    const char *text;
} refused[] = {
    { { .kind = FGP_PAYLOAD_BYTES }, FGP_ERR_BAD_PAYLOAD,
      "the payload kind: must be one that is sent in chunks" },
    { { .kind = FGP_PAYLOAD_EVENTS }, FGP_ERR_BAD_PAYLOAD,
      "the payload kind: must be one that is sent in chunks" },
    { { .kind = CHUNKS, .length = FGP_BODY_MAX + 1 }, FGP_ERR_BAD_BODY,
      "the body's length: is more than 2^50 bytes" },
    { { .kind = CHUNKS, .chunk = FGP_CHUNK_MIN - 1 }, FGP_ERR_BAD_CHUNK,
      "the chunk's size: must be 8192 bytes to 1 GiB" },
    { { .kind = CHUNKS, .chunk = FGP_CHUNK_MAX + 1u }, FGP_ERR_BAD_CHUNK,
      "the chunk's size: must be 8192 bytes to 1 GiB" },
    { { .kind = CHUNKS, .coding = FGP_STR("gzip\r\nx: y") }, FGP_ERR_BAD_HEADER,
      "content-encoding \"gzip\\x0d\\x0ax: y\": must be a list of codings, such as gzip" },
    { { .kind = CHUNKS, .checksum = FGP_CHECKSUM_CRC32 }, FGP_ERR_BAD_TRAILER,
      "trailer: this kind of body has none; see fgp_payload_kind" },
    { { .kind = TRAILER }, FGP_ERR_BAD_TRAILER,
      "trailer: this kind of body has one; a checksum is the usual one" },
    { { .kind = UNSIGNED, .trailers = &md5, .ntrailers = 1 }, FGP_ERR_BAD_TRAILER,
      "trailer: an unsigned body needs a checksum, for nothing else vouches for it" },
    { { .kind = TRAILER, .trailers = twice, .ntrailers = 2 }, FGP_ERR_BAD_TRAILER,
      "trailer \"A\": is repeated, or one of more than 8" },
    { { .kind = TRAILER, .trailers = &spaced, .ntrailers = 1 }, FGP_ERR_BAD_TRAILER,
      "trailer \"a b\": its name is empty, or holds what no name may" },
    { { .kind = TRAILER, .trailers = &signature, .ntrailers = 1 }, FGP_ERR_BAD_TRAILER,
      "trailer \"X-Amz-Trailer-Signature\": is made by signing; leave it out" },
    { { .kind = TRAILER, .trailers = &checksum, .ntrailers = 1, .checksum = FGP_CHECKSUM_CRC32 },
      FGP_ERR_BAD_TRAILER, "trailer: a body has one checksum, not several" },
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        fgp_header  headers[FGP_CHUNKED_HEADERS];
        char        buf[512];
        fgp_out     out = { buf, sizeof buf, 0, NULL };
        size_t      n;
        fgp_error   err;
        fgp_chunker c;

        assert_int_equal(refused[i].status,
                         fgp_chunked_headers(&refused[i].body, &out, headers, &n, &err));
        same_error(&err, refused[i].status, refused[i].text);
        assert_int_equal(0, n + out.need);
        assert_int_equal(refused[i].status,
                         fgp_chunker_init(&c, &refused[i].body, &key, now, text(seed)));
        same_error(&c.error, refused[i].status, refused[i].text);
        fgp_chunker_wipe(&c);
    }
}

static void refuses_at_the_end(void **state)
{
    const fgp_header *bad[] = { &blank, &line_end };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fgp_chunked body = { .kind = TRAILER, .trailers = bad[i], .ntrailers = 1 };
        char        buf[512];
        fgp_out     out = { buf, sizeof buf, 0, NULL };
        fgp_chunker c;

        start(&c, &body);
        assert_int_equal(FGP_ERR_BAD_TRAILER, fgp_chunker_end(&c, &out));
        same_error(&c.error, FGP_ERR_BAD_TRAILER,
                   i == 0 ? "trailer \"a\": its value begins or ends with a space"
                          : "trailer \"a\": its value holds a line end or another control byte");
        assert_int_equal(0, out.need);
        fgp_chunker_wipe(&c);
    }
}

static void refuses_key_and_seed(void **state)
{
    fgp_chunked body = some_body(CHUNKS);
    fgp_chunker c;

    (void)state;
    assert_int_equal(FGP_ERR_KEY_SCOPE, fgp_chunker_init(&c, &body, &key, now + 86400, text(seed)));
    fgp_chunker_wipe(&c);
    assert_int_equal(FGP_ERR_BAD_SIGNATURE, fgp_chunker_init(&c, &body, &key, now, text("4f23")));
    same_error(&c.error, FGP_ERR_BAD_SIGNATURE, "the request's signature: must be 64 hexadecimal "
                                                "digits in lower case, as fgp_sign() gives it");
    fgp_chunker_wipe(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),          cmocka_unit_test(rooms),
        cmocka_unit_test(header_rooms),     cmocka_unit_test(heads_alone),
        cmocka_unit_test(late_trailer),     cmocka_unit_test(wrong_lengths),
        cmocka_unit_test(wrong_calls),      cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_at_the_end), cmocka_unit_test(refuses_key_and_seed),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
