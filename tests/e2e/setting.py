"""Where a case of the end-to-end tests runs, and how it judges.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import hashlib
import itertools
import os
import time

# Against hangs: how long a log may lag behind.
LOG_SECONDS = 30


class Wrong(Exception):
    """Something else happened than what should have."""


class Skipped(Exception):
    """The machine lacks what the case is about."""


def noise(size, seed=1):
    """Bytes without a pattern, the same in every run."""
    blocks = (hashlib.sha256(b'%d %d' % (seed, i)).digest() for i in itertools.count())
    return b''.join(itertools.islice(blocks, (size + 31) // 32))[:size]


def pattern(size):
    """What echod sends for /bytes and /big."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def as_lines(lines):
    return ''.join(line + '\n' for line in lines).encode()


def passed(proxy, port):
    """Fails unless the proxy has seen a connection to that port; some tell when it is over."""
    deadline = time.monotonic() + LOG_SECONDS
    while 'localhost:%d' % port not in proxy.log_text():
        if time.monotonic() > deadline:
            raise Wrong('the proxy has not seen it')
        time.sleep(0.05)


class Setting:
    """Where a case runs."""

    def __init__(self, world, server, scheme, driver):
        self.world = world
        self.server = server
        self.scheme = scheme
        self.driver = driver
        self.last = None    # result of the last program
        self.mark = ''
        self.variables = {}    # of the environment
        self.host = None    # name and port of another host than the server's

    def use_proxy(self, name):
        proxy = self.world.servers.get(name)
        if not proxy:
            raise Wrong('the proxy is missing')
        url = 'http://127.0.0.1:%d/' % proxy.port
        self.variables = {'http_proxy': url, 'https_proxy': url}
        return proxy

    def secure(self):
        return self.scheme in ('wss', 'https')

    def port(self):
        return self.server.ports['wss' if self.secure() else 'ws']

    def passed(self, proxy):
        passed(proxy, self.port())

    def url(self, path):
        """The mark finds the connection in echod's log."""
        self.mark = 'mark=%s' % os.urandom(6).hex()
        return self.server.url(self.scheme, path + ('&' if '?' in path else '?') + self.mark)

    def wscat(self, *arguments, stdin=b'', replies=0):
        arguments = ['-v'] + (['--async'] if self.driver == 'async' else []) + list(arguments)
        self.last = self.world.windows.run('wscat.exe', arguments, stdin, replies, self.variables)
        return self.last

    def sample(self, name, path):
        secure = ['secure'] if self.secure() else []
        self.last = self.world.windows.run(name + '.exe',
                                           ['localhost', str(self.port()), path] + secure)
        return self.last

    def file(self, data):
        path = os.path.join(self.world.folder, 'data-%d' % len(data))
        if not os.path.exists(path):
            temporary = '%s.%s' % (path, os.urandom(4).hex())
            with open(temporary, 'wb') as file:
                file.write(data)
            os.rename(temporary, path)
        return path

    def ended_with(self, status):
        if self.last.status != status:
            raise Wrong('exit status %s instead of %d' % (self.last.status, status))

    def wrote(self, data):
        if self.last.out != data:
            raise Wrong('wrote %d other bytes than the %d expected'
                        % (len(self.last.out), len(data)))

    def said(self, words):
        if words not in self.last.err:
            raise Wrong('did not say: ' + words)

    def server_logged(self, words):
        if not any(words in line for line in self.server.log_of(self.mark)):
            raise Wrong('the server did not see: ' + words)

    def story(self):
        text = self.last.describe() if self.last else ''
        log = self.server.log_of(self.mark) if self.server and self.mark else []
        return '\n'.join([text.rstrip('\n')] + (['the server saw:'] + log if log else []))
