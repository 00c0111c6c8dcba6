/* charset - the names of character sets, and text in them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "charset.h"

#include <stdlib.h>
#include <wctype.h>

#include "winnls.h"
#include "mlang.h"

#include "com/error.h"

#define CP_UTF16_LITTLE 1200
#define CP_UTF16_BIG 1201

HRESULT charset_find( const WCHAR *name, UINT *codepage )
{
    IMultiLanguage *language;
    MIMECSETINFO info;
    HRESULT hr;
    BSTR text;

    if (!_wcsicmp( name, L"utf-8" )) /* the one that is asked for all the time */
    {
        *codepage = CP_UTF8;
        return S_OK;
    }
    hr = CoCreateInstance( &CLSID_CMultiLanguage, NULL, CLSCTX_INPROC_SERVER, &IID_IMultiLanguage,
                           (void **)&language );
    if (FAILED(hr)) return hr;
    if (!(text = SysAllocString( name ))) hr = E_OUTOFMEMORY;
    else if (SUCCEEDED(hr = IMultiLanguage_GetCharsetInfo( language, text, &info )))
        *codepage = info.uiInternetEncoding;
    SysFreeString( text );
    IMultiLanguage_Release( language );
    return hr;
}

static const WCHAR *skip_blanks( const WCHAR *text )
{
    while (*text == ' ' || *text == '\t') text++;
    return text;
}

static BOOL copy_value( const WCHAR *value, WCHAR *name, size_t room )
{
    BOOL quoted = *value == '"';
    size_t len = 0;

    if (quoted) value++;
    while (value[len] && (quoted ? value[len] != '"' : !wcschr( L"; \t", value[len] ))) len++;
    if (!len || len >= room) return FALSE;
    memcpy( name, value, len * sizeof(WCHAR) );
    name[len] = 0;
    return TRUE;
}

BOOL charset_of_type( const WCHAR *media_type, WCHAR *name, size_t room )
{
    static const WCHAR word[] = L"charset";
    const WCHAR *parameter = media_type;

    while ((parameter = wcschr( parameter, ';' )))
    {
        parameter = skip_blanks( parameter + 1 );
        if (_wcsnicmp( parameter, word, ARRAY_SIZE(word) - 1 )) continue;
        parameter = skip_blanks( parameter + ARRAY_SIZE(word) - 1 );
        if (*parameter == '=') return copy_value( skip_blanks( parameter + 1 ), name, room );
    }
    return FALSE;
}

/* The code page that the first bytes name, which are then left out. */
static UINT take_mark( UINT codepage, const BYTE **data, size_t *size )
{
    static const struct
    {
        BYTE bytes[3];
        BYTE size;
        UINT codepage;
    } marks[] =
    {
        { { 0xef, 0xbb, 0xbf }, 3, CP_UTF8 },
        { { 0xff, 0xfe }, 2, CP_UTF16_LITTLE },
        { { 0xfe, 0xff }, 2, CP_UTF16_BIG },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(marks); i++)
    {
        if (*size < marks[i].size || memcmp( *data, marks[i].bytes, marks[i].size )) continue;
        *data += marks[i].size;
        *size -= marks[i].size;
        return marks[i].codepage;
    }
    return codepage;
}

static HRESULT decode_utf16( const BYTE *data, size_t size, BOOL big, BSTR *text )
{
    size_t i;

    if (!(*text = SysAllocStringLen( NULL, size / 2 ))) return E_OUTOFMEMORY;
    for (i = 0; i < size / 2; i++)
        (*text)[i] = big ? data[2 * i] << 8 | data[2 * i + 1] : data[2 * i + 1] << 8 | data[2 * i];
    return S_OK;
}

HRESULT charset_decode( UINT codepage, const BYTE *data, size_t size, BSTR *text )
{
    DWORD flags = MB_ERR_INVALID_CHARS;
    int len;

    codepage = take_mark( codepage, &data, &size );
    if (codepage == CP_UTF16_LITTLE || codepage == CP_UTF16_BIG)
        return decode_utf16( data, size, codepage == CP_UTF16_BIG, text );

    len = size ? MultiByteToWideChar( codepage, flags, (const char *)data, size, NULL, 0 ) : 0;
    if (size && !len && GetLastError() == ERROR_INVALID_FLAGS) /* ISO 2022 and the like take none */
        len = MultiByteToWideChar( codepage, flags = 0, (const char *)data, size, NULL, 0 );
    if (size && !len) return com_error( GetLastError() );
    if (!(*text = SysAllocStringLen( NULL, len ))) return E_OUTOFMEMORY;
    if (len) MultiByteToWideChar( codepage, flags, (const char *)data, size, *text, len );
    return S_OK;
}

HRESULT charset_encode( UINT codepage, const WCHAR *text, BYTE **data, DWORD *size )
{
    int len = wcslen( text ), room;

    *data = NULL;
    *size = 0;
    if (!len) return S_OK;
    if (codepage == CP_UTF16_LITTLE) room = len * sizeof(WCHAR);
    else room = WideCharToMultiByte( codepage, 0, text, len, NULL, 0, NULL, NULL );
    if (!room) return com_error( GetLastError() );
    if (!(*data = malloc( room ))) return E_OUTOFMEMORY;
    if (codepage == CP_UTF16_LITTLE) memcpy( *data, text, room );
    else WideCharToMultiByte( codepage, 0, text, len, (char *)*data, room, NULL, NULL );
    *size = room;
    return S_OK;
}
