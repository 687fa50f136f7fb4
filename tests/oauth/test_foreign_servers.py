"""Sign-in at servers nobody here wrote: the certified oidc-provider, and oauth2-mock-server with faults."""

import threading

import pytest

from foreign import CHROMIUM, CLIENT_SECRET, CONSENT, Client, browser, faulty, mock, oidc, provider

REFRESH = "EXEC RefreshOAuthAccessToken"


@pytest.fixture
def client(place, provider):
    return Client(place, provider)


@pytest.fixture
def mocked(place, faulty):
    return Client(place, faulty)


def test_login_by_scripted_consent(client, provider):
    assert client.connect() == "ok"
    assert provider.counts() == {"authorize": 1, "authorization_code": 1}
    provider.settings()
    assert client.connect(InitiateOAuth="REFRESH") == "ok"
    assert provider.counts() == {}, "the stored token is used without a request"
    assert client.connect(REFRESH) == "ok"
    access_token, refresh_token, expires_in = client.rows[0]
    assert provider.who(access_token) == "alice"
    assert provider.introspect(refresh_token)["active"]
    assert int(expires_in) == 3600


def test_login_by_procedure_stores_nothing_under_off(client, provider, place):
    assert client.connect("EXEC GetOAuthAccessToken AuthMode='APP'", InitiateOAuth="OFF") == "ok"
    access_token, refresh_token, _ = client.rows[0]
    assert provider.who(access_token) == "alice" and provider.introspect(refresh_token)["active"]
    assert not place.settings.exists()


def test_login_denied(client, provider, place):
    client.browser = browser(CONSENT, "deny")
    answer = client.connect()
    assert answer.startswith("28000 ") and "access_denied" in answer, answer
    assert provider.count("authorization_code") == 0
    assert not place.settings.exists()


@pytest.mark.parametrize(
    ("button", "answer", "page"), [("Continue", "ok", "signed in"), ("[ Cancel ]", "28000 ", "denied")]
)
def test_login_with_chromium(client, provider, place, button, answer, page):
    client.browser = browser(CHROMIUM, f"'{button}'", place.folder)
    assert client.connect().startswith(answer)
    # The browser may still be reading the page when the driver has its code.
    assert place.wait_for((place.folder / "page.txt").exists), "the browser never saw the last page"
    assert page in (place.folder / "page.txt").read_text().lower()
    assert provider.count("authorization_code") == (1 if answer == "ok" else 0)


def test_an_expired_token_is_refreshed_and_the_rotated_refresh_token_is_stored(client, provider):
    client.log_in(lifetime=2)
    assert client.connect(InitiateOAuth="REFRESH") == "ok"
    assert provider.counts() == {"refresh_token": 1}
    first, second = provider.refresh_tokens()[-2:]
    assert first != second
    # The first is used up: only the stored second one can be refreshed.
    assert client.connect(REFRESH, InitiateOAuth="REFRESH") == "ok"
    assert provider.counts() == {"refresh_token": 2}
    assert client.rows[0][1] == provider.refresh_tokens()[-1]
    assert provider.introspect(client.rows[0][1])["active"] and not provider.introspect(second)["active"]


def test_a_refresh_token_that_is_not_rotated_is_kept(client, provider):
    provider.settings(rotate=False)
    client.log_in(lifetime=2)
    given = provider.refresh_tokens()[-1]
    for _ in range(2):
        assert client.connect(REFRESH) == "ok"
        assert client.rows[0][1] == given and provider.introspect(given)["active"]
    assert provider.counts() == {"refresh_token": 3}


def test_reuse_of_an_old_refresh_token_ends_the_sign_in_and_the_next_connection_says_what_to_do(client, provider):
    client.log_in(lifetime=2)
    provider.settings(lifetime=1)
    assert client.connect(REFRESH, InitiateOAuth="REFRESH") == "ok"
    used_up = provider.refresh_tokens()[-2]
    answer = client.connect(f"{REFRESH} OAuthRefreshToken='{used_up}'", InitiateOAuth="OFF")
    assert answer.startswith("28000 ") and "invalid_grant" in answer, answer
    assert provider.count("family_revoked") == 1
    assert not provider.introspect(provider.refresh_tokens()[-1])["active"]
    client.outlive(1)
    answer = client.connect(InitiateOAuth="REFRESH")
    assert answer.startswith("28000 ") and "invalid_grant" in answer, answer
    assert "OAuthVerifier" in answer and "GETANDREFRESH" in answer, answer
    assert client.connect() == "ok", "GETANDREFRESH signs in anew"
    assert provider.count("authorize") == 1


def test_a_confidential_client_with_odd_characters_in_its_secret(place, provider):
    client = Client(place, provider, OAuthClientId="conf-post", OAuthClientSecret=CLIENT_SECRET)
    assert client.connect(REFRESH) == "ok"
    assert provider.who(client.rows[0][0]) == "alice"
    answer = client.connect(REFRESH, OAuthClientSecret="not it")
    assert answer.startswith("28000 ") and "invalid_client" in answer and "OAuthClientSecret" in answer, answer
    assert client.connect(REFRESH) == "ok", "a wrong secret costs no token"


@pytest.mark.parametrize("whole_url", [True, False])
def test_a_verifier_from_another_machine(client, provider, whole_url):
    redirected, pkce_verifier = client.authorization()
    code = redirected if whole_url else redirected.split("code=")[1].split("&")[0]
    statement = f"EXEC GetOAuthAccessToken Verifier='{code}', PKCEVerifier='{pkce_verifier}'"
    assert client.connect(statement, InitiateOAuth="OFF") == "ok"
    assert provider.who(client.rows[0][0]) == "alice"


def test_a_verifier_in_the_connection_string(client, provider):
    redirected, _ = client.authorization()
    assert client.connect(REFRESH, InitiateOAuth="REFRESH", OAuthVerifier=redirected) == "ok"
    assert provider.who(client.rows[0][0]) == "alice"
    # The spent verifier may stay in the string.
    assert client.connect(InitiateOAuth="REFRESH", OAuthVerifier=redirected) == "ok"
    assert provider.counts() == {"authorize": 1, "authorization_code": 1, "refresh_token": 1}


def test_wrong_pkce_verifier(client, provider):
    redirected, _ = client.authorization()
    wrong = "wrong-" + "0123456789" * 4
    statement = f"EXEC GetOAuthAccessToken Verifier='{redirected}', PKCEVerifier='{wrong}'"
    answer = client.connect(statement, InitiateOAuth="OFF")
    assert answer.startswith("28000 ") and "invalid_grant" in answer and "PKCEVerifier" in answer, answer
    assert provider.counts() == {"authorize": 1, "invalid_grant": 1}


def test_verifier_replay(client, provider):
    redirected, pkce_verifier = client.authorization()
    statement = f"EXEC GetOAuthAccessToken Verifier='{redirected}', PKCEVerifier='{pkce_verifier}'"
    assert client.connect(statement, InitiateOAuth="OFF") == "ok"
    answer = client.connect(statement, InitiateOAuth="OFF")
    assert answer.startswith("28000 ") and "invalid_grant" in answer and "sign in again" in answer, answer
    assert provider.count("invalid_grant") == 1


def test_eight_processes_with_an_expired_token_make_one_refresh(client, provider):
    client.log_in(lifetime=2)
    # Slow enough for all eight to arrive before the first has its answer.
    provider.settings(delay=500)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(client.connect())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["ok"] * 8
    assert provider.counts() == {"refresh_token": 1}


def test_network_cut_after_a_refresh_was_sent(client, provider):
    provider.settings(rotate=False)
    client.log_in(lifetime=2)
    provider.settings(cut=2)
    answer = client.connect()
    assert answer.startswith("08001 ") and provider.token_url in answer, answer
    assert provider.counts() == {"refresh_token": 2}, "asked once more, and no more"
    provider.settings(cut=1)
    assert client.connect(InitiateOAuth="REFRESH") == "ok"
    assert provider.counts() == {"refresh_token": 2}


def test_network_cut_after_a_rotating_refresh_was_sent(client, provider):
    client.log_in(lifetime=2)
    provider.settings(cut=1)
    # The new refresh token is lost, and the second try is reuse to a server without a period of grace.
    answer = client.connect(InitiateOAuth="REFRESH")
    assert answer.startswith("28000 ") and "GETANDREFRESH" in answer, answer
    assert provider.counts() == {"refresh_token": 1, "invalid_grant": 1, "family_revoked": 1}
    assert client.connect() == "ok", "GETANDREFRESH signs in anew"
    assert provider.count("authorize") == 1


def test_network_cut_after_a_code_was_sent(client, provider, place):
    provider.settings(cut=1)
    answer = client.connect()
    assert answer.startswith("08001 ") and provider.token_url in answer, answer
    # A second try would revoke what the first one brought (RFC 6749 4.1.2).
    assert provider.counts() == {"authorize": 1, "authorization_code": 1}
    assert not place.settings.exists()
    assert client.connect() == "ok"


@pytest.mark.parametrize(
    ("fault", "says"), [("unavailable", "temporarily_unavailable"), ("html", "web page")]
)
def test_a_token_endpoint_in_trouble_costs_nothing_that_is_stored(mocked, faulty, fault, says):
    mocked.log_in(lifetime=1)
    faulty.settings(fault=fault, times=100)
    answer = mocked.connect()
    assert answer.startswith("08001 ") and says in answer and faulty.token_url in answer, answer
    faulty.settings(fault=None, times=0)
    assert mocked.connect(InitiateOAuth="REFRESH") == "ok"
    assert faulty.counts() == {"refresh_token": 1}


def test_only_invalid_grant_ends_a_sign_in(mocked, faulty):
    mocked.log_in(lifetime=1)
    faulty.settings(fault="invalid_grant", times=1)
    for _ in range(2):
        answer = mocked.connect(InitiateOAuth="REFRESH")
        assert answer.startswith("28000 ") and "invalid_grant" in answer and "GETANDREFRESH" in answer, answer
    assert faulty.counts() == {"refresh_token": 1}, "a dead refresh token is not sent again"
    assert mocked.connect() == "ok", "GETANDREFRESH signs in anew"
    assert faulty.count("authorize") == 1


def test_string_expires_in(mocked, faulty):
    faulty.settings(fault="text_expires_in", times=1)
    assert mocked.connect("EXEC GetOAuthAccessToken AuthMode='APP'", InitiateOAuth="OFF") == "ok"
    assert mocked.rows[0][2] == "3600"
    faulty.settings(fault="text_expires_in", times=1)
    mocked.log_in(lifetime=1)
    assert mocked.connect() == "ok"
    assert faulty.counts() == {"refresh_token": 1}, "the lifetime in quotes was understood"


def test_missing_token_type(mocked, faulty):
    faulty.settings(fault="no_token_type", times=2)
    assert mocked.connect(REFRESH) == "ok"
    assert faulty.counts() == {"authorize": 1, "authorization_code": 1, "refresh_token": 1}


def test_a_refresh_token_omitted_at_refresh_is_kept(mocked, faulty):
    mocked.log_in(lifetime=1)
    given = faulty.refresh_tokens()
    faulty.settings(fault="no_refresh_token", times=2)
    assert mocked.connect(REFRESH) == "ok"
    assert faulty.counts() == {"refresh_token": 2}
    assert [mocked.rows[0][1]] == given == faulty.refresh_tokens()


def test_a_refresh_token_replaced_at_refresh_is_stored(mocked, faulty):
    mocked.log_in(lifetime=1)
    given = faulty.refresh_tokens()
    # The first refresh is the connection's, the second sends what the first one brought.
    assert mocked.connect(REFRESH) == "ok"
    assert faulty.counts() == {"refresh_token": 2}
    assert [mocked.rows[0][1]] == faulty.refresh_tokens() != given


def test_a_server_that_was_seen_to_rotate_is_not_asked_when_the_new_token_could_not_be_stored(client, provider, place):
    generic = {"OAuthProvider": "Generic"}
    provider.settings(lifetime=1)
    assert client.connect(REFRESH, **generic) == "ok"
    client.outlive(1)
    place.settings.chmod(0o400)
    provider.settings(lifetime=3600)
    answer = client.connect(InitiateOAuth="REFRESH", **generic)
    assert answer.startswith("HY000 ") and "read-only" in answer and "OAuthSettingsLocation" in answer, answer
    assert provider.counts() == {}
    place.settings.chmod(0o600)
    assert client.connect(InitiateOAuth="REFRESH", **generic) == "ok"
    assert provider.counts() == {"refresh_token": 1}
