"""Attacks and accidents around a sign-in, from outside: strangers at the callback, a hostile server, odd browsers.

In every test the person signs in afterwards as if nothing had happened, or the error says what did.
"""

import json
import re
import socket
import stat
import sys
import threading

import pytest

from signing_in import CONSENT, connect

# What a hostile program in the place of the browser has at hand; `state` is the right one, so that nothing but the
# attack itself can be the reason for a refusal.
TOOLS = """
import http.client, json, pathlib, re, socket, ssl, subprocess, sys, urllib.parse

URL = sys.argv[1]
QUERY = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(URL).query))
STATE = QUERY["state"]
CALLBACK = urllib.parse.urlsplit(QUERY["redirect_uri"])
PORT = CALLBACK.port
PATH = CALLBACK.path or "/"

def send(request):
    "Sends bytes to the callback and returns all that comes back."
    with socket.create_connection(("127.0.0.1", PORT), timeout=20) as stream:
        stream.sendall(request)
        answer = b""
        try:
            while chunk := stream.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
        return answer

def get(query, host=None):
    host = f"localhost:{PORT}" if host is None else host
    return send(f"GET {PATH}?{query} HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n".encode())

def post(body):
    head = f"POST {PATH} HTTP/1.1\\r\\nHost: localhost:{PORT}\\r\\nContent-Length: {len(body)}\\r\\n"
    return send((head + "Content-Type: application/x-www-form-urlencoded\\r\\n\\r\\n" + body).encode())

def expect(answer, status):
    if not answer.startswith(f"HTTP/1.1 {status} ".encode()):
        report(f"expected {status}, got {answer[:200]!r}")

def report(text):
    with open(REPORT, "a") as file:
        file.write(text + "\\n")

def consent():
    code = subprocess.call([sys.executable, CONSENT, URL])
    report("signed in" if code == 0 else f"consent.py: {code}")
"""


def attack(place, program):
    """A BROWSER that runs this program, and a function that reads what it reported."""
    file, report = place.folder / "attacker.py", place.folder / "report.txt"
    file.write_text(f"REPORT, CONSENT = {str(report)!r}, {CONSENT!r}\n{TOOLS}\n{program}")
    return {"BROWSER": f"{sys.executable} {file} %s"}, report


def survives(place, simulator, program, **properties):
    """The sign-in that follows the attack works, with the person's code and no other."""
    environment, report = attack(place, f"{program}\nconsent()\n")
    assert connect(place, simulator, environment, **properties) == "2"
    assert place.wait_for(lambda: report.exists() and "signed in" in report.read_text(), 10), "the page never came"
    assert report.read_text() == "signed in\n"
    assert simulator.count("token:authorization_code") == 1


def log_of(place):
    return place.log.read_text(encoding="utf-8", errors="replace")


# Strangers at the callback.


def test_duplicate_parameters_are_not_used(place, people):
    survives(
        place,
        people,
        """
for query in (f"code=a&code=b&state={STATE}", f"code=a&state={STATE}&state={STATE}", f"code=a&state={STATE}&state=x",
              f"code=a&error=b&state={STATE}", f"error=a&error=b&state={STATE}",
              f"code=a&iss=x&iss=y&state={STATE}", f"code=a&error_description=x&error_description=y&state={STATE}"):
    expect(get(query), 400)
    expect(post(query), 400)
""",
    )


def test_a_form_post_with_a_wrong_state_is_not_used(place, people):
    survives(
        place,
        people,
        """
for body in ("code=forged&state=forged", "error=access_denied&state=forged", "code=forged", "",
             f"code=forged&state={STATE[:-1]}", f"code=forged&state={STATE}x"):
    expect(post(body), 400)
# A state in the URL does not vouch for a body.
body = "code=forged&state=forged"
head = f"POST {PATH}?state={STATE} HTTP/1.1\\r\\nHost: localhost:{PORT}\\r\\nContent-Length: {len(body)}\\r\\n"
expect(send((head + "Content-Type: application/x-www-form-urlencoded\\r\\n\\r\\n" + body).encode()), 400)
""",
    )


def test_head_and_other_methods_do_not_end_the_login(place, people):
    survives(
        place,
        people,
        """
for method, status in (("HEAD", 200), ("OPTIONS", 204), ("PUT", 405), ("DELETE", 405), ("TRACE", 405), ("BREW", 405)):
    line = f"{method} {PATH}?code=forged&state={STATE} HTTP/1.1\\r\\nHost: localhost:{PORT}\\r\\n\\r\\n"
    expect(send(line.encode()), status)
""",
    )


def test_an_oversized_request_is_refused(place, people):
    survives(
        place,
        people,
        """
expect(get("code=a&state=" + "x" * 100_000), 431)
expect(send(b"GET / HTTP/1.1\\r\\n" + b"A: b\\r\\n" * 5_000 + b"\\r\\n"), 431)
expect(post("code=a&state=" + "x" * 100_000), 431)
head = f"POST {PATH} HTTP/1.1\\r\\nHost: localhost:{PORT}\\r\\nContent-Length: 99999999999999999999999\\r\\n\\r\\n"
expect(send(head.encode()), 400)
""",
    )


def test_slow_requests_hold_nobody_up(place, people):
    """More silent connections than fit at once would be another attack; these come while the right one does."""
    survives(
        place,
        people,
        """
held = []
for first in (b"", b"G", b"GET / HTTP/1.1\\r\\nHost: loc", b"POST / HTTP/1.1\\r\\nContent-Length: 10\\r\\n\\r\\n1"):
    for _ in range(10):
        stream = socket.create_connection(("127.0.0.1", PORT), timeout=20)
        stream.sendall(first)
        held.append(stream)
""",
    )


def test_more_silent_connections_than_are_served_at_once_end_by_themselves(place, people):
    survives(
        place,
        people,
        """
held = [socket.create_connection(("127.0.0.1", PORT), timeout=20) for _ in range(100)]
for stream in held:
    stream.sendall(b"G")
""",
    )


def test_a_rebound_name_is_not_served(place, people):
    survives(
        place,
        people,
        """
for host in ("attacker.example", f"attacker.example:{PORT}", f"localhost.attacker.example:{PORT}",
             f"localhost:{PORT}.attacker.example", f"127.0.0.1.attacker.example:{PORT}", "localhost", "", "[::1]",
             f"localhost:{PORT + 1}", f"user@localhost:{PORT}", f"0.0.0.0:{PORT}"):
    expect(get(f"code=forged&state={STATE}", host), 403)
two = f"GET {PATH}?code=forged&state={STATE} HTTP/1.1\\r\\nHost: localhost:{PORT}\\r\\nHost: a.example\\r\\n\\r\\n"
expect(send(two.encode()), 400)
""",
    )


def test_a_tls_hello_on_the_plain_port_is_noticed(place, people):
    survives(
        place,
        people,
        """
try:
    ssl._create_unverified_context().wrap_socket(socket.create_connection(("127.0.0.1", PORT), timeout=20))
    report("a plain port spoke TLS")
except OSError:
    pass
""",
    )
    assert "TLS handshake arrived" in log_of(place)


def test_garbage_does_not_end_the_login(place, people):
    survives(
        place,
        people,
        """
import random
source = random.Random(4711)
expect(send(b"\\x00" * 64 + b"\\r\\n\\r\\n"), 400)
expect(send(b"SSH-2.0-OpenSSH_9.2\\r\\n\\r\\n"), 400)
for length in (1, 2, 100, 5_000):
    with socket.create_connection(("127.0.0.1", PORT), timeout=20) as stream:
        stream.sendall(bytes(source.randrange(256) for _ in range(length)))
expect(send(f"GET {PATH}?code=a%ff%00&state=%ff%00 HTTP/1.1\\r\\nHost: localhost:{PORT}\\r\\n\\r\\n".encode()), 400)
""",
    )


# The callback over TLS, and with a path.


def with_callback(place, url):
    place.callback = url
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    return place.simulator()


def test_a_callback_with_an_address_and_a_path(place):
    simulator = with_callback(place, f"http://127.0.0.1:{place.callback_port}/sign/in")
    survives(
        place,
        simulator,
        """
for path in ("/", "/sign", "/sign/in/", "/sign/../sign/in", "//sign/in", "/SIGN/IN"):
    line = f"GET {path}?code=forged&state={STATE} HTTP/1.1\\r\\nHost: 127.0.0.1:{PORT}\\r\\n\\r\\n"
    expect(send(line.encode()), 404)
""",
    )


TRUSTED = """
import os
os.environ["SSL_CERT_FILE"] = {file!r}
"""


def test_an_https_callback_with_a_certificate_that_is_made_once(place):
    """Before it is trusted the handshake fails, and plain HTTP never gets an answer; neither ends the wait."""
    simulator = with_callback(place, f"https://localhost:{place.callback_port}")
    kept = place.folder / "OAuthSettings.txt.callback.pem"
    survives(
        place,
        simulator,
        """
try:
    ssl.create_default_context().wrap_socket(
        socket.create_connection(("127.0.0.1", PORT), timeout=20), server_hostname="localhost")
    report("an unknown certificate was trusted")
except ssl.SSLCertVerificationError:
    pass
if b"HTTP" in get(f"code=forged&state={STATE}"):
    report("plain HTTP was answered")
"""
        + TRUSTED.format(file=str(kept)),
    )
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert str(kept) in log_of(place)
    made = kept.read_bytes()
    place.settings.unlink()
    simulator.control("reset-counts")
    (place.folder / "report.txt").unlink()
    survives(place, simulator, TRUSTED.format(file=str(kept)))
    assert kept.read_bytes() == made
    place.settings.unlink()
    answer = connect(place, simulator, attack(place, "")[0], OAuthLoginTimeout="1")
    assert answer.startswith("HYT00 ") and str(kept) in answer and place.callback in answer, answer
    # The same file serves as the user's own certificate.
    simulator.control("reset-counts")
    (place.folder / "report.txt").unlink()
    own = kept.rename(place.folder / "own.pem")
    survives(place, simulator, TRUSTED.format(file=str(own)), OAuthCallbackCert=own)
    assert not kept.exists()


def test_a_pasted_key_is_not_repeated(place, people):
    pem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n"
    answer = connect(place, people, OAuthCallbackCert="/nowhere.pem", OAuthCallbackKey=pem)
    assert "OAuthCallbackKey" in answer and "path" in answer and "MIGHAgEAMBMGByqGSM49" not in answer, answer
    assert "MIGHAgEAMBMGByqGSM49" not in log_of(place)
    answer = connect(place, people, OAuthCallbackKey="/somewhere.pem")
    assert "OAuthCallbackKey is set without OAuthCallbackCert" in answer, answer


# A hostile or broken token endpoint.


def fault(simulator, body, status):
    simulator.control("faults", route="/oauth2/token", kind="status", status=status, body=body)


def test_a_redirect_from_the_token_endpoint_is_not_followed(place, people):
    fault(people, "elsewhere", 302)
    answer = connect(place, people)
    assert "redirect" in answer and "never followed" in answer, answer
    assert not place.settings.exists()
    assert connect(place, people) == "2"


def answering(server, answer):
    """A thread that answers the first request to a server of the test's own."""

    def run():
        stream, _ = server.accept()
        with stream:
            stream.settimeout(20)
            stream.recv(65536)
            try:
                stream.sendall(answer)
            except OSError:
                pass  # The driver has heard enough.

    server.settimeout(60)
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_redirect_to_another_host_gets_neither_code_nor_verifier(place, people):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as thief:
        location = f"http://127.0.0.1:{thief.getsockname()[1]}/token"
        thread = answering(server, f"HTTP/1.1 307 X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
        answer = connect(place, people, OAuthAccessTokenURL=f"http://127.0.0.1:{server.getsockname()[1]}/token")
        thread.join()
        assert "redirect" in answer and "never followed" in answer, answer
        thief.setblocking(False)
        with pytest.raises(BlockingIOError):
            thief.accept()


def test_a_token_response_of_10_mb_is_refused(place, people):
    body = b'{"token_type": "bearer", "access_token": "' + b"x" * 10_000_000 + b'"}'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = answering(server, head.encode() + body)
        answer = connect(place, people, OAuthAccessTokenURL=f"http://127.0.0.1:{server.getsockname()[1]}/token")
        thread.join()
    assert "too long" in answer and len(answer) < 2000, answer[:500]
    assert not place.settings.exists()
    assert "x" * 100 not in log_of(place)
    assert connect(place, people) == "2"


HOSTILE = (
    'no<script>alert(1)</script>\r\nSet-Cookie: a=b\r\n\r\n\x00\x07\x1b[31mred\x1b[0m\u202egnirts\u2028"quoted" & '
    + "long " * 1000
)


def assert_clean(text, place_of_it):
    found = re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e]|<script|long (?:long ){300}", text)
    assert not found, f"{place_of_it}: {found}"


@pytest.mark.parametrize("status", [400, 200])
def test_a_hostile_description_from_the_token_endpoint_stays_clean(place, people, status):
    fault(people, {"error": "invalid_request", "error_description": HOSTILE}, status)
    answer = connect(place, people)
    assert "invalid_request" in answer and "alert(1)" in answer, answer
    assert "\n" not in answer and "\r" not in answer, answer
    assert_clean(answer, "diagnostic")
    log = log_of(place)
    assert_clean(log, "log")
    assert not re.search("^Set-Cookie", log, re.MULTILINE)


def test_a_hostile_description_in_the_redirect_stays_clean(place, people):
    environment, report = attack(
        place,
        f"""
query = urllib.parse.urlencode(dict(error="access_denied", error_description={HOSTILE!r}, state=STATE))
report(get(query).decode())
""",
    )
    answer = connect(place, people, environment)
    assert answer.startswith("28000 ") and "access_denied" in answer, answer
    assert "\n" not in answer and "\r" not in answer, answer
    assert_clean(answer, "diagnostic")
    assert_clean(log_of(place), "log")
    assert place.wait_for(lambda: report.exists() and "</html>" in report.read_text(), 10), "the page never came"
    page = report.read_text()
    assert_clean(page, "page")
    assert "&quot;quoted&quot; &amp;" in page and "access_denied" in page, page
    head = page.split("\n\n", 1)[0]
    assert "Set-Cookie" not in head, head


# What is given to the opener.


def test_shell_metacharacters_in_the_url_reach_no_shell(place, people):
    """In the scope, which the URL carries, and in the endpoint's own query."""
    touched = place.folder / "touched"
    nasty = f"$(touch {touched}) `touch {touched}`; touch {touched} | touch {touched} & touch {touched} > {touched}"
    environment, report = attack(place, 'report(json.dumps(sys.argv[1:]))\nget(f"error=access_denied&state={STATE}")')
    endpoint = f"{people.url}/oauth2/authorize?x=$(touch$IFS{touched});touch$IFS{touched}&y=a|b&&c"
    answer = connect(place, people, environment, Scope=nasty, OAuthAuthorizationURL=endpoint)
    assert answer.startswith("28000 ") and "access_denied" in answer, answer
    assert not touched.exists()
    arguments = json.loads(report.read_text())
    assert len(arguments) == 1 and arguments[0].startswith(f"{people.url}/oauth2/authorize?"), arguments
    assert not re.search(r"[\s`\"'<>\\]", arguments[0]), arguments


def test_browser_with_arguments_and_quotes(place, people):
    """Quotes and spaces are the user's own words; what a shell would do with the rest is not done."""
    touched, report = place.folder / "touched", place.folder / "arguments.json"
    folder = place.folder / "a folder"
    folder.mkdir()
    script = folder / "my browser.py"
    script.write_text(
        f"""
import json, subprocess, sys
open({str(report)!r}, "w").write(json.dumps(sys.argv[1:]))
subprocess.call([sys.executable, {CONSENT!r}, sys.argv[-1]])
"""
    )
    browser = f"""{sys.executable} "{script}" --new 'two words' esc\\ aped "$(touch {touched})" ; '' --url=%s %s"""
    assert connect(place, people, {"BROWSER": browser}) == "2"
    arguments = json.loads(report.read_text())
    url = arguments[-1]
    assert arguments[:-2] == ["--new", "two words", "esc aped", f"$(touch {touched})", ";", ""], arguments
    assert arguments[-2] == f"--url={url}" and url.startswith(f"{people.url}/oauth2/authorize?"), arguments
    assert not touched.exists()
    place.settings.unlink()
    answer = connect(place, people, {"BROWSER": f"{sys.executable} 'open"})
    assert answer.startswith("28000 ") and "quote" in answer and "/oauth2/authorize?" in answer, answer
