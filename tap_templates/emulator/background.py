"""The embedded AWS in the background: it outlives the command that starts it, and keeps its state.

Its record stands beside the folder of its state. A record whose process is gone, or another's by now, is stale: it is
never believed, and nobody's process is ended for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

from tap_templates.emulator.process import ServerProcess, kill_group
from tap_templates.emulator.records import Record, last_port, locked, read_record, record_path, remember_port
from tap_templates.emulator.server import DEFAULT_ACCOUNT, DEFAULT_REGION, START_TIMEOUT_SECONDS, EmbeddedAws
from tap_templates.errors import UsageError

ANSWER_TIMEOUT_SECONDS = 2.0
STOP_TIMEOUT_SECONDS = 15.0
POLL_SECONDS = 0.05
TEMPORARY = "tap-templates-aws-"


class Started(NamedTuple):
    """A server in the background; ``fresh`` when it was started now, ``stale`` when the last one had just vanished."""

    aws: EmbeddedAws
    record: Record
    fresh: bool
    stale: bool


def running(state_dir: Path | str) -> tuple[EmbeddedAws, Record] | None:
    """The server that keeps its state in ``state_dir``; None when none runs."""
    record = read_record(record_path(Path(state_dir).absolute()))
    if record is None or _answering_pid(record.port) != record.pid:
        return None
    return EmbeddedAws.at(record.port, account=record.account, region=record.region, folder=Path(record.folder)), record


def start(
    state_dir: Path | str,
    *,
    account: str | None = None,
    region: str | None = None,
    start_timeout_seconds: float = START_TIMEOUT_SECONDS,
) -> Started:
    """The server of ``state_dir``, started when it does not run.

    Raises:
        UsageError: One runs for another account.
        MissingExtraError: ministack or boto3 is not installed.
        DeploymentError: It did not come up within the time; says why.
    """
    place = Path(state_dir).absolute()
    with locked(place):
        found = running(place)
        if found:
            aws, record = found
            if account not in (None, record.account):
                remedy = "stop it first: tap-templates emulator stop"
                raise UsageError("--account", found=f"{account}, but it runs for {record.account}", remedy=remedy)
            return Started(aws, record, fresh=False, stale=False)
        stale = _forget(place)
        aws = EmbeddedAws(account=account or DEFAULT_ACCOUNT, region=region or DEFAULT_REGION)
        try:
            server = ServerProcess.started(
                account=aws.account,
                region=aws.region,
                state_dir=place,
                timeout_seconds=start_timeout_seconds,
                record=record_path(place),
                port=last_port(place),
            )
        except BaseException:
            _forget(place)
            raise
        server.detach()
        remember_port(place, server.port)
        again = running(place)
        assert again is not None  # It has just answered.
        return Started(*again, fresh=True, stale=stale)


def stop(state_dir: Path | str) -> Record | None:
    """End the server of ``state_dir``, which saves its state; the record of it, None when none ran."""
    place = Path(state_dir).absolute()
    with locked(place):
        found = running(place)
        if found is None:
            _forget(place)
            return None
        record = found[1]
        with contextlib.suppress(ProcessLookupError):
            os.kill(record.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        while not _is_gone(record.pid) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        kill_group(record.pid)
        _forget(place)
        return record


def reset(state_dir: Path | str) -> bool:
    """Forget everything that was created, in every account and region; True when a server runs on, empty."""
    place = Path(state_dir).absolute()
    with locked(place):
        found = running(place)
        if found is not None:
            found[0].reset()
            return True
        _forget(place)
        shutil.rmtree(place, ignore_errors=True)
        return False


def _forget(place: Path) -> bool:
    """Removes a record, and what its server left in the way of temporary files; True when there was one."""
    path = record_path(place)
    record = read_record(path)
    if record is not None and Path(record.folder).name.startswith(TEMPORARY):
        shutil.rmtree(record.folder, ignore_errors=True)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def _answering_pid(port: int) -> int | None:
    """The process of the embedded AWS that answers on a port of this machine; None when none does."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/_tap_templates/server", timeout=ANSWER_TIMEOUT_SECONDS) as answer:
            return int(json.loads(answer.read())["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_gone(pid: int) -> bool:
    """Whether a process has ended; one of our own children is also cleared away."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):  # Nobody, or by now somebody else.
        return True
    return False
