"""Programs for .NET: HttpClient and ClientWebSocket where they are on WinHTTP.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import functools
import itertools
import os
import re

from servers.process import Server, read_text
from setting import Wrong
from windows import BUILD
from world import HERE, Case

PROGRAM = 'dotnet'

# Those that are run through a proxy as well.
HTTP_PROXIED = ('Get', 'GetMuch', 'PostMuch', 'ParallelLimited', 'ProxyNamed')
SOCKET_PROXIED = ('SocketEcho', 'SocketManyAtOnce')

# Only by https: behind another request these write a body, which by http can meet the end of
# tinyproxy's connection (libgit2.py says more).
TUNNELLED = ('LoginDigest',)

# Those that ask for a proxy.
PROXIED_ONLY = ('ProxyNamed',)


def prepare(world):
    world.server = world.start_node('server_httpbin.js', 'tls')
    world.make_certificates('stranger')
    world.stranger = world.start_node('server_httpbin.js', 'stranger')
    world.echod = Server('echod', [os.path.join(BUILD, 'echod'), '--stdin', '--quiet', '--tls-dir',
                                   world.path('tls')], world.path('echod'))
    world.servers.append(world.echod)


def run(release, case, world, scheme, variables):
    home = os.path.dirname(world.program)
    last = world.windows.run(
        world.program,
        ['exec', '--runtimeconfig', os.path.join(home, release + '.json'),
         os.path.join(home, 'cases.dll'), case, world.server.url(scheme, ''),
         world.echod.url(scheme.replace('http', 'ws'), ''), world.stranger.url('https', '')],
        variables=variables)
    if last.status or not last.out.endswith(b'passed\r\n'):
        raise Wrong('it failed\n%s\n%s' % (last.out.decode('utf-8', 'replace'), last.describe()))


def names(source):
    """The cases, in the order of their source."""
    text = read_text(os.path.join(HERE, 'dotnet', source))
    return re.findall(r'^    public static async Task (\w+)\(\)', text, re.M)


def make(release, case, scheme, proxied, asked):
    return Case('dotnet ' + release, case, functools.partial(run, release, case), scheme, proxied,
                asked)


def all_cases():
    """ClientWebSocket left WinHTTP after 2.0."""
    for release, scheme in itertools.product(('2.0', '3.1'), ('http', 'https')):
        for case in names('http.cs'):
            if case in PROXIED_ONLY:
                continue
            yield make(release, case, scheme, False, None)
        for case in HTTP_PROXIED + (TUNNELLED if scheme == 'https' else ()):
            yield make(release, case, scheme, True, 'server')
    for scheme in ('http', 'https'):
        for case in names('websocket.cs'):
            yield make('2.0', case, scheme, False, None)
        for case in SOCKET_PROXIED:
            yield make('2.0', case, scheme, True, 'echod')
