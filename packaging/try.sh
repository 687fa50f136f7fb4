#!/usr/bin/env bash
# The quick start: builds the driver, signs in to (simulated) Dropbox through a browser, and shows rows in isql.
#
#   ./packaging/try.sh              simulated Dropbox
#   DROPBOX_APP_KEY=… [DROPBOX_APP_SECRET=…] [DROPBOX_URI=dropbox:///folder/] ./packaging/try.sh   the real one
#   LATCHKEY_PROFILE=release        the build for use (slower to make); by default the quick one
#
# Everything it writes is in target/ (or $CARGO_TARGET_DIR): the driver is registered in a private odbcinst.ini.
set -euo pipefail
. "$(dirname "$0")/common.sh"
need_build_tools

profile=${LATCHKEY_PROFILE:-dev}
built=$target/$([ "$profile" = dev ] && echo debug || echo "$profile")
say "building (profile $profile; the first build takes minutes)"
cargo build --locked --profile "$profile" --lib --example dropbox-simulator

mkdir -p "$target"
work=$(mktemp -d "$target/try.XXXXXX")
simulator=
cleanup() {
    [ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
    [ -z "$simulator" ] || wait "$simulator" 2>/dev/null || true
}
trap cleanup EXIT
trap 'exit 130' INT TERM
register "$work" "$built/liblatchkey.so"

string="Driver={Latchkey};InitiateOAuth=GETANDREFRESH;OAuthSettingsLocation={$work/OAuthSettings.txt};"
if [ -n "${DROPBOX_APP_KEY:-}" ]; then
    uri=${DROPBOX_URI:-dropbox:///}
    string+="URI={$uri};OAuthClientId={$DROPBOX_APP_KEY};"
    secret=${DROPBOX_APP_SECRET:+OAuthClientSecret=\{$DROPBOX_APP_SECRET\};}
    table=$(python3 -c 'import sys; u = sys.argv[1].split("://", 1)[1].strip("/").split("/"); u = u[:-1] if "*" in u[-1] else u; print(u[-1].split(".")[0] or "json")' "$uri")
    queries="SELECT count(*) AS rows FROM [$table]
SELECT * FROM [$table] LIMIT 5"
    say "signing in to Dropbox: the app must have the redirect URI http://localhost:33333 registered exactly so"
else
    say "starting the Dropbox simulator"
    mkfifo "$work/ready"
    "$built/examples/dropbox-simulator" --root tests/dropbox/documents --port 0 >"$work/ready" &
    simulator=$!
    read -r -t 30 ready <"$work/ready" || fail "the simulator did not start"
    url=$(printf '%s' "$ready" | python3 -c 'import json, sys; print(json.load(sys.stdin)["http"])')
    string+="URI={dropbox:///people.json};OAuthClientId=simulatorappkey;"
    string+="OAuthAuthorizationURL=$url/oauth2/authorize;OAuthAccessTokenURL=$url/oauth2/token;"
    string+="DropboxAPIURL=$url;DropboxContentURL=$url;"
    secret=
    queries="SELECT name, born, address.city FROM people WHERE active ORDER BY born LIMIT 5
SELECT address.country, count(*) AS people FROM people GROUP BY address.country ORDER BY people DESC, 1"
    if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${BROWSER:-}" ]; then
        say "no display here: a small script answers the consent page instead of you"
        export BROWSER="python3 $root/tests/dropbox/consent.py %s"
    else
        say "your browser opens: sign in as ada@example.com with any password, and allow access"
    fi
fi

# Through a DSN, because isql cuts long connection strings.
{
    printf '[LatchkeyTry]\n'
    printf '%s' "$string$secret" | python3 -c '
import re, sys
for key, braced, plain in re.findall(r"([^=;]+)=(?:\{((?:[^}]|\}\})*)\}|([^;]*));", sys.stdin.read()):
    print(f"{key}={braced or plain}" if key != "Driver" else "Driver=Latchkey")'
} >"$work/odbc.ini"
chmod 600 "$work/odbc.ini"

ask() { printf '%s\n' "$1" | isql LatchkeyTry -b -v; }
say "first connection: sign in, then two queries and a procedure"
ask "$queries"
ask "EXEC GetOAuthAuthorizationURL CallbackURL='http://localhost:33333'" | cut -c1-200

counts() { python3 -c 'import json, sys, urllib.request as u; c = json.load(u.urlopen(sys.argv[1] + "/control/counts")); print(c.get("/oauth2/authorize", 0), c.get("/oauth2/token", 0))' "$url"; }
[ -z "$simulator" ] || before=$(counts)
say "second connection: the stored token, no login"
ask "${queries%%$'\n'*}"
if [ -n "$simulator" ]; then
    [ "$before" = "$(counts)" ] || fail "the second connection went to the authorization server"
    say "it made no request to /authorize and none to /token"
fi

say "the connection string for your own tools (driver registered in $work):"
printf 'export ODBCSYSINI=%s ODBCINI=%s/odbc.ini\n%s\n' "$work" "$work" "$string"
[ -z "$simulator" ] || printf '(The simulator ends with this script. With DROPBOX_APP_KEY set, the same runs against the real Dropbox.)\n'
