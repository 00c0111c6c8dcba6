/* Command line and URL of wscat.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "options.h"

#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* What WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT begins with, by the documentation. */
#define DEFAULT_CLOSE_TIMEOUT_MS 10000

static const char help[] =
    "usage: wscat [options] URL\n"
    "Speaks to a WebSocket (ws:// or wss://): each line of standard input is sent as a text\n"
    "message, each message received is written to standard output, a text with a line end.\n"
    "At the end of input the connection is closed: what the server still sends is received\n"
    "until it closes too. With http:// or https:// the page is fetched and written instead.\n"
    "\n"
    "  -H \"NAME: VALUE\"       add a header to the request; may be repeated\n"
    "  -s SUBPROTOCOL         offer a subprotocol; may be repeated\n"
    "  -k                     take any certificate\n"
    "  --cert FILE            show the certificate of a .pfx file to a server that asks for one\n"
    "  --password TEXT        of that file\n"
    "  --binary FILE          send a file as one binary message, before standard input;\n"
    "                         larger ones than 64 KiB leave in fragments\n"
    "  --close CODE[:REASON]  status and reason of our goodbye (default: 1000)\n"
    "  --close-timeout MS     how long the server may take to answer it (default: 10000)\n"
    "  --close-now            do not receive after the end of input: close at once\n"
    "  --timeout MS           how long each step of connecting may take\n"
    "  --async                use WinHTTP's asynchronous calls\n"
    "  -v                     say what happens, on standard error\n"
    "  --help                 show this\n"
    "\n"
    "Exit status: 0 closed in good order (http: a 2xx answer), 1 no connection, 2 bad usage,\n"
    "3 the server refused the WebSocket (http: any other answer), 4 the connection ended\n"
    "without a goodbye, 6 the server closed with another status than 1000 or ours.\n";

/* A name on the command line, and what takes its value. */
struct option_rule
{
    const WCHAR *name;
    BOOL         has_value;
    BOOL (*take)( struct options *options, const WCHAR *value );
};

static void show_help( DWORD stream )
{
    DWORD written;

    WriteFile( GetStdHandle( stream ), help, sizeof(help) - 1, &written, NULL );
}

static BOOL parse_number( const WCHAR *text, ULONG max, ULONG *number )
{
    WCHAR *end;
    ULONGLONG value = _wcstoui64( text, &end, 10 );

    if (*text < '0' || *text > '9' || value > max) return FALSE;
    *number = value;
    return !*end;
}

static BOOL complain_about( const char *what, const WCHAR *value )
{
    char *utf8 = text_to_utf8( value );

    text_complain( "%s: %s", what, utf8 ? utf8 : "" );
    free( utf8 );
    return FALSE;
}

static BOOL take_header( struct options *options, const WCHAR *value )
{
    const WCHAR *colon = wcschr( value, ':' );

    if (!colon || colon == value) return complain_about( "-H takes \"NAME: VALUE\", not", value );
    if (options->header_count == OPTIONS_MAX_HEADERS)
        return complain_about( "too many headers; this is one too much", value );
    options->headers[options->header_count++] = value;
    return TRUE;
}

/* All subprotocols go into one header line, in the order of preference. */
static BOOL take_subprotocol( struct options *options, const WCHAR *value )
{
    static const WCHAR name[] = L"Sec-WebSocket-Protocol: ";
    size_t old = options->subprotocols ? wcslen( options->subprotocols ) : 0;
    WCHAR *line;

    if (!*value) return complain_about( "a subprotocol needs a name", value );
    line = realloc( options->subprotocols,
                    (old + ARRAY_SIZE(name) + wcslen( value ) + 2) * sizeof(*line) );
    if (!line) return complain_about( "out of memory at", value );
    wcscpy( line + old, old ? L", " : name );
    wcscat( line, value );
    options->subprotocols = line;
    return TRUE;
}

static BOOL take_close( struct options *options, const WCHAR *value )
{
    WCHAR code[8];
    const WCHAR *reason = wcschr( value, ':' );
    size_t len = reason ? (size_t)(reason - value) : wcslen( value );
    ULONG status;
    char *utf8;

    if (len < ARRAY_SIZE(code)) wcsncpy( code, value, len );
    code[len < ARRAY_SIZE(code) ? len : 0] = 0;
    if (!parse_number( code, 65535, &status ))
        return complain_about( "--close takes a number up to 65535, and :REASON, not", value );
    options->close_status = status;
    if (!reason) return TRUE;
    if (!(utf8 = text_to_utf8( reason + 1 ))) return complain_about( "out of memory at", value );
    options->close_reason_len = strlen( utf8 );
    if (options->close_reason_len > WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH)
    {
        free( utf8 );
        return complain_about( "a close frame has room for 123 bytes of reason, not for", value );
    }
    strcpy( options->close_reason, utf8 );
    free( utf8 );
    return TRUE;
}

static BOOL take_close_timeout( struct options *options, const WCHAR *value )
{
    if (parse_number( value, MAXLONG, &options->close_timeout_ms )) return TRUE;
    return complain_about( "--close-timeout takes milliseconds, not", value );
}

static BOOL take_timeout( struct options *options, const WCHAR *value )
{
    if (parse_number( value, MAXLONG, &options->timeout_ms )) return TRUE;
    return complain_about( "--timeout takes milliseconds, not", value );
}

static BOOL take_binary( struct options *options, const WCHAR *value )
{
    options->binary = value;
    return TRUE;
}

static BOOL take_cert( struct options *options, const WCHAR *value )
{
    options->cert = value;
    return TRUE;
}

static BOOL take_password( struct options *options, const WCHAR *value )
{
    options->password = value;
    return TRUE;
}

static BOOL take_insecure( struct options *options, const WCHAR *value )
{
    (void)value;
    return options->insecure = TRUE;
}

static BOOL take_async( struct options *options, const WCHAR *value )
{
    (void)value;
    return options->async = TRUE;
}

static BOOL take_close_now( struct options *options, const WCHAR *value )
{
    (void)value;
    return options->close_now = TRUE;
}

static BOOL take_verbose( struct options *options, const WCHAR *value )
{
    (void)value;
    return options->verbose = TRUE;
}

static const struct option_rule rules[] =
{
    { L"--async", FALSE, take_async },
    { L"--binary", TRUE, take_binary },
    { L"--cert", TRUE, take_cert },
    { L"--close", TRUE, take_close },
    { L"--close-now", FALSE, take_close_now },
    { L"--close-timeout", TRUE, take_close_timeout },
    { L"--password", TRUE, take_password },
    { L"--timeout", TRUE, take_timeout },
    { L"-H", TRUE, take_header },
    { L"-k", FALSE, take_insecure },
    { L"-s", TRUE, take_subprotocol },
    { L"-v", FALSE, take_verbose },
};

static const struct option_rule *find_rule( const WCHAR *name )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rules); i++)
        if (!wcscmp( rules[i].name, name )) return &rules[i];
    return NULL;
}

static WCHAR *copy_part( const WCHAR *text, size_t len )
{
    WCHAR *copy = malloc( (len + 2) * sizeof(*copy) );

    if (!copy) return NULL;
    wmemcpy( copy, text, len );
    copy[len] = 0;
    return copy;
}

/* Takes the scheme and the "://" behind it. */
static const WCHAR *parse_scheme( struct url *url, const WCHAR *text )
{
    static const struct { const WCHAR *name; BOOL websocket, secure; } schemes[] =
    {
        { L"ws://", TRUE, FALSE }, { L"wss://", TRUE, TRUE },
        { L"http://", FALSE, FALSE }, { L"https://", FALSE, TRUE },
    };
    size_t i, len;

    for (i = 0; i < ARRAY_SIZE(schemes); i++)
    {
        len = wcslen( schemes[i].name );
        if (_wcsnicmp( text, schemes[i].name, len )) continue;
        url->websocket = schemes[i].websocket;
        url->secure = schemes[i].secure;
        return text + len;
    }
    return NULL;
}

/* Takes "host", "host:port" or "[address]:port"; len is the length of it. */
static BOOL parse_authority( struct url *url, const WCHAR *text, size_t len )
{
    const WCHAR *end = text + len, *host = text, *host_end, *port;
    WCHAR digits[8];
    ULONG number;

    if (len && *text == '[')
    {
        host++;
        if (!(host_end = wmemchr( host, ']', end - host ))) return FALSE;
        port = host_end + 1;
    }
    else
    {
        if (!(host_end = wmemchr( host, ':', len ))) host_end = end;
        port = host_end;
    }
    if (host_end == host || wmemchr( text, '@', len )) return FALSE;
    url->port = url->secure ? 443 : 80;
    if (port != end)
    {
        if (*port++ != ':' || end - port >= (ptrdiff_t)ARRAY_SIZE(digits)) return FALSE;
        wmemcpy( digits, port, end - port );
        digits[end - port] = 0;
        if (!parse_number( digits, 65535, &number ) || !number) return FALSE;
        url->port = number;
    }
    return (url->host = copy_part( host, host_end - host )) != NULL;
}

/* RFC 6455, section 3. By hand, because WinHttpCrackUrl does not know ws and wss. */
static BOOL parse_url( struct url *url, const WCHAR *text )
{
    const WCHAR *rest = parse_scheme( url, text );
    size_t authority;

    if (!rest) return complain_about( "the URL must begin with ws, wss, http or https", text );
    authority = wcscspn( rest, L"/?#" );
    if (!parse_authority( url, rest, authority ))
        return complain_about( "the URL has no valid host and port", text );
    rest += authority;
    if (wcschr( rest, '#' )) return complain_about( "the URL must not have a fragment", text );
    if (!(url->target = malloc( (wcslen( rest ) + 2) * sizeof(WCHAR) )))
        return complain_about( "out of memory at", text );
    wcscpy( url->target, *rest == '/' ? L"" : L"/" );
    wcscat( url->target, rest );
    return TRUE;
}

static BOOL take_argument( struct options *options, WCHAR **argv, int argc, int *i )
{
    const struct option_rule *rule;
    const WCHAR *value = NULL;

    if (argv[*i][0] != '-')
    {
        if (options->url.host) return complain_about( "one URL is enough, also given:", argv[*i] );
        return parse_url( &options->url, argv[*i] );
    }
    if (!(rule = find_rule( argv[*i] ))) return complain_about( "unknown option", argv[*i] );
    if (rule->has_value)
    {
        if (*i + 1 == argc) return complain_about( "a value is missing after", argv[*i] );
        value = argv[++*i];
    }
    return rule->take( options, value );
}

BOOL options_parse( struct options *options, enum exit_status *status )
{
    int argc, i;
    WCHAR **argv = CommandLineToArgvW( GetCommandLineW(), &argc ); /* kept: options point into it */

    memset( options, 0, sizeof(*options) );
    options->close_status = WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS;
    options->close_timeout_ms = DEFAULT_CLOSE_TIMEOUT_MS;
    *status = EXIT_USAGE;
    if (!argv) return FALSE;
    for (i = 1; i < argc; i++)
    {
        if (!wcscmp( argv[i], L"--help" ))
        {
            show_help( STD_OUTPUT_HANDLE );
            *status = EXIT_CLEAN;
            return FALSE;
        }
        if (!take_argument( options, argv, argc, &i )) return FALSE;
    }
    if (options->url.host) return TRUE;
    show_help( STD_ERROR_HANDLE );
    return FALSE;
}

void options_free( struct options *options )
{
    free( options->url.host );
    free( options->url.target );
    free( options->subprotocols );
    memset( options, 0, sizeof(*options) );
}
