#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Says whether a captured request carries a right SigV4 signature, as strictly as AWS.

usage: /usr/bin/python3 verify_sigv4.py <JSON >JSON

in:  {"requests": [R, …], "secret": S}; each R as origin.py records it,
       {"method": "GET", "target": "/a?b", "headers": [["Host", "x"], …], "body": BASE64},
     and beside it, where not what the first level says:
       "secret"           the secret access key that must have signed
       "s3"               path rules of the S3 family (default: by the scope's service)
       "region", "service" what the scope must name (default: not compared)
       "now"              seconds since 1970 (default: the clock)
out: [{"ok": true|false, "reason": TEXT, "canonical_request": TEXT, "string_to_sign": TEXT,
       "signature": HEX}, …]

From Lua: require("verify").one(request, secret), see verify.lua.

Both forms: Authorization header and presigned URL. Refused, beside a signature that
does not match: an x-amz-* header that is sent but not signed, no signed host, a
payload hash that is not the body's, a clock 15 minutes off, an expired URL, a form
or scope that is malformed, two forms at once, a header that could be taken for
another (sent twice where one is meant).
"""
import base64
import calendar
import json
import re
import sys
import time

import sigv4

S3_FAMILY = {"s3", "s3express", "s3-object-lambda", "s3-outposts"}
SKEW_S = 15 * 60
WEEK_S = 604800
ONCE = (b"host", b"authorization", b"x-amz-date", b"x-amz-content-sha256",
        b"x-amz-security-token", b"content-length", b"content-type")
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/, ]+)/([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})\Z")
SCOPE = re.compile(r"(\d{8})/([a-z0-9-]+)/([A-Za-z0-9._-]+)/aws4_request\Z")


class Refused(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def seconds(stamp):
    require(re.fullmatch(r"\d{8}T\d{6}Z", stamp or ""), f"the date {stamp!r} is not one")
    return calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))


class Request:
    def __init__(self, given):
        self.method = given["method"].encode()
        self.target = given["target"].encode("latin-1")
        self.headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in given["headers"]]
        self.body = base64.b64decode(given.get("body", ""))
        for name in ONCE:
            require(len(self.all(name)) <= 1, f"{name.decode()} is sent more than once")
        require(self.target.startswith(b"/"), "the target is not a path")
        require(not re.search(rb"[\x00-\x20\x7f-\xff]", self.target), "the target holds a raw byte")

    def all(self, name):
        return [v for n, v in self.headers if n.lower() == name]

    def header(self, name):
        values = self.all(name)
        return values[0].decode("latin-1").strip() if values else None

    def parameter(self, name):
        pairs = sigv4.parameters(self.target.partition(b"?")[2])
        values = [v for n, v in pairs if n == name]
        require(len(values) <= 1, f"{name.decode()} is given more than once")
        return values[0].decode("latin-1") if values else None


def from_header(r):
    require(r.parameter(b"X-Amz-Signature") is None, "signed in the header and in the query")
    m = AUTHORIZATION.match(r.header(b"authorization"))
    require(m, "the Authorization header is malformed")
    stamp, token = r.header(b"x-amz-date"), r.header(b"x-amz-security-token")
    return dict(id=m[1], scope=m[2], signed=m[3], signature=m[4], stamp=stamp, expires=None, token=token)


def from_query(r):
    require(r.parameter(b"X-Amz-Algorithm") == sigv4.ALGORITHM, "no Authorization, and X-Amz-Algorithm is not SigV4's")
    identity, _, scope = (r.parameter(b"X-Amz-Credential") or "").partition("/")
    expires = r.parameter(b"X-Amz-Expires") or ""
    require(re.fullmatch(r"[1-9]\d{0,5}", expires) and int(expires) <= WEEK_S, f"X-Amz-Expires is {expires!r}")
    return dict(id=identity, scope=scope, signed=r.parameter(b"X-Amz-SignedHeaders") or "",
                signature=r.parameter(b"X-Amz-Signature") or "", stamp=r.parameter(b"X-Amz-Date"),
                expires=int(expires), token=r.parameter(b"X-Amz-Security-Token"))


def check_time(form, now):
    at = seconds(form["stamp"])
    require(at <= now + SKEW_S, "signed in the future")
    if form["expires"]:
        require(now < at + form["expires"], "expired")
    else:
        require(now <= at + SKEW_S, "signed too long ago")


def check_headers(r, signed):
    names = signed.split(";")
    require(names == sorted(set(names)) and names == [n.lower() for n in names],
            f"SignedHeaders {signed!r} is not sorted lower case")
    require("host" in names, "host is not signed")
    for name in names:
        require(r.all(name.encode()), f"{name} is signed but not sent")
    for name, _ in r.headers:
        lower = name.lower().decode("latin-1")
        require(not lower.startswith("x-amz-") or lower in names, f"{lower} is sent but not signed")
    return [n.encode() for n in names]


def payload_hash(r, form, s3):
    claimed = r.header(b"x-amz-content-sha256") or (form["expires"] and s3 and sigv4.UNSIGNED)
    require(claimed or not s3, "S3 wants x-amz-content-sha256")
    if claimed == sigv4.UNSIGNED:
        return claimed.encode()
    actual = sigv4.sha256(r.body)
    require(not claimed or claimed == actual, "x-amz-content-sha256 is not the body's")
    return actual.encode()


def verify(given):
    answer = {"ok": False}
    try:
        r = Request(given)
        form = from_header(r) if r.header(b"authorization") else from_query(r)
        scope = SCOPE.match(form["scope"])
        require(scope, f"the scope {form['scope']!r} is malformed")
        require((form["stamp"] or "").startswith(scope[1]), "scope and date are of different days")
        for i, name in ((2, "region"), (3, "service")):
            require(given.get(name) in (None, scope[i]), f"the scope names the {name} {scope[i]!r}")
        check_time(form, given.get("now") or time.time())
        require(form["token"] == given.get("session_token"), "not the session token of this key")
        s3 = given.get("s3", scope[3] in S3_FAMILY)
        canonical = sigv4.canonical_request(
            r.method, r.target, r.headers, check_headers(r, form["signed"]), payload_hash(r, form, s3),
            s3, {b"X-Amz-Signature"})
        text = sigv4.string_to_sign(form["stamp"], form["scope"], canonical)
        right = sigv4.signature(given["secret"], form["scope"], text)
        answer.update(canonical_request=canonical.decode("latin-1"), string_to_sign=text, signature=right)
        require(right == form["signature"], "the signature does not match")
        answer["ok"] = True
    except Refused as refused:
        answer["reason"] = str(refused)
    return answer


def main():
    given = json.load(sys.stdin)
    rest = {k: v for k, v in given.items() if k != "requests"}
    json.dump([verify({**rest, **r}) for r in given["requests"]], sys.stdout)


if __name__ == "__main__":
    main()
