"""The server's process: started on a free port of 127.0.0.1, never left behind.

Three things see to its end: ``stop()``, an exit hook, and a pipe on its standard input that the operating
system closes when this process dies, even by SIGKILL.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from tap_templates.emulator.launcher import RECORD_VARIABLE
from tap_templates.emulator.records import Record, write_record
from tap_templates.errors import DeploymentError, MissingExtraError, UsageError

LAUNCHER = "tap_templates.emulator.launcher"
NEEDED_MODULES = ("ministack", "boto3")
POLL_SECONDS = 0.05
STOP_TIMEOUT_SECONDS = 5.0
PORT_ATTEMPTS = 3
LOG_LINES_SHOWN = 12
PORT_TAKEN = "already in use"


class ServerProcess:
    """A running server: its port, its log and its decisions; its folder goes when it stops."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
        self._process, self.port, self.folder = process, port, folder
        self.log_file, self.decisions_file = folder / "server.log", folder / "decisions.jsonl"
        atexit.register(self.stop)

    @classmethod
    def started(
        cls,
        *,
        account: str,
        region: str,
        state_dir: Path | None,
        timeout_seconds: float,
        record: Path | None = None,
        port: int | None = None,
    ) -> ServerProcess:
        """A server that answers; see ``EmbeddedAws.start`` for what goes wrong.

        With ``record``, where it is written down, it can outlive this process: see ``detach``. ``port`` is taken
        when it is free.
        """
        for module in NEEDED_MODULES:
            if find_spec(module) is None:
                raise MissingExtraError("the embedded AWS", extra="local", missing=module)
        attempts_left = PORT_ATTEMPTS
        while True:
            attempts_left -= 1
            server = cls._spawned(account, region, state_dir, record, port if port and is_free(port) else free_port())
            try:
                server._wait_until_healthy(timeout_seconds)
            except DeploymentError as failure:
                server.stop()
                port = None
                if attempts_left and PORT_TAKEN in str(failure.found):
                    continue
                raise
            except BaseException:  # Ctrl-C while waiting
                server.stop()
                raise
            return server

    @classmethod
    def _spawned(
        cls, account: str, region: str, state_dir: Path | None, record: Path | None, port: int
    ) -> ServerProcess:
        kept = persistence(state_dir)
        folder = Path(tempfile.mkdtemp(prefix="tap-templates-aws-"))
        environment = server_environment(os.environ, port=port, account=account, region=region, folder=folder)
        environment.update(kept)
        if record is not None:
            environment[RECORD_VARIABLE] = str(record)
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", LAUNCHER],
                env=environment,
                cwd=folder,
                stdin=subprocess.PIPE if record is None else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in a terminal reaches us, and we stop the server
            )
        server = cls(process, port, folder)
        if record is not None:
            write_record(record, Record(process.pid, port, account, region, str(folder)))
        return server

    def _wait_until_healthy(self, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not is_healthy(self.port):
            code = self._process.poll()
            if code is not None:
                raise self._did_not_start(f"ended with exit code {code}")
            if time.monotonic() > deadline:
                raise self._did_not_start(f"no answer within {timeout_seconds:g} seconds")
            time.sleep(POLL_SECONDS)

    def _did_not_start(self, why: str) -> DeploymentError:
        tail = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        return DeploymentError(
            "the embedded AWS",
            found="\n".join([why, *tail]),
            remedy="see the server's last lines above; more time: start_timeout_seconds",
        )

    def detach(self) -> None:
        """From now on the server outlives this process."""
        atexit.unregister(self.stop)
        self._process.returncode = 0  # To Popen it has ended: nothing waits for it, and nothing warns that it runs.

    def stop(self) -> None:
        """SIGTERM (it saves its state), then SIGKILL for it and everything it started; the folder is removed."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_SECONDS)
        kill_group(self._process.pid)
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class OthersProcess:
    """A server that somebody else started, and stops: its port, its log and its decisions."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.log_file, self.decisions_file = folder / "server.log", folder / "decisions.jsonl"

    def stop(self) -> None:
        """It goes on."""


def kill_group(leader: int) -> None:
    """End what is left of the session that ``leader`` led: the server, and functions that still run."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nobody listened on this port of 127.0.0.1 a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def is_healthy(port: int) -> bool:
    """True when the server answers on this port."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/_ministack/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def server_environment(
    ours: Mapping[str, str], *, port: int, account: str, region: str, folder: Path
) -> dict[str, str]:
    """The server's environment: ours without AWS and proxy settings, so that a real account is never in reach."""
    kept = {
        name: value
        for name, value in ours.items()
        if not name.startswith(("AWS_", "MINISTACK_", "LOCALSTACK_", "LAMBDA_", "S3_"))
        and name.lower() not in ("http_proxy", "https_proxy", "all_proxy", "services", "use_ssl", "docker_host")
    }
    library = str(Path(__file__).resolve().parents[2])
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(filter(None, [library, kept.get("PYTHONPATH", "")])),
        "TMPDIR": str(folder),
        "GATEWAY_PORT": str(port),
        "EDGE_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": region,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "true",
        "LOG_LEVEL": "WARNING",
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TAP_TEMPLATES_DECISIONS": str(folder / "decisions.jsonl"),
    }


def persistence(state_dir: Path | None) -> dict[str, str]:
    """What makes the server keep its state in ``state_dir``, which is created."""
    if state_dir is None:
        return {}
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(str(state_dir), found=error.strerror, remedy="name a folder that can be created") from error
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir / "s3"),
    }
