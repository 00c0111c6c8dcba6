"""The servers of the end-to-end tests: started on loopback, stopped in any case.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import pwd
import grp
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import web
from windows import BUILD, die_with_parent

HERE = os.path.dirname(os.path.abspath(__file__))

# Against hangs: every server starts within a second, npm within some.
START_SECONDS = 60
STOP_SECONDS = 10


class Missing(Exception):
    """A server cannot be started."""


def read_ready(process):
    """Reads "name value" lines until "ready"."""
    found, text = {}, b''
    deadline = time.monotonic() + START_SECONDS
    while not re.search(rb'^ready\s*$', text, re.M):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise Missing('it does not get ready')
        piece = os.read(process.stdout.fileno(), 4096)
        if not piece:
            raise Missing('it ended at once')
        text += piece
    for line in text.decode().splitlines():
        words = line.split(None, 1)
        found[words[0]] = words[-1]
    return found


class Server:
    """A process that serves until its standard input ends."""

    def __init__(self, name, command, log):
        self.name = name
        self.log = log
        with open(log + '.stderr', 'wb') as stderr:
            try:
                self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                                stdout=subprocess.PIPE, stderr=stderr,
                                                preexec_fn=die_with_parent)
            except OSError as error:
                raise Missing(str(error)) from error
        try:
            found = read_ready(self.process)
        except Missing as missing:
            self.stop()
            raise Missing('%s\n%s' % (missing, self.complaints())) from missing
        self.ports = {scheme: int(found[scheme]) for scheme in ('ws', 'wss') if scheme in found}

    def complaints(self):
        with open(self.log + '.stderr', encoding='utf-8', errors='replace') as file:
            return file.read()

    def url(self, scheme, path):
        port = self.ports[{'http': 'ws', 'https': 'wss'}.get(scheme, scheme)]
        return '%s://localhost:%d%s' % (scheme, port, path)

    def log_of(self, mark):
        """The lines of our echo server about the connection whose request contains mark."""
        try:
            with open(self.log, encoding='utf-8', errors='replace') as file:
                lines = file.read().splitlines()
        except OSError:
            return []
        number = next((line.split()[0] for line in lines if mark in line), None)
        return [line for line in lines if number and line.startswith(number + ' ')]

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Nginx:
    """nginx in front of another server, which it reaches without TLS."""

    CONFIG = '''
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    server {{
        listen 127.0.0.1:{ws};
        listen 127.0.0.1:{wss} ssl;
        ssl_certificate {tls}/server.pem;
        ssl_certificate_key {tls}/server.key;
        {verify}
        location /files/ {{
            root {folder};
            gzip on;
            gzip_types *;
        }}
        location / {{
            proxy_pass http://127.0.0.1:{backend};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }}
    }}
}}
'''

    def __init__(self, folder, tls, backend, verify=''):
        self.name = 'nginx'
        self.verify = verify
        self.log = backend.log
        self.folder = folder
        self.backend = backend
        os.makedirs(folder)
        web.make_files(folder)
        program = shutil.which('nginx') or '/usr/sbin/nginx'
        # nginx cannot choose a port and tell it; but it takes over open sockets, as at an upgrade
        # (only with a master process: without one, 1.22 crashes then).
        listeners = [self.listen(), self.listen()]
        self.ports = dict(zip(('ws', 'wss'), (sock.getsockname()[1] for sock in listeners)))
        config = self.write_config(tls)
        inherited = ''.join('%d;' % sock.fileno() for sock in listeners)
        with open(folder + '/stderr', 'wb') as stderr:
            try:
                self.process = subprocess.Popen(
                    [program, '-p', folder, '-c', config, '-e', folder + '/error.log'],
                    stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                    pass_fds=[sock.fileno() for sock in listeners],
                    env=dict(os.environ, NGINX=inherited), preexec_fn=die_with_parent)
            except OSError as error:
                raise Missing(str(error)) from error
            finally:
                for sock in listeners:
                    sock.close()
        self.wait_ready()

    url = Server.url
    log_of = Server.log_of
    alive = Server.alive

    @staticmethod
    def listen():
        sock = socket.create_server(('127.0.0.1', 0), backlog=128)
        sock.setblocking(False)
        return sock

    def write_config(self, tls):
        user = ''
        if os.geteuid() == 0:
            user = 'user %s %s;' % (pwd.getpwuid(0).pw_name, grp.getgrgid(0).gr_name)
        path = self.folder + '/nginx.conf'
        with open(path, 'w', encoding='utf-8') as file:
            file.write(self.CONFIG.format(user=user, folder=self.folder, tls=tls, verify=self.verify,
                                          **self.ports,
                                          backend=self.backend.ports['ws']))
        return path

    def wait_ready(self):
        """The sockets take connections before nginx runs: its answer is what shows it."""
        request = b'GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
        try:
            with socket.create_connection(('127.0.0.1', self.ports['ws']), START_SECONDS) as sock:
                sock.sendall(request)
                answer = sock.recv(64)
        except OSError as error:
            answer = str(error).encode()
        if answer.startswith(b'HTTP/1.1 200'):
            return
        self.stop()
        raise Missing('%r\n%s' % (answer, self.complaints()))

    def complaints(self):
        text = ''
        for name in ('stderr', 'error.log'):
            try:
                with open(os.path.join(self.folder, name), encoding='utf-8') as file:
                    text += file.read()
            except OSError:
                pass
        return text

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Tinyproxy:
    """An HTTP proxy; it cannot choose a port and tell it, so it gets one that was free just now."""

    CONFIG = '''
Port {port}
Listen 127.0.0.1
Timeout 60
LogFile "{folder}/log"
LogLevel Connect
MaxClients 32
{login}
'''

    def __init__(self, folder, login=''):
        self.folder = folder
        os.makedirs(folder)
        with socket.create_server(('127.0.0.1', 0)) as sock:
            self.port = sock.getsockname()[1]
        config = folder + '/tinyproxy.conf'
        with open(config, 'w', encoding='utf-8') as file:
            file.write(self.CONFIG.format(port=self.port, folder=folder, login=login))
        program = shutil.which('tinyproxy') or '/usr/bin/tinyproxy'
        with open(folder + '/stderr', 'wb') as stderr:
            try:
                self.process = subprocess.Popen([program, '-d', '-c', config],
                                                stdin=subprocess.DEVNULL, stdout=stderr,
                                                stderr=stderr, preexec_fn=die_with_parent)
            except OSError as error:
                raise Missing(str(error)) from error
        self.wait_ready()

    alive = Server.alive
    stop = Nginx.stop

    def wait_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while self.alive() and time.monotonic() < deadline:
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise Missing('it does not listen')

    def log_text(self):
        with open(self.folder + '/log', encoding='utf-8', errors='replace') as file:
            return file.read()


def install_node_modules():
    """Puts the npm package into the build folder, unless that version is there."""
    folder = os.path.join(BUILD, 'e2e', 'node')
    wanted = [os.path.join(HERE, name) for name in ('package.json', 'package-lock.json')]
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
        self.folder = None
        self.tls = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix='winhttp-e2e.')
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
            self.missing.append(name)
            print('FAIL server %s cannot be started: %s' % (name, missing))
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
        script = shutil.copy(os.path.join(HERE, 'server_node.js'), folder)
        return Server('node', ['node', script, self.tls], os.path.join(self.folder, 'node'))

    def websockets(self):
        # Debian's interpreter, whose package it is; another one may come first in PATH.
        return Server('websockets', ['/usr/bin/python3', os.path.join(HERE, 'server_websockets.py'),
                                     self.tls], os.path.join(self.folder, 'websockets'))

    def web(self):
        return Server('web', ['node', os.path.join(HERE, 'server_web.js'), self.tls],
                      os.path.join(self.folder, 'web'))

    def files(self):
        folder = os.path.join(self.folder, 'python')
        web.make_files(folder)
        return Server('files', ['/usr/bin/python3', os.path.join(HERE, 'server_files.py'), folder],
                      os.path.join(self.folder, 'files'))

    def nginx(self):
        if 'echod' not in self.servers:
            raise Missing('there is no echod to put it in front of')
        return Nginx(os.path.join(self.folder, 'nginx'), self.tls, self.servers['echod'])

    def make_client_cert(self):
        """A certificate for wscat, with its key: client.pem, client.pfx."""
        folder = os.path.join(self.folder, 'client')
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
                raise Missing('openssl failed:\n' + done.stdout.decode('utf-8', 'replace'))
        return folder

    def nginx_that_verifies(self):
        """One that lets in nobody but the holder of our certificate."""
        if 'echod' not in self.servers:
            raise Missing('there is no echod to put it in front of')
        folder = self.make_client_cert()
        verify = 'ssl_verify_client on; ssl_client_certificate %s/client.pem;' % folder
        server = Nginx(os.path.join(self.folder, 'nginx-verify'), self.tls, self.servers['echod'],
                       verify)
        server.client_cert = folder + '/client.pfx'
        return server

    def start_all(self):
        tls = os.path.join(self.folder, 'tls')
        os.makedirs(tls)
        self.add('echod', lambda: self.echod('echod', tls))
        if 'echod' not in self.servers:
            raise SystemExit('e2e: without certificates nothing can be tested')
        self.trust(tls)
        self.add('node', self.node)
        self.add('websockets', self.websockets)
        self.add('nginx', self.nginx)
        self.add('nginx-verify', self.nginx_that_verifies)
        self.add('web', self.web)
        self.add('files', self.files)
        self.add('tinyproxy', lambda: Tinyproxy(os.path.join(self.folder, 'tinyproxy')))
        self.add('tinyproxy-login', lambda: Tinyproxy(
            os.path.join(self.folder, 'tinyproxy-login'), 'BasicAuth user pass'))
        self.add('tls12', lambda: self.echod_with_own_folder(
            'tls12', True, '--tls-priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.2'))
        self.add('stranger', lambda: self.echod_with_own_folder('stranger', False))
        self.add('wrongname', lambda: self.echod_with_own_folder(
            'wrongname', True, '--tls-name', 'elsewhere.test'))
        self.add('expired', lambda: self.echod_with_own_folder('expired', True, '--tls-expired'))

    def trust(self, tls):
        result = self.windows.run('certstore.exe', ['add', tls + '/ca.pem'])
        if result.status:
            raise SystemExit('e2e: the authority cannot be put into the prefix\n'
                             + result.describe())
        self.tls = tls
