"""The authorize page: what it refuses, whom it tells, and what a person's decision leads to."""

import urllib.parse

import consent
import harness

REDIRECT_URI = harness.REDIRECT_URI
CHALLENGE = "x" * 43


class Authorize(harness.SimulatorTest):
    def get(self, **parameters):
        target = self.authorize_url(**parameters).removeprefix(self.simulator.http)
        return self.simulator.request("GET", target)

    def decide(self, decision="approve", **parameters):
        """Where a person's decision leads, as the parameters of the redirect."""
        redirect, page = consent.answer(self.authorize_url(**parameters), decision)
        self.assertIsNone(page and page.text)
        return redirect, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(redirect).query))

    def assert_page(self, answer, text):
        self.assertEqual(answer.status, 400, answer.text)
        self.assertNotIn("Location", answer.headers)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))
        self.assertIn(text, answer.text)

    def assert_error_redirect(self, error, **parameters):
        answer = self.get(redirect_uri=REDIRECT_URI, state="s", **parameters)
        self.assertEqual(answer.status, 302, answer.text)
        location = answer.headers["Location"]
        self.assertTrue(location.startswith(REDIRECT_URI + "?"), location)
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        self.assertEqual((query["error"], query["state"]), (error, "s"))
        self.assertTrue(query["error_description"])

    def test_unknown_client_is_a_page_and_never_a_redirect(self):
        self.assert_page(self.get(client_id="someone", redirect_uri=REDIRECT_URI), "client_id")

    def test_missing_client_is_a_page(self):
        self.assert_page(self.get(client_id=None), "client_id")

    def test_redirect_uri_must_match_exactly(self):
        for uri in ["http://localhost:33333/", "http://localhost:33334", "https://localhost:33333",
                    "http://LOCALHOST:33333", "http://localhost:33333?a=b", "http://[::1]:33333"]:
            with self.subTest(uri):
                self.assert_page(self.get(redirect_uri=uri), "redirect_uri")

    def test_both_loopback_redirect_uris_are_registered(self):
        for uri in ["http://localhost:33333", "http://127.0.0.1:33333"]:
            self.assertEqual(self.get(redirect_uri=uri).status, 200)

    def test_repeated_parameter_is_a_page(self):
        url = self.authorize_url(redirect_uri=REDIRECT_URI) + "&client_id=" + harness.APP_KEY
        answer = self.simulator.request("GET", url.removeprefix(self.simulator.http))
        self.assert_page(answer, "more than once")

    def test_state_beyond_500_bytes_is_a_page(self):
        self.assertEqual(self.get(redirect_uri=REDIRECT_URI, state="é" * 250).status, 200)
        self.assert_page(self.get(redirect_uri=REDIRECT_URI, state="é" * 250 + "x"), "state")

    def test_error_pages_escape_what_they_echo(self):
        answer = self.get(client_id="<script>")
        self.assert_page(answer, "&lt;script&gt;")

    def test_response_type_must_be_code(self):
        self.assert_error_redirect("unsupported_response_type", response_type="token")
        self.assert_error_redirect("invalid_request", response_type=None)

    def test_unknown_scope_is_refused(self):
        self.assert_error_redirect("invalid_scope", scope="account_info.read files.content.write")

    def test_unknown_token_access_type_is_refused(self):
        self.assert_error_redirect("invalid_request", token_access_type="forever")

    def test_code_challenge_has_43_to_128_unreserved_characters(self):
        for challenge in ["x" * 42, "x" * 129, "x" * 42 + "+"]:
            with self.subTest(challenge):
                self.assert_error_redirect("invalid_request", code_challenge=challenge, code_challenge_method="S256")
        for challenge in ["x" * 43, "~" * 128]:
            self.assertEqual(self.get(code_challenge=challenge, code_challenge_method="plain").status, 200)

    def test_code_challenge_method_is_s256_or_plain(self):
        self.assert_error_redirect("invalid_request", code_challenge=CHALLENGE, code_challenge_method="S512")
        self.assert_error_redirect("invalid_request", code_challenge_method="S256")

    def test_include_granted_scopes_needs_scope(self):
        self.assert_error_redirect("invalid_request", include_granted_scopes="user")

    def test_flags_are_true_or_false(self):
        for flag in ["force_reapprove", "force_reauthentication", "disable_signup"]:
            self.assertEqual(self.get(**{flag: "true"}).status, 200)
            self.assert_error_redirect("invalid_request", **{flag: "yes"})

    def test_refusal_without_a_redirect_uri_is_a_page(self):
        self.assert_page(self.get(response_type="token"), "unsupported_response_type")

    def test_allow_redirects_with_code_and_state(self):
        redirect, query = self.decide(redirect_uri=REDIRECT_URI, state="a b&c=é")
        self.assertTrue(redirect.startswith(REDIRECT_URI + "?"))
        self.assertEqual(set(query), {"code", "state"})
        self.assertEqual(query["state"], "a b&c=é")

    def test_cancel_redirects_with_access_denied_and_state(self):
        _, query = self.decide("deny", redirect_uri=REDIRECT_URI, state="s")
        self.assertEqual((query["error"], query["state"]), ("access_denied", "s"))
        self.assertTrue(query["error_description"])
        self.assertNotIn("code", query)

    def test_no_redirect_uri_shows_the_code(self):
        redirect, page = consent.answer(self.authorize_url())
        self.assertIsNone(redirect)
        self.assertIn(page.code, self.simulator.secrets()["codes"])

    def test_wrong_password_is_not_let_in(self):
        for email, password in [("ada@example.com", "wrong"), ("nobody@example.com", "x")]:
            with self.assertRaises(consent.ConsentError):
                consent.answer(self.authorize_url(), email=email, password=password)

    def test_a_form_from_elsewhere_is_refused(self):
        for path in ["authorize_login", "authorize_submit"]:
            form = {"login_email": "ada@example.com", "login_password": "x", "decision": "allow", "csrf": "guess",
                    "request": self.authorize_url().split("?")[1]}
            answer = self.simulator.request("POST", f"/oauth2/{path}", urllib.parse.urlencode(form))
            self.assert_page(answer, "not sent from the page")

    def test_sign_in_is_remembered_until_reauthentication_is_forced(self):
        browser = consent.Browser(self.simulator.http)
        login = browser.open(self.authorize_url()).forms[0]
        fields = {**login.fields, "login_email": "ada@example.com", "login_password": "x"}
        browser.open(self.simulator.http + login.action, fields)
        self.assertIn("allow", browser.open(self.authorize_url()).forms[0].buttons)
        again = browser.open(self.authorize_url(force_reauthentication="true")).forms[0]
        self.assertIn("login_password", again.fields)

    def test_consent_page_lists_the_scopes_asked_for(self):
        browser = consent.Browser(self.simulator.http)
        login = browser.open(self.authorize_url(scope="files.metadata.read")).forms[0]
        fields = {**login.fields, "login_email": "ada@example.com", "login_password": "x"}
        page = browser.open(self.simulator.http + login.action, fields)
        self.assertIn("files.metadata.read", page.text)
        self.assertNotIn("files.content.read", page.text)

    def test_one_login_is_one_request_to_authorize(self):
        self.decide(redirect_uri=REDIRECT_URI)
        self.assertEqual(self.simulator.counts()["/oauth2/authorize"], 1)


class RedirectWithQuery(harness.SimulatorTest):
    arguments = ["--redirect-uri", "http://localhost:4444/callback?tab=1"]

    def test_query_of_the_redirect_uri_is_kept(self):
        redirect, _ = consent.answer(self.authorize_url(redirect_uri="http://localhost:4444/callback?tab=1", state="s"))
        self.assertTrue(redirect.startswith("http://localhost:4444/callback?tab=1&code="), redirect)

    def test_registering_a_uri_replaces_the_defaults(self):
        url = self.authorize_url(redirect_uri=REDIRECT_URI)
        self.assertEqual(self.simulator.request("GET", url.removeprefix(self.simulator.http)).status, 400)
