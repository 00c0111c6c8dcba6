/* test_resolve - name resolution, random bytes and digests of the Unix half.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

static NTSTATUS call_resolve( const char *host, UINT16 port, int literal_only,
                              struct unix_addr *addrs, UINT32 *count )
{
    struct resolve_params params = { .host = (ULONG_PTR)host, .addrs = (ULONG_PTR)addrs,
                                     .port = port, .literal_only = literal_only,
                                     .count = 0xdeadbeef };
    NTSTATUS status = unix_call( unix_resolve, &params );

    *count = params.count;
    return status;
}

static void test_resolve_literal_ipv4( void )
{
    static const BYTE want[16] = { 2, 0, 0x1f, 0x90, 127, 1, 2, 3 };
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 count;

    CHECK_INT( call_resolve( "127.1.2.3", 8080, 1, addrs, &count ), STATUS_SUCCESS );
    if (!CHECK_INT( count, 1 )) return;
    CHECK_MEM( addrs[0].bytes, addrs[0].len, want, sizeof(want) );
}

static void test_resolve_literal_ipv6_has_windows_family( void )
{
    static const BYTE want[28] = { 23, 0, 0, 80, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, [23] = 1 };
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 count;

    CHECK_INT( call_resolve( "2001:db8::1", 80, 1, addrs, &count ), STATUS_SUCCESS );
    if (!CHECK_INT( count, 1 )) return;
    CHECK_MEM( addrs[0].bytes, addrs[0].len, want, sizeof(want) );
}

static void test_resolve_name_is_no_literal( void )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 count;

    CHECK_INT( call_resolve( "localhost", 80, 1, addrs, &count ), STATUS_PENDING );
    CHECK_INT( count, 0xdeadbeef );
    CHECK_INT( call_resolve( "127.0.0.1.example", 80, 1, addrs, &count ), STATUS_PENDING );
}

static void test_resolve_localhost( void )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 count, i, j;

    if (!CHECK_INT( call_resolve( "localhost", 80, 0, addrs, &count ), STATUS_SUCCESS )) return;
    CHECK( count >= 1 && count <= UNIX_MAX_ADDRS );
    for (i = 0; i < count; i++)
        for (j = 0; j < i; j++) CHECK( memcmp( &addrs[i], &addrs[j], sizeof(addrs[i]) ) );
}

/* ".invalid" never exists (RFC 6761), but without a network the resolver can only give up. */
static void test_resolve_unknown_name_fails( void )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    NTSTATUS status;
    UINT32 count;

    status = call_resolve( "winhttp-test.invalid", 80, 0, addrs, &count );
    CHECK( status == STATUS_NOT_FOUND || status == STATUS_IO_TIMEOUT );
    CHECK_INT( count, 0xdeadbeef );
    CHECK_INT( call_resolve( "", 80, 1, addrs, &count ), STATUS_PENDING );
}

static void test_random_differs( void )
{
    BYTE a[64] = { 0 }, b[64] = { 0 };
    struct random_params params = { .buffer = (ULONG_PTR)a, .len = sizeof(a) };

    CHECK_INT( unix_call( unix_random, &params ), STATUS_SUCCESS );
    params.buffer = (ULONG_PTR)b;
    CHECK_INT( unix_call( unix_random, &params ), STATUS_SUCCESS );
    CHECK( memcmp( a, b, sizeof(a) ) );
}

static void test_sha1_vector( void )   /* RFC 3174 7.3, TEST1 */
{
    static const BYTE want[20] = { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
                                   0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d };
    struct sha1_params params = { .data = (ULONG_PTR)"abc", .len = 3 };

    CHECK_INT( unix_call( unix_sha1, &params ), STATUS_SUCCESS );
    CHECK_MEM( params.digest, 20, want, 20 );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_resolve_literal_ipv4 ),
    UNIT_TEST( test_resolve_literal_ipv6_has_windows_family ),
    UNIT_TEST( test_resolve_name_is_no_literal ),
    UNIT_TEST( test_resolve_localhost ),
    UNIT_TEST( test_resolve_unknown_name_fails ),
    UNIT_TEST( test_random_differs ),
    UNIT_TEST( test_sha1_vector ),
};

UNIT_MAIN( tests )
