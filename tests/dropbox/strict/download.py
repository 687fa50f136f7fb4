"""Downloads: the argument header, ranges, freshness, temporary links."""

import hashlib
import json
import os
import tempfile
import urllib.parse

import harness

PEOPLE = os.path.join(harness.DOCUMENTS, "people.json")


class DownloadTest(harness.SimulatorTest):
    def download(self, path, method="POST", **headers):
        given = {"Authorization": f"Bearer {self.sign_in()['access_token']}",
                 "Dropbox-API-Arg": json.dumps({"path": path})}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        given = {name: value for name, value in given.items() if value is not None}
        return self.simulator.request(method, "/2/files/download", None, given)

    @staticmethod
    def people():
        with open(PEOPLE, "rb") as file:
            return file.read()


class Argument(DownloadTest):
    def test_post_and_get_give_bytes_with_metadata_in_a_header(self):
        for method in ["POST", "GET"]:
            answer = self.download("/people.json", method)
            self.assertEqual((answer.status, answer.body), (200, self.people()))
            result = json.loads(answer.headers["Dropbox-API-Result"])
            self.assertEqual(result["size"], len(answer.body))
            self.assertNotIn(".tag", result)
            self.assertEqual(answer.headers["ETag"], f'W/"{result["rev"]}"')
            self.assertEqual(answer.headers["Content-Type"], "application/octet-stream")

    def test_escaped_unicode_is_understood_and_answered_in_ascii(self):
        answer = self.download("/データ/é😀.json")
        self.assertEqual(answer.status, 200, answer.text)
        result = answer.headers["Dropbox-API-Result"]
        self.assertTrue(result.isascii())
        self.assertIn("\\ud83d\\ude00", result)
        self.assertEqual(json.loads(result)["name"], "é😀.json")

    def test_raw_unicode_in_the_header_is_400(self):
        raw = json.dumps({"path": "/データ/é😀.json"}, ensure_ascii=False).encode()
        self.assert_plain(self.download("", Dropbox_API_Arg=raw), "could not decode input as JSON")

    def test_the_argument_may_stand_in_the_url(self):
        query = urllib.parse.urlencode({"arg": json.dumps({"path": "/データ/é😀.json"}, ensure_ascii=False)})
        headers = {"Authorization": f"Bearer {self.sign_in()['access_token']}"}
        answer = self.simulator.request("GET", f"/2/files/download?{query}", None, headers)
        self.assertEqual(answer.status, 200, answer.text)

    def test_a_missing_argument_is_400(self):
        self.assert_plain(self.download("", Dropbox_API_Arg=None), "Dropbox-API-Arg")

    def test_a_json_content_type_is_400(self):
        self.assert_plain(self.download("/people.json", Content_Type="application/json"), "Content-Type")

    def test_octets_and_text_are_accepted_content_types(self):
        for content_type in ["application/octet-stream", "text/plain", "text/plain; charset=utf-8"]:
            self.assertEqual(self.download("/people.json", Content_Type=content_type).status, 200)

    def test_a_body_is_refused(self):
        headers = {"Authorization": f"Bearer {self.sign_in()['access_token']}", "Dropbox-API-Arg": '{"path": "/a"}'}
        answer = self.simulator.request("POST", "/2/files/download", "null", headers)
        self.assert_plain(answer, "no request body")

    def test_a_trailing_slash_is_400(self):
        self.assert_plain(self.download("/people.json/"), "slash")

    def test_a_folder_is_not_a_file(self):
        self.assert_tags(self.download("/orders"), 409, "path", "not_file")

    def test_what_is_not_there_is_not_found(self):
        self.assert_tags(self.download("/none"), 409, "path", "not_found")

    def test_the_content_scope_is_needed(self):
        token = self.sign_in(scope="files.metadata.read")["access_token"]
        answer = self.download("/people.json", Authorization=f"Bearer {token}")
        self.assert_tags(answer, 401, "missing_scope")
        self.assertEqual(answer.json["error"]["required_scope"], "files.content.read")

    def test_the_api_host_does_not_serve_content(self):
        self.assert_plain(self.download("/people.json", Host="api.dropboxapi.com"), "content.dropboxapi.com")


class RangesAndFreshness(DownloadTest):
    def test_a_range_is_206(self):
        people = self.people()
        last = len(people) - 1
        for header, first, end in [("bytes=0-9", 0, 9), ("bytes=10-", 10, last), ("bytes=-5", last - 4, last),
                                   (f"bytes=7-{last + 100}", 7, last)]:
            with self.subTest(header):
                answer = self.download("/people.json", Range=header)
                self.assertEqual((answer.status, answer.body), (206, people[first:end + 1]))
                self.assertEqual(answer.headers["Content-Range"], f"bytes {first}-{end}/{len(people)}")
                self.assertEqual(json.loads(answer.headers["Dropbox-API-Result"])["size"], len(people))

    def test_a_range_behind_the_end_is_416(self):
        size = len(self.people())
        answer = self.download("/people.json", Range=f"bytes={size}-")
        self.assertEqual((answer.status, answer.headers["Content-Range"]), (416, f"bytes */{size}"))

    def test_what_is_no_single_range_is_ignored(self):
        for header in ["bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=+1-2"]:
            self.assertEqual(self.download("/people.json", Range=header).status, 200)

    def test_an_unchanged_file_is_304(self):
        etag = self.download("/people.json").headers["ETag"]
        for method in ["POST", "GET"]:
            answer = self.download("/people.json", method, If_None_Match=etag)
            self.assertEqual((answer.status, answer.body, answer.headers["ETag"]), (304, b"", etag))
        self.assertEqual(self.download("/people.json", If_None_Match='W/"0123456789"').status, 200)

    def test_id_and_rev_are_paths(self):
        metadata = json.loads(self.download("/people.json").headers["Dropbox-API-Result"])
        for path in [metadata["id"], f"rev:{metadata['rev']}"]:
            self.assertEqual(self.download(path).body, self.people())


class ContentHash(DownloadTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = folder.name
        super().setUpClass()

    def hash_of(self, content):
        with open(os.path.join(self.root, "file"), "wb") as file:
            file.write(content)
        return self.call("files/get_metadata", {"path": "/file"}).json["content_hash"]

    def test_an_empty_file_has_the_hash_of_nothing(self):
        self.assertEqual(self.hash_of(b""), hashlib.sha256(b"").hexdigest())
        self.assertEqual(self.download("/file").body, b"")

    def test_blocks_of_4_mib_are_hashed_first(self):
        block = 4 * 1024 * 1024
        for size in [1, block, block + 1, 2 * block + 7]:
            content = bytes(size)
            digests = b"".join(hashlib.sha256(content[at:at + block]).digest() for at in range(0, size, block))
            self.assertEqual(self.hash_of(content), hashlib.sha256(digests).hexdigest())


class TemporaryLinks(DownloadTest):
    def link(self):
        answer = self.call("files/get_temporary_link", {"path": "/people.json"})
        self.assertEqual(answer.json["metadata"]["name"], "people.json")
        return answer.json["link"].removeprefix(self.simulator.http)

    def test_a_link_needs_no_token(self):
        answer = self.simulator.request("GET", self.link())
        self.assertEqual((answer.status, answer.body), (200, self.people()))

    def test_a_link_serves_ranges(self):
        answer = self.simulator.request("GET", self.link(), None, {"Range": "bytes=1-2"})
        self.assertEqual((answer.status, answer.body), (206, self.people()[1:3]))

    def test_a_link_that_has_run_out_is_410(self):
        self.simulator.control("settings", {"temporary_link_lifetime": 0})
        self.assertEqual(self.simulator.request("GET", self.link()).status, 410)

    def test_a_folder_has_no_link(self):
        self.assert_tags(self.call("files/get_temporary_link", {"path": "/orders"}), 409, "path", "not_file")
