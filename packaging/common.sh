# Shared by try.sh and test.sh: what they need from the machine, and where things are. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

say() { printf '\n== %s\n' "$*"; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# need COMMAND PACKAGE: installs a Debian package when a command is missing.
need() {
    command -v "$1" >/dev/null && return
    install_packages "$2"
    command -v "$1" >/dev/null || fail "$1 is still missing after installing $2"
}

# need_packages PACKAGE…: installs those Debian packages that bring no command of their own and are missing.
need_packages() {
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

install_packages() {
    command -v apt-get >/dev/null || fail "please install: $* (this script can do so only with apt-get)"
    local sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    say "installing $*"
    # Another package manager may be at work: wait for it, within reason.
    $sudo apt-get -o DPkg::Lock::Timeout=120 update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >/dev/null
}

need_build_tools() {
    command -v cargo >/dev/null || [ ! -f "$HOME/.cargo/env" ] || . "$HOME/.cargo/env"
    command -v cargo >/dev/null || fail "cargo is missing: install a stable Rust toolchain (1.94 or newer) first"
    need cc build-essential
    need isql unixodbc
    [ -e /usr/include/sql.h ] || install_packages unixodbc-dev
    need python3 python3
}

# register FOLDER LIBRARY: a private odbcinst.ini, so that nothing of the system's is touched.
register() {
    mkdir -p "$1"
    printf '[Latchkey]\nDescription=JSON documents behind OAuth 2.0\nDriver=%s\nThreading=0\n' "$2" >"$1/odbcinst.ini"
    : >"$1/odbc.ini"
    export ODBCSYSINI=$1 ODBCINI=$1/odbc.ini
}
