/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - keeps what a program sets, in copies of its own.
 *
 * Knows types, not meanings: what a value must be comes out when it is used.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "easy.h"

/* The place of each string option, in the order of fgp_text_option. */
static const fgp_curl_option text_options[FGP_OPT_TEXTS] = {
    FGP_CURLOPT_URL, FGP_CURLOPT_QUERY, FGP_CURLOPT_SERVICE, FGP_CURLOPT_REGION,
    FGP_CURLOPT_ENDPOINT, FGP_CURLOPT_SIGNING_NAME, FGP_CURLOPT_SIGNING_REGION,
    FGP_CURLOPT_PAYLOAD_SHA256, FGP_CURLOPT_REGION_SET, FGP_CURLOPT_TRAILER,
};

/* Replaces |*place| with a copy of |value|, which may be NULL. */
static int set_text(char **place, const char *value)
{
    char *text = value != NULL ? strdup(value) : NULL;

    if (value != NULL && text == NULL)
        return FGP_CURLE_NO_MEMORY;
    free(*place);
    *place = text;
    return 0;
}

static int add_param(fgp_options *o, const char *value)
{
    char **more = realloc(o->params, (o->nparams + 1) * sizeof *more);

    if (more == NULL)
        return FGP_CURLE_NO_MEMORY;
    o->params = more;
    o->params[o->nparams] = strdup(value);
    if (o->params[o->nparams] == NULL)
        return FGP_CURLE_NO_MEMORY;
    o->nparams++;
    return 0;
}

static void unset_params(fgp_options *o)
{
    for (size_t i = 0; i < o->nparams; i++)
        free(o->params[i]);
    free(o->params);
    o->params = NULL;
    o->nparams = 0;
}

static int set_pointer(fgp_options *o, fgp_curl_option option, void *value)
{
    for (size_t i = 0; i < FGP_OPT_TEXTS; i++)
        if (text_options[i] == option)
            return set_text(&o->text[i], value);
    switch ((int)option) {
    case FGP_CURLOPT_HTTPHEADER: o->headers = value; return 0;
    case FGP_CURLOPT_POSTFIELDS: o->postfields = value; return 0;
    case FGP_CURLOPT_READDATA: o->readdata = value; return 0;
    case FGP_CURLOPT_SEEKDATA: o->seekdata = value; return 0;
    case FGP_CURLOPT_PARAM:
        if (value != NULL)
            return add_param(o, value);
        unset_params(o);
        return 0;
    default: return FGP_CURLE_BAD_OPTION;
    }
}

static int set_flag(bool *place, long value)
{
    if (value != 0 && value != 1)
        return FGP_CURLE_BAD_OPTION;
    *place = value == 1;
    return 0;
}

static int set_long(fgp_options *o, fgp_curl_option option, long value)
{
    switch ((int)option) {
    case FGP_CURLOPT_FIPS: return set_flag(&o->fips, value);
    case FGP_CURLOPT_DUALSTACK: return set_flag(&o->dualstack, value);
    case FGP_CURLOPT_PATH_STYLE: return set_flag(&o->path_style, value);
    case FGP_CURLOPT_SIGV4A: return set_flag(&o->sigv4a, value);
    case FGP_CURLOPT_PAYLOAD:
        if (value < FGP_CURL_PAYLOAD_AUTO || value > FGP_CURL_PAYLOAD_CHUNKED_UNSIGNED)
            return FGP_CURLE_BAD_OPTION;
        o->payload = (fgp_curl_payload)value;
        return 0;
    default: return FGP_CURLE_BAD_OPTION;
    }
}

static int set_size(fgp_options *o, fgp_curl_option option, curl_off_t value)
{
    if (value < -1)
        return FGP_CURLE_BAD_OPTION;
    switch ((int)option) {
    case FGP_CURLOPT_POSTFIELDSIZE_LARGE: o->postfieldsize = value; return 0;
    case FGP_CURLOPT_INFILESIZE_LARGE: o->infilesize = value; return 0;
    default: return FGP_CURLE_BAD_OPTION;
    }
}

int fgp_curl_setopt(fgp_curl_easy *f, fgp_curl_option option, ...)
{
    va_list args;
    int     s = 0;

    va_start(args, option);
    if ((int)option >= FGP_CURLOPTTYPE_OFF_T)
        s = set_size(&f->options, option, va_arg(args, curl_off_t));
    else if (option == FGP_CURLOPT_READFUNCTION)
        f->options.readfunction = va_arg(args, curl_read_callback);
    else if (option == FGP_CURLOPT_SEEKFUNCTION)
        f->options.seekfunction = va_arg(args, curl_seek_callback);
    else if ((int)option >= FGP_CURLOPTTYPE_PTR)
        s = set_pointer(&f->options, option, va_arg(args, void *));
    else
        s = set_long(&f->options, option, va_arg(args, long));
    va_end(args);
    f->prepared = false; /* what was prepared may point to what was replaced */
    if (s != 0)
        return fgp_failure_set(&f->failure, s, "FGP_CURLOPT_ number %d: %s", (int)option,
                               fgp_curl_strerror(s));
    return 0;
}

int fgp_options_copy(fgp_options *to, const fgp_options *from)
{
    int s = 0;

    *to = *from;
    memset(to->text, 0, sizeof to->text);
    to->params = NULL;
    to->nparams = 0;
    for (size_t i = 0; i < FGP_OPT_TEXTS && s == 0; i++)
        s = set_text(&to->text[i], from->text[i]);
    for (size_t i = 0; i < from->nparams && s == 0; i++)
        s = add_param(to, from->params[i]);
    return s;
}

void fgp_options_free(fgp_options *options)
{
    for (size_t i = 0; i < FGP_OPT_TEXTS; i++)
        free(options->text[i]);
    unset_params(options);
}

fgp_ask fgp_options_ask(const fgp_options *options)
{
    return (fgp_ask){
        .url = options->text[FGP_OPT_URL],
        .query = options->text[FGP_OPT_QUERY],
        .service = options->text[FGP_OPT_SERVICE],
        .region = options->text[FGP_OPT_REGION],
        .endpoint = options->text[FGP_OPT_ENDPOINT],
        .signing_name = options->text[FGP_OPT_SIGNING_NAME],
        .signing_region = options->text[FGP_OPT_SIGNING_REGION],
        .region_set = options->text[FGP_OPT_REGION_SET],
        .sigv4a = options->sigv4a,
        .fips = options->fips,
        .dualstack = options->dualstack,
        .path_style = options->path_style,
        .params = (const char *const *)options->params,
        .nparams = options->nparams,
    };
}
