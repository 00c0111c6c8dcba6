"""Debian's packages, unpacked into the build folder instead of installed: those that would start a
service on this machine, or upgrade its libraries.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import fcntl
import glob
import os
import platform
import re
import shutil
import subprocess

from windows import BUILD

from .process import Missing, read_text, write_text

PACKAGES = ('apache2-bin', 'libapache2-mod-auth-gssapi', 'gss-ntlmssp',
            'lighttpd', 'squid', 'squid-common', 'squid-langpack',
            'krb5-kdc', 'krb5-admin-server', 'krb5-user')

# Of what these depend on, only libraries are taken, and no perl: it is for scripts beside them.
LIBRARY = re.compile(r'lib(?!.*perl)')

FOLDER = os.path.join(BUILD, 'e2e', 'debian')


def run(command, folder):
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=dict(os.environ, LC_ALL='C', DEBIAN_FRONTEND='noninteractive'))
    except OSError as error:
        raise Missing(str(error)) from error
    text = done.stdout.decode('utf-8', 'replace')
    if done.returncode:
        raise Missing('%s failed:\n%s' % (' '.join(command), text[-2000:]))
    return text


def download(options, folder):
    """Fetches the packages, and libraries that this machine has not, or too old ones."""
    get = ['apt-get', '-q', '-y', '-o', 'APT::Sandbox::User=root', *options]
    plan = run(get + ['-s', '--reinstall', '--no-install-recommends', 'install', *PACKAGES], folder)
    wanted = ['%s=%s' % found for found in re.findall(r'^Inst (\S+) (?:\[\S*\] )?\((\S+) ', plan,
                                                      re.M)
              if found[0] in PACKAGES or LIBRARY.match(found[0])]
    run(get + ['download', *wanted], folder)


def download_with_new_lists(folder):
    """The machine's lists of packages may be older than what the mirror still has."""
    options = ['-o', 'Dir::State::Lists=%s/lists' % folder, '-o', 'Dir::Cache=%s/cache' % folder]
    for name in ('lists/partial', 'cache/archives/partial'):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    run(['apt-get', '-q', *options, 'update'], folder)
    download(options, folder)


def fill(folder):
    scratch = folder + '.new'
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch + '/debs')
    try:
        download([], scratch + '/debs')
    except Missing:
        download_with_new_lists(scratch + '/debs')
    for deb in glob.glob(scratch + '/debs/*.deb'):
        run(['dpkg', '-x', deb, scratch], scratch)
    shutil.rmtree(scratch + '/debs')
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(scratch, folder)


class Unpacked:
    """The folder with the unpacked packages; filled when it is not there yet."""

    def __init__(self):
        stamp = os.path.join(FOLDER, 'unpacked')
        content = ' '.join(PACKAGES + (platform.freedesktop_os_release().get('VERSION_ID', ''),))
        os.makedirs(os.path.dirname(FOLDER), exist_ok=True)
        with open(FOLDER + '.lock', 'w', encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if read_text(stamp) != content:
                fill(FOLDER)
                write_text(stamp, content)
        libraries = glob.glob(FOLDER + '/usr/lib/*-linux-gnu*')
        if not libraries:
            raise Missing('the packages hold no libraries')
        self.libraries = libraries[0]
        self.environment = {'LD_LIBRARY_PATH': self.libraries}

    @staticmethod
    def path(*names):
        """The first that there is; an installed package may link one to another."""
        for name in names:
            path = os.path.join(FOLDER, 'usr', name)
            if os.path.exists(path):
                return path
        raise Missing('the packages have no /usr/' + names[0])

    @staticmethod
    def as_nobody():
        """What stands before the command of a server that refuses to run as root. What is in the
        build folder stays within its reach wherever that is."""
        if os.geteuid():
            return []
        return ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups',
                '--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--pdeathsig=KILL']
