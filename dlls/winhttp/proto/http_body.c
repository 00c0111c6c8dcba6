/* http_body - message body framing of HTTP/1.1 (RFC 9112 sections 6 and 7), receiving side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_body.h"

#include <string.h>

#include "proto/http_token.h"

enum body_state
{
    STATE_DATA,          /* left bytes of the body or of the chunk follow */
    STATE_SIZE,          /* CHUNKED: in the digits of a chunk size */
    STATE_SIZE_BLANK,    /* CHUNKED: in the blanks behind the digits */
    STATE_EXTENSION,     /* CHUNKED: in the extension, up to its CR */
    STATE_SIZE_LF,       /* CHUNKED: the LF of a chunk line is next */
    STATE_DATA_CR,       /* CHUNKED: the CR behind a chunk is next */
    STATE_DATA_LF,       /* CHUNKED: the LF behind a chunk is next */
    STATE_TRAILER_START, /* CHUNKED: the first byte behind the last chunk line is next */
    STATE_TRAILER_LF,    /* CHUNKED: the LF of an empty trailer section is next */
    STATE_TRAILER,       /* CHUNKED: in the trailer section */
    STATE_END,           /* the body is complete */
};

enum
{
    MAX_SIZE_DIGITS = 16, /* of a uint64_t; zeros in front count, so no value overflows */
};

/* --- Framing of a response ------------------------------------------------------------------- */

static int forbids_body( const struct http_response *response )
{
    return response->status < 200 || response->status == 204 || response->status == 304;
}

/* RFC 9112 6.3 rule 4: only "chunked" alone is undone; any other coding, or chunked twice, is data
 * that the close of the connection ends. Windows does the same (facts/http.md 8).
 * Returns 1 for chunked, 0 for another coding, -1 without Transfer-Encoding. */
static int choose_coding( const struct http_headers *headers )
{
    const struct http_header *field;
    size_t i, codings = 0, chunked = 0;

    for (i = 0; (field = http_headers_find( headers, "Transfer-Encoding", i )); i++)
    {
        const char *list = field->value, *coding;
        size_t list_len = field->value_len, coding_len;

        while (http_token_next( &list, &list_len, &coding, &coding_len ))
        {
            codings++;
            if (http_token_equal( coding, coding_len, "chunked", 7 )) chunked++;
        }
    }
    if (!i) return -1;
    return codings == 1 && chunked == 1;
}

/* Digits only: no sign, no blank inside, no overflow (RFC 9110 8.6). 0 if it is no number. */
static int parse_length( const char *text, size_t len, uint64_t *length )
{
    uint64_t value = 0;
    size_t i;

    for (i = 0; i < len; i++)
    {
        unsigned int digit = (unsigned int)(text[i] - '0');

        if (!http_token_digit( text[i] )) return 0;
        if (value > (UINT64_MAX - digit) / 10) return 0;
        value = value * 10 + digit;
    }
    *length = value;
    return len != 0;
}

/* Repetitions of one value are that value (RFC 9110 8.6), differing ones an attack. */
int http_body_find_length( const struct http_headers *headers, uint64_t *length )
{
    const struct http_header *field;
    uint64_t value;
    size_t i;
    int found = 0;

    for (i = 0; (field = http_headers_find( headers, "Content-Length", i )); i++)
    {
        const char *list = field->value, *item;
        size_t list_len = field->value_len, item_len;

        if (!list_len) return -1;
        while (http_token_next( &list, &list_len, &item, &item_len ))
        {
            if (!parse_length( item, item_len, &value )) return -1;
            if (found && value != *length) return -1;
            *length = value;
            found = 1;
        }
        if (!found) return -1;
    }
    return found;
}

int http_body_choose( const struct http_response *response, int no_body, uint64_t *length )
{
    uint64_t value = 0;
    int coding, found;

    if (no_body || forbids_body( response )) return HTTP_BODY_NONE;
    if ((coding = choose_coding( &response->headers )) >= 0)
        return coding ? HTTP_BODY_CHUNKED : HTTP_BODY_UNTIL_CLOSE;
    found = http_body_find_length( &response->headers, &value );
    if (found < 0) return HTTP_BODY_ERR_SYNTAX;
    if (!found) return HTTP_BODY_UNTIL_CLOSE;
    if (!value) return HTTP_BODY_NONE;
    *length = value;
    return HTTP_BODY_LENGTH;
}

/* Nonzero if somebody else may see another end of the body than we do. */
static int framing_ambiguous( const struct http_response *response )
{
    const struct http_headers *headers = &response->headers;
    int coding = http_headers_find( headers, "Transfer-Encoding", 0 ) != NULL;
    uint64_t length = 0;
    int found = http_body_find_length( headers, &length );

    if (found < 0) return 1;
    if (coding && found) return 1;            /* RFC 9112 6.3 rule 3 */
    if (coding && !response->minor) return 1; /* RFC 9112 6.1: HTTP/1.0 knows no codings */
    /* servers that give a 204 a body exist; it would be read as the next response */
    return forbids_body( response ) && response->status != 304 && (coding || length);
}

int http_body_keep_alive( const struct http_response *response, enum http_body_framing framing )
{
    const struct http_headers *headers = &response->headers;

    if (framing == HTTP_BODY_UNTIL_CLOSE) return 0;
    if (response->status == 101) return 0; /* no HTTP any more */
    /* a length is only taken where nothing speaks against it */
    if (framing != HTTP_BODY_LENGTH && framing_ambiguous( response )) return 0;
    if (http_headers_has_token( headers, "Connection", "close" )) return 0;
    if (http_headers_has_token( headers, "Proxy-Connection", "close" )) return 0;
    return response->minor || http_headers_has_token( headers, "Connection", "keep-alive" );
}

/* --- Decoder --------------------------------------------------------------------------------- */

void http_body_init( struct http_body *body, enum http_body_framing framing, uint64_t length,
                     const struct allocator *alloc )
{
    body->left = framing == HTTP_BODY_LENGTH ? length : 0;
    body->line_len = 0;
    body->framing = (uint8_t)framing;
    body->digits = 0;
    body->trailer_text = NULL;
    http_headers_init( &body->trailers, alloc );

    if (framing == HTTP_BODY_CHUNKED) body->state = STATE_SIZE;
    else if (framing == HTTP_BODY_UNTIL_CLOSE || body->left) body->state = STATE_DATA;
    else body->state = STATE_END;
}

void http_body_clear( struct http_body *body )
{
    const struct allocator *alloc = body->trailers.alloc;

    allocator_free( alloc, body->trailer_text );
    body->trailer_text = NULL;
    http_headers_clear( &body->trailers );
}

static int hex_value( uint8_t c )
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static void begin_chunk_line( struct http_body *body )
{
    body->left = 0;
    body->digits = 0;
    body->state = STATE_SIZE;
}

static enum http_body_status step_size( struct http_body *body, uint8_t c )
{
    int digit = hex_value( c );

    if (digit >= 0)
    {
        if (body->digits == MAX_SIZE_DIGITS) return HTTP_BODY_ERR_SYNTAX;
        body->left = body->left << 4 | (uint64_t)digit;
        body->digits++;
        return HTTP_BODY_OK;
    }
    if (!body->digits) return HTTP_BODY_ERR_SYNTAX;
    if (c == ';') body->state = STATE_EXTENSION;
    else if (c == '\r') body->state = STATE_SIZE_LF;
    /* BWS of RFC 9112 7.1.1; some servers also pad the size with blanks */
    else if (http_token_blank( (char)c )) body->state = STATE_SIZE_BLANK;
    else return HTTP_BODY_ERR_SYNTAX;
    return HTTP_BODY_OK;
}

static enum http_body_status step_size_blank( struct http_body *body, uint8_t c )
{
    if (c == ';') body->state = STATE_EXTENSION;
    else if (c == '\r') body->state = STATE_SIZE_LF;
    else if (!http_token_blank( (char)c )) return HTTP_BODY_ERR_SYNTAX;
    return HTTP_BODY_OK;
}

/* Ignored, but a bare LF or NUL is no part of it: others may see the end of the line there. */
static enum http_body_status step_extension( struct http_body *body, uint8_t c )
{
    if (c == '\n' || !c) return HTTP_BODY_ERR_SYNTAX;
    if (c == '\r') body->state = STATE_SIZE_LF;
    return HTTP_BODY_OK;
}

static enum http_body_status step_size_lf( struct http_body *body, uint8_t c )
{
    if (c != '\n') return HTTP_BODY_ERR_SYNTAX;
    body->line_len = 0;
    body->state = body->left ? STATE_DATA : STATE_TRAILER_START;
    return HTTP_BODY_OK;
}

static enum http_body_status step_data_end( struct http_body *body, uint8_t c )
{
    if (c != (body->state == STATE_DATA_CR ? '\r' : '\n')) return HTTP_BODY_ERR_SYNTAX;
    if (body->state == STATE_DATA_CR) body->state = STATE_DATA_LF;
    else begin_chunk_line( body );
    return HTTP_BODY_OK;
}

static enum http_body_status step_trailer_lf( struct http_body *body, uint8_t c )
{
    if (c != '\n') return HTTP_BODY_ERR_SYNTAX;
    body->state = STATE_END;
    return HTTP_BODY_OK;
}

/* One byte of framing. */
static enum http_body_status step_framing( struct http_body *body, uint8_t c )
{
    switch (body->state)
    {
    case STATE_SIZE:
        return step_size( body, c );
    case STATE_SIZE_BLANK:
        return step_size_blank( body, c );
    case STATE_EXTENSION:
        return step_extension( body, c );
    case STATE_SIZE_LF:
        return step_size_lf( body, c );
    case STATE_DATA_CR:
    case STATE_DATA_LF:
        return step_data_end( body, c );
    default:
        return step_trailer_lf( body, c );
    }
}

static int in_chunk_line( const struct http_body *body )
{
    return body->state >= STATE_SIZE && body->state <= STATE_SIZE_LF;
}

static int is_framing( const struct http_body *body )
{
    return in_chunk_line( body ) || body->state == STATE_DATA_CR || body->state == STATE_DATA_LF
           || body->state == STATE_TRAILER_LF;
}

static enum http_body_status skip_framing( struct http_body *body, const uint8_t *in, size_t len,
                                           size_t *used )
{
    enum http_body_status status = HTTP_BODY_OK;

    for (*used = 0; !status && *used < len && is_framing( body ); ++*used)
    {
        if (in_chunk_line( body ) && ++body->line_len > HTTP_BODY_MAX_CHUNK_LINE)
            return HTTP_BODY_ERR_LIMIT;
        status = step_framing( body, in[*used] );
    }
    return status;
}

/* The usual empty trailer section costs no memory. */
static void start_trailer( struct http_body *body, uint8_t first, size_t *used )
{
    body->state = STATE_TRAILER;
    *used = first == '\r' || first == '\n';
    if (first == '\r') body->state = STATE_TRAILER_LF;
    if (first == '\n') body->state = STATE_END;
}

static enum http_body_status parse_trailer( struct http_body *body )
{
    const uint8_t *text = (const uint8_t *)body->trailer_text;

    switch (http_response_parse_fields( &body->trailers, text, body->line_len ))
    {
    case HTTP_RESPONSE_OK:
        break;
    case HTTP_RESPONSE_ERR_MEMORY:
        return HTTP_BODY_ERR_MEMORY;
    case HTTP_RESPONSE_ERR_COUNT:
        return HTTP_BODY_ERR_LIMIT;
    default:
        return HTTP_BODY_ERR_SYNTAX;
    }
    allocator_free( body->trailers.alloc, body->trailer_text );
    body->trailer_text = NULL;
    body->state = STATE_END;
    return HTTP_BODY_OK;
}

/* Collects the section until its empty line. */
static enum http_body_status collect_trailer( struct http_body *body, const uint8_t *in, size_t len,
                                              size_t *used )
{
    size_t before = body->line_len, room = HTTP_BODY_MAX_TRAILERS - before, end;
    size_t scanned = before < 2 ? 0 : before - 1; /* an empty line may be cut before its LF */
    const struct allocator *alloc = body->trailers.alloc;

    if (!body->trailer_text)
        body->trailer_text = allocator_resize( alloc, NULL, HTTP_BODY_MAX_TRAILERS );
    if (!body->trailer_text) return HTTP_BODY_ERR_MEMORY;

    *used = len < room ? len : room;
    memcpy( body->trailer_text + before, in, *used );
    end = http_response_head_end( (const uint8_t *)body->trailer_text, before + *used, &scanned );
    body->line_len = (uint32_t)(end ? end : before + *used);
    *used = body->line_len - before;
    if (end) return parse_trailer( body );
    return body->line_len == HTTP_BODY_MAX_TRAILERS ? HTTP_BODY_ERR_LIMIT : HTTP_BODY_OK;
}

static enum http_body_status take_data( struct http_body *body, const uint8_t *in, size_t len,
                                        size_t max_data, size_t *used, const uint8_t **data )
{
    if (!max_data) return HTTP_BODY_NEED_SPACE;
    if (len > max_data) len = max_data;
    if (body->framing != HTTP_BODY_UNTIL_CLOSE)
    {
        if (len > body->left) len = (size_t)body->left;
        body->left -= len;
        if (!body->left)
            body->state = body->framing == HTTP_BODY_CHUNKED ? STATE_DATA_CR : STATE_END;
    }
    *used = len;
    *data = in;
    return HTTP_BODY_OK;
}

/* Goes on by one step in one state; only STATE_DATA uses max_data, data. */
static enum http_body_status step( struct http_body *body, const uint8_t *in, size_t len,
                                   size_t max_data, size_t *used, const uint8_t **data )
{
    *used = 0;
    switch (body->state)
    {
    case STATE_DATA:
        return take_data( body, in, len, max_data, used, data );
    case STATE_TRAILER_START:
        start_trailer( body, *in, used );
        return HTTP_BODY_OK;
    case STATE_TRAILER:
        return collect_trailer( body, in, len, used );
    default:
        return skip_framing( body, in, len, used );
    }
}

enum http_body_status http_body_next( struct http_body *body, const uint8_t *in, size_t len,
                                      size_t max_data, size_t *consumed, const uint8_t **data,
                                      size_t *data_len )
{
    const uint8_t *piece = NULL;
    enum http_body_status status;
    size_t used;

    *consumed = 0;
    while (body->state != STATE_END)
    {
        if (*consumed == len) return HTTP_BODY_NEED_INPUT;
        status = step( body, in + *consumed, len - *consumed, max_data, &used, &piece );
        *consumed += used;
        if (status) return status;
        if (!piece) continue;
        *data = piece;
        *data_len = used;
        return HTTP_BODY_OK;
    }
    return HTTP_BODY_END;
}

uint64_t http_body_payload_left( const struct http_body *body )
{
    if (body->framing == HTTP_BODY_UNTIL_CLOSE) return UINT64_MAX;
    return body->state == STATE_DATA ? body->left : 0;
}
