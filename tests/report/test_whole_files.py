"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tap_templates.errors import UsageError
from tap_templates.report.files import require_writable, write_whole

REMEDY = "name a file in a folder that can be written"


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    """New files are written by their owner and read by all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_file_is_written(tmp_path: Path) -> None:
    """The text is there in UTF-8 with plain line breaks, readable by all, and nothing else is left in the folder."""
    path = tmp_path / "new" / "folder" / "a.json"
    write_whole(str(path), "ä\nb\n")

    assert path.read_bytes() == b"\xc3\xa4\nb\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert os.listdir(path.parent) == ["a.json"]


def test_mask_is_kept(tmp_path: Path) -> None:
    """Whose files no one else reads, gets a file that no one else reads, and keeps the mask."""
    os.umask(0o077)
    write_whole(str(tmp_path / "a.json"), "text")

    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o600
    assert os.umask(0o022) == 0o077


def test_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare name is a file in the folder where one is."""
    monkeypatch.chdir(tmp_path)
    write_whole("a.json", "text")

    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "text"


def test_file_is_replaced(tmp_path: Path) -> None:
    """What stood there is replaced, and keeps its mode."""
    path = tmp_path / "a.json"
    path.write_text("before", encoding="utf-8")
    path.chmod(0o600)
    write_whole(str(path), "after")

    assert path.read_text(encoding="utf-8") == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_path_is_a_folder(tmp_path: Path) -> None:
    """A folder in the place of the file is refused and left alone."""
    with pytest.raises(UsageError) as caught:
        write_whole(str(tmp_path), "text")

    assert str(caught.value) == f"{tmp_path}: found 'is a folder'; {REMEDY}"
    assert os.listdir(tmp_path) == []


def test_folder_is_a_file(tmp_path: Path) -> None:
    """A file in the place of the folder is refused and left alone."""
    (tmp_path / "a").write_text("before", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        write_whole(str(tmp_path / "a" / "b.json"), "text")

    assert caught.value.where == str(tmp_path / "a" / "b.json")
    assert caught.value.remedy == REMEDY
    assert (tmp_path / "a").read_text(encoding="utf-8") == "before"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder without the right to write is refused."""
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="permission denied"):
        write_whole(str(tmp_path / "a.json"), "text")


@pytest.mark.parametrize("step", ["makedirs", "chmod", "replace"])
def test_what_stood_there_stands_unchanged(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever step fails, the file is as it was, and no part of the new one is left."""
    path = tmp_path / "a.json"
    path.write_text("before", encoding="utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(UsageError) as caught:
        write_whole(str(path), "after")

    assert str(caught.value) == f"{path}: found 'no space left on device'; {REMEDY}"
    assert isinstance(caught.value.__cause__, OSError)
    assert path.read_text(encoding="utf-8") == "before"
    assert os.listdir(tmp_path) == ["a.json"]


def test_error_without_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that the system has no words for is told in its own."""

    def odd(*_: object) -> None:
        raise OSError("Odd")

    monkeypatch.setattr(os, "replace", odd)
    with pytest.raises(UsageError, match="found 'odd'"):
        write_whole(str(tmp_path / "a.json"), "text")


def test_text_that_cannot_be_encoded(tmp_path: Path) -> None:
    """A text that is no Unicode is an error of its own, and leaves nothing behind."""
    with pytest.raises(UnicodeEncodeError):
        write_whole(str(tmp_path / "a.json"), "\ud800")

    assert os.listdir(tmp_path) == []


def test_place_that_can_be_written_is_found_so_without_a_trace(tmp_path: Path) -> None:
    """A file that is there, and one in folders that are not there yet: neither is touched or made."""
    present = tmp_path / "a.json"
    present.write_text("before", encoding="utf-8")

    require_writable(str(present))
    require_writable(str(tmp_path / "new" / "folder" / "b.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert present.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("place", "found"),
    [("", "is a folder"), ("a/b.json", "not a directory"), ("sealed/b.json", "permission denied")],
)
def test_place_that_cannot_be_written_is_said_before_the_work(
    place: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, something below a file, a folder without permission."""
    (tmp_path / "a").write_text("file", encoding="utf-8")
    if place.startswith("sealed"):

        def denied(**_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.TemporaryFile", denied)
    with pytest.raises(UsageError, match=f"found '{found}'; name a file in a folder that can be written"):
        require_writable(str(tmp_path / place))
