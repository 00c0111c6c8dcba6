"""Logins at real servers and proxies: Apache, nginx, squid, Kerberos.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later

The program is tests/samples/http_login: a line for each refusal and each answer; they are compared.
"""

import collections
import zlib

from servers.accounts import PASSWORD, REALM, REFUSED, USER
from servers.process import write_text
from servers.squid import HOST
from setting import Wrong

GOOD, BAD = USER + ':' + PASSWORD, USER + ':another'
# squid once let a bad login pass while a good one of that user was under way: it seems to keep one
# state for each user of Digest.
BAD_DIGEST = REFUSED + ':another'
GOOD_NTLM, BAD_NTLM = ('%s\\%s' % (REALM, login) for login in (GOOD, BAD))

HELLO = b'Hello, world!\n'
UPLOAD_SIZE = 300000
SCRIPT = """
function FindProxyForURL( url, host ) {
    if (shExpMatch( url, "*?past" ) && localHostOrDomainIs( host, "localhost.localdomain" ))
        return "DIRECT";
    return "PROXY localhost:%d; DIRECT";
}
"""
ECHOED = ['101', 'echo: Is anybody there?']

# name: below /login at a server, of a port of squid; scheme: by which the program logs in; offered:
# as the program tells it; user: whom the server takes it for; good, bad: logins; realm: what the
# program's Kerberos is like, see servers.kdc
Login = collections.namedtuple('Login', 'name scheme offered user good bad realm')

BASIC = Login('basic', 'basic', 'basic, first basic', USER, GOOD, BAD, 'outside')
DIGEST = Login('digest', 'digest', 'digest, first digest', USER, GOOD, BAD_DIGEST, 'outside')
SHA256 = Login('sha256', 'digest', 'digest, first digest', '', GOOD, BAD_DIGEST, 'outside')
NTLM = Login('ntlm', 'ntlm', 'ntlm negotiate, first negotiate', REALM + '\\' + USER, GOOD_NTLM,
             BAD_NTLM, 'outside')
KERBEROS = Login('kerberos', 'negotiate', 'negotiate, first negotiate', USER + '@' + REALM,
                 GOOD_NTLM, BAD_NTLM, 'stranger')

PROXY_NTLM = NTLM._replace(offered='ntlm, first ntlm')
PROXY_KERBEROS = KERBEROS._replace(name='negotiate')
PROXY_ANY = KERBEROS._replace(name='any', scheme='any',
                              offered='basic digest ntlm negotiate, first negotiate')


def answer(body, user='', status=200):
    return '%d user %s, %d bytes, %08x' % (status, user, len(body), zlib.crc32(body))


def page_of(login):
    return answer(b'Hello, %s!\n' % login.name.encode(), login.user)


def offers(status, login):
    return '%d offers %s' % (status, login.offered)


def run(at, settings, paths, expected, realm='outside'):
    """An expected line that ends with a blank is the beginning of one."""
    kdc = at.world.servers.get('kdc')
    if not kdc:
        raise Wrong('there is no KDC')
    host, port = at.host or ('localhost', at.port())
    settings = [*settings, *(['secure'] if at.secure() else []),
                *(['websocket'] if at.scheme in ('ws', 'wss') else [])]
    at.last = at.world.windows.run('http_login.exe', [host, str(port), *settings, *paths],
                                   variables=getattr(kdc, realm))
    got = at.last.out.decode('utf-8', 'replace').split('\r\n')[:-1]
    if len(got) != len(expected) or not all(
            line.startswith(wanted) if wanted.endswith(' ') else line == wanted
            for line, wanted in zip(got, expected)):
        raise Wrong('expected %s\ngot %s' % (expected, got))


# --- At servers ----------------------------------------------------------------------------------

def accepted(at, login):
    """Each request of the session is asked for the login; nobody logs in silently meanwhile, as
    Kerberos would by the tickets that the first login brought."""
    path = '/login/%s/page' % login.name
    run(at, ['policy=2', 'server=%s:%s' % (login.scheme, login.good)], [path, path],
        [offers(401, login), page_of(login)] * 2, login.realm)


def accepted_early(at, login):
    """The program does not wait to be asked: WinHTTP does the rest."""
    run(at, ['early', 'server=%s:%s' % (login.scheme, login.good)], ['/login/%s/page' % login.name],
        [page_of(login)], login.realm)


def wrong_password(at, login):
    run(at, ['server=%s:%s' % (login.scheme, login.bad)], ['/login/%s/page' % login.name],
        [offers(401, login)] * 2 + ['401 user '], login.realm)


def upload(at, login):
    """The body is sent again; where it goes in the end it comes whole."""
    said = b'length %d' % UPLOAD_SIZE
    run(at, ['body=%d' % UPLOAD_SIZE, 'server=%s:%s' % (login.scheme, login.good)],
        ['/login/%s/upload' % login.name], [offers(401, login), answer(said, login.user)],
        login.realm)


def upload_redirected(at, login):
    """To the place that wants the login."""
    said = b'length %d' % UPLOAD_SIZE
    run(at, ['body=%d' % UPLOAD_SIZE, 'server=%s:%s' % (login.scheme, login.good)], ['/to/307'],
        [offers(401, login), answer(said, login.user)])


def websocket(at, login):
    run(at, ['server=%s:%s' % (login.scheme, login.good)], ['/login/%s/echo' % login.name],
        [offers(401, login), *ECHOED], login.realm)


def silently(at, login):
    """The one whom the process runs as has a ticket: nobody is asked."""
    path = '/login/%s/page' % login.name
    run(at, [], [path, path], [page_of(login)] * 2, 'user')


def silently_forbidden(at, login):
    """AUTOLOGON_SECURITY_LEVEL_HIGH"""
    run(at, ['policy=2'], ['/login/%s/page' % login.name], [offers(401, login), '401 user '],
        'user')


def by_ticket(at, login):
    """Default credentials, which the program asks for."""
    run(at, ['policy=2', 'server=%s' % login.scheme], ['/login/%s/page' % login.name],
        [offers(401, login), page_of(login)], 'user')


def negotiate_falls_to_ntlm(at, login):
    """Where there is no Kerberos."""
    run(at, ['server=negotiate:' + login.good], ['/login/%s/page' % login.name],
        [offers(401, login), page_of(login)])


def one_session(at, _):
    """Several places that want different logins."""
    run(at, ['server=any:' + GOOD], ['/login/%s/page' % login.name
                                     for login in (BASIC, DIGEST, BASIC)],
        [line for login in (BASIC, DIGEST, BASIC) for line in (offers(401, login), page_of(login))])


# --- At squid, on the way to our echo server ---------------------------------------------------

def squid_port(at, login):
    proxy = at.world.servers.get('squid')
    if not proxy:
        raise Wrong('squid is missing')
    return proxy.ports_by_name[login.name] if login else proxy.port


def squid(at, login):
    return ['proxy=localhost:%d' % squid_port(at, login)]


def script(at, login):
    """A proxy script at nginx: squid, but for paths that it knows nothing of."""
    nginx = at.world.servers.get('nginx')
    if not nginx:
        raise Wrong('nginx is missing')
    name = 'files/%s-%s.pac' % (at.scheme, login.name if login else 'none')
    write_text(nginx.path(name), SCRIPT % squid_port(at, login))
    return ['script=http://localhost:%d/%s' % (nginx.ports['ws'], name)]


def through(at):
    """Path, and the lines that show that it was reached."""
    if at.scheme in ('ws', 'wss'):
        return '/echo', ECHOED
    return '/hello', [answer(HELLO)]


def no_login(at, _):
    path, there = through(at)
    if not at.secure():
        at.host = (HOST, at.port())
    run(at, squid(at, None), [path, path], there * 2)


def proxy_accepts(at, login):
    path, there = through(at)
    run(at, squid(at, login) + ['byproxy=%s:%s' % (login.scheme, login.good)], [path],
        [offers(407, login), *there], login.realm)


def by_script(at, login):
    """Each request is asked for: the second one goes past the proxy, which would want a login."""
    path, there = through(at)
    login_there = [offers(407, login)] if login else []
    settings = script(at, login)
    if login:
        settings += ['byproxy=%s:%s' % (login.scheme, login.good)]
    elif not at.secure():
        at.host = (HOST, at.port())
        run(at, settings, [path, path], there * 2)
        return
    run(at, settings, [path, path + '?past'], login_there + there * 2)


def proxy_wants_login(at, login):
    path, _ = through(at)
    run(at, squid(at, login), [path], [offers(407, login), '407 user '])


def proxy_refuses(at, login):
    path, _ = through(at)
    run(at, squid(at, login) + ['byproxy=%s:%s' % (login.scheme, login.bad)], [path],
        [offers(407, login)] * 2 + ['407 user '], login.realm)


def proxy_silently(at, login):
    path, there = through(at)
    run(at, squid(at, login), [path, path], there * 2, 'user')


def proxy_negotiate_falls_to_ntlm(at, login):
    path, there = through(at)
    run(at, squid(at, login) + ['byproxy=negotiate:' + login.good], [path],
        [offers(407, login), *there])


def host_refused(at, _):
    """Its answer to CONNECT is not the server's (error 12029)."""
    at.host = ('refused.test', 443 if at.secure() else 80)
    if at.scheme == 'http':
        run(at, squid(at, None), ['/'], ['403 user '])
    else:
        run(at, squid(at, None), ['/'], ['WinHttpSendRequest failed: error 12029'])


def both(at, login):
    """The proxy wants one login, the server another."""
    run(at, squid(at, login) + ['byproxy=%s:%s' % (login.scheme, login.good), 'server=any:' + GOOD],
        ['/login/digest/page'], [offers(407, login), offers(401, DIGEST), page_of(DIGEST)],
        login.realm)


# --- The table -----------------------------------------------------------------------------------

WEB, SOCKETS = ('http', 'https'), ('ws', 'wss')
ALL = WEB + SOCKETS

# server, schemes, logins, cases
WITH = (
    ('apache', WEB, (BASIC, DIGEST, NTLM, KERBEROS),
     (accepted, accepted_early, wrong_password, upload)),
    ('apache', SOCKETS, (BASIC, DIGEST, NTLM, KERBEROS), (websocket,)),
    ('apache', WEB, (KERBEROS,), (silently, silently_forbidden, by_ticket)),
    ('apache', WEB, (NTLM,), (negotiate_falls_to_ntlm,)),
    ('apache', WEB, (None,), (one_session,)),
    ('apache', WEB, (BASIC,), (upload_redirected,)),
    ('lighttpd', ('http',), (SHA256,), (accepted, accepted_early, wrong_password)),
    ('nginx', WEB, (BASIC,), (accepted, accepted_early, wrong_password, upload)),
    ('nginx', SOCKETS, (BASIC,), (websocket,)),
    ('echod', ALL, (BASIC, DIGEST, PROXY_NTLM, PROXY_KERBEROS, PROXY_ANY),
     (proxy_accepts, proxy_wants_login, proxy_refuses)),
    ('echod', ALL, (PROXY_KERBEROS,), (proxy_silently, proxy_negotiate_falls_to_ntlm)),
    ('echod', ALL, (None,), (no_login, host_refused)),
    ('echod', ALL, (None, BASIC), (by_script,)),
    ('apache', WEB, (BASIC, DIGEST, PROXY_NTLM, PROXY_KERBEROS), (both,)),
)


def all_cases():
    """(server, scheme, name, function)"""
    for server, schemes, logins, functions in WITH:
        for scheme in schemes:
            for login in logins:
                for function in functions:
                    name = '%s %s' % (login.name if login else '', function.__name__)
                    yield (server, scheme, name.strip(),
                           lambda at, function=function, login=login: function(at, login))
