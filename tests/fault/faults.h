/* faults - maps the plan of faults into a Windows program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the mapping, for the life of the process.
 * Threads: faults_map before all others.
 * Fails:   NULL, and says why on standard error.
 */

#ifndef FAULT_FAULTS_H
#define FAULT_FAULTS_H

#include <windows.h>

#include "plan.h"

/* A Unix path as CreateFileW takes it; path has room for MAX_PATH. */
void unix_path( WCHAR *path, const char *name );

/* The plan in that file, whose path is in WINHTTP_FAULTS for the DLL. */
struct plan *faults_map( const char *name );

/* What is allocated and open in the Unix half (0), the Windows half (1); 0 without a plan. */
LONG faults_live( unsigned int half );

#endif
