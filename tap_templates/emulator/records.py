"""Where a server that outlives the command is written down: its process, its port, and for whom it runs."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tap_templates.errors import UsageError
from tap_templates.report.files import write_whole


class Record(NamedTuple):
    """One running server; ``folder`` holds its log and what is temporary."""

    pid: int
    port: int
    account: str
    region: str
    folder: str


def record_path(state_dir: Path) -> Path:
    """The record of the server that keeps its state in ``state_dir``; beside it."""
    return state_dir.with_name(f"{state_dir.name}.json")


def read_record(path: Path) -> Record | None:
    """The record; None when there is none, or one that nobody can read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Record(int(said["pid"]), int(said["port"]), said["account"], said["region"], said["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_record(path: Path, record: Record) -> None:
    """Writes it whole."""
    write_whole(str(path), json.dumps(record._asdict(), indent=2) + "\n")


def last_port(state_dir: Path) -> int | None:
    """The port that the last server had: what it made is known by addresses that name it, such as queue URLs."""
    try:
        return int(_port_path(state_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def remember_port(state_dir: Path, port: int) -> None:
    """For the next server."""
    write_whole(str(_port_path(state_dir)), f"{port}\n")


def _port_path(state_dir: Path) -> Path:
    return state_dir.with_name(f"{state_dir.name}.port")


@contextlib.contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """Nobody else starts or stops the server of ``state_dir`` meanwhile."""
    try:
        state_dir.parent.mkdir(parents=True, exist_ok=True)
        lock = state_dir.with_name(f"{state_dir.name}.lock").open("w")
    except OSError as error:
        remedy = "name a folder that can be created"
        raise UsageError(str(state_dir.parent), found=error.strerror, remedy=remedy) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
