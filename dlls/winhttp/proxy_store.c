/* proxy_store - reads and writes registry values with proxy settings.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proxy_store.h"

#include <stdlib.h>
#include <string.h>

#include "winnls.h"
#include "winreg.h"
#include "winhttp.h"

/* Both settings are a REG_BINARY of little-endian DWORDs and counted strings without NUL:
 * a size or version tag, a counter, flags, then the strings (facts/url-proxy-com.md 5). */
#define CONNECTIONS_KEY PROXY_STORE_KEY L"\\Connections"
#define MACHINE_VALUE L"WinHttpSettings"
#define USER_VALUE L"DefaultConnectionSettings"
#define USER_COPY L"SavedLegacySettings" /* of connections that have no value of their own */

enum
{
    MACHINE_TAG = 0x18,
    USER_TAG = 0x46,
    USER_TAIL = 32,                 /* bytes of what a detection has found: here nothing */
    MAX_SETTINGS_SIZE = 0x100000,   /* a proxy list longer than this is no list; it keeps sums far
                                     * from overflow */
};

/* --- Reading a binary value ---------------------------------------------------------------- */

struct settings_reader
{
    BYTE *data;             /* owned */
    DWORD size;
    DWORD pos;
};

/* Reads a whole value; the caller frees reader->data. */
static DWORD open_settings( HKEY root, const WCHAR *value, struct settings_reader *reader )
{
    DWORD err, size = 0;

    memset( reader, 0, sizeof(*reader) );
    err = RegGetValueW( root, CONNECTIONS_KEY, value, RRF_RT_REG_BINARY, NULL, NULL, &size );
    if (err) return err;
    if (size > MAX_SETTINGS_SIZE) return ERROR_INVALID_DATA;
    if (!(reader->data = malloc( size + 1 ))) return ERROR_NOT_ENOUGH_MEMORY;
    err = RegGetValueW( root, CONNECTIONS_KEY, value, RRF_RT_REG_BINARY, NULL, reader->data,
                        &size );
    if (err)
    {
        free( reader->data );
        reader->data = NULL;
        return err;
    }
    reader->size = size;
    return ERROR_SUCCESS;
}

/* The next number; 0 beyond the end, which every field may be. */
static DWORD read_dword( struct settings_reader *reader )
{
    const BYTE *byte = reader->data + reader->pos;

    if (reader->size - reader->pos < 4)
    {
        reader->pos = reader->size;
        return 0;
    }
    reader->pos += 4;
    return byte[0] | byte[1] << 8 | byte[2] << 16 | (DWORD)byte[3] << 24;
}

/* A copy for GlobalFree of length ANSI bytes; *ret is NULL for none. */
static DWORD copy_ansi( const char *text, DWORD length, WCHAR **ret )
{
    DWORD chars = length ? MultiByteToWideChar( CP_ACP, 0, text, length, NULL, 0 ) : 0;

    *ret = NULL;
    if (!chars) return ERROR_SUCCESS;
    if (!(*ret = GlobalAlloc( GMEM_FIXED, (chars + 1) * sizeof(WCHAR) )))
        return ERROR_NOT_ENOUGH_MEMORY;
    MultiByteToWideChar( CP_ACP, 0, text, length, *ret, chars );
    (*ret)[chars] = 0;
    return ERROR_SUCCESS;
}

/* The next string, for GlobalFree; NULL when it is empty. */
static DWORD read_string( struct settings_reader *reader, WCHAR **ret )
{
    DWORD start, length = read_dword( reader );

    length = min( length, reader->size - reader->pos );
    start = reader->pos;
    reader->pos += length;
    return copy_ansi( (const char *)reader->data + start, length, ret );
}

static DWORD read_fields( struct settings_reader *reader, struct stored_proxy *stored )
{
    DWORD err;

    read_dword( reader ); /* tag */
    stored->counter = read_dword( reader );
    stored->flags = read_dword( reader );
    if ((err = read_string( reader, &stored->proxy ))) return err;
    if ((err = read_string( reader, &stored->bypass ))) return err;
    return read_string( reader, &stored->script );
}

/* ERROR_FILE_NOT_FOUND also for what cannot be read as settings. */
static DWORD read_settings( HKEY root, const WCHAR *value, struct stored_proxy *ret )
{
    struct stored_proxy stored = { 0 };
    struct settings_reader reader;
    DWORD err;

    if ((err = open_settings( root, value, &reader )))
        return err == ERROR_NOT_ENOUGH_MEMORY ? err : ERROR_FILE_NOT_FOUND;
    err = read_fields( &reader, &stored );
    free( reader.data );
    if (err) proxy_store_free( &stored );
    else *ret = stored;
    return err;
}

DWORD proxy_store_read_machine( struct stored_proxy *stored )
{
    return read_settings( HKEY_LOCAL_MACHINE, MACHINE_VALUE, stored );
}

/* --- The plain values that mirror the user's binary one -------------------------------------- */

/* A string value, for GlobalFree; NULL when it is empty or missing. */
static DWORD read_string_value( HKEY key, const WCHAR *value, WCHAR **ret )
{
    DWORD size = 0;
    WCHAR *text;

    *ret = NULL;
    if (RegGetValueW( key, NULL, value, RRF_RT_REG_SZ, NULL, NULL, &size )) return ERROR_SUCCESS;
    if (size <= sizeof(WCHAR) || size > MAX_SETTINGS_SIZE) return ERROR_SUCCESS;
    if (!(text = GlobalAlloc( GMEM_FIXED, size ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (RegGetValueW( key, NULL, value, RRF_RT_REG_SZ, NULL, text, &size ) || !*text)
        GlobalFree( text );
    else
        *ret = text;
    return ERROR_SUCCESS;
}

static DWORD read_mirror_texts( HKEY key, struct stored_proxy *stored )
{
    DWORD err;

    if ((err = read_string_value( key, L"ProxyServer", &stored->proxy ))) return err;
    if ((err = read_string_value( key, L"ProxyOverride", &stored->bypass ))) return err;
    return read_string_value( key, L"AutoConfigURL", &stored->script );
}

/* All there is in most Wine prefixes. A script counts where it is named. Whoever has not said
 * whether there is a proxy detects automatically. */
static DWORD read_mirrors( HKEY key, struct stored_proxy *ret )
{
    struct stored_proxy stored = { .flags = WINHTTP_PROXY_TYPE_DIRECT };
    DWORD err, enabled = 0, size = sizeof(enabled);
    BOOL said;

    said = !RegGetValueW( key, NULL, L"ProxyEnable", RRF_RT_REG_DWORD, NULL, &enabled, &size );
    err = read_mirror_texts( key, &stored );
    if (enabled) stored.flags |= WINHTTP_PROXY_TYPE_PROXY;
    if (stored.script) stored.flags |= WINHTTP_PROXY_TYPE_AUTO_PROXY_URL;
    if (!said) stored.flags |= WINHTTP_PROXY_TYPE_AUTO_DETECT;
    if (!err && !said && !stored.script) err = ERROR_FILE_NOT_FOUND;
    if (err) proxy_store_free( &stored );
    else *ret = stored;
    return err;
}

static DWORD set_string( HKEY key, const WCHAR *name, const WCHAR *text )
{
    DWORD err;

    if (text && *text)
        return RegSetValueExW( key, name, 0, REG_SZ, (const BYTE *)text,
                               (wcslen( text ) + 1) * sizeof(WCHAR) );
    err = RegDeleteValueW( key, name );
    return err == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : err;
}

static DWORD write_mirrors( HKEY key, const struct stored_proxy *stored )
{
    BOOL scripted = (stored->flags & WINHTTP_PROXY_TYPE_AUTO_PROXY_URL) != 0;
    DWORD err, enabled = (stored->flags & WINHTTP_PROXY_TYPE_PROXY) != 0;

    err = RegSetValueExW( key, L"ProxyEnable", 0, REG_DWORD, (const BYTE *)&enabled,
                          sizeof(enabled) );
    if (!err) err = set_string( key, L"ProxyServer", stored->proxy );
    if (!err) err = set_string( key, L"ProxyOverride", stored->bypass );
    if (!err) err = set_string( key, L"AutoConfigURL", scripted ? stored->script : NULL );
    return err;
}

/* --- The user's settings --------------------------------------------------------------------- */

static HKEY user_root( void )
{
    DWORD per_user = 1, size = sizeof(per_user);

    RegGetValueW( HKEY_LOCAL_MACHINE, PROXY_STORE_POLICY_KEY, L"ProxySettingsPerUser",
                  RRF_RT_REG_DWORD, NULL, &per_user, &size );
    return per_user ? HKEY_CURRENT_USER : HKEY_LOCAL_MACHINE;
}

DWORD proxy_store_read_user( const WCHAR *connection, struct stored_proxy *stored, BOOL *has_key )
{
    HKEY root = user_root(), key;
    DWORD err;

    *has_key = !RegOpenKeyExW( root, PROXY_STORE_KEY, 0, KEY_QUERY_VALUE, &key );
    if (!*has_key) return ERROR_FILE_NOT_FOUND;
    err = read_settings( root, connection ? connection : USER_VALUE, stored );
    if (err == ERROR_FILE_NOT_FOUND && !connection) err = read_mirrors( key, stored );
    RegCloseKey( key );
    return err;
}

/* --- Writing --------------------------------------------------------------------------------- */

/* A key in each view of the registry that programs may have. netsh keeps the machine's views alike,
 * so this does too; users have one. */
struct views
{
    HKEY keys[2];           /* owned; NULL: none */
};

static void close_views( struct views *views )
{
    int i;

    for (i = 0; i < 2; i++) if (views->keys[i]) RegCloseKey( views->keys[i] );
}

/* To be closed in any case. */
static DWORD open_views( HKEY root, const WCHAR *name, struct views *views )
{
    static const REGSAM access[2] = { KEY_WOW64_64KEY, KEY_WOW64_32KEY };
    int i, count = root == HKEY_LOCAL_MACHINE ? 2 : 1;
    DWORD err = ERROR_SUCCESS;

    views->keys[0] = views->keys[1] = NULL;
    for (i = 0; i < count && !err; i++)
        err = RegCreateKeyExW( root, name, 0, NULL, 0,
                               KEY_SET_VALUE | (count > 1 ? access[i] : 0), NULL, &views->keys[i],
                               NULL );
    return err;
}

static DWORD set_in_views( const struct views *views, const WCHAR *name, DWORD type,
                           const void *data, DWORD size )
{
    DWORD err = ERROR_SUCCESS;
    int i;

    for (i = 0; i < 2 && !err; i++)
        if (views->keys[i]) err = RegSetValueExW( views->keys[i], name, 0, type, data, size );
    return err;
}

static BYTE *put_dword( BYTE *out, DWORD value )
{
    int i;

    for (i = 0; i < 4; i++, value >>= 8) *out++ = (BYTE)value;
    return out;
}

static DWORD text_len( const WCHAR *text )
{
    size_t len = text ? wcslen( text ) : 0;

    return min( len, MAX_SETTINGS_SIZE );
}

static BYTE *put_string( BYTE *out, const WCHAR *text )
{
    DWORD length = text_len( text );

    out = put_dword( out, length );
    while (length--) *out++ = (BYTE)*text++;
    return out;
}

static BOOL is_ascii( const WCHAR *text )
{
    while (text && *text) if (*text++ >= 0x80) return FALSE;
    return TRUE;
}

/* *data is for free(). */
static DWORD pack( DWORD tag, const struct stored_proxy *stored, BYTE **data, DWORD *size )
{
    DWORD length = text_len( stored->proxy ) + text_len( stored->bypass )
                   + text_len( stored->script );
    BYTE *out;

    if (!is_ascii( stored->proxy ) || !is_ascii( stored->bypass ) || !is_ascii( stored->script ) ||
        length > MAX_SETTINGS_SIZE / 2) return ERROR_INVALID_PARAMETER;
    if (!(*data = calloc( 1, 6 * sizeof(DWORD) + length + USER_TAIL )))
        return ERROR_NOT_ENOUGH_MEMORY;
    out = put_dword( *data, tag );
    out = put_dword( out, stored->counter );
    out = put_dword( out, stored->flags );
    out = put_string( out, stored->proxy );
    out = put_string( out, stored->bypass );
    if (tag == USER_TAG) out = put_string( out, stored->script ) + USER_TAIL;
    *size = out - *data;
    return ERROR_SUCCESS;
}

/* copy: the name of a second value of the same kind, or NULL. */
static DWORD write_settings( HKEY root, const WCHAR *name, const WCHAR *copy, DWORD tag,
                             const struct stored_proxy *stored )
{
    struct views views;
    BYTE *data;
    DWORD err, size;

    if (!(err = open_views( root, CONNECTIONS_KEY, &views )) &&
        !(err = pack( tag, stored, &data, &size )))
    {
        err = set_in_views( &views, name, REG_BINARY, data, size );
        if (!err && copy) err = set_in_views( &views, copy, REG_BINARY, data, size );
        free( data );
    }
    close_views( &views );
    return err;
}

DWORD proxy_store_write_machine( const struct stored_proxy *stored )
{
    return write_settings( HKEY_LOCAL_MACHINE, MACHINE_VALUE, NULL, MACHINE_TAG, stored );
}

static DWORD write_all_mirrors( HKEY root, const struct stored_proxy *stored )
{
    struct views views;
    DWORD err;
    int i;

    err = open_views( root, PROXY_STORE_KEY, &views );
    for (i = 0; i < 2 && !err; i++)
        if (views.keys[i]) err = write_mirrors( views.keys[i], stored );
    close_views( &views );
    return err;
}

DWORD proxy_store_write_user( const WCHAR *connection, const struct stored_proxy *stored )
{
    HKEY root = user_root();
    DWORD err;

    if (connection) return write_settings( root, connection, NULL, USER_TAG, stored );
    if ((err = write_settings( root, USER_VALUE, USER_COPY, USER_TAG, stored ))) return err;
    return write_all_mirrors( root, stored );
}

DWORD proxy_store_set_per_user( BOOL per_user )
{
    DWORD err, value = per_user != 0;
    struct views views;

    err = open_views( HKEY_LOCAL_MACHINE, PROXY_STORE_POLICY_KEY, &views );
    if (!err)
        err = set_in_views( &views, L"ProxySettingsPerUser", REG_DWORD, &value, sizeof(value) );
    close_views( &views );
    return err;
}

/* --- What was read --------------------------------------------------------------------------- */

void proxy_store_free( struct stored_proxy *stored )
{
    GlobalFree( stored->proxy );
    GlobalFree( stored->bypass );
    GlobalFree( stored->script );
}

static BOOL same_text( const WCHAR *a, const WCHAR *b )
{
    return !wcscmp( a ? a : L"", b ? b : L"" );
}

BOOL proxy_store_equal( const struct stored_proxy *a, const struct stored_proxy *b )
{
    return a->flags == b->flags && same_text( a->proxy, b->proxy ) &&
           same_text( a->bypass, b->bypass ) && same_text( a->script, b->script );
}
