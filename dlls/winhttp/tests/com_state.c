/*
 * The WinHttpRequest object: what may be called when, and which arguments are refused first.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11); a comment "guess" marks an
 * answer that nobody has seen.
 */
#include "com.h"

#define CLOSED "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static const struct step nobody[] = { SRV_END };
static const struct step answer[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END };

/* ---- what is the same in any state ---- */

static void check_open_arguments( IWinHttpRequest *request )
{
    static const WCHAR good[] = L"http://127.0.0.1/";

    check_hr( com_open_with( request, NULL, NULL, com_missing() ), E_INVALIDARG );
    check_hr( com_open_with( request, NULL, good, com_missing() ), E_INVALIDARG );
    check_hr( com_open_with( request, L"GET", NULL, com_missing() ), E_INVALIDARG );
    check_hr( com_open_with( request, L"GET", L"www.example.com", com_missing() ),
              HTTP_E( ERROR_WINHTTP_UNRECOGNIZED_SCHEME ) );
    check_hr( com_open_with( request, L"INVALID", L"www.example.com", com_missing() ),
              HTTP_E( ERROR_WINHTTP_UNRECOGNIZED_SCHEME ) );
    /* facts/url-proxy-com.md 1 */
    check_hr( com_open_with( request, L"GET", L"ftp://www.example.com/", com_missing() ),
              HTTP_E( ERROR_WINHTTP_UNRECOGNIZED_SCHEME ) );
}

/* Outputs are looked at before the state; GetResponseHeader has its own order. */
static void check_null_outputs( IWinHttpRequest *request )
{
    check_hr( IWinHttpRequest_GetAllResponseHeaders( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_Status( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_StatusText( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_ResponseText( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_ResponseBody( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_ResponseStream( request, NULL ), E_INVALIDARG );
}

static void check_header_arguments( IWinHttpRequest *request )
{
    check_hr( com_set_header( request, NULL, NULL ), E_INVALIDARG );
    check_hr( com_set_header( request, NULL, L"value" ), E_INVALIDARG );
}

static void check_set_timeouts( IWinHttpRequest *request )
{
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 0, 0, 0 ), S_OK );
    check_hr( IWinHttpRequest_SetTimeouts( request, -1, -1, -1, -1 ), S_OK );
    check_hr( IWinHttpRequest_SetTimeouts( request, -2, 0, 0, 0 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, -2, 0, 0 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 0, -2, 0 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 0, 0, -2 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 8000, 8000, 8000, 8000 ), S_OK );
}

static void check_set_proxy( IWinHttpRequest *request )
{
    VARIANT server = com_text( L"127.0.0.1:1" ), bypass = com_text( L"<local>" );

    check_hr( IWinHttpRequest_SetProxy( request, 3, com_missing(), com_missing() ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetProxy( request, -1, com_missing(), com_missing() ),
              E_INVALIDARG );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, server, bypass ),
              S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, com_missing(),
                                        com_missing() ), S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PRECONFIG, com_missing(),
                                        com_missing() ), S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_DIRECT, com_missing(),
                                        com_missing() ), S_OK );
    VariantClear( &server );
    VariantClear( &bypass );
}

static void check_set_policy( IWinHttpRequest *request )
{
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, AutoLogonPolicy_Always ), S_OK );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, AutoLogonPolicy_OnlyIfBypassProxy ),
              S_OK );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, AutoLogonPolicy_Never ), S_OK );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, 3 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, -1 ), E_INVALIDARG );
}

static void check_any_state( IWinHttpRequest *request )
{
    check_open_arguments( request );
    check_null_outputs( request );
    check_header_arguments( request );
    check_set_timeouts( request );
    check_set_proxy( request );
    check_set_policy( request );
}

/* ---- one state after the other ---- */

static void check_before_send( IWinHttpRequest *request )
{
    VARIANT value = com_empty();
    VARIANT_BOOL succeeded;
    BSTR text = NULL;
    LONG status;

    check_hr( com_get_header( request, NULL, NULL ), BEFORE_SEND );
    check_hr( com_get_header( request, NULL, &text ), BEFORE_SEND );
    check_hr( com_get_header( request, L"Date", NULL ), BEFORE_SEND );
    check_hr( com_get_header( request, L"Date", &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_GetAllResponseHeaders( request, &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_Status( request, &status ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_StatusText( request, &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_ResponseText( request, &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_ResponseBody( request, &value ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_ResponseStream( request, &value ), BEFORE_SEND );
    check_hr( com_wait( request, -1, &succeeded ), BEFORE_SEND );
    check_hr( com_wait( request, 0, &succeeded ), BEFORE_SEND );
    check_hr( IWinHttpRequest_WaitForResponse( request, com_missing(), &succeeded ), BEFORE_SEND );
}

static void check_before_open( IWinHttpRequest *request )
{
    BSTR certificate = SysAllocString( L"CURRENT_USER\\MY\\nobody" );

    check_any_state( request );
    check_before_send( request );
    check_hr( com_set_header( request, L"X-Name", NULL ), BEFORE_OPEN );
    check_hr( com_set_header( request, L"X-Name", L"value" ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, L"user", L"pass", 0 ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, NULL, L"pass", 0 ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, L"user", NULL, 0 ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, NULL, NULL, 0xdead ), BEFORE_OPEN );
    check_hr( com_send( request ), BEFORE_OPEN );
    check_hr( com_send_value( request, com_empty() ), BEFORE_OPEN );
    check_hr( com_send_value( request, com_text( L"body" ) ), BEFORE_OPEN );
    check_hr( IWinHttpRequest_SetClientCertificate( request, certificate ),
              BEFORE_OPEN );      /* guess U22 */
    SysFreeString( certificate );
}

static void check_credentials( IWinHttpRequest *request )
{
    check_hr( com_set_credentials( request, NULL, L"pass", 0 ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", NULL, 0 ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", L"pass", 2 ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", L"pass", 0xdead ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", L"pass",
                                   HTTPREQUEST_SETCREDENTIALS_FOR_PROXY ), S_OK );
    check_hr( com_set_credentials( request, L"user", L"pass",
                                   HTTPREQUEST_SETCREDENTIALS_FOR_SERVER ), S_OK );
}

static void test_before_open(void)
{
    IWinHttpRequest *request = com_create();

    check_before_open( request );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_before_open( request );
    com_release( request );
}

static void test_before_send(void)
{
    struct server *server = server_start_plain( nobody );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"INVALID", L"/" );
    com_open( request, server, L"GET", L"/" );
    check_before_send( request );
    check_credentials( request );
    check_hr( com_set_header( request, L"X-Name", L"value" ), S_OK );
    check_hr( com_set_header( request, L"X-Name", NULL ), S_OK );
    check_hr( com_set_header( request, L"X-Name", L"" ), S_OK );
    check_hr( com_set_header( request, L"X-Absent", NULL ), S_OK );
    check_hr( com_set_header( request, L"X-Absent", L"" ), S_OK );
    check_any_state( request );
    com_release( request );
    server_stop( server );
}

static void test_after_send(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    VARIANT_BOOL succeeded = 0xdead;
    BSTR text = NULL;

    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_hr( com_set_header( request, L"X-Name", L"value" ), AFTER_SEND );
    check_hr( com_set_header( request, L"X-Name", NULL ), AFTER_SEND );
    check_hr( com_set_header( request, L"X-Name", L"" ), AFTER_SEND );
    check_hr( com_get_header( request, NULL, NULL ), E_INVALIDARG );
    check_hr( com_get_header( request, NULL, &text ), E_INVALIDARG );
    check_hr( com_get_header( request, L"Content-Length", NULL ), E_INVALIDARG );
    check_credentials( request );
    check_hr( com_wait( request, -1, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    succeeded = 0xdead;
    check_hr( IWinHttpRequest_WaitForResponse( request, com_missing(), &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    check_status( request, 200 );
    check_any_state( request );
    com_release( request );
    server_stop( server );
}

/* ---- from one state to another ---- */

/* A value of Open's third argument that makes the request synchronous: Send comes back with the
 * response. */
static void check_sync( VARIANT async )
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();

    check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), async ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    com_release( request );
    server_stop( server );
}

/* The server does not answer before Send has returned. */
static void check_async( VARIANT async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_WAIT( 0 ), SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    VARIANT_BOOL succeeded = 0xdead;
    LONG status;

    check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), async ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_hr( IWinHttpRequest_get_Status( request, &status ), E_PENDING );
    server_signal( server, 0 );
    check_hr( com_wait( request, -1, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    check_status( request, 200 );
    com_release( request );
    server_stop( server );
}

static void test_open_async(void)
{
    VARIANT value = com_missing();

    check_sync( value );
    V_ERROR( &value ) = 0xdeadbeef;
    check_sync( value );
    check_sync( com_empty() );
    check_sync( com_bool( FALSE ) );
    check_async( com_bool( TRUE ) );
    check_async( com_i4( 1 ) );
}

/* Open starts anew whenever it comes, also straight after Send; a failed one is just an error. */
static void test_open_again(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ),
        SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/never" );
    check_hr( com_set_header( request, L"X-Old", L"1" ), S_OK );
    com_open( request, server, L"GET", L"/first" );
    check_before_send( request );
    check_hr( com_send( request ), S_OK );
    com_open( request, server, L"HEAD", L"/second" );
    check_before_send( request );
    check_hr( com_set_header( request, L"X-New", L"2" ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_line( server, 0, "GET /first HTTP/1.1" );
    check_header( server, 0, "X-Old", "(none)" );
    check_line( server, 1, "HEAD /second HTTP/1.1" );
    check_header( server, 1, "X-New", "2" );
    com_release( request );
    server_stop( server );
}

/* Abort leads back to what was before Open, from everywhere. */
static void test_abort(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( CLOSED ), SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( CLOSED ), SRV_CUT, SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/" );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_before_open( request );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_before_open( request );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    com_open( request, server, L"GET", L"/again" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    com_release( request );
    server_stop( server );
}

/* ---- arguments that stand elsewhere ---- */

static VARIANT reference_to( VARIANT *value )
{
    VARIANT reference = com_empty();

    V_VT( &reference ) = VT_BYREF | VT_VARIANT;
    V_VARIANTREF( &reference ) = value;
    return reference;
}

/* guess: a reference counts as what it leads to, also where that is an argument left out */
static void test_references(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    VARIANT missing = com_missing(), empty = com_empty();
    VARIANT_BOOL succeeded = 0xdead;

    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY,
                                        reference_to( &missing ), reference_to( &missing ) ),
              S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_DIRECT, com_missing(),
                                        com_missing() ), S_OK );
    check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), reference_to( &missing ) ),
              S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_hr( IWinHttpRequest_WaitForResponse( request, reference_to( &empty ), &succeeded ),
              S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    com_release( request );
    server_stop( server );
}

static void test_proxy_reference(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    VARIANT proxy = com_empty();
    WCHAR address[32];
    BSTR name;

    swprintf( address, ARRAYSIZE( address ), L"127.0.0.1:%u", server_port( server ) );
    name = SysAllocString( address );
    V_VT( &proxy ) = VT_BYREF | VT_BSTR;
    V_BSTRREF( &proxy ) = &name;
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, proxy,
                                        com_missing() ), S_OK );
    check_hr( com_open_with( request, L"GET", L"http://a.test.invalid/", com_missing() ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_line( server, 0, "GET http://a.test.invalid/ HTTP/1.1" );
    SysFreeString( name );
    com_release( request );
    server_stop( server );
}

/* ---- calls from within Send ---- */

/* A body of five bytes that calls the object back when it is first read. */
struct calling_stream
{
    IStream iface;
    IWinHttpRequest *request;           /* borrowed */
    HRESULT (*call)( IWinHttpRequest *request );
    HRESULT result;                     /* of the call */
    unsigned int calls;
    ULONG pos;
    LONG refs;
};

static const char stream_bytes[5] = { 'b', 'y', 't', 'e', 's' };

static struct calling_stream *stream_of( IStream *iface )
{
    return (struct calling_stream *)iface;
}

static HRESULT STDMETHODCALLTYPE stream_query( IStream *iface, REFIID iid, void **out )
{
    BOOL known = IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IStream ) ||
                 IsEqualGUID( iid, &IID_ISequentialStream );

    *out = known ? iface : NULL;
    if (known) stream_of( iface )->refs++;
    return known ? S_OK : E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE stream_addref( IStream *iface )
{
    return ++stream_of( iface )->refs;
}

static ULONG STDMETHODCALLTYPE stream_release( IStream *iface )
{
    return --stream_of( iface )->refs;
}

static HRESULT STDMETHODCALLTYPE stream_read( IStream *iface, void *buffer, ULONG size,
                                              ULONG *len )
{
    struct calling_stream *stream = stream_of( iface );
    ULONG count;

    if (!stream->calls++) stream->result = stream->call( stream->request );
    count = min( size, sizeof(stream_bytes) - stream->pos );
    memcpy( buffer, stream_bytes + stream->pos, count );
    stream->pos += count;
    if (len) *len = count;
    return count < size ? S_FALSE : S_OK;
}

static HRESULT STDMETHODCALLTYPE stream_write( IStream *iface, const void *data, ULONG size,
                                               ULONG *len )
{
    (void)iface, (void)data, (void)size, (void)len;
    return STG_E_ACCESSDENIED;
}

static HRESULT STDMETHODCALLTYPE stream_seek( IStream *iface, LARGE_INTEGER move, DWORD origin,
                                              ULARGE_INTEGER *pos )
{
    struct calling_stream *stream = stream_of( iface );
    LONGLONG base = origin == STREAM_SEEK_SET ? 0 : sizeof(stream_bytes);

    if (origin == STREAM_SEEK_CUR) base = stream->pos;
    base += move.QuadPart;
    if (base < 0 || base > (LONGLONG)sizeof(stream_bytes)) return STG_E_INVALIDFUNCTION;
    stream->pos = base;
    if (pos) pos->QuadPart = base;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE stream_set_size( IStream *iface, ULARGE_INTEGER size )
{
    (void)iface, (void)size;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE stream_copy_to( IStream *iface, IStream *other,
                                                 ULARGE_INTEGER size, ULARGE_INTEGER *in,
                                                 ULARGE_INTEGER *out )
{
    (void)iface, (void)other, (void)size, (void)in, (void)out;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE stream_commit( IStream *iface, DWORD flags )
{
    (void)iface, (void)flags;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE stream_revert( IStream *iface )
{
    (void)iface;
    return E_NOTIMPL;
}

/* LockRegion and UnlockRegion */
static HRESULT STDMETHODCALLTYPE stream_lock( IStream *iface, ULARGE_INTEGER from,
                                              ULARGE_INTEGER size, DWORD type )
{
    (void)iface, (void)from, (void)size, (void)type;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE stream_stat( IStream *iface, STATSTG *stat, DWORD flags )
{
    (void)iface, (void)flags;
    memset( stat, 0, sizeof(*stat) );
    stat->type = STGTY_STREAM;
    stat->cbSize.QuadPart = sizeof(stream_bytes);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE stream_clone( IStream *iface, IStream **out )
{
    (void)iface, (void)out;
    return E_NOTIMPL;
}

static IStreamVtbl calling_stream_vtbl =
{
    stream_query, stream_addref, stream_release, stream_read, stream_write, stream_seek,
    stream_set_size, stream_copy_to, stream_commit, stream_revert, stream_lock, stream_lock,
    stream_stat, stream_clone
};

/* What Send of such a body returned. */
static HRESULT send_calling( IWinHttpRequest *request, HRESULT (*call)( IWinHttpRequest *request ) )
{
    struct calling_stream stream = { { &calling_stream_vtbl }, request, call, E_FAIL, 0, 0, 1 };
    VARIANT body = com_empty();
    HRESULT hr;

    V_VT( &body ) = VT_UNKNOWN;
    V_UNKNOWN( &body ) = (IUnknown *)&stream.iface;
    hr = IWinHttpRequest_Send( request, body );
    ok( stream.calls, "the stream was not read\n" );
    check_hr( stream.result, S_OK );
    ok( stream.refs == 1, "%d references to the stream\n", (int)stream.refs );
    return hr;
}

static HRESULT call_abort( IWinHttpRequest *request )
{
    return IWinHttpRequest_Abort( request );
}

/* guess: Send goes on with an object that is as it was before Open, and says so */
static void test_abort_in_send(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"POST", L"/" );
    check_hr( send_calling( request, call_abort ), BEFORE_OPEN );
    check_hr( com_send( request ), BEFORE_OPEN );
    com_open( request, server, L"GET", L"/again" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_line( server, 0, "GET /again HTTP/1.1" );
    com_release( request );
    server_stop( server );
}

/* The inner Send is one as any other; what becomes of the outer one nobody has seen. */
static void test_send_in_send(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ),
        SRV_HEADERS, SRV_BYTES( 5 ), SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    HRESULT hr;

    com_open( request, server, L"POST", L"/" );
    hr = send_calling( request, com_send );
    check_header( server, 0, "Content-Length", "0" );
    if (hr == S_OK)
    {
        check_status( request, 200 );
        check_request_body( server, 1, "bytes", 5 );
    }
    com_release( request );
    server_abandon( server );
}

START_TEST( com_state )
{
    if (!com_begin()) return;
    RUN( test_before_open );
    RUN( test_before_send );
    RUN( test_after_send );
    RUN( test_open_async );
    RUN( test_open_again );
    RUN( test_abort );
    RUN( test_references );
    RUN( test_proxy_reference );
    RUN( test_abort_in_send );
    RUN( test_send_in_send );
    com_end();
}
