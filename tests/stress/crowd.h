/* crowd - many sockets that all do one thing, for the modes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the records of its sockets until crowd_leave; callbacks look at the crowd itself until
 *          wait_for_records returns.
 * Threads: one; the callbacks run where they run.
 * Fails:   a broken rule is a violation; errors of operations are counted, the mode judges them.
 */

#ifndef STRESS_CROWD_H
#define STRESS_CROWD_H

#include "stress.h"

/* What a socket does once it is there. */
enum role
{
    ROLE_ECHO,             /* sends and receives for ever */
    ROLE_RECEIVE,          /* waits for a message */
    ROLE_FLOOD,            /* waits, and sends until nothing goes any more */
    ROLE_CLOSE,            /* waits, and closes */
    ROLE_BODY,             /* no socket: reads the body of a response */
    ROLE_BLOCK,            /* echoes; its callback does not return until crowd_unblock */
};

struct crowd
{
    /* set by whoever opens it */
    const WCHAR *path;
    enum role role;
    INTERNET_PORT port;    /* 0: plain and TLS take turns, as the options allow */
    unsigned int count;
    int timeout;           /* milliseconds of everything; 0 = a minute */
    int send_timeout;      /* on the sockets; 0 = as it is */
    int close_timeout;     /* option 115; 0 = as it is */

    struct record **records; /* owned; count of them */
    LONG echoes;           /* interlocked: messages that came back */
    LONG moves;            /* interlocked: operations that ended */
    LONG blocked;          /* interlocked: callbacks that do not return */
    LONG failed[KIND_COUNT]; /* interlocked: operations that failed */
    LONG odd;              /* interlocked: and not with the error that the mode expects */
    DWORD expected[3];     /* errors that it does; what crowd_leave cancels does not count */
};

/* Starts them all, a hundred at a time, and waits until each is there or has failed. Returns how
 * many are there. The other one does not wait. */
unsigned int crowd_open( struct crowd *crowd, HINTERNET session );
void crowd_start( struct crowd *crowd, HINTERNET session );

/* How many operations are pending now; how many sockets are there. */
unsigned int crowd_pending( const struct crowd *crowd );
unsigned int crowd_present( const struct crowd *crowd );

/* Waits until nothing of this kind (KIND_COUNT: of any) is pending, at most so long. FALSE:
 * something is. */
BOOL crowd_wait( const struct crowd *crowd, enum kind kind, DWORD ms );

/* Waits until it moves no more: what is pending will not end by itself. */
void crowd_settle( const struct crowd *crowd );

/* Lets callbacks of ROLE_BLOCK return. */
void crowd_unblock( BOOL unblock );

/* Starts a Close on every socket. */
void crowd_close( struct crowd *crowd );

/* Closes all handles; nothing of it may be used afterwards. */
void crowd_leave( struct crowd *crowd );

/* A session for crowds. */
HINTERNET crowd_session( BOOL async );

#endif
