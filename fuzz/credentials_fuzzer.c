/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials_fuzzer.c - any bytes as a shared credentials file.
 *
 * What is found passes the check, lies in the file, and is one line of it; what is
 * not found leaves nothing, and an error that shows no byte but printable ones.
 * The profile is the file's first line, or "default".
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void must(int holds)
{
    if (!holds)
        abort();
}

static void check_value(fgp_str file, fgp_str value)
{
    if (value.len == 0)
        return;
    must(value.ptr >= file.ptr && value.ptr + value.len <= file.ptr + file.len);
    must(memchr(value.ptr, '\n', value.len) == NULL);
    must(value.ptr[0] != ' ' && value.ptr[value.len - 1] != ' ');
}

static void check_profile(fgp_str file, fgp_str profile)
{
    fgp_error       err = { FGP_OK, "" };
    fgp_credentials creds;
    fgp_status      s = fgp_credentials_parse(file, profile, &creds, &err);

    if (s == FGP_OK) {
        must(fgp_check_credentials(&creds, &err) == FGP_OK);
        must(creds.secret_access_key.len != 0);
    } else {
        must(s == FGP_ERR_NO_CREDENTIALS || s == FGP_ERR_BAD_CREDENTIALS);
        must(err.status == s && memchr(err.text, '\0', sizeof err.text) != NULL);
        must(creds.access_key_id.len + creds.secret_access_key.len + creds.session_token.len == 0);
        for (const char *c = err.text; *c != '\0'; c++)
            must(*c >= ' ' && *c <= '~');
    }
    check_value(file, creds.access_key_id);
    check_value(file, creds.secret_access_key);
    check_value(file, creds.session_token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fgp_str file = { (const char *)data, size }, rest = file, first;

    check_profile(file, fgp_lit("default"));
    fgp_str_cut(&rest, '\n', &first);
    check_profile(rest, first);
    return 0;
}
