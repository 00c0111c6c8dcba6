"""Apache: files, redirects, logins of every kind, client certificates, in front of another server.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os

import web

from .accounts import htdigest, htpasswd, ntlm_users
from .process import Daemon, Served, free_ports, write_text

MODULES = ('mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic',
           'auth_digest', 'auth_gssapi', 'headers', 'alias', 'deflate', 'dir', 'ssl', 'proxy',
           'proxy_http', 'proxy_wstunnel')

CONFIG = '''
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ServerName localhost
Listen 127.0.0.1:{ws}
Listen 127.0.0.1:{wss}
Listen 127.0.0.1:{verify}
ErrorLog {folder}/error.log
{modules}
DocumentRoot {folder}
SSLSessionCache none
Header always set X-User "expr=%{{REMOTE_USER}}"
Redirect 302 /to/302 /files/pattern
Redirect 301 /to/301 /to/302
Redirect 307 /to/307 /login/basic/upload
<Directory {folder}/files>
    SetOutputFilter DEFLATE
</Directory>
{logins}
ProxyPreserveHost On
ProxyPass /files !
ProxyPass /to !
ProxyPass /login !
ProxyPass /upload http://127.0.0.1:{web}/upload
ProxyPass / http://127.0.0.1:{backend}/ upgrade=websocket
<VirtualHost 127.0.0.1:{wss}>
    SSLEngine On
    SSLCertificateFile {tls}/server.pem
    SSLCertificateKeyFile {tls}/server.key
</VirtualHost>
<VirtualHost 127.0.0.1:{verify}>
    SSLEngine On
    SSLCertificateFile {tls}/server.pem
    SSLCertificateKeyFile {tls}/server.key
    SSLVerifyClient require
    SSLCACertificateFile {client_ca}
</VirtualHost>
'''

LOGIN = '''
<Location /login/{name}>
    AuthName "The {name} realm"
    Require valid-user
    {how}
</Location>
ProxyPass /login/{name}/upload http://127.0.0.1:{web}/upload
ProxyPass /login/{name}/echo http://127.0.0.1:{backend}/echo upgrade=websocket
'''

GSSAPI = '''AuthType GSSAPI
    GssapiAllowedMech '''

# By the path below /login.
LOGINS = {
    'basic': 'AuthType Basic\n    AuthUserFile {folder}/users',
    'digest': 'AuthType Digest\n    AuthDigestProvider file\n    AuthUserFile {folder}/digests',
    'kerberos': GSSAPI + 'krb5',
    'kept': GSSAPI + 'krb5\n    GssapiConnectionBound On',
    'ntlm': GSSAPI + 'ntlmssp\n    GssapiConnectionBound On',
    'either': GSSAPI + 'krb5\n    GssapiAllowedMech ntlmssp\n    GssapiConnectionBound On',
}


class Verifying(Served):
    """The port of an Apache that lets in nobody but the holder of a certificate."""

    def __init__(self, apache, port, client_cert):
        self.process = apache.process
        self.log = apache.log
        self.ports = {'wss': port}
        self.client_cert = client_cert

    def stop(self):
        """Ends with the whole."""


class Apache(Daemon):
    """Apache, as one process."""

    logs = ('error.log',)

    def __init__(self, folder, unpacked, tls, backend, uploads, kdc, client):
        super().__init__(folder)
        self.log = backend.log
        ws, wss, verify = free_ports(3)
        self.ports = {'ws': ws, 'wss': wss}
        if not os.path.exists(self.path('files')):
            web.make_files(folder)
            self.make_logins()
        more = {'folder': folder, 'web': uploads.ports['ws'],
                'backend': backend.ports['ws']}
        logins = ''.join(LOGIN.format(name=name, how=how.format(**more), **more)
                         for name, how in LOGINS.items())
        modules = unpacked.path('lib/apache2/modules')
        config = write_text(self.path('apache.conf'), CONFIG.format(
            ws=ws, wss=wss, verify=verify, tls=tls, client_ca=client + '/client.pem', logins=logins,
            modules='\n'.join('LoadModule %s_module %s/mod_%s.so' % (name, modules, name)
                              for name in MODULES), **more))
        mechanisms = write_text(self.path('mechanisms'), '%s 1.3.6.1.4.1.311.2.2.10 %s\n' % (
            'gssntlmssp_v1', unpacked.libraries + '/gssntlmssp/gssntlmssp.so'))
        self.start([*unpacked.as_nobody(), unpacked.path('sbin/apache2'), '-X', '-f', config],
                   dict(kdc.server_environment, GSS_MECH_CONFIG=mechanisms,
                        NTLM_USER_FILE=write_text(self.path('ntlm-users'), ntlm_users())))
        self.wait_listening(ws, wss, verify)
        self.verifying = Verifying(self, verify, client + '/client.pfx')

    def make_logins(self):
        write_text(self.path('users'), htpasswd())
        write_text(self.path('digests'), htdigest('The digest realm'))
        for name in LOGINS:
            os.makedirs(self.path('login/' + name))
            write_text(self.path('login/%s/page' % name), 'Hello, %s!\n' % name)
