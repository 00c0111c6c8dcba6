/* detect - where the network says that its proxy script is.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/detect.h"

#include "winhttp.h"

DWORD auto_detect( DWORD flags, HANDLE cancel, WCHAR **url )
{
    (void)flags;
    (void)cancel;
    (void)url;
    return ERROR_WINHTTP_AUTODETECTION_FAILED;
}
