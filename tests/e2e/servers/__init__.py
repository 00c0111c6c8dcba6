"""The servers of the end-to-end tests: started on loopback, stopped in any case.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import shutil
import subprocess
import sys
import tempfile

import web
from windows import BUILD

from .apache import Apache
from .debian import Unpacked
from .kdc import Kdc
from .lighttpd import Lighttpd
from .nginx import Nginx
from .process import Missing, Server, with_free_ports
from .squid import Squid
from .tinyproxy import Tinyproxy

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def install_node_modules():
    """Puts the npm package into the build folder, unless that version is there."""
    folder = os.path.join(BUILD, 'e2e', 'node')
    wanted = [os.path.join(SCRIPTS, name) for name in ('package.json', 'package-lock.json')]
    stamp = os.path.join(folder, 'installed')
    content = b''.join(open(path, 'rb').read() for path in wanted)
    if os.path.exists(stamp) and open(stamp, 'rb').read() == content:
        return folder
    os.makedirs(folder, exist_ok=True)
    for path in wanted:
        shutil.copy(path, folder)
    command = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        raise Missing(str(error)) from error
    if done.returncode:
        raise Missing('npm failed:\n' + done.stdout.decode('utf-8', 'replace'))
    with open(stamp, 'wb') as file:
        file.write(content)
    return folder


class World:
    """All servers, and the trust of the prefix in their authority; a context manager."""

    def __init__(self, windows):
        self.windows = windows
        self.servers = {}
        self.missing = []    # names of those that could not be started
        self.unpacked = None
        self.folder = None
        self.tls = None
        self.client = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix='winhttp-e2e.')
        os.chmod(self.folder, 0o711)    # some of the servers are nobody when root starts them
        self.client = os.path.join(self.folder, 'client')
        try:
            self.start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        if self.tls:
            self.windows.run('certstore.exe', ['remove', self.tls + '/ca.pem'])
        for server in reversed(list(self.servers.values())):
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, name, make):
        try:
            self.servers[name] = make()
        except Missing as missing:
            self.miss(name, missing)

    def miss(self, name, why):
        self.missing.append(name)
        print('FAIL server %s cannot be started: %s' % (name, why))
        sys.stdout.flush()

    def echod(self, name, tls_folder, *options):
        log = os.path.join(self.folder, name + '.log')
        return Server(name, [os.path.join(BUILD, 'echod'), '--stdin', '--log', log, '--tls-dir',
                             tls_folder] + list(options), log)

    def echod_with_own_folder(self, name, share_authority, *options):
        """An echod whose certificate is another one than that of the rest."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        if share_authority:
            for file in ('ca.pem', 'ca.key'):
                shutil.copy(os.path.join(self.tls, file), folder)
        return self.echod(name, folder, *options)

    def node(self):
        folder = install_node_modules()
        script = shutil.copy(os.path.join(SCRIPTS, 'server_node.js'), folder)
        return Server('node', ['node', script, self.tls], os.path.join(self.folder, 'node'))

    def websockets(self):
        # Debian's interpreter, whose package it is; another one may come first in PATH.
        return self.python('websockets', 'server_websockets.py', self.tls)

    def python(self, name, script, *arguments):
        return Server(name, ['/usr/bin/python3', os.path.join(SCRIPTS, script), *arguments],
                      os.path.join(self.folder, name))

    def web(self):
        return Server('web', ['node', os.path.join(SCRIPTS, 'server_web.js'), self.tls],
                      os.path.join(self.folder, 'web'))

    def files(self, version):
        folder = os.path.join(self.folder, 'python-' + version)
        web.make_files(folder)
        return self.python('files-' + version, 'server_files.py', folder, self.tls,
                           'HTTP/' + version)

    def needed(self, *names):
        """Servers that another one needs."""
        for name in names:
            if name not in self.servers:
                raise Missing('there is no %s, which it needs' % name)
        return [self.servers[name] for name in names]

    def nginx(self):
        return Nginx(os.path.join(self.folder, 'nginx'), self.tls, *self.needed('echod', 'web'))

    def make_client_cert(self):
        """A certificate for wscat, with its key: client.pem, client.pfx."""
        folder = self.client
        os.makedirs(folder)
        make = ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
                '/CN=wscat', '-keyout', 'client.key', '-out', 'client.pem']
        # the algorithms that every Windows can read
        pack = ['openssl', 'pkcs12', '-export', '-inkey', 'client.key', '-in', 'client.pem',
                '-out', 'client.pfx', '-passout', 'pass:secret', '-certpbe', 'PBE-SHA1-3DES',
                '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']
        for command in (make, pack):
            done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode:
                raise SystemExit('e2e: openssl failed:\n' + done.stdout.decode('utf-8', 'replace'))

    def nginx_that_verifies(self):
        """One that lets in nobody but the holder of our certificate."""
        verify = 'ssl_verify_client on; ssl_client_certificate %s/client.pem;' % self.client
        server = Nginx(os.path.join(self.folder, 'nginx-verify'), self.tls,
                       *self.needed('echod', 'web'), verify)
        server.client_cert = self.client + '/client.pfx'
        return server

    def kdc(self):
        return Kdc(os.path.join(self.folder, 'kdc'), self.unpacked)

    def apache(self):
        echod, node, kdc = self.needed('echod', 'web', 'kdc')
        return Apache(os.path.join(self.folder, 'apache'), self.unpacked, self.tls, echod, node,
                      kdc, self.client)

    def squid(self):
        kdc, = self.needed('kdc')
        return Squid(os.path.join(self.folder, 'squid'), self.unpacked, kdc)

    def lighttpd(self):
        return Lighttpd(os.path.join(self.folder, 'lighttpd'), self.unpacked)

    def start_unpacked(self):
        """Those whose packages are unpacked and not installed."""
        self.unpacked = Unpacked()
        for name, make in (('kdc', self.kdc), ('apache', self.apache), ('squid', self.squid),
                           ('lighttpd', self.lighttpd)):
            self.add(name, lambda make=make: with_free_ports(make))
        self.add('apache-verify', lambda: self.needed('apache')[0].verifying)

    def start_all(self):
        tls = os.path.join(self.folder, 'tls')
        os.makedirs(tls)
        self.add('echod', lambda: self.echod('echod', tls))
        if 'echod' not in self.servers:
            raise SystemExit('e2e: without certificates nothing can be tested')
        self.trust(tls)
        self.make_client_cert()
        self.add('node', self.node)
        self.add('websockets', self.websockets)
        self.add('web', self.web)
        self.add('nginx', self.nginx)
        self.add('nginx-verify', self.nginx_that_verifies)
        self.add('files', lambda: self.files('1.0'))
        self.add('files-kept', lambda: self.files('1.1'))
        self.add('tinyproxy', lambda: Tinyproxy(os.path.join(self.folder, 'tinyproxy')))
        self.add('tinyproxy-login', lambda: Tinyproxy(
            os.path.join(self.folder, 'tinyproxy-login'), 'BasicAuth user pass'))
        self.add('tls12', lambda: self.echod_with_own_folder(
            'tls12', True, '--tls-priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.2'))
        self.add('stranger', lambda: self.echod_with_own_folder('stranger', False))
        self.add('wrongname', lambda: self.echod_with_own_folder(
            'wrongname', True, '--tls-name', 'elsewhere.test'))
        try:
            self.start_unpacked()
        except Missing as missing:
            self.miss('packages', missing)
        self.add('expired', lambda: self.echod_with_own_folder('expired', True, '--tls-expired'))

    def trust(self, tls):
        result = self.windows.run('certstore.exe', ['add', tls + '/ca.pem'])
        if result.status:
            raise SystemExit('e2e: the authority cannot be put into the prefix\n'
                             + result.describe())
        self.tls = tls
