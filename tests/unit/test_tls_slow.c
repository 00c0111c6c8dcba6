/* test_tls_slow - a TLS peer whose bytes come one at a time, or stop at any of them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "tls_test.h"

#include <netinet/tcp.h>
#include <poll.h>

static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };

/* A client and a server, and the test between them: the server's bytes wait until it lets them
 * through. */
struct line
{
    struct pair pair;
    struct server server;
    int fds[2];             /* the test's end, the server's */
    BYTE held[8192];        /* said by the server, and not passed on */
    size_t begin, end;
    int ended;              /* the server has said all */
};

static void open_line( struct line *line, UINT32 protocol, void (*serve)( struct server * ) )
{
    const int on = 1;

    memset( line, 0, sizeof(*line) );
    line->pair = make_pair();
    /* a byte must not wait for the one before it to be acknowledged */
    CHECK_INT( setsockopt( line->pair.peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on) ), 0 );
    CHECK_INT( socketpair( AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line->fds ), 0 );
    start_server( &line->server, line->fds[1], serve );
    CHECK_INT( call_tls_start( line->pair.stream, "localhost", protocol ), STATUS_SUCCESS );
}

static void close_line( struct line *line )
{
    call_abort( line->pair.stream, 0 );
    shutdown( line->fds[0], SHUT_RDWR );
    stop_server( &line->server );
    close( line->fds[0] );
    close( line->fds[1] );
    close_pair( &line->pair );
}

static void pass_up( struct line *line )
{
    char buffer[4096];
    ssize_t ret = recv( line->pair.peer, buffer, sizeof(buffer), 0 );

    CHECK( ret > 0 && peer_write( line->fds[0], buffer, ret ) );
}

static void hold_more( struct line *line )
{
    ssize_t ret = recv( line->fds[0], line->held + line->end, sizeof(line->held) - line->end, 0 );

    if (ret > 0) line->end += ret;
    else line->ended = 1;
}

/* Passes the next byte of the server's on. */
static void pass_byte( struct line *line )
{
    if (line->begin == line->end) return;
    CHECK( peer_write( line->pair.peer, line->held + line->begin++, 1 ) );
}

/* Until either has said something; not for ever, as a byte may be on its way to the client. */
static void await_either( struct line *line )
{
    struct pollfd fds[2] = { { line->pair.peer, POLLIN, 0 }, { line->fds[0], POLLIN, 0 } };

    if (line->ended) fds[1].fd = -1;
    poll( fds, 2, line->begin < line->end ? 0 : 10 );
    if (fds[0].revents) pass_up( line );
    if (fds[1].revents) hold_more( line );
}

/* The handshake with a step after each byte, none of which fails; how many bytes it took. */
static size_t shake_slowly( struct line *line )
{
    struct stream_tls_handshake_params params;
    NTSTATUS status;

    while ((status = call_tls_handshake( line->pair.stream, UNIX_NOWAIT, &params )) ==
           STATUS_PENDING)
    {
        await_either( line );
        pass_byte( line );
    }
    CHECK_INT( status, STATUS_SUCCESS );
    return line->begin;
}

static void test_handshake_delayed_at_each_byte( void )
{
    struct line line;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        unit_context( "protocol %#x", protocols[i] );
        open_line( &line, protocols[i], NULL );
        CHECK( shake_slowly( &line ) > 500 );
        close_line( &line );
    }
}

static void serve_hello( struct server *server )
{
    server_send( server, "hello", 5 );
    server_send( server, "world", 5 );
    gnutls_bye( server->session, GNUTLS_SHUT_WR );
    shutdown( server->fd, SHUT_WR );
}

/* All that the server has to say after the handshake; how many bytes. */
static size_t hold_all( struct line *line )
{
    join_thread( line->server.thread );
    while (!line->ended) hold_more( line );
    return line->end - line->begin;
}

/* A session whose server has said all, and is gone. */
static size_t open_said( struct line *line, UINT32 protocol )
{
    struct pollfd fd;

    open_line( line, protocol, serve_hello );
    shake_slowly( line );
    /* the last flight of a client that is through */
    fd = (struct pollfd){ line->pair.peer, POLLIN, 0 };
    while (poll( &fd, 1, 0 ) > 0) pass_up( line );
    return hold_all( line );
}

static void close_said( struct line *line )
{
    gnutls_deinit( line->server.session );
    close( line->fds[0] );
    close( line->fds[1] );
    close_pair( &line->pair );
}

/* Whether so many of the bytes held are whole records (RFC 8446 5.1: a head of 5 bytes, whose last
 * two are the length). */
static int is_whole( const struct line *line, size_t len )
{
    const BYTE *record = line->held + line->begin, *end = record + len;

    while (record < end) record += 5 + (record[3] << 8 | record[4]);
    return record == end;
}

/* Receives to the end, which has that status, behind the got bytes that came before; whole records,
 * of course. Returns how many there are by now. */
static size_t read_rest( struct line *line, char text[16], size_t got, NTSTATUS end )
{
    NTSTATUS status;
    UINT32 count;

    do
    {
        status = call_recv( line->pair.stream, text + got, 16 - got, UNIX_INFINITE, &count );
        if (!status) got += count;
    } while (!status && count);
    CHECK_INT( status, end );
    CHECK_INT( got % 5, 0 );
    CHECK_MEM( text, got, "helloworld", got );
    return got;
}

/* Nothing of a record is there before all of it is, and then all of it. */
static void test_records_delayed_at_each_byte( void )
{
    struct line line;
    size_t total, got, passed;
    NTSTATUS status;
    unsigned int i;
    UINT32 count;
    char text[16];

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        total = open_said( &line, protocols[i] );
        for (got = passed = 0; passed < total; passed++)
        {
            unit_context( "protocol %#x, byte %lu of %lu", protocols[i], (unsigned long)passed,
                          (unsigned long)total );
            status = call_recv( line.pair.stream, text + got, sizeof(text) - got, UNIX_NOWAIT,
                                &count );
            if (status != STATUS_PENDING)
            {
                if (!CHECK_INT( status, STATUS_SUCCESS ) || !CHECK_INT( count, 5 )) break;
                got += count;
            }
            pass_byte( &line );
        }
        unit_context( "protocol %#x", protocols[i] );
        CHECK_INT( read_rest( &line, text, got, STATUS_SUCCESS ), 10 );
        close_said( &line );
    }
}

/* Whole records come through. Behind them, without close_notify, is an end; inside one is none. */
static void test_records_cut_at_each_byte( void )
{
    size_t total = 1, len, passed, got, before;
    struct line line;
    unsigned int i;
    NTSTATUS end;
    char text[16];

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        for (len = before = 0; len <= total; len++, before = got)
        {
            unit_context( "protocol %#x, %lu of %lu bytes", protocols[i], (unsigned long)len,
                          (unsigned long)total );
            total = open_said( &line, protocols[i] );
            end = is_whole( &line, len ) ? STATUS_SUCCESS : STATUS_CONNECTION_DISCONNECTED;
            for (passed = 0; passed < len; passed++) pass_byte( &line );
            shutdown( line.pair.peer, SHUT_WR );
            got = read_rest( &line, text, 0, end );
            CHECK( got >= before );
            close_said( &line );
        }
        CHECK_INT( before, 10 );
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_handshake_delayed_at_each_byte ),
    UNIT_TEST( test_records_delayed_at_each_byte ),
    UNIT_TEST( test_records_cut_at_each_byte ),
};

int main( int argc, char **argv )
{
    return run_tls_tests( tests, ARRAY_SIZE(tests), argc, argv );
}
