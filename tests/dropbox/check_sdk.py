#!/usr/bin/env python3
"""The official Dropbox SDK for Python, unmodified, against the simulator: check_sdk.py [SIMULATOR].

Needs the package `dropbox` from PyPI. Everything goes over TLS; the SDK finds the simulator by the environment
variables it reads its host names from.
"""

import base64
import datetime
import hashlib
import importlib.metadata
import json
import os
import socket
import sys
import threading
import urllib.parse

import consent
import harness

# The app's side of a redirect.
listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
CALLBACK = f"http://127.0.0.1:{listener.getsockname()[1]}/callback"

simulator = harness.Simulator(
    harness.DOCUMENTS, "--redirect-uri", CALLBACK, "--redirect-uri", harness.REDIRECT_URI
)
host = urllib.parse.urlsplit(simulator.https).netloc
for variable in ["API", "API_CONTENT", "API_NOTIFY", "WEB"]:
    os.environ[f"DROPBOX_{variable}_HOST"] = host
for variable in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]:
    # Either would take the place of the certificate authority that the SDK is given.
    os.environ.pop(variable, None)
os.environ["NO_PROXY"] = "localhost"
os.environ["SSL_CERT_FILE"] = simulator.ca

try:
    import dropbox
    import requests
except ImportError:
    sys.exit("The Dropbox SDK is missing: pip install dropbox")

FAR_FUTURE = datetime.datetime(2100, 1, 1)


def called_back():
    """The parameters of one request to the callback."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as request:
        target = request.readline().split()[1].decode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))


class Sdk(harness.SimulatorTest):
    @classmethod
    def setUpClass(cls):
        cls.simulator = simulator
        cls._settings = simulator.settings()

    def flow(self, **options):
        return dropbox.DropboxOAuth2FlowNoRedirect(
            harness.APP_KEY, token_access_type="offline", ca_certs=simulator.ca, **options
        )

    def log_in(self, **options):
        """Tokens by a code that a person copies from the page."""
        flow = self.flow(**{"use_pkce": True, **options})
        _, page = consent.answer(flow.start())
        return flow.finish(page.code)

    def client(self, tokens=None, **options):
        tokens = tokens or self.log_in()
        given = {"oauth2_access_token": tokens.access_token, "oauth2_access_token_expiration": tokens.expires_at,
                 "oauth2_refresh_token": tokens.refresh_token, "app_key": harness.APP_KEY, "ca_certs": simulator.ca}
        return dropbox.Dropbox(**{**given, **options})

    def test_the_sdk_is_unmodified(self):
        checked = 0
        for file in importlib.metadata.files("dropbox"):
            if file.hash:
                digest = hashlib.new(file.hash.mode, file.locate().read_bytes()).digest()
                self.assertEqual(base64.urlsafe_b64encode(digest).decode().rstrip("="), file.hash.value, file)
                checked += 1
        self.assertGreater(checked, 20)

    def test_login_with_a_proof_key(self):
        tokens = self.log_in()
        self.assertTrue(tokens.access_token.startswith("sl."))
        self.assertTrue(tokens.refresh_token)
        self.assertTrue(tokens.account_id.startswith("dbid:"))
        self.assertAlmostEqual((tokens.expires_at - datetime.datetime.utcnow()).total_seconds(), 14400, delta=60)
        self.assertEqual(self.client(tokens).users_get_current_account().email, "ada@example.com")

    def test_login_with_the_app_secret(self):
        tokens = self.log_in(use_pkce=False, consumer_secret=harness.APP_SECRET)
        client = self.client(tokens, app_secret=harness.APP_SECRET)
        client.refresh_access_token()
        self.assertEqual(client.check_user("x").result, "x")
        with self.assertRaises(dropbox.exceptions.BadInputError):
            self.client(tokens).refresh_access_token()

    def redirect_flow(self):
        """The SDK's flow with a redirect; a web application would keep the session between the two requests."""
        return dropbox.DropboxOAuth2Flow(
            harness.APP_KEY, CALLBACK, {}, "csrf", use_pkce=True, token_access_type="offline", ca_certs=simulator.ca
        )

    def test_login_with_a_redirect(self):
        flow = self.redirect_flow()
        redirect, _ = consent.answer(flow.start("where I was"))
        visit = threading.Thread(target=lambda: consent.Browser(redirect).open(redirect))
        visit.start()
        tokens = flow.finish(called_back())
        visit.join()
        self.assertEqual(tokens.url_state, "where I was")
        self.assertTrue(tokens.refresh_token)

    def test_a_denied_login_is_reported(self):
        flow = self.redirect_flow()
        redirect, _ = consent.answer(flow.start(), "deny")
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(redirect).query))
        with self.assertRaises(dropbox.oauth.NotApprovedException):
            flow.finish(query)

    def test_a_code_works_once(self):
        flow = self.flow(use_pkce=True)
        _, page = consent.answer(flow.start())
        flow.finish(page.code)
        with self.assertRaises(requests.exceptions.HTTPError) as caught:
            flow.finish(page.code)
        self.assertEqual(caught.exception.response.json()["error"], "invalid_grant")

    def test_listing_with_paging(self):
        simulator.control("settings", {"page_size": 2})
        client = self.client()
        page = client.files_list_folder("", recursive=True)
        names = {entry.path_display for entry in page.entries}
        pages = 1
        while page.has_more:
            page = client.files_list_folder_continue(page.cursor)
            names |= {entry.path_display for entry in page.entries}
            pages += 1
        expected = {"/" + os.path.relpath(os.path.join(folder, name), harness.DOCUMENTS)
                    for folder, folders, files in os.walk(harness.DOCUMENTS) for name in folders + files}
        self.assertEqual(names, expected)
        self.assertEqual(pages, (len(expected) + 1) // 2)

    def test_download(self):
        for path in ["/people.json", "/データ/é😀.json"]:
            metadata, response = self.client().files_download(path)
            with open(harness.DOCUMENTS + path, "rb") as file:
                content = file.read()
            self.assertEqual(response.content, content)
            self.assertEqual(metadata.content_hash, dropbox.content_hash.content_hash(content))
            pinned, _ = self.client().files_download(f"rev:{metadata.rev}")
            self.assertEqual(pinned, metadata)

    def test_errors_arrive_as_the_sdk_s_types(self):
        client = self.client()
        with self.assertRaises(dropbox.exceptions.ApiError) as caught:
            client.files_download("/none.json")
        self.assertTrue(caught.exception.error.get_path().is_not_found())
        with self.assertRaises(dropbox.exceptions.ApiError) as caught:
            client.files_list_folder("/people.json")
        self.assertTrue(caught.exception.error.get_path().is_not_folder())
        with self.assertRaises(dropbox.exceptions.BadInputError):
            client.files_get_metadata("/people.json/")

    def test_missing_scope(self):
        client = self.client(self.log_in(scope=["account_info.read"]), scope=["account_info.read"])
        with self.assertRaises(dropbox.exceptions.AuthError) as caught:
            client.files_list_folder("")
        self.assertEqual(caught.exception.error.get_missing_scope().required_scope, "files.metadata.read")

    def test_an_expired_token_is_refreshed_after_the_401(self):
        client = self.client(oauth2_access_token_expiration=FAR_FUTURE)
        simulator.control("reset-counts")
        simulator.control("expire")
        self.assertEqual(client.users_get_current_account().email, "ada@example.com")
        counts = simulator.counts()
        self.assertEqual((counts["/2/users/get_current_account"], counts["token:refresh_token:granted"]), (2, 1))

    def test_a_token_is_refreshed_ahead_of_its_expiry(self):
        simulator.control("settings", {"access_token_lifetime": 60})
        client = self.client()
        simulator.control("reset-counts")
        client.check_user("x")
        self.assertEqual(simulator.counts()["token:refresh_token:granted"], 1)

    def test_a_revoked_refresh_token_is_an_authentication_error(self):
        client = self.client()
        simulator.control("revoke")
        with self.assertRaises(dropbox.exceptions.AuthError):
            client.refresh_access_token()

    def test_revoke(self):
        tokens = self.log_in()
        self.client(tokens).auth_token_revoke()
        with self.assertRaises(dropbox.exceptions.AuthError) as caught:
            self.client(tokens).check_user("x")
        self.assertTrue(caught.exception.error.is_invalid_access_token())
        with self.assertRaises(dropbox.exceptions.AuthError):
            self.client(tokens).refresh_access_token()

    def test_rate_limits_are_waited_out(self):
        for fault in [{"retry_after": 1}, {"retry_after": 1, "body": "slow down"}]:
            simulator.control("faults", {"route": "/2/check/user", "kind": "status", "status": 429, **fault})
        self.assertEqual(self.client(max_retries_on_rate_limit=2).check_user("x").result, "x")

    def test_path_root(self):
        client = self.client()
        info = client.users_get_current_account().root_info
        right = dropbox.common.PathRoot.root(info.root_namespace_id)
        self.assertTrue(client.with_path_root(right).files_list_folder("").entries)
        with self.assertRaises(dropbox.exceptions.PathRootError) as caught:
            client.with_path_root(dropbox.common.PathRoot.root("1")).files_list_folder("")
        self.assertEqual(caught.exception.error.get_invalid_root().root_namespace_id, info.root_namespace_id)

    def test_temporary_link(self):
        result = self.client().files_get_temporary_link("/settings.json")
        link = urllib.parse.urlsplit(result.link)
        self.assertEqual(f"{link.scheme}://{link.netloc}", simulator.https)
        settings = simulator.request("GET", link.path).json
        self.assertEqual(settings["shop"]["currency"], "EUR")

    def test_shared_links(self):
        client = self.client()
        shared = simulator.control("share", {"path": "/people.json", "password": "correct horse"})["url"]
        metadata = client.sharing_get_shared_link_metadata(shared, link_password="correct horse")
        self.assertIsInstance(metadata, dropbox.sharing.FileLinkMetadata)
        found, response = client.sharing_get_shared_link_file(shared, link_password="correct horse")
        self.assertEqual((found, response.content), (metadata, open(harness.DOCUMENTS + "/people.json", "rb").read()))
        with self.assertRaises(dropbox.exceptions.ApiError) as caught:
            client.sharing_get_shared_link_file(shared)
        self.assertTrue(caught.exception.error.is_shared_link_access_denied())

    def test_a_shared_folder(self):
        client = self.client()
        shared = simulator.control("share", {"path": "/orders"})["url"]
        self.assertIsInstance(client.sharing_get_shared_link_metadata(shared), dropbox.sharing.FolderLinkMetadata)
        entries = client.files_list_folder("", shared_link=dropbox.files.SharedLink(shared)).entries
        self.assertEqual({entry.name for entry in entries}, set(os.listdir(harness.DOCUMENTS + "/orders")))
        self.assertEqual({entry.path_lower for entry in entries}, {None})
        found, response = client.sharing_get_shared_link_file(shared, path="/2026-01.json")
        self.assertEqual((found.name, found.size), ("2026-01.json", len(response.content)))
        with self.assertRaises(dropbox.exceptions.ApiError) as caught:
            client.sharing_get_shared_link_file(shared)
        self.assertTrue(caught.exception.error.is_shared_link_is_directory())
        with self.assertRaises(dropbox.exceptions.ApiError) as caught:
            client.sharing_get_shared_link_metadata(shared.split("?")[0])
        self.assertTrue(caught.exception.error.is_shared_link_not_found())

    def test_every_answer_carries_a_request_id(self):
        _, response = self.client().files_download("/events.ndjson")
        self.assertRegex(response.headers["x-dropbox-request-id"], "^[0-9a-f]{32}$")
        self.assertTrue(all(json.loads(line) for line in response.text.splitlines()))


if __name__ == "__main__":
    status = harness.main(sys.modules[__name__])
    simulator.stop()
    sys.exit(status)
