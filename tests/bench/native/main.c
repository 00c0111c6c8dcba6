/* The benchmark's floor: what a plain C client reaches against the same server.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <signal.h>

#include "../shared/command.h"
#include "cases.h"

/* The same commands as tests/bench/windows/main.c. */
static const struct bench_command commands[] =
{
    { "echo", "ws|wss sync SIZE MILLISECONDS", 4, case_echo },
    { "stream", "ws|wss in|out BYTES", 3, case_stream },
    { "get", "http|https sync SIZE MILLISECONDS", 4, case_get },
    { "fresh", "http|https SIZE MILLISECONDS", 3, case_fresh },
    { "handshakes", "PORT MILLISECONDS", 2, case_handshakes },
    { "download", "http|https BYTES", 2, case_download },
    { "upload", "http|https data|write BYTES", 3, case_upload },
    { "parallel", "http|https COUNT SIZE MILLISECONDS", 4, case_parallel },
    { "many-prepare", "ws|wss COUNT", 2, case_many_prepare },
    { "many-open", "", 0, case_many_open },
    { "many-woken", "", 0, case_many_woken },
    { "many-echo", "", 0, case_many_echo },
    { "many-one", "MILLISECONDS", 1, case_many_one },
    { "many-close", "", 0, case_many_close },
};

int main( int argc, char **argv )
{
    signal( SIGPIPE, SIG_IGN );
    return bench_main( argc, argv, commands, sizeof(commands) / sizeof(commands[0]) );
}
