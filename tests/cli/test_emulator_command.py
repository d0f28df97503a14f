"""What a person types and sees: ``emulator start``, ``status``, ``stop`` and ``reset``."""

from __future__ import annotations

import pathlib
import re
import shlex
import time

import boto3
import pytest

from tap_templates.cli import main
from tap_templates.cli.target import STATE_FOLDER
from tap_templates.emulator import background
from tap_templates.emulator.process import kill_group


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A working folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def exported(out: str) -> dict[str, str]:
    """What a shell would have in its environment after evaluating the lines."""
    words = [shlex.split(line) for line in out.splitlines()]
    assert all(first == "export" and len(rest) == 1 for first, *rest in words)
    return dict(word.split("=", 1) for _, word in words)


def test_one_server_for_every_command_until_it_is_stopped(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Started once, found again, usable by any client with the printed environment; its state outlives a stop."""
    assert main(["emulator", "status"]) == 1
    assert "no embedded AWS runs here: tap-templates emulator start" in capsys.readouterr().err

    assert main(["emulator", "start", "--account", "444455556666", "--region", "eu-west-1"]) == 0
    said = capsys.readouterr()
    environment = exported(said.out)
    assert environment["AWS_ACCESS_KEY_ID"] == "444455556666"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert re.search(r"embedded AWS started at http://127\.0\.0\.1:\d+, pid \d+, account 444455556666", said.err)

    assert main(["emulator", "start"]) == 0
    again = capsys.readouterr()
    assert again.out == said.out
    assert "embedded AWS running at" in again.err
    assert main(["emulator", "status"]) == 0
    assert capsys.readouterr().out == said.out

    assert main(["emulator", "start", "--account", "111122223333"]) == 2
    assert "found '111122223333, but it runs for 444455556666'; stop it first" in capsys.readouterr().err

    sqs = boto3.client(
        "sqs",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    assert "/444455556666/" in url

    assert main(["emulator", "stop"]) == 0
    assert re.search(r"embedded AWS stopped \(pid \d+\), state kept", capsys.readouterr().err)
    assert main(["emulator", "stop"]) == 0
    assert "no embedded AWS ran here" in capsys.readouterr().err

    assert main(["emulator", "start", "--account", "444455556666", "--region", "eu-west-1"]) == 0
    assert exported(capsys.readouterr().out) == environment
    assert sqs.list_queues()["QueueUrls"] == [url]

    assert main(["emulator", "reset"]) == 0
    assert capsys.readouterr().err == "embedded AWS is empty, and runs on\n"
    assert not sqs.list_queues().get("QueueUrls")


def test_reset_of_one_that_does_not_run_forgets_its_state(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder of its state goes."""
    state = folder / ".tap-templates/embedded-aws"
    state.mkdir(parents=True)
    (state / "sqs.json").write_text("{}", encoding="utf-8")

    assert main(["emulator", "reset"]) == 0
    assert capsys.readouterr().err == "embedded AWS is empty\n"
    assert not state.exists()


def kill_server() -> None:
    """A server is started, and ended by force."""
    kill_group(background.start(STATE_FOLDER).record.pid)
    deadline = time.monotonic() + 5
    while background.running(STATE_FOLDER) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_server_that_was_killed_is_replaced_and_its_loss_is_said(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it had not saved is gone; the next command says so and works."""
    kill_server()
    assert main(["emulator", "status"]) == 1
    assert main(["outputs", "none", "--local"]) == 2
    assert "the last embedded AWS ended without saving: what it had not saved is gone" in capsys.readouterr().err

    kill_server()
    assert main(["emulator", "start"]) == 0
    assert "the last one ended without saving" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--account", "12"], "account: found '12'; use twelve digits"),
        (["--region", "mars"], "region: found 'mars'; use an AWS region such as us-east-1"),
    ],
)
def test_bad_input_starts_nothing(
    arguments: list[str], found: str, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2."""
    assert main(["emulator", "start", *arguments]) == 2
    assert found in capsys.readouterr().err
    assert not (folder / ".tap-templates/embedded-aws").exists()


def test_folder_that_cannot_be_made_is_said(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in its place."""
    (folder / ".tap-templates").write_text("", encoding="utf-8")

    for words in (["emulator", "start"], ["emulator", "stop"], ["emulator", "reset"], ["outputs", "s", "--local"]):
        assert main(words) == 2
        assert "name a folder that can be created" in capsys.readouterr().err
