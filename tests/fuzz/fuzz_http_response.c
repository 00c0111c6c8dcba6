/* fuzz_http_response - the head parser in any slices, against a plain reading of its rules, against
 * what it would read of its own output, and with memory refused.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a byte that seeds the slices, a byte that says which allocation to refuse, then what the
 * server sends.
 */

#include "proto/http_body.h"

#include "budget.h"
#include "fuzz.h"

/* --- slices ----------------------------------------------------------------------------------- */

/* The first empty line, all of the input before us. */
static size_t find_end( const uint8_t *data, size_t size )
{
    size_t line = 0, i;

    for (i = 0; i < size; i++)
    {
        if (data[i] != '\n') continue;
        if (i == line || (i == line + 1 && data[line] == '\r')) return i + 1;
        line = i + 1;
    }
    return 0;
}

static void check_head_end( const uint8_t *data, size_t size, size_t want, uint64_t *random )
{
    size_t len = 0, scanned = 0, before = 0, got = 0;

    while (!got && len < size)
    {
        uint8_t *copy;

        len += 1 + (fuzz_random( random ) >> 32 & 15);
        if (len > size) len = size;
        copy = fuzz_copy( data, len );
        got = http_response_head_end( copy, len, &scanned );
        FUZZ_CHECK( scanned >= before && scanned <= len );
        before = scanned;
        free( copy );
    }
    FUZZ_CHECK( got == want );
}

/* Once implausible, more bytes do not help. Returns whether the whole is plausible. */
static int check_plausible( const uint8_t *data, size_t size )
{
    size_t len, limit = size < 32 ? size : 32;
    int plausible = 1;

    for (len = 0; len <= limit; len++)
    {
        uint8_t *copy = fuzz_copy( data, len );
        int now = http_response_plausible( copy, len );

        FUZZ_CHECK( plausible || !now );
        plausible = now;
        free( copy );
    }
    return http_response_plausible( data, size );
}

/* --- a plain reading of the rules ------------------------------------------------------------- */

struct reading
{
    char *text; /* "name\nvalue\n" of each field */
    size_t len;
    size_t count;
    int wrong;
};

static int is_blank( int c )
{
    return c == ' ' || c == '\t';
}

static void trim( const char **text, size_t *len )
{
    while (*len && is_blank( **text )) ++*text, --*len;
    while (*len && is_blank( (*text)[*len - 1] )) --*len;
}

static void put( struct reading *reading, const char *text, size_t len, char end )
{
    memcpy( reading->text + reading->len, text, len );
    reading->text[reading->len + len] = end;
    reading->len += len + 1;
}

/* A logical line, folds joined, whose first physical line holds a colon. */
static void read_line( struct reading *reading, const char *line, size_t len )
{
    const char *colon = memchr( line, ':', len ), *value;
    size_t name_len, value_len, i;

    name_len = (size_t)(colon - line);
    value = colon + 1;
    value_len = len - name_len - 1;
    trim( &line, &name_len );
    trim( &value, &value_len );
    if (!name_len) return;
    for (i = 0; i < name_len; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
            reading->wrong = 1;
    put( reading, line, name_len, '\n' );
    put( reading, value, value_len, '\n' );
    reading->count++;
}

/* Joins the fold at text to the logical line. */
static size_t join( char *line, size_t len, const char *fold, size_t fold_len )
{
    trim( &fold, &fold_len );
    if (!fold_len) return len;
    while (len && is_blank( line[len - 1] )) len--;
    line[len] = ' ';
    memcpy( line + len + 1, fold, fold_len );
    return len + 1 + fold_len;
}

/* The fields of data[0..size), a head without its status line. */
static void read_fields( struct reading *reading, const uint8_t *data, size_t size )
{
    char *line = fuzz_memory( malloc( size + 1 ) );
    size_t at = 0, len = 0;
    int open = 0, is_field = 0;

    while (at < size)
    {
        const char *text = (const char *)data + at;
        const char *newline = memchr( text, '\n', size - at );
        size_t text_len;

        FUZZ_CHECK( newline );
        text_len = (size_t)(newline - text);
        at += text_len + 1;
        if (text_len && text[text_len - 1] == '\r') text_len--;
        if (memchr( text, '\r', text_len ) || memchr( text, 0, text_len )) reading->wrong = 1;
        if (text_len && is_blank( *text ))
        {
            if (!open) reading->wrong = 1;
            len = join( line, len, text, text_len );
            continue;
        }
        if (is_field) read_line( reading, line, len );
        memcpy( line, text, text_len );
        len = text_len;
        open = text_len != 0;
        is_field = memchr( text, ':', text_len ) != NULL;
    }
    free( line );
}

static void check_fields( const struct http_response *response, const struct reading *reading )
{
    const char *text = reading->text;
    size_t i;

    FUZZ_CHECK( response->headers.count == reading->count );
    for (i = 0; i < reading->count; i++)
    {
        const struct http_header *field = &response->headers.fields[i];

        FUZZ_CHECK( strlen( field->name ) == field->name_len );
        FUZZ_CHECK( strlen( field->value ) == field->value_len );
        FUZZ_CHECK( !memcmp( text, field->name, field->name_len ) );
        text += field->name_len;
        FUZZ_CHECK( *text++ == '\n' );
        FUZZ_CHECK( !memcmp( text, field->value, field->value_len ) );
        text += field->value_len;
        FUZZ_CHECK( *text++ == '\n' );
    }
    FUZZ_CHECK( text == reading->text + reading->len );
}

/* The status line by its grammar; refused as a whole. */
static int is_status_line( const char *line, size_t len )
{
    size_t i = 8;

    if (len < 12 || memcmp( line, "HTTP/1.", 7 ) || line[7] < '0' || line[7] > '9') return 0;
    if (!is_blank( line[8] )) return 0;
    while (i < len && is_blank( line[i] )) i++;
    if (len - i < 3 || line[i] < '1' || line[i] > '9') return 0;
    if (line[i + 1] < '0' || line[i + 1] > '9' || line[i + 2] < '0' || line[i + 2] > '9') return 0;
    return i + 3 == len || is_blank( line[i + 3] );
}

static void check_parse( const struct http_response *response, enum http_response_status status,
                         const uint8_t *head, size_t len )
{
    size_t line = (size_t)((const uint8_t *)memchr( head, '\n', len ) - head) + 1;
    size_t text_len = line > 1 && head[line - 2] == '\r' ? line - 2 : line - 1;
    struct reading reading = { fuzz_memory( malloc( 2 * len + 2 ) ), 0, 0, 0 };

    if (!is_status_line( (const char *)head, text_len )) reading.wrong = 1;
    if (memchr( head, '\r', text_len ) || memchr( head, 0, text_len )) reading.wrong = 1;
    read_fields( &reading, head + line, len - line );
    if (status == HTTP_RESPONSE_OK)
    {
        FUZZ_CHECK( !reading.wrong );
        check_fields( response, &reading );
    }
    else if (status == HTTP_RESPONSE_ERR_COUNT)
        FUZZ_CHECK( reading.count > HTTP_RESPONSE_MAX_FIELDS );
    else
        FUZZ_CHECK( status == HTTP_RESPONSE_ERR_SYNTAX && reading.wrong );
    free( reading.text );
}

/* --- its own output --------------------------------------------------------------------------- */

static void check_round_trip( const struct http_response *response )
{
    size_t size = 32 + strlen( response->reason ) + http_headers_text_size( &response->headers );
    char *text = fuzz_memory( malloc( size ) ), *end;
    struct http_response again;
    size_t i;

    end = text + sprintf( text, "HTTP/1.%u %u %s\r\n", response->minor, response->status,
                          response->reason );
    end = http_headers_text_write( &response->headers, end );
    memcpy( end, "\r\n", 2 );
    http_response_init( &again, &allocator_libc );
    FUZZ_CHECK( !http_response_parse( &again, (uint8_t *)text, (size_t)(end + 2 - text) ) );
    FUZZ_CHECK( again.status == response->status && again.minor == response->minor );
    FUZZ_CHECK( !strcmp( again.reason, response->reason ) );
    FUZZ_CHECK( again.headers.count == response->headers.count );
    for (i = 0; i < again.headers.count; i++)
    {
        FUZZ_CHECK( !strcmp( again.headers.fields[i].name, response->headers.fields[i].name ) );
        FUZZ_CHECK( !strcmp( again.headers.fields[i].value, response->headers.fields[i].value ) );
    }
    http_response_clear( &again );
    free( text );
}

/* --- the framing it leads to ------------------------------------------------------------------ */

static void check_framing( const struct http_response *response, int no_body )
{
    const struct http_headers *headers = &response->headers;
    int coding = http_headers_find( headers, "Transfer-Encoding", 0 ) != NULL;
    int sized = http_headers_find( headers, "Content-Length", 0 ) != NULL;
    uint64_t length = 0;
    int framing = http_body_choose( response, no_body, &length );

    if (framing < 0)
    {
        FUZZ_CHECK( framing == HTTP_BODY_ERR_SYNTAX && sized && !coding && !no_body );
        return;
    }
    FUZZ_CHECK( (framing == HTTP_BODY_LENGTH) == (length != 0) );
    FUZZ_CHECK( framing != HTTP_BODY_LENGTH || (sized && !coding) );
    FUZZ_CHECK( framing != HTTP_BODY_CHUNKED ||
                http_headers_has_token( headers, "Transfer-Encoding", "chunked" ) );
    FUZZ_CHECK( framing == HTTP_BODY_NONE || !no_body );
    if (!http_body_keep_alive( response, (enum http_body_framing)framing )) return;
    FUZZ_CHECK( framing != HTTP_BODY_UNTIL_CLOSE && !(coding && sized) && response->status != 101 );
    FUZZ_CHECK( !http_headers_has_token( headers, "Connection", "close" ) );
}

/* --- refused memory --------------------------------------------------------------------------- */

static void check_refused_memory( const uint8_t *head, size_t len, unsigned int granted,
                                  enum http_response_status want )
{
    struct budget budget = { granted, 0 };
    struct allocator alloc = { budget_resize, &budget };
    struct http_response response;
    enum http_response_status status;

    http_response_init( &response, &alloc );
    status = http_response_parse( &response, head, len );
    FUZZ_CHECK( status == want || status == HTTP_RESPONSE_ERR_MEMORY );
    FUZZ_CHECK( !status || !budget.live );
    http_response_clear( &response );
    FUZZ_CHECK( !budget.live );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    uint64_t random = 1 + (uint64_t)fuzz_byte( &data, &size );
    unsigned int granted = fuzz_byte( &data, &size );
    size_t len = find_end( data, size );
    int plausible = check_plausible( data, size );
    struct http_response response;
    enum http_response_status status;
    uint8_t *head;

    check_head_end( data, size, len, &random );
    if (!len) return 0;
    head = fuzz_copy( data, len );
    http_response_init( &response, &allocator_libc );
    status = http_response_parse( &response, head, len );
    check_parse( &response, status, head, len );
    check_refused_memory( head, len, granted, status );
    if (status)
    {
        FUZZ_CHECK( !response.reason && !response.headers.count && !response.headers.fields );
    }
    else
    {
        FUZZ_CHECK( plausible );
        check_round_trip( &response );
        check_framing( &response, 0 );
        check_framing( &response, 1 );
    }
    http_response_clear( &response );
    free( head );
    return 0;
}
