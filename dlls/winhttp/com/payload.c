/* payload - bodies between VARIANTs and bytes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "com/payload.h"

#include <stdlib.h>

/* Of a stream; with its doubling room it stays a number of 31 bits. */
#define PAYLOAD_LIMIT 0x7fffffffu
#define STREAM_PIECE 65536u

static HRESULT take_array( SAFEARRAY *array, struct payload *payload )
{
    LONG low, high;
    HRESULT hr;
    void *data;

    if (!array) return S_OK;
    if (SafeArrayGetDim( array ) != 1 || SafeArrayGetElemsize( array ) != 1) return E_INVALIDARG;
    if (FAILED(hr = SafeArrayGetLBound( array, 1, &low )) ||
        FAILED(hr = SafeArrayGetUBound( array, 1, &high )))
        return hr;
    if (high < low) return S_OK;
    if (FAILED(hr = SafeArrayAccessData( array, &data ))) return hr;
    if ((payload->data = malloc( (size_t)high - low + 1 )))
    {
        payload->size = high - low + 1;
        memcpy( payload->data, data, payload->size );
    }
    SafeArrayUnaccessData( array );
    return payload->data ? S_OK : E_OUTOFMEMORY;
}

/* From where it stands to its end. */
static HRESULT read_stream( IStream *stream, struct payload *payload )
{
    ULONG room = 0, read;
    BYTE *data;
    HRESULT hr;

    for (;;)
    {
        if (room - payload->size < STREAM_PIECE)
        {
            if (room > PAYLOAD_LIMIT / 2) return E_OUTOFMEMORY;
            room = room ? room * 2 : STREAM_PIECE;
            if (!(data = realloc( payload->data, room ))) return E_OUTOFMEMORY;
            payload->data = data;
        }
        read = 0;
        hr = IStream_Read( stream, payload->data + payload->size, STREAM_PIECE, &read );
        if (FAILED(hr)) return hr;
        if (!read) return S_OK;
        payload->size += min( read, STREAM_PIECE );
    }
}

static HRESULT take_object( IUnknown *object, struct payload *payload )
{
    IStream *stream;
    HRESULT hr;

    if (!object || FAILED(IUnknown_QueryInterface( object, &IID_IStream, (void **)&stream )))
        return E_INVALIDARG;
    hr = read_stream( stream, payload );
    IStream_Release( stream );
    return hr;
}

static HRESULT take_value( VARIANT *value, struct payload *payload )
{
    VARIANT text;
    HRESULT hr;

    switch (V_VT( value ))
    {
    case VT_EMPTY:
    case VT_NULL:
    case VT_ERROR:
        return S_OK;
    case VT_ARRAY | VT_UI1:
    case VT_ARRAY | VT_I1:
        return take_array( V_ARRAY( value ), payload );
    case VT_UNKNOWN:
    case VT_DISPATCH:
        return take_object( V_UNKNOWN( value ), payload );
    }
    VariantInit( &text );
    if (FAILED(hr = VariantChangeType( &text, value, 0, VT_BSTR ))) return E_INVALIDARG;
    payload->text = V_BSTR( &text );
    return S_OK;
}

HRESULT payload_take( const VARIANT *body, struct payload *payload )
{
    VARIANT value;
    HRESULT hr;

    memset( payload, 0, sizeof(*payload) );
    VariantInit( &value );
    if (FAILED(hr = VariantCopyInd( &value, (VARIANT *)body ))) return hr;
    hr = take_value( &value, payload );
    VariantClear( &value );
    if (FAILED(hr)) payload_free( payload );
    return hr;
}

void payload_free( struct payload *payload )
{
    free( payload->data );
    SysFreeString( payload->text );
    memset( payload, 0, sizeof(*payload) );
}

static HRESULT make_memory( const BYTE *data, size_t size, HGLOBAL *memory )
{
    void *copy;

    if (!(*memory = GlobalAlloc( GMEM_MOVEABLE, size ))) return E_OUTOFMEMORY;
    if (!size) return S_OK;
    if (!(copy = GlobalLock( *memory )))
    {
        GlobalFree( *memory );
        return E_OUTOFMEMORY;
    }
    memcpy( copy, data, size );
    GlobalUnlock( *memory );
    return S_OK;
}

HRESULT payload_make_stream( const BYTE *data, size_t size, VARIANT *value )
{
    ULARGE_INTEGER length;
    HGLOBAL memory;
    IStream *stream;
    HRESULT hr;

    if (FAILED(hr = make_memory( data, size, &memory ))) return hr;
    if (FAILED(hr = CreateStreamOnHGlobal( memory, TRUE, &stream )))
    {
        GlobalFree( memory );
        return hr;
    }
    length.QuadPart = size; /* a block of memory may be larger than was asked for */
    if (FAILED(hr = IStream_SetSize( stream, length )))
    {
        IStream_Release( stream );
        return hr;
    }
    V_VT( value ) = VT_UNKNOWN;
    V_UNKNOWN( value ) = (IUnknown *)stream;
    return S_OK;
}
