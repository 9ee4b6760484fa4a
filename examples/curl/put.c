/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put.c - uploads a file into a bucket, streamed, and prints a URL to fetch it with.
 *
 *     ./put FILE s3://photos/a.jpg eu-west-1 SHA256 [ENDPOINT]
 *
 * SHA256 is the file's, as sha256sum prints it; over https it may be "-", and then the
 * signature doesn't cover the body.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fingerpost_curl.h>

static int put(CURL *curl, fgp_curl_easy *f, FILE *file, long size, const char *sha256)
{
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READDATA, file);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
    if (strcmp(sha256, "-") == 0)
        fgp_curl_setopt(f, FGP_CURLOPT_PAYLOAD, (long)FGP_CURL_PAYLOAD_UNSIGNED);
    else
        fgp_curl_setopt(f, FGP_CURLOPT_PAYLOAD_SHA256, sha256);
    return fgp_curl_perform(f) == CURLE_OK ? 0 : -1;
}

static int print_link(fgp_curl_easy *f)
{
    char *url;

    if (fgp_curl_presign(f, "GET", 900, &url) != 0)
        return -1;
    puts(url);
    free(url);
    return 0;
}

int main(int argc, char **argv)
{
    CURL          *curl = curl_easy_init();
    fgp_curl      *fgp = fgp_curl_new();
    FILE          *file = argc > 4 ? fopen(argv[1], "rb") : NULL;
    fgp_curl_easy *f;
    long           size;
    int            status = 1;

    if (file == NULL || curl == NULL || fgp == NULL || fgp_curl_attach(fgp, curl, &f) != 0)
        return 2;
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    fgp_curl_set_credentials_env(fgp);
    fgp_curl_setopt(f, FGP_CURLOPT_URL, argv[2]);
    fgp_curl_setopt(f, FGP_CURLOPT_REGION, argv[3]);
    fgp_curl_setopt(f, FGP_CURLOPT_ENDPOINT, argc > 5 ? argv[5] : NULL);
    if (put(curl, f, file, size, argv[4]) == 0 && print_link(f) == 0)
        status = 0;
    else
        fprintf(stderr, "%s: %s\n", argv[2], fgp_curl_error(f));
    fgp_curl_detach(f);
    fgp_curl_free(fgp);
    curl_easy_cleanup(curl);
    fclose(file);
    return status;
}
