"""One thing made once for all workers of a test run, and undone when the last has finished.

The first worker to ask makes it: an election by exclusive creation of a file. The others wait for its result. Nobody
takes over from a worker that died: what it made is unknown then.
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
        folder = Path(tempfile.gettempdir()) / f"{PREFIX}{told['testrunuid']}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return cls(folder, str(told["workerid"]))

    @classmethod
    def alone(cls) -> Shared:
        """That of a run in one process."""
        return cls(Path(tempfile.mkdtemp(prefix=PREFIX)), "main")

    def __init__(self, folder: Path, member: str) -> None:
        self._folder, self._member = folder, member
        (folder / "members").mkdir(parents=True, exist_ok=True)
        self._presence = folder / "members" / member
        self._presence.write_text(str(os.getpid()), encoding="ascii")

    def leave(self) -> None:
        """This worker needs it no more; the last one takes the folder with it."""
        self._presence.unlink(missing_ok=True)
        if not any((self._folder / "members").glob("*")):
            shutil.rmtree(self._folder, ignore_errors=True)

    def made_once(self, make: Callable[[], State]) -> tuple[State, bool]:
        """What ``make`` returned in the first worker, and whether that is this one. ``make`` does not raise.

        Raises:
            InfrastructureError: The worker that was at it is gone.
        """
        maker, result = self._folder / "maker", self._folder / "state.json"
        try:
            os.close(os.open(maker, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return self._result_of_other(maker, result), False
        maker.write_text(str(os.getpid()), encoding="ascii")
        state = make()
        partial = result.with_suffix(".partial")
        partial.write_text(json.dumps(state), encoding="utf-8")
        partial.replace(result)
        return state, True

    def wait_for_others(self) -> None:
        """Returns when every other worker has left or died."""
        while any(self._is_alive(path) for path in (self._folder / "members").iterdir() if path != self._presence):
            time.sleep(POLL_SECONDS)

    def _result_of_other(self, maker: Path, result: Path) -> State:
        while not result.exists():
            if not self._is_alive(maker) and not result.exists():
                raise InfrastructureError("the worker that was deploying the stack for all others is gone")
            time.sleep(POLL_SECONDS)
        state: State = json.loads(result.read_text(encoding="utf-8"))
        return state

    def _is_alive(self, path: Path) -> bool:
        """Whether the process whose number is in the file runs; a file that is just being written counts as one."""
        try:
            number = path.read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        if not number:
            return True
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
