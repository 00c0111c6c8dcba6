/* windows - stands between the Windows half and Wine's DLLs: makes one call fail.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Linked into a winhttp.dll of its own, made of the same objects as the real one, with --wrap for
 * each import that is defined here: imports are called through pointers of the name __imp_NAME.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "wincrypt.h"
#include "winreg.h"

#include "../plan.h"

/* A pointer to the real function, and ours, named as the compiler names imports. */
#define IMPORT( type, name, params ) \
    extern type (WINAPI *__real___imp_ ## name) params; \
    static type WINAPI fail_ ## name params; \
    type (WINAPI *__wrap___imp_ ## name) params = fail_ ## name; \
    static type WINAPI fail_ ## name params

#define REAL( name ) __real___imp_ ## name

static struct plan nothing, *plan;

/* The program makes the mapping after the DLL was loaded. */
static struct plan *get_plan(void)
{
    char name[PLAN_NAME];
    HANDLE mapping;

    if (plan) return plan;
    if (!GetEnvironmentVariableA( "WINHTTP_FAULTS", NULL, 0 )) return plan = &nothing;
    snprintf( name, sizeof(name), PLAN_MAPPING, GetCurrentProcessId() );
    if (!(mapping = OpenFileMappingA( FILE_MAP_WRITE, FALSE, name ))) return &nothing;
    plan = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, PLAN_SIZE );
    CloseHandle( mapping );
    return plan ? plan : &nothing;
}

/* TRUE if this call is to fail, with that last error. */
static BOOL fails( const char *name, DWORD error )
{
    if (!plan_fails( get_plan(), PLAN_WINDOWS, name, 1 )) return FALSE;
    SetLastError( error );
    return TRUE;
}

static BOOL no_memory( const char *name )
{
    return plan_fails( get_plan(), PLAN_WINDOWS, name, 1 ) || plan_refuses( get_plan() );
}

static void *allocated( void *memory )
{
    if (memory) plan_live( get_plan(), PLAN_WINDOWS, 1 );
    return memory;
}

/* --- Memory --------------------------------------------------------------------------------- */

IMPORT( void *, malloc, (size_t size) )
{
    return no_memory( "malloc" ) ? NULL : allocated( REAL( malloc )( size ) );
}

IMPORT( void *, calloc, (size_t count, size_t size) )
{
    return no_memory( "calloc" ) ? NULL : allocated( REAL( calloc )( count, size ) );
}

IMPORT( void *, realloc, (void *memory, size_t size) )
{
    if (no_memory( "realloc" )) return NULL;
    return memory ? REAL( realloc )( memory, size ) : allocated( REAL( realloc )( NULL, size ) );
}

IMPORT( void, free, (void *memory) )
{
    if (memory) plan_live( get_plan(), PLAN_WINDOWS, -1 );
    REAL( free )( memory );
}

IMPORT( char *, _strdup, (const char *text) )
{
    return no_memory( "_strdup" ) ? NULL : allocated( REAL( _strdup )( text ) );
}

IMPORT( WCHAR *, _wcsdup, (const WCHAR *text) )
{
    return no_memory( "_wcsdup" ) ? NULL : allocated( REAL( _wcsdup )( text ) );
}

IMPORT( void *, HeapAlloc, (HANDLE heap, DWORD flags, SIZE_T size) )
{
    return fails( "HeapAlloc", 0 ) ? NULL : allocated( REAL( HeapAlloc )( heap, flags, size ) );
}

IMPORT( void *, HeapReAlloc, (HANDLE heap, DWORD flags, void *memory, SIZE_T size) )
{
    return fails( "HeapReAlloc", 0 ) ? NULL : REAL( HeapReAlloc )( heap, flags, memory, size );
}

IMPORT( BOOL, HeapFree, (HANDLE heap, DWORD flags, void *memory) )
{
    if (memory) plan_live( get_plan(), PLAN_WINDOWS, -1 );
    return REAL( HeapFree )( heap, flags, memory );
}

/* Settings are read with it, and freed again by the DLL in what is done here. What can be moved is
 * not counted: the memory of a stream, which ole32 frees. */
IMPORT( HGLOBAL, GlobalAlloc, (UINT flags, SIZE_T size) )
{
    HGLOBAL memory = no_memory( "GlobalAlloc" ) ? NULL : REAL( GlobalAlloc )( flags, size );

    return flags & GMEM_MOVEABLE ? memory : allocated( memory );
}

IMPORT( HGLOBAL, GlobalFree, (HGLOBAL memory) )
{
    BOOL fixed = memory && GlobalLock( memory ) == memory;

    if (memory) GlobalUnlock( memory );
    if (fixed) plan_live( get_plan(), PLAN_WINDOWS, -1 );
    return REAL( GlobalFree )( memory );
}

/* --- Threads -------------------------------------------------------------------------------- */

IMPORT( HANDLE, CreateEventW, (SECURITY_ATTRIBUTES *security, BOOL manual, BOOL set,
                               const WCHAR *name) )
{
    if (fails( "CreateEventW", ERROR_NOT_ENOUGH_MEMORY )) return NULL;
    return REAL( CreateEventW )( security, manual, set, name );
}

IMPORT( HANDLE, CreateThread, (SECURITY_ATTRIBUTES *security, SIZE_T stack,
                               LPTHREAD_START_ROUTINE start, void *arg, DWORD flags, DWORD *id) )
{
    if (fails( "CreateThread", ERROR_NOT_ENOUGH_MEMORY )) return NULL;
    return REAL( CreateThread )( security, stack, start, arg, flags, id );
}

IMPORT( BOOL, TrySubmitThreadpoolCallback, (PTP_SIMPLE_CALLBACK callback, void *arg,
                                            TP_CALLBACK_ENVIRON *environment) )
{
    if (fails( "TrySubmitThreadpoolCallback", ERROR_NOT_ENOUGH_MEMORY )) return FALSE;
    return REAL( TrySubmitThreadpoolCallback )( callback, arg, environment );
}

/* --- Certificates --------------------------------------------------------------------------- */

IMPORT( HCERTSTORE, CertOpenStore, (const char *provider, DWORD encoding, HCRYPTPROV_LEGACY legacy,
                                    DWORD flags, const void *arg) )
{
    if (fails( "CertOpenStore", ERROR_NOT_ENOUGH_MEMORY )) return NULL;
    return REAL( CertOpenStore )( provider, encoding, legacy, flags, arg );
}

IMPORT( BOOL, CertAddEncodedCertificateToStore, (HCERTSTORE store, DWORD encoding, const BYTE *data,
                                                 DWORD len, DWORD disposition,
                                                 const CERT_CONTEXT **cert) )
{
    if (fails( "CertAddEncodedCertificateToStore", ERROR_NOT_ENOUGH_MEMORY )) return FALSE;
    return REAL( CertAddEncodedCertificateToStore )( store, encoding, data, len, disposition,
                                                     cert );
}

IMPORT( BOOL, CertGetCertificateChain, (HCERTCHAINENGINE engine, const CERT_CONTEXT *cert,
                                        FILETIME *time, HCERTSTORE store, CERT_CHAIN_PARA *para,
                                        DWORD flags, void *reserved,
                                        const CERT_CHAIN_CONTEXT **chain) )
{
    if (fails( "CertGetCertificateChain", ERROR_NOT_ENOUGH_MEMORY )) return FALSE;
    return REAL( CertGetCertificateChain )( engine, cert, time, store, para, flags, reserved,
                                            chain );
}

IMPORT( BOOL, CertVerifyCertificateChainPolicy, (const char *policy,
                                                 const CERT_CHAIN_CONTEXT *chain,
                                                 CERT_CHAIN_POLICY_PARA *para,
                                                 CERT_CHAIN_POLICY_STATUS *status) )
{
    if (fails( "CertVerifyCertificateChainPolicy", ERROR_NOT_ENOUGH_MEMORY )) return FALSE;
    return REAL( CertVerifyCertificateChainPolicy )( policy, chain, para, status );
}
