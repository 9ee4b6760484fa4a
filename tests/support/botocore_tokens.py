#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tokens and POST policies that are not ours, at a time that is given.

usage: /usr/bin/python3 botocore_tokens.py <JSON >JSON

in:  [QUESTION, …], each with "what", "region", "id", "secret", "token" or absent, "now", and
  "rds":  "host", "port", "user": botocore's own generate_db_auth_token()
  "url":  "url", "service", "expires", "headers": {name: value}: any URL, presigned by botocore
  "post": "bucket", "key", "expires", "conditions", "fields": botocore's generate_presigned_post()
  "s3express": "method", "url", "mode" or absent: what Debian's botocore can't do, by sigv4.py
out: [answer, …]: a token, a URL, {"url", "fields"}, or {header: value}
"""
import datetime
import json
import sys
import time

import botocore.auth
import botocore.session
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

import sigv4
from botocore_sign import Clock


def client(q, service):
    return botocore.session.get_session().create_client(
        service, region_name=q["region"], aws_access_key_id=q["id"],
        aws_secret_access_key=q["secret"], aws_session_token=q.get("token"),
        config=Config(signature_version="s3v4") if service == "s3" else None)


def rds(q):
    return client(q, "rds").generate_db_auth_token(q["host"], q["port"], q["user"], q["region"])


def url(q):
    request = AWSRequest("GET", q["url"])
    for name, value in q.get("headers", {}).items():
        request.headers[name] = value
    SigV4QueryAuth(Credentials(q["id"], q["secret"], q.get("token")), q["service"], q["region"],
                   expires=q["expires"]).add_auth(request)
    return request.url


def post(q):
    return client(q, "s3").generate_presigned_post(
        q["bucket"], q["key"], q["fields"] or None, q["conditions"] or None, q["expires"])


def s3express(q):
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(q["now"]))
    host, _, target = q["url"].split("//", 1)[1].partition("/")
    headers = {"host": host, "x-amz-date": stamp, "x-amz-content-sha256": sigv4.sha256(b""),
               q["token_header"]: q["token"]}
    if q.get("mode"):
        headers["x-amz-create-session-mode"] = q["mode"]
    scope = "/".join([stamp[:8], q["region"], "s3express", "aws4_request"])
    signed = sorted(headers)
    canonical = sigv4.canonical_request(
        q["method"].encode(), ("/" + target).encode(),
        [(n.encode(), v.encode()) for n, v in headers.items()], [n.encode() for n in signed],
        headers["x-amz-content-sha256"].encode(), True)
    mac = sigv4.signature(q["secret"], scope, sigv4.string_to_sign(stamp, scope, canonical))
    headers["authorization"] = (f"{sigv4.ALGORITHM} Credential={q['id']}/{scope}, "
                                f"SignedHeaders={';'.join(signed)}, Signature={mac}")
    return headers


WHAT = {"rds": rds, "url": url, "post": post, "s3express": s3express}


def answer(q):
    Clock.at = q["now"]
    return WHAT[q["what"]](q)


def main():
    botocore.auth.datetime.datetime = Clock  # botocore looks it up in the module at each signature
    botocore.signers.datetime.datetime = Clock
    json.dump([answer(q) for q in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
