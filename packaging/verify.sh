#!/usr/bin/env bash
# Installs each package into a fresh Debian, uses it there, upgrades it, takes it away, and looks for what it left behind.
#
#   sudo ./packaging/verify.sh [FOLDER]     after package.sh; a new Debian is made in FOLDER, by default target/fresh-root
#
# Needs root, and the network for Debian's packages. The .rpm is installed into the same Debian, by rpm from outside.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[ "$(id -u)" = 0 ] || fail "a chroot needs root: sudo $0 $*"
need debootstrap debootstrap
need rpm rpm

packages=$target/packages
fresh=${1:-$target/fresh-root}
machine=$(uname -m)
ls "$packages"/*.deb "$packages"/*.rpm "$packages"/*.tar.xz >/dev/null || fail "run packaging/package.sh first"
(cd "$packages" && sha256sum --quiet --check SHA256SUMS)

if [ ! -e "$fresh/usr/bin/isql" ]; then
    say "making a Debian in $fresh"
    debootstrap --variant=minbase --include=ca-certificates,unixodbc,odbcinst stable "$fresh" >/dev/null
    chroot "$fresh" useradd --create-home analyst
fi
work=$(mktemp -d "$fresh/root/packages.XXXXXX")
trap 'rm -rf "$work" "$fresh/home/analyst/people.json"' EXIT
inside=/root/$(basename "$work")
echo '[{"name": "Ada", "born": 1815}, {"name": "Grace", "born": 1906}]' >"$fresh/home/analyst/people.json"

# in_root COMMAND…: as root of the new Debian, or as its user.
in_root() { chroot "$fresh" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }
as_user() { chroot --userspec=analyst "$fresh" env -i PATH=/usr/bin:/bin HOME=/home/analyst LANG=C.UTF-8 "$@"; }

# everything: all files but isql's own, and what the registration of drivers says.
everything() {
    (cd "$fresh" && find etc usr opt home root -xdev ! -path "root/packages.*" ! -path home/analyst/people.json ! -path etc/ld.so.cache \
        ! -name .isql_history \
        -printf '%p %y %s\n' | sort)
    cat "$fresh/etc/odbcinst.ini" 2>/dev/null
}

# query WHO DRIVER: asks isql, through a data source of that driver.
query() {
    local answer
    printf '[People]\nDriver=%s\nURI=/home/analyst/people.json\n' "$2" >"$work/odbc.ini"
    chmod 755 "$work" "$fresh/root"
    answer=$(echo 'SELECT name FROM people WHERE born > 1900' | "$1" env ODBCINI="$inside/odbc.ini" isql People -b -d, 2>&1)
    [ "$answer" = Grace ] || fail "isql answered: $answer"
}

# registered COUNT: how often the driver counts as registered.
registered() {
    grep -A9 '^\[Latchkey\]' "$fresh/etc/odbcinst.ini" | grep -qx "UsageCount=$1" ||
        fail "the driver should be registered $1 time: $(cat "$fresh/etc/odbcinst.ini")"
}

# nothing_left WHAT: everything is as it was before.
nothing_left() {
    diff <(printf '%s\n' "$before") <(everything) || fail "$1 left something behind"
    printf '%s: installed, used, taken away; nothing is left\n' "$1"
}

# Another make of the same packages, to upgrade to.
say "making packages to upgrade to"
LATCHKEY_REVISION=2 "$root/packaging/package.sh" "$work/newer" >/dev/null

# Every system of rpm's has these folders.
mkdir -p "$fresh"/usr/lib64/{cmake,pkgconfig}
before=$(everything)
cp "$packages"/*.deb "$work"
say "deb"
in_root dpkg -i "$inside/$(basename "$packages"/*.deb)" >/dev/null
registered 1
query in_root Latchkey
query as_user Latchkey
in_root dpkg -i "$inside/newer/$(basename "$work"/newer/*.deb)" >/dev/null
in_root dpkg -s latchkey | grep -q '^Version: .*-2$' || fail "the upgrade did not take place"
registered 1
query as_user Latchkey
in_root dpkg --remove latchkey >/dev/null
in_root dpkg --purge latchkey >/dev/null
nothing_left "the .deb"

say "rpm"
# The packages that it needs have other names here.
rpm --root "$fresh" --nodeps -i "$packages"/*.rpm
registered 1
query as_user Latchkey
rpm --root "$fresh" --nodeps -U "$work"/newer/*.rpm
registered 1
query as_user Latchkey
rpm --root "$fresh" --nodeps -e latchkey
rm -rf "$fresh/var/lib/rpm" "$fresh/usr/lib/sysimage/rpm"
nothing_left "the .rpm"

say "tarball, for everybody"
tar -C "$work" -xf "$packages"/*.tar.xz
unpacked=$inside/$(basename "$work"/latchkey-*-linux)
in_root "$unpacked/install.sh"
query as_user Latchkey
# Again, as an upgrade is.
in_root "$unpacked/install.sh"
registered 1
query in_root Latchkey
in_root sh /usr/local/share/latchkey/uninstall.sh
nothing_left "the tarball"

say "tarball, for one user"
as_user "$unpacked/install.sh"
query as_user /home/analyst/.local/lib/liblatchkey.so
grep -q '^\[Latchkey\]' "$fresh/home/analyst/.odbcinst.ini" || fail "iODBC was not told"
as_user sh /home/analyst/.local/share/latchkey/uninstall.sh
rmdir "$fresh/home/analyst/.local" 2>/dev/null || true
nothing_left "the tarball of one user"
