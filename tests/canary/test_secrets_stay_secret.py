"""No token, code, verifier or secret is in anything the suites before this one left behind."""

import json
import os
import pathlib

ARTIFACTS = pathlib.Path(os.environ["LATCHKEY_TEST_ARTIFACTS"])


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from strings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from strings(inside)


def test_no_secret_is_in_a_log_an_error_or_an_output():
    secrets = set()
    for file in (ARTIFACTS / "secrets").iterdir():
        secrets.update(strings(json.loads(file.read_text())))
    secrets = {secret for secret in secrets if len(secret) >= 8}
    header = pathlib.Path(__file__).parent.parent.parent / "include" / "latchkey.h"
    files = [header, *(ARTIFACTS / "logs").iterdir(), *(ARTIFACTS / "outputs").iterdir()]
    assert len(secrets) > 20 and len(files) > 5, "the suites before the canary did not run"
    assert any(file.stat().st_size > 1000 for file in files if file.suffix == ".log")
    found = []
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [f"{file.name}: a secret beginning with {secret[:6]}" for secret in secrets if secret in text]
    assert not found, found
