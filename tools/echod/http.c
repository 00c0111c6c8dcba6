/* HTTP/1.1 side of the echo server.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "http.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "conn.h"
#include "session.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A chunk-size line: 16 digits and room for extensions, which hardly anybody sends. */
#define MAX_CHUNK_LINE 256

/* SHA-256 and SHA-1, in bytes. */
#define SHA256_BYTES 32
#define SHA1_BYTES   20

enum chunk_phase
{
    CHUNK_SIZE,    /* a line with the size comes */
    CHUNK_DATA,    /* http_body.left bytes of data come */
    CHUNK_END,     /* the empty line behind the data comes */
    CHUNK_TRAILER, /* fields, or the empty line that ends the body, come */
};

struct http_field
{
    const char *name, *value;
};

struct http_request
{
    char             *head;   /* owned: the head, cut into strings that the others point to */
    const char       *method, *path;
    const char       *query;  /* NULL when there is none */
    struct http_field fields[HTTP_MAX_FIELDS];
    unsigned          count;
    bool              keep_alive;
    const struct http_answer *answer; /* static */
};

/* A path and how it is answered when the request is complete. */
struct http_answer
{
    const char *path;
    void (*send)( struct conn *conn, struct http_request *request );
    bool wants_digest;
};

static const struct { unsigned status; const char *phrase; } phrases[] =
{
    { 100, "Continue" }, { 101, "Switching Protocols" }, { 200, "OK" }, { 204, "No Content" },
    { 302, "Found" }, { 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
    { 403, "Forbidden" }, { 404, "Not Found" }, { 426, "Upgrade Required" },
    { 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
    { 501, "Not Implemented" }, { 503, "Service Unavailable" },
};

static const char *status_phrase( unsigned status )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(phrases); i++)
        if (phrases[i].status == status) return phrases[i].phrase;
    return "Status";
}

static int hex_value( char c )
{
    if (c >= '0' && c <= '9') return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
    return -1;
}

static void decode_percent( const char *from, size_t len, char *value, size_t size )
{
    size_t i, used = 0;

    for (i = 0; i < len && used + 1 < size; i++)
    {
        char c = from[i];

        if (c == '+') c = ' ';
        if (c == '%' && i + 2 < len && hex_value( from[i + 1] ) >= 0
            && hex_value( from[i + 2] ) >= 0)
        {
            c = hex_value( from[i + 1] ) << 4 | hex_value( from[i + 2] );
            i += 2;
        }
        value[used++] = c;
    }
    value[used] = 0;
}

bool http_query_text( const char *query, const char *name, char *value, size_t size )
{
    size_t name_len = strlen( name ), len;

    value[0] = 0;
    while (query && *query)
    {
        len = strcspn( query, "&" );
        if (len > name_len && !strncmp( query, name, name_len ) && query[name_len] == '=')
        {
            decode_percent( query + name_len + 1, len - name_len - 1, value, size );
            return true;
        }
        query += len;
        if (*query) query++;
    }
    return false;
}

static bool parse_number( const char *text, uint64_t *number )
{
    size_t len = strlen( text );

    if (!len || len > HTTP_MAX_DIGITS || strspn( text, "0123456789" ) != len) return false;
    *number = strtoull( text, NULL, 10 );
    return true;
}

uint64_t http_query_number( const char *query, const char *name, uint64_t fallback )
{
    char text[HTTP_MAX_DIGITS + 2];
    uint64_t number;

    if (!http_query_text( query, name, text, sizeof(text) )) return fallback;
    return parse_number( text, &number ) ? number : fallback;
}

static const char *find_field( const struct http_request *request, const char *name )
{
    unsigned i;

    for (i = 0; i < request->count; i++)
        if (!strcasecmp( request->fields[i].name, name )) return request->fields[i].value;
    return NULL;
}

static unsigned count_fields( const struct http_request *request, const char *name )
{
    unsigned i, count = 0;

    for (i = 0; i < request->count; i++)
        if (!strcasecmp( request->fields[i].name, name )) count++;
    return count;
}

/* Finds a token in all comma-separated lists under a field name, whatever its case. */
static bool has_token( const struct http_request *request, const char *name, const char *token )
{
    unsigned i;

    for (i = 0; i < request->count; i++)
    {
        const char *list = request->fields[i].value;

        if (strcasecmp( request->fields[i].name, name )) continue;
        while (*list)
        {
            size_t len;

            list += strspn( list, " \t," );
            len = strcspn( list, " \t,;" );
            if (len == strlen( token ) && !strncasecmp( list, token, len )) return true;
            list += strcspn( list, "," );
        }
    }
    return false;
}

static void free_request( struct conn *conn )
{
    struct http_request *request = conn->http.request;

    if (conn->http.body.digest) gnutls_hash_deinit( conn->http.body.digest, NULL );
    memset( &conn->http.body, 0, sizeof(conn->http.body) );
    if (request) free( request->head );
    free( request );
    conn->http.request = NULL;
}

void http_release( struct conn *conn )
{
    free_request( conn );
}

/* Sends head and body of an answer. extra is field lines with their CRLF; length -1 leaves
 * Content-Length out. */
static void send_answer( struct conn *conn, unsigned status, const char *extra, const char *body,
                         int64_t length )
{
    struct http_request *request = conn->http.request;
    bool keep = request && request->keep_alive;
    char head[1024], content_length[48] = "";

    if (length >= 0)
        snprintf( content_length, sizeof(content_length), "Content-Length: %lld\r\n",
                  (long long)length );
    snprintf( head, sizeof(head), "HTTP/1.1 %u %s\r\nServer: echod\r\n%s%s%s\r\n", status,
              status_phrase( status ), extra, content_length, keep ? "" : "Connection: close\r\n" );
    conn_write( conn, head, strlen( head ) );
    conn_log( conn, "answer: %u %s", status, status_phrase( status ) );
    if (body && !(request && !strcmp( request->method, "HEAD" )))
        conn_write( conn, body, strlen( body ) );
    if (!keep) conn_end_gracefully( conn );
}

static void send_text( struct conn *conn, unsigned status, const char *extra, const char *text )
{
    char fields[512];

    snprintf( fields, sizeof(fields), "Content-Type: text/plain; charset=utf-8\r\n%s", extra );
    send_answer( conn, status, fields, text, strlen( text ) );
}

/* Answers a request that cannot be carried out, and ends the connection. */
static void refuse( struct conn *conn, unsigned status, const char *extra, const char *why )
{
    char text[256];

    snprintf( text, sizeof(text), "%s\n", why );
    conn_log( conn, "refused: %s", why );
    if (conn->http.request) conn->http.request->keep_alive = false;
    send_text( conn, status, extra, text );
    conn_end_gracefully( conn );
}

static void answer_hello( struct conn *conn, struct http_request *request )
{
    (void)request;
    send_text( conn, 200, "", "Hello, world!\n" );
}

/* Chunks with an extension and a trailer, as RFC 9112 (7.1) allows them. */
static void answer_chunked( struct conn *conn, struct http_request *request )
{
    static const char body[] = "6\r\nHello,\r\n7;note=x\r\n world!\r\n1\r\n\n\r\n0\r\n"
                               "X-Trailer: seen\r\n\r\n";

    (void)request;
    send_answer( conn, 200, "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n", body,
                 -1 );
}

static void answer_until_close( struct conn *conn, struct http_request *request )
{
    request->keep_alive = false;
    send_answer( conn, 200, "Content-Type: text/plain\r\n", "Hello, world!\n", -1 );
}

/* "Hello, world!\n", RFC 1952, whether the client asked for it or not. */
static void answer_gzip( struct conn *conn, struct http_request *request )
{
    static const unsigned char body[] =
    {
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xf3, 0x48, 0xcd, 0xc9, 0xc9,
        0xd7, 0x51, 0x28, 0xcf, 0x2f, 0xca, 0x49, 0x51, 0xe4, 0x02, 0x00, 0x18, 0xa7, 0x55, 0x7b,
        0x0e, 0x00, 0x00, 0x00,
    };

    send_answer( conn, 200, "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n", NULL,
                 sizeof(body) );
    if (strcmp( request->method, "HEAD" )) conn_write( conn, body, sizeof(body) );
}

static void answer_upload( struct conn *conn, struct http_request *request )
{
    struct http_body *body = &conn->http.body;
    unsigned char digest[SHA256_BYTES];
    char text[128];
    int len;
    size_t i;

    (void)request;
    if (!body->digest)
    {
        refuse( conn, 500, "", "cannot compute a digest" );
        return;
    }
    gnutls_hash_output( body->digest, digest );
    len = snprintf( text, sizeof(text), "%llu bytes, SHA-256 ",
                    (unsigned long long)body->received );
    for (i = 0; i < sizeof(digest); i++)
        len += snprintf( text + len, sizeof(text) - len, "%02x", digest[i] );
    snprintf( text + len, sizeof(text) - len, "\n" );
    send_text( conn, 200, "", text );
}

static void answer_bytes( struct conn *conn, struct http_request *request )
{
    uint64_t len = http_query_number( request->query, "n", 1024 );

    send_answer( conn, 200, "Content-Type: application/octet-stream\r\n", NULL, len );
    if (strcmp( request->method, "HEAD" )) conn_stream_pattern( conn, len );
}

size_t http_list_fields( const struct conn *conn, char *text, size_t size )
{
    const struct http_request *request = conn->http.request;
    size_t len = 0;
    unsigned i;

    text[0] = 0;
    for (i = 0; i < request->count && len < size; i++)
        len += snprintf( text + len, size - len, "%s: %s\n", request->fields[i].name,
                         request->fields[i].value );
    return len < size ? len : size - 1;
}

static void answer_headers( struct conn *conn, struct http_request *request )
{
    char text[HTTP_MAX_HEAD];

    (void)request;
    http_list_fields( conn, text, sizeof(text) );
    send_text( conn, 200, "", text );
}

static void answer_redirect( struct conn *conn, struct http_request *request )
{
    char to[256], location[300];

    if (!http_query_text( request->query, "to", to, sizeof(to) )) strcpy( to, "/hello" );
    to[strcspn( to, "\r\n" )] = 0;
    snprintf( location, sizeof(location), "Location: %s\r\n", to );
    send_text( conn, 302, location, "Look there.\n" );
}

/* Statuses that forbid a body, and 1xx, are for a scripted server, not for this one. */
static void answer_status( struct conn *conn, struct http_request *request )
{
    uint64_t status;
    char text[64];

    if (!parse_number( request->path + strlen( "/status/" ), &status ) || status < 200
        || status > 599 || status == 204 || status == 304)
    {
        refuse( conn, 400, "", "the status must be between 200 and 599, and allow a body" );
        return;
    }
    snprintf( text, sizeof(text), "This is status %u.\n", (unsigned)status );
    send_text( conn, status, "", text );
}

static void answer_never( struct conn *conn, struct http_request *request )
{
    (void)request;
    conn_log( conn, "answer: none, as this path promises" );
    conn->state = CONN_MUTE;
}

static void answer_reset( struct conn *conn, struct http_request *request )
{
    (void)request;
    conn_abort( conn, true, "reset by the server, as this path promises" );
}

static void answer_not_found( struct conn *conn, struct http_request *request )
{
    (void)request;
    send_text( conn, 404, "", "There is nothing here. A WebSocket path needs an upgrade.\n" );
}

static const struct http_answer answers[] =
{
    { "/bytes", answer_bytes, false },
    { "/chunked", answer_chunked, false },
    { "/gzip", answer_gzip, false },
    { "/headers", answer_headers, false },
    { "/hello", answer_hello, false },
    { "/never", answer_never, false },
    { "/redirect", answer_redirect, false },
    { "/reset", answer_reset, false },
    { "/until-close", answer_until_close, false },
    { "/upload", answer_upload, true },
};
static const struct http_answer status_answer = { "/status/", answer_status, false };
static const struct http_answer not_found = { NULL, answer_not_found, false };

static const struct http_answer *find_answer( const char *path )
{
    size_t i;

    if (!strncmp( path, "/status/", strlen( "/status/" ) )) return &status_answer;
    for (i = 0; i < ARRAY_SIZE(answers); i++)
        if (!strcmp( path, answers[i].path )) return &answers[i];
    return &not_found;
}

static void encode_base64( const unsigned char *data, size_t len, char *out )
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i;

    for (i = 0; i < len; i += 3)
    {
        unsigned long bits = (unsigned long)data[i] << 16;

        if (i + 1 < len) bits |= (unsigned long)data[i + 1] << 8;
        if (i + 2 < len) bits |= data[i + 2];
        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63];
        *out++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
        *out++ = i + 2 < len ? digits[bits & 63] : '=';
    }
    *out = 0;
}

/* RFC 6455, 4.2.2, item 5.4. */
static void accept_key( const char *key, char *accept )
{
    unsigned char digest[SHA1_BYTES];
    char text[24 + 36 + 1];

    snprintf( text, sizeof(text), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key );
    gnutls_hash_fast( GNUTLS_DIG_SHA1, text, strlen( text ), digest );
    encode_base64( digest, sizeof(digest), accept );
}

/* Sixteen bytes in base64: 22 digits, of which the last has four bits unused, and "==". */
static bool key_valid( const char *key )
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    return strlen( key ) == 24 && strspn( key, digits ) == 22 && !strcmp( key + 22, "==" )
           && strchr( "AQgw", key[21] );
}

/* The sentence that says what an upgrade request lacks (RFC 6455, 4.2.1), NULL when nothing. */
static const char *check_upgrade( const struct http_request *request )
{
    const char *key = find_field( request, "Sec-WebSocket-Key" );

    if (strcmp( request->method, "GET" )) return "a WebSocket is asked for with GET";
    if (!has_token( request, "Connection", "upgrade" )) return "Connection does not say Upgrade";
    if (!key) return "Sec-WebSocket-Key is missing";
    if (count_fields( request, "Sec-WebSocket-Key" ) > 1) return "two Sec-WebSocket-Key fields";
    if (!key_valid( key )) return "Sec-WebSocket-Key is not 16 bytes in base64";
    return NULL;
}

/* Stores the subprotocol to answer with; "" for none: what ?choose= says if it was offered, else
 * the first one. */
static void choose_subprotocol( const struct http_request *request, char *chosen, size_t size )
{
    const char *offered = find_field( request, "Sec-WebSocket-Protocol" );

    if (http_query_text( request->query, "choose", chosen, size ))
    {
        if (!has_token( request, "Sec-WebSocket-Protocol", chosen )) chosen[0] = 0;
        return;
    }
    if (!offered || !strcmp( request->path, "/no-subprotocol" )) return;
    offered += strspn( offered, " \t," );
    snprintf( chosen, size, "%.*s", (int)strcspn( offered, " \t," ), offered );
}

static void send_upgrade( struct conn *conn, const struct http_request *request,
                          const char *subprotocol )
{
    char head[512], accept[32], line[200] = "";

    accept_key( find_field( request, "Sec-WebSocket-Key" ), accept );
    if (!strcmp( request->path, "/bad-accept" )) accept[0] = accept[0] == 'A' ? 'B' : 'A';
    if (subprotocol[0])
        snprintf( line, sizeof(line), "Sec-WebSocket-Protocol: %s\r\n", subprotocol );
    snprintf( head, sizeof(head), "HTTP/1.1 101 Switching Protocols\r\nServer: echod\r\n"
              "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
              accept, line );
    conn_write( conn, head, strlen( head ) );
    conn_log( conn, "answer: 101 Switching Protocols, from now on this is a WebSocket; %s%s",
              subprotocol[0] ? "subprotocol " : "no subprotocol", subprotocol );
}

static void upgrade( struct conn *conn, struct http_request *request )
{
    const char *missing = check_upgrade( request );
    const char *version = find_field( request, "Sec-WebSocket-Version" );
    const struct route *route;
    char subprotocol[128] = "";

    if (missing)
    {
        refuse( conn, 400, "", missing );
        return;
    }
    if (!version || strcmp( version, "13" ))
    {
        refuse( conn, 426, "Sec-WebSocket-Version: 13\r\n", "only WebSocket version 13 is known" );
        return;
    }
    if (!(route = session_find_route( request->path )))
    {
        refuse( conn, 404, "", "no WebSocket is offered at this path" );
        return;
    }
    choose_subprotocol( request, subprotocol, sizeof(subprotocol) );
    send_upgrade( conn, request, subprotocol );
    conn->state = CONN_WS;
    conn_set_deadline( conn, false );
    session_start( conn, route, request->query, subprotocol );
}

/* The request is complete with its body. */
static void answer_request( struct conn *conn )
{
    struct http_request *request = conn->http.request;

    conn_set_deadline( conn, false );
    if (conn->http.body.received)
        conn_log( conn, "received a body of %llu bytes",
                  (unsigned long long)conn->http.body.received );
    if (!has_token( request, "Upgrade", "websocket" ) || request->answer->send == answer_status
        || request->answer->send == answer_never)
        request->answer->send( conn, request );
    else
        upgrade( conn, request );
    free_request( conn );
}

static bool is_token( const char *text )
{
    static const char chars[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return *text && !text[strspn( text, chars )];
}

/* Cuts "GET /path?query HTTP/1.1" into its parts; a sentence when it is not that. */
static const char *parse_request_line( struct http_request *request, char *line )
{
    char *target, *version, *query;

    if (!(target = strchr( line, ' ' )) || !(version = strchr( target + 1, ' ' )))
        return "the request line has no three parts";
    *target++ = 0;
    *version++ = 0;
    if (!is_token( line )) return "the method is not a token";
    if (*target != '/') return "the target does not begin with a slash";
    if (strcmp( version, "HTTP/1.1" ) && strcmp( version, "HTTP/1.0" ))
        return "the version is neither HTTP/1.1 nor HTTP/1.0";
    request->method = line;
    request->path = target;
    if ((query = strchr( target, '?' ))) *query++ = 0;
    request->query = query;
    request->keep_alive = !strcmp( version, "HTTP/1.1" );
    return NULL;
}

static const char *parse_field( struct http_request *request, char *line )
{
    char *value = strchr( line, ':' ), *end;

    if (!value) return "a field has no colon";
    *value++ = 0;
    if (!is_token( line )) return "a field name is not a token";
    if (request->count == HTTP_MAX_FIELDS) return "too many fields";
    value += strspn( value, " \t" );
    end = value + strlen( value );
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) *--end = 0;
    request->fields[request->count].name = line;
    request->fields[request->count++].value = value;
    return NULL;
}

/* Cuts the head (ended by an empty line) into its parts. */
static const char *parse_head( struct http_request *request )
{
    char *line = request->head, *end;
    const char *error = NULL;
    bool first = true;

    while (!error && (end = strstr( line, "\r\n" )) && end != line)
    {
        *end = 0;
        if (line[strcspn( line, "\r\n" )]) return "a line end is not CRLF";
        error = first ? parse_request_line( request, line ) : parse_field( request, line );
        first = false;
        line = end + 2;
    }
    return error;
}

/* Sets up the body that the fields announce (RFC 9112, 6.3). */
static const char *parse_framing( struct http_body *body, const struct http_request *request )
{
    const char *length = find_field( request, "Content-Length" );
    const char *coding = find_field( request, "Transfer-Encoding" );

    if (count_fields( request, "Host" ) > 1) return "more than one Host field";
    if (request->keep_alive && !find_field( request, "Host" )) return "Host is missing";
    if (length && coding) return "both Content-Length and Transfer-Encoding";
    if (count_fields( request, "Content-Length" ) > 1) return "more than one Content-Length";
    if (coding && strcasecmp( coding, "chunked" )) return "unknown transfer coding";
    if (length && !parse_number( length, &body->left )) return "Content-Length is not a number";
    body->chunked = coding;
    return NULL;
}

static bool is_secret( const char *name )
{
    return !strcasecmp( name, "Authorization" ) || !strcasecmp( name, "Proxy-Authorization" )
           || !strcasecmp( name, "Cookie" );
}

static void log_request( struct conn *conn, const struct http_request *request )
{
    unsigned i;

    if (!conn_logging()) return;
    conn_log( conn, "request: %s %s%s%s", request->method, request->path,
              request->query ? "?" : "", request->query ? request->query : "" );
    for (i = 0; i < request->count; i++)
        conn_log( conn, "         %s: %s", request->fields[i].name,
                  is_secret( request->fields[i].name ) ? "(not shown)" : request->fields[i].value );
}

static void begin_request( struct conn *conn, struct http_request *request )
{
    struct http_body *body = &conn->http.body;
    const char *error, *expect;

    conn->http.request = request;
    if ((error = parse_head( request )) || (error = parse_framing( body, request )))
    {
        if (!request->method) request->method = "";
        refuse( conn, 400, "", error );
        free_request( conn );
        return;
    }
    log_request( conn, request );
    if (has_token( request, "Connection", "close" )) request->keep_alive = false;
    request->answer = find_answer( request->path );
    if (request->answer->wants_digest
        && gnutls_hash_init( (gnutls_hash_hd_t *)&body->digest, GNUTLS_DIG_SHA256 ))
        body->digest = NULL;
    expect = find_field( request, "Expect" );
    if (expect && !strcasecmp( expect, "100-continue" ) && (body->left || body->chunked))
        conn_write( conn, "HTTP/1.1 100 Continue\r\n\r\n", 25 );
}

/* Takes the head from conn->in when it is complete. False when more must come. */
static bool take_head( struct conn *conn )
{
    struct http_request *request;
    unsigned char *data = buf_front( &conn->in ), *end;
    size_t len = buf_size( &conn->in ), head_len;

    /* An empty line before a request is to be ignored (RFC 9112, 2.2). */
    if (len >= 2 && data[0] == '\r' && data[1] == '\n')
    {
        buf_consume( &conn->in, 2 );
        return true;
    }
    end = len ? memmem( data, len < HTTP_MAX_HEAD ? len : HTTP_MAX_HEAD, "\r\n\r\n", 4 ) : NULL;
    if (!end)
    {
        if (len >= HTTP_MAX_HEAD) refuse( conn, 431, "", "the request head is too long" );
        else if (len && !conn->deadline_ms) conn_set_deadline( conn, true );
        return false;
    }
    head_len = end + 4 - data;
    if (memchr( data, 0, head_len ))
    {
        refuse( conn, 400, "", "a zero byte in the request head" );
        return false;
    }
    if (!(request = calloc( 1, sizeof(*request) )) || !(request->head = malloc( head_len + 1 )))
    {
        free( request );
        conn_abort( conn, true, "out of memory" );
        return false;
    }
    memcpy( request->head, data, head_len );
    request->head[head_len] = 0;
    buf_consume( &conn->in, head_len );
    begin_request( conn, request );
    return true;
}

static void take_body_bytes( struct conn *conn )
{
    struct http_body *body = &conn->http.body;
    size_t len = buf_size( &conn->in );

    if (len > body->left) len = body->left;
    if (body->digest && len) gnutls_hash( body->digest, buf_front( &conn->in ), len );
    body->received += len;
    body->left -= len;
    buf_consume( &conn->in, len );
}

/* Takes one line of a chunked body, without its CRLF; NULL when it has not come, or was bad. */
static char *take_line( struct conn *conn, char *line )
{
    unsigned char *data = buf_front( &conn->in ), *end;
    size_t len = buf_size( &conn->in );

    end = len ? memmem( data, len < MAX_CHUNK_LINE ? len : MAX_CHUNK_LINE, "\r\n", 2 ) : NULL;
    if (!end)
    {
        if (len >= MAX_CHUNK_LINE) refuse( conn, 400, "", "a line of a chunked body is too long" );
        return NULL;
    }
    memcpy( line, data, end - data );
    line[end - data] = 0;
    buf_consume( &conn->in, end + 2 - data );
    return line;
}

static void begin_chunk( struct conn *conn, const char *line )
{
    struct http_body *body = &conn->http.body;
    size_t digits = strspn( line, "0123456789abcdefABCDEF" );

    if (!digits || digits > 15 || (line[digits] && !strchr( "; \t", line[digits] )))
    {
        refuse( conn, 400, "", "bad size of a chunk" );
        return;
    }
    body->left = strtoull( line, NULL, 16 );
    body->phase = body->left ? CHUNK_DATA : CHUNK_TRAILER;
}

/* One step of a chunked body. False when more must come or the body is complete. */
static bool take_chunked( struct conn *conn, bool *complete )
{
    struct http_body *body = &conn->http.body;
    char text[MAX_CHUNK_LINE], *line;

    if (body->phase == CHUNK_DATA)
    {
        take_body_bytes( conn );
        if (!body->left) body->phase = CHUNK_END;
        return !body->left;
    }
    if (!(line = take_line( conn, text ))) return false;
    if (body->phase == CHUNK_SIZE)
        begin_chunk( conn, line );
    else if (body->phase == CHUNK_END && !*line)
        body->phase = CHUNK_SIZE;
    else if (body->phase == CHUNK_END)
        refuse( conn, 400, "", "bytes behind the end of a chunk" );
    else if (!*line)
        *complete = true;
    return !*complete && !conn->end_after_out;
}

/* Takes what has come of the body; answers when it is complete. False when more must come. */
static bool take_body( struct conn *conn )
{
    struct http_body *body = &conn->http.body;
    bool complete = false;

    if (body->chunked)
    {
        while (take_chunked( conn, &complete )) {}
    }
    else
    {
        take_body_bytes( conn );
        complete = !body->left;
    }
    if (complete) answer_request( conn );
    return complete;
}

void http_consume( struct conn *conn, const unsigned char *data, size_t len )
{
    bool more = true;

    if (!buf_append( &conn->in, data, len ))
    {
        conn_abort( conn, true, "out of memory" );
        return;
    }
    while (more && conn->state == CONN_HTTP && !conn->end_after_out && !conn->stream_left)
        more = conn->http.request ? take_body( conn ) : take_head( conn );
    /* Frames may have come right behind the request. */
    if (conn->state == CONN_WS)
        buf_consume( &conn->in, session_consume( conn, buf_front( &conn->in ),
                                                 buf_size( &conn->in ) ) );
}
