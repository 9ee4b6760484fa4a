/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - all options of all subcommands, in one table.
 *
 * An option is a row: --help, getopt_long() and the struct it fills are made from
 * it. Knows no option's meaning.
 */
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"

#define LAST_TIME 253402300799LL /* 9999-12-31T23:59:59Z */

#define PLACE(member) offsetof(cli_args, member)

typedef enum kind { FLAG, TEXT, TEXTS } kind;

static const struct row {
    int         commands; /* that have it */
    char        letter;   /* '\0': none */
    const char *name;
    kind        kind;
    size_t      place;
    const char *value; /* as --help names it */
    const char *help;
} rows[] = {
    { SIGNING, 0, "service", TEXT, PLACE(ask.service), "NAME",
      "whose endpoint and signing name to use; s3:// says it" },
    { ALL | TOKEN, 0, "region", TEXT, PLACE(ask.region), "REGION",
      "the region; else AWS_REGION, else AWS_DEFAULT_REGION" },
    { ALL, 0, "endpoint-url", TEXT, PLACE(ask.endpoint), "URL",
      "go there instead of to the endpoint that the rules give" },
    { ALL, 0, "fips", FLAG, PLACE(ask.fips), NULL, "use the FIPS 140 validated endpoint" },
    { ALL, 0, "dualstack", FLAG, PLACE(ask.dualstack), NULL,
      "use the endpoint that speaks IPv6, too" },
    { ALL, 0, "path-style", FLAG, PLACE(ask.path_style), NULL,
      "put S3's bucket into the path, not into the host" },
    { ALL, 0, "param", TEXTS, PLACE(params), "NAME=VALUE",
      "a parameter of the service's rule set; may be repeated" },
    { SIGNING, 0, "signing-name", TEXT, PLACE(ask.signing_name), "NAME",
      "sign for this name, whatever the rules say" },
    { SIGNING, 0, "signing-region", TEXT, PLACE(ask.signing_region), "REGION",
      "sign for this region, whatever the rules say" },
    { SIGNING, 0, "sigv4a", FLAG, PLACE(ask.sigv4a), NULL,
      "sign by SigV4A, whatever the rules say" },
    { SIGNING, 0, "region-set", TEXT, PLACE(ask.region_set), "REGIONS",
      "likewise, for these: '*', or eu-west-1,us-*" },
    { SIGNING, 0, "query", TEXT, PLACE(ask.query), "QUERY",
      "more of the query, percent-encoded: list-type=2&prefix=a" },
    { SIGNING, 'X', "request", TEXT, PLACE(method), "METHOD",
      "the method; else GET, POST with a body, PUT with -T" },
    { SIGNING, 'H', "header", TEXTS, PLACE(headers), "\"NAME: VALUE\"",
      "a header to send; may be repeated" },
    { SIGN | REQUEST, 'd', "data", TEXT, PLACE(data), "TEXT|@FILE|@-",
      "the body, byte for byte; @- is the standard input" },
    { SIGN | REQUEST, 0, "data-binary", TEXT, PLACE(data), "TEXT|@FILE|@-", "the same as --data" },
    { REQUEST, 'T', "upload-file", TEXT, PLACE(upload), "FILE|-", "the body, by PUT" },
    { SIGN | REQUEST, 0, "unsigned-payload", FLAG, PLACE(unsigned_payload), NULL,
      "do not cover the body: S3 over https alone" },
    { SIGN | REQUEST, 0, "chunked", FLAG, PLACE(chunked), NULL,
      "S3: send the body in chunks, each signed (or with --unsigned-payload, none)" },
    { SIGN | REQUEST, 0, "trailer", TEXT, PLACE(trailer), "CHECKSUM",
      "with --chunked, at the end: crc32, crc32c, crc64nvme, sha1 or sha256" },
    { PRESIGN, 0, "expires", TEXT, PLACE(expires), "SECONDS",
      "how long it is good: 1 to 604800; else 3600" },
    { TOKEN, 0, "host", TEXT, PLACE(host), "HOST",
      "the endpoint's name; with elasticache and memorydb that of the cache or cluster" },
    { TOKEN, 0, "port", TEXT, PLACE(port), "PORT", "rds: the database's port" },
    { TOKEN, 0, "user", TEXT, PLACE(user), "NAME",
      "rds, elasticache, memorydb: the user who connects" },
    { TOKEN, 0, "cluster", TEXT, PLACE(cluster), "NAME", "eks: the cluster" },
    { TOKEN, 0, "expires", TEXT, PLACE(expires), "SECONDS",
      "how long it is good: else 900, with eks 60" },
    { PRESIGN, 0, "post-policy", FLAG, PLACE(post_policy), NULL,
      "make the fields of a form to upload s3://BUCKET/KEY, as JSON; KEY may end in ${filename}" },
    { PRESIGN, 0, "length", TEXT, PLACE(length), "LEAST-MOST", "of that form: bytes of the file" },
    { PRESIGN, 0, "content-type", TEXT, PLACE(content_type), "TYPE",
      "of that form: exactly so, or a kind: image/" },
    { PRESIGN, 0, "field", TEXTS, PLACE(fields), "NAME=VALUE",
      "of that form: a further field; may be repeated" },
    { SIGN | PRESIGN | TOKEN, 0, "time", TEXT, PLACE(time), "SECONDS",
      "sign as of then, in seconds since 1970; else now" },
    { SIGN, 0, "output", TEXT, PLACE(format), "FORMAT",
      "print headers (the default), curl (for curl -K -), http or json" },
    { RESOLVE, 0, "json", FLAG, PLACE(json), NULL, "print all that the rules say, as JSON" },
    { SIGN | PRESIGN, 'v', "verbose", FLAG, PLACE(verbose), NULL,
      "show canonical request and string to sign, on stderr" },
    { SIGN | PRESIGN, 0, "trace", FLAG, PLACE(verbose), NULL, "the same as --verbose" },
    { REQUEST, 'v', "verbose", FLAG, PLACE(verbose), NULL,
      "show what is sent and received, without secrets, on stderr" },
    { REQUEST, 'i', "include", FLAG, PLACE(include), NULL, "show the reply's headers, too" },
    { REQUEST, 'I', "head", FLAG, PLACE(head), NULL, "ask by HEAD, and show the reply's headers" },
    { REQUEST, 'o', "output", TEXT, PLACE(output), "FILE", "write the reply's body into FILE" },
    { REQUEST, 'f', "fail", FLAG, PLACE(fail), NULL,
      "end with 22, and no body, where the reply is an error" },
    { REQUEST, 'L', "location", FLAG, PLACE(location), NULL,
      "follow redirects on the same host, signed anew" },
    { REQUEST, 0, "cacert", TEXT, PLACE(cacert), "FILE", "trust the certificates in FILE" },
    { REQUEST, 'm', "max-time", TEXT, PLACE(max_time), "SECONDS", "give up after so long" },
    { VERIFY, 0, "signing-name", TEXT, PLACE(ask.signing_name), "NAME",
      "take this name alone in the credential scope" },
    { VERIFY, 0, "signing-region", TEXT, PLACE(ask.signing_region), "REGION",
      "take this region alone in the credential scope" },
    { VERIFY, 0, "http", FLAG, PLACE(http), NULL, "it came over http, not https" },
    { VERIFY, 0, "unsigned-payload", FLAG, PLACE(unsigned_payload), NULL,
      "take a body that nothing covers over http, too" },
    { VERIFY, 0, "time", TEXT, PLACE(time), "SECONDS",
      "verify as of then, in seconds since 1970; else now" },
    { VERIFY, 0, "skew", TEXT, PLACE(skew), "SECONDS",
      "how far its time may be from that: 1 to 86400; else 900" },
    { VERIFY, 0, "json", FLAG, PLACE(json), NULL, "print the verdict as JSON" },
    { VERIFY, 'v', "verbose", FLAG, PLACE(verbose), NULL,
      "show canonical request and string to sign, on stderr" },
    { VERIFY, 0, "trace", FLAG, PLACE(verbose), NULL, "the same as --verbose" },
    { SIGNING | VERIFY | TOKEN, 0, "credentials-file", TEXT, PLACE(credentials_file), "FILE|-",
      "read credentials there; else AWS_ACCESS_KEY_ID and so on" },
    { SIGNING | VERIFY | TOKEN, 0, "profile", TEXT, PLACE(profile), "NAME",
      "the section of that file; else default" },
    { ALL | VERIFY | TOKEN, 'h', "help", FLAG, PLACE(help), NULL, "show this" },
};

enum { NROWS = sizeof rows / sizeof rows[0] };

/* ---- reading ---------------------------------------------------------- */

static int set(cli_args *cli, const struct row *row, const char *value)
{
    char *place = (char *)cli + row->place;

    if (row->kind == FLAG) {
        *(bool *)(void *)place = true;
    } else if (row->kind == TEXT) {
        const char **text = (const char **)(void *)place;

        if (*text != NULL)
            return cli_fault(cli, CLI_USAGE, "--%s is given twice: leave one out", row->name);
        *text = value;
    } else {
        cli_texts   *texts = (cli_texts *)(void *)place;
        const char **more = realloc(texts->item, (texts->n + 1) * sizeof *more);

        if (more == NULL)
            return cli_fault(cli, CLI_CONFIG, "out of memory");
        texts->item = more;
        texts->item[texts->n++] = value;
    }
    return CLI_OK;
}

/* What getopt_long() wants; an option's number is its row, from 1. */
static void make_getopt(int command, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (int i = 0; i < NROWS; i++) {
        if ((rows[i].commands & command) == 0)
            continue;
        *longs++ = (struct option){ rows[i].name, rows[i].kind == FLAG ? no_argument
                                                                       : required_argument,
                                    NULL, 256 + i };
        if (rows[i].letter == '\0')
            continue;
        *letters++ = rows[i].letter;
        if (rows[i].kind != FLAG)
            *letters++ = ':';
    }
    *longs = (struct option){ NULL, 0, NULL, 0 };
    *letters = '\0';
}

static const struct row *row_of(int command, int found)
{
    if (found >= 256)
        return &rows[found - 256];
    for (int i = 0; i < NROWS; i++)
        if ((rows[i].commands & command) != 0 && rows[i].letter == found)
            return &rows[i];
    return NULL;
}

/* Says which option is wrong; not its value, which might be a secret. |word| is the last
 * that getopt_long() took up; of letters in one word it names the wrong one in optopt. */
static int wrong_option(const cli_args *cli, int found, const char *word)
{
    char        shown[FGP_SHOWN], letter[] = { '-', (char)optopt };
    fgp_str     name = { letter, sizeof letter };
    const char *what = found == ':' ? "needs a value" : "is no option here";

    if (optopt == 0)
        name = (fgp_str){ word, strcspn(word, "=") };
    else if (optopt >= 256)
        return cli_fault(cli, CLI_USAGE, "--%s %s: see fingerpost %s --help",
                         rows[optopt - 256].name, found == ':' ? what : "takes no value",
                         cli->command);
    return cli_fault(cli, CLI_USAGE, "%s %s: see fingerpost %s --help", fgp_show(shown, name), what,
                     cli->command);
}

static int take_operand(cli_args *cli, int command, int argc, char **argv)
{
    bool         service = (command & (RESOLVE | TOKEN)) != 0;
    const char **place = service ? &cli->ask.service : &cli->ask.url;

    if (argc - optind > 1)
        return cli_fault(cli, CLI_USAGE, "more than one %s is given: see fingerpost %s --help",
                         service ? "service" : command == VERIFY ? "file" : "URL", cli->command);
    if (argc - optind == 1)
        *place = argv[optind];
    if (service && *place == NULL && !cli->help)
        return cli_fault(cli, CLI_USAGE, "no service is given, such as %s",
                         command == TOKEN ? "rds or eks" : "s3 or dynamodb");
    return CLI_OK;
}

static void take_environment(cli_args *cli)
{
    static const char *const names[] = { "AWS_REGION", "AWS_DEFAULT_REGION" };

    for (size_t i = 0; i < 2 && cli->ask.region == NULL; i++) {
        const char *region = getenv(names[i]);

        if (region == NULL || region[0] == '\0')
            continue;
        cli->ask.region = region;
        cli->region_is_env = true;
    }
}

int cli_parse(cli_args *cli, int command, const char *name, int argc, char **argv)
{
    struct option longs[NROWS + 1];
    char          letters[2 * NROWS + 2];
    int           found, code = CLI_OK;

    cli->command = name;
    make_getopt(command, longs, letters);
    opterr = 0;
    while (code == CLI_OK && (found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (found == '?' || found == ':')
            return wrong_option(cli, found, argv[optind - 1]);
        code = set(cli, row_of(command, found), optarg);
    }
    if (code == CLI_OK)
        code = take_operand(cli, command, argc, argv);
    take_environment(cli);
    cli->ask.params = cli->params.item;
    cli->ask.nparams = cli->params.n;
    return code;
}

void cli_free(cli_args *cli)
{
    free(cli->params.item);
    free(cli->headers.item);
    free(cli->fields.item);
}

/* ---- help ------------------------------------------------------------- */

void cli_print_options(int command)
{
    char left[64];

    for (int i = 0; i < NROWS; i++) {
        if ((rows[i].commands & command) == 0)
            continue;
        snprintf(left, sizeof left, "  %c%c%c --%s%s%s", rows[i].letter ? '-' : ' ',
                 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? ',' : ' ', rows[i].name,
                 rows[i].value ? " " : "", rows[i].value ? rows[i].value : "");
        printf("%-34s %s\n", left, rows[i].help);
    }
}

/* ---- what several subcommands read from it ---------------------------- */

const char *cli_method(const cli_args *cli)
{
    if (cli->method != NULL)
        return cli->method;
    if (cli->head)
        return "HEAD";
    return cli->upload != NULL ? "PUT" : cli->data != NULL ? "POST" : "GET";
}

bool cli_has_body(const cli_args *cli)
{
    const char *method = cli_method(cli);

    return cli->data != NULL || cli->upload != NULL || strcmp(method, "POST") == 0 ||
           strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

int cli_chunked(const cli_args *cli)
{
    if (!cli->chunked && cli->trailer != NULL)
        return cli_fault(cli, CLI_USAGE, "--trailer follows a body in chunks: add --chunked");
    return CLI_OK;
}

int cli_header_list(const cli_args *cli, struct curl_slist **list)
{
    *list = NULL;
    for (size_t i = 0; i < cli->headers.n; i++) {
        struct curl_slist *longer = curl_slist_append(*list, cli->headers.item[i]);

        if (longer == NULL) {
            curl_slist_free_all(*list);
            return cli_fault(cli, CLI_CONFIG, "out of memory");
        }
        *list = longer;
    }
    return CLI_OK;
}

int cli_now(const cli_args *cli, int64_t *now)
{
    long long given = (long long)time(NULL);
    int       code = CLI_OK;

    if (cli->time != NULL)
        code = cli_number(cli, "--time", cli->time, 0, LAST_TIME, &given);
    *now = given;
    return code;
}
