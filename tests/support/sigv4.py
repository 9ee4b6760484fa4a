# SPDX-License-Identifier: Apache-2.0
"""AWS Signature Version 4 from its specification, in the standard library alone.

The tests' own second opinion: written apart from the core, it shares nothing with
it. s3_oracle.py signs with it, verify_sigv4.py verifies with it, and
servers_spec.lua holds it against botocore and two real servers. It works on the
bytes of a request as they are on the wire, and is plain rather than fast.

Spec: "Create a signed AWS API request", and of Amazon S3 "Authenticating Requests".
"""
import hashlib
import hmac
import re

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def decode(text):
    """bytes of |text| with every %XX undone; a '+' is a plus."""
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text)


def encode(data, keep=b""):
    """UriEncode: what is not unreserved becomes %XX, upper case."""
    return b"".join(bytes([c]) if c in UNRESERVED or c in keep else b"%%%02X" % c for c in data)


def normal_path(path):
    """RFC 3986 without empty, '.' and '..' segments; a slash at the end stays."""
    kept = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    at_end = b"/" if kept and path.endswith((b"/", b"/.", b"/..")) else b""
    return b"/" + b"/".join(kept) + at_end


def canonical_uri(path, s3):
    """S3: each byte of the key encoded once. Others: what is sent, encoded again."""
    if s3:
        return encode(decode(path or b"/"), b"/")
    return encode(normal_path(path or b"/"), b"/")


def parameters(query):
    """[(name, value)] of a raw query, decoded, as they come; empty ones left out."""
    pairs = (p.partition(b"=") for p in query.split(b"&") if p)
    return [(decode(name), decode(value)) for name, _, value in pairs]


def canonical_query(query, leave_out=()):
    pairs = [(encode(n), encode(v)) for n, v in parameters(query) if n not in leave_out]
    return b"&".join(n + b"=" + v for n, v in sorted(pairs))


def canonical_headers(headers, signed):
    """|headers|: [(name, value)] in bytes; |signed|: names in lower case, sorted."""
    lines = []
    for name in signed:
        values = [b" ".join(v.strip(b" \t").split()) for n, v in headers if n.lower() == name]
        lines.append(name + b":" + b",".join(values) + b"\n")
    return b"".join(lines)


def canonical_request(method, target, headers, signed, payload_hash, s3, leave_out=()):
    path, _, query = target.partition(b"?")
    return b"\n".join([method, canonical_uri(path, s3), canonical_query(query, leave_out),
                       canonical_headers(headers, signed), b";".join(signed), payload_hash])


def string_to_sign(stamp, scope, canonical):
    return "\n".join([ALGORITHM, stamp, scope, sha256(canonical)])


def signature(secret, scope, text):
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
