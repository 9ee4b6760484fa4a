#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Signs requests with Debian's python3-botocore and tells where it comes to something else.

usage: /usr/bin/python3 botocore_compare.py <LINES >JSON

A line: {"method", "url", "headers": [[name, value], …], "body": BASE64, "service", "s3": bool,
         "region", "id", "secret", "token" or absent, "now", "expires" of a presigned URL or absent,
         "ours": [canonical request, string to sign, signature],
         "row": "" or the name of what is known of botocore}
Out:    {"asked": {row: n}, "differed": {row: n},
         "shown": [{"n": the line's number, "what", "ours", "theirs", "url"}, …]: the first of row ""}
"""
import base64
import collections
import json
import sys

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore_sign import Clock, set_clock

PARTS = ["canonical request", "string to sign", "signature"]
SHOWN = 10


def told(signer):
    """|signer|, which keeps what it signs in .told."""
    class Told(signer):
        def string_to_sign(self, request, canonical_request):
            text = super().string_to_sign(request, canonical_request)
            self.told = [canonical_request, text]
            return text

        def signature(self, string_to_sign, request):
            self.told.append(super().signature(string_to_sign, request))
            return self.told[2]
    return Told


IN_HEADERS = {True: told(S3SigV4Auth), False: told(SigV4Auth)}
IN_URL = {True: told(S3SigV4QueryAuth), False: told(SigV4QueryAuth)}


def sign(q):
    Clock.at = q["now"]
    request = AWSRequest(q["method"], q["url"], data=base64.b64decode(q["body"]))
    for name, value in q["headers"]:
        request.headers.add_header(name, value)
    args = [Credentials(q["id"], q["secret"], q.get("token")), q["service"], q["region"]]
    signer = IN_URL[q["s3"]](*args, expires=q["expires"]) if "expires" in q else IN_HEADERS[q["s3"]](*args)
    signer.add_auth(request)
    return signer.told


def main():
    set_clock()
    asked, differed, shown = collections.Counter(), collections.Counter(), []
    for n, line in enumerate(sys.stdin.buffer, 1):
        q = json.loads(line)
        asked[q["row"]] += 1
        theirs = sign(q)
        if theirs == q["ours"]:
            continue
        differed[q["row"]] += 1
        if q["row"] == "" and len(shown) < SHOWN:
            i = next(i for i in range(3) if theirs[i] != q["ours"][i])
            shown.append({"n": n, "what": PARTS[i], "ours": q["ours"][i], "theirs": theirs[i], "url": q["url"]})
    json.dump({"asked": asked, "differed": differed, "shown": shown}, sys.stdout)


if __name__ == "__main__":
    main()
