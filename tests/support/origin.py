#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An origin server that keeps what it is sent, byte for byte, and answers what it is told.

usage: /usr/bin/python3 origin.py RECORD PORT [HTTPS_PORT CERT KEY]

Each request becomes one line of JSON at the end of the file RECORD, before it is
answered:
  {"method": …, "target": …, "version": "HTTP/1.1", "headers": [[name, value], …],
   "body": BASE64, "raw": BASE64 of head and body, "tls": bool, "sni": NAME, "connection": N}
Names, values and target are the bytes as they came, read as Latin-1; order and
duplicates are kept. N counts connections from 0: the same N is the same connection.

The answer is 200 and "ok", unless the request says otherwise by a header:
  X-Reply-Status: 307            X-Reply-Header: Name: value      (any number of them)
  X-Reply-Body: text             X-Reply: echo   (the body is the request as raw bytes)
  X-Reply: close                 (the connection is closed without an answer)
or the query by the same names: ?x-reply-status=307.  RECORD.reply, where it
exists, is a whole raw reply that goes out instead.

From Lua: require("origin").start(), see origin.lua.
"""
import base64
import json
import os
import socketserver
import ssl
import sys
import threading
from urllib.parse import unquote

lock = threading.Lock()
count = 0


class BadRequest(Exception):
    pass


def read_body(stream, headers):
    fields = {n.lower(): v.strip() for n, v in headers}
    if fields.get("transfer-encoding", "").lower() == "chunked":
        raw = body = b""
        while True:
            line = stream.readline()
            size = int(line.split(b";")[0], 16)
            chunk = stream.read(size + 2)
            raw, body = raw + line + chunk, body + chunk[:size]
            if size == 0:
                return raw, body
    body = stream.read(int(fields.get("content-length", 0)))
    return body, body


def read_request(stream):
    raw = stream.readline()
    if not raw:
        return None
    try:
        method, target, version = raw.decode("latin-1").rstrip("\r\n").split(" ", 2)
    except ValueError:
        raise BadRequest(raw)
    headers = []
    while True:
        line = stream.readline()
        raw += line
        if line in (b"\r\n", b"\n", b""):
            break
        name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
        headers.append([name, value.strip(" \t")])
    raw_body, body = read_body(stream, headers)
    return dict(method=method, target=target, version=version, headers=headers,
                body=base64.b64encode(body).decode(), raw=base64.b64encode(raw + raw_body).decode())


def wishes(request):
    """[(name, value)]: what the request asks of its answer."""
    query = request["target"].partition("?")[2]
    pairs = [p.partition("=")[::2] for p in query.split("&") if p]
    pairs = [(n, unquote(v)) for n, v in pairs] + request["headers"]
    return [(n.lower(), v) for n, v in pairs if n.lower().startswith("x-reply")]


def reply(request, canned):
    if os.path.exists(canned):
        return open(canned, "rb").read(), True
    asked = wishes(request)
    one = dict(asked)
    if one.get("x-reply") == "close":
        return b"", True
    body = one.get("x-reply-body", "ok").encode("latin-1")
    if one.get("x-reply") == "echo":
        body = base64.b64decode(request["raw"])
    head = [f"HTTP/1.1 {one.get('x-reply-status', '200')} Canned", f"Content-Length: {len(body)}"]
    head += [v for n, v in asked if n == "x-reply-header"]
    if request["method"] == "HEAD":
        body = b""
    return "\r\n".join(head + ["", ""]).encode("latin-1") + body, False


class Handler(socketserver.StreamRequestHandler):
    timeout = 60
    disable_nagle_algorithm = True

    def handle(self):
        global count
        with lock:
            number, count = count, count + 1
        try:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.do_handshake()
            self.converse(number)
        except (OSError, ValueError):
            pass  # the other side is gone, or speaks no TLS or HTTP: nothing to record

    def converse(self, number):
        try:
            while (request := read_request(self.rfile)) is not None:
                tls = isinstance(self.request, ssl.SSLSocket)
                sni = getattr(self.request, "sni", None)
                request.update(tls=tls, sni=sni, connection=number)
                with lock, open(self.server.record, "a") as f:
                    f.write(json.dumps(request) + "\n")
                answer, close = reply(request, self.server.record + ".reply")
                self.wfile.write(answer)
                if close or any(n.lower() == "connection" and v.lower() == "close" for n, v in request["headers"]):
                    break
        except BadRequest as bad:
            with lock, open(self.server.record, "a") as f:
                f.write(json.dumps({"bad": base64.b64encode(bad.args[0]).decode()}) + "\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


def listen(record, port, context=None):
    server = Server(("127.0.0.1", port), Handler)
    server.record = record
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main(record, port, https_port=None, cert=None, key=None):
    open(record, "a").close()
    listen(record, int(port))
    if https_port:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        context.sni_callback = lambda sock, name, _: setattr(sock, "sni", name)
        listen(record, int(https_port), context)
    print("up", flush=True)
    threading.Event().wait()


main(*sys.argv[1:])
