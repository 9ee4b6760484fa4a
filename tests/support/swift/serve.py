#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""OpenStack Swift with its S3 API, the four daemons in one process.

usage: /usr/bin/python3 serve.py DIR PORT CERT KEY

DIR holds swift.conf, proxy.conf, account.conf, container.conf and object.conf.
PORT is the proxy's; the stores take PORT + 1, + 2, + 3, and TLS is on PORT + 9.
Everything on 127.0.0.1; says "up" when all listen; ends by TERM. A dict stands in
for memcached, and Auth below for tempauth: it knows two keys and, as s3api wants
it, compares the signature that s3api computed from the request.
"""
import eventlet
eventlet.monkey_patch()
import os
import sys

from eventlet import wsgi
from swift.common import storage_policy, utils
from swift.common.ring import RingBuilder
from swift.common.swob import HTTPForbidden
from swift.common.wsgi import SwiftHttpProtocol, loadapp

STORES = ("account", "container", "object")

KEYS = {  # access key: (secret, session token)
    "AKIDSWIFTTEST00001": ("swiftSecret/Key+0001", None),
    "ASIASWIFTTEMP00001": ("tempSecret/Key+0001", "session/Token+/=01"),
}


class Auth:
    def __init__(self, app):
        self.app = app

    def __call__(self, env, start):
        details = env.get("s3api.auth_details")
        if not details:
            allowed = env.get("swift.authorize_override")
            return self.app(env, start) if allowed else HTTPForbidden()(env, start)
        secret, token = KEYS.get(details["access_key"], (None, None))
        request = details["check_signature"].__self__  # env has lost the presigned parameters here
        sent = request.headers.get("X-Amz-Security-Token") or request.params.get("X-Amz-Security-Token")
        if secret is None or not details["check_signature"](secret) or sent != token:
            return HTTPForbidden()(env, start)
        env["PATH_INFO"] = env["PATH_INFO"].replace(details["access_key"], "AUTH_t", 1)
        env.update({"swift.authorize": lambda req: None, "swift.authorize_override": True,
                    "swift_owner": True, "REMOTE_USER": "t,t:t,AUTH_t"})
        return self.app(env, start)


def auth_factory(conf, **local):
    return Auth


class Cache:
    def __init__(self, app):
        self.app, self.data = app, {}

    def __call__(self, env, start):
        env["swift.cache"] = self
        return self.app(env, start)

    def get(self, key, raise_on_error=False):
        return self.data.get(key)

    def set(self, key, value, **kw):
        self.data[key] = value

    def delete(self, key, **kw):
        self.data.pop(key, None)

    def incr(self, key, delta=1, **kw):
        self.data[key] = self.data.get(key, 0) + delta
        return self.data[key]

    def decr(self, key, delta=1, **kw):
        return self.incr(key, -delta)


def prepare(directory, port):
    """One replica on one device."""
    os.makedirs(directory + "/node/d1", exist_ok=True)
    utils.set_swift_dir(directory)
    storage_policy.reload_storage_policies()
    for i, name in enumerate(STORES, 1):
        ring = RingBuilder(4, 1, 1)
        ring.add_dev(dict(region=1, zone=1, weight=1.0, device="d1", meta="",
                          ip="127.0.0.1", port=port + i,
                          replication_ip="127.0.0.1", replication_port=port + i))
        ring.rebalance()
        ring.get_ring().save(f"{directory}/{name}.ring.gz")


def serve(app, port, cert=None, key=None):
    sock = eventlet.listen(("127.0.0.1", port), backlog=256)
    if cert:
        sock = eventlet.wrap_ssl(sock, certfile=cert, keyfile=key, server_side=True)
    eventlet.spawn(wsgi.server, sock, app, log=open(os.devnull, "w"),
                   protocol=SwiftHttpProtocol, keepalive=True, debug=False)


def main(directory, port, cert, key):
    prepare(directory, port)
    for i, name in enumerate(STORES, 1):
        serve(loadapp(f"{directory}/{name}.conf", allow_modify_pipeline=False), port + i)
    app = Cache(loadapp(f"{directory}/proxy.conf"))
    serve(app, port)
    serve(app, port + 9, cert, key)
    print("up", port, flush=True)
    eventlet.sleep(10**6)


main(os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
