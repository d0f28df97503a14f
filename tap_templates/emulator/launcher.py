"""Run as ``python -m tap_templates.emulator.launcher``: ministack with its gaps closed.

Adds the resource types that ministack refuses, repairs properties that it drops, gives IAM requests their
full resource ARN, logs decisions; then serves until SIGTERM, or until its standard input closes (its parent
has died); one that outlives its parent ends when its record is gone. All of it hangs on private names of one
ministack version, hence the guard.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import sys
import threading
import time
from importlib.metadata import version

MINISTACK_VERSION = "1.5.33"
RECORD_VARIABLE = "TAP_TEMPLATES_RECORD"
RECORD_SECONDS = 1.0


def main() -> None:
    """Serve; does not return before the server is told to stop."""
    refuse_other_version(version("ministack"))
    record = os.environ.get(RECORD_VARIABLE)
    if record:
        end_with_record(record)
    else:
        end_with_parent()
    os.environ.pop("PYTHONPATH", None)  # a deployed function must not see this library
    from tap_templates.emulator import hooks, types

    hooks.install(os.environ.get("TAP_TEMPLATES_DECISIONS"))
    types.register()
    from ministack import app

    sys.argv[1:] = []  # ministack reads options of its own
    app.main()


def refuse_other_version(found: str) -> None:
    """Exit with a message unless ``found`` is the version that the repairs were written and tested for."""
    if found != MINISTACK_VERSION:
        raise SystemExit(
            f"ministack: found version {found}; the embedded AWS needs {MINISTACK_VERSION}: "
            f"pip install 'ministack=={MINISTACK_VERSION}'"
        )


def end_with_parent() -> None:
    """When standard input closes, the parent is gone: send ourselves SIGTERM, and take our folder along."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        end()

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def end_with_record(path: str) -> None:
    """When the record of this process is gone (somebody removed the folder), or another's: send ourselves SIGTERM."""

    def watch() -> None:
        while recorded_pid(path) == os.getpid():
            time.sleep(RECORD_SECONDS)
        end()

    threading.Thread(target=watch, daemon=True, name="record-watch").start()


def recorded_pid(path: str) -> int | None:
    """The process that a record names."""
    try:
        with open(path, encoding="utf-8") as file:
            return int(json.load(file)["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def end() -> None:
    """SIGTERM to ourselves; the folder for what is temporary goes along."""
    atexit.register(shutil.rmtree, os.environ["TMPDIR"], ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
