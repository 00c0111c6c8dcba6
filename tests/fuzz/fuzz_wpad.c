/* fuzz_wpad - what DHCP servers send, as option 252 and as a suffix.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: bytes, taken for either.
 */

#include "proto/wpad.h"

#include "fuzz.h"

static void check_url( const uint8_t *data, size_t size )
{
    char url[WPAD_URL_SIZE];
    size_t i;

    if (!wpad_url( data, size, url )) return;
    FUZZ_CHECK( strlen( url ) <= size && strlen( url ) < WPAD_URL_SIZE );
    for (i = 0; url[i]; i++) FUZZ_CHECK( url[i] > ' ' && url[i] < 0x7f );
}

/* At least two labels behind "wpad.", and each name shorter than the one before. */
static void check_names( const char *suffix )
{
    size_t len = WPAD_NAME_SIZE, shorter;
    char name[WPAD_NAME_SIZE];
    unsigned int steps;

    for (steps = 0; wpad_name( suffix, steps, name ); steps++)
    {
        FUZZ_CHECK( (shorter = strlen( name )) < len );
        FUZZ_CHECK( !memcmp( name, "wpad.", 5 ) && strchr( name + 5, '.' ) );
        FUZZ_CHECK( strspn( name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_." ) == shorter );
        len = shorter;
    }
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    char *text;

    check_url( data, size );
    text = fuzz_memory( malloc( size + 1 ) );
    if (size) memcpy( text, data, size );
    text[size] = 0;
    check_names( text );
    free( text );
    return 0;
}
