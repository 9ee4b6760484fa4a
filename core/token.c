/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - presigned URLs that a database, a cache or a cluster takes as a password.
 *
 * Knows what each service wants signed and in which form it takes it: a row for each.
 * The signature is fgp_presign()'s, and the hosts that nobody gives are the endpoint
 * rules'. Spec: RDS, Aurora DSQL, ElastiCache and MemoryDB user guides, "IAM
 * authentication"; the signers of MSK's and EKS's clients; IoT Core Developer Guide,
 * "MQTT over the WebSocket protocol".
 */
#include "base/chars.h"
#include "base/error.h"
#include "base/out.h"
#include "base/url.h"

#define USER_MAX       256
#define HOST_MAX       253
#define QUERY_MAX      (64 + 3 * USER_MAX)
#define RULES_ROOM     2048 /* text of an endpoint */
#define WEEK_S         604800
#define MSK_USER_AGENT "&User-Agent=fingerpost%2F" FGP_VERSION /* for MSK's logs; not signed */

/* The form in which a URL is taken. */
typedef enum form {
    FORM_PLAIN,     /* without its scheme */
    FORM_MSK,       /* in base64url, with the user agent */
    FORM_EKS,       /* in base64url, after a prefix */
    FORM_WEBSOCKET  /* with another scheme */
} form;

static const struct row {
    const char *name;
    fgp_str     signing_name;
    fgp_str     path, query;   /* the user's name follows the query */
    fgp_str     user_header;   /* or is this header's value */
    const char *endpoint;      /* the service whose endpoint is meant where no host is given */
    int64_t     usual_s, most_s;
    form        form;
    bool        has_user, has_port;
} rows[] = {
    [FGP_TOKEN_RDS] = { .name = "rds", .signing_name = FGP_STR("rds-db"), .path = FGP_STR("/"),
        .query = FGP_STR("Action=connect&DBUser="), .usual_s = 900, .most_s = 900,
        .has_user = true, .has_port = true },
    [FGP_TOKEN_DSQL] = { .name = "dsql", .signing_name = FGP_STR("dsql"), .path = FGP_STR("/"),
        .query = FGP_STR("Action=DbConnect"), .usual_s = 900, .most_s = WEEK_S },
    [FGP_TOKEN_DSQL_ADMIN] = { .name = "dsql-admin", .signing_name = FGP_STR("dsql"),
        .path = FGP_STR("/"), .query = FGP_STR("Action=DbConnectAdmin"), .usual_s = 900,
        .most_s = WEEK_S },
    [FGP_TOKEN_ELASTICACHE] = { .name = "elasticache", .signing_name = FGP_STR("elasticache"),
        .path = FGP_STR("/"), .query = FGP_STR("Action=connect&User="), .usual_s = 900,
        .most_s = 900, .has_user = true },
    [FGP_TOKEN_ELASTICACHE_SERVERLESS] = { .name = "elasticache-serverless",
        .signing_name = FGP_STR("elasticache"), .path = FGP_STR("/"),
        .query = FGP_STR("Action=connect&ResourceType=ServerlessCache&User="), .usual_s = 900,
        .most_s = 900, .has_user = true },
    [FGP_TOKEN_MEMORYDB] = { .name = "memorydb", .signing_name = FGP_STR("memorydb"),
        .path = FGP_STR("/"), .query = FGP_STR("Action=connect&User="), .usual_s = 900,
        .most_s = 900, .has_user = true },
    [FGP_TOKEN_MSK] = { .name = "msk", .signing_name = FGP_STR("kafka-cluster"),
        .path = FGP_STR("/"), .query = FGP_STR("Action=kafka-cluster%3AConnect"),
        .endpoint = "kafka", .usual_s = 900, .most_s = 900, .form = FORM_MSK },
    [FGP_TOKEN_EKS] = { .name = "eks", .signing_name = FGP_STR("sts"), .path = FGP_STR("/"),
        .query = FGP_STR("Action=GetCallerIdentity&Version=2011-06-15"),
        .user_header = FGP_STR("x-k8s-aws-id"), .endpoint = "sts", .usual_s = 60,
        .most_s = 900, .form = FORM_EKS, .has_user = true },
    [FGP_TOKEN_IOT] = { .name = "iot", .signing_name = FGP_STR("iotdevicegateway"),
        .path = FGP_STR("/mqtt"), .usual_s = 900, .most_s = WEEK_S, .form = FORM_WEBSOCKET },
};

#define NROWS (sizeof rows / sizeof rows[0])

/* One token under way. */
typedef struct job {
    const fgp_token_for *what;
    const struct row    *row;
    fgp_error           *err;
    fgp_str              authority, query;
    char                 authority_text[HOST_MAX + 6], query_text[QUERY_MAX];
    char                 rules_text[RULES_ROOM];
} job;

const char *fgp_token_name(fgp_token_kind kind)
{
    return (size_t)kind < NROWS ? rows[kind].name : NULL;
}

/* ---- what it is for --------------------------------------------------- */

static fgp_status check_host(fgp_str host, fgp_error *err)
{
    fgp_url     url = { .scheme = fgp_lit("https") };
    const char *fault = host.len > HOST_MAX ? "is longer than 253 bytes"
                                            : fgp_url_authority(host, &url);

    if (host.len == 0)
        return fgp_fail(err, FGP_ERR_BAD_URL, "the host is missing", host,
                        "give the endpoint's, or with ElastiCache and MemoryDB the name of the "
                        "cache or cluster");
    if (fault == NULL && url.host.len != host.len)
        fault = "give its name alone, the port apart from it";
    return fault == NULL ? FGP_OK : fgp_fail(err, FGP_ERR_BAD_URL, "host", host, fault);
}

static fgp_status check_port(const job *j)
{
    const fgp_str none = { NULL, 0 };

    if (j->row->has_port && (j->what->port < 1 || j->what->port > 65535))
        return fgp_fail(j->err, FGP_ERR_BAD_URL, "the database's port", none,
                        "is signed, so it must be given: 1 to 65535, such as 3306 or 5432");
    if (!j->row->has_port && j->what->port != 0)
        return fgp_fail(j->err, FGP_ERR_BAD_URL, "the port", none,
                        "is no part of this token; leave it out");
    return FGP_OK;
}

/* A cluster's name goes into a header, where letters mean themselves. */
static bool is_cluster(fgp_str name)
{
    return fgp_skip(name, 0, FGP_LABEL) == name.len;
}

static fgp_status check_user(const job *j)
{
    fgp_str user = j->what->user;

    if (!j->row->has_user)
        return user.len == 0 ? FGP_OK
                             : fgp_fail(j->err, FGP_ERR_BAD_USER, "user", user,
                                        "is no part of this token; leave it out");
    if (user.len == 0)
        return fgp_fail(j->err, FGP_ERR_BAD_USER, "the user (with EKS the cluster)", user,
                        "is missing; give its name");
    if (user.len > USER_MAX)
        return fgp_fail(j->err, FGP_ERR_BAD_USER, "user", user, "is longer than 256 bytes");
    for (size_t i = 0; i < user.len; i++)
        if (fgp_is(user.ptr[i], FGP_CONTROL))
            return fgp_fail_at(j->err, FGP_ERR_BAD_USER, "user", user, i, "is a control byte");
    if (j->row->user_header.len != 0 && !is_cluster(user))
        return fgp_fail(j->err, FGP_ERR_BAD_USER, "cluster", user,
                        "a name has letters, digits, '-' and '_' alone");
    return FGP_OK;
}

static fgp_status check_expires(const job *j)
{
    if (j->what->expires_s >= 0 && j->what->expires_s <= j->row->most_s)
        return FGP_OK;
    return fgp_fail(j->err, FGP_ERR_BAD_EXPIRES, "the expiry", (fgp_str){ NULL, 0 },
                    j->row->most_s == WEEK_S ? "must be 1 to 604800 seconds (7 days)"
                                             : "must be 1 to 900 seconds for this token");
}

static fgp_status check(const job *j, const fgp_credentials *creds)
{
    fgp_status s = check_port(j);

    if (s == FGP_OK)
        s = check_user(j);
    if (s == FGP_OK)
        s = check_expires(j);
    if (s == FGP_OK)
        s = fgp_check_region(j->what->region, j->err);
    return s == FGP_OK ? fgp_check_credentials(creds, j->err) : s;
}

/* ---- where it goes ---------------------------------------------------- */

static fgp_status host_by_rules(job *j, fgp_str *host)
{
    fgp_out    out = { j->rules_text, sizeof j->rules_text, 0, NULL };
    fgp_str    service = { j->row->endpoint, strlen(j->row->endpoint) };
    fgp_params params;
    fgp_plan   plan;
    fgp_status s = fgp_params_init(&params, j->what->table, service, j->err);

    if (s == FGP_OK)
        s = fgp_params_set_string(&params, fgp_lit("Region"), j->what->region, j->err);
    if (s != FGP_OK)
        return s;
    s = fgp_plan_make(&params, &out, &plan);
    if (s != FGP_OK)
        *j->err = plan.error;
    *host = plan.url.host;
    return s;
}

static fgp_status find_authority(job *j)
{
    fgp_str    host = j->what->host;
    fgp_out    text = { j->authority_text, sizeof j->authority_text, 0, NULL };
    fgp_status s = FGP_OK;

    if (host.len == 0 && j->row->endpoint != NULL && j->what->table != NULL)
        s = host_by_rules(j, &host);
    if (s == FGP_OK)
        s = check_host(host, j->err);
    if (s != FGP_OK)
        return s;
    fgp_put(&text, host);
    if (j->row->has_port) {
        fgp_put_char(&text, ':');
        fgp_put_number(&text, j->what->port);
    }
    j->authority = fgp_out_since(&text, 0);
    return FGP_OK;
}

static void put_query(job *j)
{
    fgp_out text = { j->query_text, sizeof j->query_text, 0, NULL };

    fgp_put(&text, j->row->query);
    if (j->row->has_user && j->row->user_header.len == 0)
        fgp_put_uri_encoded(&text, j->what->user);
    j->query = fgp_out_since(&text, 0);
}

/* ---- the token -------------------------------------------------------- */

static fgp_status presign(job *j, const fgp_credentials *creds, int64_t now, fgp_out *out,
                          fgp_signed *res)
{
    const struct row *row = j->row;
    fgp_signing_key   key;
    fgp_header        header = { row->user_header, j->what->user };
    fgp_str           also[] = { row->user_header };
    fgp_request       req = { .method = fgp_lit("GET"), .scheme = fgp_lit("https"),
                              .authority = j->authority, .path = row->path, .query = j->query,
                              .headers = &header, .nheaders = row->user_header.len != 0 };
    fgp_signer        signer = { .access_key_id = creds->access_key_id,
                                 .session_token = creds->session_token, .key = &key,
                                 .also = also, .nalso = req.nheaders,
                                 .token_unsigned = row->form == FORM_WEBSOCKET };
    int64_t           expires_s = j->what->expires_s != 0 ? j->what->expires_s : row->usual_s;
    fgp_status        s = fgp_signing_key_init(&key, creds->secret_access_key, now,
                                               j->what->region, row->signing_name, j->err);

    if (s != FGP_OK)
        return s;
    s = fgp_presign(&signer, &req, now, expires_s, out, NULL, res);
    fgp_wipe(&key, sizeof key);
    if (s != FGP_OK)
        *j->err = res->error;
    return s;
}

/* Puts the token made of |url|, where it is not a part of it. */
static fgp_str put_form(form as, fgp_str url, fgp_out *out)
{
    static const fgp_str scheme = FGP_STR("https");
    size_t               start = out->need;
    fgp_str              rest = { url.ptr + scheme.len, url.len - scheme.len };

    switch (as) {
    case FORM_PLAIN:
        return (fgp_str){ rest.ptr + 3, rest.len - 3 }; /* "://" */
    case FORM_MSK:
        fgp_put(out, url);
        fgp_put(out, fgp_lit(MSK_USER_AGENT));
        url = fgp_out_since(out, start);
        start = out->need;
        break;
    case FORM_EKS:
        fgp_put(out, fgp_lit("k8s-aws-v1."));
        break;
    case FORM_WEBSOCKET:
        fgp_put(out, fgp_lit("wss"));
        fgp_put(out, rest);
        return fgp_out_since(out, start);
    }
    if (fgp_out_fits(out))
        fgp_put_base64url(out, (const uint8_t *)url.ptr, url.len);
    return fgp_out_since(out, start);
}

static fgp_status too_small(fgp_out *out, size_t start, fgp_error *err)
{
    const fgp_str none = { NULL, 0 };

    /* The longest form is the URL once more, and that in base64. */
    fgp_put_past(out, (fgp_str){ NULL, 3 * (out->need - start) + 64 });
    return fgp_fail(err, FGP_ERR_NOSPACE, "the output buffer", none,
                    "is too small; its need says what will do");
}

fgp_status fgp_token(const fgp_token_for *what, const fgp_credentials *creds, int64_t now,
                     fgp_out *out, fgp_str *token, fgp_error *err)
{
    size_t     start = out->need;
    job        j = { .what = what, .row = &rows[what->kind], .err = err };
    fgp_status s = check(&j, creds);
    fgp_signed res;

    *token = (fgp_str){ NULL, 0 };
    if (s == FGP_OK)
        s = find_authority(&j);
    if (s != FGP_OK)
        return s;
    put_query(&j);
    s = presign(&j, creds, now, out, &res);
    if (s == FGP_OK)
        *token = put_form(j.row->form, res.url, out);
    if (s == FGP_ERR_NOSPACE || (s == FGP_OK && !fgp_out_fits(out))) {
        *token = (fgp_str){ NULL, 0 };
        return too_small(out, start, err);
    }
    return s;
}
