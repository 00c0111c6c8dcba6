/* WebSocket behaviour of the echo server, by URL path.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"
#include "http.h"
#include "ws.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Payload bytes that the log shows of a text. */
#define PREVIEW_BYTES 40

/* Most pieces /echo-fragments and /ping cut a message into: enough to test any reassembly. */
#define MAX_FRAGMENTS 1000

/* A path: what happens when the session opens (may be NULL), and at each message. */
struct route
{
    const char *path;
    void (*opened)( struct conn *conn, const char *subprotocol );
    void (*message)( struct conn *conn, enum ws_opcode type, unsigned char *data, size_t len );
    bool keeps_message; /* false: payload is dropped as it comes, message gets len 0 */
    bool answers_close;
};

/* Writes up to PREVIEW_BYTES of a text between quotes; what is not printable as \x. */
static void format_preview( char *out, size_t size, const unsigned char *data, size_t len )
{
    struct ws_utf8 state = { 0 };
    size_t shown = len < PREVIEW_BYTES ? len : PREVIEW_BYTES, used = 0, i;
    bool utf8;

    while (shown && shown < len && (data[shown] & 0xc0) == 0x80) shown--;
    utf8 = ws_utf8_check( &state, data, shown ) && !state.missing;
    used += snprintf( out, size, ": \"" );
    for (i = 0; i < shown; i++)
    {
        if (data[i] < 0x20 || data[i] == 0x7f || (data[i] >= 0x80 && !utf8))
            used += snprintf( out + used, size - used, "\\x%02x", data[i] );
        else
            out[used++] = data[i];
    }
    snprintf( out + used, size - used, "\"%s", shown < len ? "..." : "" );
}

static const char *fragment_words( enum ws_opcode opcode, bool fin )
{
    if (opcode & 8) return "";
    if (opcode == WS_CONTINUATION) return fin ? ", the last of its message" : ", more follows";
    return fin ? ", a whole message" : ", the first of a message";
}

static void log_frame( struct conn *conn, const char *verb, enum ws_opcode opcode, bool fin,
                       uint64_t frame_len, const unsigned char *data, size_t len )
{
    char preview[PREVIEW_BYTES * 4 + 16] = "";

    if (!conn_logging()) return;
    if (opcode == WS_TEXT || opcode == WS_PING || opcode == WS_PONG)
        format_preview( preview, sizeof(preview), data, len );
    conn_log( conn, "%s a %s frame of %llu bytes%s%s", verb, ws_opcode_name( opcode ),
              (unsigned long long)frame_len, fragment_words( opcode, fin ), preview );
}

static void log_close( struct conn *conn, const char *verb, unsigned status, const char *reason,
                       size_t reason_len )
{
    char preview[PREVIEW_BYTES * 4 + 16] = "";
    const char *name = ws_status_name( status );

    if (!conn_logging()) return;
    if (reason_len)
        format_preview( preview, sizeof(preview), (const unsigned char *)reason, reason_len );
    if (status == WS_STATUS_NONE)
        conn_log( conn, "%s a close frame without a status", verb );
    else
        conn_log( conn, "%s a close frame, status %u%s%s%s, %s%s", verb, status,
                  *name ? " (" : "", name, *name ? ")" : "",
                  reason_len ? "reason" : "no reason", preview );
}

static void send_frame( struct conn *conn, enum ws_opcode opcode, bool fin, const void *data,
                        size_t len )
{
    unsigned char header[WS_MAX_HEADER];

    conn_write( conn, header, ws_encode_header( header, opcode, fin, len ) );
    conn_write( conn, data, len );
    log_frame( conn, "sent", opcode, fin, len, data, len );
}

/* Sends a close frame, once; reason_len is cut to what fits (RFC 6455, 5.5.1). */
static void send_close( struct conn *conn, unsigned status, const char *reason, size_t reason_len )
{
    unsigned char frame[WS_MAX_HEADER + WS_MAX_CONTROL];
    size_t len = 0, header_len;

    if (conn->ws.close_sent) return;
    conn->ws.close_sent = true;
    if (reason_len > WS_MAX_REASON) reason_len = WS_MAX_REASON;
    if (status == WS_STATUS_NONE) reason_len = 0;
    else len = 2 + reason_len;
    header_len = ws_encode_header( frame, WS_CLOSE, true, len );
    if (len)
    {
        frame[header_len] = status >> 8;
        frame[header_len + 1] = status;
        if (reason_len) memcpy( frame + header_len + 2, reason, reason_len );
    }
    conn_write( conn, frame, header_len + len );
    log_close( conn, "sent", status, reason, reason_len );
}

/* The peer broke the protocol: say so, and end (RFC 6455, 7.1.7). */
static void fail_session( struct conn *conn, unsigned status, const char *why )
{
    conn_log( conn, "protocol violation: %s", why );
    send_close( conn, status, why, strlen( why ) );
    conn_end_gracefully( conn );
}

static void echo( struct conn *conn, enum ws_opcode type, unsigned char *data, size_t len )
{
    send_frame( conn, type, true, data, len );
}

/* Sends a message in ?n= fragments (default 3), with a ping before each but the first if asked. */
static void send_fragments( struct conn *conn, enum ws_opcode type, const unsigned char *data,
                            size_t len, bool pings )
{
    size_t count = http_query_number( conn->ws.query, "n", 3 ), i, piece, sent = 0;
    char text[32];

    if (!count || count > MAX_FRAGMENTS) count = 3;
    for (i = 0; i < count; i++)
    {
        if (i && pings)
        {
            snprintf( text, sizeof(text), "ping %u", (unsigned)i );
            send_frame( conn, WS_PING, true, text, strlen( text ) );
        }
        piece = (len - sent) / (count - i);
        send_frame( conn, i ? WS_CONTINUATION : type, i + 1 == count, data + sent, piece );
        sent += piece;
    }
}

static void echo_fragments( struct conn *conn, enum ws_opcode type, unsigned char *data,
                            size_t len )
{
    send_fragments( conn, type, data, len, false );
}

static void echo_with_pings( struct conn *conn, enum ws_opcode type, unsigned char *data,
                             size_t len )
{
    send_fragments( conn, type, data, len, true );
}

static void tell_subprotocol( struct conn *conn, const char *subprotocol )
{
    char text[160];

    snprintf( text, sizeof(text), "%s%s", *subprotocol ? "subprotocol " : "no subprotocol",
              subprotocol );
    send_frame( conn, WS_TEXT, true, text, strlen( text ) );
}

/* Binary, for a field can hold other bytes than UTF-8. */
static void tell_headers( struct conn *conn, const char *subprotocol )
{
    char text[HTTP_MAX_HEAD];

    (void)subprotocol;
    send_frame( conn, WS_BINARY, true, text, http_list_fields( conn, text, sizeof(text) ) );
}

static void close_first( struct conn *conn )
{
    char reason[WS_MAX_REASON + 1];

    http_query_text( conn->ws.query, "reason", reason, sizeof(reason) );
    send_close( conn, http_query_number( conn->ws.query, "code", WS_STATUS_NONE ), reason,
                strlen( reason ) );
}

static void reset( struct conn *conn )
{
    conn_abort( conn, true, "reset by the server, as this path promises" );
}

static void drop( struct conn *conn )
{
    conn_log( conn, "TCP is ended without a close frame, as this path promises" );
    conn_end_gracefully( conn );
}

/* Frames that no client may accept; RFC 6455, section 5. */
static const struct { const char *kind; const char *bytes; size_t len; } bad_frames[] =
{
    { "close-1005", "\x88\x02\x03\xed", 4 },
    { "close-short", "\x88\x01\x03", 3 },
    { "continuation", "\x80\x01x", 3 },
    { "control-fragment", "\x09\x01x", 3 },
    { "control-long", "\x89\x7e\x00\x80", 4 },
    { "length-form", "\x82\x7e\x00\x01x", 5 },
    { "length-huge", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10 },
    { "masked", "\x81\x81\x00\x00\x00\x00x", 7 },
    { "opcode", "\x83\x01x", 3 },
    { "rsv", "\xc1\x01x", 3 },
    { "utf8", "\x81\x02\xc3\x28", 4 },
};

static void send_bad_frame( struct conn *conn, enum ws_opcode type, unsigned char *data,
                            size_t len )
{
    char kind[32];
    size_t i;

    (void)type; (void)data; (void)len;
    if (!http_query_text( conn->ws.query, "kind", kind, sizeof(kind) )) strcpy( kind, "rsv" );
    for (i = 0; i < ARRAY_SIZE(bad_frames); i++)
    {
        if (strcmp( bad_frames[i].kind, kind )) continue;
        conn_write( conn, bad_frames[i].bytes, bad_frames[i].len );
        conn_log( conn, "sent a bad frame on purpose: %s", kind );
        return;
    }
    fail_session( conn, WS_STATUS_INTERNAL, "unknown kind of bad frame" );
}

static bool at_open( const struct conn *conn )
{
    char when[8];

    http_query_text( conn->ws.query, "when", when, sizeof(when) );
    return !strcmp( when, "open" );
}

static void close_at_open( struct conn *conn, const char *subprotocol )
{
    (void)subprotocol;
    if (at_open( conn )) close_first( conn );
}

static void close_at_message( struct conn *conn, enum ws_opcode type, unsigned char *data,
                              size_t len )
{
    (void)type; (void)data; (void)len;
    close_first( conn );
}

static void reset_at_open( struct conn *conn, const char *subprotocol )
{
    (void)subprotocol;
    conn_flush( conn ); /* the 101 first */
    if (at_open( conn )) reset( conn );
}

static void reset_at_message( struct conn *conn, enum ws_opcode type, unsigned char *data,
                              size_t len )
{
    (void)type; (void)data; (void)len;
    reset( conn );
}

static void drop_at_open( struct conn *conn, const char *subprotocol )
{
    (void)subprotocol;
    if (at_open( conn )) drop( conn );
}

static void drop_at_message( struct conn *conn, enum ws_opcode type, unsigned char *data,
                             size_t len )
{
    (void)type; (void)data; (void)len;
    drop( conn );
}

/* One binary message of ?n= bytes (default 1 MiB) in one frame. */
static void stream_big( struct conn *conn, const char *subprotocol )
{
    uint64_t len = http_query_number( conn->ws.query, "n", 1 << 20 );
    unsigned char header[WS_MAX_HEADER];

    (void)subprotocol;
    conn_write( conn, header, ws_encode_header( header, WS_BINARY, true, len ) );
    conn_log( conn, "sends a binary frame of %llu bytes, a whole message",
              (unsigned long long)len );
    conn_stream_pattern( conn, len );
}

static void stream_again( struct conn *conn, enum ws_opcode type, unsigned char *data, size_t len )
{
    (void)type; (void)data; (void)len;
    stream_big( conn, "" );
}

static void swallow( struct conn *conn, enum ws_opcode type, unsigned char *data, size_t len )
{
    (void)conn; (void)type; (void)data; (void)len;
}

static const struct route routes[] =
{
    { "/", NULL, echo, true, true },
    { "/bad-accept", NULL, echo, true, true },
    { "/bad-frame", NULL, send_bad_frame, false, true },
    { "/big", stream_big, stream_again, false, true },
    { "/close", close_at_open, close_at_message, false, true },
    { "/drop", drop_at_open, drop_at_message, false, true },
    { "/echo", NULL, echo, true, true },
    { "/echo-fragments", NULL, echo_fragments, true, true },
    { "/headers", tell_headers, echo, true, true },
    { "/no-subprotocol", tell_subprotocol, echo, true, true },
    { "/ping", NULL, echo_with_pings, true, true },
    { "/reset", reset_at_open, reset_at_message, false, true },
    { "/silent-close", NULL, echo, true, false },
    { "/sink", NULL, swallow, false, true },
    { "/subprotocol", tell_subprotocol, echo, true, true },
};

const struct route *session_find_route( const char *path )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(routes); i++)
        if (!strcmp( routes[i].path, path )) return &routes[i];
    return NULL;
}

void session_start( struct conn *conn, const struct route *route, const char *query,
                    const char *subprotocol )
{
    ws_decoder_init( &conn->ws.decoder );
    conn->ws.route = route;
    if (query && !(conn->ws.query = strdup( query )))
    {
        conn_abort( conn, true, "out of memory" );
        return;
    }
    if (route->opened) route->opened( conn, subprotocol );
}

void session_release( struct conn *conn )
{
    buf_free( &conn->ws.message );
    free( conn->ws.query );
    conn->ws.query = NULL;
}

void session_send_text( struct conn *conn, const char *text )
{
    if (conn->state != CONN_WS || conn->ws.close_sent || conn->stream_left) return;
    send_frame( conn, WS_TEXT, true, text, strlen( text ) );
}

const char *session_end_reason( const struct conn *conn )
{
    if (conn->ws.close_sent && conn->ws.close_received)
        return "both sides said goodbye, then TCP ended";
    if (conn->ws.close_received) return "the client ended TCP after its close frame";
    if (conn->ws.close_sent) return "the client ended TCP without answering the close frame";
    if (conn->end_after_out) return "the client ended TCP too";
    return "the client ended TCP without a close frame";
}

static void receive_close( struct conn *conn, const unsigned char *data, size_t len )
{
    struct ws_utf8 state = { 0 };
    unsigned status = len >= 2 ? data[0] << 8 | data[1] : WS_STATUS_NONE;

    if (len == 1)
    {
        fail_session( conn, WS_STATUS_PROTOCOL, "close frame with one byte" );
        return;
    }
    if (len && !ws_status_valid( status ))
    {
        fail_session( conn, WS_STATUS_PROTOCOL, "close frame with a status that is not allowed" );
        return;
    }
    if (len && (!ws_utf8_check( &state, data + 2, len - 2 ) || state.missing))
    {
        fail_session( conn, WS_STATUS_BAD_DATA, "the reason of a close frame is not UTF-8" );
        return;
    }
    conn->ws.close_received = true;
    log_close( conn, "received", status, len ? (const char *)data + 2 : "", len ? len - 2 : 0 );
    if (!conn->ws.route->answers_close)
    {
        conn_log( conn, "the close frame stays without an answer, as this path promises" );
        conn->state = CONN_MUTE;
        return;
    }
    send_close( conn, status, len ? (const char *)data + 2 : "", len ? len - 2 : 0 );
    conn_end_gracefully( conn );
}

static void receive_control( struct conn *conn, const struct ws_piece *piece )
{
    struct session *session = &conn->ws;

    if (piece->first) session->control_len = 0;
    memcpy( session->control + session->control_len, piece->data, piece->len );
    session->control_len += piece->len;
    if (!piece->last) return;
    if (piece->opcode == WS_CLOSE)
    {
        receive_close( conn, session->control, session->control_len );
        return;
    }
    log_frame( conn, "received", piece->opcode, true, piece->frame_len, session->control,
               session->control_len );
    if (piece->opcode == WS_PING && !session->close_sent)
        send_frame( conn, WS_PONG, true, session->control, session->control_len );
}

static void deliver( struct conn *conn, unsigned char *data, size_t len )
{
    if (conn->ws.close_sent) return; /* after our close frame only the peer's matters */
    conn->ws.route->message( conn, conn->ws.message_type, data, len );
}

/* Keeps the piece, or delivers the message that it ends; a message that is wholly in the piece
 * is never copied. */
static void store_or_deliver( struct conn *conn, const struct ws_piece *piece )
{
    struct buf *message = &conn->ws.message;
    bool end = piece->fin && piece->last;

    if (!conn->ws.route->keeps_message)
    {
        if (end) deliver( conn, NULL, 0 );
        return;
    }
    if (end && !buf_size( message ))
    {
        deliver( conn, piece->data, piece->len );
        return;
    }
    if ((piece->first && !buf_reserve( message, piece->frame_len ))
        || !buf_append( message, piece->data, piece->len ))
    {
        conn_abort( conn, true, "out of memory" );
        return;
    }
    if (!end) return;
    deliver( conn, buf_front( message ), buf_size( message ) );
    buf_consume( message, buf_size( message ) );
}

static void receive_data( struct conn *conn, const struct ws_piece *piece )
{
    struct session *session = &conn->ws;

    if (piece->first && piece->opcode != WS_CONTINUATION)
    {
        session->message_type = piece->opcode;
        memset( &session->utf8, 0, sizeof(session->utf8) );
    }
    if (piece->first)
        log_frame( conn, "received", piece->opcode, piece->fin, piece->frame_len, piece->data,
                   piece->len );
    if (session->message_type == WS_TEXT
        && (!ws_utf8_check( &session->utf8, piece->data, piece->len )
            || (piece->fin && piece->last && session->utf8.missing)))
    {
        fail_session( conn, WS_STATUS_BAD_DATA, "a text message is not UTF-8" );
        return;
    }
    store_or_deliver( conn, piece );
}

size_t session_consume( struct conn *conn, unsigned char *data, size_t len )
{
    struct ws_piece piece;
    size_t used, done = 0;
    unsigned result;

    while (done < len && conn->state == CONN_WS && !conn->end_after_out && !conn->stream_left)
    {
        result = ws_decode( &conn->ws.decoder, data + done, len - done, &used, &piece );
        done += used;
        if (result == WS_NEED_INPUT) break;
        if (result != WS_PIECE)
            fail_session( conn, result, conn->ws.decoder.error );
        else if (piece.opcode & 8)
            receive_control( conn, &piece );
        else
            receive_data( conn, &piece );
    }
    return conn->stream_left ? done : len;
}
