"""MIT's Kerberos: a realm of its own, with tickets for a user and a key for HTTP/localhost.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import subprocess

from .accounts import PASSWORD, REALM, USER
from .process import STOP_SECONDS, Daemon, Missing, free_ports, write_text

# Over TCP only: so there is one port. No name is looked up anywhere.
CLIENT_CONFIG = '''
[libdefaults]
    default_realm = TEST
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    TEST = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    localhost = TEST
'''

KDC_CONFIG = '''
[kdcdefaults]
    kdc_listen = ""
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    TEST = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        max_life = 1h
    }}
[dbmodules]
    db_module_dir = {libraries}/krb5/plugins/kdb
[logging]
    kdc = FILE:{folder}/kdc.log
    admin_server = FILE:{folder}/kdc.log
'''


class Kdc(Daemon):
    """The realm's key distribution center."""

    logs = ('kdc.log',)

    def __init__(self, folder, unpacked):
        super().__init__(folder)
        self.unpacked = unpacked
        self.keytab = self.path('http.keytab')
        port, = free_ports(1)
        config = write_text(self.path('krb5.conf'), CLIENT_CONFIG.format(port=port))
        kdc_config = write_text(self.path('kdc.conf'), KDC_CONFIG.format(
            port=port, folder=folder, libraries=unpacked.libraries))
        # of programs: in no realm at all; in the realm, without tickets; with a ticket
        self.outside = {'KRB5_CONFIG': '/dev/null', 'KRB5CCNAME': 'MEMORY:none'}
        self.stranger = {'KRB5_CONFIG': config, 'KRB5CCNAME': 'MEMORY:none'}
        self.user = {'KRB5_CONFIG': config, 'KRB5CCNAME': 'FILE:' + self.path('tickets')}
        self.environment = dict(unpacked.environment, KRB5_CONFIG=config,
                                KRB5_KDC_PROFILE=kdc_config)
        self.server_environment = dict(self.environment, KRB5_KTNAME='FILE:' + self.keytab,
                                       KRB5RCACHENAME='file2:' + self.path('rcache'))
        if not os.path.exists(self.keytab):
            self.make_realm()
        self.start([unpacked.path('sbin/krb5kdc'), '-n'], self.environment)
        self.wait_listening(port)
        self.run(unpacked.path('bin/kinit', 'bin/kinit.mit'), [USER], PASSWORD + '\n',
                 KRB5CCNAME=self.user['KRB5CCNAME'])

    def run(self, program, arguments, stdin, **environment):
        command = [program, *arguments]
        done = subprocess.run(command, input=stdin.encode(), cwd=self.folder, check=False,
                              env=dict(os.environ, **self.environment, **environment),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=STOP_SECONDS * 3)
        if done.returncode:
            raise Missing('%s failed:\n%s' % (command, done.stdout.decode('utf-8', 'replace')))

    def make_realm(self):
        self.run(self.unpacked.path('sbin/kdb5_util'),
                 ['create', '-s', '-P', 'master', '-r', REALM], '')
        commands = ['addprinc -pw %s %s' % (PASSWORD, USER), 'addprinc -randkey HTTP/localhost',
                    'ktadd -k %s HTTP/localhost' % self.keytab]
        self.run(self.unpacked.path('sbin/kadmin.local'), [], '\n'.join(commands) + '\n')
        if not os.path.exists(self.keytab):
            raise Missing('kadmin.local made no keytab')
