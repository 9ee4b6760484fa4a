/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multi.c - fetches many objects at once, over few connections.
 *
 *     ./multi REGION ENDPOINT s3://photos/a s3://photos/b ...
 *
 * Each request is signed when libcurl is about to send it, however long it waited
 * for a connection. An ENDPOINT of "-" is AWS's own.
 */
#include <stdio.h>
#include <string.h>

#include <fingerpost_curl.h>

enum { MOST = 64 };

typedef struct fetch {
    const char    *url;
    CURL          *curl;
    fgp_curl_easy *f;
    curl_off_t     bytes;
} fetch;

static size_t count(char *data, size_t size, size_t n, void *it)
{
    (void)data;
    ((fetch *)it)->bytes += (curl_off_t)(size * n);
    return size * n;
}

/* Adds one; what is wrong with it is found before anything is sent. */
static int add(fetch *it, CURLM *multi, fgp_curl *fgp, const char *region, const char *endpoint)
{
    it->curl = curl_easy_init();
    if (it->curl == NULL || fgp_curl_attach(fgp, it->curl, &it->f) != 0)
        return -1;
    curl_easy_setopt(it->curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(it->curl, CURLOPT_WRITEFUNCTION, count);
    curl_easy_setopt(it->curl, CURLOPT_WRITEDATA, it);
    curl_easy_setopt(it->curl, CURLOPT_PRIVATE, it);
    fgp_curl_setopt(it->f, FGP_CURLOPT_URL, it->url);
    fgp_curl_setopt(it->f, FGP_CURLOPT_REGION, region);
    fgp_curl_setopt(it->f, FGP_CURLOPT_ENDPOINT, endpoint);
    if (fgp_curl_prepare(it->f) != 0) {
        fprintf(stderr, "%s: %s\n", it->url, fgp_curl_error(it->f));
        return -1;
    }
    return curl_multi_add_handle(multi, it->curl) == CURLM_OK ? 0 : -1;
}

static void tell(CURLM *multi)
{
    CURLMsg *msg;
    fetch   *it;
    int      left;

    while ((msg = curl_multi_info_read(multi, &left)) != NULL) {
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &it);
        if (msg->data.result == CURLE_OK)
            printf("%s: %ld bytes\n", it->url, (long)it->bytes);
        else
            printf("%s: %s\n", it->url, fgp_curl_status(it->f) != 0
                       ? fgp_curl_error(it->f) : curl_easy_strerror(msg->data.result));
    }
}

int main(int argc, char **argv)
{
    CURLM      *multi = curl_multi_init();
    fgp_curl   *fgp = fgp_curl_new();
    fetch       all[MOST] = { { 0 } };
    const char *endpoint = argc > 2 && strcmp(argv[2], "-") != 0 ? argv[2] : NULL;
    int         running = 1, n = 0;

    fgp_curl_set_credentials_env(fgp);
    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 4L);
    for (; n + 3 < argc && n < MOST; n++) {
        all[n].url = argv[n + 3];
        add(&all[n], multi, fgp, argv[1], endpoint);
    }
    while (running != 0) {
        curl_multi_perform(multi, &running);
        tell(multi);
        curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    for (int i = 0; i < n; i++) {
        curl_multi_remove_handle(multi, all[i].curl);
        fgp_curl_detach(all[i].f);
        curl_easy_cleanup(all[i].curl);
    }
    curl_multi_cleanup(multi);
    fgp_curl_free(fgp);
    return 0;
}
