#!/usr/bin/env bash
# Runs every suite and prints the totals. Exits non-zero on a failure, and on a suite that could not run.
#
# Installs what is missing with apt-get; Python and Node packages go into target/.
set -uo pipefail
. "$(dirname "$0")/common.sh"
need_build_tools
need valgrind valgrind
need faketime faketime
need zstd zstd
need readelf binutils
need chromium chromium
need chromedriver chromium-driver
need node nodejs
need npm npm
# The clients: Perl, PHP, R, Mono, Qt, C++, iODBC, LibreOffice; and Boost, which turbodbc is built with.
need g++ g++
need cmake cmake
need pkg-config pkg-config
need perl perl
need php php-cli
need Rscript r-base-core
need mcs mono-mcs
need mono mono-runtime
need iodbctest iodbc
need soffice libreoffice-base
need_packages libdbd-odbc-perl php-odbc r-cran-rodbc libmono-system-data4.0-cil python3-pyqt5.qtsql libqt5sql5-odbc \
    libreoffice-base-drivers libreoffice-calc python3-uno libboost-dev libuv1-dev libiodbc2

artifacts=$target/test-artifacts
rm -rf "$artifacts"
mkdir -p "$artifacts"
passed=0 failed=0
broken=()

# suite NAME COMMAND…: the command's output ends with the counts; no counts, or a failing exit, breaks the suite.
suite() {
    local name=$1 log=$artifacts/$1.log status=0 counts
    shift
    say "$name"
    "$@" 2>&1 | tee "$log" || status=$?
    counts=$(python3 packaging/counts.py "$log")
    set -- $counts
    passed=$((passed + $1))
    failed=$((failed + $2))
    if [ "$status" != 0 ] || [ "$2" != 0 ] || [ "$1" = 0 ]; then
        broken+=("$name")
    fi
}

# check NAME COMMAND…: counts as one test.
check() {
    local name=$1
    shift
    say "$name"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        broken+=("$name")
    fi
}

python_environment() {
    [ -x "$target/python/bin/python" ] || python3 -m venv "$target/python" ||
        { rm -rf "$target/python" && install_packages python3-venv && python3 -m venv "$target/python"; } || return
    "$target/python/bin/pip" install -q --disable-pip-version-check -r tests/requirements.txt
}

# installed FOLDER: whether the lock file that a folder was installed from is the one beside it.
installed() { cmp -s "$1/package-lock.json" "$1/node_modules/installed.json"; }

# The authorization servers of the OAuth suite: their packages, installed once per lock file, and our scripts beside them.
oauth_servers() {
    local folder=$target/oauth-servers
    mkdir -p "$folder" && cp tests/oauth/servers/{*.mjs,package.json,package-lock.json,.npmrc} "$folder" || return
    recent_node || return
    installed "$folder" && return
    (cd "$folder" && npm ci --silent) && cp "$folder/package-lock.json" "$folder/node_modules/installed.json"
}

# They need Node 20, and not every Debian has it: npm does.
recent_node() {
    node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && return
    local package=node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
    local binary=$target/node/node_modules/$package/bin
    [ -x "$binary/node" ] || npm install --silent --no-save --prefix "$target/node" "$package@20" || return
    PATH=$binary:$PATH
}

# Its own build step wants to download Node's headers; Node-API's are a package.
node_client() {
    local folder=$target/node-odbc modules=$target/node-odbc/node_modules
    mkdir -p "$folder" && cp tests/clients/node/{package.json,package-lock.json,.npmrc} tests/clients/programs/node.js "$folder" || return
    installed "$folder" && return
    (cd "$folder" && npm ci --silent --ignore-scripts) && mkdir -p "$modules/odbc/lib/bindings/napi-v8" &&
        g++ -std=c++17 -shared -fPIC -w -DNAPI_VERSION=8 -DNAPI_DISABLE_CPP_EXCEPTIONS \
            -I"$modules/node-addon-api" -I"$modules/node-api-headers/include" "$modules"/odbc/src/*.cpp -lodbc \
            -o "$modules/odbc/lib/bindings/napi-v8/odbc.node" &&
        cp "$folder/package-lock.json" "$modules/installed.json"
}

rust_client() {
    CARGO_TARGET_DIR=$target/odbc_api cargo build --locked --manifest-path tests/clients/odbc_api/Cargo.toml
}

# Without optimization: it takes minutes either way, once.
turbodbc_client() {
    local folder=$target/turbodbc requirements=tests/clients/turbodbc
    cat "$requirements"/*.txt | cmp -s - "$folder/installed.txt" && return
    rm -rf "$folder"
    python3 -m venv "$folder" &&
        "$folder/bin/pip" install -q --disable-pip-version-check -r "$requirements/build-requirements.txt" &&
        CFLAGS='-O0 -g0' "$folder/bin/pip" install -q --disable-pip-version-check --no-build-isolation --no-binary turbodbc \
            -r "$requirements/requirements.txt" &&
        cat "$requirements"/*.txt >"$folder/installed.txt"
}

# An application of this build's own, as the flow without any property needs it: that of the simulator.
export LATCHKEY_DROPBOX_APP_KEY=simulatorappkey

# Everything is built with the command's feature, so that nothing is built twice: the library takes nothing from it.
check build cargo build --locked --features command --lib --bin latchkey --example dropbox-simulator
export LATCHKEY_DRIVER=$target/debug/liblatchkey.so
export LATCHKEY_SIMULATOR=$target/debug/examples/dropbox-simulator
export LATCHKEY_TEST_ARTIFACTS=$artifacts
export LATCHKEY_OAUTH_SERVERS=$target/oauth-servers
export LATCHKEY_CLIENTS=$target

check format cargo fmt --check
suite rust cargo test --locked --features command --no-fail-fast
check clippy cargo clippy --locked --features command --all-targets -- -D warnings
check python-environment python_environment
check oauth-servers oauth_servers
check node-client node_client
check rust-client rust_client
check turbodbc-client turbodbc_client
suite simulator-strictness "$target/python/bin/python" tests/dropbox/check_strict.py
suite simulator-against-the-official-sdk "$target/python/bin/python" tests/dropbox/check_sdk.py
suite c-api "$target/python/bin/python" -m pytest -q -rfE -p no:cacheprovider tests/capi
suite command "$target/python/bin/python" -m pytest -q -rfE -p no:cacheprovider tests/command
# The canary is last: it reads what the suites before it left behind.
suite clients "$target/python/bin/python" -m pytest -q -rfE -p no:cacheprovider tests/dm tests/clients tests/oauth tests/canary

say "totals"
[ ${#broken[@]} = 0 ] || printf 'not passed: %s\n' "${broken[*]}"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ ${#broken[@]} = 0 ]
