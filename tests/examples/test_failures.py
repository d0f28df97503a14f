"""The nine failures: what is caught in each, where, and that nothing is found in its mended form."""

from __future__ import annotations

import functools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tap_templates.checks.engine import Checker
from tap_templates.settings.file import load

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
FOLDER = "examples/failures"
COMMAND = re.compile(
    r"^\| (F\d) \|.*\| `(.+)` \|$", re.MULTILINE
)  # A failure and its command, in the table of the README.
COMMANDS = dict(COMMAND.findall((ROOT / FOLDER / "README.md").read_text(encoding="utf-8")))
OUT_OF_REACH = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
OWN_CLIENTS = """import boto3, functools, pytest

@pytest.fixture
def aws():
    return functools.partial(boto3.client, region_name="us-east-1")
"""
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
FOUND = {
    "F1": [
        (
            "before.yaml:16",
            "E9101",
            "Resources/Documents/Properties/BucketEncryption/ServerSideEncryptionConfiguration/0/"
            "ServerSideEncryptionByDefault/SSEAlgorithm",
        )
    ],
    "F2": [
        ("before-2.yaml:7", "E9512", "Resources/SecureUsers/Properties/GroupName"),
        ("before-2.yaml:7", "E9516", "Resources/SecureUsers/Properties/GroupName"),
        ("before.yaml:7", "E9512", "Resources/SecureUsers/Properties/GroupName"),
    ],
    "F4": [
        ("before.yaml:17", "W9514", "Resources/InvoicesLog"),
        ("before.yaml:30", "W9514", "Resources/Readers"),
        ("before.yaml:33", "E9515", "Outputs/Log"),
    ],
    "F6": [
        ("before.yaml:35", "E9401", "Resources/RotationRights/Properties/PolicyDocument/Statement/0/Action"),
        ("before.yaml:36", "E9402", "Resources/RotationRights/Properties/PolicyDocument/Statement/0/Resource"),
        ("before.yaml:36", "E9408", "Resources/RotationRights/Properties/PolicyDocument/Statement/0/Resource"),
        ("before.yaml:39", "E9402", "Resources/RotationRights/Properties/PolicyDocument/Statement/1/Resource"),
    ],
    "F7": [
        ("before.yaml:9", "E9512", "Resources/OrdersLog/Properties/LogGroupName"),
        ("before.yaml:11", "E9510", "Resources/OrdersLog/Properties/Tags"),
        ("before.yaml:13", "E9511", "Resources/OrdersLog/Properties/Tags/1/Value"),
        ("before.yaml:19", "E9510", "Resources/InvoicesLog/Properties"),
        ("before.yaml:20", "E9512", "Resources/InvoicesLog/Properties/LogGroupName"),
    ],
    "F9": [
        ("before.yaml:15", "W9709", "Resources/Work/Properties"),
        ("before.yaml:15", "W9711", "Resources/Work/Properties"),
        ("before.yaml:15", "W9711", "Resources/Work/Properties"),
        ("before.yaml:35", "E9607", "Resources/WorkLog/Properties"),
    ],
}
Found = tuple[str, str, str]


class Run(NamedTuple):
    """A run of pytest: exit status and what it printed."""

    status: int
    text: str


@functools.cache
def checker(settings: str | None) -> Checker:
    """The rules with the requirements of a settings file."""
    return Checker(load(settings).requirements if settings else None)


def findings(command: str, monkeypatch: pytest.MonkeyPatch) -> list[Found]:
    """File and line, rule and path of what a ``tap-templates check`` finds, all rules of cfn-lint among them."""
    monkeypatch.chdir(ROOT)
    program, check, *arguments = shlex.split(command)
    assert (program, check) == ("tap-templates", "check")
    settings = arguments.pop(1) if arguments[0] == "-c" else None
    files = [argument for argument in arguments if argument != "-c"]
    return [
        (f"{Path(each.file).name}:{each.line}", each.rule, "/".join(map(str, each.path)))
        for each in checker(settings).check(files).findings
    ]


def run(command: str, folder: Path, *, kit: bool = True, **environment: str) -> Run:
    """Runs a ``pytest …`` away from the repository's own settings and from every account."""
    words = [f"{ROOT}/{word}" if word.startswith(FOLDER) else word for word in shlex.split(command)]
    words = [word.replace(f"={FOLDER}", f"={ROOT}/{FOLDER}") for word in words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    plugin = f"{'' if kit else 'no:'}tap_templates.testing.plugin"
    done = subprocess.run(
        [sys.executable, "-m", *words, "-p", plugin, "-p", "no:cacheprovider", f"--rootdir={folder}", "-c", os.devnull],
        cwd=folder,
        env={**kept, **KEYS, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout + done.stderr)


def mended(command: str) -> str:
    """The command with the mended form."""
    return command.replace("before", "after")


@pytest.mark.parametrize("failure", FOUND)
def test_check_finds_the_failure_and_nothing_else(failure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The expected rules, each at its path and line; in the mended form no rule of ours or of cfn-lint's fires."""
    assert sorted(findings(COMMANDS[failure], monkeypatch)) == sorted(FOUND[failure])
    assert findings(mended(COMMANDS[failure]), monkeypatch) == []


def test_polarity_of_the_bucket_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where KMS is mandated the same two templates change places."""
    reverse = COMMANDS["F1"].replace("check ", f"check -c {FOLDER}/F1/kms.yaml ")

    assert findings(mended(reverse), monkeypatch) == [
        (file.replace("before", "after"), *rest) for file, *rest in FOUND["F1"]
    ]
    assert findings(reverse, monkeypatch) == []


def test_outputs_file_that_nobody_wrote(tmp_path: Path) -> None:
    """A trace while tests are collected; with the kit a skip that says the command, or a failure on demand."""
    before = run(COMMANDS["F3"], tmp_path)
    after = run(mended(COMMANDS["F3"]), tmp_path)
    required = run(f"{mended(COMMANDS['F3'])} --require-stack", tmp_path)

    assert "No such file or directory: 'cfn-outputs/flat-outputs.json'" in before.text
    assert "FileNotFoundError" not in after.text
    assert "write it: tap-templates outputs STACK -o cfn-outputs/flat-outputs.json" in after.text
    assert "0 passed, 0 failed, 1 skipped" in after.text
    assert "0 passed, 1 failed, 0 skipped" in required.text
    assert [before.status, after.status, required.status] == [2, 5, 1]


def test_outputs_file_that_is_there(tmp_path: Path) -> None:
    """With the file both forms pass: it is its absence that tells them apart."""
    (tmp_path / "cfn-outputs").mkdir()
    (tmp_path / "cfn-outputs" / "flat-outputs.json").write_text('{"DocumentsName": "papers"}', encoding="utf-8")

    assert run(COMMANDS["F3"], tmp_path).status == 0
    assert run(mended(COMMANDS["F3"]), tmp_path).status == 0


def test_condition_of_which_one_side_was_tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """50 % is below the gate and the missing side is named; with both sides tested it is 100 %."""
    before = run(COMMANDS["F5"], tmp_path)
    after = run(mended(COMMANDS["F5"]), tmp_path)

    assert "condition coverage of 50.0 % is below 70 %" in before.text
    assert "IsProd         1 of 2    never true" in before.text
    assert "condition coverage: 100.0 %" in after.text
    assert [before.status, after.status] == [1, 0]
    assert findings(f"tap-templates check {FOLDER}/F5/template.yaml", monkeypatch) == []


def test_swallowed_errors_and_waiting_for_ever(tmp_path: Path) -> None:
    """Clients without the kit: green though there is no AWS. With it neither test passes, and the endless one ends."""
    assignment, command = COMMANDS["F8"].split(maxsplit=1)
    assert assignment == f"AWS_ENDPOINT_URL={OUT_OF_REACH['AWS_ENDPOINT_URL']}"
    (with_kit := tmp_path / "with").mkdir()
    (without := tmp_path / "without").mkdir()
    (without / "conftest.py").write_text(OWN_CLIENTS, encoding="utf-8")
    (without / "test_own.py").write_text((ROOT / FOLDER / "F8/before.py").read_text(encoding="utf-8"), encoding="utf-8")

    plain = run("pytest test_own.py -k refuse", without, kit=False, AWS_MAX_ATTEMPTS="1", **OUT_OF_REACH)
    kit = run(command, with_kit, **OUT_OF_REACH)

    assert "1 passed" in plain.text
    assert "test_documents_refuse_plain_http: endpoint unreachable" in kit.text
    assert "the test swallowed it and proves nothing" in kit.text
    assert "test_report_arrives: the test's budget of 6 seconds was spent" in kit.text
    assert "0 passed, 0 failed, 0 skipped, 2 infrastructure" in kit.text
    assert [plain.status, kit.status] == [0, 1]


@pytest.mark.slow
def test_mended_tests_pass_on_a_deployed_stack_and_not_without_one(tmp_path: Path) -> None:
    """In the embedded AWS both tests check something; where AWS is out of reach neither is green."""
    command = f"pytest {FOLDER}/F8/after.py"
    stack = f"--stack-template={FOLDER}/F1/after.yaml --stack-parameter=AccessLogs=logs"
    (tmp_path / "outputs.json").write_text('{"DocumentsName": "papers"}', encoding="utf-8")

    deployed = run(f"{command} {stack}", tmp_path)
    without = run(f"{command} --stack-outputs={tmp_path}/outputs.json", tmp_path, **OUT_OF_REACH)

    assert "2 passed, 0 failed, 0 skipped, 0 infrastructure" in deployed.text
    assert "0 passed, 0 failed, 0 skipped, 2 infrastructure" in without.text
    assert [deployed.status, without.status] == [0, 1]


def test_every_failure_has_its_row() -> None:
    """The README has a command for each folder, in order, and each names files that there are."""
    assert list(COMMANDS) == sorted(path.name for path in (ROOT / FOLDER).iterdir() if path.is_dir())
    for command in COMMANDS.values():
        for word in re.findall(rf"{FOLDER}/[\w./-]+", f"{command} {mended(command)}"):
            assert (ROOT / word).is_file()
