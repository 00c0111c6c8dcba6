#!/usr/bin/python3
"""Echo server on Debian's python3-websockets, for the end-to-end tests.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

    server_websockets.py TLS-FOLDER

Listens on loopback, prints "ws PORT", "wss PORT", "ready", ends with standard input. Paths as
those of echod: /echo, /echo-fragments, /close?code=&reason=, /status/NNN, /hello.
"""

import asyncio
import http
import ssl
import sys
from urllib.parse import parse_qs, urlsplit

import websockets
# From version 14 on, websockets.serve has another interface; this one is in all of them.
from websockets.legacy.server import serve

FRAGMENTS = 3
MAX_MESSAGE = 64 << 20


def cut(message):
    """Cuts a message into fragments; the library sends each item of a list as one."""
    step = max(1, len(message) // FRAGMENTS)
    parts = [message[i * step:(i + 1) * step] for i in range(FRAGMENTS - 1)]
    return parts + [message[(FRAGMENTS - 1) * step:]]


async def talk(socket, path=None):
    url = urlsplit(path or socket.path)
    query = parse_qs(url.query)
    try:
        async for message in socket:
            if url.path == '/close':
                await socket.close(int(query['code'][0]), query['reason'][0])
            elif url.path == '/echo-fragments':
                await socket.send(cut(message))
            else:
                await socket.send(message)
    except websockets.ConnectionClosed:
        pass


async def answer_plain(path, headers):
    """Anything but a WebSocket; None lets the handshake go on."""
    parts = urlsplit(path).path.split('/')
    if parts[1] == 'status':
        return http.HTTPStatus(int(parts[2])), [], b'refused\n'
    if parts[1] == 'hello':
        return http.HTTPStatus.OK, [('Content-Type', 'text/plain')], b'Hello, world!\n'
    return None


async def main(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + '/server.pem', folder + '/server.key')
    options = {'process_request': answer_plain, 'subprotocols': ['chat'], 'max_size': MAX_MESSAGE}
    servers = []
    for scheme, tls in (('ws', None), ('wss', context)):
        server = await serve(talk, '127.0.0.1', 0, ssl=tls, **options)
        servers.append(server)
        print(scheme, server.sockets[0].getsockname()[1], flush=True)
    print('ready', flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    for server in servers:
        server.close()


asyncio.run(main(sys.argv[1]))
