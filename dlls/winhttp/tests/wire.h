/*
 * What the scripted server got, request by request and frame by frame, and checks of it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; what is returned lives until server_stop(), texts until the next but one.
 * Threads: the test's thread.
 * Fails:   a request or frame that is not there is a failed check of the caller.
 */
#ifndef WINHTTP_TESTS_WIRE_H
#define WINHTTP_TESTS_WIRE_H

#include <string.h>

#include "wine/test.h"
#include "server.h"

/* The frame that the server read as its n-th: masked, one fragment or whole. */
#define check_frame( server, index, first, data, len ) \
    check_frame_at( server, index, first, data, len, __LINE__, __FILE__ )
static inline void check_frame_at( struct server *server, unsigned int index, unsigned int first,
                                   const void *data, unsigned int len, int line, const char *file )
{
    const struct server_frame *frame = server_frame( server, index );

    ok_( file, line )( frame != NULL, "frame %u did not arrive\n", index );
    if (!frame) return;
    ok_( file, line )( frame->first == first, "expected first byte %#x, got %#x\n", first,
                       frame->first );
    ok_( file, line )( frame->masked, "frame %u is not masked\n", index );
    ok_( file, line )( frame->len == len, "expected %u bytes, got %u\n", len, frame->len );
    if (frame->len == len) ok_( file, line )( !memcmp( frame->payload, data, len ),
                                              "wrong data\n" );
}

/* What the server got; never NULL, so that a test goes on after a failure. */
#define got_request( server, index ) got_request_at( server, index, __LINE__, __FILE__ )
static inline const struct server_request *got_request_at( struct server *server,
                                                           unsigned int index, int line,
                                                           const char *file )
{
    static const struct server_request none = { ~0u };
    const struct server_request *request = server_request( server, index );

    ok_( file, line )( request != NULL, "request %u did not arrive\n", index );
    return request ? request : &none;
}

#define got_frame( server, index ) got_frame_at( server, index, __LINE__, __FILE__ )
static inline const struct server_frame *got_frame_at( struct server *server, unsigned int index,
                                                       int line, const char *file )
{
    static const struct server_frame none = { ~0u };
    const struct server_frame *frame = server_frame( server, index );

    ok_( file, line )( frame != NULL, "frame %u did not arrive\n", index );
    return frame ? frame : &none;
}

/* The value of a header as the server got it; "(none)" when it did not. Two at a time. */
static inline const char *sent_header( struct server *server, unsigned int index, const char *name )
{
    static char values[2][1024];
    static unsigned int turn;
    char *value = values[turn++ % 2];

    if (!server_header( server_request( server, index ), name, value, sizeof(values[0]) ))
        return "(none)";
    return value;
}

/* expected NULL: there must be none */
#define check_header( server, index, name, expected ) \
    check_header_at( server, index, name, expected, __LINE__, __FILE__ )
static inline void check_header_at( struct server *server, unsigned int index, const char *name,
                                    const char *expected, int line, const char *file )
{
    const char *value = sent_header( server, index, name );

    got_request_at( server, index, line, file );
    if (!expected) expected = "(none)";
    ok_( file, line )( !strcmp( value, expected ), "%s: expected \"%s\", got \"%s\"\n", name,
                       expected, value );
}

/* The request line. */
#define check_line( server, index, expected ) \
    check_line_at( server, index, expected, __LINE__, __FILE__ )
static inline void check_line_at( struct server *server, unsigned int index, const char *expected,
                                  int line, const char *file )
{
    const char *text = got_request_at( server, index, line, file )->text;
    size_t len = strlen( expected );

    ok_( file, line )( !strncmp( text, expected, len ) && text[len] == '\r',
                       "expected \"%s\", got \"%.60s\"\n", expected, text );
}

#endif /* WINHTTP_TESTS_WIRE_H */
