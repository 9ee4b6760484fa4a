#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Says whether captured requests carry right SigV4A signatures, each chunk's included.

usage: /usr/bin/python3 verify_sigv4a.py <JSON >JSON

in:  {"requests": [R, …], "id": AKID, "secret": S, "region_set": TEXT, "token": TEXT};
     each R as origin.py records it, or {"raw": BASE64 of the HTTP request}
out: [{"ok": true, "chunks": [sizes], "body": SHA-256}, {"ok": false, "reason": TEXT}, …]

The key is derived here, by the specification; OpenSSL's command makes its public half
and checks signatures. Canonical requests are sigv4.py's, chunks' framing verify_stream.py's.
Spec: SigV4, "AWS SigV4A"; NIST SP 800-108 for the key.
"""
import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile

import sigv4
import verify_stream
from verify_stream import Refused, require

ALGORITHM = "AWS4-ECDSA-P256-SHA256"
STREAMING = f"STREAMING-{ALGORITHM}-PAYLOAD"
ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
AUTHORIZATION = re.compile(
    ALGORITHM + r" Credential=([^/, ]+)/([^, ]+), SignedHeaders=([^, ]+), Signature=([0-9a-f]+)\Z")
WIDTH = 144


def private_key(identity, secret):
    for counter in range(1, 255):
        info = b"\0\0\0\1" + ALGORITHM.encode() + b"\0" + identity.encode() + bytes([counter]) + b"\0\0\1\0"
        candidate = int.from_bytes(hmac.new(b"AWS4A" + secret.encode(), info, hashlib.sha256).digest(), "big")
        if candidate <= ORDER - 2:
            return candidate + 1
    raise Refused("no key in 254 rounds")


class PublicKey:
    """Half of what ECPrivateKey of RFC 5915 holds, by OpenSSL's command."""

    def __init__(self, private, directory):
        self.directory = directory
        der = bytes.fromhex("30310201010420") + private.to_bytes(32, "big") + \
            bytes.fromhex("a00a06082a8648ce3d030107")
        pem = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout"], input=der,
                             capture_output=True, check=True).stdout
        self.path = self.write("key.pem", pem)

    def write(self, name, content):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def check(self, what, text, signature):
        require(re.fullmatch(r"(?:[0-9a-f]{2}){8,72}", signature), f"{what} has no signature")
        signed = self.write("signature", bytes.fromhex(signature))
        answer = subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.path, "-signature", signed],
                                input=text.encode(), capture_output=True).stdout
        require(answer == b"Verified OK\n", f"the signature of {what} is not right")


class Chain(verify_stream.Chain):
    """As its parent's, of signatures that are filled up to the same width."""

    def __init__(self, key, scope, stamp, seed):
        super().__init__(None, scope, stamp, seed)
        self.key = key

    def check(self, what, given, purpose, *hashes):
        require(given is not None and len(given) == WIDTH, f"the signature of {what} has not 144 bytes")
        given = given.rstrip("*")
        text = "\n".join([f"{ALGORITHM}-{purpose}", self.stamp, self.scope, self.last, *hashes])
        self.key.check(what, text, given)
        self.last = given


class Request:
    def __init__(self, given):
        if "raw" in given:
            self.method, self.target, headers, self.body = verify_stream.split_request(
                base64.b64decode(given["raw"]))
        else:
            self.method, self.target = given["method"], given["target"]
            headers, self.body = given["headers"], base64.b64decode(given.get("body", ""))
        self.headers = [(n.lower(), v) for n, v in headers]
        require(len(dict(self.headers)) == len(self.headers), "a header is repeated")
        self.header = dict(self.headers)
        pairs = sigv4.parameters(self.target.partition("?")[2].encode())
        self.parameter = {n.decode(): v.decode() for n, v in pairs}

    def form(self):
        if "authorization" not in self.header:
            p = self.parameter
            require(p.get("X-Amz-Algorithm") == ALGORITHM, "the request is not signed by SigV4A")
            identity, _, scope = p["X-Amz-Credential"].partition("/")
            return (identity, scope, p["X-Amz-SignedHeaders"], p["X-Amz-Signature"], p["X-Amz-Date"],
                    p.get("X-Amz-Region-Set"), p.get("X-Amz-Security-Token"))
        m = AUTHORIZATION.match(self.header["authorization"])
        require(m, "the Authorization header is malformed")
        h = self.header
        return (*m.groups(), h.get("x-amz-date"), h.get("x-amz-region-set"), h.get("x-amz-security-token"))


def check_signed(r, signed):
    names = signed.split(";")
    require(names == sorted(set(names)) and "host" in names, f"SignedHeaders {signed!r} is none")
    for name in r.header:
        require(not name.startswith("x-amz-") or name in names, f"{name} is sent but not signed")
    return [n.encode() for n in names]


def payload(r):
    claimed = r.header.get("x-amz-content-sha256")
    if "X-Amz-Signature" in r.parameter:
        return sigv4.UNSIGNED
    require(claimed, "x-amz-content-sha256 is missing")
    if not claimed.startswith("STREAMING-"):
        require(claimed == sigv4.sha256(r.body), "x-amz-content-sha256 is not the body's")
    return claimed


def check_body(r, chain):
    """What the answer tells of it."""
    word = r.header.get("x-amz-content-sha256", "")
    if not word.startswith(STREAMING):
        return {"body": sigv4.sha256(r.body), "chunks": []}
    require(int(r.header["content-length"]) == len(r.body), "content-length is not what is sent")
    declared = [n for n in r.header.get("x-amz-trailer", "").split(",") if n]
    require(bool(declared) == word.endswith("-TRAILER"), "the trailers are not as the kind says")
    body, sizes, at = verify_stream.decode_body(r.body, chain, True)
    verify_stream.decode_trailers(r.body, at, chain, declared, True)
    require(int(r.header["x-amz-decoded-content-length"]) == len(body), "the decoded length is another")
    return {"body": sigv4.sha256(body), "chunks": sizes}


def verify(given, key, q):
    try:
        r = Request(given)
        identity, scope, signed, signature, stamp, region_set, token = r.form()
        require(identity == q["id"], "another access key id")
        require(re.fullmatch(r"\d{8}/s3(-outposts)?/aws4_request", scope), f"the scope is {scope!r}")
        require(stamp and stamp.startswith(scope[:8]), "scope and date are of different days")
        require(region_set == q["region_set"], f"the region set is {region_set!r}")
        require(token == q.get("token"), "the session token is another")
        canonical = sigv4.canonical_request(
            r.method.encode(), r.target.encode(), [(n.encode(), v.encode()) for n, v in r.headers],
            check_signed(r, signed), payload(r).encode(), True, {b"X-Amz-Signature"})
        key.check("the request", "\n".join([ALGORITHM, stamp, scope, sigv4.sha256(canonical)]), signature)
        return {"ok": True, **check_body(r, Chain(key, scope, stamp, signature))}
    except Refused as refused:
        return {"ok": False, "reason": str(refused)}


def main():
    q = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as directory:
        key = PublicKey(private_key(q["id"], q["secret"]), directory)
        json.dump([verify(r, key, q) for r in q["requests"]], sys.stdout)


if __name__ == "__main__":
    main()
