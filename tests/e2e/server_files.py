#!/usr/bin/python3
"""Python's own file server, for the end-to-end tests.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

    server_files.py FOLDER TLS-FOLDER VERSION

VERSION: HTTP/1.0, which closes each connection, or HTTP/1.1. Listens on loopback, prints "ws PORT",
"wss PORT", "ready", ends with standard input.
"""

import functools
import http.server
import ssl
import sys
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def main(folder, tls_folder, version):
    Quiet.protocol_version = version
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_folder + '/server.pem', tls_folder + '/server.key')
    for scheme in ('ws', 'wss'):
        server = http.server.ThreadingHTTPServer(
            ('127.0.0.1', 0), functools.partial(Quiet, directory=folder))
        if scheme == 'wss':
            # without a handshake in accept, which would keep the others waiting
            server.socket = context.wrap_socket(server.socket, server_side=True,
                                                do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(scheme, server.server_address[1], flush=True)
    print('ready', flush=True)
    sys.stdin.read()


main(*sys.argv[1:])
