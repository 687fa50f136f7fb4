"""The pages of the manual: what they show is what the tests run, what they quote is in the sources, and links lead somewhere."""

import pathlib
import re
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
CLIENTS = (DOCS / "clients.md").read_text(encoding="utf-8")


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    broken = []
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
        target = urllib.parse.urlsplit(link)
        if target.scheme:
            continue
        file = page.parent / target.path if target.path else page
        if not file.exists() or (target.fragment and target.fragment not in anchors(file)):
            broken.append(link)
    assert not broken


def test_every_page_is_found_from_the_readme():
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen:
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#\s:]+\.md)", page.read_text(encoding="utf-8"))
        ahead += [(page.parent / link).resolve() for link in links]
    assert not set(PAGES) - seen


def test_the_connection_strings_of_the_readme_name_properties_that_there_are():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("| Situation | Connection string |") :].partition("\n\n")[0]
    named = set(re.findall(r"(?:^|[;`])(\w+)=", table))
    known = set(re.findall(r"`(\w+)`(?= or|,| \|)", (DOCS / "properties.md").read_text(encoding="utf-8")))
    assert len(named) > 20 and named - known - {"LATCHKEY_OAUTH_SETTINGS_KEY"} == set()


def test_the_guide_for_contributors_names_files_that_there_are():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:src|tests|docs|packaging)/[\w./]+)`", guide))
    paths |= set(re.findall(r"(?:^| )(?:\./)?((?:tests|packaging)/[\w./]+)", "\n".join(blocks(guide, "sh")), re.M))
    assert len(paths) > 15 and not [path for path in paths if not (ROOT / path).exists()]


def test_the_snippets_of_the_clients_are_out_of_the_programs_that_run():
    shown = re.findall(r"^<!-- (\S+) -->\n```\w+\n(.*?)^```$", CLIENTS, re.M | re.S)
    assert {pathlib.Path(name).name for name, _ in shown} >= {
        "test_pyodbc.py", "test_python.py", "turbo.py", "rodbc.R", "perl.pl", "pdo.php", "odbc.php", "node.js",
        "mono.cs", "qt.py", "main.rs", "office.py",
    }
    for name, text in shown:
        program = (ROOT / name).read_text(encoding="utf-8")
        at = 0
        for piece in text.strip("\n").split("\n…\n"):
            found = program.find(piece, at)
            assert found >= 0, f"{name} does not have, or not in this order:\n{piece}"
            at = found + len(piece)


def test_the_commands_of_the_clients_work_with_the_data_source_of_the_page(place):
    place.document("people.json", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}])
    simulator = place.simulator()
    [source] = blocks(CLIENTS, "ini")
    here = place.properties(simulator, "")
    endpoints = [f"{name}={here[name]}" for name in here if name.endswith("URL") or name in ("Logfile", "Verbosity")]
    (place.folder / "odbc.ini").write_text(source.replace("<app key>", here["OAuthClientId"]) + "\n".join(endpoints) + "\n")
    commands = blocks(CLIENTS, "sh")
    assert len(commands) == 4
    for command in commands:
        iodbc = {"ODBCINSTINI": str(place.folder / "odbcinst.ini")} if "iodbctest" in command else {}
        result = place.run("sh", "-c", command, environment=iodbc)
        wanted = {"SELECT": "Grace", "help": "name", "EXEC": "Dropbox"}
        [answer] = [answer for word, answer in wanted.items() if word in command]
        assert result.returncode == 0 and answer in result.stdout, (command, result)


def literals():
    """The texts of the sources, with … for what is filled in."""
    texts = []
    for file in (ROOT / "src").rglob("*.rs"):
        # Quotation marks that begin no text: in comments, and as a character.
        source = re.sub(r"^\s*//.*|'\\?\"'", "", file.read_text(encoding="utf-8"), flags=re.M)
        for text in re.findall(r'"((?:[^"\\]|\\.)*)"', source, re.S):
            text = re.sub(r"\\\n\s*", "", text).replace('\\"', '"').replace("{{", "\0").replace("}}", "\1")
            texts.append(re.sub(r"\{[^{}]*\}", "…", text).replace("\0", "{").replace("\1", "}"))
    return texts


def test_every_message_that_is_explained_is_in_the_sources():
    page = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|", page, re.M)
    assert len(rows) > 45
    texts = literals()
    # A message may be put together of several texts: what stands between two … has to be in one of them.
    missing = [
        message
        for message in rows
        for piece in re.split(r"\s*…\s*", message)
        if piece.strip(" ()'\".,:;") and not any(piece.strip() in text for text in texts)
    ]
    assert not missing
