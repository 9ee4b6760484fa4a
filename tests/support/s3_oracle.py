#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Talks to the test servers with signatures that are not ours.

usage: /usr/bin/python3 s3_oracle.py <JSON >JSON

in:  [REQUEST, …], done one after the other on kept connections:
  {"port": N, "tls": false, "ca": PATH, "host": HOST, "method": "GET", "target": "/a%20b?c",
   "headers": [[name, value], …], "body": BASE64, "access_key": …, "secret_key": …,
   "session_token": …, "region": …, "service": "s3", "sign": "header"|"presign"|"botocore"|"none",
   "expires": 900, "age": SECONDS ago it is signed, "payload": HASH or "UNSIGNED-PAYLOAD",
   "change": {"method"|"target"|"body": … sent in place of what was signed,
              "headers": [[name, value], …] sent beside}, "dry": true not to send}
out: [{"status": N, "headers": {name: value}, "body": BASE64, "sent": the request as
       verify_sigv4.py takes it}, …]

"botocore" signs with Debian's python3-botocore; the others with sigv4.py. From Lua:
require("s3"), see s3.lua.
"""
import base64
import http.client
import json
import ssl
import sys
import time

import sigv4

connections = {}


def connection(q):
    where = (q["port"], q.get("tls"), q["host"])
    if where not in connections:
        if q.get("tls"):
            c = http.client.HTTPSConnection("127.0.0.1", q["port"], timeout=30,
                                            context=ssl.create_default_context(cafile=q["ca"]))
            c.sock = c._context.wrap_socket(c._create_connection(("127.0.0.1", q["port"]), 30),
                                            server_hostname=q["host"].split(":")[0])
        else:
            c = http.client.HTTPConnection("127.0.0.1", q["port"], timeout=30)
        connections[where] = c
    return where, connections[where]


def scope_of(q, stamp):
    return "/".join([stamp[:8], q["region"], q.get("service", "s3"), "aws4_request"])


def sign_header(q, headers, body, stamp):
    headers += [("x-amz-date", stamp), ("x-amz-content-sha256", q.get("payload") or sigv4.sha256(body))]
    if q.get("session_token"):
        headers.append(("x-amz-security-token", q["session_token"]))
    signed = sorted({n.lower() for n, _ in headers})
    scope = scope_of(q, stamp)
    canonical = sigv4.canonical_request(
        q["method"].encode(), q["target"].encode(), [(n.encode(), v.encode()) for n, v in headers],
        [n.encode() for n in signed], headers_payload(headers), q.get("service", "s3") == "s3")
    mac = sigv4.signature(q["secret_key"], scope, sigv4.string_to_sign(stamp, scope, canonical))
    headers.append(("Authorization", f"{sigv4.ALGORITHM} Credential={q['access_key']}/{scope}, "
                                     f"SignedHeaders={';'.join(signed)}, Signature={mac}"))
    return q["target"], headers


def headers_payload(headers):
    return dict(headers)["x-amz-content-sha256"].encode()


def sign_presign(q, headers, body, stamp):
    scope = scope_of(q, stamp)
    signed = sorted({n.lower() for n, _ in headers})
    added = [("X-Amz-Algorithm", sigv4.ALGORITHM), ("X-Amz-Credential", f"{q['access_key']}/{scope}"),
             ("X-Amz-Date", stamp), ("X-Amz-Expires", str(q.get("expires", 900))),
             ("X-Amz-SignedHeaders", ";".join(signed))]
    if q.get("session_token"):
        added.append(("X-Amz-Security-Token", q["session_token"]))
    query = "&".join(f"{n}={sigv4.encode(v.encode()).decode()}" for n, v in added)
    target = q["target"] + ("&" if "?" in q["target"] else "?") + query
    canonical = sigv4.canonical_request(
        q["method"].encode(), target.encode(), [(n.encode(), v.encode()) for n, v in headers],
        [n.encode() for n in signed], sigv4.UNSIGNED.encode(), True)
    mac = sigv4.signature(q["secret_key"], scope, sigv4.string_to_sign(stamp, scope, canonical))
    return f"{target}&X-Amz-Signature={mac}", headers


def sign_botocore(q, headers, body, stamp):
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    scheme = "https" if q.get("tls") else "http"
    request = AWSRequest(q["method"], f"{scheme}://{q['host']}{q['target']}", dict(headers), body)
    service = q.get("service", "s3")
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(Credentials(q["access_key"], q["secret_key"], q.get("session_token")), service, q["region"]).add_auth(request)
    return q["target"], list(request.headers.items())


def sign_none(q, headers, body, stamp):
    return q["target"], headers


SIGN = {"header": sign_header, "presign": sign_presign, "botocore": sign_botocore, "none": sign_none}


def send(q, method, target, headers, body):
    where, c = connection(q)
    try:
        c.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            c.putheader(name, value)
        c.endheaders(body or None)
        r = c.getresponse()
        return dict(status=r.status, headers={n.lower(): v for n, v in r.getheaders()},
                    body=base64.b64encode(r.read()).decode())
    except (OSError, http.client.HTTPException):
        connections.pop(where).close()
        raise


def perform(q):
    change = q.get("change", {})
    body = base64.b64decode(q.get("body", ""))
    headers = [("Host", q["host"])] + [tuple(h) for h in q.get("headers", [])]
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - q.get("age", 0)))
    target, headers = SIGN[q.get("sign", "header")](q, headers, body, stamp)
    if "target" in change:
        target = target.replace(q["target"], change["target"], 1)
    sent_body = base64.b64decode(change["body"]) if "body" in change else body
    method = change.get("method", q["method"])
    headers += [tuple(h) for h in change.get("headers", [])]
    if sent_body or method in ("PUT", "POST"):
        headers.append(("Content-Length", str(len(sent_body))))
    answer = {} if q.get("dry") else send(q, method, target, headers, sent_body)
    answer["sent"] = dict(method=method, target=target, headers=headers,
                          body=base64.b64encode(sent_body).decode())
    return answer


def main():
    json.dump([perform(q) for q in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
