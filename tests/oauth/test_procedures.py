"""RevokeOAuthAccessToken and GetOAuthStatus, called as an application calls them."""

import json
import re
import urllib.error
import urllib.request

import pytest

# Runs each statement of the JSON array in the second argument on one connection; prints rows or the error of each.
# The columns whose purpose is to hold a token are left out, because what is printed is searched for tokens.
PROGRAM = """
import json, sys
import pyodbc
pyodbc.pooling = False
def show(answer):
    print(json.dumps(answer, default=str))
try:
    connection = pyodbc.connect(sys.argv[1], autocommit=True)
except pyodbc.Error as error:
    show(["error", *error.args[:2]])
    sys.exit()
for sql, *values in json.loads(sys.argv[2]):
    try:
        cursor = connection.execute(sql, *values)
        names = [column[0] for column in cursor.description]
        row = zip(names, cursor.fetchone())
        show({name: value for name, value in row if not name.startswith("OAuth")})
    except pyodbc.Error as error:
        show(["error", *error.args[:2]])
"""

COUNT = ["SELECT count(*) AS people FROM people"]
STATUS = ["EXEC GetOAuthStatus"]
REVOKE = ["EXEC RevokeOAuthAccessToken"]
TWO = {"people": 2}
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


def application(place, simulator, *statements, **properties):
    """The answers to the statements, made on one connection."""
    # Every statement asks for a listing, and so whether the token still holds.
    given = {"OAuthRevokeURL": f"{simulator.url}/2/auth/token/revoke", "CacheTolerance": "0"} | properties
    string = place.connection_string(simulator, "dropbox:///people.json", **given)
    result = place.python(PROGRAM, string, json.dumps(statements))
    assert result.returncode == 0 and not result.stderr, result
    return [json.loads(line) for line in result.stdout.splitlines()]


def status(place, simulator, **properties):
    """The status as a connection sees it that can sign in nowhere."""
    return application(place, simulator, STATUS, **{"InitiateOAuth": "OFF"} | properties)[0]


def is_accepted(simulator, access_token):
    request = urllib.request.Request(
        f"{simulator.url}/2/check/user",
        b"{}",
        {"Authorization": f"Bearer {access_token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        assert error.code == 401, error
        return False


def access_tokens(simulator):
    return simulator.control("secrets")["access_tokens"]


def test_a_revoked_sign_in_is_refused_by_the_server_and_begins_anew_only_with_a_person(place, people):
    counted, revoked, stood = application(place, people, COUNT, REVOKE, STATUS)
    assert counted == TWO
    assert revoked["Revoked"] == "true" and str(place.settings) in revoked["Remarks"], revoked
    assert stood["State"].startswith("revoked or refused: ") and "RevokeOAuthAccessToken" in stood["State"], stood
    tokens = access_tokens(people)
    assert tokens and not any(is_accepted(people, token) for token in tokens)

    people.control("reset-counts")
    [refused] = application(place, people, COUNT, InitiateOAuth="REFRESH")
    assert refused[1] == "28000" and "revoked by RevokeOAuthAccessToken" in refused[2], refused
    assert "GETANDREFRESH" in refused[2] and "GetOAuthAuthorizationURL" in refused[2], refused
    assert people.count("/oauth2/token") == 0, "a revoked token was sent"

    assert application(place, people, COUNT) == [TWO], "GETANDREFRESH signs in anew"
    assert people.count("token:authorization_code:granted") == 1
    assert status(place, people)["State"] == "signed in"


def test_the_siblings_of_a_revoked_token_die_with_it(place, people):
    application(place, people, COUNT, ["EXEC RefreshOAuthAccessToken"])
    first, second = access_tokens(people)
    assert is_accepted(people, first) and is_accepted(people, second)
    assert application(place, people, REVOKE)[0]["Revoked"] == "true"
    assert not is_accepted(people, first) and not is_accepted(people, second)


def test_an_open_connection_learns_that_another_one_revoked_its_sign_in(place, people):
    assert application(place, people, COUNT) == [TWO]
    tokens = access_tokens(people)
    revoke = f'pyodbc.connect(sys.argv[1]).execute("{REVOKE[0]}").fetchone()'
    program = PROGRAM.replace("for sql,", f"connection.execute('SELECT * FROM people').fetchall()\n{revoke}\nfor sql,")
    string = place.connection_string(
        people,
        "dropbox:///people.json",
        InitiateOAuth="REFRESH",
        OAuthRevokeURL=f"{people.url}/2/auth/token/revoke",
        CacheTolerance="0",
    )
    result = place.python(program, string, json.dumps([STATUS, COUNT]))
    assert result.returncode == 0 and not result.stderr, result
    stood, refused = (json.loads(line) for line in result.stdout.splitlines())
    assert stood["State"].startswith("revoked or refused: "), stood
    assert refused[0] == "error" and "revoked by RevokeOAuthAccessToken" in refused[2], refused
    assert not any(is_accepted(people, token) for token in tokens)


def test_an_expired_access_token_is_refreshed_to_revoke_the_sign_in(place, people):
    assert application(place, people, COUNT) == [TWO]
    people.control("expire")
    people.control("reset-counts")
    [revoked] = application(place, people, REVOKE, InitiateOAuth="OFF")
    assert revoked["Revoked"] == "true", revoked
    assert people.count("token:refresh_token:granted") == 1
    assert people.count("/2/auth/token/revoke") == 2
    assert not any(is_accepted(people, token) for token in access_tokens(people))


def test_a_server_in_trouble_revokes_nothing_and_nothing_is_lost(place, people):
    assert application(place, people, COUNT) == [TWO]
    before = place.settings.read_bytes()
    route = "/2/auth/token/revoke"
    people.control("faults", route=route, times=3, kind="status", status=503, retry_after=0)
    [failed] = application(place, people, REVOKE)
    assert failed[0] == "error" and route in failed[2] and "kept" in failed[2], failed
    assert place.settings.read_bytes() == before
    people.control("faults", route=route, times=1, kind="status", status=503, retry_after=0)
    assert application(place, people, REVOKE)[0]["Revoked"] == "true"


@pytest.mark.parametrize(
    "call",
    [
        ["EXEC RevokeOAuthAccessToken OAuthAccessToken='{access}'"],
        ["EXEC RevokeOAuthAccessToken @OAuthRefreshToken='{refresh}'"],
        ["EXEC RevokeOAuthAccessToken '{access}'"],
        ["CALL RevokeOAuthAccessToken('{access}', '{refresh}')"],
        ["{{call RevokeOAuthAccessToken(?)}}", "{access}"],
        ["{{call RevokeOAuthAccessToken(?, ?)}}", None, "{refresh}"],
        ["EXEC RevokeOAuthAccessToken OAuthRefreshToken=?", "{refresh}"],
    ],
)
def test_given_tokens_are_revoked_instead_of_the_stored_ones(place, people, call):
    assert application(place, people, COUNT) == [TWO]
    [own] = access_tokens(people)
    tokens = people.control("login", client_id="simulatorappkey")
    words = {"access": tokens["access_token"], "refresh": tokens["refresh_token"]}
    call = [text and text.format(**words) for text in call]
    # The control endpoint's tokens come from a sign-in with the secret.
    [revoked] = application(place, people, call, OAuthClientSecret="simulatorappsecret")
    assert revoked["Revoked"] == "true" and "no stored sign-in" in revoked["Remarks"], revoked
    assert not is_accepted(people, tokens["access_token"]) and is_accepted(people, own)
    assert application(place, people, COUNT) == [TWO]


def test_off_revokes_the_token_of_the_connection(place, people):
    tokens = people.control("login", client_id="simulatorappkey")
    string = {"InitiateOAuth": "OFF", "OAuthAccessToken": tokens["access_token"], "OAuthClientId": ""}
    counted, stood, revoked, again, refused = application(place, people, COUNT, STATUS, REVOKE, REVOKE, COUNT, **string)
    assert counted == TWO
    assert stood["State"] == "managed by the caller" and stood["StoredIn"] is None, stood
    assert revoked["Revoked"] == "true", revoked
    assert again[1] == "28000" and "invalid_access_token" in again[2], again
    assert refused[0] == "error" and "OAuthAccessToken" in refused[2], refused
    assert not is_accepted(people, tokens["access_token"])
    assert not place.settings.exists()


def test_tokens_of_another_server_are_not_shown_to_the_provider(place, people):
    assert application(place, people, COUNT) == [TWO]
    [refused] = application(place, people, REVOKE, OAuthRevokeURL="")
    assert refused[0] == "error" and "OAuthRevokeURL" in refused[2], refused
    assert application(place, people, COUNT, InitiateOAuth="REFRESH") == [TWO]


def test_the_status_before_during_and_after_a_sign_in(place, people):
    before = status(place, people)
    assert before == {
        "Provider": "Dropbox",
        "Account": None,
        "ClientId": "simulatorappkey",
        "Scopes": "account_info.read files.metadata.read files.content.read",
        "State": "signed out",
        "ExpiresAt": None,
        "LastRefresh": None,
        "HasRefreshToken": "false",
        "StoredIn": str(place.settings),
        "ProtectedBy": "built-in key",
    }
    assert not place.settings.exists()

    people.control("settings", access_token_lifetime=2)
    [counted, during] = application(place, people, COUNT, STATUS)
    assert counted == TWO and during["State"] == "signed in" and during["HasRefreshToken"] == "true", during
    assert during["Account"].startswith("dbid:"), during
    assert INSTANT.fullmatch(during["LastRefresh"]) and INSTANT.fullmatch(during["ExpiresAt"]), during
    assert during["LastRefresh"] <= during["ExpiresAt"]

    people.control("reset-counts")
    assert place.wait_for(lambda: status(place, people)["State"] == "expired")
    assert not any(people.count(f"/oauth2/{path}") for path in ("token", "authorize")), "the status asked the server"

    assert application(place, people, REVOKE, InitiateOAuth="OFF")[0]["Revoked"] == "true"
    after = status(place, people)
    assert after["State"] == "revoked or refused: The sign-in was revoked by RevokeOAuthAccessToken"
    assert after["HasRefreshToken"] == "false" and after["ExpiresAt"] is None, after


def test_the_status_holds_no_token(place, people):
    answers = application(place, people, COUNT, STATUS, ["{call GetOAuthStatus}"], ["CALL GetOAuthStatus()"], ["SELECT * FROM sys_oauth"])
    assert answers[1] == answers[2] == answers[3]
    assert answers[4]["Account"] == answers[1]["Account"]
    people.control("revoke")
    people.control("expire")
    answers += application(place, people, STATUS, InitiateOAuth="OFF")
    secrets = people.control("secrets")
    known = [text for name in ("access_tokens", "refresh_tokens", "codes", "code_verifiers") for text in secrets[name]]
    assert known
    for secret in known:
        assert secret not in json.dumps(answers)
