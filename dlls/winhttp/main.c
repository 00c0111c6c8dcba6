/* main - the module: its start, its end.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "auto/detected.h"
#include "auto/process.h"
#include "auto/script.h"
#include "com/module.h"
#include "handle.h"
#include "net/memory.h"
#include "net/pool.h"
#include "net/resolve.h"
#include "op/op.h"
#include "op/timer.h"
#include "op/worker.h"
#include "record.h"
#include "websocket.h"

#include "wine/debug.h"

WINE_DECLARE_DEBUG_CHANNEL(winediag);

static BOOL attach( HINSTANCE instance )
{
    NTSTATUS status;

    DisableThreadLibraryCalls( instance );
    if ((status = net_module_init()))
    {
        ERR_(winediag)( "winhttp.so was not found, or does not fit this Wine (status %#lx): "
                        "install both files of the package\n", status );
        return FALSE;
    }
    record_init();
    return memory_init() && op_module_init() && worker_init( instance );
}

BOOL WINAPI DllMain( HINSTANCE instance, DWORD reason, void *reserved )
{
    switch (reason)
    {
    case DLL_PROCESS_ATTACH:
        return attach( instance );
    case DLL_PROCESS_DETACH:
        /* at the end of the process the other threads are gone, wherever they stood */
        if (reserved) break;
        com_module_free( instance );
        process_free();
        script_free();
        detected_free();
        pool_clear();
        ws_send_free();
        worker_free();
        op_module_free();
        timer_free();
        handle_free();
        memory_end();
        break;
    }
    return TRUE;
}
