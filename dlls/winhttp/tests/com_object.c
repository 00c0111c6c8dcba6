/*
 * The WinHttpRequest object: how it is got, what it is, and what its type library says.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 10); a comment "guess" marks an
 * answer that nobody has seen.
 */
#define COBJMACROS
#include <winsock2.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>

/* From here on a header that names a GUID defines it. For all topics: Wine would in each. */
#include <initguid.h>
#include "com.h"
#include "com_events.h"

static const GUID IID_IWinHttpRequest50 =
    { 0x06f29373, 0x5c5a, 0x4b54, { 0xb0, 0x25, 0x6e, 0xf1, 0xbf, 0x8a, 0xbf, 0x0e } };
static const GUID GUID_option =
    { 0x12782009, 0xfe90, 0x4877, { 0x97, 0x30, 0xe5, 0xe1, 0x83, 0x66, 0x9b, 0x19 } };
static const GUID GUID_policy =
    { 0x9d8a6df8, 0x13de, 0x4b1f, { 0xa3, 0x30, 0x67, 0xc7, 0x19, 0xd6, 0x25, 0x14 } };

#define PROGID L"WinHttp.WinHttpRequest.5.1"
#define CLASS_KEY L"CLSID\\{2087c2f4-2cef-4953-a8ab-66779b670495}\\"

typedef HRESULT (WINAPI *get_class_object)( REFCLSID clsid, REFIID iid, void **out );
typedef HRESULT (WINAPI *can_unload)(void);

/* The default value where name is NULL. */
static void read_class_key( const WCHAR *subkey, const WCHAR *name, WCHAR value[MAX_PATH] )
{
    DWORD size = MAX_PATH * sizeof(WCHAR);
    LSTATUS ret;

    value[0] = 0;
    ret = RegGetValueW( HKEY_CLASSES_ROOT, subkey, name, RRF_RT_REG_SZ, NULL, value, &size );
    ok( !ret, "%ls: error %u\n", subkey, (UINT)ret );
}

static void test_registration(void)
{
    CLSID clsid = { 0 };
    WCHAR value[MAX_PATH];
    WCHAR *progid = NULL;
    const WCHAR *name;

    check_hr( CLSIDFromProgID( PROGID, &clsid ), S_OK );
    ok( IsEqualGUID( &clsid, &CLSID_WinHttpRequest ), "got %08x\n", (UINT)clsid.Data1 );
    check_hr( ProgIDFromCLSID( &CLSID_WinHttpRequest, &progid ), S_OK );
    ok( progid && !wcscmp( progid, PROGID ), "got %ls\n", progid );
    CoTaskMemFree( progid );
    read_class_key( CLASS_KEY L"InprocServer32", L"ThreadingModel", value );
    ok( !wcsicmp( value, L"Apartment" ), "got %ls\n", value );
    read_class_key( CLASS_KEY L"InprocServer32", NULL, value );
    name = wcsrchr( value, '\\' );
    name = name ? name + 1 : value;
    /* guess U17: the latter since Windows 10 1803 */
    ok( !wcsicmp( name, L"winhttp.dll" ) || broken( !wcsicmp( name, L"winhttpcom.dll" ) ),
        "got %ls\n", value );
}

static void test_create(void)
{
    static const IID *const iids[] =
    {
        &IID_IUnknown, &IID_IDispatch, &IID_IWinHttpRequest, &IID_IWinHttpRequest50
    };
    IUnknown *object;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( iids ); i++)
    {
        winetest_push_context( "%08x", (UINT)iids[i]->Data1 );
        object = NULL;
        check_hr( CoCreateInstance( &CLSID_WinHttpRequest, NULL, CLSCTX_INPROC_SERVER, iids[i],
                                    (void **)&object ), S_OK );
        if (object) ok( !IUnknown_Release( object ), "references left\n" );
        winetest_pop_context();
    }
    object = (IUnknown *)(ULONG_PTR)0xdead;
    check_hr( CoCreateInstance( &CLSID_WinHttpRequest, NULL, CLSCTX_INPROC_SERVER, &IID_IStream,
                                (void **)&object ), E_NOINTERFACE );
    ok( !object, "got %p\n", object );
}

/* guess U19: nobody may hold it inside */
static void test_aggregation(void)
{
    IWinHttpRequest *outer = com_create();
    IUnknown *object = (IUnknown *)(ULONG_PTR)0xdead;
    IClassFactory *factory = NULL;

    check_hr( CoCreateInstance( &CLSID_WinHttpRequest, (IUnknown *)outer, CLSCTX_INPROC_SERVER,
                                &IID_IUnknown, (void **)&object ), CLASS_E_NOAGGREGATION );
    ok( !object, "got %p\n", object );
    check_hr( CoGetClassObject( &CLSID_WinHttpRequest, CLSCTX_INPROC_SERVER, NULL,
                                &IID_IClassFactory, (void **)&factory ), S_OK );
    if (factory)
    {
        object = (IUnknown *)(ULONG_PTR)0xdead;
        check_hr( IClassFactory_CreateInstance( factory, (IUnknown *)outer, &IID_IUnknown,
                                                (void **)&object ), CLASS_E_NOAGGREGATION );
        ok( !object, "got %p\n", object );
        IClassFactory_Release( factory );
    }
    com_release( outer );
}

static void check_factory( IClassFactory *factory )
{
    IWinHttpRequest *first = NULL, *second = NULL;
    void *same = NULL;

    check_hr( IClassFactory_QueryInterface( factory, &IID_IUnknown, &same ), S_OK );
    if (same) IUnknown_Release( (IUnknown *)same );
    check_hr( IClassFactory_QueryInterface( factory, &IID_IClassFactory, &same ), S_OK );
    if (same) IUnknown_Release( (IUnknown *)same );
    same = (void *)(ULONG_PTR)0xdead;
    check_hr( IClassFactory_QueryInterface( factory, &IID_IDispatch, &same ), E_NOINTERFACE );
    ok( !same, "got %p\n", same );
    check_hr( IClassFactory_CreateInstance( factory, NULL, &IID_IWinHttpRequest,
                                            (void **)&first ), S_OK );
    check_hr( IClassFactory_CreateInstance( factory, NULL, &IID_IWinHttpRequest,
                                            (void **)&second ), S_OK );
    ok( first != second, "the same object twice\n" );
    if (first) com_release( first );
    if (second) com_release( second );
    same = (void *)(ULONG_PTR)0xdead;
    check_hr( IClassFactory_CreateInstance( factory, NULL, &IID_IStream, &same ), E_NOINTERFACE );
    ok( !same, "got %p\n", same );
    check_hr( IClassFactory_LockServer( factory, TRUE ), S_OK );
    check_hr( IClassFactory_LockServer( factory, FALSE ), S_OK );
}

static void test_class_object(void)
{
    IClassFactory *factory = NULL;

    check_hr( CoGetClassObject( &CLSID_WinHttpRequest, CLSCTX_INPROC_SERVER, NULL,
                                &IID_IClassFactory, (void **)&factory ), S_OK );
    if (!factory) return;
    check_factory( factory );
    IClassFactory_Release( factory );
}

/* The exports of winhttp.dll, without any registry. */
static void test_exports(void)
{
    HMODULE module = GetModuleHandleW( L"winhttp.dll" );
    get_class_object get = (get_class_object)(void *)GetProcAddress( module, "DllGetClassObject" );
    can_unload unload = (can_unload)(void *)GetProcAddress( module, "DllCanUnloadNow" );
    IClassFactory *factory = NULL;
    IWinHttpRequest *request = NULL;
    HRESULT hr;

    ok( get && unload, "no exports\n" );
    if (!get || !unload) return;
    hr = get( &CLSID_WinHttpRequest, &IID_IClassFactory, (void **)&factory );
    /* Windows 10 1803 has the class elsewhere */
    ok( hr == S_OK || broken( hr == CLASS_E_CLASSNOTAVAILABLE ), "got %#x\n", (UINT)hr );
    check_hr( get( &IID_IStream, &IID_IClassFactory, (void **)&request ),
              CLASS_E_CLASSNOTAVAILABLE );
    if (!factory) return;
    check_factory( factory );
    check_hr( IClassFactory_CreateInstance( factory, NULL, &IID_IWinHttpRequest,
                                            (void **)&request ), S_OK );
    if (request)
    {
        check_hr( unload(), S_FALSE );
        com_release( request );
    }
    check_hr( IClassFactory_LockServer( factory, TRUE ), S_OK );
    check_hr( unload(), S_FALSE );
    check_hr( IClassFactory_LockServer( factory, FALSE ), S_OK );
    IClassFactory_Release( factory );
}

/* ---- the object ---- */

static ULONG references( IWinHttpRequest *request )
{
    IWinHttpRequest_AddRef( request );
    return IWinHttpRequest_Release( request );
}

static void test_query_interface(void)
{
    static const struct { const IID *iid; HRESULT hr; } tests[] =
    {
        { &IID_IUnknown, S_OK }, { &IID_IDispatch, S_OK }, { &IID_IWinHttpRequest, S_OK },
        { &IID_IWinHttpRequest50, S_OK }, { &IID_IConnectionPointContainer, S_OK },
        { &IID_ISupportErrorInfo, S_OK },       /* guess U18 */
        { &IID_IStream, E_NOINTERFACE }, { &IID_IWinHttpRequestEvents, E_NOINTERFACE },
        { &IID_IConnectionPoint, E_NOINTERFACE }, { &COM_NO_IID, E_NOINTERFACE },
    };
    IWinHttpRequest *request = com_create();
    IUnknown *identity = NULL, *part, *whole;
    unsigned int i;

    check_hr( IWinHttpRequest_QueryInterface( request, &IID_IUnknown, (void **)&identity ), S_OK );
    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%08x", (UINT)tests[i].iid->Data1 );
        part = (IUnknown *)(ULONG_PTR)0xdead;
        check_hr( IWinHttpRequest_QueryInterface( request, tests[i].iid, (void **)&part ),
                  tests[i].hr );
        if (tests[i].hr) ok( !part, "got %p\n", part );
        else if (part != (IUnknown *)(ULONG_PTR)0xdead && part)
        {
            whole = NULL;
            check_hr( IUnknown_QueryInterface( part, &IID_IUnknown, (void **)&whole ), S_OK );
            ok( whole == identity, "another object\n" );
            if (whole) IUnknown_Release( whole );
            IUnknown_Release( part );
        }
        winetest_pop_context();
    }
    if (identity) IUnknown_Release( identity );
    ok( references( request ) == 1, "got %u references\n", (UINT)references( request ) );
    ok( IWinHttpRequest_AddRef( request ) == 2, "not two references\n" );
    ok( IWinHttpRequest_Release( request ) == 1, "not one reference\n" );
    com_release( request );
}

/* The interface of 5.0, as programs use it that were made for that version: all up to SetTimeouts
 * stands at the same place. */
static void test_version_50(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" ),
        SRV_END
    };
    struct server *server;
    IWinHttpRequest *request = NULL;

    check_hr( CoCreateInstance( &CLSID_WinHttpRequest, NULL, CLSCTX_INPROC_SERVER,
                                &IID_IWinHttpRequest50, (void **)&request ), S_OK );
    if (!request) return;
    server = server_start_plain( script );
    com_open( request, server, L"GET", L"/" );
    check_hr( IWinHttpRequest_SetTimeouts( request, 8000, 8000, 8000, 8000 ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_text( request, L"hello" );
    com_release( request );
    server_stop( server );
}

/* guess U18 */
static void test_support_error_info(void)
{
    IWinHttpRequest *request = com_create();
    ISupportErrorInfo *support = NULL;

    check_hr( IWinHttpRequest_QueryInterface( request, &IID_ISupportErrorInfo, (void **)&support ),
              S_OK );
    if (support)
    {
        check_hr( ISupportErrorInfo_InterfaceSupportsErrorInfo( support, &IID_IWinHttpRequest ),
                  S_OK );
        check_hr( ISupportErrorInfo_InterfaceSupportsErrorInfo( support, &IID_IStream ), S_FALSE );
        ISupportErrorInfo_Release( support );
    }
    com_release( request );
}

/* ---- types and names ---- */

static void check_library( ITypeLib *library )
{
    static const struct { const IID *iid; TYPEKIND kind; } types[] =
    {
        { &IID_IWinHttpRequest, TKIND_DISPATCH }, { &CLSID_WinHttpRequest, TKIND_COCLASS },
        { &IID_IWinHttpRequestEvents, TKIND_INTERFACE }, { &GUID_option, TKIND_ENUM },
        { &GUID_policy, TKIND_ENUM },
    };
    ITypeInfo *type;
    TYPEATTR *about;
    TLIBATTR *attr;
    BSTR name = NULL;
    unsigned int i;

    check_hr( ITypeLib_GetLibAttr( library, &attr ), S_OK );
    ok( IsEqualGUID( &attr->guid, &LIBID_WinHttp ), "got %08x\n", (UINT)attr->guid.Data1 );
    ok( attr->wMajorVerNum == 5 && attr->wMinorVerNum == 1, "got %u.%u\n", attr->wMajorVerNum,
        attr->wMinorVerNum );
    ok( !attr->lcid, "got %#x\n", (UINT)attr->lcid );
    ITypeLib_ReleaseTLibAttr( library, attr );
    check_hr( ITypeLib_GetDocumentation( library, -1, &name, NULL, NULL, NULL ), S_OK );
    check_bstr( name, L"WinHttp" );
    for (i = 0; i < ARRAYSIZE( types ); i++)
    {
        winetest_push_context( "%08x", (UINT)types[i].iid->Data1 );
        type = NULL;
        /* Wine's IDL has no events */
        todo_wine_if( types[i].iid == &IID_IWinHttpRequestEvents )
            check_hr( ITypeLib_GetTypeInfoOfGuid( library, types[i].iid, &type ), S_OK );
        if (type)
        {
            check_hr( ITypeInfo_GetTypeAttr( type, &about ), S_OK );
            ok( about->typekind == types[i].kind, "got kind %u\n", about->typekind );
            ITypeInfo_ReleaseTypeAttr( type, about );
            ITypeInfo_Release( type );
        }
        winetest_pop_context();
    }
}

static void test_type_info(void)
{
    IWinHttpRequest *request = com_create();
    ITypeInfo *type = NULL;
    ITypeLib *library = NULL;
    UINT count = 0xdead;
    TYPEATTR *attr;

    check_hr( IWinHttpRequest_GetTypeInfoCount( request, &count ), S_OK );
    ok( count == 1, "got %u\n", count );
    check_hr( IWinHttpRequest_GetTypeInfo( request, 0, 0, &type ), S_OK );
    if (type)
    {
        check_hr( ITypeInfo_GetTypeAttr( type, &attr ), S_OK );
        ok( IsEqualGUID( &attr->guid, &IID_IWinHttpRequest ), "got %08x\n",
            (UINT)attr->guid.Data1 );
        ok( attr->typekind == TKIND_DISPATCH, "got kind %u\n", attr->typekind );
        ok( (attr->wTypeFlags & (TYPEFLAG_FDUAL | TYPEFLAG_FNONEXTENSIBLE)) ==
            (TYPEFLAG_FDUAL | TYPEFLAG_FNONEXTENSIBLE), "got flags %#x\n", attr->wTypeFlags );
        ITypeInfo_ReleaseTypeAttr( type, attr );
        check_hr( ITypeInfo_GetContainingTypeLib( type, &library, &count ), S_OK );
        if (library)
        {
            check_library( library );
            ITypeLib_Release( library );
        }
        ITypeInfo_Release( type );
    }
    type = NULL;
    check_hr( IWinHttpRequest_GetTypeInfo( request, 1, 0, &type ), DISP_E_BADINDEX );
    com_release( request );
}

/* As programs find it that only know its name. */
static void test_type_library(void)
{
    ITypeLib *library = NULL;

    check_hr( LoadRegTypeLib( &LIBID_WinHttp, 5, 1, 0, &library ), S_OK );
    if (!library) return;
    check_library( library );
    ITypeLib_Release( library );
}

static void test_names(void)
{
    static const struct { WCHAR name[24]; DISPID id; } tests[] =
    {
        { L"Open", 1 }, { L"SetRequestHeader", 2 }, { L"GetResponseHeader", 3 },
        { L"GetAllResponseHeaders", 4 }, { L"Send", 5 }, { L"Option", 6 }, { L"Status", 7 },
        { L"StatusText", 8 }, { L"ResponseText", 9 }, { L"ResponseBody", 10 },
        { L"ResponseStream", 11 }, { L"Abort", 12 }, { L"SetProxy", 13 },
        { L"SetCredentials", 14 }, { L"WaitForResponse", 15 }, { L"SetTimeouts", 16 },
        { L"SetClientCertificate", 17 }, { L"SetAutoLogonPolicy", 18 },
        { L"open", 1 }, { L"RESPONSETEXT", 9 },
    };
    IWinHttpRequest *request = com_create();
    WCHAR unknown[] = L"Close", *name = unknown;
    unsigned int i;
    DISPID id;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%ls", tests[i].name );
        name = (WCHAR *)tests[i].name;
        id = 0xdead;
        check_hr( IWinHttpRequest_GetIDsOfNames( request, &COM_NO_IID, &name, 1, 0x0409, &id ),
                  S_OK );
        ok( id == tests[i].id, "got %d\n", (int)id );
        winetest_pop_context();
    }
    name = unknown;
    check_hr( IWinHttpRequest_GetIDsOfNames( request, &COM_NO_IID, &name, 1, 0x0409, &id ),
              DISP_E_UNKNOWNNAME );
    ok( id == DISPID_UNKNOWN, "got %d\n", (int)id );
    com_release( request );
}

START_TEST( com_object )
{
    if (!com_begin()) return;
    RUN( test_registration );
    RUN( test_create );
    RUN( test_aggregation );
    RUN( test_class_object );
    RUN( test_exports );
    RUN( test_query_interface );
    RUN( test_version_50 );
    RUN( test_support_error_info );
    RUN( test_type_info );
    RUN( test_type_library );
    RUN( test_names );
    com_end();
}
