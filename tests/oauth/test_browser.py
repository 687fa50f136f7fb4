"""The same sign-in in a real browser: Chromium, headless, driven by WebDriver."""

import pathlib
import sys

import pytest

from signing_in import PROGRAM

BROWSER = pathlib.Path(__file__).parent / "chromium_dropbox.py"


@pytest.mark.parametrize(
    ("button", "answer", "page"), [("Allow", "2", "signed in"), ("Cancel", "28000", "denied")]
)
def test_a_person_signs_in_with_chromium(place, button, answer, page):
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    simulator = place.simulator()
    result = place.python(
        PROGRAM,
        place.connection_string(simulator, "dropbox:///people.json"),
        environment={"BROWSER": f"{sys.executable} {BROWSER} %s {button} {place.folder}"},
    )
    assert result.stdout.startswith(answer), result
    # The browser may still be reading the page when the driver has its code.
    assert place.wait_for(lambda: (place.folder / "page.png").exists()), "the browser never saw the last page"
    assert page in (place.folder / "page.txt").read_text().lower()


def test_a_person_goes_on_past_the_warning_of_a_self_signed_certificate(place):
    """An https callback: the first handshake fails, the second is the person's decision."""
    place.callback = f"https://localhost:{place.callback_port}"
    place.document("people.json", [{"name": "Ada"}, {"name": "Grace"}])
    simulator = place.simulator()
    result = place.python(
        PROGRAM,
        place.connection_string(simulator, "dropbox:///people.json"),
        environment={"BROWSER": f"{sys.executable} {BROWSER} %s Allow {place.folder}"},
    )
    assert result.stdout.startswith("2"), result
    assert place.wait_for(lambda: (place.folder / "page.png").exists()), "the browser never saw the last page"
    assert "signed in" in (place.folder / "page.txt").read_text().lower()
    assert (place.folder / "warned.txt").exists()
