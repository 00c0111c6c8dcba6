"""Servers and program of the tests with programs of others.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import shutil
import subprocess
import tempfile

from servers.process import Server, with_free_ports
from servers.tinyproxy import Tinyproxy
from windows import BUILD, Windows

HERE = os.path.dirname(os.path.abspath(__file__))


class World:
    """A program, a folder, certificates that the prefix trusts, a proxy; a context manager."""

    def __init__(self, program, cpu):
        build = subprocess.run([os.path.join(HERE, 'build'), program, cpu], stdout=subprocess.PIPE,
                               check=False)
        if build.returncode:
            raise SystemExit(1)
        self.program = build.stdout.decode().strip()
        self.windows = Windows()
        self.folder = tempfile.mkdtemp(prefix='winhttp-programs.')
        self.servers = []
        self.proxy = None
        self.trusted = False

    def __enter__(self):
        try:
            self.make_certificates('tls')
            self.proxy = self.add(with_free_ports(lambda: Tinyproxy(self.path('tinyproxy'))))
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
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def add(self, server):
        self.servers.append(server)
        return server

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
        return self.add(Server(script, ['node', os.path.join(HERE, script), self.path(tls),
                                        *arguments], self.path(script + '.' + tls)))

    def proxied(self):
        """The environment of a program that is to use the proxy."""
        url = 'http://127.0.0.1:%d/' % self.proxy.port
        return {'http_proxy': url, 'https_proxy': url}
