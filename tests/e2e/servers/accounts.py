"""The user whom all servers with logins know, in the forms in which they keep users.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import hashlib
import subprocess

from .process import Missing

USER, PASSWORD = 'alice', 'secret'
REFUSED = 'bob'   # whom those with Digest know, too, and who never logs in
REALM = 'TEST'    # of Kerberos, and domain of NTLM


def htpasswd():
    """For Basic: what Apache, nginx and squid can read."""
    try:
        done = subprocess.run(['openssl', 'passwd', '-apr1', PASSWORD], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(str(error)) from error
    return '%s:%s\n' % (USER, done.stdout.decode().strip())


def htdigest(realm, algorithm='md5'):
    """For Digest: user, realm and the hash of both with the password."""
    lines = ''
    for user in (USER, REFUSED):
        secret = '%s:%s:%s' % (user, realm, PASSWORD)
        lines += '%s:%s:%s\n' % (user, realm, hashlib.new(algorithm, secret.encode()).hexdigest())
    return lines


def ntlm_users():
    """For gss-ntlmssp."""
    return '%s:%s:%s\n' % (REALM, USER, PASSWORD)
