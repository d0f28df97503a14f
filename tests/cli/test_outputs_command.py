"""What a person types and sees: ``outputs`` of several stacks, in every format, against a contract."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tap_templates.cli import main
from tap_templates.contracts import contract_text
from tap_templates.deployment import Clients, deploy
from tap_templates.emulator import EmbeddedAws

SECRET = "correct-horse"


def template(title: str) -> dict[str, Any]:
    """A queue, its outputs, and one that holds a secret."""
    return {
        "Parameters": {"Password": {"Type": "String", "NoEcho": True}},
        "Resources": {title: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": title.lower()}}},
        "Outputs": {
            f"{title}Arn": {"Description": "Arn", "Value": {"Fn::GetAtt": [title, "Arn"]}},
            "Account": {"Value": {"Ref": "AWS::AccountId"}},
            "Url": {"Value": {"Fn::Sub": "https://u:${Password}@h"}},
        },
    }


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """A server with two stacks, ``jobs-dev`` and ``mail``."""
    with EmbeddedAws() as aws:
        made = Clients(arguments=aws.client_arguments())
        for name, title in (("jobs-dev", "Jobs"), ("mail", "Mail")):
            deploy(
                json.dumps(template(title)),
                stack_name=name,
                client=made("cloudformation"),
                parameters={"Password": SECRET},
                poll_seconds=0.02,
            )
        yield made


@pytest.fixture
def endpoint(clients: Clients, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> list[str]:
    """Options that name the server; the working folder is empty but for the contract of ``jobs-dev``."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.chdir(tmp_path)
    pathlib.Path("jobs.outputs.json").write_text(contract_text("jobs", template("Jobs")), encoding="utf-8")
    return ["--endpoint-url", clients("sqs").meta.endpoint_url, "--region", "us-east-1"]


def test_secret_outputs_are_named_and_not_written(endpoint: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The file has the rest; stderr says what is missing and why, without the value."""
    assert main(["outputs", "jobs-dev", "-o", "o.json", *endpoint]) == 0

    said = capsys.readouterr()
    flat = json.loads(pathlib.Path("o.json").read_text(encoding="utf-8"))
    assert flat == {"Account": "111122223333", "JobsArn": "arn:aws:sqs:us-east-1:111122223333:jobs"}
    assert "stack jobs-dev: left out, because they hold a secret: Url (parameter Password is NoEcho)" in said.err
    assert "wrote o.json: 2 outputs" in said.err
    assert said.out == ""
    assert SECRET not in said.err + pathlib.Path("o.json").read_text(encoding="utf-8")


def test_two_stacks_need_a_prefix(endpoint: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A key that both have is refused with both names, and nothing is written; the prefix parts them."""
    assert main(["outputs", "jobs-dev", "mail", "-o", "o.json", *endpoint]) == 1
    assert "found 'Account in jobs-dev and mail'; put the stack's name before each key" in capsys.readouterr().err
    assert os.listdir() == ["jobs.outputs.json"]

    assert main(["outputs", "jobs-dev", "mail", "jobs-dev", "--prefix-stack", *endpoint]) == 0
    assert list(json.loads(capsys.readouterr().out)) == [
        "jobs_dev_Account",
        "jobs_dev_JobsArn",
        "mail_Account",
        "mail_MailArn",
    ]


def test_stack_by_its_arn_has_its_name_as_prefix(
    endpoint: list[str], clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    """An ARN stands for its stack."""
    [stack] = clients("cloudformation").describe_stacks(StackName="mail")["Stacks"]

    assert main(["outputs", stack["StackId"], "--prefix-stack", *endpoint]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["mail_Account", "mail_MailArn"]


def test_shell_takes_the_values(endpoint: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What --format shell prints can be evaluated."""
    assert main(["outputs", "jobs-dev", "--format", "shell", *endpoint]) == 0

    script = f'{capsys.readouterr().out}printf %s "$JobsArn"'
    ran = subprocess.run(["sh", "-c", script], capture_output=True, check=True, text=True)
    assert ran.stdout == "arn:aws:sqs:us-east-1:111122223333:jobs"


def test_outputs_as_the_contract_says_are_written(endpoint: list[str]) -> None:
    """Exit code 0, and the file is there."""
    code = main(["outputs", "jobs-dev", "--contract", "jobs.outputs.json", "-o", "out/o.json", *endpoint])

    assert code == 0
    assert pathlib.Path("out/o.json").exists()


def test_outputs_against_the_contract_are_not_written(endpoint: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1; each mismatch with key, value and pattern; the file that was there is as it was."""
    promised = json.loads(pathlib.Path("jobs.outputs.json").read_text(encoding="utf-8"))
    promised["properties"]["JobsArn"]["pattern"] = "^arn:aws:sqs:.*:tasks$"
    promised["required"].append("More")
    pathlib.Path("jobs.outputs.json").write_text(json.dumps(promised), encoding="utf-8")
    pathlib.Path("o.json").write_text("old", encoding="utf-8")

    assert main(["outputs", "jobs-dev", "--contract", "jobs.outputs.json", "-o", "o.json", *endpoint]) == 1

    said = capsys.readouterr().err
    assert "stack jobs-dev: its outputs break jobs.outputs.json" in said
    arn = "arn:aws:sqs:us-east-1:111122223333:jobs"
    assert f"  JobsArn: found '{arn}'; expected ^arn:aws:sqs:.*:tasks$\n" in said
    assert "  More: found nothing; expected .*\n" in said
    assert pathlib.Path("o.json").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none"], 2, "stack none: found 'no such stack in this account and region'"),
        (["jobs-dev", "none"], 2, "stack none: found 'no such stack in this account and region'"),
        ([], 2, "Missing argument 'STACK...'"),
        (["jobs-dev", "--format", "toml"], 2, "'toml' is not one of"),
        (["jobs-dev", "--contract", "none.json"], 2, "none.json: found 'no such file or directory'"),
        (["jobs-dev", "--contract", "broken.json"], 2, "broken.json: found 'text that is not JSON"),
        (["jobs-dev", "--contract", "t.json"], 2, "t.json: found 'a template, not a contract of outputs'"),
        (["mail", "--contract", "other.outputs.json"], 1, "they have no output in common; name the contract of"),
        (["jobs-dev", "mail", "--contract", "jobs.outputs.json"], 2, "--contract: found '1 for 2 stacks'"),
        (["jobs-dev", "-o", "jobs.outputs.json/o.json"], 2, "name a file in a folder that can be written"),
    ],
)
def test_bad_input(
    endpoint: list[str], capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    """Each says what is wrong, and writes nothing."""
    pathlib.Path("broken.json").write_text("{", encoding="utf-8")
    pathlib.Path("t.json").write_text(json.dumps(template("Jobs")), encoding="utf-8")
    other = {"Resources": {}, "Outputs": {"Elsewhere": {"Value": "x"}}}
    pathlib.Path("other.outputs.json").write_text(contract_text("other", other), encoding="utf-8")
    there = sorted(os.listdir())

    output = [] if "-o" in arguments else ["-o", "o.json"]
    assert main(["outputs", *arguments, *output, *endpoint]) == code

    answer = capsys.readouterr()
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert sorted(os.listdir()) == there


def test_check_passes_over_contracts(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``check templates/*.json`` judges the templates; a contract alone is no template."""
    path = tmp_path / "t.outputs.json"
    path.write_text(contract_text("t", template("Jobs")), encoding="utf-8")
    (tmp_path / "t.json").write_text(json.dumps(template("Jobs")), encoding="utf-8")

    assert main(["check", str(tmp_path / "t.json"), str(path), "--format", "json"]) in (0, 1)
    assert "1 file: " in capsys.readouterr().err
    assert main(["check", str(path)]) == 2
    assert "found 'a contract of outputs'; name a template" in capsys.readouterr().err
