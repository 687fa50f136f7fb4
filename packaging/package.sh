#!/usr/bin/env bash
# Builds the packages: .deb, .rpm and a tarball, with a list of what is in the library (CycloneDX) and SHA-256 sums.
#
#   ./packaging/package.sh [FOLDER]     target/packages by default
#   LATCHKEY_LIBRARY=FILE               of a library that is built already, such as the quick one of test.sh
#   LATCHKEY_REVISION=2                 of another make of the same version
set -euo pipefail
. "$(dirname "$0")/common.sh"
need_build_tools
need dpkg-deb dpkg
need rpmbuild rpm

out=${1:-$target/packages}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
revision=${LATCHKEY_REVISION:-1}
machine=$(uname -m)
multiarch=$(cc -dumpmachine)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

built=${LATCHKEY_LIBRARY:-}
if [ -z "$built" ]; then
    say "building (the first time takes a quarter of an hour)"
    cargo build --locked --release --lib
    built=$target/release/liblatchkey.so
fi
library=$work/liblatchkey.so
strip --strip-unneeded -o "$library" "$built"
glibc=$(objdump -T "$library" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -1 | cut -d_ -f2)

# stage FOLDER LIBDIR: what is below the prefix, wherever that is.
stage() {
    ./packaging/develop/install.sh "$library" "$1" "$2"
    install -D -m 644 -t "$1/share/doc/latchkey" README.md docs/*.md packaging/share/odbc.ini
    install -D -m 644 LICENSE "$1/share/doc/latchkey/copyright"
}

# registration LIBRARY FILE
registration() {
    mkdir -p "$(dirname "$2")"
    sed "s|@LIBRARY@|$1|" packaging/share/odbcinst.ini.in >"$2"
}

# A clean build of the same sources makes the same packages.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
rm -rf "$out"
mkdir -p "$out"

say "deb"
deb=$work/deb
stage "$deb/usr" "lib/$multiarch"
registration "/usr/lib/$multiarch/liblatchkey.so" "$deb/usr/share/latchkey/odbcinst.ini"
mkdir "$deb/DEBIAN"
sed -e "s|@VERSION@|$version-$revision|" -e "s|@ARCHITECTURE@|$(dpkg --print-architecture)|" -e "s|@GLIBC@|$glibc|" \
    -e "s|@INSTALLED_SIZE@|$(du -sk "$deb/usr" | cut -f1)|" packaging/deb/control.in >"$deb/DEBIAN/control"
install -m 755 packaging/deb/postinst packaging/deb/prerm "$deb/DEBIAN"
install -m 644 packaging/deb/triggers "$deb/DEBIAN"
(cd "$deb" && find usr -type f -exec md5sum {} +) >"$deb/DEBIAN/md5sums"
dpkg-deb --root-owner-group -Zxz -z6 --build "$deb" "$out/latchkey_${version}-${revision}_$(dpkg --print-architecture).deb" >/dev/null

say "rpm"
rpm=$work/rpm
stage "$rpm/usr" lib64
registration /usr/lib64/liblatchkey.so "$rpm/usr/share/latchkey/odbcinst.ini"
# Its files, and the folders that are its own.
files=$(cd "$rpm" && find . -type f -printf '/%P\n' -o -type d -name latchkey -printf '%%dir /%P\n' | sort)
awk -v version="$version" -v revision="$revision" -v stage="$rpm" -v files="$files" \
    '{ gsub("@VERSION@", version); gsub("@REVISION@", revision); gsub("@STAGE@", stage); if ($0 == "@FILES@") print files; else print }' \
    packaging/rpm/latchkey.spec.in >"$work/latchkey.spec"
rpmbuild --quiet -bb --define "_topdir $work/rpmbuild" --define "_rpmdir $out" \
    --define '_rpmfilename latchkey-%{VERSION}-%{RELEASE}.%{ARCH}.rpm' "$work/latchkey.spec"

say "tarball"
name=latchkey-$version-$machine-linux
mkdir "$work/$name"
stage "$work/$name/files" lib
cp packaging/tarball/install.sh packaging/tarball/uninstall.sh packaging/share/odbcinst.ini.in README.md LICENSE "$work/$name"
tar -C "$work" --sort=name --owner=0 --group=0 --mtime="@$SOURCE_DATE_EPOCH" -cJf "$out/$name.tar.xz" "$name"

say "what is in the library"
command -v cargo-cyclonedx >/dev/null || cargo install --quiet --locked cargo-cyclonedx
cargo cyclonedx --format json --spec-version 1.5 --target "$machine-unknown-linux-gnu" --override-filename latchkey-sbom >/dev/null
mv latchkey-sbom.json "$out/latchkey-$version.cdx.json"

(cd "$out" && sha256sum -- *.deb *.rpm *.tar.xz *.json >SHA256SUMS)
say "packages in $out, for glibc $glibc or newer"
ls -l "$out"
