/* test_http_digest - challenges in, answers out, with the Unix half's hashes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <stdio.h>
#include <string.h>

#include "proto/http_digest.h"
#include "unix/crypto.h"

static int hash( void *context, enum http_digest_algorithm algorithm, const void *data, size_t len,
                 uint8_t out[HTTP_DIGEST_MAX_HASH] )
{
    UINT32 which = algorithm == HTTP_DIGEST_MD5 ? UNIX_HASH_MD5 : UNIX_HASH_SHA256;

    if (context) return 0;
    return !crypto_hash( which, data, (UINT32)len, out );
}

static enum http_digest_status take( struct http_digest *digest, const char *text )
{
    struct http_challenge challenge;
    size_t len = strlen( text );

    if (!http_challenge_next( &text, &len, &challenge )) abort();
    return http_digest_take( digest, &challenge );
}

/* RFC 7616 3.9.1 */
static const struct http_digest_login mufasa =
{
    "Mufasa", "Circle of Life", "GET", "/dir/index.html",
    "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
};

#define RFC_CHALLENGE( algorithm ) \
    "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=" algorithm ", " \
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", " \
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""

#define RFC_ANSWER( response, algorithm ) \
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", " \
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", " \
    "response=\"" response "\", algorithm=" algorithm ", " \
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001, " \
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\""

static void check_answer( const char *challenge, const struct http_digest_login *login,
                          const char *want )
{
    struct unit_allocator memory;
    struct http_digest digest;
    char *value = NULL;

    unit_allocator_init( &memory );
    http_digest_init( &digest, &memory.alloc );
    CHECK_INT( take( &digest, challenge ), HTTP_DIGEST_OK );
    CHECK_INT( http_digest_answer( &digest, login, hash, NULL, &value ), HTTP_DIGEST_OK );
    CHECK_STR( value, want );
    allocator_free( &memory.alloc, value );
    http_digest_clear( &digest );
    CHECK_INT( memory.live, 0 );
}

static void test_http_digest_examples_of_the_rfc( void )
{
    check_answer( RFC_CHALLENGE( "MD5" ), &mufasa,
                  RFC_ANSWER( "8ca523f5e9506fed4657c9700eebdbec", "MD5" ) );
    check_answer( RFC_CHALLENGE( "SHA-256" ), &mufasa,
                  RFC_ANSWER( "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
                              "SHA-256" ) );
}

static const struct http_digest_login plain = { "user", "pass", "POST", "/x", "c0ffee" };

/* the sums come from coreutils' md5sum */
static void test_http_digest_without_qop( void )
{
    check_answer( "Digest realm=\"r\", nonce=\"n\"", &plain,
                  "Digest username=\"user\", realm=\"r\", nonce=\"n\", uri=\"/x\", "
                  "response=\"b16a2cf24906e2a163d05063146b412a\"" );
}

static void test_http_digest_session( void )
{
    check_answer( "Digest realm=\"r\", nonce=\"n\", qop=auth, algorithm=md5-SESS", &plain,
                  "Digest username=\"user\", realm=\"r\", nonce=\"n\", uri=\"/x\", "
                  "response=\"4332c1a7b66a3b362804f7231aeb7e15\", algorithm=MD5-sess, qop=auth, "
                  "nc=00000001, cnonce=\"c0ffee\"" );
}

static void test_http_digest_userhash( void )
{
    check_answer( "Digest realm=\"r\", nonce=\"n\", qop=auth, userhash=true", &plain,
                  "Digest username=\"f2014bc543adfc117d6000879437967d\", realm=\"r\", nonce=\"n\", "
                  "uri=\"/x\", response=\"98fa20133508d206a896ac4093bb8d78\", qop=auth, "
                  "nc=00000001, cnonce=\"c0ffee\", userhash=true" );
}

static void test_http_digest_quotes_are_escaped( void )
{
    static const struct http_digest_login login = { "a\"b\\c", "", "GET", "/\"", "c" };

    check_answer( "Digest realm=\"x\\\"y\", nonce=\"\\\\\"", &login,
                  "Digest username=\"a\\\"b\\\\c\", realm=\"x\\\"y\", nonce=\"\\\\\", "
                  "uri=\"/\\\"\", response=\"b16a53906941f48eda999fa9fe471181\"" );
}

static void test_http_digest_counts_the_uses_of_a_nonce( void )
{
    struct http_digest digest;
    char *value;
    int i;

    http_digest_init( &digest, &allocator_libc );
    take( &digest, "Digest realm=r, nonce=n, qop=auth" );
    for (i = 1; i < 12; i++)
    {
        char count[32];

        snprintf( count, sizeof(count), ", nc=%08x,", i );
        CHECK_INT( http_digest_answer( &digest, &plain, hash, NULL, &value ), HTTP_DIGEST_OK );
        CHECK( strstr( value, count ) != NULL );
        allocator_free( &allocator_libc, value );
    }
    take( &digest, "Digest realm=r, nonce=n2, qop=auth, stale=TRUE" );
    CHECK( digest.stale );
    CHECK_INT( digest.count, 0 );
    http_digest_clear( &digest );
    CHECK( !digest.nonce && !digest.stale );
}

static void test_http_digest_takes_the_next_nonce( void )
{
    static const char info[] = "qop=auth, rspauth=\"x\", nextnonce=\"n2\", nc=00000001";
    struct http_digest digest;
    size_t len;

    http_digest_init( &digest, &allocator_libc );
    CHECK_INT( take( &digest, "Digest realm=\"r\", nonce=\"n1\", qop=auth, opaque=o" ), 0 );
    digest.count = 7;
    CHECK_INT( http_digest_take_info( &digest, "nextnonc=\"n2\"", 13 ), HTTP_DIGEST_ERR_CHALLENGE );
    CHECK_INT( http_digest_take_info( &digest, "", 0 ), HTTP_DIGEST_ERR_CHALLENGE );
    CHECK_STR( digest.nonce, "n1" );
    CHECK_INT( digest.count, 7 );
    /* cut anywhere it is one nonce or the other */
    for (len = 0; len < sizeof(info); len++) http_digest_take_info( &digest, info, len );
    CHECK_STR( digest.nonce, "n2" );
    CHECK_STR( digest.opaque, "o" );
    CHECK_INT( digest.count, 0 );
    http_digest_clear( &digest );
}

static void test_http_digest_refused_challenges( void )
{
    static const char *const texts[] =
    {
        "Digest", "Digest realm=r", "Digest realm=r, nonce=n, algorithm=SHA-512-256",
        "Digest realm=r, nonce=n, algorithm=-sess", "Digest realm=r, nonce=n, qop=auth-int",
        "Digest realm=r, nonce=n, qop=\"\"", "Digest realm=r, nonce=n, algorithm=\"\"",
        "Digest realm=r, nonce=n, algorithm=MD5-of-a-name-that-is-longer-than-any",
    };
    struct http_digest digest;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(texts); i++)
    {
        unit_context( "%s", texts[i] );
        http_digest_init( &digest, &allocator_libc );
        CHECK_INT( take( &digest, "Digest realm=r, nonce=kept" ), HTTP_DIGEST_OK );
        CHECK_INT( take( &digest, texts[i] ), HTTP_DIGEST_ERR_CHALLENGE );
        CHECK_STR( digest.nonce, "kept" );
        http_digest_clear( &digest );
    }
}

static void test_http_digest_refused_answers( void )
{
    static const struct http_digest_login control = { "us\ner", "p", "GET", "/", "c" };
    struct http_digest digest;
    char *value = NULL;
    int fail = 1;

    http_digest_init( &digest, &allocator_libc );
    CHECK_INT( http_digest_answer( &digest, &plain, hash, NULL, &value ),
               HTTP_DIGEST_ERR_CHALLENGE );
    take( &digest, "Digest realm=r, nonce=n, qop=auth" );
    CHECK_INT( http_digest_answer( &digest, &control, hash, NULL, &value ), HTTP_DIGEST_ERR_TEXT );
    CHECK_INT( http_digest_answer( &digest, &plain, hash, &fail, &value ), HTTP_DIGEST_ERR_HASH );
    CHECK( !value );
    CHECK_INT( digest.count, 0 );
    http_digest_clear( &digest );
}

static void test_http_digest_no_memory( void )
{
    struct unit_allocator memory;
    struct http_digest digest;
    enum http_digest_status status = HTTP_DIGEST_ERR_MEMORY;
    size_t refuse;
    char *value;

    unit_allocator_init( &memory );
    http_digest_init( &digest, &memory.alloc );
    for (refuse = 1; status == HTTP_DIGEST_ERR_MEMORY; refuse++)
    {
        memory.requests = 0;
        memory.refuse = refuse;
        status = take( &digest, RFC_CHALLENGE( "MD5" ) );
    }
    CHECK_INT( status, HTTP_DIGEST_OK );
    CHECK_INT( refuse, 5 );
    status = HTTP_DIGEST_ERR_MEMORY;
    for (refuse = 1; status == HTTP_DIGEST_ERR_MEMORY; refuse++)
    {
        memory.requests = 0;
        memory.refuse = refuse;
        status = http_digest_answer( &digest, &mufasa, hash, NULL, &value );
    }
    CHECK_INT( status, HTTP_DIGEST_OK );
    CHECK( refuse > 5 );
    allocator_free( &memory.alloc, value );
    http_digest_clear( &digest );
    CHECK_INT( memory.live, 0 );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_http_digest_examples_of_the_rfc ),
    UNIT_TEST( test_http_digest_without_qop ),
    UNIT_TEST( test_http_digest_session ),
    UNIT_TEST( test_http_digest_userhash ),
    UNIT_TEST( test_http_digest_quotes_are_escaped ),
    UNIT_TEST( test_http_digest_counts_the_uses_of_a_nonce ),
    UNIT_TEST( test_http_digest_takes_the_next_nonce ),
    UNIT_TEST( test_http_digest_refused_challenges ),
    UNIT_TEST( test_http_digest_refused_answers ),
    UNIT_TEST( test_http_digest_no_memory ),
};

UNIT_MAIN( tests )
