#!/bin/sh
# Installs Latchkey from the folder this script is in, and registers the driver.
#
#   ./install.sh [--system | --user] [--prefix FOLDER]
#
# --system (as root by default): into /usr/local, registered for everybody.
# --user (otherwise): into ~/.local. iODBC finds the driver by name in ~/.odbcinst.ini; unixODBC has no drivers of one
# user, so its data sources name the library's path.
# uninstall.sh, which is put beside the documentation, takes away what this put there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
scope=user
[ "$(id -u)" != 0 ] || scope=system
prefix=
while [ $# -gt 0 ]; do
    case $1 in
    --system) scope=system ;;
    --user) scope=user ;;
    --prefix) shift; prefix=${1:?--prefix needs a folder} ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift
done
[ -n "$prefix" ] || { [ $scope = system ] && prefix=/usr/local || prefix=$HOME/.local; }
mkdir -p "$prefix" || { echo "error: $prefix cannot be made; choose another folder by --prefix, or --user" >&2; exit 1; }
prefix=$(cd "$prefix" && pwd)
kept=$prefix/share/latchkey
library=$prefix/lib/liblatchkey.so

# The folders that are made now, beside those of an earlier installation: only they go with the files.
touched=$(cd "$here/files" && find . -type d | sed "s|^\.|$prefix|"; printf '%s\n' "$prefix/share" "$kept")
made=$(printf '%s\n' "$touched" | while IFS= read -r folder; do [ -d "$folder" ] || printf '%s\n' "$folder"; done)
mkdir -p "$kept"
printf '%s\n' "$made" >>"$kept/folders"
# Written before anything is copied, so that a copy that breaks off can be taken away, too.
(cd "$here/files" && find . -type f) | sed "s|^\.|$prefix|" >"$kept/manifest"
printf '%s\n' "$kept/odbcinst.ini" "$kept/uninstall.sh" "$kept/scope" "$kept/folders" "$kept/manifest" >>"$kept/manifest"
cp -R "$here/files/." "$prefix/"
cp "$here/uninstall.sh" "$kept/uninstall.sh"
printf '%s\n' "$scope" >"$kept/scope"
sed "s|@LIBRARY@|$library|" "$here/odbcinst.ini.in" >"$kept/odbcinst.ini"

if [ $scope = system ]; then
    [ -z "$(command -v ldconfig)" ] || ldconfig
    if command -v odbcinst >/dev/null; then
        # The name may lead to another copy; odbcinst counts, and would keep that one.
        odbcinst -q -d -n Latchkey >/dev/null 2>&1 && odbcinst -u -d -n Latchkey >/dev/null
        odbcinst -i -d -f "$kept/odbcinst.ini" >/dev/null
        echo "registered for unixODBC: $(odbcinst -j | sed -n 's/^DRIVERS\.*: //p')"
    else
        sh "$kept/uninstall.sh" --registration-only "$prefix" /etc/odbcinst.ini
        cat "$kept/odbcinst.ini" >>/etc/odbcinst.ini
        echo "registered in /etc/odbcinst.ini (there is no odbcinst here)"
    fi
else
    sh "$kept/uninstall.sh" --registration-only "$prefix" "$HOME/.odbcinst.ini"
    cat "$kept/odbcinst.ini" >>"$HOME/.odbcinst.ini"
    echo "registered for iODBC: $HOME/.odbcinst.ini"
    echo "with unixODBC, write the path where a data source or connection string names its driver: Driver=$library"
fi
echo "installed in $prefix; to take it away: sh $kept/uninstall.sh"
