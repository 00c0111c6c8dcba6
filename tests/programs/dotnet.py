"""Programs for .NET: HttpClient and ClientWebSocket of .NET Core 2.0, which are on WinHTTP.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import functools
import os
import re

from servers.process import Server, read_text
from setting import Wrong
from windows import BUILD
from world import HERE, Case

PROGRAM = 'dotnet'

# Those that are run through a proxy as well.
PROXIED = ('Get', 'GetMuch', 'PostMuch', 'LoginDigest', 'Parallel', 'SocketEcho', 'SocketManyAtOnce')


def prepare(world):
    world.server = world.start_node('server_httpbin.js', 'tls')
    world.make_certificates('stranger')
    world.stranger = world.start_node('server_httpbin.js', 'stranger')
    world.echod = Server('echod', [os.path.join(BUILD, 'echod'), '--stdin', '--quiet', '--tls-dir',
                                   world.path('tls')], world.path('echod'))
    world.servers.append(world.echod)


def run(case, world, scheme, variables):
    cases = os.path.join(os.path.dirname(world.program), 'cases.dll')
    last = world.windows.run(
        world.program,
        [cases, case, world.server.url(scheme, ''),
         world.echod.url(scheme.replace('http', 'ws'), ''), world.stranger.url('https', '')],
        variables=variables)
    if last.status or not last.out.endswith(b'passed\r\n'):
        raise Wrong('it failed\n%s\n%s' % (last.out.decode('utf-8', 'replace'), last.describe()))


def names():
    """The cases, in the order of the sources."""
    for source in ('http.cs', 'websocket.cs'):
        text = read_text(os.path.join(HERE, 'dotnet', source))
        yield from re.findall(r'^    public static async Task (\w+)\(\)', text, re.M)


def all_cases():
    for scheme in ('http', 'https'):
        for case in names():
            yield Case('dotnet', case, functools.partial(run, case), scheme, False)
        for case in PROXIED:
            yield Case('dotnet', case, functools.partial(run, case), scheme, True,
                       asked='echod' if case.startswith('Socket') else 'server')
