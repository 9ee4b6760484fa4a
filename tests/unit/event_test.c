/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of event streams: published ones, pieces, room, and refusals. */
#include "event_case.h"

static const char *const types[] = { "true", "false", "byte", "short", "int", "long",
                                     "bytes", "string", "time", "uuid" };

static fgp_event_type type_of(fgp_str name)
{
    int i = 0;

    while (i < 10 && !fgp_str_eq(name, text(types[i])))
        i++;
    assert_true(i < 10);
    return (fgp_event_type)i;
}

/* Takes lines "name type value" into |headers|. */
static size_t take_event_headers(fgp_str lines, fgp_event_header *headers)
{
    size_t n = 0;

    while (lines.len != 0) {
        fgp_str           line, word;
        fgp_event_header *h = &headers[n];

        fgp_str_cut(&lines, '\n', &line);
        if (line.len == 0)
            continue;
        *h = (fgp_event_header){ .number = 0 };
        fgp_str_cut(&line, ' ', &h->name);
        fgp_str_cut(&line, ' ', &word);
        h->type = type_of(word);
        if (h->type == FGP_EVENT_BYTES || h->type == FGP_EVENT_STRING || h->type == FGP_EVENT_UUID)
            h->text = line;
        else
            h->number = vector_number(line);
        n++;
    }
    return n;
}

/* ---- vectors ---------------------------------------------------------- */

/* |bytes| are a message with these |headers| and |payload|, however much follows. */
static void expect_message(fgp_str bytes, const fgp_event_header *headers, size_t n,
                           fgp_str payload)
{
    fgp_event        e;
    fgp_event_header h;
    fgp_error        err;

    for (size_t len = 0; len < bytes.len; len++) { /* all that is not whole */
        assert_int_equal(FGP_OK, fgp_event_read((fgp_str){ bytes.ptr, len }, 0, &e, &err));
        assert_int_equal(len < 12 ? 12 : bytes.len, e.length);
        assert_int_equal(0, e.headers.len + e.payload.len);
    }
    if (fgp_event_read(bytes, 0, &e, &err) != FGP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(bytes.len, e.length);
    same(e.payload, payload);
    for (size_t i = 0; i < n; i++) {
        assert_true(fgp_event_next(&e.headers, &h));
        same(h.name, headers[i].name);
        assert_int_equal(h.type, headers[i].type);
        same(h.text, headers[i].text);
        assert_true(h.number == headers[i].number);
    }
    assert_false(fgp_event_next(&e.headers, &h));
}

/* With each room: need says what will do, and that does. */
static void expect_put(const fgp_event_header *headers, size_t n, fgp_str payload, fgp_str want)
{
    for (size_t cap = 0; cap <= want.len; cap++) {
        char     *buf = malloc(cap + 1);
        fgp_out   out = { buf, cap, 0, NULL };
        fgp_error err;
        int       s = fgp_event_put(&out, headers, n, payload, &err);

        assert_int_equal(cap < want.len ? FGP_ERR_NOSPACE : FGP_OK, s);
        assert_int_equal(want.len, out.need);
        if (s == FGP_OK)
            same((fgp_str){ buf, out.need }, want);
        free(buf);
    }
}

static void check_message(const vector *v)
{
    fgp_str          message = vector_bytes(vector_section(v, "message"));
    fgp_str          payload = vector_bytes(vector_section(v, "payload"));
    fgp_str          refused = vector_trim(vector_section(v, "refused"));
    fgp_event_header headers[16];
    size_t           n = take_event_headers(vector_section(v, "headers"), headers);
    fgp_event        e;
    fgp_error        err;

    if (refused.len != 0) {
        assert_int_equal(FGP_ERR_BAD_EVENT, fgp_event_read(message, 0, &e, &err));
        same(text(err.text), refused);
        assert_int_equal(0, e.length + e.headers.len + e.payload.len);
    } else {
        expect_message(message, headers, n, payload);
        expect_put(headers, n, payload, message);
    }
    free((void *)(uintptr_t)message.ptr);
    free((void *)(uintptr_t)payload.ptr);
}

static void messages(void **state)
{
    (void)state;
    vector_each("event", check_message);
}

/* ---- messages of all kinds -------------------------------------------- */

static void random_messages(void **state)
{
    static char bytes[300000], room[320000];
    uint64_t    random = 4;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)draw(&random, 256);
    for (int i = 0; i < 3000; i++) {
        fgp_event_header headers[20];
        size_t           n = draw(&random, 21);
        fgp_str          payload = { bytes, draw(&random, i % 10 == 0 ? 300000 : 300) };
        fgp_out          out = { room, sizeof room, 0, NULL };
        fgp_event        e;
        fgp_event_header h;
        fgp_error        err;

        for (size_t j = 0; j < n; j++) {
            int  type = (int)draw(&random, 10), size = type == 2 ? 1 : type == 3 ? 2 : type == 4 ? 4 : 8;
            bool is_text = type == FGP_EVENT_BYTES || type == FGP_EVENT_STRING;

            headers[j] = (fgp_event_header){
                .name = { bytes + 20 * (j + 1), 4 + draw(&random, 252) },
                .type = (fgp_event_type)type };
            if (is_text || type == FGP_EVENT_UUID)
                headers[j].text = (fgp_str){ bytes, is_text ? draw(&random, 2000) : 16 };
            else if (type > FGP_EVENT_FALSE)
                headers[j].number = (int64_t)((uint64_t)draw(&random, 1u << 31) << 33) >> (64 - 8 * size);
        }
        if (fgp_event_put(&out, headers, n, payload, &err) != FGP_OK)
            fail_msg("%s", err.text);
        assert_int_equal(FGP_OK, fgp_event_read((fgp_str){ room, sizeof room }, 0, &e, &err));
        assert_int_equal(out.need, e.length);
        same(e.payload, payload);
        for (size_t j = 0; j < n; j++) {
            assert_true(fgp_event_next(&e.headers, &h));
            same(h.name, headers[j].name);
            same(h.text, headers[j].text);
            assert_true(h.number == headers[j].number && h.type == headers[j].type);
        }
    }
}

/* ---- refusals to put -------------------------------------------------- */

static const char long_name[256] = "x", long_value[32768] = "x";

static const struct {
    fgp_event_header header;
    const char      *text;
} unputtable[] = {
    { { .name = FGP_STR(""), .type = FGP_EVENT_TRUE },
      "event header: its name must have 1 to 255 bytes" },
    { { .name = { long_name, 256 }, .type = FGP_EVENT_TRUE }, NULL },
    { { .name = FGP_STR("b"), .type = FGP_EVENT_BYTE, .number = 128 },
      "event header \"b\": is too large for its type" },
    { { .name = FGP_STR("b"), .type = FGP_EVENT_BYTE, .number = -129 },
      "event header \"b\": is too large for its type" },
    { { .name = FGP_STR("s"), .type = FGP_EVENT_SHORT, .number = 32768 },
      "event header \"s\": is too large for its type" },
    { { .name = FGP_STR("i"), .type = FGP_EVENT_INT, .number = INT64_C(2147483648) },
      "event header \"i\": is too large for its type" },
    { { .name = FGP_STR("u"), .type = FGP_EVENT_UUID, .text = FGP_STR("fifteen bytes..") },
      "event header \"u\": must have 16 bytes" },
    { { .name = FGP_STR("t"), .type = FGP_EVENT_STRING, .text = { long_value, 32768 } },
      "event header \"t\": is longer than 32767 bytes" },
    { { .name = FGP_STR("x"), .type = (fgp_event_type)10 },
      "event header \"x\": has a type that there is not" },
};

static void cannot_put(void **state)
{
    static fgp_event_header many[FGP_EVENT_HEADERS_MAX + 1];
    static char             names[FGP_EVENT_HEADERS_MAX + 1];
    fgp_out                 out = { NULL, 0, 0, NULL };
    fgp_error               err;

    (void)state;
    for (size_t i = 0; i < sizeof unputtable / sizeof unputtable[0]; i++) {
        assert_int_equal(FGP_ERR_BAD_EVENT,
                         fgp_event_put(&out, &unputtable[i].header, 1, text(""), &err));
        if (unputtable[i].text != NULL)
            same_error(&err, FGP_ERR_BAD_EVENT, unputtable[i].text);
        assert_int_equal(0, out.need);
    }
    for (size_t i = 0; i < sizeof names; i++) {
        names[i] = (char)i;
        many[i] = (fgp_event_header){ .name = { &names[i], 1 }, .type = FGP_EVENT_TRUE };
    }
    assert_int_equal(FGP_ERR_NOSPACE, fgp_event_put(&out, many, 255, text(""), &err));
    out.need = 0;
    fgp_event_put(&out, many, 256, text(""), &err);
    same_error(&err, FGP_ERR_BAD_EVENT, "event header: there are more than 255");
    many[1].name = many[0].name;
    fgp_event_put(&out, many, 2, text(""), &err);
    same_error(&err, FGP_ERR_BAD_EVENT, "event header \"\\x00\": is repeated");
    for (size_t i = 0; i < 4; i++) /* 5 bytes more each, so 16 too many together */
        many[i] = (fgp_event_header){ .name = { &names[i + 1], 1 }, .type = FGP_EVENT_BYTES,
                                      .text = { long_value, FGP_EVENT_VALUE_MAX } };
    many[3].text.len -= 16;
    assert_int_equal(FGP_ERR_NOSPACE, fgp_event_put(&out, many, 4, text(""), &err));
    out.need = 0;
    many[3].text.len++;
    fgp_event_put(&out, many, 4, text(""), &err);
    same_error(&err, FGP_ERR_BAD_EVENT,
               "event header: they are longer than 131072 bytes together");
    fgp_event_put(&out, NULL, 0, (fgp_str){ long_value, FGP_EVENT_MAX - 15 }, &err);
    same_error(&err, FGP_ERR_BAD_EVENT, "the event: is longer than 24 MiB");
    assert_int_equal(FGP_ERR_NOSPACE,
                     fgp_event_put(&out, NULL, 0, text("x"), &err));
}

/* ---- refusals to read ------------------------------------------------- */

static const struct unreadable {
    const char *name;
    const char *headers; /* as bytes of a vector */
    size_t      length, headers_len; /* as it says; 0: as is right */
    const char *text;
} unreadable[] = {
    { "longer than any", "", FGP_EVENT_MAX + 1, 0, "the event: is longer than is taken here" },
    { "longest length", "", 0xffffffff, 0, "the event: is longer than is taken here" },
    { "shorter than any", "", 15, 0, "the event: has lengths that contradict each other" },
    { "headers longer than it", "", 0, 1, "the event: has lengths that contradict each other" },
    { "headers longer than any", "", FGP_EVENT_MAX, FGP_EVENT_HEADER_TEXT + 1,
      "the event's headers: are longer than 131072 bytes" },
    { "empty name", "\\x00\\x00", 0, 0,
      "event header: is malformed: its name, type or length" },
    { "name past the end", "\\x05abcd", 0, 0,
      "event header: is malformed: its name, type or length" },
    { "no type", "\\x01a", 0, 0, "event header \"a\": is malformed: its name, type or length" },
    { "unknown type", "\\x01a\\x0a", 0, 0,
      "event header \"a\": is malformed: its name, type or length" },
    { "short number", "\\x01a\\x04abc", 0, 0,
      "event header \"a\": is malformed: its name, type or length" },
    { "half a length", "\\x01a\\x07\\x00", 0, 0,
      "event header \"a\": is malformed: its name, type or length" },
    { "text past the end", "\\x01a\\x07\\x00\\x02b", 0, 0,
      "event header \"a\": is malformed: its name, type or length" },
    { "text too long", "\\x01a\\x06\\x80\\x00{b*32768}", 0, 0,
      "event header \"a\": is malformed: its name, type or length" },
    { "short uuid", "\\x01a\\x09{b*15}", 0, 0,
      "event header \"a\": is malformed: its name, type or length" },
    { "repeated", "\\x01a\\x00\\x01b\\x00\\x01a\\x01", 0, 0, "event header \"a\": is repeated" },
};

#define NUNREADABLE (sizeof unreadable / sizeof unreadable[0])

static void cannot_read(void **state)
{
    const struct unreadable *row = *state;
    fgp_str                  headers = vector_bytes(text(row->headers));
    size_t                   n = 16 + headers.len;
    char                    *m = malloc(n);
    fgp_event                e;
    fgp_error                err = { .status = FGP_OK };

    memcpy(m + 12, headers.ptr, headers.len);
    mend(m, n, row->length ? row->length : n, row->headers_len ? row->headers_len : headers.len);
    fgp_event_read((fgp_str){ m, n }, 0, &e, &err);
    same_error(&err, FGP_ERR_BAD_EVENT, row->text);
    if (row->length != 0) { /* by the first 12 bytes alone */
        assert_int_equal(FGP_ERR_BAD_EVENT, fgp_event_read((fgp_str){ m, 12 }, 0, &e, &err));
        assert_int_equal(0, e.length);
    }
    free(m);
    free((void *)(uintptr_t)headers.ptr);
}

static void own_limit(void **state)
{
    char      m[20] = "";
    fgp_event e;
    fgp_error err;

    (void)state;
    mend(m, sizeof m, sizeof m, 0);
    assert_int_equal(FGP_OK, fgp_event_read((fgp_str){ m, sizeof m }, 20, &e, &err));
    assert_int_equal(FGP_ERR_BAD_EVENT, fgp_event_read((fgp_str){ m, sizeof m }, 19, &e, &err));
    same_error(&err, FGP_ERR_BAD_EVENT, "the event: is longer than is taken here");
}

/* Any one bit changed, and it is refused or not whole. */
static void changed_bits(void **state)
{
    char             room[256];
    fgp_event_header h = { .name = text("name"), .type = FGP_EVENT_STRING, .text = text("text") };
    fgp_out          out = { room, sizeof room, 0, NULL };
    fgp_event        e;
    fgp_error        err;

    (void)state;
    assert_int_equal(FGP_OK, fgp_event_put(&out, &h, 1, text("payload"), &err));
    for (size_t bit = 0; bit < 8 * out.need; bit++) {
        room[bit / 8] = (char)(room[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(FGP_ERR_BAD_EVENT,
                         fgp_event_read((fgp_str){ room, out.need }, 0, &e, &err));
        room[bit / 8] = (char)(room[bit / 8] ^ 1 << bit % 8);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages),   cmocka_unit_test(random_messages),
        cmocka_unit_test(cannot_put), cmocka_unit_test(own_limit),
        cmocka_unit_test(changed_bits),
    };
    struct CMUnitTest rows[NUNREADABLE];
    int               failed = cmocka_run_group_tests(tests, NULL, NULL);

    for (size_t i = 0; i < NUNREADABLE; i++)
        rows[i] = (struct CMUnitTest){ unreadable[i].name, cannot_read, NULL, NULL,
                                       (void *)(uintptr_t)&unreadable[i] };
    return failed + cmocka_run_group_tests_name("unreadable", rows, NULL, NULL);
}
