/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact.c - prints lines without the secrets in them.
 *
 * Knows where a secret stands: after which words, and up to where. It works on any
 * text, so that HTTP/2's own spelling of a header ("[authorization: ...]") and a
 * canonical request ("x-amz-security-token:...") are covered by the same table.
 */
#include <string.h>
#include <strings.h>

#include "redact.h"

/* What of a secret is shown. */
typedef enum shown { NOTHING, ENDS } shown;

static const struct secret {
    const char *after; /* any case */
    const char *until; /* up to one of these, or the line's end */
    shown       what;
} secrets[] = {
    { "credential=", "/%&, ",            ENDS },    /* access key id; in both forms */
    { "signature=", "&, \"",             NOTHING }, /* likewise */
    { "x-amz-security-token=", "& \"",   NOTHING }, /* presigned */
    { "x-amz-security-token:", "]",      NOTHING },
    { "x-amz-s3session-token=", "& \"",  NOTHING },
    { "x-amz-s3session-token:", "]",     NOTHING },
    { "authorization: basic", "]",       NOTHING }, /* proxies' too */
    { "authorization: bearer", "]",      NOTHING },
    { "authorization: digest", "]",      NOTHING },
    { "authorization: negotiate", "]",   NOTHING },
    { "authorization: ntlm", "]",        NOTHING },
    { "cookie:", "]",                    NOTHING }, /* Set-Cookie too */
};

#define ENDS_SHOWN 4 /* bytes at each end of an access key id */

static const struct secret *secret_at(const char *p, size_t n)
{
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        size_t len = strlen(secrets[i].after);

        if (n >= len && strncasecmp(p, secrets[i].after, len) == 0)
            return &secrets[i];
    }
    return NULL;
}

static void print(FILE *file, const char *p, size_t n)
{
    fwrite(p, 1, n, file);
}

static void print_secret(FILE *file, const char *p, size_t n, shown what)
{
    bool ends = what == ENDS && n > 3 * ENDS_SHOWN;

    print(file, p, ends ? ENDS_SHOWN : 0);
    fputs("***", file);
    print(file, p + (ends ? n - ENDS_SHOWN : 0), ends ? ENDS_SHOWN : 0);
}

/* Prints one line, without its end. */
static void print_line(FILE *file, const char *p, size_t n)
{
    while (n != 0) {
        const struct secret *s = secret_at(p, n);
        size_t               head = s != NULL ? strlen(s->after) : 1, tail = 0;

        print(file, p, head);
        p += head;
        n -= head;
        if (s == NULL)
            continue;
        while (tail < n && (p[tail] == '\0' || strchr(s->until, p[tail]) == NULL))
            tail++;
        print_secret(file, p, tail, s->what);
        p += tail;
        n -= tail;
    }
}

void fgp_redact(FILE *file, const char *prefix, fgp_str text)
{
    const char *p = text.ptr, *end = p + text.len;

    while (p < end) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        size_t      n = (size_t)((eol != NULL ? eol : end) - p);

        fputs(prefix, file);
        print_line(file, p, n != 0 && p[n - 1] == '\r' ? n - 1 : n);
        fputc('\n', file);
        p = eol != NULL ? eol + 1 : end;
    }
}
