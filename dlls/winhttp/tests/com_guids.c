/*
 * The GUIDs of the topics on the WinHttpRequest object that no import library has.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include <winsock2.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>

/* From here on a header that names a GUID defines it. */
#include <initguid.h>
#include "com.h"
#include "com_events.h"
