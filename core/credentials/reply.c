/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply.c - picks the texts of a few elements out of an XML reply, by expat.
 *
 * The only file that knows expat. It gives it the reply in one piece, in expat's own
 * buffer, which is wiped before expat frees it: a reply may hold a secret. A document
 * type is refused, and with it all entities but XML's own five.
 */
#include <expat.h>
#include <limits.h>

#include "../base/out.h"
#include "reply.h"

#define DEPTH_MAX 16
#define PATH_MAX_LEN 128

/* Where the reader is. */
typedef struct reader {
    XML_Parser        parser;
    const fgp_wanted *wanted;
    size_t            n;
    const char       *fault;
    size_t            depth, inside; /* inside: depth of the element that is taken; 0: none is */
    size_t            start;         /* of its text */
    fgp_str          *text;
    fgp_out           room, path;
    char              path_text[PATH_MAX_LEN];
    size_t            parent[DEPTH_MAX]; /* length of the path above each element */
} reader;

static void stop(reader *r, const char *fault)
{
    if (r->fault == NULL)
        r->fault = fault;
    XML_StopParser(r->parser, XML_FALSE);
}

/* Adds |name| to the path. One that is too long is nobody's that is looked for. */
static void enter(reader *r, const char *name)
{
    r->parent[r->depth++] = r->path.need;
    if (r->path.need != 0)
        fgp_put_char(&r->path, '/');
    fgp_put(&r->path, (fgp_str){ name, strlen(name) });
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    reader *r = data;

    (void)attributes;
    if (r->inside != 0) {
        stop(r, "has an element where a text must be");
        return;
    }
    if (r->depth == DEPTH_MAX) {
        stop(r, "has elements in elements, more than 16 deep");
        return;
    }
    enter(r, name);
    for (size_t i = 0; i < r->n && r->inside == 0; i++) {
        if (!fgp_out_fits(&r->path) ||
            !fgp_str_eq(fgp_out_since(&r->path, 0), r->wanted[i].path))
            continue;
        if (r->wanted[i].text->ptr != NULL) {
            stop(r, "has an element twice that is there once");
            return;
        }
        r->inside = r->depth;
        r->start = r->room.need;
        r->text = r->wanted[i].text;
    }
}

static void on_end(void *data, const XML_Char *name)
{
    reader *r = data;

    (void)name;
    if (r->inside == r->depth) {
        *r->text = (fgp_str){ r->room.buf + r->start, r->room.need - r->start };
        r->inside = 0;
    }
    r->path.need = r->parent[--r->depth];
}

static void on_text(void *data, const XML_Char *text, int len)
{
    reader *r = data;

    if (r->inside == 0)
        return;
    fgp_put(&r->room, (fgp_str){ text, (size_t)len });
    if (!fgp_out_fits(&r->room))
        stop(r, "has texts that are too long");
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *sysid,
                       const XML_Char *pubid, int has_subset)
{
    (void)name, (void)sysid, (void)pubid, (void)has_subset;
    stop(data, "has a document type, which no reply of AWS's has");
}

static void parse(reader *r, fgp_str xml)
{
    char *buffer = XML_GetBuffer(r->parser, (int)xml.len);

    if (buffer == NULL) {
        r->fault = "could not be read for want of memory";
        return;
    }
    memcpy(buffer, xml.ptr, xml.len);
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    if (XML_ParseBuffer(r->parser, (int)xml.len, 1) != XML_STATUS_OK && r->fault == NULL)
        r->fault = "is not XML";
    fgp_wipe(buffer, xml.len);
}

_Static_assert(FGP_REPLY_MAX <= INT_MAX, "expat counts in int");

const char *fgp_reply_read(fgp_str xml, const fgp_wanted *wanted, size_t n, char *room,
                           size_t cap)
{
    reader r = { .wanted = wanted, .n = n, .room = { room, cap, 0, NULL } };

    for (size_t i = 0; i < n; i++)
        *wanted[i].text = (fgp_str){ NULL, 0 };
    if (xml.len == 0)
        return "is empty";
    if (xml.len > FGP_REPLY_MAX)
        return "is longer than 65536 bytes";
    r.path = (fgp_out){ r.path_text, sizeof r.path_text, 0, NULL };
    r.parser = XML_ParserCreate(NULL);
    if (r.parser == NULL)
        return "could not be read for want of memory";
    parse(&r, xml);
    XML_ParserFree(r.parser);
    return r.fault;
}
