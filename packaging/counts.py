"""Prints "PASSED FAILED" of a suite's log: cargo test, pytest, or a line "N passed, N failed"."""

import re
import sys

passed = failed = 0
for line in open(sys.argv[1], encoding="utf-8", errors="replace"):
    if re.match(r"test result: |(\d+ (passed|failed|error|errors|skipped)[, ]*)+( in [\d.]+s.*)?$", line.strip("= \n")):
        passed += sum(int(n) for n in re.findall(r"(\d+) passed", line))
        # A test that did not run has not passed.
        failed += sum(int(n) for n in re.findall(r"(\d+) (?:failed|errors?|skipped|ignored)", line))
print(passed, failed)
