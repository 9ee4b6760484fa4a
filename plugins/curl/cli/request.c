/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.c - fingerpost request: makes one call with the helper.
 *
 * Knows libcurl's options for what the command line says; where the request goes
 * and its signature are the helper's.
 */
#include <errno.h>
#include <stdlib.h>

#include "../fingerpost_curl.h"
#include "body.h"
#include "credentials.h"

#define REDIRECTS_MAX 10L

/* One call under way. */
typedef struct run {
    const cli_args    *cli;
    CURL              *easy;
    fgp_curl          *shared;
    fgp_curl_easy     *f;
    struct curl_slist *list; /* -H */
    cli_body           body; /* -d, or -T from the standard input */
    FILE              *upload; /* -T */
    char               hash[65];
    FILE              *output;
    int                output_code; /* why it can't be written, once that was told */
} run;

/* ---- the body sent ---------------------------------------------------- */

/* -T: hashed first, sent after; a file that changed between is refused by the server. */
static int hash_file(run *r)
{
    char       piece[16384];
    fgp_digest digest;
    size_t     n;

    fgp_digest_init(&digest);
    while ((n = fread(piece, 1, sizeof piece, r->upload)) != 0)
        fgp_digest_add(&digest, (fgp_str){ piece, n });
    if (fgp_digest_hex(&digest, r->hash) != FGP_OK)
        return cli_fault(r->cli, CLI_CONFIG, "%s", fgp_status_text(FGP_ERR_CRYPTO));
    if (ferror(r->upload))
        return cli_fault(r->cli, CLI_USAGE, "cannot read the body from %s: %s", r->cli->upload,
                         strerror(errno));
    return CLI_OK;
}

static int seek_file(void *file, curl_off_t offset, int origin)
{
    return fseeko(file, offset, origin) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/* Read once, while it is sent. */
static void set_chunks(run *r, off_t size)
{
    fgp_curl_setopt(r->f, FGP_CURLOPT_PAYLOAD,
                    r->cli->unsigned_payload ? (long)FGP_CURL_PAYLOAD_CHUNKED_UNSIGNED
                                             : (long)FGP_CURL_PAYLOAD_CHUNKED);
    fgp_curl_setopt(r->f, FGP_CURLOPT_TRAILER, r->cli->trailer);
    fgp_curl_setopt(r->f, FGP_CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
    fgp_curl_setopt(r->f, FGP_CURLOPT_READDATA, r->upload);
}

static int set_upload(run *r)
{
    off_t size;
    int   code;

    r->upload = fopen(r->cli->upload, "rbe");
    if (r->upload == NULL || fseeko(r->upload, 0, SEEK_END) != 0 ||
        (size = ftello(r->upload)) < 0)
        return cli_fault(r->cli, CLI_USAGE, "cannot read the body from %s: %s", r->cli->upload,
                         strerror(errno));
    rewind(r->upload);
    if (r->cli->chunked) {
        set_chunks(r, size);
        return CLI_OK;
    }
    if (!r->cli->unsigned_payload) {
        if ((code = hash_file(r)) != CLI_OK)
            return code;
        rewind(r->upload);
        fgp_curl_setopt(r->f, FGP_CURLOPT_PAYLOAD_SHA256, r->hash);
    }
    curl_easy_setopt(r->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(r->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
    curl_easy_setopt(r->easy, CURLOPT_READFUNCTION, NULL); /* fread() */
    curl_easy_setopt(r->easy, CURLOPT_READDATA, r->upload);
    curl_easy_setopt(r->easy, CURLOPT_SEEKFUNCTION, seek_file);
    curl_easy_setopt(r->easy, CURLOPT_SEEKDATA, r->upload);
    return CLI_OK;
}

/* A body in memory: one that is read from a pipe can't be read twice. */
static int set_data(run *r)
{
    const cli_args *cli = r->cli;
    int             code = cli->upload != NULL ? cli_body_read(&r->body, cli, cli->upload)
                                               : cli_body_data(&r->body, cli);

    if (code != CLI_OK || !cli_has_body(cli))
        return code;
    fgp_curl_setopt(r->f, FGP_CURLOPT_POSTFIELDS, r->body.bytes != NULL ? r->body.bytes : "");
    fgp_curl_setopt(r->f, FGP_CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    return CLI_OK;
}

static int set_body(run *r)
{
    const cli_args *cli = r->cli;

    if (cli->upload != NULL && cli->data != NULL)
        return cli_fault(cli, CLI_USAGE, "-d and -T both give a body: leave one out");
    if (cli_chunked(cli) != CLI_OK)
        return CLI_USAGE;
    if (cli->chunked && (cli->upload == NULL || strcmp(cli->upload, "-") == 0))
        return cli_fault(cli, CLI_USAGE, "--chunked sends a file, whose length is known: -T FILE");
    if (cli->unsigned_payload)
        fgp_curl_setopt(r->f, FGP_CURLOPT_PAYLOAD, (long)FGP_CURL_PAYLOAD_UNSIGNED);
    return cli->upload != NULL && strcmp(cli->upload, "-") != 0 ? set_upload(r) : set_data(r);
}

/* ---- the reply -------------------------------------------------------- */

static int cannot_write(run *r, int code)
{
    const char *name = r->output == stdout ? "the standard output" : r->cli->output;

    r->output_code = cli_fault(r->cli, code, "cannot write %s: %s", name, strerror(errno));
    return r->output_code;
}

/* Opened at the first byte, so that a call that fails leaves FILE alone. */
static int open_output(run *r)
{
    if (r->output != NULL)
        return CLI_OK;
    r->output = r->cli->output != NULL && strcmp(r->cli->output, "-") != 0
                    ? fopen(r->cli->output, "wbe") : stdout;
    return r->output != NULL ? CLI_OK : cannot_write(r, CLI_USAGE);
}

static size_t write_reply(char *bytes, size_t size, size_t n, void *data)
{
    run *r = data;

    (void)size; /* 1 */
    if (open_output(r) != CLI_OK)
        return 0;
    if (fwrite(bytes, 1, n, r->output) == n)
        return n;
    cannot_write(r, CLI_NETWORK);
    return 0;
}

static int close_output(run *r, int code)
{
    if (code == CLI_OK) /* a reply without a body makes an empty file */
        code = open_output(r);
    if (r->output == NULL || r->output == stdout)
        return code;
    if (fclose(r->output) != 0 && code == CLI_OK)
        code = cannot_write(r, CLI_NETWORK);
    return code;
}

/* ---- the transfer ----------------------------------------------------- */

static void set_place(run *r)
{
    const fgp_ask *ask = &r->cli->ask;

    fgp_curl_setopt(r->f, FGP_CURLOPT_URL, ask->url);
    fgp_curl_setopt(r->f, FGP_CURLOPT_QUERY, ask->query);
    fgp_curl_setopt(r->f, FGP_CURLOPT_SERVICE, ask->service);
    fgp_curl_setopt(r->f, FGP_CURLOPT_REGION, ask->region);
    fgp_curl_setopt(r->f, FGP_CURLOPT_ENDPOINT, ask->endpoint);
    fgp_curl_setopt(r->f, FGP_CURLOPT_SIGNING_NAME, ask->signing_name);
    fgp_curl_setopt(r->f, FGP_CURLOPT_SIGNING_REGION, ask->signing_region);
    fgp_curl_setopt(r->f, FGP_CURLOPT_REGION_SET, ask->region_set);
    fgp_curl_setopt(r->f, FGP_CURLOPT_SIGV4A, (long)ask->sigv4a);
    fgp_curl_setopt(r->f, FGP_CURLOPT_FIPS, (long)ask->fips);
    fgp_curl_setopt(r->f, FGP_CURLOPT_DUALSTACK, (long)ask->dualstack);
    fgp_curl_setopt(r->f, FGP_CURLOPT_PATH_STYLE, (long)ask->path_style);
    for (size_t i = 0; i < ask->nparams; i++)
        fgp_curl_setopt(r->f, FGP_CURLOPT_PARAM, ask->params[i]);
    fgp_curl_setopt(r->f, FGP_CURLOPT_HTTPHEADER, r->list);
}

static void set_method(run *r)
{
    const char *method = cli_method(r->cli);

    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(r->easy, CURLOPT_NOBODY, 1L);
    else if (r->cli->method != NULL || cli_has_body(r->cli))
        curl_easy_setopt(r->easy, CURLOPT_CUSTOMREQUEST, method);
}

static int set_transfer(run *r)
{
    const cli_args *cli = r->cli;
    long long  max_time_s = 0;

    if (cli->max_time != NULL &&
        cli_number(cli, "--max-time", cli->max_time, 1, 86400, &max_time_s) != CLI_OK)
        return CLI_USAGE;
    curl_easy_setopt(r->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(r->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(r->easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(r->easy, CURLOPT_USERAGENT, "fingerpost/" FGP_VERSION);
    curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, write_reply);
    curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
    if (cli->include || cli->head) {
        curl_easy_setopt(r->easy, CURLOPT_HEADERFUNCTION, write_reply);
        curl_easy_setopt(r->easy, CURLOPT_HEADERDATA, r);
    }
    curl_easy_setopt(r->easy, CURLOPT_FAILONERROR, (long)cli->fail);
    curl_easy_setopt(r->easy, CURLOPT_FOLLOWLOCATION, (long)cli->location);
    curl_easy_setopt(r->easy, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
    curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, (long)(max_time_s * 1000));
    curl_easy_setopt(r->easy, CURLOPT_VERBOSE, (long)cli->verbose);
    curl_easy_setopt(r->easy, CURLOPT_DEBUGFUNCTION, fgp_curl_debug);
    if (cli->cacert != NULL)
        curl_easy_setopt(r->easy, CURLOPT_CAINFO, cli->cacert);
    return CLI_OK;
}

static int perform(run *r)
{
    CURLcode    rc = fgp_curl_perform(r->f);
    fgp_failure why;
    long        http = 0;

    if (rc == CURLE_OK || r->output_code != 0)
        return r->output_code;
    if (fgp_curl_status(r->f) != 0) {
        fgp_failure_set(&why, fgp_curl_status(r->f), "%s", fgp_curl_error(r->f));
        return cli_failure(r->cli, &why);
    }
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &http);
    if (rc == CURLE_HTTP_RETURNED_ERROR)
        return cli_fault(r->cli, CLI_HTTP, "the server answered %ld; without --fail its reply "
                         "says why", http);
    return cli_fault(r->cli, CLI_NETWORK, "%s", fgp_curl_error(r->f));
}

/* Credentials are the shared object's from here on. */
static int set_credentials(run *r)
{
    cli_credentials creds;
    int             code = cli_credentials_read(&creds, r->cli);

    if (code != CLI_OK)
        return code;
    if (fgp_curl_set_credentials(r->shared, creds.id, creds.secret, creds.token) != 0)
        code = cli_fault(r->cli, CLI_CONFIG, "out of memory");
    cli_credentials_free(&creds);
    return code;
}

static int make_call(run *r)
{
    int code;

    if ((code = set_credentials(r)) != CLI_OK ||
        (code = cli_header_list(r->cli, &r->list)) != CLI_OK)
        return code;
    set_place(r);
    set_method(r);
    if ((code = set_body(r)) != CLI_OK || (code = set_transfer(r)) != CLI_OK)
        return code;
    return close_output(r, perform(r));
}

int cli_request(cli_args *cli)
{
    run r = { .cli = cli };
    int code;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    r.easy = curl_easy_init();
    r.shared = fgp_curl_new();
    if (r.easy == NULL || r.shared == NULL || fgp_curl_attach(r.shared, r.easy, &r.f) != 0)
        code = cli_fault(cli, CLI_CONFIG, "libcurl %s cannot be used", LIBCURL_VERSION);
    else
        code = make_call(&r);
    fgp_curl_detach(r.f);
    fgp_curl_free(r.shared);
    curl_easy_cleanup(r.easy);
    curl_slist_free_all(r.list);
    cli_body_free(&r.body);
    if (r.upload != NULL)
        fclose(r.upload);
    curl_global_cleanup();
    return code;
}
