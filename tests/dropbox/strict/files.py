"""The RPC functions: listing, metadata, account, tokens, and the rules of every call."""

import concurrent.futures
import json
import os
import tempfile

import harness


class Calls(harness.SimulatorTest):
    def post(self, function, body, **headers):
        given = {"Authorization": f"Bearer {self.sign_in()['access_token']}"}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.simulator.request("POST", f"/2/{function}", body, given)

    def test_every_answer_has_a_request_id(self):
        seen = set()
        for path in ["/2/files/list_folder", "/oauth2/authorize", "/nothing"]:
            seen.add(self.simulator.request("GET", path).headers["x-dropbox-request-id"])
        self.assertEqual(len(seen), 3)
        self.assertNotIn(None, seen)

    def test_without_authorization_it_is_400(self):
        answer = self.simulator.request("POST", "/2/check/user", "{}", {"Content-Type": "application/json"})
        self.assert_plain(answer, "Authorization")

    def test_authorization_must_be_bearer(self):
        self.assert_plain(self.post("check/user", "{}", Authorization="Basic eDp5"), "Bearer")
        self.assert_plain(self.post("check/user", "{}", Authorization="Bearer a b"), "malformed")

    def test_unknown_token_is_invalid(self):
        self.assert_tags(self.call("check/user", {}, "sl.nonsense"), 401, "invalid_access_token")

    def test_expired_token_says_so(self):
        token = self.sign_in()["access_token"]
        self.simulator.control("expire")
        self.assert_tags(self.call("check/user", {}, token), 401, "expired_access_token")

    def test_lifetime_of_a_token_can_be_set(self):
        self.simulator.control("settings", {"access_token_lifetime": 0})
        self.assert_tags(self.call("check/user", {}), 401, "expired_access_token")

    def test_missing_scope_is_named(self):
        rules = [("files/list_folder", {"path": ""}, "files.metadata.read"),
                 ("files/get_metadata", {"path": "/people.json"}, "files.metadata.read"),
                 ("files/get_temporary_link", {"path": "/people.json"}, "files.content.read"),
                 ("users/get_current_account", None, "account_info.read")]
        for function, argument, scope in rules:
            with self.subTest(function):
                answer = self.call(function, argument, self.sign_in(scope="sharing.read")["access_token"])
                self.assert_tags(answer, 401, "missing_scope")
                self.assertEqual(answer.json["error"]["required_scope"], scope)

    def test_content_type_must_be_json(self):
        for content_type in ["application/x-www-form-urlencoded", "text/json", "application/json; charset=latin1"]:
            answer = self.post("files/list_folder", '{"path": ""}', Content_Type=content_type)
            self.assert_plain(answer, 'Bad HTTP "Content-Type" header')
        answer = self.post("files/list_folder", '{"path": ""}', Content_Type="application/json; charset=utf-8")
        self.assertEqual(answer.status, 200, answer.text)

    def test_missing_content_type_is_refused(self):
        self.assert_plain(self.post("files/list_folder", '{"path": ""}'), "Content-Type")

    def test_body_must_be_json(self):
        answer = self.post("files/list_folder", "{path", Content_Type="application/json")
        self.assert_plain(answer, 'Error in call to API function "files/list_folder": request body: could not decode')

    def test_unknown_member_of_an_argument_is_refused(self):
        self.assert_plain(self.call("files/list_folder", {"path": "", "depth": 1}), "depth")

    def test_unknown_function_is_400(self):
        self.assert_plain(self.call("files/burn", {}), "Unknown API function")

    def test_wrong_method_is_400(self):
        self.assert_plain(self.simulator.request("GET", "/2/files/list_folder"), "files/list_folder")

    def test_dropbox_s_own_host_names_are_told_apart(self):
        answer = self.call("files/list_folder", {"path": ""}, Host="content.dropboxapi.com")
        self.assert_plain(answer, "api.dropboxapi.com")
        self.assertEqual(self.call("files/list_folder", {"path": ""}, Host="api.dropboxapi.com").status, 200)


class PathRoot(harness.SimulatorTest):
    def list(self, root, email="haruka@example.com"):
        token = self.sign_in(email=email)["access_token"]
        return self.call("files/list_folder", {"path": ""}, token, Dropbox_API_Path_Root=json.dumps(root))

    def root_info(self, email):
        token = self.sign_in(email=email)["access_token"]
        return self.call("users/get_current_account", None, token).json["root_info"]

    def test_a_team_member_has_another_root_than_home(self):
        member, single = self.root_info("haruka@example.com"), self.root_info("ada@example.com")
        self.assertEqual((member[".tag"], single[".tag"]), ("team", "user"))
        self.assertNotEqual(member["root_namespace_id"], member["home_namespace_id"])
        self.assertEqual(single["root_namespace_id"], single["home_namespace_id"])

    def test_home_root_and_own_namespaces_are_accepted(self):
        info = self.root_info("haruka@example.com")
        for root in [{".tag": "home"}, {".tag": "root", "root": info["root_namespace_id"]},
                     {".tag": "namespace_id", "namespace_id": info["home_namespace_id"]}]:
            self.assertEqual(self.list(root).status, 200)

    def test_a_wrong_root_is_422_with_the_right_one(self):
        answer = self.list({".tag": "root", "root": "1"})
        self.assert_tags(answer, 422, "invalid_root")
        self.assertEqual(answer.json["error"]["invalid_root"], self.root_info("haruka@example.com"))

    def test_a_foreign_namespace_is_422_no_permission(self):
        self.assert_tags(self.list({".tag": "namespace_id", "namespace_id": "1"}), 422, "no_permission")

    def test_a_header_that_is_not_a_path_root_is_400(self):
        self.assert_plain(self.list("home"), "Dropbox-API-Path-Root")


class Listing(harness.SimulatorTest):
    def pages(self, **argument):
        """All pages of a listing."""
        token = self.sign_in()["access_token"]
        pages = [self.call("files/list_folder", {"path": "", **argument}, token)]
        while pages[-1].status == 200 and pages[-1].json["has_more"]:
            pages.append(self.call("files/list_folder/continue", {"cursor": pages[-1].json["cursor"]}, token))
        self.assertEqual({page.status for page in pages}, {200}, pages[-1].text)
        return [page.json for page in pages]

    def names(self, **argument):
        return sorted(entry["path_display"] for page in self.pages(**argument) for entry in page["entries"])

    def test_the_root_is_the_empty_path(self):
        self.assertEqual(self.names(), ["/events.ndjson", "/orders", "/people.json", "/settings.json", "/データ"])

    def test_a_slash_is_not_the_root(self):
        self.assert_plain(self.call("files/list_folder", {"path": "/"}), "empty string rather than")

    def test_a_trailing_slash_is_refused(self):
        self.assert_plain(self.call("files/list_folder", {"path": "/orders/"}), "slash")

    def test_a_path_begins_with_a_slash(self):
        self.assert_plain(self.call("files/list_folder", {"path": "orders"}), "did not match")

    def test_case_does_not_matter(self):
        self.assertEqual(self.names(path="/ORDERS"), self.names(path="/orders"))

    def test_recursive_lists_everything_below_with_the_folder_itself(self):
        self.assertEqual(self.names(path="/orders", recursive=True), ["/orders", *self.names(path="/orders")])
        self.assertIn("/データ/é😀.json", self.names(recursive=True))

    def test_limit_is_1_to_2000_and_honoured(self):
        self.assertEqual([len(page["entries"]) for page in self.pages(limit=2)], [2, 2, 1])
        for limit in [0, 2001]:
            self.assert_plain(self.call("files/list_folder", {"path": "", "limit": limit}), "limit")

    def test_the_server_may_send_smaller_pages(self):
        self.simulator.control("settings", {"page_size": 1})
        self.assertEqual([len(page["entries"]) for page in self.pages(limit=2)], [1, 1, 1, 1, 1])

    def test_pages_may_be_empty(self):
        self.simulator.control("settings", {"page_size": 3, "empty_pages": True})
        self.assertEqual([len(page["entries"]) for page in self.pages()], [0, 3, 0, 2])

    def test_a_cursor_can_be_used_again(self):
        token = self.sign_in()["access_token"]
        cursor = {"cursor": self.call("files/list_folder", {"path": "", "limit": 2}, token).json["cursor"]}
        answers = [self.call("files/list_folder/continue", cursor, token).json["entries"] for _ in range(2)]
        self.assertEqual(*answers)

    def test_a_cursor_that_is_gone_says_reset(self):
        cursor = self.call("files/list_folder", {"path": "", "limit": 2}).json["cursor"]
        self.simulator.control("reset-cursors")
        self.assert_tags(self.call("files/list_folder/continue", {"cursor": cursor}), 409, "reset")

    def test_a_cursor_of_someone_else_says_reset(self):
        cursor = self.call("files/list_folder", {"path": "", "limit": 2}).json["cursor"]
        token = self.sign_in(email="haruka@example.com")["access_token"]
        self.assert_tags(self.call("files/list_folder/continue", {"cursor": cursor}, token), 409, "reset")

    def test_a_missing_folder_is_not_found(self):
        self.assert_tags(self.call("files/list_folder", {"path": "/none"}), 409, "path", "not_found")

    def test_a_file_is_not_a_folder(self):
        self.assert_tags(self.call("files/list_folder", {"path": "/people.json"}), 409, "path", "not_folder")

    def test_dot_segments_are_malformed(self):
        self.assert_tags(self.call("files/list_folder", {"path": "/orders/../.."}), 409, "path", "malformed_path")

    def test_namespace_paths_work_for_own_namespaces(self):
        token = self.sign_in()["access_token"]
        info = self.call("users/get_current_account", None, token).json["root_info"]
        self.assertEqual(self.names(path=f"ns:{info['home_namespace_id']}/orders"), self.names(path="/orders"))
        self.assert_tags(self.call("files/list_folder", {"path": "ns:1/orders"}, token), 409, "path", "not_found")

    def test_the_same_listing_twice_at_once_is_429(self):
        token = self.sign_in()["access_token"]
        # Each is under way for a second, so that they meet whichever comes first.
        self.simulator.control("settings", {"latency_ms": 1000})
        with concurrent.futures.ThreadPoolExecutor() as pool:
            listings = [pool.submit(self.call, "files/list_folder", {"path": ""}, token) for _ in range(2)]
            answers = sorted((listing.result() for listing in listings), key=lambda answer: answer.status)
        self.simulator.control("settings", {"latency_ms": 0})
        self.assertEqual([answer.status for answer in answers], [200, 429])
        refused = answers[1]
        self.assertEqual(int(refused.headers["Retry-After"]), refused.json["error"]["retry_after"])
        self.assertEqual(self.call("files/list_folder", {"path": ""}, token).status, 200)


class Metadata(harness.SimulatorTest):
    def metadata(self, path, **argument):
        return self.call("files/get_metadata", {"path": path, **argument})

    def test_file_metadata_is_complete(self):
        metadata = self.metadata("/データ/é😀.json").json
        size = os.path.getsize(os.path.join(harness.DOCUMENTS, "データ", "é😀.json"))
        self.assertEqual((metadata[".tag"], metadata["name"], metadata["size"]), ("file", "é😀.json", size))
        self.assertRegex(metadata["rev"], "^[0-9a-f]{9,}$")
        self.assertRegex(metadata["id"], "^id:.+")
        self.assertRegex(metadata["server_modified"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertRegex(metadata["content_hash"], "^[0-9a-f]{64}$")
        self.assertTrue(metadata["is_downloadable"])

    def test_path_lower_is_lower_and_path_display_is_not(self):
        metadata = self.metadata("/PEOPLE.JSON").json
        self.assertEqual((metadata["path_lower"], metadata["path_display"]), ("/people.json", "/people.json"))

    def test_id_and_rev_are_paths_too(self):
        metadata = self.metadata("/people.json").json
        for path in [metadata["id"], f"rev:{metadata['rev']}"]:
            self.assertEqual(self.metadata(path).json, metadata)

    def test_the_root_is_unsupported(self):
        self.assert_plain(self.metadata(""), "root folder is unsupported")

    def test_a_short_rev_is_no_path(self):
        self.assert_plain(self.metadata("rev:12"), "did not match")

    def test_what_is_not_there_is_not_found(self):
        for path in ["/none.json", "id:none", "rev:0123456789"]:
            self.assert_tags(self.metadata(path), 409, "path", "not_found")


class Changes(harness.SimulatorTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = folder.name
        super().setUpClass()

    def write(self, name, text):
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_rev_and_hash_follow_the_content(self):
        self.write("a.json", "[1]")
        before = self.call("files/get_metadata", {"path": "/a.json"}).json
        self.write("a.json", "[12]")
        after = self.call("files/get_metadata", {"path": "/a.json"}).json
        self.assertEqual(before["id"], after["id"])
        self.assertNotEqual(before["rev"], after["rev"])
        self.assertNotEqual(before["content_hash"], after["content_hash"])
        stale = self.call("files/get_metadata", {"path": f"rev:{before['rev']}"})
        self.assert_tags(stale, 409, "path", "not_found")

    def test_rev_follows_the_time_of_change(self):
        self.write("t.json", "[1]")
        before = self.call("files/get_metadata", {"path": "/t.json"}).json
        os.utime(os.path.join(self.root, "t.json"), (1_000_000_000, 1_000_000_000))
        after = self.call("files/get_metadata", {"path": "/t.json"}).json
        self.assertEqual(after["server_modified"], "2001-09-09T01:46:40Z")
        self.assertNotEqual(before["rev"], after["rev"])
        self.assertEqual(before["content_hash"], after["content_hash"])

    def test_a_finished_cursor_tells_what_changed_since(self):
        self.write("gone.json", "[]")
        token = self.sign_in()["access_token"]
        cursor = self.call("files/list_folder", {"path": ""}, token).json["cursor"]
        os.remove(os.path.join(self.root, "gone.json"))
        self.write("new.json", "[]")
        entries = self.call("files/list_folder/continue", {"cursor": cursor}, token).json["entries"]
        changes = {(entry[".tag"], entry["name"]) for entry in entries}
        self.assertEqual(changes, {("deleted", "gone.json"), ("file", "new.json")})

    def test_deleted_entries_are_listed_on_request(self):
        self.write("old.json", "[]")
        self.call("files/list_folder", {"path": ""})
        os.remove(os.path.join(self.root, "old.json"))
        tags = lambda **argument: {
            entry["name"]: entry[".tag"]
            for entry in self.call("files/list_folder", {"path": "", **argument}).json["entries"]
        }
        self.assertEqual(tags(include_deleted=True)["old.json"], "deleted")
        self.assertNotIn("old.json", tags())
        deleted = self.call("files/get_metadata", {"path": "/old.json", "include_deleted": True})
        self.assertEqual(deleted.json[".tag"], "deleted")

    def test_cloud_documents_cannot_be_downloaded(self):
        self.write("notes.paper", "x")
        metadata = self.call("files/get_metadata", {"path": "/notes.paper"}).json
        self.assertFalse(metadata["is_downloadable"])
        self.assertIn("export_as", metadata["export_info"])
        link = self.call("files/get_temporary_link", {"path": "/notes.paper"})
        self.assert_tags(link, 409, "unsupported_file")
        listing = self.call("files/list_folder", {"path": "", "include_non_downloadable_files": False}).json
        self.assertNotIn("notes.paper", [entry["name"] for entry in listing["entries"]])


class Account(harness.SimulatorTest):
    def account(self, body, **headers):
        given = {"Authorization": f"Bearer {self.sign_in()['access_token']}"}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self.simulator.request("POST", "/2/users/get_current_account", body, given)

    def test_null_is_the_argument_of_a_function_without_one(self):
        answer = self.account("null", Content_Type="application/json")
        self.assertEqual((answer.status, answer.json["email"]), (200, "ada@example.com"))
        self.assertEqual(len(answer.json["account_id"]), 40)

    def test_anything_else_is_refused(self):
        for body in ["{}", "", "x"]:
            self.assertEqual(self.account(body, Content_Type="application/json").status, 400)

    def test_a_form_content_type_is_refused(self):
        answer = self.account("null", Content_Type="application/x-www-form-urlencoded")
        self.assert_plain(answer, 'Bad HTTP "Content-Type" header')

    def test_check_user_echoes(self):
        self.assertEqual(self.call("check/user", {"query": "é😀"}).json, {"result": "é😀"})

    def test_revoke_ends_the_token_with_its_family(self):
        tokens, other = self.sign_in(), self.sign_in()
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"],
                   "client_id": harness.APP_KEY}
        sibling = self.token(**refresh).json["access_token"]
        answer = self.call("auth/token/revoke", None, tokens["access_token"])
        self.assertEqual((answer.status, answer.text), (200, "null"))
        for token in [tokens["access_token"], sibling]:
            self.assert_tags(self.call("check/user", {}, token), 401, "invalid_access_token")
        self.assertEqual(self.token(**refresh).json["error"], "invalid_grant")
        self.assertEqual(self.call("check/user", {}, other["access_token"]).status, 200)

    def test_revoke_needs_a_token_that_is_not_expired(self):
        token = self.sign_in()["access_token"]
        self.simulator.control("expire")
        self.assert_tags(self.call("auth/token/revoke", None, token), 401, "expired_access_token")
