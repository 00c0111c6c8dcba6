"""What the tests with programs of others have in common: program, servers, proxies, cases.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import itertools
import os
import shutil
import subprocess
import tempfile

from runner import Trial
from servers.process import Server, with_free_ports
from servers.tinyproxy import Tinyproxy
from setting import Wrong, passed
from windows import BUILD, Windows

HERE = os.path.dirname(os.path.abspath(__file__))


class World:
    """A program, a folder that it is run in, certificates that the prefix trusts; a context
    manager."""

    def __init__(self, program, cpu):
        build = subprocess.run([os.path.join(HERE, 'build'), program, cpu], stdout=subprocess.PIPE,
                               check=False)
        if build.returncode:
            raise SystemExit(1)
        self.program = build.stdout.decode().strip()
        self.windows = Windows()
        self.folder = tempfile.mkdtemp(prefix='winhttp-programs.')
        self.before = os.getcwd()
        self.server = None    # whom the cases ask
        self.servers = []
        self.numbers = itertools.count()
        self.trusted = False

    def __enter__(self):
        try:
            os.chdir(self.folder)
            self.make_certificates('tls')
            self.trust()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        if self.trusted:
            self.windows.run('certstore.exe', ['remove', self.path('tls/ca.pem')])
        for server in reversed(self.servers):
            server.stop()
        os.chdir(self.before)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_certificates(self, name):
        """In a folder of that name, by an authority of their own: echod does so when it starts."""
        os.makedirs(self.path(name))
        Server('echod', [os.path.join(BUILD, 'echod'), '--stdin', '--quiet', '--tls-dir',
                         self.path(name)], self.path('echod')).stop()

    def trust(self):
        added = self.windows.run('certstore.exe', ['add', self.path('tls/ca.pem')])
        if added.status:
            raise SystemExit('programs: the authority is not taken\n' + added.describe())
        self.trusted = True

    def start_node(self, script, tls, *arguments):
        """A server of this folder, with the certificates of the folder tls."""
        server = Server(script, ['node', os.path.join(HERE, script), self.path(tls), *arguments],
                        self.path(script + '.' + tls))
        self.servers.append(server)
        return server

    def start_proxy(self):
        folder = self.path('tinyproxy-%d' % next(self.numbers))
        return with_free_ports(lambda: Tinyproxy(folder))


class Case(Trial):
    """A function of world, scheme and variables of the environment, which fails by Wrong. With a
    proxy, that is the case's own, and must have seen the name of the server that is asked: an
    attribute of world, or None for a case that asks elsewhere."""

    def __init__(self, program, name, function, scheme, proxied, asked='server'):
        self.function = function
        self.scheme = scheme
        self.proxied = proxied
        self.asked = asked
        self.name = '%s %s%s %s' % (program, 'proxy ' if proxied else '', scheme, name)

    def judge(self, world):
        try:
            if self.proxied:
                self.run_with_proxy(world)
            else:
                self.function(world, self.scheme, {})
        except (Wrong, OSError) as wrong:
            return str(wrong)
        return None

    def run_with_proxy(self, world):
        proxy = world.start_proxy()
        url = 'http://127.0.0.1:%d/' % proxy.port
        try:
            self.function(world, self.scheme, {'http_proxy': url, 'https_proxy': url})
            if self.asked:
                ports = getattr(world, self.asked).ports
                passed(proxy, ports[self.scheme.replace('http', 'ws')])
        except Wrong as wrong:
            raise Wrong('%s\nthe proxy says:\n%s' % (wrong, proxy.log_text())) from wrong
        finally:
            proxy.stop()
