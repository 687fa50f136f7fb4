"""The commands of docs/command.md do what they say."""

import base64
import os
import pathlib
import re

from command import COMMAND, HERE, latchkey

PAGE = (HERE.parent.parent / "docs" / "command.md").read_text(encoding="utf-8")


def test_the_commands_of_the_page_run(place, people):
    place.data_source("DropboxPeople", place.properties(
        people, "dropbox:///people.json", InitiateOAuth="REFRESH", OAuthRevokeURL=f"{people.url}/2/auth/token/revoke",
    ))
    (place.folder / "key").write_bytes(base64.b64encode(os.urandom(32)))
    (place.folder / "people.json").write_bytes((place.documents / "people.json").read_bytes())
    blocks = re.findall(r"<!-- run -->\n```sh\n(.*?)```\n", PAGE, re.S)
    assert len(blocks) == 6
    search = {"PATH": f"{pathlib.Path(COMMAND).parent}:{os.environ['PATH']}"}
    shown = ""
    for block in blocks:
        result = place.run("bash", "-e", "-o", "pipefail", "-c", f"cd {place.folder}\n{block}", environment=search)
        assert result.returncode == 0, result
        shown += result.stdout
    for part in ("Ada", "people\n2\n", "somebody has to sign in", '"state":"signed in"', "revoked", "Staff", "raw-1", "It loads."):
        assert part in shown, part
    assert (place.folder / "names.csv").read_text() == "name\nAda\nGrace\n"


def test_the_page_names_every_sub_command(place):
    helped = latchkey(place, "--help").stdout
    commands = re.findall(r"^  ([a-z]+) ", helped.split("Commands:\n")[1].split("\n\n")[0], re.M)
    assert len(commands) == 10
    assert [command for command in commands if f"latchkey {command}" not in PAGE] == []
    assert "130 interrupted" in helped
