"""`latchkey doctor`: what keeps a connection from working, and what to do about it."""

import os

from command import answer, latchkey, local, remote


def results(place, *connection, status=0, **more):
    checks = answer(place, "doctor", *connection, status=status, **more)
    assert all(check["remarks"] for check in checks)
    return checks, {(check["check"], check["result"]) for check in checks}


def test_an_installation_that_works_is_ok(place):
    _, found = results(place)
    assert found == {("driver manager", "ok"), ("registration", "ok"), ("library", "ok")}
    assert "│ registration" in latchkey(place, "doctor").stdout


def test_what_is_wrong_with_the_registration_is_told(place):
    registry = place.folder / "odbcinst.ini"
    broken = place.folder / "broken.so"
    broken.write_text("no library")
    for text, expected in [
        ("[Other]\nDriver=x\n", ("registration", "fail")),
        (f"[Latchkey]\nDriver={place.folder}/none.so\n", ("library", "fail")),
        (f"[Latchkey]\nDriver={broken}\n", ("library", "fail")),
    ]:
        registry.write_text(text)
        assert expected in results(place, status=1)[1]
    registry.unlink()
    assert ("registration", "fail") in results(place, status=1)[1]
    # Without unixODBC's tools.
    (place.folder / "bin").mkdir()
    os.symlink("/bin/true", place.folder / "bin" / "true")
    assert ("driver manager", "warn") in results(place, status=1, environment={"PATH": str(place.folder / "bin")})[1]


def test_local_documents_need_neither_network_nor_token(place):
    place.document("people.json", [])
    checks, found = results(place, local(place))
    assert ("token", "ok") in found and not [check for check in checks if check["check"] == "network"]


def test_network_clock_token_and_settings_are_looked_at(place, people):
    string = remote(place, people)
    checks, found = results(place, string, status=1)
    assert {("network", "ok"), ("clock", "ok"), ("token", "fail")} <= found
    assert [check["remarks"] for check in checks if check["check"] == "token"] == ["signed out. Sign in with latchkey login."]
    assert not [name for name, count in people.counts().items() if name.startswith("token:") and count]

    answer(place, "login", string)
    checks, found = results(place, string)
    assert {result for _, result in found} == {"ok"} and ("settings", "ok") in found

    place.settings.chmod(0o644)
    place.folder.chmod(0o777)
    checks, found = results(place, string)
    assert ("settings", "warn") in found
    told = " ".join(check["remarks"] for check in checks if check["check"] == "settings")
    assert "chmod 600" in told and "Others can replace" in told


def test_a_clock_that_is_wrong_is_told(place, people):
    checks, found = results(place, remote(place, people), status=1, environment={"FAKETIME": "+1h"} | faketime())
    assert ("clock", "warn") in found
    assert "ahead of the server's" in " ".join(check["remarks"] for check in checks)


def faketime():
    """The environment in which a program lives at another time."""
    folders = [f"/usr/lib/{os.uname().machine}-linux-gnu/faketime", "/usr/lib/faketime", "/usr/lib64/faketime"]
    library = next(f"{folder}/libfaketime.so.1" for folder in folders if os.path.exists(f"{folder}/libfaketime.so.1"))
    # Time-outs are by the monotonic clock, which stays.
    return {"LD_PRELOAD": library, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def test_a_server_that_is_not_there_is_told(place, people):
    string = remote(place, people, DropboxContentURL="http://127.0.0.1:9")
    checks, found = results(place, string, status=1)
    assert ("network", "fail") in found and "127.0.0.1:9" in " ".join(check["remarks"] for check in checks)


def test_a_connection_string_that_is_wrong_is_told(place):
    checks, found = results(place, "URI=/a.json;Timeout=soon", status=1)
    assert ("connection", "fail") in found
