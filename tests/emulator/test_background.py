"""The embedded AWS in the background: found by its record, never taken for another process, and ended whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tap_templates.emulator import background
from tap_templates.emulator.process import free_port, kill_group
from tap_templates.emulator.records import Record, last_port, read_record, record_path, remember_port, write_record
from tap_templates.errors import DeploymentError, UsageError


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder for a server's state; the server is stopped at the end."""
    state = tmp_path / "state"
    yield state
    background.stop(state)


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return said.strip()[:1] not in ("", "Z")


def test_server_keeps_its_state_and_its_port(place: Path) -> None:
    """A second start finds it; after a stop the next one has what the first made, at the same address."""
    first = background.start(place)
    assert (first.fresh, first.stale) == (True, False)
    assert (place.with_name("state.json").exists(), read_record(record_path(place))) == (True, first.record)
    again = background.start(place)
    assert (again.fresh, again.record) == (False, first.record)

    stopped = background.stop(place)
    assert stopped == first.record
    assert not is_running(first.record.pid)
    assert not Path(first.record.folder).exists()
    assert background.running(place) is None
    assert background.stop(place) is None

    later = background.start(place)
    assert (later.fresh, later.stale) == (True, False)
    assert later.record.port == first.record.port
    assert later.record.pid != first.record.pid


def test_two_starts_at_once_make_one_server(place: Path) -> None:
    """The second waits for the first and finds its server."""
    started: list[background.Started] = []
    threads = [threading.Thread(target=lambda: started.append(background.start(place))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each.fresh for each in started) == [False, True]
    assert started[0].record == started[1].record


def test_server_ends_when_its_folder_is_removed(tmp_path: Path) -> None:
    """Nobody has to remember it: without its record it goes, and takes its temporary files along."""
    record = background.start(tmp_path / "state").record

    record_path(tmp_path / "state").unlink()
    assert eventually(lambda: not is_running(record.pid))
    assert eventually(lambda: not Path(record.folder).exists())
    kill_group(record.pid)


def test_process_of_somebody_else_is_never_ended(place: Path) -> None:
    """A record that names another process, whose port does not answer as ours, is stale: it alone is removed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        write_record(record_path(place), Record(other.pid, free_port(), "111122223333", "us-east-1", str(place)))

        assert background.running(place) is None
        assert background.stop(place) is None
        assert not record_path(place).exists()
        assert other.poll() is None
        other.communicate()


def test_port_at_which_another_server_answers_is_not_believed(place: Path, tmp_path: Path) -> None:
    """The record's process and the one that answers must be the same; the folder of a stranger's record stays."""
    real = background.start(tmp_path / "other").record
    strange = tmp_path / "precious"
    strange.mkdir()
    write_record(record_path(place), real._replace(pid=os.getpid(), folder=str(strange)))

    try:
        assert background.running(place) is None
        started = background.start(place)
        assert (started.fresh, started.stale) == (True, True)
        assert started.record.pid not in (os.getpid(), real.pid)
        assert strange.exists()
    finally:
        background.stop(tmp_path / "other")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1, "port": null}', '{"pid": 1, "port": 2}'])
def test_record_that_nobody_can_read_is_none(text: str, place: Path) -> None:
    """Half-written, or of another tool: the server is started anew."""
    record_path(place).write_text(text, encoding="utf-8")

    assert read_record(record_path(place)) is None
    assert background.running(place) is None


@pytest.mark.parametrize("answer", [b"[]", b"{}", b"words", b'{"pid": null}'])
def test_port_with_another_kind_of_server(answer: bytes, place: Path) -> None:
    """Whatever it says, it is not ours."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        write_record(record_path(place), Record(os.getpid(), server.server_port, "1" * 12, "us-east-1", "/nowhere"))
        assert background.running(place) is None
        server.shutdown()


def test_server_that_does_not_come_up_leaves_no_record(place: Path) -> None:
    """The reason is said, and the next start begins afresh."""
    with pytest.raises(DeploymentError, match="no answer within 0 seconds"):
        background.start(place, start_timeout_seconds=0)

    assert not record_path(place).exists()
    assert background.start(place).stale is False


def test_server_that_does_not_go_is_ended_by_force(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is stuck, too, is gone after a stop."""
    import signal

    record = background.start(place).record
    monkeypatch.setattr(background, "STOP_TIMEOUT_SECONDS", 0.2)
    os.kill(record.pid, signal.SIGSTOP)

    # A stopped process does not answer, so it is not found by its port; its answer is what it gave before.
    monkeypatch.setattr(background, "_answering_pid", lambda port: record.pid)
    assert background.stop(place) == record
    assert eventually(lambda: not is_running(record.pid))


def test_account_cannot_change_while_it_runs(place: Path) -> None:
    """Everything in it belongs to the first account; the way out is said."""
    background.start(place, account="444455556666")

    with pytest.raises(UsageError, match="stop it first: tap-templates emulator stop"):
        background.start(place, account="111122223333")
    assert background.start(place).aws.account == "444455556666"


def test_reset_empties_what_runs_and_removes_what_does_not(place: Path) -> None:
    """True when a server runs on, empty."""
    import boto3

    started = background.start(place)
    sqs = boto3.client("sqs", **started.aws.client_arguments())
    sqs.create_queue(QueueName="jobs")

    assert background.reset(place) is True
    assert not sqs.list_queues().get("QueueUrls")
    background.stop(place)
    assert place.exists()
    assert background.reset(place) is False
    assert not place.exists()


def test_port_is_remembered_as_it_was(tmp_path: Path) -> None:
    """None before the first server, and for what is no port."""
    place = tmp_path / "state"
    assert last_port(place) is None
    remember_port(place, 4711)
    assert last_port(place) == 4711
    (tmp_path / "state.port").write_text("words", encoding="utf-8")
    assert last_port(place) is None


def test_record_says_for_whom_it_runs(tmp_path: Path) -> None:
    """As JSON beside the state, for people and other programs."""
    record = Record(1, 2, "111122223333", "us-east-1", "/tmp/x")
    write_record(tmp_path / "r.json", record)

    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == record._asdict()
    assert read_record(tmp_path / "r.json") == record
