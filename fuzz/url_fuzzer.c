/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url_fuzzer.c - any bytes as a URL, and as text to be percent-encoded.
 *
 * A URL that is let through is the sum of its parts, which lie in it one after the
 * other; a path that was encoded anew stays the same when that is done again, and is
 * let through.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/chars.h"
#include "base/out.h"

static void must(int holds)
{
    if (!holds)
        abort();
}

static fgp_out room_of(size_t n)
{
    fgp_out out = { malloc(n != 0 ? n : 1), n, 0, NULL };

    must(out.buf != NULL);
    return out;
}

static void check_port(const fgp_url *url)
{
    size_t  bare = url->host.len + (url->host.ptr != url->authority.ptr ? 2 : 0);
    char    port[16];
    int     n = snprintf(port, sizeof port, ":%u", url->port);
    fgp_str rest = { url->authority.ptr + bare, url->authority.len - bare };

    must(url->port >= 1 && url->port <= 65535);
    if (rest.len != 0)
        must(fgp_str_eq(rest, (fgp_str){ port, (size_t)n }));
    else
        must(url->port == (url->scheme.len == 4 ? 80 : 443));
}

static void check_parts(fgp_str text, const fgp_url *url)
{
    fgp_out whole = room_of(text.len);

    fgp_put(&whole, url->scheme);
    fgp_put(&whole, fgp_lit("://"));
    fgp_put(&whole, url->authority);
    fgp_put(&whole, url->path);
    if (url->has_query)
        fgp_put_char(&whole, '?');
    fgp_put(&whole, url->query);
    must(fgp_str_eq(fgp_out_since(&whole, 0), text));
    free(whole.buf);

    for (size_t i = 0; i < url->host.len; i++)
        must(fgp_is(url->host.ptr[i], FGP_HOST) || (url->is_ip && url->host.ptr[i] == ':'));
    must(url->host.len != 0 && (url->path.len == 0 || url->path.ptr[0] == '/'));
    check_port(url);
}

static void check_url(fgp_str text)
{
    fgp_error err = { FGP_OK, "" };
    fgp_url   url;

    if (fgp_url_parse(text, &url, &err) == FGP_OK) {
        check_parts(text, &url);
        return;
    }
    must(err.status == FGP_ERR_BAD_URL && err.text[0] != '\0');
    must(memchr(err.text, '\0', sizeof err.text) != NULL);
    for (const char *c = err.text; *c != '\0'; c++)
        must(*c >= ' ' && *c <= '~');
}

static void check_encoding(fgp_str text, int keep)
{
    fgp_out   once = room_of(3 * text.len + 20), twice = room_of(3 * text.len + 20);
    fgp_error err;
    fgp_url   url;

    if (fgp_put_reencoded(&once, text, keep) == text.len) {
        must(fgp_put_reencoded(&twice, fgp_out_since(&once, 0), keep) == once.need);
        must(fgp_str_eq(fgp_out_since(&once, 0), fgp_out_since(&twice, 0)));
    }
    once.need = twice.need = 0;
    fgp_put(&once, fgp_lit("https://a/"));
    fgp_put_uri_path(&once, text);
    must(fgp_out_fits(&once));
    must(fgp_url_parse(fgp_out_since(&once, 0), &url, &err) == FGP_OK);
    must(fgp_put_reencoded(&twice, url.path, FGP_PATH) == url.path.len);
    must(fgp_str_eq(url.path, fgp_out_since(&twice, 0)));
    free(once.buf);
    free(twice.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fgp_str text = { (const char *)data, size };

    check_url(text);
    check_encoding(text, FGP_PATH);
    check_encoding(text, FGP_UNRESERVED);
    return 0;
}
