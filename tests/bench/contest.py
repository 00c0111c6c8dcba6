"""The programs that the benchmark compares, and their echo server.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import select
import signal
import socket
import subprocess
import time


class Trouble( Exception ):
    """What keeps the whole run from making sense."""


def place( pid, cpus ):
    """Keeps every thread of a process on these processors; new threads follow their maker."""
    for task in os.listdir( f'/proc/{pid}/task' ):
        try:
            os.sched_setaffinity( int( task ), cpus )
        except OSError:
            pass # it has ended


class Lines:
    """Reads lines from a pipe, with a deadline."""

    def __init__( self, pipe ):
        self.fd = pipe.fileno()
        self.rest = b''

    def next( self, seconds ):
        """A line, None at the end, or TimeoutError."""
        end = time.monotonic() + seconds
        while b'\n' not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select( [self.fd], [], [], left )[0]:
                raise TimeoutError
            data = os.read( self.fd, 65536 )
            if not data:
                return None
            self.rest += data
        line, self.rest = self.rest.split( b'\n', 1 )
        return line.decode( errors='replace' ).strip()


class Helper:
    """A program that says "name value" lines up to "ready", and lives as long as its input."""

    def __init__( self, argv ):
        self.process = subprocess.Popen( argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE )
        self.values = {}
        lines = Lines( self.process.stdout )
        while 'ready' not in self.values:
            line = lines.next( 20 )
            if line is None:
                raise Trouble( f'{os.path.basename( argv[0] )} did not start' )
            name, _, value = line.partition( ' ' )
            self.values[name] = value

    def place( self, cpus ):
        place( self.process.pid, cpus )

    def stop( self ):
        self.process.stdin.close()
        self.process.wait()


class Server( Helper ):
    """echod, on ports of its own."""

    def __init__( self, program, folder ):
        os.makedirs( folder, exist_ok=True )
        super().__init__( [program, '--quiet', '--stdin', '--tls-dir', folder,
                           '--broadcast-signal', 'SIGUSR1'] )

    def arguments( self ):
        return ['--ws', self.values['ws'], '--wss', self.values['wss'], '--ca', self.values['ca']]

    def broadcast( self ):
        self.process.send_signal( signal.SIGUSR1 )


class Site:
    """A port of the TLS front, and what the front has counted there."""

    def __init__( self, control, line ):
        self.control = socket.create_connection( ( '127.0.0.1', control ), 20 )
        self.port = int( self.ask( line ).split()[1] )

    def ask( self, line ):
        self.control.sendall( line.encode() + b'\n' )
        answer = b''
        while not answer.endswith( b'\n' ):
            data = self.control.recv( 256 )
            if not data:
                raise Trouble( f'the TLS front refused "{line}"' )
            answer += data
        return answer.decode()

    def counts( self ):
        """Full handshakes and resumed ones."""
        words = self.ask( 'seen' ).split()
        return int( words[1] ), int( words[3] )


class Front( Helper ):
    """tests/tlsfront: TLS by the version asked for, with tickets or without. Its certificates are
    of the same authority as the echo server's, which is in the folder already."""

    def __init__( self, program, folder, behind ):
        super().__init__( [program, folder] )
        self.behind = behind
        self.sites = {}

    def site( self, version, tickets ):
        if ( version, tickets ) not in self.sites:
            self.sites[version, tickets] = Site(
                int( self.values['control'] ),
                f'forward {self.behind} tls={version} tickets={int( tickets )}' )
        return self.sites[version, tickets]


class Contestant:
    """A benchmark program: takes a command a line, answers each with a line.

    After a failure or a timeout it is ended; the next command starts it anew."""

    def __init__( self, name, argv, env, maps_has=None, maps_lacks=None ):
        self.name = name
        self.argv = argv
        self.env = dict( os.environ, **env )
        self.maps_has = maps_has
        self.maps_lacks = maps_lacks
        self.process = None
        self.checked = False
        self.cpus = os.sched_getaffinity( 0 )

    def place( self, cpus ):
        """Keeps it on these processors, now and when it is started anew."""
        self.cpus = cpus
        if self.process:
            place( self.process.pid, cpus )

    def start( self ):
        self.process = subprocess.Popen( self.argv, env=self.env, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL )
        place( self.process.pid, self.cpus )
        self.lines = Lines( self.process.stdout )

    def stop( self ):
        """Lets it end by itself, which it does when its input ends."""
        if not self.process:
            return
        try:
            self.process.stdin.close()
            self.process.wait( 10 )
        except ( subprocess.TimeoutExpired, BrokenPipeError ):
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process = None

    def kill( self ):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def send( self, command ):
        if not self.process:
            self.start()
        try:
            self.process.stdin.write( command.encode() + b'\n' )
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def answer( self, seconds ):
        """The values of the result line as a dict of floats; a string tells why there is none."""
        try:
            line = self.lines.next( seconds )
        except TimeoutError:
            self.kill()
            return f'no answer within {seconds} s'
        if line is None:
            self.kill()
            return 'the program ended'
        what, _, rest = line.partition( ' ' )
        if what != 'result':
            self.kill()
            return rest
        if not self.checked:
            self.check()
        return {key: float( value ) for key, value in
                ( pair.split( '=' ) for pair in rest.split() )}

    def command( self, text, seconds ):
        self.send( text )
        return self.answer( seconds )

    def check( self ):
        """Whether the DLL is the one that it should be."""
        with open( f'/proc/{self.process.pid}/maps', encoding='utf-8' ) as maps:
            loaded = maps.read()
        if self.maps_has and self.maps_has not in loaded:
            raise Trouble( f'{self.name}: {self.maps_has} is not loaded' )
        if self.maps_lacks and self.maps_lacks in loaded:
            raise Trouble( f'{self.name}: {self.maps_lacks} is loaded' )
        self.checked = True

    def cpu( self ):
        """Seconds of processor time of the threads that exist; 0 before the process does."""
        total = 0
        try:
            folder = f'/proc/{self.process.pid}/task'
            for task in os.listdir( folder ):
                with open( f'{folder}/{task}/schedstat', encoding='ascii' ) as stat:
                    total += int( stat.read().split()[0] )
        except ( AttributeError, OSError ):
            pass
        return total / 1e9

    def threads( self ):
        return len( os.listdir( f'/proc/{self.process.pid}/task' ) )

    def descriptors( self ):
        return len( os.listdir( f'/proc/{self.process.pid}/fd' ) )

    def resident( self ):
        """Resident memory in KiB."""
        with open( f'/proc/{self.process.pid}/status', encoding='utf-8' ) as status:
            for line in status:
                if line.startswith( 'VmRSS:' ):
                    return int( line.split()[1] )
        return 0
