"""A function's code that is not in the template, as a person meets it: written, told, uploaded, run."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from tap_templates.blueprints import BLUEPRINTS
from tap_templates.cli import generate, main
from tap_templates.cli.target import STATE_FOLDER
from tap_templates.components.alarms import alarm_topic
from tap_templates.components.functions import function
from tap_templates.components.identity import permissions_boundary
from tap_templates.deployment import Clients
from tap_templates.emulator import background
from tap_templates.settings import Settings
from tap_templates.stack import Stack

NAME = next(iter(BLUEPRINTS))
ANSWERS = [
    f"--parameter={answer}"
    for answer in ("Project=shop", "Environment=dev", "Owner=me", "CostCenter=CC-1", "AlarmEmail=")
]
DEPLOY = ["deploy", "out/t.json", "--stack", "shop", "--local", "--yes", "--no-checks", *ANSWERS]


@pytest.fixture
def code(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes the helper of a function's folder, which a blueprint has; the working folder is the test's."""
    monkeypatch.chdir(tmp_path)
    pathlib.Path("code").mkdir()
    pathlib.Path("code/index.py").write_text(
        "from words import said\n\ndef handler(event, context):\n    return said\n"
    )

    def build(name: str, settings: Settings) -> Stack:
        stack = Stack(settings)
        permissions_boundary(stack)
        topic = alarm_topic(stack)
        function(stack, "Echo", topic=topic, source=pathlib.Path("code"), description="Says it again")
        return stack

    def write(said: str) -> None:
        pathlib.Path("code/words.py").write_text(f"said = {said!r}\n")

    monkeypatch.setattr(generate, "build", build)
    write("one")
    return write


def generated(capsys: pytest.CaptureFixture[str]) -> str:
    """What generate says when it writes to a file."""
    assert main(["generate", NAME, "-o", "out/t.json"]) == 0
    return capsys.readouterr().err


def key() -> str:
    """Key of the code in the template."""
    template = json.loads(pathlib.Path("out/t.json").read_text(encoding="utf-8"))
    stated: str = template["Resources"]["Echo"]["Properties"]["Code"]["S3Key"]
    return stated


def answer() -> Any:
    """What the deployed function answers."""
    name = json.loads(pathlib.Path("flat.json").read_text(encoding="utf-8"))["EchoName"]
    running = background.running(STATE_FOLDER)
    assert running
    clients = Clients(arguments=running[0].client_arguments())
    return json.loads(clients("lambda").invoke(FunctionName=name)["Payload"].read())


def test_generate_writes_the_archive_and_says_so(
    code: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the template, under its key; the sheet tells what to upload where."""
    said = generated(capsys)
    first = key()

    assert pathlib.Path("out", first).read_bytes()[:2] == b"PK"
    assert f"wrote out/{first}" in said
    assert f"{NAME}: code of Echo is not in the template (2 files): upload {first}, or let deploy" in said
    sheet = pathlib.Path("out/t.md").read_text(encoding="utf-8")
    assert "## Code to upload first" in sheet
    assert f"| `Echo` | `{first}` |" in sheet
    assert "| Assets bucket | `AssetsBucket` | the name of a bucket, or nothing | empty |" in sheet


def test_template_on_stdout_lacks_its_code(code: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    """It can be read, and it is said what it lacks."""
    assert main(["generate", NAME]) == 0
    said = capsys.readouterr()

    assert json.loads(said.out)["Resources"]["Echo"]
    assert said.err == "Echo: its code (2 files) is not in the template; write to a file with -o\n"


def test_deploy_uploads_the_code(code: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    """Into the bucket that is made for it; other code is another key, and an update."""
    generated(capsys)
    first = key()
    assert main([*DEPLOY, "-o", "flat.json"]) == 0
    assert f"/{first}" in capsys.readouterr().err
    assert answer() == "one"

    code("two")
    generated(capsys)
    assert key() != first
    assert main([*DEPLOY, "-o", "flat.json"]) == 0
    assert f"/{key()}" in capsys.readouterr().err
    assert answer() == "two"


def test_deploy_misses_the_code(code: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is asked of AWS, with what to do."""
    generated(capsys)
    pathlib.Path("out", key()).unlink()

    assert main(DEPLOY) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "found 'no such file or directory'; generate the template again" in said.err
