/* The machine's and the user's proxy settings: where Windows keeps them in the registry.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "winreg.h"
#include "winhttp.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* Both settings are a REG_BINARY of little-endian DWORDs and counted strings without NUL:
 * a size or version tag, a counter, flags, then the strings (facts/url-proxy-com.md 5). */
#define SETTINGS_KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define CONNECTIONS_KEY SETTINGS_KEY L"\\Connections"
#define POLICY_KEY L"Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define MACHINE_VALUE L"WinHttpSettings"
#define USER_VALUE L"DefaultConnectionSettings"
#define MACHINE_TAG 0x18

/* A proxy list longer than this is no list; it keeps the sums below far from overflow. */
#define MAX_SETTINGS_SIZE 0x100000

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

/* The next string, for GlobalFree; NULL when it is empty or not wanted. */
static DWORD read_string( struct settings_reader *reader, BOOL wanted, WCHAR **ret )
{
    DWORD start, length = read_dword( reader );

    length = min( length, reader->size - reader->pos );
    start = reader->pos;
    reader->pos += length;
    return copy_ansi( (const char *)reader->data + start, wanted ? length : 0, ret );
}

/* --- The machine's setting ----------------------------------------------------------------- */

static void free_proxy_info( WINHTTP_PROXY_INFO *info )
{
    GlobalFree( info->lpszProxy );
    GlobalFree( info->lpszProxyBypass );
}

static DWORD read_machine_settings( struct settings_reader *reader, WINHTTP_PROXY_INFO *info )
{
    DWORD err, flags;
    BOOL named;

    read_dword( reader ); /* tag */
    read_dword( reader ); /* counter */
    flags = read_dword( reader );
    named = !!(flags & WINHTTP_PROXY_TYPE_PROXY);
    if ((err = read_string( reader, named, &info->lpszProxy ))) return err;
    if (!info->lpszProxy) return ERROR_SUCCESS;
    info->dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
    return read_string( reader, named, &info->lpszProxyBypass );
}

static DWORD get_machine_config( WINHTTP_PROXY_INFO *ret )
{
    WINHTTP_PROXY_INFO info = { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL };
    struct settings_reader reader;
    DWORD err;

    if (!(err = open_settings( HKEY_LOCAL_MACHINE, MACHINE_VALUE, &reader )))
    {
        err = read_machine_settings( &reader, &info );
        free( reader.data );
    }
    else if (err != ERROR_NOT_ENOUGH_MEMORY) err = ERROR_SUCCESS;
    if (err) free_proxy_info( &info );
    else *ret = info;
    return err;
}

BOOL WINAPI WinHttpGetDefaultProxyConfiguration( WINHTTP_PROXY_INFO *info )
{
    DWORD err = info ? get_machine_config( info ) : ERROR_INVALID_PARAMETER;

    TRACE( "%p: error %lu\n", info, err );
    SetLastError( err );
    return !err;
}

static BOOL is_ascii( const WCHAR *text )
{
    while (*text) if (*text++ >= 0x80) return FALSE;
    return TRUE;
}

static BYTE *put_dword( BYTE *out, DWORD value )
{
    int i;

    for (i = 0; i < 4; i++, value >>= 8) *out++ = (BYTE)value;
    return out;
}

static BYTE *put_string( BYTE *out, const WCHAR *text, DWORD length )
{
    out = put_dword( out, length );
    while (length--) *out++ = (BYTE)*text++;
    return out;
}

/* netsh keeps the 32-bit and the 64-bit view of the registry alike, so this does too. */
static DWORD open_machine_keys( HKEY keys[2] )
{
    static const REGSAM views[2] = { KEY_WOW64_64KEY, KEY_WOW64_32KEY };
    DWORD err = ERROR_SUCCESS;
    int i;

    keys[0] = keys[1] = NULL;
    for (i = 0; i < 2 && !err; i++)
        err = RegCreateKeyExW( HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, 0, NULL, 0,
                               KEY_SET_VALUE | views[i], NULL, &keys[i], NULL );
    return err;
}

static DWORD write_machine_settings( HKEY keys[2], const WCHAR *proxy, const WCHAR *bypass )
{
    size_t proxy_length = wcslen( proxy ), bypass_length = wcslen( bypass );
    DWORD flags = WINHTTP_PROXY_TYPE_DIRECT, err = ERROR_SUCCESS;
    BYTE *data, *out;
    int i;

    if (proxy_length + bypass_length > MAX_SETTINGS_SIZE / 2) return ERROR_INVALID_PARAMETER;
    if (*proxy) flags |= WINHTTP_PROXY_TYPE_PROXY;
    if (!(data = malloc( 5 * sizeof(DWORD) + proxy_length + bypass_length )))
        return ERROR_NOT_ENOUGH_MEMORY;
    out = put_dword( data, MACHINE_TAG );
    out = put_dword( out, 0 );
    out = put_dword( out, flags );
    out = put_string( out, proxy, proxy_length );
    out = put_string( out, bypass, bypass_length );
    for (i = 0; i < 2 && !err; i++)
        err = RegSetValueExW( keys[i], MACHINE_VALUE, 0, REG_BINARY, data, out - data );
    free( data );
    return err;
}

static DWORD check_machine_config( const WINHTTP_PROXY_INFO *info )
{
    if (info->dwAccessType == WINHTTP_ACCESS_TYPE_NO_PROXY) return ERROR_SUCCESS;
    if (info->dwAccessType != WINHTTP_ACCESS_TYPE_NAMED_PROXY) return ERROR_INVALID_PARAMETER;
    return info->lpszProxy ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

/* Windows looks at the rights before it looks at the characters (facts/url-proxy-com.md 6). */
static DWORD set_machine_config( const WINHTTP_PROXY_INFO *info )
{
    BOOL named = info->dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY;
    const WCHAR *proxy = named ? info->lpszProxy : L"";
    const WCHAR *bypass = named && info->lpszProxyBypass ? info->lpszProxyBypass : L"";
    HKEY keys[2];
    DWORD err;

    if (!(err = open_machine_keys( keys )))
    {
        if (!is_ascii( proxy ) || !is_ascii( bypass )) err = ERROR_INVALID_PARAMETER;
        else err = write_machine_settings( keys, proxy, bypass );
    }
    if (keys[0]) RegCloseKey( keys[0] );
    if (keys[1]) RegCloseKey( keys[1] );
    return err;
}

BOOL WINAPI WinHttpSetDefaultProxyConfiguration( WINHTTP_PROXY_INFO *info )
{
    DWORD err = info ? check_machine_config( info ) : ERROR_INVALID_PARAMETER;

    TRACE( "%p\n", info );
    if (!err) err = set_machine_config( info );
    if (err) WARN( "failed, error %lu\n", err );
    SetLastError( err );
    return !err;
}

/* --- The user's setting -------------------------------------------------------------------- */

/* A policy can make one setting of the machine out of the users' settings. */
static HKEY settings_root( void )
{
    DWORD per_user = 1, size = sizeof(per_user);

    RegGetValueW( HKEY_LOCAL_MACHINE, POLICY_KEY, L"ProxySettingsPerUser", RRF_RT_REG_DWORD, NULL,
                  &per_user, &size );
    return per_user ? HKEY_CURRENT_USER : HKEY_LOCAL_MACHINE;
}

static void free_user_config( WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config )
{
    GlobalFree( config->lpszAutoConfigUrl );
    GlobalFree( config->lpszProxy );
    GlobalFree( config->lpszProxyBypass );
}

static DWORD read_user_settings( struct settings_reader *reader,
                                 WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config )
{
    DWORD err, flags;
    BOOL manual;

    read_dword( reader ); /* tag */
    read_dword( reader ); /* counter */
    flags = read_dword( reader );
    manual = !!(flags & WINHTTP_PROXY_TYPE_PROXY);
    config->fAutoDetect = !!(flags & WINHTTP_PROXY_TYPE_AUTO_DETECT);
    if ((err = read_string( reader, manual, &config->lpszProxy ))) return err;
    if ((err = read_string( reader, manual, &config->lpszProxyBypass ))) return err;
    return read_string( reader, !!(flags & WINHTTP_PROXY_TYPE_AUTO_PROXY_URL),
                        &config->lpszAutoConfigUrl );
}

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

/* The plain values that the binary one mirrors: all there is in most Wine prefixes. A user who
 * has set nothing detects automatically. */
static DWORD read_mirrors( HKEY key, WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config )
{
    DWORD err, enabled = 0, size = sizeof(enabled);

    config->fAutoDetect = RegGetValueW( key, NULL, L"ProxyEnable", RRF_RT_REG_DWORD, NULL, &enabled,
                                        &size ) != ERROR_SUCCESS;
    if (enabled)
    {
        if ((err = read_string_value( key, L"ProxyServer", &config->lpszProxy ))) return err;
        err = read_string_value( key, L"ProxyOverride", &config->lpszProxyBypass );
        if (err) return err;
    }
    return read_string_value( key, L"AutoConfigURL", &config->lpszAutoConfigUrl );
}

static DWORD get_user_config( WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *ret )
{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config = { FALSE, NULL, NULL, NULL };
    struct settings_reader reader;
    HKEY root = settings_root(), key;
    DWORD err;

    if (RegOpenKeyExW( root, SETTINGS_KEY, 0, KEY_QUERY_VALUE, &key )) return ERROR_FILE_NOT_FOUND;
    if (!(err = open_settings( root, USER_VALUE, &reader )))
    {
        err = read_user_settings( &reader, &config );
        free( reader.data );
    }
    else if (err != ERROR_NOT_ENOUGH_MEMORY) err = read_mirrors( key, &config );
    RegCloseKey( key );

    if (err) free_user_config( &config );
    else *ret = config;
    return err;
}

BOOL WINAPI WinHttpGetIEProxyConfigForCurrentUser( WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config )
{
    DWORD err = config ? get_user_config( config ) : ERROR_INVALID_PARAMETER;

    TRACE( "%p: error %lu\n", config, err );
    SetLastError( err );
    return !err;
}
