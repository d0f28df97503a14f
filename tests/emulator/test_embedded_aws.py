"""The server's life: starts, answers, is reset, ends; and says why when it does not start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from tap_templates.emulator import EmbeddedAws, process
from tap_templates.emulator.launcher import MINISTACK_VERSION, refuse_other_version
from tap_templates.errors import DeploymentError, MissingExtraError, UsageError

GONE_WITHIN_SECONDS = 10


def _alive(pid: int) -> bool:
    """True while the process runs; one that ended and was not waited for does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + GONE_WITHIN_SECONDS
    while _alive(pid):
        assert time.monotonic() < deadline, f"process {pid} was left behind"
        time.sleep(0.05)


def test_environment_is_enough_for_any_client(embedded: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that reads nothing but its environment is root of the account."""
    for name, value in embedded.environment().items():
        monkeypatch.setenv(name, value)

    assert boto3.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:root"
    assert embedded.endpoint.startswith("http://127.0.0.1:")


def test_nothing_listens_but_loopback(embedded: EmbeddedAws) -> None:
    """The server's port is not reachable by the machine's other addresses."""
    port = int(embedded.endpoint.rpartition(":")[2])
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1"}:
        with socket.socket() as probe:
            probe.settimeout(2)
            assert address.startswith("127.") or probe.connect_ex((address, port)) != 0


def test_life_of_a_server() -> None:
    """Starts once, is of its account and region, is reset, stops without a trace; stopping twice is no error."""
    aws = EmbeddedAws(account="444455556666", region="eu-central-1")
    with pytest.raises(DeploymentError, match="not running"):
        _ = aws.endpoint
    with aws:
        endpoint = aws.endpoint
        assert aws.start().endpoint == endpoint
        sqs = boto3.client("sqs", **aws.client_arguments())
        assert "eu-central-1" in boto3.client("sns", **aws.client_arguments()).create_topic(Name="t")["TopicArn"]
        assert "444455556666" in sqs.create_queue(QueueName="q")["QueueUrl"]
        aws.reset()
        assert not sqs.list_queues().get("QueueUrls")
        server = aws._process
        assert server is not None
        pid, folder = server._process.pid, server.folder
    assert not _alive(pid)
    assert not folder.exists()
    aws.stop()


def test_state_is_kept_when_asked(tmp_path: Path) -> None:
    """With a state folder, what was created is there after a restart: objects too."""
    for run in (1, 2):
        with EmbeddedAws(state_dir=tmp_path / "state") as aws:
            s3 = boto3.client("s3", **aws.client_arguments())
            if run == 1:
                s3.create_bucket(Bucket="kept")
                s3.put_object(Bucket="kept", Key="k", Body=b"v")
            else:
                assert s3.get_object(Bucket="kept", Key="k")["Body"].read() == b"v"


def test_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """Even when that process is killed, nothing is left behind."""
    program = (
        "import sys, time\n"
        "from tap_templates.emulator import EmbeddedAws\n"
        "aws = EmbeddedAws().start()\n"
        "print(aws._process._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    library = str(Path(process.__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": library, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert _alive(pid)
        parent.send_signal(signal.SIGKILL)
    _wait_until_gone(pid)
    assert list(tmp_path.iterdir()) == []


def test_server_ends_with_an_exception(tmp_path: Path) -> None:
    """An uncaught exception ends the server by the exit hook."""
    program = (
        "from tap_templates.emulator import EmbeddedAws\n"
        "aws = EmbeddedAws().start()\n"
        "print(aws._process._process.pid, flush=True)\n"
        "raise SystemExit(3)\n"
    )
    library = str(Path(process.__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": library, "TMPDIR": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)

    assert ended.returncode == 3
    _wait_until_gone(int(ended.stdout))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"account": "1234"}, "use twelve digits"),
        ({"region": "Mars"}, "use an AWS region"),
    ],
)
def test_wrong_settings_are_refused(arguments: dict[str, str], message: str) -> None:
    """Before anything starts."""
    with pytest.raises(UsageError, match=message):
        EmbeddedAws(**arguments)  # type: ignore[arg-type]


def test_state_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in its place is explained."""
    (tmp_path / "taken").write_text("")

    with pytest.raises(UsageError, match="name a folder that can be created"):
        EmbeddedAws(state_dir=tmp_path / "taken" / "state").start()


def test_missing_ministack_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ministack the install line is given."""
    monkeypatch.setattr(process, "NEEDED_MODULES", ("no_such_module",))

    with pytest.raises(MissingExtraError, match=r"tap_templates\[local\]"):
        EmbeddedAws().start()


def test_server_that_dies_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code and the last lines of its log are in the error."""
    monkeypatch.setattr(process, "LAUNCHER", "no_such_launcher")

    with pytest.raises(DeploymentError) as failure:
        EmbeddedAws().start()
    assert "ended with exit code 1" in str(failure.value.found)
    assert "no_such_launcher" in str(failure.value.found)


def test_server_that_is_silent_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time budget ends the wait, and the process."""
    started: list[Any] = []
    original = process.ServerProcess._spawned.__func__  # type: ignore[attr-defined]

    def spawned(cls: type, *arguments: Any) -> Any:
        started.append(original(cls, *arguments))
        return started[-1]

    monkeypatch.setattr(process.ServerProcess, "_spawned", classmethod(spawned))
    monkeypatch.setattr(process, "is_healthy", lambda port: False)
    with pytest.raises(DeploymentError, match=r"no answer within 0\.2 seconds"):
        EmbeddedAws(start_timeout_seconds=0.2).start()
    assert started[0]._process.poll() is not None


def test_taken_port_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody takes the port first, another one is used; only so often."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        ports = iter([taken, process.free_port()])
        monkeypatch.setattr(process, "free_port", lambda: next(ports))
        monkeypatch.setattr(process, "is_healthy", lambda port, real=process.is_healthy: port != taken and real(port))
        with EmbeddedAws() as aws:
            assert not aws.endpoint.endswith(f":{taken}")
        monkeypatch.setattr(process, "free_port", lambda: taken)
        with pytest.raises(DeploymentError, match="already in use"):
            EmbeddedAws().start()


def test_interrupt_while_starting_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while waiting ends the server that was being started."""
    pids: list[int] = []

    def interrupted(self: process.ServerProcess, timeout_seconds: float) -> None:
        pids.append(self._process.pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(process.ServerProcess, "_wait_until_healthy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        EmbeddedAws().start()
    assert not _alive(pids[0])


def test_server_that_ignores_the_request_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGKILL follows when SIGTERM does not help."""
    monkeypatch.setattr(process, "STOP_TIMEOUT_SECONDS", 0.2)
    aws = EmbeddedAws().start()
    server = aws._process
    assert server is not None
    os.kill(server._process.pid, signal.SIGSTOP)  # it cannot act on SIGTERM now
    aws.stop()
    assert not _alive(server._process.pid)


def test_other_ministack_versions_are_refused() -> None:
    """The repairs hang on private names of one version."""
    refuse_other_version(MINISTACK_VERSION)
    with pytest.raises(SystemExit, match=r"pip install 'ministack==1\.5\.33'"):
        refuse_other_version("2.0.0")


def test_pinned_version_is_the_one_in_the_extra() -> None:
    """The guard and the requirement say the same version."""
    configuration = Path(process.__file__).parents[2] / "setup.cfg"
    if not configuration.exists():  # installed
        pytest.skip("no setup.cfg beside the package")
    assert configuration.read_text().count(f"ministack=={MINISTACK_VERSION}\n") >= 1


def test_real_credentials_never_reach_the_server(tmp_path: Path) -> None:
    """AWS settings and proxies of the caller are left out of the server's environment."""
    ours = {"AWS_PROFILE": "prod", "AWS_SECRET_ACCESS_KEY": "real", "HTTPS_PROXY": "p", "PATH": "/bin"}

    environment = process.server_environment(ours, port=1, account="1" * 12, region="us-east-1", folder=tmp_path)
    assert "real" not in environment.values()
    assert not {"AWS_PROFILE", "HTTPS_PROXY"} & environment.keys()
    assert environment["PATH"] == "/bin"
    assert (environment["AUTH"], environment["BIND_HOST"]) == ("true", "127.0.0.1")
