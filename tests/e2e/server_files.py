#!/usr/bin/python3
"""Python's own file server (HTTP/1.0), for the end-to-end tests.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

    server_files.py FOLDER

Listens on loopback, prints "ws PORT" and "ready", ends with standard input.
"""

import functools
import http.server
import sys
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


def main():
    handler = functools.partial(Quiet, directory=sys.argv[1])
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print('ws %d\nready' % server.server_address[1], flush=True)
    sys.stdin.read()


main()
