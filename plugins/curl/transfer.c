/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transfer.c - the helper's hold on an easy handle: attach, prepare, sign, detach.
 *
 * The only file that sets options of libcurl's. Knows when libcurl asks for what:
 * URL and body before the transfer, headers in CURLOPT_PREREQFUNCTION, which runs
 * for each request, on a kept connection and after a redirect as well.
 */
#include <stdlib.h>
#include <strings.h>

#include "shared.h"
#include "signing.h"

/* ---- the handle's options --------------------------------------------- */

static int refused(fgp_curl_easy *f, CURLcode rc)
{
    if (rc == CURLE_OK)
        return 0;
    return fgp_failure_set(&f->failure, FGP_CURLE_LIBCURL, "libcurl %s: %s",
                           curl_version_info(CURLVERSION_NOW)->version, curl_easy_strerror(rc));
}

/* Makes libcurl ask us before each request. Safe to repeat. */
static int arm(fgp_curl_easy *f)
{
    CURLcode rc = curl_easy_setopt(f->easy, CURLOPT_PREREQFUNCTION, fgp_curl_prereq);

    if (rc == CURLE_OK)
        rc = curl_easy_setopt(f->easy, CURLOPT_PREREQDATA, f);
    if (rc == CURLE_OK) /* the path that goes out is the one that was signed */
        rc = curl_easy_setopt(f->easy, CURLOPT_PATH_AS_IS, 1L);
    if (rc == CURLE_OK) /* so is all of the target, and the port; neither shows in the URL */
        rc = curl_easy_setopt(f->easy, CURLOPT_REQUEST_TARGET, NULL);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(f->easy, CURLOPT_PORT, 0L);
    if (rc == CURLE_OK) /* a proxy must not see the signature */
        rc = curl_easy_setopt(f->easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    return refused(f, rc);
}

/* Puts |list| on the handle; what was there is wiped. */
static int set_list(fgp_curl_easy *f, struct curl_slist *list)
{
    CURLcode rc = curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, list);

    fgp_lines_wipe(f->sent);
    f->sent = list;
    return refused(f, rc);
}

static int set_body(fgp_curl_easy *f)
{
    const fgp_options *o = &f->options;
    CURLcode           rc = CURLE_OK;

    if (o->postfields != NULL) {
        rc = curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE, o->postfieldsize);
        if (rc == CURLE_OK)
            rc = curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, o->postfields);
    } else if (f->posts) {
        curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, NULL);
        rc = curl_easy_setopt(f->easy, CURLOPT_HTTPGET, 1L);
    }
    f->posts = o->postfields != NULL;
    return refused(f, rc);
}

/* The body in chunks; its length is asked for before the headers are. */
static int set_upload(fgp_curl_easy *f)
{
    bool     on = f->upload.active;
    CURLcode rc = CURLE_OK;

    if (!on && !f->uploads)
        return 0;
    f->uploads = on;
    curl_easy_setopt(f->easy, CURLOPT_READFUNCTION, on ? fgp_upload_read : NULL);
    curl_easy_setopt(f->easy, CURLOPT_READDATA, on ? f : NULL);
    curl_easy_setopt(f->easy, CURLOPT_SEEKFUNCTION, on ? fgp_upload_seek : NULL);
    curl_easy_setopt(f->easy, CURLOPT_SEEKDATA, on ? f : NULL);
    if (on)
        rc = curl_easy_setopt(f->easy, CURLOPT_UPLOAD, 1L);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(f->easy, CURLOPT_INFILESIZE_LARGE,
                              on ? (curl_off_t)fgp_chunked_length(&f->upload.chunks.body) : -1);
    return refused(f, rc);
}

/* ---- one request ------------------------------------------------------ */

static fgp_request request_to(const fgp_target *target, fgp_str method)
{
    return (fgp_request){
        .method = method,
        .scheme = target->endpoint.scheme,
        .authority = target->endpoint.authority,
        .path = target->path,
        .query = target->query,
    };
}

static bool is_same_place(const fgp_url *a, const fgp_url *b)
{
    return fgp_same(a->scheme, b->scheme) && a->port == b->port && a->host.len == b->host.len &&
           strncasecmp(a->host.ptr, b->host.ptr, a->host.len) == 0;
}

/* The URL of the hop that libcurl is about to make, without a fragment: that is
 * never sent. Refused where it leads away from the host that was asked for. */
static int hop_url(fgp_curl_easy *f, fgp_url *url, fgp_str *target)
{
    char        shown[FGP_SHOWN];
    const char *effective = NULL;
    fgp_str     text;
    fgp_error   err;

    curl_easy_getinfo(f->easy, CURLINFO_EFFECTIVE_URL, &effective);
    text = fgp_text(effective);
    text.len = effective != NULL ? strcspn(effective, "#") : 0;
    if (fgp_url_parse(text, url, &err) != FGP_OK)
        return fgp_failure_of(&f->failure, &err);
    if (!is_same_place(url, &f->target.endpoint))
        return fgp_failure_set(&f->failure, FGP_CURLE_FOREIGN_HOST, "not sent: \"%s\" is another "
                               "host, and gets no signature: ask for its URL if you trust it",
                               fgp_show(shown, url->authority));
    target->ptr = url->authority.ptr + url->authority.len;
    target->len = (size_t)(text.ptr + text.len - target->ptr);
    return 0;
}

/* What is sent is what was signed, byte for byte, or nothing is sent. */
static int check_target(fgp_curl_easy *f, fgp_str sent, fgp_str signed_target)
{
    if (fgp_same(sent, signed_target) || (sent.len == 0 && fgp_same(signed_target, fgp_text("/"))))
        return 0;
    return fgp_failure_set(&f->failure, FGP_ERR_BAD_URL, "not sent: a redirect, or CURLOPT_URL, leads "
                           "to a URL that is not in the form that is signed: set it by "
                           "FGP_CURLOPT_URL");
}

/* A redirect may turn a POST into a GET, and then leaves its body behind. */
static int hop_payload(fgp_curl_easy *f, fgp_str method, fgp_payload *payload)
{
    bool fetches = fgp_same(method, fgp_text("GET")) || fgp_same(method, fgp_text("HEAD"));

    *payload = (fgp_payload){ FGP_PAYLOAD_BYTES, { NULL, 0 } };
    if (fetches && f->began_with_body)
        return 0;
    f->began_with_body = !fetches;
    return fgp_choose_payload(f, method, payload);
}

static int sign_hop(fgp_curl_easy *f)
{
    const char        *method = "";
    struct curl_slist *list;
    fgp_request        req;
    fgp_work           work;
    fgp_url            url;
    fgp_str            target = { NULL, 0 };
    int                s = hop_url(f, &url, &target);

    if (s != 0)
        return s;
    curl_easy_getinfo(f->easy, CURLINFO_EFFECTIVE_METHOD, &method);
    req = request_to(&f->target, fgp_text(method));
    req.path = url.path;
    req.query = url.query;
    if ((s = hop_payload(f, req.method, &req.payload)) != 0 ||
        (s = fgp_work_sign(&work, f, &f->target, &req, 0)) != 0)
        return s;
    s = check_target(f, target, work.res.target);
    if (s == 0) {
        list = fgp_lines_write(&work.lines, &work.res);
        s = list != NULL ? set_list(f, list) : fgp_failure_no_memory(&f->failure);
    }
    fgp_work_free(&work);
    return s;
}

int fgp_curl_prereq(void *f, char *primary_ip, char *local_ip, int primary_port, int local_port)
{
    fgp_curl_easy *easy = f;
    int            s;

    (void)primary_ip, (void)local_ip, (void)primary_port, (void)local_port;
    easy->failure = (fgp_failure){ 0 };
    s = easy->prepared ? sign_hop(easy)
                       : fgp_failure_set(&easy->failure, FGP_CURLE_NOT_PREPARED, "not sent: call "
                                         "fgp_curl_prepare() before each transfer, after the last "
                                         "fgp_curl_setopt()");
    return s == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* ---- what programs call ----------------------------------------------- */

/* Signs once for the form of the URL, and to find what is wrong before connecting. */
static int try_out(fgp_curl_easy *f)
{
    const char *method = NULL;
    fgp_request req;
    fgp_work    work;
    int         s;

    curl_easy_getinfo(f->easy, CURLINFO_EFFECTIVE_METHOD, &method);
    req = request_to(&f->target, fgp_text(method));
    if (f->options.payload == FGP_CURL_PAYLOAD_UNSIGNED ||
        f->options.text[FGP_OPT_PAYLOAD_SHA256] != NULL || f->upload.active)
        fgp_choose_payload(f, req.method, &req.payload);
    s = fgp_work_sign(&work, f, &f->target, &req, 0);
    if (s != 0)
        return s;
    f->url = strndup(work.res.url.ptr, work.res.url.len);
    fgp_work_free(&work);
    return f->url != NULL ? 0 : fgp_failure_no_memory(&f->failure);
}

/* What follows from the options alone: where the request goes. */
static int plan(fgp_curl_easy *f)
{
    fgp_ask ask = fgp_options_ask(&f->options);
    int     s;

    fgp_target_free(&f->target);
    free(f->url);
    f->url = NULL;
    s = fgp_target_make(&f->target, &ask, &f->failure);
    if (s == 0)
        s = fgp_upload_prepare(f);
    return s == 0 ? try_out(f) : s;
}

int fgp_curl_prepare(fgp_curl_easy *f)
{
    int s = 0;

    f->failure = (fgp_failure){ 0 };
    f->began_with_body = false;
    if (!f->prepared)
        s = plan(f);
    if (s == 0)
        s = fgp_hash_body(f);
    if (s == 0)
        s = refused(f, curl_easy_setopt(f->easy, CURLOPT_URL, f->url));
    if (s == 0)
        s = set_body(f);
    if (s == 0)
        s = set_upload(f);
    if (s == 0)
        s = arm(f);
    f->prepared = s == 0;
    return s;
}

CURLcode fgp_curl_perform(fgp_curl_easy *f)
{
    CURLcode rc = CURLE_ABORTED_BY_CALLBACK;

    if (fgp_curl_prepare(f) != 0)
        return rc;
    rc = curl_easy_perform(f->easy);
    if (rc != CURLE_OK && f->failure.status == 0)
        fgp_failure_set(&f->failure, 0, "%s", curl_easy_strerror(rc));
    curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, NULL); /* the signature has done its work */
    fgp_lines_wipe(f->sent);
    f->sent = NULL;
    fgp_upload_end(f);
    return rc;
}

int fgp_curl_presign(fgp_curl_easy *f, const char *method, long expires_s, char **url)
{
    fgp_ask     ask = fgp_options_ask(&f->options);
    fgp_target  target;
    fgp_request req;
    fgp_work    work;
    int         s;

    *url = NULL;
    f->failure = (fgp_failure){ 0 };
    if ((s = fgp_target_make(&target, &ask, &f->failure)) != 0)
        return s;
    req = request_to(&target, fgp_text(method));
    if (!target.rules.presign_unsigned && (s = fgp_hash_body(f)) == 0)
        s = fgp_choose_payload(f, req.method, &req.payload);
    if (s == 0 && expires_s == 0) /* which would mean: not presigned */
        s = fgp_failure_set(&f->failure, FGP_ERR_BAD_EXPIRES, "expiry 0: give 1 to 604800 seconds");
    if (s == 0 && (s = fgp_work_sign(&work, f, &target, &req, expires_s)) == 0) {
        *url = strndup(work.res.url.ptr, work.res.url.len);
        s = *url != NULL ? 0 : fgp_failure_no_memory(&f->failure);
        fgp_work_free(&work);
    }
    fgp_target_free(&target);
    return s;
}

static void easy_free(fgp_curl_easy *f)
{
    fgp_lines_wipe(f->sent);
    fgp_upload_free(f);
    fgp_target_free(&f->target);
    fgp_options_free(&f->options);
    fgp_curl_free(f->shared);
    free(f->url);
    free(f);
}

/* A new |*f| on |easy|, with the options |from| or none. */
static int easy_new(fgp_curl *fgp, CURL *easy, const fgp_options *from, fgp_curl_easy **f)
{
    fgp_curl_easy *made = calloc(1, sizeof *made);
    int            s = 0;

    *f = NULL;
    if (made == NULL)
        return FGP_CURLE_NO_MEMORY;
    fgp_shared_keep(fgp);
    made->shared = fgp;
    made->easy = easy;
    made->options.postfieldsize = made->options.infilesize = -1;
    if (from != NULL)
        s = fgp_options_copy(&made->options, from);
    if (s == 0)
        s = arm(made);
    if (s != 0)
        easy_free(made);
    else
        *f = made;
    return s;
}

int fgp_curl_attach(fgp_curl *fgp, CURL *easy, fgp_curl_easy **f)
{
    int s = easy_new(fgp, easy, NULL, f);

    if (s == 0)
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    return s;
}

int fgp_curl_dup(const fgp_curl_easy *of, CURL *easy, fgp_curl_easy **f)
{
    int s = easy_new(of->shared, easy, &of->options, f);

    if (s == 0) {
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL); /* a copy of the other's pointer */
        (*f)->posts = of->posts;
    }
    return s;
}

int fgp_curl_rearm(fgp_curl_easy *f)
{
    curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, NULL);
    return f->prepared ? fgp_curl_prepare(f) : arm(f);
}

void fgp_curl_detach(fgp_curl_easy *f)
{
    if (f == NULL)
        return;
    curl_easy_setopt(f->easy, CURLOPT_PREREQFUNCTION, NULL);
    curl_easy_setopt(f->easy, CURLOPT_PREREQDATA, NULL);
    curl_easy_setopt(f->easy, CURLOPT_PATH_AS_IS, 0L);
    curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(f->easy, CURLOPT_URL, NULL);
    f->options.postfields = NULL;
    set_body(f);
    f->upload.active = false;
    set_upload(f);
    easy_free(f);
}

const char *fgp_curl_error(const fgp_curl_easy *f)
{
    return f->failure.text;
}

int fgp_curl_status(const fgp_curl_easy *f)
{
    return f->failure.status;
}
