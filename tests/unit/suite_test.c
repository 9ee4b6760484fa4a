/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suite_test.c - AWS's own SigV4 suite, straight to the core: 38 cases, each signed in
 * headers and in the URL, with raw spaces and UTF-8 in the target as it has them.
 */
#include "signing_case.h"

#include <dirent.h>
#include <time.h>

static char folder[512], dir[1024];
static int  cases, right;

static fgp_str suite_file(const char *name)
{
    char  path[2048];
    char *bytes;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    bytes = vector_slurp(path);
    return (fgp_str){ bytes, strlen(bytes) };
}

/* The value of |name| in the JSON |context|, which is flat enough to be searched. */
static fgp_str setting(const char *context, const char *name)
{
    char        quoted[64];
    const char *at;
    size_t      n;

    snprintf(quoted, sizeof quoted, "\"%s\": ", name);
    at = strstr(context, quoted);
    if (at == NULL)
        return (fgp_str){ NULL, 0 };
    at += strlen(quoted);
    n = *at == '"' ? strcspn(++at, "\"") : strcspn(at, ",\n}");
    return (fgp_str){ at, n };
}

static int64_t seconds(fgp_str iso)
{
    struct tm tm = { 0 };
    char      s[32] = "";

    memcpy(s, iso.ptr, iso.len < sizeof s ? iso.len : sizeof s - 1);
    assert_non_null(strptime(s, "%Y-%m-%dT%H:%M:%SZ", &tm));
    return (int64_t)timegm(&tm);
}

/* Folded lines become one, as an HTTP parser hands them on. */
static void unfold(char *s)
{
    for (; *s != '\0'; s++)
        if (s[0] == '\n' && (s[1] == ' ' || s[1] == '\t'))
            s[0] = ' ';
}

/* The suite's requests hold what the signer adds; it is taken out. */
static void drop_added(signing_case *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->req.nheaders; i++)
        if (!fgp_str_ieq(c->headers[i].name, fgp_lit("x-amz-date")) &&
            !fgp_str_ieq(c->headers[i].name, fgp_lit("x-amz-security-token")))
            c->headers[n++] = c->headers[i];
    c->req.nheaders = n;
}

static void prepare(signing_case *c, const char *context, fgp_str request)
{
    bool      sign_body = fgp_str_eq(setting(context, "sign_body"), fgp_lit("true"));
    fgp_error err;

    memset(c, 0, sizeof *c);
    c->now = seconds(setting(context, "timestamp"));
    assert_int_equal(FGP_OK, fgp_signing_key_init(&c->key, setting(context, "secret_access_key"),
                                                  c->now, setting(context, "region"),
                                                  setting(context, "service"), &err));
    case_parse(c, request);
    drop_added(c);
    if (!sign_body)
        c->req.payload.data.len = 0;
    c->signer = (fgp_signer){
        .access_key_id = setting(context, "access_key_id"),
        .session_token = setting(context, "token"),
        .key = &c->key,
        .cover = FGP_COVER_ALL,
        .rules = { .normalize = fgp_str_eq(setting(context, "normalize"), fgp_lit("true")),
                   .double_encode = true, .content_sha256 = sign_body },
        .token_unsigned = fgp_str_eq(setting(context, "omit_session_token"), fgp_lit("true")),
    };
}

static void compare(const signing_case *c, const char *form)
{
    static char        room[1 << 16], trace_room[1 << 16];
    fgp_out            out = { room, sizeof room, 0, NULL };
    fgp_out            trace = { trace_room, sizeof trace_room, 0, NULL };
    fgp_signed         res;
    static const char *files[] = { "canonical-request", "string-to-sign", "signature" };
    fgp_str           *got[] = { &res.canonical_request, &res.string_to_sign, &res.signature };

    if (case_sign(c, &out, &trace, &res) != FGP_OK)
        fail_msg("%s: %s", dir, res.error.text);
    for (size_t i = 0; i < 3; i++) {
        char    name[64];
        fgp_str want;

        snprintf(name, sizeof name, "%s-%s.txt", form, files[i]);
        want = suite_file(name);
        same(*got[i], want);
        free((void *)want.ptr);
    }
    right++;
}

static void run_case(const char *name)
{
    signing_case c;
    char        *context, *request;

    snprintf(dir, sizeof dir, "%s/%s", folder, name);
    context = (char *)suite_file("context.json").ptr;
    request = (char *)suite_file("request.txt").ptr;
    unfold(request);
    prepare(&c, context, (fgp_str){ request, strlen(request) });
    compare(&c, "header");
    c.expires_s = vector_number(setting(context, "expiration_in_seconds"));
    compare(&c, "query");
    free(context);
    free(request);
    cases++;
}

static void suite(void **state)
{
    DIR           *d = opendir(folder);
    struct dirent *e;

    (void)state;
    while ((e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            run_case(e->d_name);
    closedir(d);
    print_message("%d cases, %d of %d signatures right\n", cases, right, 2 * cases);
    assert_true(cases >= 38);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(suite) };
    const char             *root = getenv("FINGERPOST_CONFORMANCE");
    const char             *source = getenv("FINGERPOST_SOURCE");
    DIR                    *d;

    if (root != NULL)
        snprintf(folder, sizeof folder, "%s/signing/v4", root);
    else
        snprintf(folder, sizeof folder, "%s/../shared/conformance/signing/v4",
                 source != NULL ? source : ".");
    d = opendir(folder);
    if (d == NULL) {
        printf("skipped: no cases; set FINGERPOST_CONFORMANCE to their folder\n");
        return 77;
    }
    closedir(d);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
