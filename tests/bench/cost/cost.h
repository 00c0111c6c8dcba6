/* The operations whose instructions are counted.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* cost - each function runs its operation count times; what it needs once comes before.
 * Owns:    nothing that outlives a call.
 * Threads: the main thread.
 * Fails:   ends the program by cost_check: an operation that fails costs something else. */

#ifndef BENCH_COST_H
#define BENCH_COST_H

/* Bytes of the messages, and of the large pieces. */
enum
{
    COST_SMALL = 64,
    COST_LARGE = 16384,
};

/* Ends the program unless ok. */
void cost_check( int ok, const char *what );

/* proto.c: the engines, on memory alone */
void cost_ws_echo_binary( unsigned int count );
void cost_ws_echo_text( unsigned int count );
void cost_mask_small( unsigned int count );
void cost_mask_large( unsigned int count );
void cost_utf8_ascii( unsigned int count );
void cost_utf8_mixed( unsigned int count );
void cost_response_head( unsigned int count );
void cost_body_length( unsigned int count );
void cost_body_chunked( unsigned int count );

/* transport.c: calls of the Unix half, with a peer on the loopback interface; the kernel's own
 * instructions are not counted by anybody */
void cost_send( unsigned int count );
void cost_recv( unsigned int count );
void cost_park( unsigned int count );
void cost_woken( unsigned int count );

#endif
