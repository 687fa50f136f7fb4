#!/usr/bin/env python3
"""The simulator's strictness, rule by rule over plain HTTP: check_strict.py [SIMULATOR]."""

import sys

import harness
import strict.authorize
import strict.control
import strict.download
import strict.files
import strict.shared
import strict.token

if __name__ == "__main__":
    sys.exit(harness.main(strict.authorize, strict.token, strict.files, strict.download, strict.shared, strict.control))
