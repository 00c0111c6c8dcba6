"""lighttpd: Digest with SHA-256, which no other of the servers has.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os

from .accounts import htdigest
from .process import Daemon, free_ports, write_text

CONFIG = '''
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{folder}"
server.errorlog = "{folder}/error.log"
server.modules = ("mod_auth", "mod_authn_file")
auth.backend = "htdigest"
auth.backend.htdigest.userfile = "{folder}/digests"
auth.require = ("/login/sha256" => ("method" => "digest", "algorithm" => "SHA-256",
                                    "realm" => "The sha256 realm", "require" => "valid-user"))
'''


class Lighttpd(Daemon):
    logs = ('error.log',)

    def __init__(self, folder, unpacked):
        super().__init__(folder)
        port, = free_ports(1)
        self.ports = {'ws': port}
        os.makedirs(self.path('login/sha256'), exist_ok=True)
        write_text(self.path('login/sha256/page'), 'Hello, sha256!\n')
        write_text(self.path('digests'), htdigest('The sha256 realm', 'sha256'))
        config = write_text(self.path('lighttpd.conf'), CONFIG.format(port=port, folder=folder))
        self.start([unpacked.path('sbin/lighttpd'), '-D', '-m', unpacked.path('lib/lighttpd'),
                    '-f', config], unpacked.environment)
        self.wait_listening(port)
