"""The driver for one run of a benchmark: registered in a folder of its own, with no data source and no settings of the person's."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
RELEASE = TARGET / "release" / "liblatchkey.so"


def register(driver, folder):
    """Registers the library `driver` in the folder, for this process and those that it starts."""
    if not driver.is_file():
        profile = " --release" if driver.parent.name == "release" else ""
        sys.exit(f"'{driver}' is missing: cargo build{profile} --lib --example dropbox-simulator")
    (folder / "odbcinst.ini").write_text(f"[Latchkey]\nDriver={driver.resolve()}\nThreading=0\n")
    (folder / "odbc.ini").write_text("")
    os.environ |= {"ODBCSYSINI": str(folder), "ODBCINI": str(folder / "odbc.ini"), "HOME": str(folder)}
