"""The token endpoint: codes, refresh tokens, proof keys, client secrets."""

import base64
import hashlib
import urllib.parse

import consent
import harness

REDIRECT_URI = harness.REDIRECT_URI
VERIFIER = "v" * 43
S256 = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{harness.APP_KEY}:{harness.APP_SECRET}".encode()).decode()}


class TokenTest(harness.SimulatorTest):
    def code(self, **parameters):
        """A fresh code, by default for an app with a proof key."""
        given = {"redirect_uri": REDIRECT_URI, "token_access_type": "offline", "code_challenge": S256,
                 "code_challenge_method": "S256", **parameters}
        redirect, page = consent.answer(self.authorize_url(**given))
        return page.code if page else urllib.parse.parse_qs(urllib.parse.urlsplit(redirect).query)["code"][0]

    def exchange(self, code, headers=None, **form):
        given = {"grant_type": "authorization_code", "code": code, "client_id": harness.APP_KEY,
                 "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER, **form}
        return self.token(headers, **given)

    def refresh(self, refresh_token, headers=None, **form):
        given = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": harness.APP_KEY, **form}
        return self.token(headers, **given)

    def secret_code(self):
        """A code for an app that has its secret and no proof key."""
        return self.code(code_challenge=None, code_challenge_method=None)

    def is_valid(self, access_token):
        return self.call("check/user", {"query": "?"}, access_token).status == 200

    def assert_error(self, answer, error, description=None):
        self.assertEqual(answer.status, 400, answer.text)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertEqual(set(answer.json), {"error", "error_description"})
        self.assertEqual(answer.json["error"], error)
        if description:
            self.assertIn(description, answer.json["error_description"])


class Exchange(TokenTest):
    def test_answer_has_dropbox_s_shape(self):
        answer = self.exchange(self.code())
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        tokens = answer.json
        self.assertEqual(set(tokens), {"access_token", "token_type", "expires_in", "refresh_token", "scope", "uid",
                                       "account_id"})
        self.assertTrue(tokens["access_token"].startswith("sl."))
        self.assertEqual(tokens["token_type"], "bearer")
        self.assertEqual(tokens["expires_in"], 14400)
        self.assertTrue(tokens["account_id"].startswith("dbid:"))
        self.assertEqual(tokens["scope"], "account_info.read files.metadata.read files.content.read sharing.read")
        self.assertTrue(self.is_valid(tokens["access_token"]))

    def test_only_offline_access_has_a_refresh_token(self):
        for access_type in ["online", None]:
            self.assertNotIn("refresh_token", self.exchange(self.code(token_access_type=access_type)).json)

    def test_legacy_access_does_not_expire(self):
        tokens = self.exchange(self.code(token_access_type="legacy")).json
        self.assertFalse({"refresh_token", "expires_in"} & set(tokens))

    def test_scope_is_what_was_asked_for(self):
        self.assertEqual(self.exchange(self.code(scope="account_info.read")).json["scope"], "account_info.read")

    def test_scopes_granted_earlier_are_included_on_request(self):
        self.exchange(self.code(scope="sharing.read"))
        code = self.code(scope="account_info.read", include_granted_scopes="user")
        self.assertIn("sharing.read", self.exchange(code).json["scope"])

    def test_a_code_works_once(self):
        code = self.code()
        tokens = self.exchange(code).json
        self.assert_error(self.exchange(code), "invalid_grant", "already been used")
        self.assertFalse(self.is_valid(tokens["access_token"]), "a stolen code must take its tokens with it")
        self.assertEqual(self.simulator.counts()["families_revoked"], 1)

    def test_a_code_expires(self):
        self.simulator.control("settings", {"code_lifetime": 0})
        self.assert_error(self.exchange(self.code()), "invalid_grant", "expired")

    def test_an_unknown_code_is_refused(self):
        self.assert_error(self.exchange("nonsense"), "invalid_grant")

    def test_redirect_uri_must_be_repeated(self):
        for uri in [None, "http://127.0.0.1:33333"]:
            self.assert_error(self.exchange(self.code(), redirect_uri=uri), "invalid_grant", "redirect_uri")

    def test_redirect_uri_must_be_absent_when_it_was_absent(self):
        self.assert_error(self.exchange(self.code(redirect_uri=None)), "invalid_grant", "redirect_uri")
        self.assertEqual(self.exchange(self.code(redirect_uri=None), redirect_uri=None).status, 200)

    def test_s256_verifier_must_match(self):
        self.assert_error(self.exchange(self.code(), code_verifier="w" * 43), "invalid_grant", "verifier")
        self.assert_error(self.exchange(self.code(), code_verifier=None), "invalid_grant", "verifier")

    def test_s256_challenge_is_not_accepted_as_verifier(self):
        self.assert_error(self.exchange(self.code(), code_verifier=S256), "invalid_grant", "verifier")

    def test_plain_verifier_must_match(self):
        for method in ["plain", None]:
            code = self.code(code_challenge=VERIFIER, code_challenge_method=method)
            self.assertEqual(self.exchange(code).status, 200)
        code = self.code(code_challenge=VERIFIER, code_challenge_method="plain")
        self.assert_error(self.exchange(code, code_verifier="w" * 43), "invalid_grant", "verifier")

    def test_verifier_without_challenge_is_refused(self):
        answer = self.exchange(self.secret_code(), client_secret=harness.APP_SECRET)
        self.assert_error(answer, "invalid_grant", "challenge")

    def test_without_proof_key_the_secret_is_needed(self):
        self.assert_error(self.exchange(self.secret_code(), code_verifier=None), "invalid_client")
        code = self.secret_code()
        self.assertEqual(self.exchange(code, code_verifier=None, client_secret=harness.APP_SECRET).status, 200)

    def test_no_answer_repeats_the_code_or_the_verifier(self):
        code = self.code()
        answer = self.exchange(code, code_verifier="secret" + "w" * 43)
        self.assertNotIn(code, answer.text)
        self.assertNotIn("secretw", answer.text)


class Client(TokenTest):
    def test_basic_authentication_works(self):
        answer = self.exchange(self.secret_code(), BASIC, code_verifier=None, client_id=None)
        self.assertEqual(answer.status, 200, answer.text)

    def test_only_one_method_of_authentication(self):
        answer = self.exchange(self.code(), BASIC, client_secret=harness.APP_SECRET)
        self.assert_error(answer, "invalid_request")

    def test_client_id_must_agree_with_the_header(self):
        self.assert_error(self.exchange(self.code(), BASIC, client_id="other"), "invalid_request")

    def test_wrong_key_or_secret_is_400_invalid_client(self):
        self.assert_error(self.exchange(self.code(), client_id="someone"), "invalid_client")
        self.assert_error(self.exchange(self.code(), client_secret="guess"), "invalid_client")

    def test_missing_client_id_is_refused(self):
        self.assert_error(self.exchange(self.code(), client_id=None), "invalid_request", "client_id")


class SecretWithSpecialCharacters(TokenTest):
    secret = "s3cr3t:with%odd/chars+ and é"
    arguments = ["--app-secret", secret]

    def basic(self, secret):
        credentials = base64.b64encode(f"{harness.APP_KEY}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {credentials}"}

    def test_form_encoded_in_the_header_it_works(self):
        headers = self.basic(urllib.parse.quote_plus(self.secret))
        answer = self.exchange(self.secret_code(), headers, code_verifier=None)
        self.assertEqual(answer.status, 200, answer.text)

    def test_raw_in_the_header_it_is_refused(self):
        answer = self.exchange(self.secret_code(), self.basic(self.secret), code_verifier=None)
        self.assert_error(answer, "invalid_request", "not properly encoded")


class Request(TokenTest):
    def test_only_a_form_is_read(self):
        for content_type in ["application/json", "text/plain"]:
            answer = self.exchange(self.code(), {"Content-Type": content_type})
            self.assert_error(answer, "invalid_request", "Content-Type")

    def test_parameters_in_the_url_are_refused(self):
        answer = self.simulator.request("POST", "/oauth2/token?client_secret=x", "",
                                        {"Content-Type": "application/x-www-form-urlencoded"})
        self.assert_error(answer, "invalid_request", "URL")

    def test_repeated_parameter_is_refused(self):
        body = f"grant_type=refresh_token&client_id={harness.APP_KEY}&client_id={harness.APP_KEY}"
        answer = self.simulator.request("POST", "/oauth2/token", body,
                                        {"Content-Type": "application/x-www-form-urlencoded"})
        self.assert_error(answer, "invalid_request", "more than once")

    def test_grant_type_must_be_known(self):
        self.assert_error(self.token(client_id=harness.APP_KEY), "invalid_request", "grant_type")
        for grant_type in ["password", "client_credentials"]:
            answer = self.token(client_id=harness.APP_KEY, grant_type=grant_type)
            self.assert_error(answer, "unsupported_grant_type")

    def test_get_is_not_allowed(self):
        self.assertEqual(self.simulator.request("GET", "/oauth2/token").status, 405)


class Refresh(TokenTest):
    def test_answer_has_no_refresh_token(self):
        answer = self.refresh(self.sign_in()["refresh_token"])
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(set(answer.json), {"access_token", "token_type", "expires_in"})
        self.assertTrue(self.is_valid(answer.json["access_token"]))

    def test_a_refresh_token_works_again_and_again(self):
        refresh_token = self.sign_in()["refresh_token"]
        answers = [self.refresh(refresh_token) for _ in range(3)]
        self.assertEqual([answer.status for answer in answers], [200, 200, 200])
        self.assertEqual(len({answer.json["access_token"] for answer in answers}), 3)

    def test_a_code_pasted_as_refresh_token_is_malformed(self):
        self.assert_error(self.refresh(self.code()), "invalid_grant", "refresh token is malformed")

    def test_an_unknown_refresh_token_is_invalid(self):
        self.assert_error(self.refresh("x" * 64), "invalid_grant", "refresh token is invalid or revoked")

    def test_scope_may_be_narrowed_but_not_widened(self):
        refresh_token = self.sign_in(scope="account_info.read files.metadata.read")["refresh_token"]
        narrow = self.refresh(refresh_token, scope="account_info.read").json["access_token"]
        self.assert_tags(self.call("files/list_folder", {"path": ""}, narrow), 401, "missing_scope")
        self.assert_error(self.refresh(refresh_token, scope="files.content.read"), "invalid_scope")

    def test_proof_key_tokens_need_no_secret(self):
        self.assertEqual(self.refresh(self.exchange(self.code()).json["refresh_token"]).status, 200)

    def test_secret_tokens_need_the_secret_again(self):
        answer = self.exchange(self.secret_code(), code_verifier=None, client_secret=harness.APP_SECRET)
        refresh_token = answer.json["refresh_token"]
        self.assert_error(self.refresh(refresh_token), "invalid_client")
        self.assertEqual(self.refresh(refresh_token, client_secret=harness.APP_SECRET).status, 200)
        self.assertEqual(self.refresh(refresh_token, BASIC).status, 200)

    def test_refresh_token_lifetime_can_be_set(self):
        self.simulator.control("settings", {"refresh_token_lifetime": 0})
        answer = self.refresh(self.sign_in()["refresh_token"])
        self.assert_error(answer, "invalid_grant", "invalid or revoked")


class Rotation(TokenTest):
    arguments = ["--rotate"]

    def test_each_refresh_replaces_the_refresh_token(self):
        first = self.sign_in()["refresh_token"]
        second = self.refresh(first).json["refresh_token"]
        self.assertNotEqual(first, second)
        self.assertEqual(self.refresh(second).status, 200)

    def test_reuse_revokes_the_family(self):
        tokens = self.sign_in()
        winner = self.refresh(tokens["refresh_token"]).json
        self.assert_error(self.refresh(tokens["refresh_token"]), "invalid_grant", "invalid or revoked")
        self.assert_error(self.refresh(winner["refresh_token"]), "invalid_grant", "invalid or revoked")
        for access_token in [tokens["access_token"], winner["access_token"]]:
            self.assertFalse(self.is_valid(access_token))
        self.assertEqual(self.simulator.counts()["families_revoked"], 1)

    def test_other_families_are_not_touched_by_reuse(self):
        bystander, tokens = self.sign_in(), self.sign_in()
        self.refresh(tokens["refresh_token"])
        self.refresh(tokens["refresh_token"])
        self.assertEqual(self.refresh(bystander["refresh_token"]).status, 200)
