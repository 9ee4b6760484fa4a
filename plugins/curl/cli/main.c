/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the command `fingerpost`: picks the subcommand, and says what there is. */
#include <fcntl.h>
#include <unistd.h>

#include "cli.h"

static const char overview[] =
    "Examples:\n"
    "  fingerpost resolve s3 --region eu-west-1 --param Bucket=photos\n"
    "  fingerpost request s3://photos/2024/a.jpg --region eu-west-1 -o a.jpg\n"
    "  fingerpost presign s3://photos/2024/a.jpg --region eu-west-1 --expires 900\n"
    "  fingerpost sign --service dynamodb --region eu-west-1 -d @query.json \\\n"
    "      -H 'X-Amz-Target: DynamoDB_20120810.Query' --output curl | curl -K -\n"
    "\n"
    "Finds where an AWS call must go, signs it (SigV4) and, if wanted, makes it.\n"
    "Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN,\n"
    "or from --credentials-file.\n"
    "\n"
    "Usage: fingerpost resolve|sign|presign|token|request|verify [OPTION...] [OPERAND]\n"
    "       fingerpost version\n"
    "       fingerpost resolve|sign|presign|token|request|verify --help\n"
    "\n"
    "Exit codes: 0 ok, 1 a signature is not right, 2 usage, 3 configuration or credentials,\n"
    "4 endpoint, 5 network, 22 an HTTP error with --fail. Data on stdout, messages on stderr.\n";

static const struct subcommand {
    const char *name;
    int         bit;
    int (*run)(cli_args *cli);
    const char *help;
} subcommands[] = {
    { "resolve", RESOLVE, cli_resolve,
      "Examples:\n"
      "  fingerpost resolve dynamodb --region eu-west-1\n"
      "  fingerpost resolve s3 --region eu-west-1 --dualstack --param Bucket=photos --json\n"
      "\n"
      "Usage: fingerpost resolve SERVICE [OPTION...]\n"
      "\n"
      "Says where requests to SERVICE go and how they are signed.\n" },
    { "sign", SIGN, cli_sign,
      "Examples:\n"
      "  fingerpost sign s3://photos/a.jpg --region eu-west-1\n"
      "  fingerpost sign -X PUT -d @a.jpg s3://photos/a.jpg --region eu-west-1 \\\n"
      "      --output curl | curl -K -\n"
      "  fingerpost sign --signing-name execute-api --region eu-west-1 --output http \\\n"
      "      https://abc123.execute-api.eu-west-1.amazonaws.com/prod/pets\n"
      "\n"
      "Usage: fingerpost sign [OPTION...] URL\n"
      "\n"
      "Signs a request and prints what to send. URL is s3://BUCKET/KEY (the key in plain\n"
      "bytes), https://HOST/PATH with --service, or /PATH at --service's own endpoint.\n" },
    { "presign", PRESIGN, cli_presign,
      "Examples:\n"
      "  fingerpost presign s3://photos/a.jpg --region eu-west-1 --expires 900\n"
      "  fingerpost presign -X PUT s3://photos/b.jpg --region eu-west-1\n"
      "  fingerpost presign --post-policy 's3://photos/up/${filename}' --region eu-west-1 \\\n"
      "      --length 1-10485760 --content-type image/\n"
      "\n"
      "Usage: fingerpost presign [OPTION...] URL\n"
      "\n"
      "Prints a URL that carries its signature: as good as a password until it expires.\n" },
    { "token", TOKEN, cli_token,
      "Examples:\n"
      "  fingerpost token rds --region eu-west-1 --host db.example.com --port 3306 --user jane\n"
      "  fingerpost token dsql-admin --region us-east-1 --host abc.dsql.us-east-1.on.aws\n"
      "  fingerpost token elasticache --region eu-west-1 --host my-cache --user jane\n"
      "  fingerpost token eks --region eu-west-1 --cluster prod\n"
      "\n"
      "Usage: fingerpost token SERVICE [OPTION...]\n"
      "\n"
      "Prints the password that SERVICE takes for your credentials: rds, dsql, dsql-admin,\n"
      "elasticache, elasticache-serverless, memorydb, msk, eks or iot (a wss:// URL).\n" },
    { "request", REQUEST, cli_request,
      "Examples:\n"
      "  fingerpost request s3://photos/a.jpg --region eu-west-1 -o a.jpg\n"
      "  fingerpost request -T a.jpg s3://photos/a.jpg --region eu-west-1 --fail\n"
      "  fingerpost request 's3://photos' --query list-type=2 --region eu-west-1\n"
      "  fingerpost request --service sts --region eu-west-1 \\\n"
      "      -H 'Content-Type: application/x-www-form-urlencoded' \\\n"
      "      -d 'Action=GetCallerIdentity&Version=2011-06-15'\n"
      "\n"
      "Usage: fingerpost request [OPTION...] URL\n"
      "\n"
      "Signs a request, sends it and prints the reply.\n" },
    { "verify", VERIFY, cli_verify,
      "Examples:\n"
      "  fingerpost sign s3://photos/a.jpg --region eu-west-1 --output http | fingerpost verify\n"
      "  fingerpost verify --json --time 1440938160 captured.http\n"
      "\n"
      "Usage: fingerpost verify [OPTION...] [FILE]\n"
      "\n"
      "Says whether an HTTP request, as it was on the wire, is what the owner of the\n"
      "credentials signed: in its headers, its URL or its chunks. Ends with 1 if not.\n" },
};

static int usage(FILE *file, int code)
{
    fputs(overview, file);
    return code;
}

static int help(void)
{
    return cli_finish(&(cli_args){ .command = "help" }, usage(stdout, CLI_OK));
}

static int version(void)
{
    printf("fingerpost %s (%s)\n", FGP_VERSION, curl_version());
    return cli_finish(&(cli_args){ .command = "version" }, CLI_OK);
}

/* Where standard input or output is closed, a socket would get its number, and messages
 * and data would go there. What holds the number instead can't be used, which is told. */
static bool hold_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

static int run(const struct subcommand *sub, int argc, char **argv)
{
    cli_args cli = { 0 };
    int code = cli_parse(&cli, sub->bit, sub->name, argc, argv);

    if (code == CLI_OK && cli.help) {
        fputs(sub->help, stdout);
        fputs("\nOptions:\n", stdout);
        cli_print_options(sub->bit);
    } else if (code == CLI_OK) {
        code = sub->run(&cli);
    }
    code = cli_finish(&cli, code);
    cli_free(&cli);
    return code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (!hold_standard_files())
        return CLI_CONFIG;
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++)
        if (strcmp(name, subcommands[i].name) == 0)
            return run(&subcommands[i], argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return help();
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0 ||
        strcmp(name, "-V") == 0)
        return version();
    if (argc > 1)
        fprintf(stderr, "fingerpost: \"%.40s\" is no subcommand\n\n", name);
    return usage(stderr, CLI_USAGE);
}
