"""Shared links: who opens them, and what they lead to."""

import json
import os

import harness

OTHER = "haruka@example.com"


class SharedTest(harness.SimulatorTest):
    def share(self, path, **how):
        return self.simulator.control("share", {"path": path, **how})["url"]

    def metadata(self, url, token=None, **more):
        return self.call("sharing/get_shared_link_metadata", {"url": url, **more}, token)

    def file(self, url, method="POST", **more):
        headers = {"Authorization": f"Bearer {self.sign_in()['access_token']}",
                   "Dropbox-API-Arg": json.dumps({"url": url, **more})}
        return self.simulator.request(method, "/2/sharing/get_shared_link_file", None, headers)

    def listing(self, url, path="", password=None, **more):
        link = {"url": url, **({"password": password} if password else {})}
        return self.call("files/list_folder", {"path": path, "shared_link": link, **more})

    @staticmethod
    def content(path):
        with open(harness.DOCUMENTS + path, "rb") as file:
            return file.read()


class Files(SharedTest):
    def test_a_link_tells_of_its_file_and_hands_it_out(self):
        for old in [False, True]:
            url = self.share("/データ/é😀.json", old=old)
            self.assertIn("/s/" if old else "/scl/fi/", url)
            metadata = self.metadata(url).json
            self.assertEqual((metadata[".tag"], metadata["name"]), ("file", "é😀.json"))
            self.assertEqual(metadata["path_lower"], "/データ/é😀.json")
            for method in ["POST", "GET"]:
                answer = self.file(url, method)
                self.assertEqual((answer.status, answer.body), (200, self.content("/データ/é😀.json")))
                result = json.loads(answer.headers["Dropbox-API-Result"])
                self.assertEqual(result, metadata)
                self.assertEqual(result["size"], len(answer.body))

    def test_other_parameters_of_a_link_do_not_matter_but_its_key_does(self):
        url = self.share("/people.json")
        for same in [url.replace("dl=0", "dl=1"), url.replace("&dl=0", ""), url + "&st=abc", url.replace("www.", "")]:
            self.assertEqual(self.metadata(same).status, 200, same)
        for other in [url.split("?")[0], url.replace("rlkey=", "rlkey=0"), url.replace("/people", "/peopl"),
                      url.replace("www.dropbox.com", "www.dropbox.test"), url.replace("https", "http"), "people", ""]:
            self.assert_tags(self.metadata(other), 409, "shared_link_not_found")
            self.assert_tags(self.file(other), 409, "shared_link_not_found")

    def test_a_password_is_wanted_everywhere(self):
        url = self.share("/people.json", password="correct horse")
        for wrong in [{}, {"link_password": ""}, {"link_password": "wrong horse"}]:
            self.assert_tags(self.metadata(url, **wrong), 409, "shared_link_access_denied")
            self.assert_tags(self.file(url, **wrong), 409, "shared_link_access_denied")
        self.assertEqual(self.metadata(url, link_password="correct horse").status, 200)
        self.assertEqual(self.file(url, link_password="correct horse").body, self.content("/people.json"))

    def test_an_expired_link_leads_nowhere(self):
        url = self.share("/people.json", expired=True)
        self.assert_tags(self.metadata(url), 409, "shared_link_not_found")
        self.assert_tags(self.file(url), 409, "shared_link_not_found")

    def test_a_private_link_opens_for_its_owner(self):
        url = self.share("/people.json", only_owner=True)
        self.assertEqual(self.metadata(url).status, 200)
        other = self.sign_in(email=OTHER)["access_token"]
        self.assert_tags(self.metadata(url, other), 409, "shared_link_access_denied")

    def test_a_path_in_somebody_s_dropbox_is_not_told_to_others(self):
        url = self.share("/people.json")
        self.assertNotIn("path_lower", self.metadata(url, self.sign_in(email=OTHER)["access_token"]).json)

    def test_the_scope_and_the_shape_of_the_argument_are_checked(self):
        url = self.share("/people.json")
        token = self.sign_in(scope="files.content.read files.metadata.read")["access_token"]
        self.assert_tags(self.metadata(url, token), 401, "missing_scope")
        self.assert_plain(self.metadata(url, password="x"), "unknown field")
        self.assert_plain(self.metadata(url, path="people.json"), "did not match")
        self.assert_tags(self.metadata(url, path="/people.json"), 409, "shared_link_not_found")

    def test_a_download_belongs_to_the_content_host(self):
        url = self.share("/people.json")
        answer = self.call("sharing/get_shared_link_metadata", {"url": url}, Host="content.dropboxapi.com")
        self.assert_plain(answer, "api.dropboxapi.com")


class Folders(SharedTest):
    def test_a_folder_is_listed_without_paths_and_its_files_are_handed_out(self):
        for old in [False, True]:
            url = self.share("/orders", old=old)
            self.assertEqual(self.metadata(url).json[".tag"], "folder")
            entries = self.listing(url).json["entries"]
            self.assertEqual({entry["name"] for entry in entries}, set(os.listdir(harness.DOCUMENTS + "/orders")))
            for entry in entries:
                self.assertFalse([name for name in entry if name.startswith("path_")])
                self.assertTrue(entry["rev"])
            answer = self.file(url, path="/2026-01.json")
            self.assertEqual(answer.body, self.content("/orders/2026-01.json"))
            self.assertEqual(self.metadata(url, path="/2026-01.json").json["name"], "2026-01.json")

    def test_pages_go_on_by_cursor(self):
        self.simulator.control("settings", {"page_size": 2})
        page = self.listing(self.share("/orders")).json
        names = [entry["name"] for entry in page["entries"]]
        while page["has_more"]:
            page = self.call("files/list_folder/continue", {"cursor": page["cursor"]}).json
            names += [entry["name"] for entry in page["entries"]]
            self.assertFalse([name for entry in page["entries"] for name in entry if name.startswith("path_")])
        self.assertEqual(sorted(names), ["2026-01.json", "2026-02.json", "2026-03.json"])

    def test_what_cannot_be_listed_or_handed_out(self):
        url = self.share("/orders", password="correct horse")
        self.assert_plain(self.listing(url, password="correct horse", recursive=True), "recursive")
        self.assert_tags(self.listing(url), 409, "path", "not_found")
        self.assert_tags(self.listing(url, "/none", "correct horse"), 409, "path", "not_found")
        self.assertEqual(self.listing(url, "", "correct horse").status, 200)
        self.assert_tags(self.file(url, link_password="correct horse"), 409, "shared_link_is_directory")
        self.assert_tags(self.file(url, path="/none", link_password="correct horse"), 409, "shared_link_not_found")


class Control(SharedTest):
    def test_what_opens_a_link_is_a_secret(self):
        url = self.share("/people.json", password="correct horse")
        secrets = self.simulator.secrets()["shared_links"]
        self.assertIn("correct horse", secrets)
        self.assertIn(url.split("/")[5], secrets)
        self.assertIn(url.split("rlkey=")[1].split("&")[0], secrets)

    def test_a_link_that_cannot_be_made_is_400(self):
        for body in [{"path": "/none"}, {"path": "/people.json", "email": "nobody@example.com"},
                     {"path": "/people.json", "secret": True}, {}]:
            self.assertEqual(self.simulator.request("POST", "/control/share", json.dumps(body)).status, 400, body)
