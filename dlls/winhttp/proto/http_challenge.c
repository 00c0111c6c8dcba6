/* http_challenge - schemes and their parameters.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_challenge.h"

#include <string.h>

#include "proto/http_token.h"

/* What is left of a text. */
struct rest
{
    const char *text;
    size_t len;
};

struct param
{
    const char *name, *value; /* value: inside the quotes if there are some */
    size_t name_len, value_len;
    int quoted;
};

static void skip( struct rest *in, size_t count )
{
    in->text += count;
    in->len -= count;
}

static void skip_blanks( struct rest *in )
{
    while (in->len && http_token_blank( *in->text )) skip( in, 1 );
}

/* Empty list elements are legal (RFC 9110 5.6.1.2). */
static void skip_blanks_and_commas( struct rest *in )
{
    while (in->len && (http_token_blank( *in->text ) || *in->text == ',')) skip( in, 1 );
}

static size_t length_to_comma( struct rest in )
{
    const char *comma = memchr( in.text, ',', in.len );

    return comma ? (size_t)(comma - in.text) : in.len;
}

static size_t token_length( struct rest in )
{
    size_t len = 0;

    while (len < in.len && http_token_valid( in.text + len, 1 )) len++;
    return len;
}

/* Bytes of a quoted string up to its closing quote, or up to the end if that is missing. */
static size_t quoted_length( struct rest in )
{
    size_t len = 0;

    while (len < in.len && in.text[len] != '"') len += in.text[len] == '\\' ? 2 : 1;
    return len < in.len ? len : in.len;
}

/* Takes a value: quoted, or all up to the comma (servers leave the quotes away, blanks or not). */
static void take_value( struct rest *in, struct param *param )
{
    param->quoted = in->len && *in->text == '"';
    if (param->quoted) skip( in, 1 );
    param->value = in->text;
    param->value_len = param->quoted ? quoted_length( *in ) : length_to_comma( *in );
    skip( in, param->value_len );
    /* rubbish behind the closing quote goes, too */
    if (param->quoted) skip( in, length_to_comma( *in ) );
    else http_token_trim( &param->value, &param->value_len );
}

/* Takes "name = value" off the front. Returns 0, with nothing taken, if something else is there. */
static int take_param( struct rest *in, struct param *param )
{
    struct rest ahead = *in;

    param->name = ahead.text;
    param->name_len = token_length( ahead );
    skip( &ahead, param->name_len );
    skip_blanks( &ahead );
    if (!param->name_len || !ahead.len || *ahead.text != '=') return 0;
    skip( &ahead, 1 );
    skip_blanks( &ahead );
    take_value( &ahead, param );
    *in = ahead;
    return 1;
}

static int is_token68_char( char c )
{
    /* RFC 9110 11.2; all of them but '/' are token characters, too */
    return c == '/' || (http_token_valid( &c, 1 ) && !strchr( "!#$%&'*^`|", c ));
}

/* Takes a token68, which must be all up to the comma. Returns its length, 0 if there is none. */
static size_t take_token68( struct rest *in )
{
    size_t len = 0, end;

    while (len < in->len && is_token68_char( in->text[len] )) len++;
    if (!len) return 0;
    while (len < in->len && in->text[len] == '=') len++;
    for (end = len; end < in->len && http_token_blank( in->text[end] ); end++) {}
    if (end < in->len && in->text[end] != ',') return 0;
    skip( in, end );
    return len;
}

static void take_params( struct rest *in, struct http_challenge *challenge )
{
    struct rest end = *in;
    struct param param;

    challenge->params = in->text;
    while (take_param( &end, &param ))
    {
        *in = end;
        skip_blanks_and_commas( &end );
    }
    challenge->params_len = (size_t)(in->text - challenge->params);
}

/* What follows a scheme and a blank. */
static void take_body( struct rest *in, struct http_challenge *challenge )
{
    size_t len;

    challenge->token = in->text;
    if ((len = take_token68( in ))) challenge->token_len = len;
    else take_params( in, challenge );
}

int http_challenge_next( const char **text, size_t *len, struct http_challenge *challenge )
{
    struct rest in = { *text, *len };
    struct param stray;

    memset( challenge, 0, sizeof(*challenge) );
    for (;;)
    {
        skip_blanks_and_commas( &in );
        if (!in.len) break;
        if (take_param( &in, &stray )) continue; /* belongs to no scheme */
        challenge->scheme = in.text;
        challenge->scheme_len = token_length( in );
        skip( &in, challenge->scheme_len );
        if (challenge->scheme_len && (!in.len || http_token_blank( *in.text ) || *in.text == ','))
            break;
        skip( &in, length_to_comma( in ) );
        challenge->scheme_len = 0;
    }
    if (challenge->scheme_len)
    {
        skip_blanks( &in );
        take_body( &in, challenge );
    }
    *text = in.text;
    *len = in.len;
    return challenge->scheme_len != 0;
}

/* Undoes the escapes of a quoted string (RFC 9110 5.6.4). */
static size_t write_value( const struct param *param, char *out, size_t size )
{
    size_t i, len = 0;

    for (i = 0; i < param->value_len; i++)
    {
        if (param->quoted && param->value[i] == '\\' && i + 1 < param->value_len) i++;
        if (len < size) out[len] = param->value[i];
        len++;
    }
    return len;
}

int http_challenge_param( const struct http_challenge *challenge, const char *name, char *out,
                          size_t size, size_t *len )
{
    struct rest in = { challenge->params, challenge->params_len };
    struct param param;

    while (in.len && take_param( &in, &param ))
    {
        if (http_token_equal( param.name, param.name_len, name, strlen( name ) ))
        {
            *len = write_value( &param, out, size );
            return 1;
        }
        skip_blanks_and_commas( &in );
    }
    return 0;
}
