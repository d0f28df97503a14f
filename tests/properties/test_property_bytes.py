"""Equal input gives equal bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from support.choices import arguments

from tap_templates import Settings, build

PROGRAM = """
import hashlib
from tap_templates import Settings, build
chosen = Settings(project="pay", tags={"b": "1", "a": "2"}, users=[{"name": "bob", "groups": ["operators"]}])
for settings in (None, chosen):
    print(hashlib.sha256(build("secure-enterprise", settings).to_json().encode()).hexdigest())
"""


@settings(max_examples=15)
@given(chosen=arguments())
def test_two_builds_are_equal(chosen: dict[str, Any]) -> None:
    """Two stacks of the same settings, and two texts of one stack, are equal to the byte."""
    first, second = build("secure-enterprise", Settings(**chosen)), build("secure-enterprise", Settings(**chosen))

    assert first.to_json() == second.to_json() == first.to_json()


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_other_process_gives_equal_bytes(seed: str) -> None:
    """The order of sets in a process, which PYTHONHASHSEED changes, is nowhere in a template."""
    chosen = Settings(project="pay", tags={"b": "1", "a": "2"}, users=[{"name": "bob", "groups": ["operators"]}])
    expected = [
        hashlib.sha256(build("secure-enterprise", settings).to_json().encode()).hexdigest()
        for settings in (None, chosen)
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.split() == expected
