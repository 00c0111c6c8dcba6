@echo off
rem Runs the conformance tests of winhttp.dll and writes a log.
rem Copyright 2026 the winhttp authors
rem SPDX-License-Identifier: LGPL-2.1-or-later
rem
rem     run-tests.cmd [TOPIC...]        default: all topics
rem
rem Exit status: 0 when every check held. A window of its own waits for a key at the end, unless the
rem environment variable CI is set.
setlocal
cd /d "%~dp0"
set log=winhttp-tests.log
set failed=0

rem A double click opens a window that ends with this script: then it waits for a key.
set wait=
echo %cmdcmdline% | find /i "%~f0" > nul && if not defined CI set wait=1

if not exist winhttp_test.exe (
    echo winhttp_test.exe is not in %CD%: please unpack the whole archive.
    if defined wait pause
    exit /b 2
)
echo. 2> nul > %log%
if not exist %log% (
    echo %CD%\%log% cannot be written: please unpack the archive elsewhere.
    if defined wait pause
    exit /b 2
)

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
if defined wait pause
exit /b %failed%
