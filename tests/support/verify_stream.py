#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Says whether a request with a body in chunks, or a stream of events, is rightly signed.

usage: /usr/bin/python3 verify_stream.py request|events|wrap <JSON >JSON

request: {"raw": BASE64 of the HTTP request, "secret": S}
      -> {"ok": true, "body": SHA-256 of it, "trailers": {…}, "chunks": [sizes]} or
         {"ok": false, "reason": TEXT}
events:  {"raw": BASE64, "secret": S, "seed": HEX, "region": R, "service": N}
      -> {"ok": …, "events": [{"headers": {…}, "payload": TEXT}, …]}, the messages inside
wrap:    {"body": BASE64, "checksum": "CRC32", "chunk": N}
      -> {"body": BASE64}, as botocore's AwsChunkedWrapper sends it

Written from the specifications apart from the core: signatures by sigv4.py, framing of
events and CRC-32 by Debian's botocore and zlib, the other CRCs bit by bit.
Spec: S3 API, "Signature calculations: transferring payload in multiple chunks", and
"… including trailing headers"; Transcribe, "Event stream encoding".
"""
import base64
import hashlib
import io
import json
import struct
import sys
import time
import zlib

import sigv4

EMPTY = sigv4.sha256(b"")


class Refused(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def crc(polynomial, bits, data):
    value = ones = (1 << bits) - 1
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
    return (value ^ ones).to_bytes(bits // 8, "big")


CHECKSUMS = {
    "x-amz-checksum-crc32": lambda data: struct.pack(">I", zlib.crc32(data)),
    "x-amz-checksum-crc32c": lambda data: crc(0x82f63b78, 32, data),
    "x-amz-checksum-crc64nvme": lambda data: crc(0x9a6c9329ac4bc9b5, 64, data),
    "x-amz-checksum-sha1": lambda data: hashlib.sha1(data).digest(),
    "x-amz-checksum-sha256": lambda data: hashlib.sha256(data).digest(),
}


class Chain:
    """The signatures of a body's parts, each over the one before."""

    def __init__(self, secret, scope, stamp, seed):
        self.secret, self.scope, self.stamp, self.last = secret, scope, stamp, seed

    def check(self, what, given, purpose, *hashes):
        text = "\n".join([f"AWS4-HMAC-SHA256-{purpose}", self.stamp, self.scope, self.last, *hashes])
        self.last = sigv4.signature(self.secret, self.scope, text)
        require(given == self.last, f"the signature of {what} is not right")


def split_request(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    start, *lines = head.decode().split("\r\n")
    method, target, _ = start.split(" ")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    return method, target, headers, body


def check_request(method, target, headers, secret):
    """The request's own signature; gives what the chain starts with."""
    value = dict(headers)
    auth = dict(p.split("=", 1) for p in value["authorization"].split(" ", 1)[1].split(", "))
    scope = auth["Credential"].split("/", 1)[1]
    signed = auth["SignedHeaders"].split(";")
    for name in value:
        require(not name.startswith("x-amz-") or name in signed, f"{name} is not signed")
    canonical = sigv4.canonical_request(
        method.encode(), target.encode(), [(n.encode(), v.encode()) for n, v in headers],
        [n.encode() for n in signed], value["x-amz-content-sha256"].encode(), True)
    stamp = value["x-amz-date"]
    mac = sigv4.signature(secret, scope, sigv4.string_to_sign(stamp, scope, canonical))
    require(mac == auth["Signature"], "the request's own signature is not right")
    return Chain(secret, scope, stamp, mac)


def take_line(body, at):
    end = body.index(b"\r\n", at)
    return body[at:end].decode(), end + 2


def decode_body(body, chain, signed):
    """(decoded, sizes, where the trailer begins)"""
    decoded, sizes, at = b"", [], 0
    while True:
        line, at = take_line(body, at)
        size, _, extension = line.partition(";")
        size = int(size, 16)
        data = body[at:at + size]
        require(len(data) == size, "the body ends early")
        if signed:
            name, _, given = extension.partition("=")
            require(name == "chunk-signature", "no chunk-signature")
            chain.check(f"chunk {len(sizes) + 1}", given, "PAYLOAD", EMPTY, sigv4.sha256(data))
        if size == 0:
            return decoded, sizes, at
        require(body[at + size:at + size + 2] == b"\r\n", "no line end after a chunk")
        decoded, at = decoded + data, at + size + 2
        sizes.append(size)


def decode_trailers(body, at, chain, declared, signed):
    trailers = {}
    while True:
        line, at = take_line(body, at)
        if line == "":
            break
        name, _, text = line.partition(":")
        require(name not in trailers, "a trailer is repeated")
        trailers[name] = text
    require(at == len(body), "bytes follow the end")
    if signed and declared:
        canonical = "".join(f"{n}:{trailers[n]}\n" for n in sorted(declared))
        chain.check("the trailer", trailers.pop("x-amz-trailer-signature", None), "TRAILER",
                    sigv4.sha256(canonical.encode()))
    require(sorted(trailers) == sorted(declared), "the trailers are not those declared")
    return trailers


def verify_request(q):
    method, target, headers, body = split_request(base64.b64decode(q["raw"]))
    value = dict(headers)
    require(len(value) == len(headers), "a header is repeated")
    chain = check_request(method, target, headers, q["secret"])
    kind = value["x-amz-content-sha256"]
    signed = kind != "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    declared = value["x-amz-trailer"].split(",") if "x-amz-trailer" in value else []
    require(kind.endswith("-TRAILER") == bool(declared), "x-amz-trailer contradicts the kind")
    require(value["content-encoding"].split(",")[0] == "aws-chunked", "not aws-chunked")
    require(int(value["content-length"]) == len(body), "content-length is not the body's")
    decoded, sizes, at = decode_body(body, chain, signed)
    require(int(value["x-amz-decoded-content-length"]) == len(decoded), "the decoded length")
    require(all(size >= 8192 and size == sizes[0] for size in sizes[:-1]), "the sizes of the chunks")
    trailers = decode_trailers(body, at, chain, declared, signed)
    for name, text in trailers.items():
        if name in CHECKSUMS:
            require(base64.b64decode(text) == CHECKSUMS[name](decoded), f"{name} is not the body's")
    return dict(ok=True, body=sigv4.sha256(decoded), trailers=trailers, chunks=sizes)


# ---- events -----------------------------------------------------------------

def messages(raw):
    from botocore.eventstream import EventStreamBuffer

    buffer = EventStreamBuffer()
    buffer.add_data(raw)
    return list(buffer)


def shown(value):
    return value.hex() if isinstance(value, bytes) else value


def verify_events(q):
    chain = Chain(q["secret"], None, None, q["seed"])
    events = []
    for outer in messages(base64.b64decode(q["raw"])):
        require(set(outer.headers) == {":date", ":chunk-signature"}, "the headers of a signed event")
        ms = outer.headers[":date"]
        require(ms % 1000 == 0, "the date is not whole seconds")
        chain.stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(ms // 1000))
        chain.scope = "/".join([chain.stamp[:8], q["region"], q["service"], "aws4_request"])
        date = b"\x05:date\x08" + struct.pack(">q", ms)
        chain.check(f"event {len(events) + 1}", outer.headers[":chunk-signature"].hex(), "PAYLOAD",
                    sigv4.sha256(date), sigv4.sha256(outer.payload))
        for inner in messages(outer.payload):
            events.append(dict(headers={n: shown(v) for n, v in inner.headers.items()},
                               payload=inner.payload.decode()))
        last = outer.payload
    require(last == b"", "the stream is not ended")
    return dict(ok=True, events=events)


def wrap(q):
    from botocore import httpchecksum

    classes = {"CRC32": httpchecksum.Crc32Checksum, "SHA1": httpchecksum.Sha1Checksum,
               "SHA256": httpchecksum.Sha256Checksum}
    body = httpchecksum.AwsChunkedWrapper(
        io.BytesIO(base64.b64decode(q["body"])), classes[q["checksum"]],
        "x-amz-checksum-" + q["checksum"].lower(), q["chunk"])
    return dict(body=base64.b64encode(body.read()).decode())


def main():
    try:
        answer = {"request": verify_request, "events": verify_events, "wrap": wrap}[sys.argv[1]](json.load(sys.stdin))
    except (Refused, ValueError, KeyError) as why:
        answer = dict(ok=False, reason=f"{why}")
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
