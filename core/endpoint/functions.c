/* SPDX-License-Identifier: Apache-2.0 */
/* functions.c - see functions.h. Knows no rule, parameter or service. */
#include "../base/chars.h"
#include "functions.h"

#define LABEL_MAX  63
#define BUCKET_MIN 3
#define BUCKET_MAX 63

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_label(fgp_str s)
{
    if (s.len == 0 || s.len > LABEL_MAX || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
        return false;
    return fgp_skip(s, 0, FGP_LABEL) == s.len && memchr(s.ptr, '_', s.len) == NULL;
}

bool fgp_is_host_label(fgp_str s, bool dots)
{
    fgp_str label;
    bool    more = true;

    if (!dots)
        return is_label(s);
    while (more) {
        more = fgp_str_cut(&s, '.', &label);
        if (!is_label(label))
            return false;
    }
    return true;
}

/* Four numbers with dots between, each at most |max| (or of any size: 0). */
static bool is_ipv4(fgp_str s, unsigned max)
{
    unsigned parts = 0, value = 0;
    size_t   digits = 0;

    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && is_digit(s.ptr[i])) {
            value = digits++ < 4 ? value * 10 + (unsigned)(s.ptr[i] - '0') : value;
            continue;
        }
        if (digits == 0 || (max != 0 && (digits > 3 || value > max)))
            return false;
        if (i < s.len && s.ptr[i] != '.')
            return false;
        parts++;
        digits = value = 0;
    }
    return parts == 4;
}

bool fgp_is_virtual_hostable(fgp_str s, bool dots)
{
    if (s.len < BUCKET_MIN || s.len > BUCKET_MAX)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_lower(s.ptr[i]) && !is_digit(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '.')
            return false;
    return fgp_is_host_label(s, dots) && !(dots && is_ipv4(s, 0));
}

/* Eight bytes at a time: the highest bit of each is what matters. */
static bool is_ascii(fgp_str s)
{
    uint64_t all = 0, eight;
    size_t   i = 0;

    for (; i + sizeof eight <= s.len; i += sizeof eight) {
        memcpy(&eight, s.ptr + i, sizeof eight);
        all |= eight;
    }
    for (; i < s.len; i++)
        all |= (unsigned char)s.ptr[i];
    return !(all & 0x8080808080808080);
}

fgp_str fgp_substring(fgp_str s, size_t from, size_t to, bool reverse)
{
    if (from >= to || s.len < to || !is_ascii(s))
        return FGP_NULL;
    return (fgp_str){ s.ptr + (reverse ? s.len - to : from), to - from };
}

bool fgp_arn_parse(fgp_str s, fgp_arn *arn)
{
    fgp_str head;

    if (!fgp_str_cut(&s, ':', &head) || !fgp_str_eq(head, fgp_lit("arn")) ||
        !fgp_str_cut(&s, ':', &arn->partition) || !fgp_str_cut(&s, ':', &arn->service) ||
        !fgp_str_cut(&s, ':', &arn->region) || !fgp_str_cut(&s, ':', &arn->account) ||
        arn->partition.len == 0 || arn->service.len == 0 || s.len == 0)
        return false;
    arn->resource = s;
    arn->nparts = 0;
    for (size_t i = 0; i <= s.len && arn->nparts < FGP_ARN_PARTS; i++)
        if (i == s.len || s.ptr[i] == ':' || s.ptr[i] == '/')
            arn->end[arn->nparts++] = i;
    return true;
}

fgp_str fgp_arn_part(const fgp_arn *arn, size_t i)
{
    size_t from = 0;

    if (i >= arn->nparts)
        return FGP_NULL;
    if (i > 0)
        from = arn->end[i - 1] + 1;
    return (fgp_str){ arn->resource.ptr + from, arn->end[i] - from };
}

/* Cuts "http://" or "https://", in any case, off. */
static bool cut_scheme(fgp_str *s, fgp_str *scheme)
{
    static const fgp_str schemes[] = { FGP_STR("https"), FGP_STR("http") };

    for (size_t i = 0; i < 2; i++) {
        size_t n = schemes[i].len;

        if (s->len < n + 3 || !fgp_str_ieq((fgp_str){ s->ptr, n }, schemes[i]) ||
            memcmp(s->ptr + n, "://", 3) != 0)
            continue;
        *scheme = schemes[i];
        *s = (fgp_str){ s->ptr + n + 3, s->len - n - 3 };
        return true;
    }
    return false;
}

static bool is_port(fgp_str s)
{
    unsigned value = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]))
            return false;
        value = value * 10 + (unsigned)(s.ptr[i] - '0');
        if (value > 65535)
            return false;
    }
    return s.len != 0;
}

/* Whether |s| is what stands in the brackets of an IPv6 address. */
static bool is_ipv6(fgp_str s)
{
    bool colon = false;

    for (size_t i = 0; i < s.len; i++) {
        if (fgp_hex_value(s.ptr[i]) < 0 && s.ptr[i] != ':' && s.ptr[i] != '.')
            return false;
        colon = colon || s.ptr[i] == ':';
    }
    return colon;
}

/* Where the host ends in |s|, host and port: at a ':' outside of brackets. */
static size_t host_end(fgp_str s)
{
    size_t i = 0;

    if (s.len != 0 && s.ptr[0] == '[')
        while (i < s.len && s.ptr[i] != ']')
            i++;
    while (i < s.len && s.ptr[i] != ':')
        i++;
    return i;
}

static bool parse_authority(fgp_str s, fgp_rule_url *url)
{
    size_t  n = host_end(s);
    fgp_str host = { s.ptr, n };

    if (n == 0 || (n < s.len && !is_port((fgp_str){ s.ptr + n + 1, s.len - n - 1 })))
        return false;
    url->authority = s;
    if (host.ptr[0] == '[') {
        url->is_ip = true;
        return n > 2 && host.ptr[n - 1] == ']' && is_ipv6((fgp_str){ host.ptr + 1, n - 2 });
    }
    for (size_t i = 0; i < n; i++)
        if (!fgp_is(host.ptr[i], FGP_HOST))
            return false;
    url->is_ip = is_ipv4(host, 255);
    return true;
}

bool fgp_rule_url_parse(fgp_str s, fgp_rule_url *url)
{
    fgp_str authority;
    size_t  n = 0, at = 0;

    for (size_t i = 0; i < s.len; i++) /* a query, or what can't stand in a URL */
        if (s.ptr[i] == '?' || s.ptr[i] == ' ' || s.ptr[i] == '\\' || fgp_is(s.ptr[i], FGP_CONTROL))
            return false;
    if (!cut_scheme(&s, &url->scheme))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '#')
            s.len = i; /* a fragment is no part of what the rules see */
    while (n < s.len && s.ptr[n] != '/')
        n++;
    authority = (fgp_str){ s.ptr, n };
    url->path = (fgp_str){ s.ptr + n, s.len - n };
    for (size_t i = 0; i < n; i++)
        if (authority.ptr[i] == '@')
            at = i + 1; /* nor is user information */
    return parse_authority((fgp_str){ authority.ptr + at, n - at }, url);
}
