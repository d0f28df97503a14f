"""No command leaves an embedded AWS behind: what a test starts with ``--local`` in its folder ends with the test."""

from __future__ import annotations

import io
import pathlib
import sys
from collections.abc import Callable, Iterator

import pytest

from tap_templates.cli.target import STATE_FOLDER
from tap_templates.emulator import background


@pytest.fixture(autouse=True)
def _stopped_embedded_aws(tmp_path: pathlib.Path) -> Iterator[None]:
    """The server of the test's folder is stopped."""
    yield
    if (tmp_path / ".tap-templates").is_dir():
        background.stop(tmp_path / STATE_FOLDER)


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pathlib.Path]:
    """A folder whose embedded AWS serves all tests of a module."""
    folder = tmp_path_factory.mktemp("shared")
    yield folder
    background.stop(folder / STATE_FOLDER)


@pytest.fixture
def shared(shared_folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """That folder as the working folder."""
    monkeypatch.chdir(shared_folder)
    return shared_folder


class Terminal(io.StringIO):
    """A terminal at which a person types."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the words stand on the terminal."""
    return lambda words: monkeypatch.setattr(sys, "stdin", Terminal(words))
