@echo off
rem Runs the conformance tests of winhttp.dll and writes a log.
rem Copyright 2026 the winhttp authors
rem SPDX-License-Identifier: LGPL-2.1-or-later
rem
rem     run-tests.cmd [TOPIC...]        default: all topics
rem
rem Exit status: 0 when every check held.
setlocal
cd /d "%~dp0"
set log=winhttp-tests.log
set failed=0

echo Tests of winhttp.dll, %PROCESSOR_ARCHITECTURE% > %log%
ver >> %log%
rem Which winhttp.dll this is; nobody listens on that port, so the call itself fails.
wscat.exe -v ws://127.0.0.1:1/ >> %log% 2>&1

if not "%~1"=="" goto next
echo Running all topics; this takes some minutes.
winhttp_test.exe all >> %log% 2>&1
if errorlevel 1 set failed=1
goto done

:next
if "%~1"=="" goto done
echo %1
echo ---- %1 >> %log%
winhttp_test.exe %1 >> %log% 2>&1
if errorlevel 1 set failed=1
shift
goto next

:done
if %failed%==0 (echo All checks held.) else (echo Some checks failed.)
echo exit status %failed% >> %log%
echo The log is %CD%\%log%
exit /b %failed%
