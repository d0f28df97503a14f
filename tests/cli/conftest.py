"""No command leaves an embedded AWS behind: what a test starts with ``--local`` in its folder ends with the test."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from tap_templates.cli.target import STATE_FOLDER
from tap_templates.emulator import background


@pytest.fixture(autouse=True)
def _stopped_embedded_aws(tmp_path: pathlib.Path) -> Iterator[None]:
    """The server of the test's folder is stopped."""
    yield
    if (tmp_path / ".tap-templates").exists():
        background.stop(tmp_path / STATE_FOLDER)
