"""Cases that send bytes to echod themselves: a strict server is what the other cases rely on.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

Without Windows programs; each takes milliseconds.
"""

import base64
import hashlib
import os
import socket
import struct

LIMIT_SECONDS = 30    # against hangs only

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

KEY = base64.b64encode(b'0123456789abcdef').decode()
GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'


class Wrong(Exception):
    """echod did something else."""


class Wire:
    """A plain connection to echod."""

    def __init__(self, server):
        self.sock = socket.create_connection(('127.0.0.1', server.ports['ws']), LIMIT_SECONDS)
        self.sock.settimeout(LIMIT_SECONDS)
        self.buffer = b''

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def more(self):
        piece = self.sock.recv(1 << 16)
        self.buffer += piece
        return bool(piece)

    def take(self, size):
        while len(self.buffer) < size:
            if not self.more():
                raise Wrong('the connection ended after %r' % self.buffer[:80])
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def head(self):
        while b'\r\n\r\n' not in self.buffer:
            if not self.more():
                raise Wrong('the connection ended within a head: %r' % self.buffer[:80])
        head, self.buffer = self.buffer.split(b'\r\n\r\n', 1)
        return head.decode('latin-1').split('\r\n')

    def rest(self):
        while self.more():
            pass
        return self.buffer

    def frame(self):
        first, second = self.take(2)
        size = second & 127
        if second & 128:
            raise Wrong('a frame of the server is masked')
        if size == 126:
            size, = struct.unpack('>H', self.take(2))
        elif size == 127:
            size, = struct.unpack('>Q', self.take(8))
        return first, self.take(size)

    def upgrade(self, path='/echo'):
        self.send(request(path))
        lines = self.head()
        accept = base64.b64encode(hashlib.sha1((KEY + GUID).encode()).digest()).decode()
        if (not lines[0].startswith('HTTP/1.1 101 ')
                or 'Sec-WebSocket-Accept: ' + accept not in lines):
            raise Wrong('no proper upgrade: %r' % lines)


def request(path='/echo', method='GET', version='HTTP/1.1', **changes):
    """An upgrade request; a change of None leaves a field out."""
    fields = {'Host': 'localhost', 'Upgrade': 'websocket', 'Connection': 'Upgrade',
              'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': KEY}
    fields.update({name.replace('_', '-'): value for name, value in changes.items()})
    lines = ['%s %s %s' % (method, path, version)]
    lines += ['%s: %s' % field for field in fields.items() if field[1] is not None]
    return ('\r\n'.join(lines) + '\r\n\r\n').encode()


def masked(first, payload, mask=b'\x12\x34\x56\x78', size=None):
    """A client's frame."""
    length = len(payload) if size is None else size
    if length < 126:
        head = struct.pack('>BB', first, 128 | length)
    elif length < 65536:
        head = struct.pack('>BBH', first, 128 | 126, length)
    else:
        head = struct.pack('>BBQ', first, 128 | 127, length)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def expect_answer(data, status):
    def case(server):
        with Wire(server) as wire:
            wire.send(data)
            line = wire.head()[0]
            if not line.startswith('HTTP/1.1 %d ' % status):
                raise Wrong('answered %r' % line)
            if status >= 400:
                wire.rest()    # it must also end the connection
    return case


def expect_close(data, status):
    """The frames must be answered by a close frame with the status, and the end of TCP."""
    def case(server):
        with Wire(server) as wire:
            wire.upgrade()
            wire.send(data)
            first, payload = wire.frame()
            if first != 128 | CLOSE or struct.unpack('>H', payload[:2])[0] != status:
                raise Wrong('answered %02x %r' % (first, payload))
            if wire.rest():
                raise Wrong('sent more after its close frame')
    return case


def echo_byte_by_byte(server):
    data = masked(128 | TEXT, 'grüße'.encode()) + masked(128 | BINARY, bytes(300))
    with Wire(server) as wire:
        wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request() + data:
            wire.send(bytes([byte]))
        if not wire.head()[0].startswith('HTTP/1.1 101 '):
            raise Wrong('no upgrade')
        if (wire.frame() != (128 | TEXT, 'grüße'.encode())
                or wire.frame() != (128 | BINARY, bytes(300))):
            raise Wrong('another echo')


def frames_behind_the_request(server):
    with Wire(server) as wire:
        wire.send(request() + masked(128 | TEXT, b'early') + masked(128 | PING, b'ping'))
        wire.head()
        if wire.frame() != (128 | TEXT, b'early') or wire.frame() != (128 | PONG, b'ping'):
            raise Wrong('what came with the request was lost')


def control_between_fragments(server):
    with Wire(server) as wire:
        wire.upgrade()
        wire.send(masked(TEXT, b'one ') + masked(128 | PING, b'now') + masked(0, b'two ')
                  + masked(128 | PONG, b'') + masked(128, b'three'))
        if wire.frame() != (128 | PONG, b'now') or wire.frame() != (128 | TEXT, b'one two three'):
            raise Wrong('another answer')


def fields_of_the_request(server):
    lines = request('/headers').split(b'\r\n')[1:-2]
    with Wire(server) as wire:
        wire.upgrade('/headers')
        if wire.frame() != (128 | BINARY, b''.join(line + b'\n' for line in lines)):
            raise Wrong('another list')


def pipelined_requests(server):
    plain = b'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n'
    with Wire(server) as wire:
        wire.send(plain % b'/bytes?n=300000' + plain % b'/hello' + plain % b'/chunked')
        wire.head()
        wire.take(300000)
        wire.head()
        if wire.take(14) != b'Hello, world!\n' or 'Transfer-Encoding: chunked' not in wire.head():
            raise Wrong('answers are mixed up')


def upload(chunked):
    data = os.urandom(100000)
    line = '%d bytes, SHA-256 %s\n' % (len(data), hashlib.sha256(data).hexdigest())
    if chunked:
        field = b'Transfer-Encoding: chunked'
        body = b'186a0;a=b\r\n' + data + b'\r\n0\r\nT: x\r\n\r\n'
    else:
        field, body = b'Content-Length: 100000', data

    def case(server):
        with Wire(server) as wire:
            wire.send(b'POST /upload HTTP/1.1\r\nHost: x\r\n' + field + b'\r\n\r\n' + body)
            wire.head()
            if wire.take(len(line)) != line.encode():
                raise Wrong('another digest')
    return case


def plain(line, *fields):
    return '\r\n'.join((line,) + fields).encode() + b'\r\n\r\n'


HOST = 'Host: localhost'

ANSWERS = {
    'get without host': (plain('GET /hello HTTP/1.1'), 400),
    'get with two hosts': (plain('GET /hello HTTP/1.1', HOST, HOST), 400),
    'bad method': (plain('G@T /hello HTTP/1.1', HOST), 400),
    'bad version': (plain('GET /hello HTTP/2.0', HOST), 400),
    'bad target': (plain('GET hello HTTP/1.1', HOST), 400),
    'field without colon': (plain('GET /hello HTTP/1.1', HOST, 'nothing'), 400),
    'space before colon': (plain('GET /hello HTTP/1.1', HOST, 'A : b'), 400),
    'folded field': (plain('GET /hello HTTP/1.1', HOST, 'A: b', ' c'), 400),
    'bare line feed': (b'GET /hello HTTP/1.1\nHost: x\r\n\r\n', 400),
    'zero byte': (plain('GET /hello HTTP/1.1', HOST, 'A: \0'), 400),
    'length and coding': (plain('POST /upload HTTP/1.1', HOST, 'Content-Length: 1',
                                'Transfer-Encoding: chunked'), 400),
    'bad length': (plain('POST /upload HTTP/1.1', HOST, 'Content-Length: -1'), 400),
    'huge length': (plain('POST /upload HTTP/1.1', HOST, 'Content-Length: ' + '9' * 19), 400),
    'unknown coding': (plain('POST /upload HTTP/1.1', HOST, 'Transfer-Encoding: gzip'), 400),
    'bad chunk size': (plain('POST /upload HTTP/1.1', HOST, 'Transfer-Encoding: chunked')
                       + b'x\r\n', 400),
    'too long a head': (b'GET /hello HTTP/1.1\r\nA: ' + b'x' * 20000, 431),
    'too many fields': (plain('GET /hello HTTP/1.1', HOST, *['A: b'] * 120), 400),
    'upgrade without key': (request(Sec_WebSocket_Key=None), 400),
    'upgrade with bad key': (request(Sec_WebSocket_Key='short'), 400),
    'upgrade with old version': (request(Sec_WebSocket_Version='8'), 426),
    'upgrade without connection': (request(Connection='keep-alive'), 400),
    'upgrade by post': (request(method='POST'), 400),
    'upgrade at unknown path': (request('/nowhere'), 404),
    'upgrade in capitals': (request(Upgrade='WebSocket', Connection='keep-alive, UPGRADE'), 101),
    'status': (plain('GET /status/503 HTTP/1.1', HOST, 'Connection: close'), 503),
}

CLOSES = {
    'unmasked frame': (b'\x81\x01x', 1002),
    'reserved bit': (masked(0xc1, b'x'), 1002),
    'reserved opcode': (masked(0x83, b'x'), 1002),
    'reserved control opcode': (masked(0x8b, b''), 1002),
    'fragmented ping': (masked(PING, b'x'), 1002),
    'long ping': (masked(128 | PING, bytes(126)), 1002),
    'continuation of nothing': (masked(128, b'x'), 1002),
    'message in a message': (masked(TEXT, b'x') + masked(128 | TEXT, b'y'), 1002),
    'length in a longer form': (b'\x82\xfe\x00\x01\0\0\0\0x', 1002),
    'length in the longest form': (b'\x82\xff' + struct.pack('>Q', 65535) + bytes(4), 1002),
    'length with the top bit': (b'\x82\xff' + struct.pack('>Q', 1 << 63) + bytes(4), 1002),
    'message too big': (masked(128 | BINARY, b'', size=(64 << 20) + 1), 1009),
    'fragments too big': (masked(BINARY, b'x') + masked(128, b'', size=64 << 20), 1009),
    'text that is not utf-8': (masked(128 | TEXT, b'\xc3\x28'), 1007),
    'text with a surrogate': (masked(128 | TEXT, b'\xed\xa0\x80'), 1007),
    'text with an overlong form': (masked(128 | TEXT, b'\xc0\x80'), 1007),
    'text cut in a character': (masked(128 | TEXT, b'\xe4\xb8'), 1007),
    'text cut between fragments': (masked(TEXT, b'\xe4') + masked(128, b'x'), 1007),
    'close with one byte': (masked(128 | CLOSE, b'\x03'), 1002),
    'close with status 1005': (masked(128 | CLOSE, b'\x03\xed'), 1002),
    'close with status 999': (masked(128 | CLOSE, b'\x03\xe7'), 1002),
    'close with bad reason': (masked(128 | CLOSE, b'\x03\xe8\xff'), 1007),
    'close': (masked(128 | CLOSE, b'\x0f\xa1bye'), 4001),
}


def all_cases():
    """Pairs of a name and a function of the server."""
    yield 'echo byte by byte', echo_byte_by_byte
    yield 'frames behind the request', frames_behind_the_request
    yield 'control between fragments', control_between_fragments
    yield 'fields of the request', fields_of_the_request
    yield 'pipelined requests', pipelined_requests
    yield 'upload with length', upload(False)
    yield 'upload in chunks', upload(True)
    for name, (data, status) in ANSWERS.items():
        yield name, expect_answer(data, status)
    for name, (data, status) in CLOSES.items():
        yield name, expect_close(data, status)
