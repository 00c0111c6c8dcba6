"""wxWidgets: its own tests of wxWebRequest, whose transport on Windows is WinHTTP, asynchronous.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import functools
import itertools

from setting import Wrong, noise
from world import Case

PROGRAM = 'wxtest'

CASES = ('Get::Bytes', 'Get::Simple', 'Get::String', 'Get::Header', 'Get::Param', 'Get::File',
         'Get::None', 'Error::HTTP', 'Error::Body', 'Error::Connect', 'SSL::Error', 'SSL::Ignore',
         'Post', 'Put', 'Auth::Basic', 'Auth::Digest', 'Cancel', 'Destroy')

# Those that do not ask the server of the case.
ELSEWHERE = ('Error::Connect', 'SSL::Error', 'SSL::Ignore', 'Cancel')


def prepare(world):
    """What the tests ask of httpbin.org, once as it should be and once with a stranger's
    certificate; and a file that they upload from the folder they are run in."""
    world.server = world.start_node('server_httpbin.js', 'tls')
    world.make_certificates('stranger')
    world.stranger = world.start_node('server_httpbin.js', 'stranger')
    with open(world.path('horse.png'), 'wb') as file:
        file.write(noise(300000))


def run(case, world, scheme, variables):
    variables = dict(variables, WX_TEST_WEBREQUEST_URL=world.server.url(scheme, ''),
                     WX_TEST_WEBREQUEST_URL_SELF_SIGNED=world.stranger.url('https', '/get'))
    if case == 'Cancel':
        # Its authors know that it can fail on Windows, too, and let it where this is set: wxWidgets
        # may call WinHttpReceiveResponse with the handle that another thread has just closed.
        variables['APPVEYOR'] = '1'
    last = world.windows.run(world.program, ['WebRequest::' + case], variables=variables)
    if last.status or b'All tests passed' not in last.out:
        raise Wrong('it failed\n%s\n%s' % (last.out.decode('utf-8', 'replace'), last.describe()))


def all_cases():
    for proxied, scheme, case in itertools.product((False, True), ('http', 'https'), CASES):
        yield Case('wxwidgets', case, functools.partial(run, case), scheme, proxied,
                   asked=None if case in ELSEWHERE else 'server')
