"""tinyproxy, an HTTP proxy.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import shutil

from .process import Daemon, free_ports, read_text, write_text

CONFIG = '''
Port {port}
Listen 127.0.0.1
Timeout 60
LogFile "{folder}/log"
LogLevel Connect
MaxClients 32
{login}
'''


class Tinyproxy(Daemon):
    def __init__(self, folder, login=''):
        super().__init__(folder)
        self.port, = free_ports(1)
        config = write_text(self.path('tinyproxy.conf'), CONFIG.format(
            port=self.port, folder=folder, login=login))
        self.start([shutil.which('tinyproxy') or '/usr/bin/tinyproxy', '-d', '-c', config])
        self.wait_listening(self.port)

    def log_text(self):
        return read_text(self.path('log'))
