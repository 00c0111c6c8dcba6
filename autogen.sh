#!/bin/sh
# Makes ./configure from configure.ac when it is missing or old.
# Copyright 2026 the winhttp authors
# SPDX-License-Identifier: LGPL-2.1-or-later
set -e

top=$(cd "$(dirname "$0")" && pwd)
if [ -x "$top/configure" ] && [ ! "$top/configure.ac" -nt "$top/configure" ]; then
    exit 0
fi
if ! command -v autoconf >/dev/null 2>&1; then
    echo "autogen.sh: autoconf was not found. On Debian and Ubuntu: apt-get install autoconf" >&2
    exit 1
fi

# In a folder of its own: autoconf's cache stays out of the source tree, and a second
# autogen.sh at the same time sees either the old or the new configure, never half of one.
scratch=$(mktemp -d "$top/.autogen.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
(cd "$scratch" && autoconf -o configure "$top/configure.ac" && mv configure "$top/configure")
