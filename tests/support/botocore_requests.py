#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes random requests and has Debian's python3-botocore sign them, in headers and in URLs.

usage: /usr/bin/python3 botocore_requests.py COUNT SEED >JSON
out:   [{"method", "target", "headers": [[name, value], …], "body": BASE64, "now", "secret",
         "token" or absent, "service", "region"}, …], as they go on the wire
"""
import base64
import json
import random
import sys
import urllib.parse

import botocore.auth
import botocore_sign
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PIECES = ["a", "Z9", "-_.~", " ", "+", "%", "/", "ü", "中", "=", "&", ":", "@", "(", "'", "!", "*", "?", "#", ";"]
SERVICES = ["s3", "s3", "sts", "dynamodb", "execute-api", "es"]


def text(r, most):
    return "".join(r.choice(PIECES) for _ in range(r.randint(1, most))) + "k"


def signer_for(r, service, args):
    presigned = r.random() < 0.25
    if presigned:
        return presigned, (S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth)(*args, expires=r.randint(1, 604800))
    return presigned, (S3SigV4Auth if service == "s3" else SigV4Auth)(*args)


def make(r):
    service, region = r.choice(SERVICES), r.choice(["us-east-1", "eu-west-1"])
    secret, token = "wJalrXUtnFEMI/K7MDENG", "tok+/=%d" % r.randint(0, 999) if r.random() < 0.3 else None
    botocore_sign.Clock.at = now = r.randint(0, 4102444800)
    presigned, auth = signer_for(r, service, [Credentials("AKIDEXAMPLE", secret, token), service, region])
    names = sorted({text(r, 2) for _ in range(r.randint(0, 4))})
    query = "&".join(urllib.parse.quote(n, safe="-_.~") + "=" + urllib.parse.quote(text(r, 3), safe="-_.~") for n in names)
    url = "https://%s.example.com%s/%s" % (service, r.choice(["", ":8443"]), urllib.parse.quote(text(r, 6), safe="/-_.~"))
    body = b"" if presigned else bytes(r.randint(0, 255) for _ in range(r.randint(0, 50)))
    request = AWSRequest(r.choice(["GET", "PUT", "DELETE"]) if presigned else "PUT", url + ("?" + query if query else ""),
                         data=body)
    if not presigned:
        for name in ("X-Amz-Meta-A", "Content-Type", "range"):
            if r.random() < 0.4:
                request.headers[name] = r.choice(["x", "a  b", "text/plain; charset=utf-8"])
    auth.add_auth(request)
    parts = urllib.parse.urlsplit(request.url)
    headers = [[n, v.decode() if isinstance(v, bytes) else v] for n, v in request.headers.items()]
    found = {"method": request.method, "target": request.url[len("https://" + parts.netloc):],
             "headers": headers + [["Host", parts.netloc]], "body": base64.b64encode(body).decode(), "now": now,
             "secret": secret, "service": service, "region": region}
    return {**found, "token": token} if token else found


def main():
    botocore_sign.datetime.datetime = botocore_sign.Clock
    if hasattr(botocore.auth, "get_current_datetime"):  # later releases
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: botocore_sign.Clock.utcnow()
    r = random.Random(int(sys.argv[2]))
    json.dump([make(r) for _ in range(int(sys.argv[1]))], sys.stdout)


if __name__ == "__main__":
    main()
