"""What goes wrong in a sign-in: the exact sentence, the SQLSTATE, and a settings file that is not touched."""

import signal
import socket
import stat
import subprocess
import sys
import threading

import pytest

from signing_in import CONSENT, PROGRAM, connect


def browser(tmp_path, program):
    """A BROWSER that runs a Python program with the authorization URL."""
    file = tmp_path / "browser.py"
    file.write_text(program)
    return {"BROWSER": f"{sys.executable} {file} %s"}


def test_login_denied(place, people):
    answer = connect(place, people, environment={"LATCHKEY_CONSENT": "deny"})
    assert answer.startswith("28000 "), answer
    assert "access_denied" in answer
    assert not place.settings.exists()


def test_favicon_first_and_wrong_state_then_the_right_one(place, people, tmp_path):
    """The favicon first, a wrong state with a code, a wrong state with an error, HEAD; then the person."""
    noise = f"""
import subprocess, sys, urllib.error, urllib.request
def ask(path, method="GET"):
    try:
        urllib.request.urlopen(urllib.request.Request("{place.callback}" + path, method=method), timeout=10)
    except urllib.error.HTTPError:
        pass
ask("/favicon.ico")
ask("/?code=forged&state=forged")
ask("/?error=access_denied&state=forged")
ask("/?code=forged")
ask("/", "HEAD")
sys.exit(subprocess.call([sys.executable, {CONSENT!r}, sys.argv[1]]))
"""
    assert connect(place, people, environment=browser(tmp_path, noise)) == "2"
    assert people.count("token:authorization_code") == 1


def test_port_in_use(place, people):
    with socket.create_server(("127.0.0.1", place.callback_port)):
        answer = connect(place, people)
    assert str(place.callback_port) in answer and "CallbackURL" in answer, answer
    assert people.count("/oauth2/authorize") == 0


def test_no_answer_until_the_deadline(place, people, tmp_path):
    answer = connect(place, people, environment=browser(tmp_path, ""), OAuthLoginTimeout="1")
    assert answer.startswith("HYT00 "), answer
    assert place.callback in answer
    assert not place.settings.exists()


def test_the_login_timeout_of_the_program_ends_the_wait(place, people, tmp_path):
    answer = connect(place, people, login_timeout=1, environment=browser(tmp_path, ""))
    assert answer.startswith("HYT00 "), answer


def test_a_machine_without_a_browser_is_told_the_url_and_the_next_step_at_once(place, people):
    answer = connect(place, people, environment={"BROWSER": ""})
    assert answer.startswith("28000 "), answer
    assert f"{people.url}/oauth2/authorize?" in answer and "OAuthVerifier" in answer, answer
    # The URL is whole: somebody signs in at it, and what the browser ends at opens the connection.
    url = next(word for word in answer.split() if word.startswith(people.url))
    redirected = subprocess.run([sys.executable, CONSENT, "--print", url], capture_output=True, text=True, timeout=60)
    assert connect(place, people, InitiateOAuth="REFRESH", OAuthVerifier=redirected.stdout.strip()) == "2"


def test_a_settings_file_with_one_flipped_byte_is_refused_and_not_touched(place, people):
    assert connect(place, people) == "2"
    good = place.settings.read_bytes()
    assert stat.S_IMODE(place.settings.stat().st_mode) == 0o600
    bad = bytearray(good)
    bad[-20] ^= 1
    place.settings.write_bytes(bad)
    people.control("reset-counts")
    answer = connect(place, people)
    assert answer.startswith("HY000 ") and str(place.settings) in answer and "damaged" in answer, answer
    assert place.settings.read_bytes() == bytes(bad)
    assert people.count("/oauth2/authorize") == 0
    place.settings.write_bytes(good)
    assert connect(place, people) == "2"


def test_a_wrong_app_key_says_what_the_browser_showed(place, people, tmp_path):
    answer = connect(
        place, people, environment=browser(tmp_path, ""), OAuthClientId="wrong", OAuthLoginTimeout="1"
    )
    assert answer.startswith("HYT00 ") and "registered" in answer, answer


def test_no_network_says_which_host_cannot_be_reached(place, people):
    assert connect(place, people) == "2"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
        answer = connect(place, people, DropboxAPIURL=dead, DropboxContentURL=dead)
    assert answer.startswith("08S01 ") and "127.0.0.1" in answer, answer


def test_off_uses_the_callers_token_and_says_when_it_is_refused(place, people):
    token = people.control("login", client_id="simulatorappkey")["access_token"]
    off = {"InitiateOAuth": "OFF"}
    assert connect(place, people, OAuthAccessToken=token, **off) == "2"
    people.control("expire")
    answer = connect(place, people, OAuthAccessToken=token, **off)
    assert "InitiateOAuth" in answer and token not in answer, answer
    assert "OAuthAccessToken" in connect(place, people, **off)
    assert not place.settings.exists()


def test_a_verifier_from_another_machine_and_the_procedures(place, people):
    """GetOAuthAuthorizationURL here, the browser elsewhere, the redirected URL pasted as OAuthVerifier."""
    program = """
import sys
import pyodbc
row = pyodbc.connect(sys.argv[1]).execute("{call GetOAuthAuthorizationURL(?)}", sys.argv[2]).fetchone()
print(row.URL)
"""
    off = place.connection_string(people, "dropbox:///people.json", InitiateOAuth="OFF")
    url = place.python(program, off, place.callback).stdout.strip()
    code = subprocess.run(
        [sys.executable, CONSENT, "--print", url], capture_output=True, text=True, timeout=60
    ).stdout.strip()
    refresh = {"InitiateOAuth": "REFRESH"}
    assert connect(place, people, OAuthVerifier=code, **refresh) == "2"
    people.control("reset-counts")
    # The spent verifier may stay in the string; and may be taken out.
    assert connect(place, people, OAuthVerifier=code, **refresh) == "2"
    assert connect(place, people, **refresh) == "2"
    assert people.count("/oauth2/token") == 0
    people.control("expire")
    assert connect(place, people, **refresh) == "2"
    assert people.count("token:refresh_token") == 1


def test_eight_processes_with_an_expired_token_make_one_refresh(place):
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    simulator = place.simulator("--rotate", "--access-token-lifetime", "3600")
    assert connect(place, simulator) == "2"
    # The token endpoint is slow enough for all eight to arrive before the first has its answer.
    simulator.control("expire")
    simulator.control("settings", latency_ms=500)
    simulator.control("reset-counts")
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(connect(place, simulator))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["2"] * 8
    assert simulator.count("token:refresh_token") == 1
    assert simulator.count("families_revoked") == 0
    assert simulator.count("/oauth2/authorize") == 0


def test_a_full_disk_costs_the_stored_token_and_the_log_but_not_the_query(place, people):
    program = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
{PROGRAM}"""
    string = place.connection_string(people, "dropbox:///people.json", Logfile="/dev/full")
    result = place.python(program, string)
    assert result.stdout.strip() == "2" and not result.stderr, result
    assert [file.name for file in place.folder.glob("OAuthSettings*") if file.suffix != ".lock"] == [], "a torn file stays"


def test_ctrl_c_while_waiting_for_the_browser_ends_the_program_and_leaves_nothing(place, people, tmp_path):
    string = place.connection_string(people, "dropbox:///people.json")
    process = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)\n" + PROGRAM, string],
        env=place.environment | browser(tmp_path, ""),
    )
    try:
        assert place.wait_for(lambda: listening(place.callback_port)), "the driver does not listen"
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(timeout=5) == -signal.SIGINT
    assert not place.settings.exists()
    # The next connection is not disturbed by what the first one left: it signs in.
    assert connect(place, people) == "2"


def listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_tls_with_an_authority_of_ones_own_needs_sslservercert(place):
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    authority = place.folder / "ca.pem"
    simulator = place.simulator("--tls-port", "0", "--ca-out", str(authority))
    over_tls = {
        "OAuthAccessTokenURL": f"{simulator.secure_url}/oauth2/token",
        "DropboxAPIURL": simulator.secure_url,
        "DropboxContentURL": simulator.secure_url,
    }
    answer = connect(place, simulator, **over_tls)
    assert answer.startswith("08001 ") and "SSLServerCert" in answer and "certificate" in answer, answer
    assert connect(place, simulator, SSLServerCert=authority, **over_tls) == "2"
    pem = authority.read_text()
    assert connect(place, simulator, SSLServerCert=pem, **over_tls) == "2"
    assert simulator.count("token:authorization_code") == 1


def test_a_token_refused_in_the_middle_is_replaced_and_a_revoked_one_says_what_to_do(place, people):
    assert connect(place, people) == "2"
    people.control("expire")
    people.control("reset-counts")
    assert connect(place, people) == "2"
    assert people.count("token:refresh_token") == 1
    people.control("revoke")
    people.control("expire")
    answer = connect(place, people, InitiateOAuth="REFRESH")
    assert answer.startswith("08S01 ") and "GETANDREFRESH" in answer, answer
    answer = connect(place, people, InitiateOAuth="REFRESH")
    assert answer.startswith("28000 ") and "GETANDREFRESH" in answer, answer
    assert connect(place, people) == "2", "GETANDREFRESH signs in anew"


def test_a_busy_server_is_asked_again_after_the_time_it_names(place, people):
    assert connect(place, people) == "2"
    people.control("faults", route="/2/files/download", times=2, kind="status", status=429, retry_after=1)
    people.control("faults", route="/2/files/get_metadata", times=1, kind="status", status=503)
    assert connect(place, people) == "2"


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_a_broken_download_is_resumed(place, people, kind):
    assert connect(place, people) == "2"
    people.control("faults", route="/2/files/download", times=1, kind=kind, after_bytes=5)
    assert connect(place, people) == "2"


def test_an_app_with_a_secret_and_one_with_a_wrong_secret(place, people):
    answer = connect(place, people, OAuthClientSecret="wrongwrongwrong")
    assert answer.startswith("28000 ") and "invalid_client" in answer and "OAuthClientSecret" in answer, answer
    assert "wrongwrongwrong" not in answer and not place.settings.exists()
    assert connect(place, people, OAuthClientSecret="simulatorappsecret") == "2"


def test_tokens_of_ones_own_seed_the_settings_file_and_newer_stored_ones_win(place, people):
    tokens = people.control("login", client_id="simulatorappkey")
    string = {
        "InitiateOAuth": "REFRESH",
        "OAuthAccessToken": tokens["access_token"],
        "OAuthRefreshToken": tokens["refresh_token"],
        # The control endpoint's tokens come from a sign-in with the secret.
        "OAuthClientSecret": "simulatorappsecret",
    }
    people.control("reset-counts")
    assert connect(place, people, **string) == "2"
    people.control("expire")
    assert connect(place, people, **string) == "2"
    refreshed = people.count("token:refresh_token")
    assert refreshed >= 1
    assert connect(place, people, **string) == "2"
    assert people.count("token:refresh_token") == refreshed, "the stored, newer token was not used"
    assert people.count("/oauth2/authorize") == 0
