#!/bin/sh
# Takes away what install.sh put there: the files, and the registration of the driver. Settings files and data sources stay.
#
#   uninstall.sh [PREFIX]    where it was installed; by default where this script is
set -eu

# forget FILE: takes the section of the driver out of an ini file.
forget() {
    [ -f "$1" ] || return 0
    awk '/^[ \t]*\[/ { inside = ($0 ~ /^[ \t]*\[Latchkey\]/) } !inside' "$1" >"$1.latchkey"
    # As it was, also if it is a link; and gone if nothing else was in it.
    cat "$1.latchkey" >"$1"
    rm "$1.latchkey"
    [ -s "$1" ] || [ -L "$1" ] || rm "$1"
}

if [ "${1:-}" = --registration-only ]; then
    forget "$3"
    exit
fi
prefix=${1:-$(cd "$(dirname "$0")/../.." && pwd)}
kept=$prefix/share/latchkey
[ -f "$kept/manifest" ] || { echo "error: $kept/manifest is missing: Latchkey is not installed in $prefix" >&2; exit 1; }

if [ "$(cat "$kept/scope")" = user ]; then
    forget "$HOME/.odbcinst.ini"
elif command -v odbcinst >/dev/null; then
    # Only what leads to this copy.
    if odbcinst -q -d -n Latchkey 2>/dev/null | grep -qF "$prefix/lib/"; then
        odbcinst -u -d -n Latchkey >/dev/null
    fi
else
    forget /etc/odbcinst.ini
fi
files=$(cat "$kept/manifest")
# Those that install.sh made, the innermost first, and only when nothing else is in them.
folders=$(sort -ru "$kept/folders")
printf '%s\n' "$files" | while IFS= read -r file; do rm -f "$file"; done
printf '%s\n' "$folders" | while IFS= read -r folder; do
    [ -z "$folder" ] || rmdir "$folder" 2>/dev/null || true
done
[ -z "$(command -v ldconfig)" ] || [ "$(id -u)" != 0 ] || ldconfig
echo "Latchkey is taken away from $prefix"
