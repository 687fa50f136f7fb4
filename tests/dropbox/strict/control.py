"""The control endpoint: settings, faults, counts, secrets."""

import concurrent.futures
import contextlib
import http.client
import json
import socket
import ssl
import time
import urllib.parse

import harness


class Settings(harness.SimulatorTest):
    def test_a_misspelt_setting_is_refused(self):
        answer = self.simulator.request("POST", "/control/settings", '{"latency": 1}')
        self.assertEqual(answer.status, 400)
        self.assertIn("latency", answer.text)

    def test_only_what_is_named_changes(self):
        before = self.simulator.settings()
        self.simulator.control("settings", {"page_size": 7})
        self.assertEqual(self.simulator.settings(), {**before, "page_size": 7})

    def test_latency_holds_answers_back(self):
        self.simulator.control("settings", {"latency_ms": 200})
        start = time.monotonic()
        self.simulator.request("GET", "/oauth2/authorize")
        self.assertGreaterEqual(time.monotonic() - start, 0.2)

    def test_bandwidth_stretches_a_download(self):
        token = self.sign_in()["access_token"]
        self.simulator.control("settings", {"bandwidth_bytes_per_s": 20_000})
        headers = {"Authorization": f"Bearer {token}", "Dropbox-API-Arg": '{"path": "/people.json"}'}
        start = time.monotonic()
        answer = self.simulator.request("GET", "/2/files/download", None, headers)
        self.assertGreaterEqual(time.monotonic() - start, len(answer.body) / 20_000)

    def test_a_line_is_shared_by_all_answers(self):
        token = self.sign_in()["access_token"]
        self.simulator.control("settings", {"line_bytes_per_s": 10_000})
        headers = {"Authorization": f"Bearer {token}", "Dropbox-API-Arg": '{"path": "/people.json"}'}
        download = lambda _: self.simulator.request("GET", "/2/files/download", None, headers)
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(download, range(4)))
        length = sum(len(answer.body) for answer in answers)
        self.assertGreaterEqual(time.monotonic() - start, 0.9 * length / 10_000)

    def test_files_that_are_empty_come_and_go_in_listings(self):
        token = self.sign_in()["access_token"]
        self.simulator.control("settings", {"empty_files": 3})
        listing = self.call("files/list_folder", {"path": "", "recursive": True}, token).json
        of = lambda listing: sorted(
            (entry[".tag"], entry["name"]) for entry in listing["entries"] if entry["path_lower"].startswith("/empty/")
        )
        self.assertEqual(of(listing), [("file", f"{number:06}.json") for number in range(3)])
        for count, changes in [(3, []), (4, [("file", "000003.json")]), (2, [("deleted", "000002.json"), ("deleted", "000003.json")])]:
            self.simulator.control("settings", {"empty_files": count})
            listing = self.call("files/list_folder/continue", {"cursor": listing["cursor"]}, token).json
            self.assertEqual(of(listing), changes)

    def test_refresh_tokens_can_be_revoked_at_once(self):
        tokens = self.sign_in()
        self.simulator.control("revoke")
        answer = self.token(
            grant_type="refresh_token", refresh_token=tokens["refresh_token"], client_id=harness.APP_KEY
        )
        self.assertEqual(answer.json["error_description"], "refresh token is invalid or revoked")


class Faults(harness.SimulatorTest):
    def fault(self, **fault):
        self.simulator.control("faults", {"route": "/2/check/user", **fault})

    def check(self):
        return self.call("check/user", {"query": "hello"})

    def test_a_misspelt_fault_is_refused(self):
        for fault in [{"route": "*", "kind": "explode"}, {"route": "*", "kind": "drop", "time": 1},
                      {"route": "*", "kind": "status", "status": 7}]:
            self.assertEqual(self.simulator.request("POST", "/control/faults", json.dumps(fault)).status, 400)

    def test_a_fault_hits_its_route_as_often_as_asked(self):
        self.fault(kind="status", status=503, times=2)
        self.assertEqual(self.call("files/list_folder", {"path": ""}).status, 200)
        self.assertEqual([self.check().status for _ in range(3)], [503, 503, 200])

    def test_a_fault_may_let_requests_pass_first(self):
        self.fault(kind="status", status=500, skip=1)
        self.assertEqual([self.check().status for _ in range(3)], [200, 500, 200])

    def test_rate_limit_as_json(self):
        self.fault(kind="status", status=429, retry_after=3)
        answer = self.check()
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (429, "3"))
        self.assertEqual(answer.json["error"], {"reason": {".tag": "too_many_requests"}, "retry_after": 3})

    def test_rate_limit_as_plain_text(self):
        self.fault(kind="status", status=429, retry_after=3, body="slow down")
        answer = self.check()
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        self.assertEqual((answer.text, answer.headers["Retry-After"]), ("slow down", "3"))

    def test_a_status_may_carry_any_json(self):
        body = {"error": "temporarily_unavailable"}
        self.fault(kind="status", status=503, body=body)
        self.assertEqual(self.check().json, body)

    def test_drop_closes_before_the_request_is_processed(self):
        tokens = self.sign_in()
        self.simulator.control("faults", {"route": "/oauth2/token", "kind": "drop"})
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.refresh(tokens)
        self.assertEqual(self.simulator.counts()["token:refresh_token"], 0)

    def test_lose_closes_after_the_request_was_processed(self):
        tokens = self.sign_in()
        self.simulator.control("faults", {"route": "/oauth2/token", "kind": "lose"})
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.refresh(tokens)
        self.assertEqual(self.simulator.counts()["token:refresh_token:granted"], 1)

    def refresh(self, tokens):
        return self.token(
            grant_type="refresh_token", refresh_token=tokens["refresh_token"], client_id=harness.APP_KEY
        )

    def test_truncate_ends_in_the_middle_of_the_body(self):
        self.fault(kind="truncate", after_bytes=4)
        with self.assertRaises(http.client.IncompleteRead) as caught:
            self.check()
        self.assertEqual(caught.exception.partial, b'{"re')

    def test_stall_sends_part_of_the_body_and_no_more(self):
        self.fault(kind="stall", after_bytes=4)
        token = self.sign_in()["access_token"]
        with contextlib.closing(self.simulator.connect()) as connection:
            connection.request("POST", "/2/check/user", "{}",
                               {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            response = connection.getresponse()
            self.assertEqual(response.read(4), b'{"re')
            connection.sock.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                response.read(1)

    def test_stall_without_a_number_sends_nothing(self):
        self.fault(kind="stall")
        with contextlib.closing(self.simulator.connect()) as connection:
            connection.request("POST", "/2/check/user", "{}", {})
            connection.sock.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                connection.getresponse()

    def test_faults_reach_https_too(self):
        self.fault(kind="drop")
        context = ssl.create_default_context(cafile=self.simulator.ca)
        host = urllib.parse.urlsplit(self.simulator.https).netloc
        with contextlib.closing(http.client.HTTPSConnection(host, context=context, timeout=30)) as connection:
            connection.request("POST", "/2/check/user", "{}", {})
            with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
                connection.getresponse()


class Counts(harness.SimulatorTest):
    def test_requests_are_counted_by_route_and_grant_type(self):
        tokens = self.sign_in()
        self.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"], client_id=harness.APP_KEY)
        self.token(grant_type="refresh_token", refresh_token="x" * 64, client_id=harness.APP_KEY)
        self.call("files/list_folder", {"path": ""})
        counts = self.simulator.counts()
        self.assertEqual(counts["/oauth2/token"], 2)
        self.assertEqual((counts["token:refresh_token"], counts["token:refresh_token:granted"]), (2, 1))
        self.assertEqual((counts["token:authorization_code"], counts["/2/files/list_folder"]), (0, 1))

    def test_a_link_is_counted_without_its_secret(self):
        link = self.call("files/get_temporary_link", {"path": "/people.json"}).json["link"]
        self.simulator.request("GET", urllib.parse.urlsplit(link).path)
        counts = self.simulator.counts()
        self.assertEqual(counts["/temporary"], 1)
        self.assertNotIn(urllib.parse.urlsplit(link).path, counts)

    def test_counts_can_be_reset(self):
        self.simulator.request("GET", "/oauth2/authorize")
        self.simulator.control("reset-counts")
        self.assertEqual(set(self.simulator.counts().values()), {0})


class Secrets(harness.SimulatorTest):
    def test_every_secret_is_listed(self):
        tokens = self.sign_in()
        link = self.call("files/get_temporary_link", {"path": "/people.json"}).json["link"]
        secrets = self.simulator.secrets()
        self.assertIn(tokens["access_token"], secrets["access_tokens"])
        self.assertIn(tokens["refresh_token"], secrets["refresh_tokens"])
        self.assertIn(link.rsplit("/", 1)[1], secrets["temporary_links"])
        self.assertEqual(secrets["client_secrets"], [harness.APP_SECRET])

    def test_verifiers_that_arrived_are_listed(self):
        self.token(grant_type="authorization_code", code="x", code_verifier="v" * 43, client_id=harness.APP_KEY)
        self.assertIn("v" * 43, self.simulator.secrets()["code_verifiers"])


class Tls(harness.SimulatorTest):
    def handshake(self, name, cafile):
        context = ssl.create_default_context(cafile=cafile)
        port = urllib.parse.urlsplit(self.simulator.https).port
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
            with context.wrap_socket(plain, server_hostname=name) as secure:
                return secure.version()

    def test_the_certificate_covers_loopback_and_dropbox_s_names(self):
        for name in ["localhost", "127.0.0.1", "www.dropbox.com", "api.dropboxapi.com", "content.dropboxapi.com",
                     "notify.dropboxapi.com"]:
            self.assertIn(self.handshake(name, self.simulator.ca), ["TLSv1.2", "TLSv1.3"])

    def test_nobody_trusts_it_without_its_authority(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.handshake("localhost", None)

    def test_it_does_not_stand_for_other_names(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.handshake("example.com", self.simulator.ca)


class Ending(harness.SimulatorTest):
    def test_it_ends_when_its_standard_input_closes(self):
        simulator = harness.Simulator()
        simulator.stop()
        with self.assertRaises(OSError):
            simulator.request("GET", "/control/counts")
