"""One thing made once for all workers of a test run, and undone when the last has finished.

The first worker to ask makes it: an election by exclusive creation of a file. The others wait for its result. Nobody
takes over from a worker that died: what it made is unknown then. Who is there has a file of its name; the one who
reports removes that of a worker that crashed, which is a better witness than a process number: a crashed worker stays
in the process table until the end of the run.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tap_templates.testing.taxonomy import InfrastructureError

POLL_SECONDS = 0.05
PREFIX = "tap-templates-run-"
State = dict[str, Any]


class Shared:
    """The folder through which the workers of one run agree; ``member`` is this worker's name."""

    @classmethod
    def of_worker(cls, told: Mapping[str, Any]) -> Shared:
        """That of a distributed run; ``told`` is what pytest-xdist tells each of its workers."""
        folder = _folder_of(told)
        folder.mkdir(mode=0o700, exist_ok=True)
        return cls(folder, str(told["workerid"]))

    @classmethod
    def alone(cls) -> Shared:
        """That of a run in one process."""
        return cls(Path(tempfile.mkdtemp(prefix=PREFIX)), "main")

    def __init__(self, folder: Path, member: str) -> None:
        self._folder, self._member, self._members = folder, member, folder / "members"
        self._members.mkdir(parents=True, exist_ok=True)
        (self._members / member).touch()

    def leave(self) -> None:
        """This worker needs it no more; the last one takes the folder with it."""
        _left(self._folder, self._member)

    def made_once(self, make: Callable[[], State]) -> tuple[State, bool]:
        """What ``make`` returned in the first worker, and whether that is this one. ``make`` does not raise.

        Raises:
            InfrastructureError: The worker that was at it is gone.
        """
        maker, result = self._folder / "maker", self._folder / "state.json"
        try:
            number = os.open(maker, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return self._result_of_other(maker, result), False
        os.write(number, self._member.encode())
        os.close(number)
        state = make()
        partial = result.with_suffix(".partial")
        partial.write_text(json.dumps(state), encoding="utf-8")
        partial.replace(result)
        return state, True

    def wait_for_others(self) -> None:
        """Returns when every other worker has left or crashed."""
        while any(path.name != self._member for path in self._members.iterdir()):
            time.sleep(POLL_SECONDS)

    def _result_of_other(self, maker: Path, result: Path) -> State:
        while not result.exists():
            name = maker.read_text(encoding="utf-8")  # empty while it is being written
            if name and not (self._members / name).exists() and not result.exists():
                raise InfrastructureError("the worker that was deploying the stack for all others is gone")
            time.sleep(POLL_SECONDS)
        state: State = json.loads(result.read_text(encoding="utf-8"))
        return state


def dismiss(told: Mapping[str, Any]) -> None:
    """A worker is down, whether it has left or crashed; ``told`` is what pytest-xdist told it."""
    folder = _folder_of(told)
    if folder.exists():
        _left(folder, str(told["workerid"]))


def _folder_of(told: Mapping[str, Any]) -> Path:
    return Path(tempfile.gettempdir()) / f"{PREFIX}{told['testrunuid']}"


def _left(folder: Path, member: str) -> None:
    (folder / "members" / member).unlink(missing_ok=True)
    if not any((folder / "members").glob("*")):
        shutil.rmtree(folder, ignore_errors=True)
