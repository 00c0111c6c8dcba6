"""The cases of the end-to-end tests.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

A case is a function that gets a Setting and returns nothing; it fails by Wrong. Each takes part
in the table at the end, which says with which servers, schemes and drivers it runs.
"""

import itertools
import socket

import logins
import raw
import runner
import scripts
import web
from setting import Setting, Skipped, Wrong, as_lines, noise, pattern

PEERS = ('echod', 'node', 'websockets', 'nginx', 'apache')
DRIVERS = ('sync', 'async')

MEBIBYTE = 1 << 20
TEXT_LINES = ['hello', 'grüße, 世界 🌍', '', 'the last line']

# Exit statuses of wscat, see its --help.
CLEAN, CONNECT, USAGE, HANDSHAKE, LOST, STATUS = 0, 1, 2, 3, 4, 6


# --- Cases that run with every server --------------------------------------------------------

def text(at):
    data = as_lines(TEXT_LINES)
    at.wscat(at.url('/echo'), stdin=data, replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def binary(at):
    data = noise(3000)
    at.wscat('--binary', at.file(data), at.url('/echo'), replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def text_in_fragments(at):
    """The cuts do not respect characters; nobody may notice."""
    data = as_lines(['grüße, 世界 🌍', 'ä' * 40000])
    at.wscat(at.url('/echo-fragments'), stdin=data, replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def binary_in_fragments(at):
    """In fragments both ways: wscat cuts files into pieces of 64 KiB."""
    data = noise(200000)
    at.wscat('--binary', at.file(data), at.url('/echo-fragments'), replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def mebibyte(at):
    data = noise(MEBIBYTE)
    at.wscat('--binary', at.file(data), at.url('/echo'), replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def mebibyte_of_text(at):
    """In one frame: wscat never cuts a line."""
    data = b'0123456789abcdef' * (MEBIBYTE // 16) + b'\n'
    at.wscat(at.url('/echo'), stdin=data, replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def close_with_reason(at):
    at.wscat('--close', '1000:tschüß', at.url('/echo'))
    at.said('the server closed with status 1000 (normal closure), reason "tschüß"')
    at.said('closed in good order')
    at.ended_with(CLEAN)


def close_by_server(at):
    at.wscat(at.url('/close?code=4001&reason=that%20was%20all'), stdin=b'x\n', replies=1)
    at.said('the server closed with status 4001, reason "that was all"')
    at.said('closed in good order')
    at.ended_with(STATUS)


def close_at_once(at):
    at.wscat('--close-now', '--close', '1000:enough', at.url('/echo'))
    at.said('closed in good order')
    at.said('the server closed with status 1000 (normal closure), reason "enough"')
    at.ended_with(CLEAN)


def subprotocol(at):
    at.wscat('-s', 'chat', '-s', 'other', at.url('/echo'))
    at.said('the server chose the subprotocol chat')
    at.ended_with(CLEAN)


def refused_upgrade(at):
    at.wscat(at.url('/status/404'))
    at.said('it answered 404')
    at.ended_with(HANDSHAKE)


def page(at):
    at.wscat(at.server.url(at.scheme, '/hello'))
    at.wrote(b'Hello, world!\n')
    at.ended_with(CLEAN)


def page_sample(at):
    at.sample('http_get', '/hello')
    at.wrote(b'Hello, world!\n')
    at.ended_with(0)


def reload_sample(at):
    found = lines_of(at.sample('reload', '/hello'))
    if found != ['time %d: error 0, unloaded' % i for i in range(1, 6)]:
        raise Wrong('the DLL failed, or did not go')
    at.ended_with(0)


def lines_of(result):
    return result.out.decode('utf-8', 'replace').splitlines()


def websocket_sample_sync(at):
    found = lines_of(at.sample('ws_sync', '/echo'))
    if found != ['status 101', 'text message: Hello, this is a text of some length.',
                 'binary message: one two', 'closed: status 1000, reason "done"']:
        raise Wrong('another conversation took place')
    at.ended_with(0)


def websocket_sample_async(at):
    found = lines_of(at.sample('ws_async', '/echo'))
    if found != (['status 101'] + ['message: asynchronous message %d' % i for i in (1, 2, 3)]
                 + ['closed: status 1000, reason "done"']):
        raise Wrong('another conversation took place')
    at.ended_with(0)


# --- Cases that need echod's way to behave -----------------------------------------------------

def pings_between_fragments(at):
    data = as_lines(['between the fragments of this come pings'])
    at.wscat(at.url('/ping'), stdin=data, replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)
    at.server_logged('received a pong frame of 6 bytes: "ping 1"')
    at.server_logged('received a pong frame of 6 bytes: "ping 2"')


def large_message(at):
    data = pattern(20 * MEBIBYTE)
    at.wscat(at.url('/big?n=%d' % len(data)), replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def close_by_server_at_open(at):
    at.wscat(at.url('/close?when=open&code=1000&reason=closed'), replies=1)
    at.said('the server closed with status 1000 (normal closure), reason "closed"')
    at.ended_with(CLEAN)


def close_by_server_without_status(at):
    at.wscat(at.url('/close?when=open'), replies=1)
    at.said('the server closed with status 1005 (no status given), reason ""')
    at.ended_with(CLEAN)


def no_subprotocol(at):
    at.wscat('-s', 'chat', at.url('/no-subprotocol'), replies=1)
    at.said('the server chose no subprotocol')
    at.ended_with(CLEAN)


def own_header(at):
    at.wscat('-H', 'X-Colour: green', at.url('/echo'))
    at.ended_with(CLEAN)
    at.server_logged('X-Colour: green')


def untrusted(at):
    at.wscat(at.url('/echo'))
    at.ended_with(CONNECT)


def untrusted_but_taken(at):
    data = as_lines(['taken'])
    at.wscat('-k', at.url('/echo'), stdin=data, replies=len(data))
    at.wrote(data)
    at.ended_with(CLEAN)


def refused_port(at):
    """A port that is taken and on which nobody listens."""
    with socket.socket() as holder:
        holder.bind(('127.0.0.1', 0))
        at.wscat('%s://127.0.0.1:%d/' % (at.scheme, holder.getsockname()[1]))
    at.said('error 12029')
    at.ended_with(CONNECT)


def unknown_host(at):
    at.wscat('%s://no-such-host.invalid/' % at.scheme)
    at.said('error 12007')
    at.ended_with(CONNECT)


def refused_with_200(at):
    at.wscat(at.url('/status/200'))
    at.said('it answered 200')
    at.ended_with(HANDSHAKE)


def wrong_accept_key(at):
    at.wscat(at.url('/bad-accept'))
    at.said('error 12152')
    at.ended_with(HANDSHAKE)


def never_answers_upgrade(at):
    at.wscat('--timeout', '500', at.url('/never'))
    at.said('error 12002')
    at.ended_with(CONNECT)


def never_answers_goodbye(at):
    at.wscat('--close-timeout', '500', at.url('/silent-close'))
    at.said('the server did not answer our goodbye within 500 ms')
    at.ended_with(LOST)


def never_answers_close(at):
    at.wscat('--close-now', '--close-timeout', '500', at.url('/silent-close'))
    at.said('error 12002')
    at.ended_with(LOST)


def reset_by_server(at):
    at.wscat(at.url('/reset'), stdin=b'x\n', replies=1)
    at.said('error 12030')
    at.ended_with(LOST)


def dropped_by_server(at):
    at.wscat(at.url('/drop'), stdin=b'x\n', replies=1)
    at.said('error 12030')
    at.ended_with(LOST)


def bad_frame(kind):
    def case(at):
        at.wscat(at.url('/bad-frame?kind=' + kind), stdin=b'x\n', replies=1 << 20)
        at.said('error 12152')
        at.ended_with(LOST)
    case.__name__ = 'bad_frame_' + kind.replace('-', '_')
    return case


BAD_FRAMES = ('close-1005', 'close-short', 'continuation', 'control-fragment', 'control-long',
              'length-form', 'length-huge', 'masked', 'opcode', 'rsv', 'utf8')


def fetch(path, expected, status=CLEAN):
    def case(at):
        at.wscat(at.server.url(at.scheme, path))
        at.wrote(expected)
        at.ended_with(status)
    return case


def page_with_header(at):
    at.wscat('-H', 'X-Colour: green', at.server.url(at.scheme, '/headers'))
    if b'\nX-Colour: green\n' not in b'\n' + at.last.out:
        raise Wrong('the header did not arrive')
    at.ended_with(CLEAN)


def bad_usage(arguments):
    def case(at):
        at.last = at.world.windows.run('wscat.exe', arguments)
        at.wrote(b'')
        at.ended_with(USAGE)
    return case


BAD_USAGE = (('no url', []), ('unknown option', ['--nothing', 'ws://localhost/']),
             ('unknown scheme', ['ftp://localhost/']), ('no host', ['ws:///path']),
             ('bad port', ['ws://localhost:65536/']), ('fragment', ['ws://localhost/#part']),
             ('two urls', ['ws://localhost/', 'ws://localhost/']),
             ('no value', ['ws://localhost/', '-s']), ('header', ['-H', 'x', 'ws://localhost/']),
             ('close status', ['--close', '70000', 'ws://localhost/']),
             ('close reason', ['--close', '1000:' + 'x' * 124, 'ws://localhost/']),
             ('file', ['--binary', 'C:\\no\\such\\file', 'ws://localhost/']))


def bad_input(at):
    at.wscat(at.url('/echo'), stdin=b'\xff\n')
    at.said('standard input is not UTF-8')
    at.ended_with(USAGE)


def bad_goodbye(at):
    """WinHTTP refuses a reason without a status."""
    at.wscat('--close', '1005:why', at.url('/echo'))
    at.said('error 87')
    at.ended_with(LOST)


def bad_header(at):
    at.wscat('-H', 'Bad Name: x', at.url('/echo'))
    at.said('error 87')
    at.ended_with(CONNECT)


def has_ipv6():
    try:
        socket.create_server(('::1', 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def address(host):
    def case(at):
        if host == '[::1]' and not has_ipv6():
            raise Skipped('this machine has no IPv6')
        data = as_lines(['by address'])
        url = at.url('/echo').replace('localhost', host)
        at.wscat(url, stdin=data, replies=len(data))
        at.wrote(data)
        at.ended_with(CLEAN)
    return case


# --- The table -----------------------------------------------------------------------------------

class Case(runner.Trial):
    """A case with the server, scheme and driver that it runs with."""

    def __init__(self, function, server, scheme, driver, name=None):
        self.function = function
        self.server = server
        self.scheme = scheme
        self.driver = driver
        words = [server, scheme, driver, (name or function.__name__).replace('_', ' ')]
        self.name = ' '.join(word for word in words if word)

    def judge(self, world):
        server = world.servers.get(self.server)
        if self.server and not server:
            return 'the server is missing'
        at = Setting(world, server, self.scheme, self.driver)
        try:
            self.function(at)
        except Wrong as wrong:
            return '%s\n%s' % (wrong, at.story())
        if server and not server.alive():
            return 'the server has ended\n' + at.story()
        return None


WITH_EVERY_PEER = (text, binary, text_in_fragments, binary_in_fragments, mebibyte,
                   mebibyte_of_text, close_with_reason, close_by_server, close_at_once,
                   subprotocol, refused_upgrade)

WITH_ECHOD = (pings_between_fragments, large_message, close_by_server_at_open,
              close_by_server_without_status, no_subprotocol, own_header, refused_with_200,
              wrong_accept_key, never_answers_upgrade, never_answers_goodbye,
              never_answers_close, reset_by_server, dropped_by_server)

PAGES = (('chunked', '/chunked', b'Hello, world!\n', CLEAN),
         ('until close', '/until-close', b'Hello, world!\n', CLEAN),
         ('redirect', '/redirect?to=/hello', b'Hello, world!\n', CLEAN),
         ('status 404', '/status/404', b'This is status 404.\n', HANDSHAKE),
         ('five megabytes', '/bytes?n=5000000', pattern(5000000), CLEAN))


PROXY_LOGIN = ('-H', 'Proxy-Authorization: Basic dXNlcjpwYXNz')


def via(name, function):
    """The same case through a proxy, which must have seen the connection."""
    def case(at):
        proxy = at.use_proxy(name)
        function(at)
        at.passed(proxy)
    return case


def with_login(function):
    def case(at):
        wscat = at.wscat
        at.wscat = lambda *arguments, **more: wscat(*PROXY_LOGIN, *arguments, **more)
        function(at)
    return case


def proxy_wants_login(at):
    at.use_proxy('tinyproxy-login')
    at.wscat(at.url('/hello' if at.scheme in ('http', 'https') else '/echo'))
    at.said('407')
    at.ended_with(HANDSHAKE)


def proxy_passes_by(at):
    at.use_proxy('tinyproxy-login')
    at.variables['no_proxy'] = 'example.com, localhost'
    text(at)


def proxy_cases():
    for scheme, driver in itertools.product(('ws', 'wss', 'http', 'https'), DRIVERS):
        functions = (text, mebibyte) if scheme in ('ws', 'wss') else (page,)
        for function in functions:
            name = function.__name__.replace('_', ' ')
            yield Case(via('tinyproxy', function), 'echod', scheme, driver, 'proxy ' + name)
            yield Case(via('squid', function), 'echod', scheme, driver, 'squid ' + name)
            yield Case(via('tinyproxy-login', with_login(function)), 'echod', scheme, driver,
                       'proxy with login ' + name)
        yield Case(proxy_wants_login, 'echod', scheme, driver)
    for scheme in ('ws', 'wss'):
        yield Case(proxy_passes_by, 'echod', scheme, 'sync')


def peer_cases():
    for server, scheme, driver in itertools.product(PEERS, ('ws', 'wss'), DRIVERS):
        for function in WITH_EVERY_PEER:
            yield Case(function, server, scheme, driver)
    for server, scheme in itertools.product(PEERS, ('ws', 'wss')):
        yield Case(websocket_sample_sync, server, scheme, '')
        yield Case(websocket_sample_async, server, scheme, '')
    for server, scheme in itertools.product(PEERS, ('http', 'https')):
        yield Case(page_sample, server, scheme, '')
        yield Case(reload_sample, server, scheme, '')
        for driver in DRIVERS:
            yield Case(page, server, scheme, driver)


def echod_cases():
    for scheme, driver in itertools.product(('ws', 'wss'), DRIVERS):
        for function in WITH_ECHOD:
            yield Case(function, 'echod', scheme, driver)
    for driver in DRIVERS:
        for kind in BAD_FRAMES:
            yield Case(bad_frame(kind), 'echod', 'ws', driver)
    for scheme, driver in itertools.product(('http', 'https'), DRIVERS):
        yield Case(page_with_header, 'echod', scheme, driver)
        for name, path, expected, status in PAGES:
            yield Case(fetch(path, expected, status), 'echod', scheme, driver, 'page ' + name)


def connection_cases():
    for driver in DRIVERS:
        for scheme in ('ws', 'wss'):
            yield Case(refused_port, '', scheme, driver)
            yield Case(unknown_host, '', scheme, driver)
        yield Case(text, 'tls12', 'wss', driver)
        yield Case(mebibyte, 'tls12', 'wss', driver)
        for server in ('stranger', 'wrongname', 'expired'):
            yield Case(untrusted, server, 'wss', driver)
            yield Case(untrusted_but_taken, server, 'wss', driver)


def with_client_cert(function):
    def case(at):
        wscat = at.wscat
        show = ['--cert', at.server.client_cert, '--password', 'secret']
        at.wscat = lambda *arguments, **more: wscat(*show, *arguments, **more)
        function(at)
    return case


def without_client_cert(at):
    at.wscat(at.url('/hello' if at.scheme == 'https' else '/echo'))
    at.said('12044')
    at.ended_with(CONNECT)


def client_cert_cases():
    for server, driver in itertools.product(('nginx-verify', 'apache-verify'), DRIVERS):
        for scheme, function in (('wss', text), ('wss', mebibyte), ('https', page)):
            name = 'client certificate ' + function.__name__
            yield Case(with_client_cert(function), server, scheme, driver, name)
            if function is not mebibyte:
                yield Case(without_client_cert, server, scheme, driver)


def usage_cases():
    for name, arguments in BAD_USAGE:
        yield Case(bad_usage(arguments), '', '', '', 'bad usage ' + name)
    for driver in DRIVERS:
        yield Case(bad_input, 'echod', 'ws', driver)
        yield Case(bad_goodbye, 'echod', 'ws', driver)
        yield Case(bad_header, 'echod', 'ws', driver)
        for scheme in ('ws', 'wss'):
            yield Case(address('127.0.0.1'), 'echod', scheme, driver, 'IPv4 address')
            yield Case(address('[::1]'), 'echod', scheme, driver, 'IPv6 address')


def raw_case(function):
    def case(at):
        try:
            function(at.server)
        except (raw.Wrong, OSError) as wrong:
            raise Wrong(str(wrong)) from wrong
    return case


def raw_cases():
    for name, function in raw.all_cases():
        yield Case(raw_case(function), 'echod', 'raw', '', name)


def web_cases():
    for server, scheme, function in web.all_cases():
        yield Case(function, server, scheme, '')


def login_cases():
    for server, scheme, name, function in logins.all_cases():
        yield Case(function, server, scheme, '', 'login ' + name)


def script_cases():
    for server, scheme, name, function in scripts.all_cases():
        yield Case(function, server, scheme, '', 'script ' + name)


def all_cases():
    return [*raw_cases(), *web_cases(), *login_cases(), *script_cases(), *usage_cases(),
            *peer_cases(), *echod_cases(), *connection_cases(), *client_cert_cases(),
            *proxy_cases()]
