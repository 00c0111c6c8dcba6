/* unixlib - how the PE half of a Wine DLL calls its Unix half.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; declares what Wine 8.0 to 10.0 provide. libwinecrt0 holds the handle, the
 *          dispatcher's pointer and __wine_init_unix_call; ntdll does the work.
 * Threads: any, once __wine_init_unix_call has succeeded; that one only from DllMain, on
 *          DLL_PROCESS_ATTACH.
 * Fails:   NTSTATUS. A Wine without Unix calls leaves __wine_init_unix_call failing, and
 *          WINE_UNIX_CALL must not be used then.
 *
 * libwine-dev does not install this header, so this is a text of our own with just what this
 * project needs; in a Wine tree, Wine's header of the same name comes first and says the same.
 */

#ifndef __WINE_WINE_UNIXLIB_H
#define __WINE_WINE_UNIXLIB_H

#include <stdarg.h>

#include "windef.h"
#include "winternl.h"

/* The loaded Unix half: what ntdll found when it was asked for the functions of our module. */
typedef UINT64 unixlib_handle_t;

#ifdef WINE_UNIX_LIB

/* One function of the Unix half: args is the params struct of that call. */
typedef NTSTATUS (*unixlib_entry_t)( void *args );

/* The two tables ntdll looks up by name in the .so: the second one serves 32-bit callers of a
 * 64-bit Unix half (the new WoW64). */
#define UNIXLIB_EXPORT __attribute__((visibility( "default" )))
extern UNIXLIB_EXPORT const unixlib_entry_t __wine_unix_call_funcs[];
extern UNIXLIB_EXPORT const unixlib_entry_t __wine_unix_call_wow64_funcs[];
#undef UNIXLIB_EXPORT

#else

#ifdef __cplusplus
extern "C" {
#endif

/* From libwinecrt0; filled by __wine_init_unix_call. */
extern unixlib_handle_t __wine_unixlib_handle;
extern NTSTATUS (WINAPI *__wine_unix_call_dispatcher)( unixlib_handle_t, unsigned int, void * );

/* Loads the Unix half that belongs to this module. STATUS_SUCCESS, STATUS_DLL_NOT_FOUND when there
 * is none, STATUS_ENTRYPOINT_NOT_FOUND on something that is not Wine. */
extern NTSTATUS WINAPI __wine_init_unix_call( void );

#ifdef __cplusplus
}
#endif

/* Calls function number code of the Unix half. A jump, not a system call: some nanoseconds. */
#define WINE_UNIX_CALL( code, args ) \
    __wine_unix_call_dispatcher( __wine_unixlib_handle, (code), (args) )

#endif /* WINE_UNIX_LIB */

#endif /* __WINE_WINE_UNIXLIB_H */
