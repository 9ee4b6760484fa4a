/* SPDX-License-Identifier: Apache-2.0 */
/*
 * get.c - fetches an object of a private bucket.
 *
 *     cc get.c $(pkg-config --cflags --libs fingerpost-curl) -o get
 *     AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... ./get s3://photos/a.jpg eu-west-1
 *
 * A third argument is an endpoint to use instead, http://127.0.0.1:9000.
 */
#include <stdio.h>

#include <fingerpost_curl.h>

static int get(fgp_curl *fgp, const char *url, const char *region, const char *endpoint)
{
    CURL          *curl = curl_easy_init();
    fgp_curl_easy *f;
    CURLcode       rc;

    if (curl == NULL || fgp_curl_attach(fgp, curl, &f) != 0)
        return 1;
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);

    fgp_curl_setopt(f, FGP_CURLOPT_URL, url);
    fgp_curl_setopt(f, FGP_CURLOPT_REGION, region);
    fgp_curl_setopt(f, FGP_CURLOPT_ENDPOINT, endpoint);
    rc = fgp_curl_perform(f);
    if (rc != CURLE_OK)
        fprintf(stderr, "%s: %s\n", url, fgp_curl_error(f));

    fgp_curl_detach(f);
    curl_easy_cleanup(curl);
    return rc == CURLE_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    fgp_curl *fgp;
    int       status;

    if (argc < 3) {
        fprintf(stderr, "usage: %s s3://BUCKET/KEY REGION [ENDPOINT]\n", argv[0]);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    fgp = fgp_curl_new();
    status = fgp_curl_set_credentials_env(fgp);
    if (status != 0)
        fprintf(stderr, "credentials: %s\n", fgp_curl_strerror(status));
    else
        status = get(fgp, argv[1], argv[2], argc > 3 ? argv[3] : NULL);
    fgp_curl_free(fgp);
    curl_global_cleanup();
    return status == 0 ? 0 : 1;
}
