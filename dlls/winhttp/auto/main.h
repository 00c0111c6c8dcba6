/* main - what a process does that was started to run a proxy script.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    its process.
 * Threads: regsvr32's.
 * Fails:   by ending; the program notices.
 *
 * The export is DllInstall, by which regsvr32 hands a command line to a DLL:
 *
 *     regsvr32 /s /n /i:pac,PIPE,PROCESS winhttp.dll
 *
 * with two handles that it was handed down: its end of the pipe, and the program that started it.
 */

#ifndef WINHTTP_AUTO_MAIN_H
#define WINHTTP_AUTO_MAIN_H

#define MAIN_COMMAND L"pac,%x,%x"

#endif
