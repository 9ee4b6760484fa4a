#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Signs requests with Debian's python3-botocore, at a time that is given.

usage: /usr/bin/python3 botocore_sign.py <JSON >JSON

in:  [{"method": "GET", "url": URL, "headers": [[name, value], …], "body": BASE64, "service": S,
       "region": R, "id": …, "secret": …, "token": … or absent, "now": seconds,
       "expires": seconds, where a presigned URL is wanted}, …]
out: [signature, …], 64 hexadecimal digits each
"""
import base64
import datetime
import json
import re
import sys

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class Clock(datetime.datetime):
    """datetime.datetime, with a present of ours."""
    at = 0

    @classmethod
    def utcnow(cls):
        return datetime.datetime.utcfromtimestamp(cls.at)

    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(cls.at, tz)


def sign(q):
    Clock.at = q["now"]
    request = AWSRequest(q["method"], q["url"], data=base64.b64decode(q["body"]))
    for name, value in q["headers"]:
        request.headers.add_header(name, value)
    args = [Credentials(q["id"], q["secret"], q.get("token")), q["service"], q["region"]]
    s3 = q["service"] == "s3"
    if "expires" in q:
        (S3SigV4QueryAuth if s3 else SigV4QueryAuth)(*args, expires=q["expires"]).add_auth(request)
        return re.search("X-Amz-Signature=([0-9a-f]{64})", request.url)[1]
    (S3SigV4Auth if s3 else SigV4Auth)(*args).add_auth(request)
    return re.search("Signature=([0-9a-f]{64})$", request.headers["Authorization"])[1]


def set_clock():
    """Has botocore sign at Clock.at."""
    datetime.datetime = Clock  # botocore looks it up in the module at each signature
    if hasattr(botocore.auth, "get_current_datetime"):  # later releases
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: Clock.utcnow()


def main():
    set_clock()
    json.dump([sign(q) for q in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
