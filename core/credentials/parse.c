/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - finds one profile in a shared credentials file.
 *
 * Knows AWS's ini dialect, line by line, and keeps nothing but views; the file was
 * read by the caller. The whole text is looked at, also past the profile, so that a
 * malformed file never half works. Errors name the line and show none of it: a line
 * may be a secret. Spec: AWS SDKs and Tools Reference, "Shared config and
 * credentials files"; where it is silent, what its users write: indented sections
 * and properties, indented comments, names in quotes, a byte order mark.
 */
#include "../base/error.h"
#include "../base/out.h"

/* Where the reader is in the text. */
typedef struct reader {
    fgp_str          rest, profile;
    fgp_credentials *creds;
    fgp_error       *err;
    size_t           line;   /* from 1 */
    size_t           indent; /* of the last property */
    fgp_str         *value;  /* of the last property, where it is one that is looked for */
    bool             in_section, wanted, found;
    bool             in_property, nested; /* nested: its value is empty, so properties follow */
} reader;

static fgp_status malformed(const reader *r, const char *remedy)
{
    char    text[20];
    fgp_out number = { text, sizeof text, 0, NULL };

    fgp_put_number(&number, r->line);
    return fgp_fail(r->err, FGP_ERR_BAD_CREDENTIALS, "credentials file, line",
                    fgp_out_since(&number, 0), remedy);
}

static bool is_comment(char c)
{
    return c == '#' || c == ';';
}

/* |s| up to a comment: a '#' or ';' after a blank. */
static fgp_str without_comment(fgp_str s)
{
    for (size_t i = 1; i < s.len; i++)
        if (is_comment(s.ptr[i]) && fgp_is_blank(s.ptr[i - 1]))
            return (fgp_str){ s.ptr, i };
    return s;
}

static fgp_str unquote(fgp_str s)
{
    if (s.len >= 2 && s.ptr[0] == s.ptr[s.len - 1] && (s.ptr[0] == '"' || s.ptr[0] == '\''))
        return fgp_str_trim((fgp_str){ s.ptr + 1, s.len - 2 });
    return s;
}

/* Takes "[name]". In a name no '#' or ';' can stand: they begin a comment. */
static fgp_status take_section(reader *r, fgp_str line)
{
    size_t end = 1;

    while (end < line.len && line.ptr[end] != ']' && !is_comment(line.ptr[end]))
        end++;
    if (end == line.len || line.ptr[end] != ']')
        return malformed(r, "a section's name must end with ']'");

    r->in_section = true;
    r->in_property = false;
    r->wanted = fgp_str_eq(unquote(fgp_str_trim((fgp_str){ line.ptr + 1, end - 1 })), r->profile);
    r->found = r->found || r->wanted;
    return FGP_OK;
}

/* Where the value of |key| goes; NULL where it is not looked for. */
static fgp_str *place_of(fgp_credentials *creds, fgp_str key)
{
    if (fgp_str_ieq(key, fgp_lit("aws_access_key_id")))
        return &creds->access_key_id;
    if (fgp_str_ieq(key, fgp_lit("aws_secret_access_key")))
        return &creds->secret_access_key;
    if (fgp_str_ieq(key, fgp_lit("aws_session_token")))
        return &creds->session_token;
    return NULL;
}

static fgp_status take_property(reader *r, fgp_str line, size_t indent)
{
    fgp_str key;

    if (!r->in_section)
        return malformed(r, "there must be a section, such as [default], before it");
    if (!fgp_str_cut(&line, '=', &key))
        return malformed(r, "a property must be written as name = value");
    key = fgp_str_trim(key);
    if (key.len == 0)
        return malformed(r, "a property needs a name before its '='");

    line = fgp_str_trim(without_comment(line));
    r->in_property = true;
    r->nested = line.len == 0;
    r->indent = indent;
    r->value = r->wanted ? place_of(r->creds, key) : NULL;
    if (r->value != NULL)
        *r->value = line;
    return FGP_OK;
}

/* A line indented deeper than the property above it goes on with its value. */
static fgp_status take_continuation(reader *r, fgp_str line)
{
    fgp_str key;

    if (r->value != NULL)
        return malformed(r, "it goes on with a value that has one line; do not indent it");
    if (r->nested && (!fgp_str_cut(&line, '=', &key) || fgp_str_trim(key).len == 0))
        return malformed(r, "a property within another must be written as name = value");
    return FGP_OK;
}

static fgp_status take_line(reader *r, fgp_str line)
{
    size_t indent = 0;

    if (line.len != 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    while (indent < line.len && fgp_is_blank(line.ptr[indent]))
        indent++;
    line = (fgp_str){ line.ptr + indent, line.len - indent };
    if (line.len == 0 || is_comment(line.ptr[0]))
        return FGP_OK;
    if (r->in_property && indent > r->indent)
        return take_continuation(r, line);
    return line.ptr[0] == '[' ? take_section(r, line) : take_property(r, line, indent);
}

fgp_status fgp_credentials_parse(fgp_str text, fgp_str profile, fgp_credentials *creds,
                                 fgp_error *err)
{
    static const fgp_str bom = FGP_STR("\xef\xbb\xbf");
    fgp_credentials      found = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    reader               r = { .rest = text, .profile = profile, .creds = &found, .err = err };
    fgp_status           s = FGP_OK;
    fgp_str              line;

    *creds = found;
    if (fgp_str_starts(text, bom))
        r.rest = (fgp_str){ text.ptr + bom.len, text.len - bom.len };
    while (s == FGP_OK && r.rest.len != 0) {
        fgp_str_cut(&r.rest, '\n', &line);
        r.line++;
        s = take_line(&r, line);
    }
    if (s == FGP_OK && !r.found)
        s = fgp_fail(err, FGP_ERR_NO_CREDENTIALS, "profile", profile,
                     "the credentials file has no section of this name");
    if (s == FGP_OK)
        s = fgp_check_credentials(&found, err);
    if (s == FGP_ERR_NO_CREDENTIALS && r.found)
        fgp_fail(err, s, "profile", profile,
                 "its section has neither aws_access_key_id nor aws_secret_access_key");
    if (s == FGP_OK)
        *creds = found;
    return s;
}
