"""Runs Windows programs for the end-to-end tests.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import ctypes
import os
import shlex
import signal
import struct
import subprocess
import threading

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get('WINHTTP_BUILD', os.path.join(TOP, 'build')))
PROGRAMS = os.path.abspath(os.environ.get('WINHTTP_PROGRAMS', os.path.join(BUILD, 'programs')))

# Against hangs only: a case takes about a second. What a case asserts never depends on it.
LIMIT_SECONDS = 90

# What Wine says when a process did not come to its first instruction, which the wineserver of 8.0
# lets happen once in many hundred starts. Nothing of the program has run, nothing was sent. With
# WINEDEBUG=-all it says nothing, and ends with 1.
NOT_STARTED = 'failed to map the shared user data'

PR_SET_PDEATHSIG = 1


I386 = 0x14c


def machine(path):
    """Which processor a PE header names."""
    with open(path, 'rb') as file:
        data = file.read(1024)
    header, = struct.unpack_from('<I', data, 60)
    return struct.unpack_from('<H', data, header + 4)[0]


def die_with_parent():
    """In the child: ends when this process ends, however that happens."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Result:
    """How a program ended, and what it wrote."""

    def __init__(self, command, status, out, err):
        self.command = command
        self.status = status    # None: it had to be stopped
        self.out = out
        self.err = err.decode('utf-8', 'replace').replace('\r\n', '\n')

    def not_started(self):
        silent = self.status == 1 and not self.out and not self.err
        return silent or NOT_STARTED in self.err

    def describe(self):
        shown = self.out[:200].decode('utf-8', 'replace')
        return ('command: %s\nexit status: %s\nstdout (%d bytes): %r\nstderr:\n%s'
                % (' '.join(self.command), self.status, len(self.out), shown, self.err))


class Collector(threading.Thread):
    """Reads a pipe to its end; others can wait until a number of bytes has come."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe = pipe
        self.data = bytearray()
        self.changed = threading.Condition()
        self.ended = False
        self.start()

    def run(self):
        while True:
            piece = os.read(self.pipe.fileno(), 1 << 16)
            with self.changed:
                self.data += piece
                self.ended = not piece
                self.changed.notify_all()
            if not piece:
                return

    def wait_for(self, size, limit=LIMIT_SECONDS):
        with self.changed:
            self.changed.wait_for(lambda: self.ended or len(self.data) >= size, limit)


def prepare_overlay():
    """What tools/run does before it starts a program, once for all programs of this run."""
    tools = os.path.join(TOP, 'tools')
    prefix = os.environ.get('WINEPREFIX', os.path.join(BUILD, 'prefix'))
    try:
        done = subprocess.run([os.path.join(tools, 'build')], stdout=subprocess.PIPE, check=True)
        loader = done.stdout.decode().strip()
        subprocess.run([os.path.join(tools, 'prefix'), loader, prefix], check=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit('e2e: %s failed' % ' '.join(error.cmd)) from error
    settings = {'WINEPREFIX': prefix, 'WINELOADER': loader,
                'WINEDEBUG': os.environ.get('WINEDEBUG', 'fixme-all')}
    return [loader], dict(os.environ, **settings)


class Windows:
    """The way to run Windows programs: WINHTTP_RUN, or as tools/run does it."""

    def __init__(self):
        self.prefix = shlex.split(os.environ.get('WINHTTP_RUN', ''))
        self.environment = None
        if not self.prefix:
            self.prefix, self.environment = prepare_overlay()
        self.lock = threading.Lock()
        self.running = set()

    def program(self, name):
        """A path of Windows is one of Wine's own programs."""
        return name if '\\' in name else os.path.join(PROGRAMS, name)

    def system(self, name):
        """The path of one of Wine's own programs, with as many bits as ours have."""
        folder = 'syswow64' if machine(self.program('wscat.exe')) == I386 else 'system32'
        return 'C:\\windows\\%s\\%s' % (folder, name)

    def run(self, name, arguments, stdin=b'', replies=0, variables=None):
        """Runs a program. Its standard input stays open until it has written `replies` bytes: what
        a peer loses when it is closed on must not depend on who is faster."""
        command = self.prefix + [self.program(name)] + list(arguments)
        result = self.run_once(command, stdin, replies, variables or {})
        if result.not_started():
            result = self.run_once(command, stdin, replies, variables or {})
        return result

    def run_once(self, command, stdin, replies, variables):
        process = self.start(command, variables)
        out, err = Collector(process.stdout), Collector(process.stderr)
        threading.Thread(target=self.feed, args=(process, stdin, out, replies),
                         daemon=True).start()
        status = self.wait(process)
        with self.lock:
            self.running.discard(process)
        out.join(5)
        err.join(5)
        return Result(command, status, bytes(out.data), bytes(err.data))

    def start(self, command, variables):
        # the proxies of this machine are none of the tests' business
        environment = {name: value for name, value in (self.environment or os.environ).items()
                       if name.lower() not in ('http_proxy', 'https_proxy', 'no_proxy')}
        environment.update(variables)
        with self.lock:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=environment,
                                       preexec_fn=die_with_parent, start_new_session=True)
            self.running.add(process)
        return process

    def stop_all(self):
        """Ends what is still running."""
        with self.lock:
            for process in self.running:
                os.killpg(process.pid, signal.SIGKILL)

    @staticmethod
    def feed(process, stdin, out, replies):
        try:
            process.stdin.write(stdin)
            process.stdin.flush()
            out.wait_for(replies)
            process.stdin.close()
        except OSError:
            pass    # the program has ended without reading all: its status tells more

    @staticmethod
    def wait(process):
        try:
            return process.wait(LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)    # the session that we started for it
            process.wait()
            return None
