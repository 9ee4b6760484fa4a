/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_test.c - shared credentials files as people and tools write them. */
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ID       "aws_access_key_id"
#define KEY      "aws_secret_access_key"
#define PAIR     ID " = AKID\n" KEY " = hunter2\n"

/* error NULL: the file is good; else what its text must hold */
static const struct {
    const char *name, *file, *profile, *id, *secret, *token, *error;
    fgp_status  status;
} rows[] = {
    { "plain", "[default]\n" PAIR, "default", "AKID", "hunter2", "", NULL, FGP_OK },
    { "token", "[default]\n" PAIR "aws_session_token=t/+==\n", "default", "AKID", "hunter2",
      "t/+==", NULL, FGP_OK },
    { "another", "[a]\n" ID "=1\n" KEY "=2\n[b]\n" PAIR "[c]\n", "b", "AKID", "hunter2", "", NULL,
      FGP_OK },
    { "F1 byte order mark", "\xef\xbb\xbf[default]\n" PAIR, "default", "AKID", "hunter2", "", NULL,
      FGP_OK },
    { "F2 CRLF", "[default]\r\n" ID "=AKID\r\n" KEY "=hunter2\r\n", "default", "AKID", "hunter2",
      "", NULL, FGP_OK },
    { "F2 lone CR", "[default]\r" ID "=AKID\r" KEY "=hunter2\r", "default", NULL, NULL, NULL,
      "", FGP_ERR_NO_CREDENTIALS },
    { "F3 no last line end", "[default]\n" ID "=AKID\n" KEY "=hunter2", "default", "AKID",
      "hunter2", "", NULL, FGP_OK },
    { "F7 nested", "[default]\ns3 =\n  max = 1\n\n  b=\n" PAIR, "default", "AKID", "hunter2", "",
      NULL, FGP_OK },
    { "F7 tabs", "[default]\n" ID "\t=\tAKID\t\n" KEY " \t= hunter2\n", "default", "AKID",
      "hunter2", "", NULL, FGP_OK },
    { "F8 key twice", "[default]\n" ID "=no\n" PAIR, "default", "AKID", "hunter2", "", NULL,
      FGP_OK },
    { "F8 section twice", "[default]\n" ID "=AKID\n[x]\n" ID "=no\n[default]\n" KEY "=hunter2\n",
      "default", "AKID", "hunter2", "", NULL, FGP_OK },
    { "case of keys", "[default]\nAWS_Access_Key_ID=AKID\nAws_Secret_Access_Key=hunter2\n",
      "default", "AKID", "hunter2", "", NULL, FGP_OK },
    { "F9 profile prefix is another name", "[profile default]\n" PAIR, "default", NULL, NULL, NULL,
      "default", FGP_ERR_NO_CREDENTIALS },
    { "F9 padded name", "[  a  ] # note\n" PAIR, "a", "AKID", "hunter2", "", NULL, FGP_OK },
    { "F9 quoted name", "[\"a\"]\n" PAIR, "a", "AKID", "hunter2", "", NULL, FGP_OK },
    { "F9 odd name", "[__proto__]\n" PAIR, "__proto__", "AKID", "hunter2", "", NULL, FGP_OK },
    { "F9 a ']' ends it", "[a]b]\n" PAIR, "a", "AKID", "hunter2", "", NULL, FGP_OK },
    { "F16 slash", "[a/b]\n" PAIR, "a/b", "AKID", "hunter2", "", NULL, FGP_OK },
    { "F17 comments", "# c\n; c\n  # c\n[default]; c\n" ID " = AKID # c\n" KEY " = hunter2\t; c\n",
      "default", "AKID", "hunter2", "", NULL, FGP_OK },
    { "F17 no comment", "[default]\n" ID "=AKID#c;d\n" KEY "=hunter2#c;d\n", "default",
      "AKID#c;d", "hunter2#c;d", "", NULL, FGP_OK },
    { "indented all", "  [default]\n  " ID "=AKID\n  " KEY "=hunter2\n", "default", "AKID",
      "hunter2", "", NULL, FGP_OK },
    { "equals signs in values", "[default]\n" ID "=AKID\n" KEY "=hun=ter2=\n", "default", "AKID",
      "hun=ter2=", "", NULL, FGP_OK },

    { "empty", "", "default", NULL, NULL, NULL, "default", FGP_ERR_NO_CREDENTIALS },
    { "no such section", "[a]\n" PAIR, "b", NULL, NULL, NULL, "\"b\"", FGP_ERR_NO_CREDENTIALS },
    { "an empty section", "[a]\n[b]\n" PAIR, "a", NULL, NULL, NULL, "\"a\"",
      FGP_ERR_NO_CREDENTIALS },
    { "D14 no secret", "[default]\n" ID "=AKID\n", "default", NULL, NULL, NULL, "secret access key",
      FGP_ERR_BAD_CREDENTIALS },
    { "D14 no id", "[default]\n" KEY "=hunter2\n", "default", NULL, NULL, NULL, "access key id",
      FGP_ERR_BAD_CREDENTIALS },
    { "section not closed", "[default\n" PAIR, "default", NULL, NULL, NULL, "\"1\"",
      FGP_ERR_BAD_CREDENTIALS },
    { "comment in a name", "[de#fault]\n" PAIR, "default", NULL, NULL, NULL, "\"1\"",
      FGP_ERR_BAD_CREDENTIALS },
    { "before any section", "a=b\n", "default", NULL, NULL, NULL, "\"1\"",
      FGP_ERR_BAD_CREDENTIALS },
    { "no equals sign", "[default]\n" PAIR "hunter2\n", "default", NULL, NULL, NULL, "\"4\"",
      FGP_ERR_BAD_CREDENTIALS },
    { "colon", "[default]\n" ID ": hunter2\n", "default", NULL, NULL, NULL, "\"2\"",
      FGP_ERR_BAD_CREDENTIALS },
    { "no name", "[default]\n= hunter2\n", "default", NULL, NULL, NULL, "\"2\"",
      FGP_ERR_BAD_CREDENTIALS },
    { "malformed behind it", "[default]\n" PAIR "\n\n[x\n", "default", NULL, NULL, NULL, "\"6\"",
      FGP_ERR_BAD_CREDENTIALS },
    { "a value goes on", "[default]\n" KEY "=hunter2\n hunter2\n", "default", NULL, NULL, NULL,
      "\"3\"", FGP_ERR_BAD_CREDENTIALS },
    { "a key in a value", "[default]\n" ID "=AKID\n  " KEY "=hunter2\n", "default", NULL, NULL,
      NULL, "\"3\"", FGP_ERR_BAD_CREDENTIALS },
    { "nested without equals sign", "[default]\ns3 =\n  hunter2\n", "default", NULL, NULL, NULL,
      "\"3\"", FGP_ERR_BAD_CREDENTIALS },
    { "D13 a space in the id", "[default]\n" ID "=AK ID\n" KEY "=hunter2\n", "default", NULL, NULL,
      NULL, "access key id", FGP_ERR_BAD_CREDENTIALS },
    { "D13 a control byte in the secret", "[default]\n" ID "=AKID\n" KEY "=hunter2\x01\n",
      "default", NULL, NULL, NULL, "secret access key", FGP_ERR_BAD_CREDENTIALS },
    { "D13 a control byte in the token", "[default]\n" PAIR "aws_session_token=hunter2\x7f\n",
      "default", NULL, NULL, NULL, "session token", FGP_ERR_BAD_CREDENTIALS },
};

static void files(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fgp_error       err = { FGP_OK, "" };
        fgp_credentials creds;
        fgp_status      s = fgp_credentials_parse(text(rows[i].file), text(rows[i].profile),
                                                  &creds, &err);

        if (s != rows[i].status)
            fail_msg("%s: got %s, %s", rows[i].name, fgp_status_name(s), err.text);
        if (s == FGP_OK) {
            same(creds.access_key_id, text(rows[i].id));
            same(creds.secret_access_key, text(rows[i].secret));
            same(creds.session_token, text(rows[i].token));
            continue;
        }
        assert_int_equal(0, creds.access_key_id.len + creds.secret_access_key.len +
                                creds.session_token.len);
        assert_null(strstr(err.text, "hunter2"));
        if (strstr(err.text, rows[i].error) == NULL)
            fail_msg("%s: %s", rows[i].name, err.text);
    }
}

/* F5: a NUL is a byte like others, and no end. */
static void nul(void **state)
{
    static const char file[] = "[default]\n" ID "=A\0B\n" KEY "=hunter2\n";
    fgp_error         err;
    fgp_credentials   creds;

    (void)state;
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS,
                     fgp_credentials_parse((fgp_str){ file, sizeof file - 1 }, text("default"),
                                           &creds, &err));
}

/* Cut at every byte it is good, or an error, and nothing behind it is read. */
static void cuts(void **state)
{
    static const char file[] = "\xef\xbb\xbf# c\n[default]\r\n" PAIR "s3 =\n  a = b\n [x] ; c\n";

    (void)state;
    for (size_t n = 0; n < sizeof file; n++) {
        char           *cut = malloc(n + 1);
        fgp_error       err;
        fgp_credentials creds;

        memcpy(cut, file, n);
        fgp_credentials_parse((fgp_str){ cut, n }, text("default"), &creds, &err);
        free(cut);
    }
}

static void checks(void **state)
{
    fgp_credentials none = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    fgp_credentials good = { FGP_STR("AKID"), FGP_STR("hunter2"), FGP_STR("") };
    fgp_error       err;

    (void)state;
    assert_int_equal(FGP_ERR_NO_CREDENTIALS, fgp_check_credentials(&none, &err));
    assert_int_equal(FGP_OK, fgp_check_credentials(&good, &err));
    good.access_key_id = text("AK/ID");
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS, fgp_check_credentials(&good, &err));
    good.access_key_id = text("AK,ID");
    assert_int_equal(FGP_ERR_BAD_CREDENTIALS, fgp_check_credentials(&good, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files), cmocka_unit_test(nul), cmocka_unit_test(cuts),
        cmocka_unit_test(checks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
