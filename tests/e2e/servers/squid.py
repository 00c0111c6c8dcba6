"""squid: a proxy with a port for each kind of login.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import shutil

from .accounts import PASSWORD, REALM, USER, htdigest, htpasswd
from .process import Daemon, Missing, free_ports, read_text, write_text

CONFIG = '''
visible_hostname localhost
dns_nameservers 127.0.0.1
hosts_file {folder}/hosts
pid_filename none
coredump_dir {folder}
cache_log {folder}/cache.log
logformat seen %lp %un %>Hs %rm %ru
access_log stdio:{folder}/access.log seen
cache deny all
max_filedescriptors 512
shutdown_lifetime 0 seconds
pinger_enable off
netdb_filename none
unlinkd_program {programs}/unlinkd
mime_table {share}/squid/mime.conf
icon_directory {share}/squid/icons
error_directory {share}/squid-langpack/templates
err_page_stylesheet none

auth_param basic program {programs}/basic_ncsa_auth {folder}/users
auth_param basic realm The proxy
auth_param digest program {programs}/digest_file_auth -c {folder}/digests
auth_param digest realm The proxy
auth_param ntlm program {ntlm}squid-2.5-ntlmssp
auth_param negotiate program {programs}/negotiate_wrapper_auth --ntlm {ntlm}gss-spnego {kerberos}
{ports}
acl refused dstdomain refused.test
acl open myportname open
acl known proxy_auth REQUIRED
http_access deny refused
http_access allow open
http_access allow known
http_access deny all
'''

# A name of this machine that squid alone knows.
HOST = 'behind.test'

# Name of a port, and what it offers; all others come with a login.
PORTS = {'basic': 'basic', 'digest': 'digest', 'ntlm': 'ntlm', 'negotiate': 'negotiate',
         'any': 'negotiate,ntlm,digest,basic'}


class Squid(Daemon):
    """squid, as one process and its helpers."""

    logs = ('cache.log',)

    def __init__(self, folder, unpacked, kdc):
        super().__init__(folder)
        ntlm_auth = shutil.which('ntlm_auth')
        if not ntlm_auth:
            raise Missing('there is no ntlm_auth')
        self.ports_by_name = dict(zip(('open', *PORTS), free_ports(len(PORTS) + 1)))
        self.port = self.ports_by_name['open']
        ports = ['http_port 127.0.0.1:%d name=%s' % (port, name)
                 for name, port in self.ports_by_name.items()]
        for name, offered in PORTS.items():
            ports += ['acl at_%s myportname %s' % (name, name),
                      'auth_schemes %s at_%s' % (offered, name)]
        write_text(self.path('hosts'), '127.0.0.1 localhost %s\n' % HOST)
        write_text(self.path('users'), htpasswd())
        write_text(self.path('digests'), htdigest('The proxy'))
        programs = unpacked.path('lib/squid')
        # it judges by itself, without a winbindd, when it is told user and password
        ntlm = ('%s --configfile=/dev/null --domain=%s --username=%s --password=%s'
                ' --helper-protocol=' % (ntlm_auth, REALM, USER, PASSWORD))
        kerberos = ('--kerberos %s/negotiate_kerberos_auth -s HTTP/localhost@%s'
                    % (programs, REALM))
        config = write_text(self.path('squid.conf'), CONFIG.format(
            folder=folder, programs=programs, share=unpacked.path('share'),
            ntlm=ntlm, kerberos=kerberos, ports='\n'.join(ports)))
        program = unpacked.path('sbin/squid', 'sbin/squid-gnutls')
        self.start([*unpacked.as_nobody(), program, '-N', '-f', config], kdc.server_environment)
        self.wait_listening(*self.ports_by_name.values())

    def log_text(self):
        return read_text(self.path('access.log'))
