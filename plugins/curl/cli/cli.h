/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - the command line, taken apart, and what every subcommand does alike. */
#ifndef FGP_CLI_H
#define FGP_CLI_H

#include <curl/curl.h>
#include <stdio.h>

#include "../target.h"

/* Exit codes; docs/command.md lists them. */
enum {
    CLI_OK = 0,
    CLI_DIFFERS = 1,  /* a signature is not right */
    CLI_USAGE = 2,    /* the command line, or what it names, is wrong */
    CLI_CONFIG = 3,   /* credentials, or the environment */
    CLI_ENDPOINT = 4, /* the service's rules have no such endpoint */
    CLI_NETWORK = 5,  /* the transfer failed */
    CLI_HTTP = 22     /* --fail, and the reply is an error */
};

/* The subcommands, as bits. */
enum { VERIFY = 64, TOKEN = 128 };
enum { RESOLVE = 1, SIGN = 2, PRESIGN = 4, REQUEST = 8, SIGNING = SIGN | PRESIGN | REQUEST,
       ALL = SIGNING | RESOLVE };

/* Texts that one option collects. */
typedef struct cli_texts {
    const char **item;
    size_t       n;
} cli_texts;

/* A command line. Strings are argv's or the environment's. */
typedef struct cli_args {
    const char *command; /* "sign" */
    fgp_ask     ask;     /* region included, from wherever it comes */
    bool        region_is_env;
    cli_texts   params, headers;
    const char *method, *data, *upload; /* -X, -d, -T */
    const char *credentials_file, *profile;
    const char *format, *expires, *time;         /* sign, presign */
    const char *skew;                            /* verify */
    const char *host, *port, *user, *cluster;    /* token */
    const char *length, *content_type;           /* presign --post-policy */
    cli_texts   fields;
    bool        post_policy;
    const char *trailer; /* with chunked: sign, request */
    bool        chunked;
    const char *output, *cacert, *max_time;      /* request */
    bool json, verbose, unsigned_payload, include, fail, location, head, help, http;
} cli_args;

/*
 * Reads the options of subcommand |command|, a bit, and its operand (the service of
 * resolve and token, else the URL). Returns CLI_OK, or CLI_USAGE having said why.
 */
int  cli_parse(cli_args *cli, int command, const char *name, int argc, char **argv);
void cli_free(cli_args *cli);

/* Prints the options of subcommand |command| for its --help. */
void cli_print_options(int command);

/* Prints "fingerpost COMMAND: ..." to stderr, and returns |code|. */
int cli_fault(const cli_args *cli, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Likewise for a status of the helper's or the core's: the code that it stands for. */
int cli_failure(const cli_args *cli, const fgp_failure *why);

/* The number in |text|, from |least| to |most|. CLI_OK, or CLI_USAGE having said why. */
int cli_number(const cli_args *cli, const char *option, const char *text, long long least,
               long long most, long long *number);

/* The time to sign as of: --time, else now. CLI_OK, or CLI_USAGE having said why. */
int cli_now(const cli_args *cli, int64_t *now);

/* What --chunked, --trailer and --unsigned-payload ask for, but for the length. CLI_OK, or
 * CLI_USAGE having said what contradicts. */
int cli_chunked(const cli_args *cli);

/* The method: -X, else what the body implies. */
const char *cli_method(const cli_args *cli);

/* Whether the request says how long its body is, be it empty: with POST, PUT and PATCH. */
bool cli_has_body(const cli_args *cli);

/* -H as libcurl takes them; NULL where there are none. CLI_OK or a code. */
int cli_header_list(const cli_args *cli, struct curl_slist **list);

/* Ends stdout: a write that failed is told. Returns |code|, or CLI_NETWORK. */
int cli_finish(const cli_args *cli, int code);

/* The subcommands, one a file: each returns an exit code. */
int cli_resolve(cli_args *cli);
int cli_sign(cli_args *cli);
int cli_presign(cli_args *cli);
int cli_post_policy(cli_args *cli); /* of presign */
int cli_token(cli_args *cli);
int cli_request(cli_args *cli);
int cli_verify(cli_args *cli);

#endif
