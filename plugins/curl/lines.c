/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines.c - reads and writes libcurl's lists of header lines.
 *
 * Knows what libcurl makes of each form of a line, and which headers it adds by
 * itself after the request was signed. What a value may hold the core checks.
 */
#include <stdlib.h>
#include <strings.h>

#include "fingerpost_curl.h"
#include "lines.h"

static bool is_named(fgp_str a, const char *name)
{
    return a.len == strlen(name) && strncasecmp(a.ptr, name, a.len) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static fgp_str trim(fgp_str s)
{
    while (s.len != 0 && is_blank(s.ptr[0]))
        s = (fgp_str){ s.ptr + 1, s.len - 1 };
    while (s.len != 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static bool is_printable(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < ' ' || s.ptr[i] > '~')
            return false;
    return true;
}

/* ---- reading ---------------------------------------------------------- */

typedef enum line_kind { LINE_HEADER, LINE_REMOVAL, LINE_MALFORMED } line_kind;

/* What libcurl will make of |line|. */
static line_kind read_line(fgp_str line, fgp_header *h)
{
    size_t n = strcspn(line.ptr, ":;");

    h->name = (fgp_str){ line.ptr, n };
    h->value = (fgp_str){ NULL, 0 };
    if (n == line.len || n == 0)
        return LINE_MALFORMED;
    h->value = trim((fgp_str){ line.ptr + n + 1, line.len - n - 1 });
    if (line.ptr[n] == ';')
        return h->value.len == 0 ? LINE_HEADER : LINE_MALFORMED;
    if (h->value.len != 0)
        return LINE_HEADER;
    return is_printable(h->name) ? LINE_REMOVAL : LINE_MALFORMED; /* the core never sees it */
}

static int malformed(fgp_failure *why, const fgp_header *h)
{
    char shown[FGP_SHOWN];

    return fgp_failure_set(why, FGP_ERR_BAD_HEADER,
                           "header line \"%s\" is not of the form \"Name: value\", or "
                           "\"Name;\" for an empty value", fgp_show(shown, h->name));
}

static size_t count(const struct curl_slist *list)
{
    size_t n = 0;

    for (; list != NULL; list = list->next)
        n++;
    return n;
}

int fgp_lines_read(fgp_lines *lines, const struct curl_slist *list, const fgp_header *more,
                   size_t nmore, fgp_failure *why)
{
    fgp_header h;

    *lines = (fgp_lines){ calloc(count(list) + nmore + 1, sizeof h), nmore, list };
    if (lines->headers == NULL)
        return fgp_failure_no_memory(why);
    if (nmore != 0)
        memcpy(lines->headers, more, nmore * sizeof h);
    for (; list != NULL; list = list->next) {
        line_kind kind = read_line(fgp_text(list->data), &h);

        if (kind == LINE_MALFORMED) {
            fgp_lines_free(lines);
            return malformed(why, &h);
        }
        if (kind == LINE_HEADER)
            lines->headers[lines->nheaders++] = h;
    }
    return 0;
}

void fgp_lines_free(fgp_lines *lines)
{
    free(lines->headers);
    *lines = (fgp_lines){ 0 };
}

/* ---- writing ---------------------------------------------------------- */

static char *append(char *at, fgp_str s)
{
    if (s.len != 0)
        memcpy(at, s.ptr, s.len);
    return at + s.len;
}

/* Adds one line to |*list|, through room that is wiped. False without memory. */
static bool add(struct curl_slist **list, fgp_str name, fgp_str between, fgp_str value)
{
    size_t             room = name.len + between.len + value.len + 1;
    char              *line = malloc(room);
    struct curl_slist *longer = NULL;

    if (line != NULL) {
        *append(append(append(line, name), between), value) = '\0';
        longer = curl_slist_append(*list, line);
        fgp_wipe(line, room);
    }
    free(line);
    *list = longer != NULL ? longer : *list;
    return longer != NULL;
}

static bool add_header(struct curl_slist **list, const fgp_header *h)
{
    return add(list, h->name, fgp_text(h->value.len != 0 ? ": " : ";"), h->value);
}

static bool add_removal(struct curl_slist **list, fgp_str name)
{
    return add(list, name, fgp_text(":"), (fgp_str){ NULL, 0 });
}

static bool has(const fgp_lines *lines, const char *name)
{
    for (size_t i = 0; i < lines->nheaders; i++)
        if (is_named(lines->headers[i].name, name))
            return true;
    return false;
}

/* The program's own lines; its Host is sent by what was signed. */
static bool add_own(struct curl_slist **list, const fgp_lines *lines)
{
    const struct curl_slist *line;
    fgp_header               h;

    for (size_t i = 0; i < lines->nheaders; i++)
        if (!is_named(lines->headers[i].name, "host") && !add_header(list, &lines->headers[i]))
            return false;
    for (line = lines->from; line != NULL; line = line->next)
        if (read_line(fgp_text(line->data), &h) == LINE_REMOVAL && !is_named(h.name, "host") &&
            !add_removal(list, h.name))
            return false;
    return true;
}

/* What libcurl would add by itself: it knows neither value when it is signed. */
static bool add_removals(struct curl_slist **list, const fgp_lines *lines)
{
    static const char *const made_up[] = { "Expect", "Content-Type" };

    for (size_t i = 0; i < sizeof made_up / sizeof made_up[0]; i++)
        if (!has(lines, made_up[i]) && !add_removal(list, fgp_text(made_up[i])))
            return false;
    return true;
}

struct curl_slist *fgp_lines_write(const fgp_lines *lines, const fgp_signed *res)
{
    struct curl_slist *list = NULL;
    bool               good = add_own(&list, lines) && add_removals(&list, lines);

    for (size_t i = 0; i < res->nheaders && good; i++)
        good = add_header(&list, &res->headers[i]);
    if (good)
        return list;
    fgp_lines_wipe(list);
    return NULL;
}

void fgp_lines_wipe(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line != NULL; line = line->next)
        fgp_wipe(line->data, strlen(line->data));
    curl_slist_free_all(list);
}
