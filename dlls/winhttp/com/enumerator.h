/* enumerator - COM enumerators of connection points and of connections.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a reference to each of what it goes through: the state when it was made.
 * Threads: the apartment's.
 * Fails:   E_OUTOFMEMORY.
 */

#ifndef WINHTTP_COM_ENUMERATOR_H
#define WINHTTP_COM_ENUMERATOR_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "ocidl.h"

#include "com/events.h"

HRESULT enumerator_create_points( IConnectionPoint *point, IEnumConnectionPoints **points );
HRESULT enumerator_create_connections( struct events *events, IEnumConnections **connections );

#endif
