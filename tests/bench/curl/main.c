/* The benchmark's libcurl program: what a Unix program reaches through the usual HTTP library.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>

#include <curl/curl.h>

#include "../shared/command.h"
#include "cases.h"

/* Those of tests/bench/windows/main.c that are about HTTP. */
static const struct bench_command commands[] =
{
    { "get", "http|https sync SIZE MILLISECONDS", 4, case_get },
    { "fresh", "http|https SIZE MILLISECONDS", 3, case_fresh },
    { "handshakes", "PORT MILLISECONDS", 2, case_handshakes },
    { "download", "http|https BYTES", 2, case_download },
    { "upload", "http|https data|write BYTES", 3, case_upload },
    { "parallel", "http|https COUNT SIZE MILLISECONDS", 4, case_parallel },
};

int main( int argc, char **argv )
{
    if (curl_global_init( CURL_GLOBAL_DEFAULT )) bench_fail( "libcurl does not start" );
    return bench_main( argc, argv, commands, sizeof(commands) / sizeof(commands[0]) );
}
