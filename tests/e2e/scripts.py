"""Scripts that use the WinHttpRequest object, with real servers: Wine's cscript runs them.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

The scripts are the files of scripts/; each prints lines, which are compared. An error that nobody
handles ends a script without a word and with status 0: lines are missing then.
"""

import contextlib
import gzip
import os
import socket

import logins
from servers.accounts import PASSWORD, USER
from setting import Wrong, passed, pattern
from web import PATTERN_SIZE

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'scripts')

# Without a charset a text is in the ANSI code page, which Wine chooses by the locale: 1252.
VARIABLES = {'LC_ALL': 'en_US.UTF-8'}

GREETING = 'Grüße'.encode()
BYTES = '8209'    # VT_ARRAY | VT_UI1
HELLO = '200 OK: Hello, world!<A>'


def compose(at, name):
    """The script behind what all of its language have, as one file."""
    path = os.path.join(at.world.folder, os.urandom(6).hex() + '-' + name)
    with open(path, 'wb') as out:
        for part in ('common' + os.path.splitext(name)[1], name):
            with open(os.path.join(FOLDER, part), 'rb') as file:
                out.write(file.read())
    return 'Z:' + path.replace('/', '\\')


def run(at, name, *arguments, variables=None):
    """Returns the lines that the script prints."""
    windows = at.world.windows
    at.last = windows.run(windows.system('cscript.exe'),
                          ['//nologo', '//b', compose(at, name), *arguments],
                          variables={**VARIABLES, **at.variables, **(variables or {})})
    if at.last.status:
        raise Wrong('exit status %s' % at.last.status)
    return at.last.out.decode('ascii', 'backslashreplace').split('\r\n')[:-1]


def server(at, name):
    found = at.world.servers.get(name)
    if not found:
        raise Wrong('%s is missing' % name)
    return found


def expect(got, *expected):
    if got != list(expected):
        raise Wrong('expected:\n  %s\ngot:\n  %s' % ('\n  '.join(expected), '\n  '.join(got)))


@contextlib.contextmanager
def silent_port():
    """A port that is taken and on which nobody listens."""
    with socket.socket() as holder:
        holder.bind(('127.0.0.1', 0))
        yield holder.getsockname()[1]


# --- GET, and how it fails -----------------------------------------------------------------------

def get(at):
    # the name of an absent header: guess U20; the first line of all: guess U21
    def lines(content_type, length, text):
        headers = ('HTTP/1.1 200 All right', 'Content-Type: ' + content_type,
                   'Content-Length: %d' % length, 'Connection: close', '', '')
        return '200 All right', content_type, '<D><A>'.join(headers), text, 'error 80072F76, described'

    expect(run(at, 'get.vbs', at.server.url(at.scheme, '/text/utf-8'),
               at.server.url(at.scheme, '/text/latin1')),
           *lines('text/plain; charset=utf-8', 15, '9 characters: Gr<FC><DF>e, ??'),
           *lines('text/plain', 5, '5 characters: Gr<FC><DF>e'))


def redirect(at):
    first = at.server.url(at.scheme, '/to/302/to/301/upload')
    expect(run(at, 'redirect.vbs', first), first, '200 ' + at.server.url(at.scheme, '/upload'),
           'True', '302 /to/301/upload')


# name and certificate are right, but for what the error says
CERTIFICATES = (('stranger', '80072F0D', 0x100), ('wrongname', '80072F06', 0x1000),
                ('expired', '80072F05', 0x2000))


def bad_certificate(error, flag):
    def case(at):
        expect(run(at, 'fail.vbs', at.server.url('https', '/hello'), str(flag)),
               'no error', 'error %s, described' % error, '%X' % flag, HELLO, 'no error')
    return case


def wrong_state(at):
    """Before Open, before Send, after it."""
    before_open, before_send, after_send, bad_url = (
        'error %s, described' % number for number in ('80072F44', '80072F45', '80072F46',
                                                      '80072EE6'))
    expect(run(at, 'state.vbs', at.server.url(at.scheme, '/hello')), before_open, before_send,
           before_open, bad_url, before_send, after_send, HELLO)


def refused_port(at):
    with silent_port() as port:
        lines = run(at, 'fail.vbs', '%s://localhost:%d/' % (at.scheme, port))
    expect(lines, 'no error', 'error 80072EFD, described')


def unknown_host(at):
    expect(run(at, 'fail.vbs', '%s://no-such-host.invalid/' % at.scheme),
           'no error', 'error 80072EE7, described')


# --- Bodies --------------------------------------------------------------------------------------

def mirrored(verb, content_type, body):
    return '200 OK: %s %s %s %s' % (verb, content_type, len(body), body.hex())


def post(at):
    utf8 = '; Charset=UTF-8'
    form = 'application/x-www-form-urlencoded'
    text = 'text/plain' + utf8    # guess U25
    seen = b'GET undefined undefined '
    expect(run(at, 'post.vbs', at.server.url(at.scheme, '/mirror')),
           mirrored('POST', 'application/json' + utf8, b'{"greeting": "%s"}' % GREETING),
           mirrored('POST', form + utf8, b'name=J%C3%B6rg&town=K%C3%B6ln'),
           mirrored('POST', text, GREETING), mirrored('POST', 'undefined', b''), BYTES,
           mirrored('POST', 'application/octet-stream', seen),
           mirrored('POST', 'undefined', seen),
           *[mirrored(verb, text, b'body') for verb in ('PUT', 'DELETE', 'OPTIONS', 'PATCH')],
           '200 OK: GET undefined undefined ', '200 text/plain; charset=utf-8 0', 'Empty')


def text(at):
    body = '"Grüße, 世界 🌍"'.encode()
    echod = server(at, 'echod')
    expect(run(at, 'text.js', at.server.url(at.scheme, '/mirror'),
               at.server.url(at.scheme, '/text/utf-8'), echod.url(at.scheme, '/headers')),
           mirrored('POST', 'application/json; Charset=UTF-8', body)[8:], 'a script',
           'Gr<fc><df>e, <4e16><754c>',
           '<a>'.join(('Connection: Keep-Alive', 'Accept: */*', 'User-Agent: a script',
                       'Host: localhost:%d' % echod.ports['wss' if at.secure() else 'ws'], '')))


def download(at):
    """The server says whether what it gets is as it should be."""
    said = '200 OK: length %d' % PATTERN_SIZE
    expect(run(at, 'download.vbs', at.server.url(at.scheme, '/files/pattern'),
               server(at, 'web').url(at.scheme, '/upload')),
           '200 ' + BYTES, said, said)


def compressed(at):
    """As on Windows nobody unpacks it."""
    lines = run(at, 'gzip.vbs', at.server.url(at.scheme, '/files/pattern'),
                server(at, 'web').url(at.scheme, '/mirror'))
    expect(lines[:1], '200 gzip')
    try:
        body = gzip.decompress(bytes.fromhex(lines[-1].split()[-1]))
    except (OSError, EOFError, ValueError) as error:
        raise Wrong('no whole body: %s' % error) from error
    if body != pattern(PATTERN_SIZE):
        raise Wrong('another body')


def cookies(at):
    """Of an object; another one has its own."""
    expect(run(at, 'cookies.vbs', at.server.url(at.scheme, '/set'),
               at.server.url(at.scheme, '/cookie')),
           '200 OK: ', '200 OK: set', '200 OK: two=2; one=1', '200 OK: ')


def asynchronous(at):
    answer = '200 Gr<fc><df>e, <4e16><754c>'
    late = 'error 80072ee2'    # of WaitForResponse: guess U23
    expect(run(at, 'async.js', at.server.url(at.scheme, '/text/utf-8'),
               at.server.url(at.scheme, '/never')),
           'true', answer, 'true', answer, 'false', 'false', 'error 8000000a', 'error 80072f45',
           'error 80072f44', late, late, 'true', answer)


def calls(at):
    """Errors: before Open, before Send, after it, and of arguments."""
    before_open, before_send, after_send, bad_url, bad_argument = (
        'error ' + number for number in ('80072f44', '80072f45', '80072f46', '80072ee6',
                                         '80070057'))
    expect(run(at, 'calls.js', at.server.url(at.scheme, '/mirror')),
           before_send, before_open, before_open, bad_argument, bad_url,
           'true', *['200 POST 17 0 '] * 2,
           mirrored('POST', '17; Charset=UTF-8', b'again').replace(' OK:', ''), after_send,
           '256', bad_argument, '256', 'false', *[bad_argument] * 3,
           'true', '200 GET undefined undefined ')


# --- Logins and proxies --------------------------------------------------------------------------

def login(kind, password=PASSWORD):
    """kind: of logins.py; each of the two requests is asked for the login, and sends it."""
    def case(at):
        user = kind.good[:kind.good.index(':')]
        answer = '200 OK: Hello, %s!<A>' % kind.name if password == PASSWORD else '401'
        expect(run(at, 'login.vbs', at.server.url(at.scheme, '/login/%s/page' % kind.name), user,
                   password, variables=getattr(server(at, 'kdc'), kind.realm)), answer,
               answer)
    return case


def proxy_login(kind, password=PASSWORD):
    """At squid."""
    def case(at):
        user = kind.good[:kind.good.index(':')]
        answer = HELLO if password == PASSWORD else '407'
        expect(run(at, 'login.vbs', at.server.url(at.scheme, '/hello'), '', '',
                   'localhost:%d' % server(at, 'squid').ports_by_name[kind.name], user,
                   password, variables=getattr(server(at, 'kdc'), kind.realm)),
               answer, answer)
    return case


def proxy(at):
    """Named, direct, passed by; of the environment, which has a dead one."""
    through = server(at, 'tinyproxy')
    with silent_port() as port:
        dead = {name: 'http://127.0.0.1:%d/' % port for name in ('http_proxy', 'https_proxy')}
        lines = run(at, 'proxy.vbs', at.server.url(at.scheme, '/hello'),
                    '127.0.0.1:%d' % through.port, '127.0.0.1:%d' % port, 'localhost',
                    variables=dead)
    refused = 'error 80072EFD, described'
    expect(lines, refused, 'no error', HELLO, 'no error', HELLO, refused, 'no error', HELLO,
           refused)
    passed(through, at.port())


def both_logins(at):
    """The proxy wants one, tinyproxy's only one, the server another, each of each request."""
    expect(run(at, 'login.vbs', at.server.url(at.scheme, '/login/digest/page'), USER, PASSWORD,
               'localhost:%d' % server(at, 'tinyproxy-login').port, 'user', 'pass'),
           *['200 OK: Hello, digest!<A>'] * 2)


# --- The table -----------------------------------------------------------------------------------

WEB = ('http', 'https')

# server, schemes, cases
WITH = (
    ('web', WEB, (get, redirect, post, text, cookies, asynchronous)),
    ('web', ('http',), (calls,)),
    ('nginx', WEB, (download, compressed)),
    ('apache', WEB, (download,)),
    ('files', ('http',), (download,)),
    ('', WEB, (refused_port, unknown_host)),
    ('echod', WEB, (proxy,)),
    ('echod', ('http',), (wrong_state,)),
    ('apache', WEB, (both_logins,)),
)

# server, schemes, kind, login
LOGINS = (
    ('nginx', WEB, login, logins.BASIC),
    ('apache', ('http',), login, logins.DIGEST),
    ('apache', ('http',), login, logins.NTLM),
    ('apache', ('https',), login, logins.KERBEROS),
    ('lighttpd', ('http',), login, logins.SHA256),
    ('echod', ('https',), proxy_login, logins.BASIC),
    ('echod', ('http',), proxy_login, logins.DIGEST),
    ('echod', WEB, proxy_login, logins.PROXY_NTLM),
    ('echod', ('http',), proxy_login, logins.PROXY_KERBEROS),
)


def all_cases():
    """(server, scheme, name, function)"""
    for name, schemes, functions in WITH:
        for scheme in schemes:
            for function in functions:
                yield name, scheme, function.__name__, function
    for name, error, flag in CERTIFICATES:
        yield name, 'https', 'certificate', bad_certificate(error, flag)
    for name, schemes, kind, account in LOGINS:
        for scheme in schemes:
            yield name, scheme, '%s %s' % (kind.__name__, account.name), kind(account)
    for name, kind in (('nginx', login), ('echod', proxy_login)):
        yield name, 'http', kind.__name__ + ' refused', kind(logins.BASIC, 'another')
