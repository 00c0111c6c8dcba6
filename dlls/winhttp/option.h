/* option - WinHttpQueryOption and WinHttpSetOption: one table of all options.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any; getters and setters run with the object locked.
 * Fails:   ERROR_* codes, by the rules of facts/options.md section 0.
 */

#ifndef WINHTTP_OPTION_H
#define WINHTTP_OPTION_H

#include "handle.h"

/* kinds of handles */
enum
{
    ON_SESSION = 1,
    ON_CONNECT = 2,
    ON_REQUEST = 4,
    ON_WEBSOCKET = 8,
    ON_ALL = ON_SESSION | ON_CONNECT | ON_REQUEST | ON_WEBSOCKET,
};

struct option
{
    DWORD number;       /* WINHTTP_OPTION_* */
    DWORD size;         /* bytes of a fixed-size value; 0 = the getter or setter judges it */
    BYTE query;         /* handles it can be queried on; 0 = set only */
    BYTE set;           /* handles it can be set on; 0 = query only */

    /* *len: in: bytes in buffer, at least size; out: bytes stored, or needed with
     * ERROR_INSUFFICIENT_BUFFER. buffer may be NULL only if size is 0. */
    DWORD (*get)( struct object *object, const struct option *option, void *buffer, DWORD *len );
    DWORD (*put)( struct object *object, const struct option *option, const void *buffer,
                  DWORD len );

    DWORD offset;       /* of the field, for the generic getters and setters */
    DWORD bits;         /* legal bits, for those that check them */
};

#endif
