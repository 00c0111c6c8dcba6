"""libgit2: the git client of its examples clones, fetches and pushes.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import functools
import os
import subprocess

from servers.process import read_text
from setting import Wrong, noise
from world import Case

PROGRAM = 'lg2'

MEBIBYTE = 1 << 20


def git(folder, *arguments):
    """Debian's git, as it is without the settings of whoever runs this."""
    done = subprocess.run(
        ['git', '-c', 'user.name=test', '-c', 'user.email=test@localhost',
         '-c', 'init.defaultBranch=master', '-C', folder, *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        env=dict(os.environ, GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_NOSYSTEM='1'))
    text = done.stdout.decode('utf-8', 'replace').strip()
    if done.returncode:
        raise Wrong('git %s: %s' % (' '.join(arguments), text))
    return text


def commit(folder, seed, size):
    """One more commit, with a file that does not compress."""
    with open(os.path.join(folder, 'file-%d' % seed), 'wb') as file:
        file.write(noise(size, seed))
    git(folder, 'add', '.')
    git(folder, 'commit', '-q', '-m', 'file %d' % seed)
    return git(folder, 'rev-parse', 'HEAD')


def prepare(world):
    """The git server, and the repository that each case gets a copy of."""
    os.makedirs(world.path('repositories'))
    git(world.folder, 'init', '-q', 'origin')
    for seed, size in ((1, 1), (2, 1000), (3, 5 * MEBIBYTE)):
        commit(world.path('origin'), seed, size)
    world.server = world.start_node('server_git.js', 'tls', world.path('repositories'))


class Setting:
    """One case: a repository on the server and a folder of its own."""

    def __init__(self, world, scheme, variables):
        number = next(world.numbers)
        self.world = world
        self.scheme = scheme
        self.bare = world.path('repositories/%d.git' % number)
        self.name = '%d.git' % number
        self.clone = world.path('clone-%d' % number)
        self.variables = variables
        self.last = None
        git(world.folder, 'clone', '-q', '--bare', 'origin', self.bare)
        git(self.bare, 'config', 'http.receivepack', 'true')

    def url(self, before='', user=''):
        return self.world.server.url(self.scheme, '/%s%s' % (before, self.name)).replace(
            '://', '://' + user)

    def lg2(self, *arguments):
        self.last = self.world.windows.run(self.world.program, arguments, variables=self.variables)
        if self.last.status:
            raise Wrong('lg2 %s failed' % arguments[0])

    def same(self):
        """Every object is sound, and both sides have the same commit."""
        git(self.clone, 'fsck', '--full', '--strict')
        ours, theirs = (git(folder, 'rev-parse', 'master') for folder in (self.clone, self.bare))
        if ours != theirs:
            raise Wrong('the clone has %s, the server %s' % (ours, theirs))

    def server_saw(self, words):
        log = read_text(self.world.server.log + '.stderr')
        if words not in log:
            raise Wrong('the server did not see "%s" but\n%s' % (words, log))


def clone(at, before='', user=''):
    at.lg2('clone', at.url(before, user), at.clone)
    if git(at.clone, 'status', '--short'):
        raise Wrong('files differ')
    at.same()


def clone_moved(at):
    clone(at, 'moved/')
    at.server_saw('GET /moved/%s' % at.name)


def clone_with_login(at):
    clone(at, 'login/', 'alice:secret@')


def clone_refused(at):
    """The server has seen the wrong password, and nothing comes of it."""
    try:
        at.lg2('clone', at.url('login/', 'alice:wrong@'), at.clone)
    except Wrong:
        at.server_saw('refused GET /login/%s/info/refs with a login' % at.name)
        if os.path.exists(os.path.join(at.clone, 'file-1')):
            raise
    else:
        raise Wrong('the wrong password did')


def fetch(at):
    clone(at)
    other = at.clone + '-other'
    git(at.world.folder, 'clone', '-q', at.bare, other)
    wanted = commit(other, 11, 2 * MEBIBYTE)
    git(other, 'push', '-q', 'origin', 'master')
    at.lg2('--git-dir', at.clone, 'fetch', 'origin')
    got = git(at.clone, 'rev-parse', 'origin/master')
    if got != wanted:
        raise Wrong('fetched %s instead of %s' % (got, wanted))


def push(at, before='', user=''):
    """The pack is written in chunks that libgit2 frames itself."""
    clone(at, before, user)
    commit(at.clone, 12, 3 * MEBIBYTE)
    at.lg2('--git-dir', at.clone, 'push')
    at.same()
    at.server_saw('POST /%s%s/git-receive-pack chunked' % (before, at.name))


def push_with_login(at):
    push(at, 'login/', 'alice:secret@')


CASES = (clone, clone_moved, clone_with_login, clone_refused, fetch, push, push_with_login)


def run(case, world, scheme, variables):
    at = Setting(world, scheme, variables)
    try:
        case(at)
    except Wrong as wrong:
        raise Wrong('%s\n%s' % (wrong, at.last.describe() if at.last else '')) from wrong


def all_cases():
    """Through the proxy by https alone. What came by http it ends a millisecond behind the answer,
    and does not say so; libgit2's POST may meet that connection before its end does. Its body comes
    by WinHttpWriteData, so that nobody could send it again."""
    for proxied, scheme in ((False, 'http'), (False, 'https'), (True, 'https')):
        for case in CASES:
            yield Case('libgit2', case.__name__.replace('_', ' '), functools.partial(run, case),
                       scheme, proxied)
