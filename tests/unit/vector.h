/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vector.h - reads tests/vectors/FOLDER/NAME.txt for the C tests.
 *
 * "-- name" opens a section, which runs to the next one less the blank line before it;
 * what stands above the first is a comment. The section "context" holds lines
 * "name = value". Bytes are written as text in which \r, \n, \xNN and {a*N}, N times the
 * byte a, stand for bytes; the file's own line ends do not.
 */
#define _GNU_SOURCE
#ifndef VECTOR_H
#define VECTOR_H

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"

#define VECTOR_SECTIONS 8

typedef struct vector {
    char   *name;
    char   *text; /* of the file */
    size_t  n;
    fgp_str title[VECTOR_SECTIONS], section[VECTOR_SECTIONS];
} vector;

/* A file's bytes with a NUL, to be freed. */
static inline char *vector_slurp(const char *path)
{
    FILE  *f = fopen(path, "rb");
    size_t n, cap = 1 << 20;
    char  *text = malloc(cap);

    if (f == NULL || text == NULL)
        fail_msg("can't read %s", path);
    n = fread(text, 1, cap - 1, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static inline void vector_load(vector *v, const char *path)
{
    const char *slash = strrchr(path, '/');
    char       *at;

    v->name = strndup(slash + 1, strlen(slash + 1) - 4);
    v->text = vector_slurp(path);
    v->n = 0;
    for (at = strstr(v->text, "\n-- "); at != NULL; at = strstr(at, "\n-- ")) {
        char *title = at + 4, *begin = strchr(title, '\n');

        if (v->n != 0) /* less the blank line, which at stands before */
            v->section[v->n - 1].len = (size_t)(at - v->section[v->n - 1].ptr);
        assert_true(v->n < VECTOR_SECTIONS);
        v->title[v->n] = (fgp_str){ title, (size_t)(begin - title) };
        v->section[v->n++] = (fgp_str){ begin + 1, strlen(begin + 1) };
        at = begin - 1;
        if (begin[1] == '\n') /* an empty section */
            at = begin;
    }
}

static inline void vector_free(vector *v)
{
    free(v->name);
    free(v->text);
}

/* The section |title|; empty without one. */
static inline fgp_str vector_section(const vector *v, const char *title)
{
    for (size_t i = 0; i < v->n; i++)
        if (fgp_str_eq(v->title[i], (fgp_str){ title, strlen(title) }))
            return v->section[i];
    return (fgp_str){ NULL, 0 };
}

static inline fgp_str vector_trim(fgp_str s)
{
    while (s.len != 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\n'))
        s.len--;
    while (s.len != 0 && s.ptr[0] == ' ')
        s = (fgp_str){ s.ptr + 1, s.len - 1 };
    return s;
}

/* The value of |name| in the context; empty without one. */
static inline fgp_str vector_setting(const vector *v, const char *name)
{
    fgp_str rest = vector_section(v, "context"), line, key;

    while (rest.len != 0) {
        fgp_str_cut(&rest, '\n', &line);
        fgp_str_cut(&line, '=', &key);
        if (fgp_str_eq(vector_trim(key), (fgp_str){ name, strlen(name) }))
            return vector_trim(line);
    }
    return (fgp_str){ NULL, 0 };
}

static inline int64_t vector_number(fgp_str s)
{
    char text[32] = "";

    if (s.len != 0)
        memcpy(text, s.ptr, s.len < sizeof text ? s.len : sizeof text - 1);
    return strtoll(text, NULL, 10);
}

/* The bytes that |s| stands for, to be freed. */
static inline fgp_str vector_bytes(fgp_str s)
{
    size_t n = 0, cap = 1 << 20;
    char  *bytes = malloc(cap);

    for (size_t i = 0; i < s.len; i++) {
        const char *p = s.ptr + i;
        unsigned    value;
        int         used;

        assert_true(n < cap);
        if (*p == '\n')
            continue;
        if (p[0] == '\\' && (p[1] == 'r' || p[1] == 'n')) {
            bytes[n++] = p[1] == 'r' ? '\r' : '\n';
            i++;
        } else if (p[0] == '\\' && sscanf(p, "\\x%2x%n", &value, &used) == 1) {
            bytes[n++] = (char)value;
            i += (size_t)used - 1;
        } else if (p[0] == '{' && sscanf(p + 2, "*%u}%n", &value, &used) == 1) {
            memset(bytes + n, p[1], value);
            n += value;
            i += (size_t)used + 1;
        } else {
            bytes[n++] = *p;
        }
    }
    return (fgp_str){ realloc(bytes, n + 1), n };
}

/* Calls |test| with each vector of |folder|; without one it fails. */
static inline void vector_each(const char *folder, void (*test)(const vector *v))
{
    char   pattern[512];
    glob_t files;

    snprintf(pattern, sizeof pattern, "%s/%s/*.txt", FGP_VECTORS, folder);
    if (glob(pattern, 0, NULL, &files) != 0)
        fail_msg("no vectors at %s", pattern);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        vector v;

        vector_load(&v, files.gl_pathv[i]);
        print_message("    %s\n", v.name);
        test(&v);
        vector_free(&v);
    }
    globfree(&files);
}

/* Fails with both of them where |got| is not |want|. */
static inline void same(fgp_str got, fgp_str want)
{
    size_t i = 0;

    if (fgp_str_eq(got, want))
        return;
    while (i < got.len && i < want.len && got.ptr[i] == want.ptr[i])
        i++;
    fail_msg("they differ at byte %zu\n got %zu: %.*s\nwant %zu: %.*s", i, got.len,
             (int)(got.len < 400 ? got.len : 400), got.ptr, want.len,
             (int)(want.len < 400 ? want.len : 400), want.ptr);
}

static inline fgp_str text(const char *s)
{
    return (fgp_str){ s, strlen(s) };
}

static inline void same_error(const fgp_error *err, fgp_status status, const char *want)
{
    if (err->status != status)
        fail_msg("got %s: %s", fgp_status_name(err->status), err->text);
    same(text(err->text), text(want));
}

#endif
