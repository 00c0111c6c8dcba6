/* Requests of the benchmark's libcurl program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "transfer.h"

#include <stdio.h>
#include <string.h>

#include "../shared/command.h"

/* What the curl program asks for; libcurl's own 16 KiB are for a body of some pages. */
#define RECEIVE_BUFFER 102400L

static size_t drop_body( char *data, size_t size, size_t count, void *context )
{
    (void)data;
    (void)context;
    return size * count;
}

/* libcurl counts the bytes and asks for no more than there are. */
static size_t give_body( char *data, size_t size, size_t count, void *context )
{
    (void)context;
    memset( data, 'u', size * count );
    return size * count;
}

CURL *transfer_create( bool secure, int port, const char *size )
{
    CURL *handle = curl_easy_init();
    char url[96];

    if (!handle) bench_fail( "no memory" );
    snprintf( url, sizeof(url), "http%s://127.0.0.1:%d/bytes?n=%s", secure ? "s" : "", port, size );
    curl_easy_setopt( handle, CURLOPT_URL, url );
    curl_easy_setopt( handle, CURLOPT_PROXY, "" );
    curl_easy_setopt( handle, CURLOPT_USERAGENT, "bench" );
    curl_easy_setopt( handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1 );
    curl_easy_setopt( handle, CURLOPT_WRITEFUNCTION, drop_body );
    curl_easy_setopt( handle, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER );
    curl_easy_setopt( handle, CURLOPT_NOSIGNAL, 1L );
    if (secure)
    {
        curl_easy_setopt( handle, CURLOPT_CAINFO, bench_options.ca_file );
        /* all of the system's authorities, read anew for each connection, take 100 ms */
        curl_easy_setopt( handle, CURLOPT_CAPATH, NULL );
    }
    return handle;
}

void transfer_forget_connections( CURL *handle, bool resume )
{
    curl_easy_setopt( handle, CURLOPT_FRESH_CONNECT, 1L );
    curl_easy_setopt( handle, CURLOPT_FORBID_REUSE, 1L );
    curl_easy_setopt( handle, CURLOPT_SSL_SESSIONID_CACHE, resume ? 1L : 0L );
}

void transfer_upload( CURL *handle, uint64_t bytes, const char *data )
{
    curl_easy_setopt( handle, CURLOPT_POST, 1L );
    curl_easy_setopt( handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)bytes );
    if (data) curl_easy_setopt( handle, CURLOPT_POSTFIELDS, data );
    else curl_easy_setopt( handle, CURLOPT_READFUNCTION, give_body );
}

void transfer_check( CURL *handle, CURLcode code )
{
    long status = 0;

    if (code) bench_fail( "libcurl: %s", curl_easy_strerror( code ) );
    curl_easy_getinfo( handle, CURLINFO_RESPONSE_CODE, &status );
    if (status != 200) bench_fail( "the request was refused" );
}

void transfer_run( CURL *handle )
{
    transfer_check( handle, curl_easy_perform( handle ) );
}
