"""nginx: in front of another server, with files, logins and client certificates.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import grp
import os
import pwd
import shutil
import socket

import web

from .accounts import htpasswd
from .process import START_SECONDS, Daemon, write_text

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
        location /login/basic/ {{
            auth_basic "The basic realm";
            auth_basic_user_file {folder}/users;
            add_header X-User $remote_user always;
            root {folder};
            location /login/basic/upload {{
                proxy_pass http://127.0.0.1:{web}/upload;
                client_max_body_size 0;
            }}
            location /login/basic/echo {{
                proxy_pass http://127.0.0.1:{backend}/echo;
                proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $connection_upgrade;
            }}
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


def listen():
    sock = socket.create_server(('127.0.0.1', 0), backlog=128)
    sock.setblocking(False)
    return sock


class Nginx(Daemon):
    """nginx in front of another server, which it reaches without TLS."""

    logs = ('error.log',)

    def __init__(self, folder, tls, backend, uploads, verify=''):
        super().__init__(folder)
        self.log = backend.log
        web.make_files(folder)
        os.makedirs(self.path('login/basic'))
        write_text(self.path('login/basic/page'), 'Hello, basic!\n')
        write_text(self.path('users'), htpasswd())
        program = shutil.which('nginx') or '/usr/sbin/nginx'
        # nginx cannot choose a port and tell it; but it takes over open sockets, as at an upgrade
        # (only with a master process: without one, 1.22 crashes then).
        listeners = [listen(), listen()]
        self.ports = dict(zip(('ws', 'wss'), (sock.getsockname()[1] for sock in listeners)))
        user = ''
        if os.geteuid() == 0:
            user = 'user %s %s;' % (pwd.getpwuid(0).pw_name, grp.getgrgid(0).gr_name)
        config = write_text(self.path('nginx.conf'), CONFIG.format(
            user=user, folder=folder, tls=tls, verify=verify, backend=backend.ports['ws'],
            web=uploads.ports['ws'], **self.ports))
        try:
            self.start([program, '-p', folder, '-c', config, '-e', self.path('error.log')],
                       {'NGINX': ''.join('%d;' % sock.fileno() for sock in listeners)},
                       [sock.fileno() for sock in listeners])
        finally:
            for sock in listeners:
                sock.close()
        self.wait_ready()

    def wait_ready(self):
        """The sockets take connections before nginx runs: its answer is what shows it."""
        request = b'GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
        try:
            with socket.create_connection(('127.0.0.1', self.ports['ws']), START_SECONDS) as sock:
                sock.sendall(request)
                answer = sock.recv(64)
        except OSError as error:
            answer = str(error).encode()
        if not answer.startswith(b'HTTP/1.1 200'):
            self.fail(repr(answer))
