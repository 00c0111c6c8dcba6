/* fuzz_proxy_list - proxy settings from anywhere.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a text, taken for a list of each kind in turn.
 */

#include "proto/proxy_list.h"
#include "proto/uri.h"

#include "fuzz.h"

/* An entry points into the list, and holds nothing that could break up a line. */
static void check_entry( const struct proxy_list_entry *entry, const char *text, size_t size )
{
    size_t i;

    FUZZ_CHECK( entry->host_len && entry->port );
    FUZZ_CHECK( entry->host >= text && entry->host + entry->host_len <= text + size );
    for (i = 0; i < entry->host_len; i++)
        FUZZ_CHECK( (unsigned char)entry->host[i] > ' ' && !strchr( "/@", entry->host[i] ) );
}

static void check_login( const struct proxy_list_login *login, const char *text, size_t size )
{
    char *out;

    if (!login->user) return;
    FUZZ_CHECK( login->user >= text && login->user + login->user_len <= text + size );
    FUZZ_CHECK( !login->password_len || (login->password > login->user &&
                login->password + login->password_len <= text + size) );
    out = fuzz_memory( malloc( login->password_len + 1 ) );
    if (uri_unescape( login->password, login->password_len, out ))
        FUZZ_CHECK( strlen( out ) <= login->password_len );
    free( out );
}

static void check_no_proxy( const char *text )
{
    size_t need = proxy_list_from_no_proxy( text, NULL, 0 );
    char *out = fuzz_memory( malloc( need ) );

    FUZZ_CHECK( proxy_list_from_no_proxy( text, out, need ) == need );
    FUZZ_CHECK( strlen( out ) == need - 1 );
    proxy_list_bypasses( out, "http", "www.example.com", 80 );
    free( out );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    struct proxy_list_entry entry;
    struct proxy_list_login login;
    char *text;

    if (size && memchr( data, 0, size )) return 0;
    text = fuzz_memory( malloc( size + 1 ) );
    if (size) memcpy( text, data, size );
    text[size] = 0;
    if (proxy_list_find( text, "http", &entry )) check_entry( &entry, text, size );
    if (proxy_list_find( text, "https", &entry )) check_entry( &entry, text, size );
    if (proxy_list_from_url( text, &entry, &login ))
    {
        check_entry( &entry, text, size );
        check_login( &login, text, size );
    }
    proxy_list_valid( text );
    proxy_list_bypasses( text, "https", "aaaaaaaaaaaaaaaaaaab", 443 );
    check_no_proxy( text );
    free( text );
    return 0;
}
