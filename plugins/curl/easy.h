/* SPDX-License-Identifier: Apache-2.0 */
/* easy.h - what an fgp_curl_easy holds. */
#ifndef FGP_CURL_EASY_H
#define FGP_CURL_EASY_H

#include "fingerpost_curl.h"
#include "upload.h"

/* The string options, each at home in options.c. */
typedef enum fgp_text_option {
    FGP_OPT_URL,
    FGP_OPT_QUERY,
    FGP_OPT_SERVICE,
    FGP_OPT_REGION,
    FGP_OPT_ENDPOINT,
    FGP_OPT_SIGNING_NAME,
    FGP_OPT_SIGNING_REGION,
    FGP_OPT_PAYLOAD_SHA256,
    FGP_OPT_REGION_SET,
    FGP_OPT_TRAILER,
    FGP_OPT_TEXTS
} fgp_text_option;

/* What the program has set. */
typedef struct fgp_options {
    char                    *text[FGP_OPT_TEXTS];
    char                   **params; /* "Name=value" */
    size_t                   nparams;
    bool                     fips, dualstack, path_style, sigv4a;
    const struct curl_slist *headers;  /* the program's */
    const char              *postfields; /* the program's */
    curl_off_t               postfieldsize;
    fgp_curl_payload         payload;
    curl_read_callback       readfunction; /* of a body in chunks */
    void                    *readdata;
    curl_seek_callback       seekfunction;
    void                    *seekdata;
    curl_off_t               infilesize; /* -1: nobody said */
} fgp_options;

int  fgp_options_copy(fgp_options *to, const fgp_options *from);
void fgp_options_free(fgp_options *options);

/* |options| as fgp_target_make() takes them; views of it. */
fgp_ask fgp_options_ask(const fgp_options *options);

struct fgp_curl_easy {
    fgp_curl          *shared;
    CURL              *easy;
    fgp_options        options;
    fgp_target         target;        /* of the request prepared */
    char              *url;           /* likewise, in the form that is signed */
    bool               prepared;      /* both are what the options say */
    bool               began_with_body; /* its first hop was neither GET nor HEAD */
    bool               posts;         /* CURLOPT_POSTFIELDS is set on the handle */
    char               body_hash[64]; /* of it */
    fgp_upload         upload;        /* its body in chunks */
    bool               uploads;       /* CURLOPT_READFUNCTION and so on are set on the handle */
    struct curl_slist *sent;          /* CURLOPT_HTTPHEADER of the handle */
    fgp_failure        failure;
};

#endif
