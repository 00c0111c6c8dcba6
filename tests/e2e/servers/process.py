"""Processes that serve: how they are started, waited for and stopped.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import re
import select
import socket
import subprocess
import time

from windows import die_with_parent

# Against hangs: every server starts within a second, npm within some.
START_SECONDS = 60
STOP_SECONDS = 10


class Missing(Exception):
    """A server cannot be started."""


def read_text(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except OSError:
        return ''


def write_text(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def read_ready(process):
    """Reads "name value" lines until "ready"."""
    found, text = {}, b''
    deadline = time.monotonic() + START_SECONDS
    while not re.search(rb'^ready\s*$', text, re.M):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise Missing('it does not get ready')
        piece = os.read(process.stdout.fileno(), 4096)
        if not piece:
            raise Missing('it ended at once')
        text += piece
    for line in text.decode().splitlines():
        words = line.split(None, 1)
        found[words[0]] = words[-1]
    return found


class Served:
    """What a case sees of a server: process, ports by scheme, log."""

    process = None
    ports = {}
    log = ''

    def url(self, scheme, path):
        port = self.ports[{'http': 'ws', 'https': 'wss'}.get(scheme, scheme)]
        return '%s://localhost:%d%s' % (scheme, port, path)

    def log_of(self, mark):
        """The lines of our echo server about the connection whose request contains mark."""
        lines = read_text(self.log).splitlines()
        number = next((line.split()[0] for line in lines if mark in line), None)
        return [line for line in lines if number and line.startswith(number + ' ')]

    def alive(self):
        return self.process.poll() is None

    def end(self):
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Server(Served):
    """A process that tells its ports, and serves until its standard input ends."""

    def __init__(self, name, command, log):
        self.name = name
        self.log = log
        with open(log + '.stderr', 'wb') as stderr:
            try:
                self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                                stdout=subprocess.PIPE, stderr=stderr,
                                                preexec_fn=die_with_parent)
            except OSError as error:
                raise Missing(str(error)) from error
        try:
            found = read_ready(self.process)
        except Missing as missing:
            self.stop()
            raise Missing('%s\n%s' % (missing, read_text(log + '.stderr'))) from missing
        self.ports = {scheme: int(found[scheme]) for scheme in ('ws', 'wss') if scheme in found}

    def stop(self):
        self.process.stdin.close()
        self.end()
        self.process.stdout.close()


class Daemon(Served):
    """A process with a folder and a configuration, that serves until it gets a SIGTERM."""

    logs = ()    # what it writes into its folder

    def __init__(self, folder):
        self.folder = folder
        self.name = os.path.basename(folder)
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, command, environment=None, descriptors=()):
        with open(self.path('stderr'), 'wb') as stderr:
            try:
                self.process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                    pass_fds=descriptors, env=dict(os.environ, **(environment or {})),
                    cwd=self.folder, preexec_fn=die_with_parent)
            except OSError as error:
                raise Missing(str(error)) from error

    def stop(self):
        self.process.terminate()
        self.end()

    def complaints(self):
        return ''.join(read_text(self.path(name)) for name in ('stderr', *self.logs))

    def fail(self, why):
        self.stop()
        raise Missing('%s\n%s' % (why, self.complaints()))

    def wait_listening(self, *ports):
        """Until all ports take connections; for those that listen when they can serve."""
        deadline = time.monotonic() + START_SECONDS
        for port in ports:
            while True:
                if not self.alive() or time.monotonic() > deadline:
                    self.fail('it does not listen')
                try:
                    socket.create_connection(('127.0.0.1', port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)


def free_ports(count):
    """For servers that cannot choose a port and tell it: such that were free just now."""
    sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def with_free_ports(make, tries=3):
    """Calls make until it does not raise Missing: another may have taken a port meanwhile."""
    for left in reversed(range(tries)):
        try:
            return make()
        except Missing:
            if not left:
                raise
    return None
