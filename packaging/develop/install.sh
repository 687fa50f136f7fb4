#!/usr/bin/env bash
# Installs what a C or C++ program is built with: the library, the header, a pkg-config file and a CMake package.
#
#   install.sh LIBRARY PREFIX [LIBDIR]    LIBDIR is lib below PREFIX, or such as lib/x86_64-linux-gnu
#
# PREFIX may be moved afterwards, and may be a package's staging folder.
set -euo pipefail

[ $# = 2 ] || [ $# = 3 ] || {
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
library=$1 prefix=$2 libdir=${3:-lib}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
templates=$root/packaging/develop
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -1)

# above FOLDER: the way from that folder below PREFIX up to PREFIX.
above() { printf '%s' "$1" | sed 's|[^/]\{1,\}|..|g'; }

# fill TEMPLATE FOLDER: writes a template into a folder below PREFIX.
fill() {
    mkdir -p "$prefix/$2"
    sed -e "s|@VERSION@|$version|" -e "s|@INCLUDEDIR@|$(above "$2")/include|" "$templates/$1" >"$prefix/$2/${1%.in}"
}

install -D -m 755 "$library" "$prefix/$libdir/liblatchkey.so"
install -D -m 644 "$root/include/latchkey.h" "$prefix/include/latchkey.h"
fill latchkey.pc.in "$libdir/pkgconfig"
fill latchkey-config.cmake.in "$libdir/cmake/latchkey"
fill latchkey-config-version.cmake.in "$libdir/cmake/latchkey"
