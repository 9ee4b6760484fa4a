/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url.c - takes a URL apart, and refuses what two readers could take for two
 * different ones. Knows no service and decodes nothing. Spec: RFC 3986 section 3.
 */
#include "chars.h"
#include "error.h"
#include "url.h"

#define HOST_MAX  253 /* bytes of a DNS name */
#define LABEL_MAX 63

/* What of |text| may be shown: neither a password before '@', nor a query, which
 * may hold a signature. */
static fgp_str showable(fgp_str text)
{
    fgp_str head, rest = text;

    if (text.len == 0)
        return text;
    fgp_str_cut(&rest, '?', &head);
    return memchr(text.ptr, '@', text.len) != NULL ? (fgp_str){ NULL, 0 } : head;
}

static fgp_status bad(fgp_error *err, fgp_str text, const char *remedy)
{
    return fgp_fail(err, FGP_ERR_BAD_URL, "URL", showable(text), remedy);
}

/* Like bad(), for the byte at |at|. */
static fgp_status bad_at(fgp_error *err, fgp_str text, size_t at)
{
    fgp_str shown = showable(text);

    if (at < shown.len)
        return fgp_fail_at(err, FGP_ERR_BAD_URL, "URL", shown, at,
                           "must be percent-encoded there");
    return bad(err, text, "a control byte, space, '\\' or '#' must be percent-encoded there");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i]))
            return false;
    return s.len != 0;
}

/* A number of at most |max|, written without leading zeros; -1 where it is none. */
static long number(fgp_str s, long max)
{
    long n = 0;

    if (!all_digits(s) || s.len > 5 || (s.len > 1 && s.ptr[0] == '0'))
        return -1;
    for (size_t i = 0; i < s.len; i++)
        n = n * 10 + (s.ptr[i] - '0');
    return n <= max ? n : -1;
}

static bool is_ipv4(fgp_str host)
{
    fgp_str part;
    int     parts = 0;
    bool    more = true;

    while (more) {
        more = fgp_str_cut(&host, '.', &part);
        if (number(part, 255) < 0 || ++parts > 4)
            return false;
    }
    return parts == 4;
}

/* One group of an IPv6 address: 1 to 4 hexadecimal digits. */
static bool is_group(fgp_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (fgp_hex_value(s.ptr[i]) < 0)
            return false;
    return s.len >= 1 && s.len <= 4;
}

/* Counts the groups of |s|, parted by ':'; an IPv4 address at the end, where
 * |tail| allows it, counts two. -1 where one is malformed; none in an empty |s|. */
static int groups(fgp_str s, bool tail)
{
    fgp_str part;
    int     n = 0;
    bool    more = s.len != 0;

    while (more) {
        more = fgp_str_cut(&s, ':', &part);
        if (is_group(part))
            n++;
        else if (!more && tail && is_ipv4(part))
            n += 2;
        else
            return -1;
    }
    return n;
}

/* Where "::" stands; s.len where it does not. */
static size_t find_gap(fgp_str s)
{
    for (size_t i = 0; i + 1 < s.len; i++)
        if (s.ptr[i] == ':' && s.ptr[i + 1] == ':')
            return i;
    return s.len;
}

static bool is_ipv6(fgp_str s)
{
    size_t gap = find_gap(s);
    int    before, after;

    if (gap == s.len)
        return groups(s, true) == 8;
    before = groups((fgp_str){ s.ptr, gap }, false);
    after = groups((fgp_str){ s.ptr + gap + 2, s.len - gap - 2 }, true);
    return before >= 0 && after >= 0 && before + after <= 7;
}

/* Whether some reader takes |label|, the last of a host, for a part of an IPv4
 * address ("0x7f.1"): then the whole must be one, in the usual form. */
static bool is_numeric(fgp_str label)
{
    return all_digits(label) ||
           (label.len >= 2 && label.ptr[0] == '0' && fgp_lower(label.ptr[1]) == 'x');
}

/* NULL where |label| may be a part of a host's name, else what is wrong with it. A '-'
 * may stand at its ends: the official rule cases make such a host. */
static const char *label_fault(fgp_str label)
{
    if (label.len == 0 || label.len > LABEL_MAX)
        return "its host has an empty label, or one of more than 63 bytes";
    return NULL;
}

/* NULL where |host| is a DNS name or an IPv4 address, else what is wrong with it. */
static const char *name_fault(fgp_str host, bool *is_ip)
{
    const char *fault = NULL;
    fgp_str     label = host;
    size_t      end = SIZE_MAX; /* of the label before: its '.' */

    if (host.len > HOST_MAX)
        return "its host is longer than 253 bytes";
    while (fault == NULL && end != host.len) {
        size_t from = end + 1;

        end = fgp_skip(host, from, FGP_LABEL);
        if (end < host.len && host.ptr[end] != '.')
            return "its host holds what is no letter, digit, '-', '_' or '.'";
        label = (fgp_str){ host.ptr + from, end - from };
        fault = label_fault(label);
    }
    if (fault != NULL)
        return fault;
    *is_ip = is_numeric(label);
    return *is_ip && !is_ipv4(host) ? "its host looks like an IPv4 address but is none" : NULL;
}

/* Cuts |text|, all of it "[address]" and what follows. */
static const char *cut_ipv6(fgp_str text, fgp_url *url, fgp_str *port)
{
    if (!fgp_str_cut(&text, ']', &url->host))
        return "its IPv6 address lacks the ']'";
    url->host = (fgp_str){ url->host.ptr + 1, url->host.len - 1 };
    url->is_ip = true;
    *port = text;
    return is_ipv6(url->host) ? NULL : "its IPv6 address is malformed (a zone is not allowed)";
}

static const char *port_fault(fgp_str port, fgp_url *url)
{
    long n;

    url->port = fgp_str_eq(url->scheme, fgp_lit("http")) ? 80 : 443;
    if (port.len == 0)
        return NULL;
    n = port.ptr[0] == ':' ? number((fgp_str){ port.ptr + 1, port.len - 1 }, 65535) : -1;
    if (n < 1)
        return "its port is not a number from 1 to 65535";
    url->port = (unsigned)n;
    return NULL;
}

const char *fgp_url_authority(fgp_str text, fgp_url *url)
{
    fgp_str     port = { NULL, 0 };
    const char *fault;

    url->authority = text;
    url->is_ip = false;
    if (text.len != 0 && text.ptr[0] == '[') {
        fault = cut_ipv6(text, url, &port);
    } else {
        const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
        size_t      n = colon ? (size_t)(colon - text.ptr) : text.len;

        url->host = (fgp_str){ text.ptr, n };
        port = (fgp_str){ text.len ? text.ptr + n : NULL, text.len - n };
        fault = n == 0 ? "it has no host" : name_fault(url->host, &url->is_ip);
    }
    return fault != NULL ? fault : port_fault(port, url);
}

/* Cuts "http://" or "https://" off. */
static bool cut_scheme(fgp_str *text, fgp_str *scheme)
{
    static const fgp_str begin[] = { FGP_STR("https://"), FGP_STR("http://") };

    for (size_t i = 0; i < 2; i++) {
        if (!fgp_str_starts(*text, begin[i]))
            continue;
        *scheme = (fgp_str){ text->ptr, begin[i].len - 3 };
        *text = (fgp_str){ text->ptr + begin[i].len, text->len - begin[i].len };
        return true;
    }
    return false;
}

/* Cuts |text| before its first '/' or '?'. */
static fgp_str cut_authority(fgp_str *text)
{
    size_t  n = 0;
    fgp_str head;

    while (n < text->len && text->ptr[n] != '/' && text->ptr[n] != '?')
        n++;
    head = (fgp_str){ text->ptr, n };
    *text = (fgp_str){ text->ptr + n, text->len - n };
    return head;
}

fgp_status fgp_url_parse(fgp_str text, fgp_url *url, fgp_error *err)
{
    fgp_str     rest = text;
    fgp_str     authority;
    const char *fault;

    *url = (fgp_url){ 0 };
    for (size_t i = 0; i < text.len; i++)
        if (fgp_is(text.ptr[i], FGP_CONTROL) || text.ptr[i] == ' ' || text.ptr[i] == '\\' ||
            text.ptr[i] == '#')
            return bad_at(err, text, i);
    if (!cut_scheme(&rest, &url->scheme))
        return bad(err, text, "it must begin with https:// or http://");

    authority = cut_authority(&rest);
    fault = fgp_url_authority(authority, url);
    if (fault == NULL) {
        url->has_query = fgp_str_cut(&rest, '?', &url->path);
        url->query = rest;
        return FGP_OK;
    }
    *url = (fgp_url){ 0 };
    if (authority.len != 0 && memchr(authority.ptr, '@', authority.len) != NULL)
        fault = "it may hold no user name or password: leave them out, up to the '@'";
    return bad(err, text, fault);
}
