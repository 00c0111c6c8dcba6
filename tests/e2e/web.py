"""Cases of plain HTTP with real servers: nginx, Node.js, Python's http.server.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

The program is tests/samples/http_session: a line for each response, which is compared.
"""

import os
import zlib

from setting import Wrong, pattern

GIB = 1 << 30

# What the servers have to offer.
PATTERN_SIZE = 3000000
HUGE_SIZE = 5 * GIB


def make_files(folder):
    """Files for those that serve a folder; the huge one takes no room."""
    os.makedirs(folder + '/files/sub')
    for name, data in (('pattern', pattern(PATTERN_SIZE)), ('empty', b''),
                       ('sub/index.html', b'<p>Here.</p>\n')):
        with open('%s/files/%s' % (folder, name), 'wb') as file:
            file.write(data)
    with open(folder + '/files/huge', 'wb') as file:
        file.truncate(HUGE_SIZE)


def line(status, path, length, body=b''):
    return '%d %s %s %d %08x' % (status, path, length, len(body), zlib.crc32(body))


def session(at, settings, *requests):
    """requests: (verb, path, size of the body, expected line)"""
    words = ['localhost', str(at.port())] + (['secure'] if at.secure() else []) + list(settings)
    for verb, path, size, _ in requests:
        words += [verb, path, str(size)]
    at.last = at.world.windows.run('http_session.exe', words)
    got = at.last.out.decode().split('\r\n')[:-1]
    expected = [request[3] for request in requests]
    if got != expected:
        raise Wrong('expected %s\ngot %s' % (expected, got))
    if at.last.status:
        raise Wrong('exit status %s' % at.last.status)


def text(status, path, body):
    return line(status, path, str(len(body)), body.encode())


def upload(at):
    said = text(200, '/upload', 'length 1000000')
    empty = text(200, '/upload', 'length 0')
    session(at, [], ('POST', '/upload', 1000000, said), ('PUT', '/upload', 1000000, said),
            ('POST', '/upload', 0, empty), ('GET', '/upload', 0, empty))


def chunked_upload(at):
    said = text(200, '/upload', 'chunked 1000000')
    session(at, ['chunk'], ('POST', '/upload', 1000000, said),
            ('POST', '/upload', 0, text(200, '/upload', 'chunked 0')),
            ('PUT', '/upload', 1000000, said))


def compressed(at):
    session(at, ['decode'],
            ('GET', '/gzip', 0, line(200, '/gzip', '-', pattern(PATTERN_SIZE))),
            ('GET', '/deflate', 0, line(200, '/deflate', '-', pattern(PATTERN_SIZE))))


def trailers(at):
    """They belong to no body, and the connection goes on behind them."""
    session(at, [], ('GET', '/trailers', 0, line(200, '/trailers', '-', pattern(PATTERN_SIZE))),
            ('GET', '/upload', 0, text(200, '/upload', 'length 0')))


def redirects(at):
    empty = text(200, '/upload', 'length 0')
    session(at, [], ('GET', '/to/302/to/307/to/301/upload', 0, empty),
            ('POST', '/to/303/upload', 1000, empty), ('POST', '/to/307/upload', 0, empty),
            ('HEAD', '/to/308/cookie', 0, line(200, '/cookie', '0')))


def cookies(at):
    session(at, [], ('GET', '/cookie', 0, line(200, '/cookie', '0')),
            ('GET', '/set', 0, text(200, '/set', 'set')),
            ('GET', '/cookie', 0, text(200, '/cookie', 'two=2; one=1')),
            ('GET', '/to/302/cookie', 0, text(200, '/cookie', 'two=2; one=1')))


def no_bodies(at):
    session(at, [], ('GET', '/status/204', 0, line(204, '/status/204', '-')),
            ('GET', '/status/304', 0, line(304, '/status/304', '-')),
            ('HEAD', '/status/200', 0, line(200, '/status/200', '-')),
            ('GET', '/upload', 0, text(200, '/upload', 'length 0')))


def files(at):
    data = pattern(PATTERN_SIZE)
    session(at, [], ('GET', '/files/pattern', 0,
                     line(200, '/files/pattern', str(PATTERN_SIZE), data)),
            ('HEAD', '/files/pattern', 0, line(200, '/files/pattern', str(PATTERN_SIZE))),
            ('GET', '/files/empty', 0, line(200, '/files/empty', '0')),
            ('GET', '/files/sub', 0, text(200, '/files/sub/', '<p>Here.</p>\n')))


def huge_file(at):
    """More than 4 GiB: what is announced, and the start of it."""
    session(at, ['limit=1000000'],
            ('HEAD', '/files/huge', 0, line(200, '/files/huge', str(HUGE_SIZE))),
            ('GET', '/files/huge', 0, line(200, '/files/huge', str(HUGE_SIZE), bytes(1000000))),
            ('GET', '/files/empty', 0, line(200, '/files/empty', '0')))


def compressed_file(at):
    """nginx compresses as it reads: in chunks, without a length."""
    session(at, ['decode'], ('GET', '/files/pattern', 0,
                             line(200, '/files/pattern', '-', pattern(PATTERN_SIZE))))


def redirected_file(at):
    session(at, [], ('GET', '/to/301', 0, line(200, '/files/pattern', str(PATTERN_SIZE),
                                               pattern(PATTERN_SIZE))),
            ('HEAD', '/to/302', 0, line(200, '/files/pattern', str(PATTERN_SIZE))))


# server, schemes, cases
WITH = (('web', ('http', 'https'), (upload, chunked_upload, compressed, trailers, redirects,
                                    cookies, no_bodies)),
        ('nginx', ('http', 'https'), (files, huge_file, compressed_file)),
        ('apache', ('http', 'https'), (files, huge_file, compressed_file, redirected_file, upload)),
        ('files', ('http', 'https'), (files, huge_file)),
        ('files-kept', ('http', 'https'), (files, huge_file)))


def all_cases():
    """(server, scheme, function)"""
    return [(server, scheme, function) for server, schemes, functions in WITH
            for scheme in schemes for function in functions]
