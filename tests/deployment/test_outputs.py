"""Flat outputs: from any stack, whole or not at all, and never a trace."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tap_templates.deployment import deploy, flat_outputs, merged_outputs, stack_outputs, write_outputs
from tap_templates.deployment.outputs import OutputError
from tap_templates.errors import DeploymentError, UsageError

QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
WITH_OUTPUTS = {**QUEUE, "Outputs": {"QueueArn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}, "A": {"Value": "a"}}}


def output(key: str, value: str) -> dict[str, str]:
    """One output as CloudFormation answers."""
    return {"OutputKey": key, "OutputValue": value}


def test_outputs_become_one_sorted_mapping() -> None:
    """Keys are sorted; the same value twice is one entry."""
    flat = flat_outputs([output("B", "2"), output("A", "1"), output("B", "2")])

    assert list(flat.items()) == [("A", "1"), ("B", "2")]


def test_a_clash_is_an_error() -> None:
    """One key with two values is refused."""
    with pytest.raises(OutputError, match="output A: found '1 and 2'"):
        flat_outputs([output("A", "1"), output("A", "2")])


def test_outputs_of_a_deployed_stack(cloudformation: Any, stack_name: str) -> None:
    """Outputs are read from CloudFormation, however the stack was made."""
    deploy(json.dumps(WITH_OUTPUTS), stack_name=stack_name, client=cloudformation, poll_seconds=0.02)

    found = stack_outputs(cloudformation, stack_name)
    assert list(found) == ["A", "QueueArn"]
    assert found["QueueArn"].startswith("arn:aws:sqs:us-east-1:111122223333:")


def test_stack_without_outputs_says_what_to_do(cloudformation: Any, stack_name: str) -> None:
    """No outputs is an error, not an empty file."""
    deploy(json.dumps(QUEUE), stack_name=stack_name, client=cloudformation, poll_seconds=0.02)

    with pytest.raises(OutputError, match="add Outputs to its template"):
        stack_outputs(cloudformation, stack_name)


def test_unknown_stack_says_what_to_do(cloudformation: Any) -> None:
    """A stack that does not exist is a usage error."""
    with pytest.raises(UsageError, match="stack absent: found 'no such stack"):
        stack_outputs(cloudformation, "absent")


class InStatus:
    """A client whose only stack is in one status."""

    def __init__(self, status: str) -> None:
        self.status = status

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        """The stack as it is now."""
        return {"Stacks": [{"StackId": "arn:s", "StackStatus": self.status, "Outputs": [output("A", "1")]}]}

    def get_template(self, **_: Any) -> dict[str, Any]:
        """What it was made from."""
        return {"TemplateBody": WITH_OUTPUTS}


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("CREATE_IN_PROGRESS", "wait until it ends"),
        ("REVIEW_IN_PROGRESS", "wait until it ends"),
        ("ROLLBACK_COMPLETE", "deploy it successfully first"),
        ("DELETE_FAILED", "deploy it successfully first"),
        ("DELETE_COMPLETE", "no such stack"),
    ],
)
def test_unfit_stack_yields_nothing(status: str, remedy: str) -> None:
    """Failed, busy and deleted stacks have no outputs to trust."""
    with pytest.raises((OutputError, UsageError), match=remedy):
        stack_outputs(InStatus(status), "s")


def test_rolled_back_update_still_has_its_outputs() -> None:
    """After a failed update the old outputs hold."""
    assert stack_outputs(InStatus("UPDATE_ROLLBACK_COMPLETE"), "s") == {"A": "1"}


def test_outputs_of_several_stacks_become_one_mapping() -> None:
    """Keys are sorted; with a prefix each says its stack, and cannot clash."""
    stacks = {"pay-dev": {"B": "1", "C": "2"}, "net": {"A": "3"}}

    assert list(merged_outputs(stacks).items()) == [("A", "3"), ("B", "1"), ("C", "2")]
    prefixed = merged_outputs({**stacks, "net": {"B": "3"}}, prefix=True)
    assert prefixed == {"net_B": "3", "pay_dev_B": "1", "pay_dev_C": "2"}


def test_one_key_in_two_stacks_is_an_error_whatever_the_values() -> None:
    """Every clash is named with its stacks, and the way out."""
    with pytest.raises(OutputError) as caught:
        merged_outputs({"one": {"A": "1", "B": "x"}, "two": {"A": "1", "B": "y"}, "six": {"B": "z"}})

    assert str(caught.value) == (
        "outputs of several stacks: found 'A in one and two; B in one and two and six'; "
        "put the stack's name before each key: --prefix-stack"
    )


def test_file_in_another_format(tmp_path: Path) -> None:
    """The same keys and values; what a format cannot hold is not written."""
    target = write_outputs(tmp_path / ".env", {"B": "it's", "A": "1"}, "dotenv")

    assert target.read_text() == 'A=1\nB="it\'s"\n'
    with pytest.raises(UsageError, match="--format env: found 'A, whose value it cannot hold'"):
        write_outputs(tmp_path / "env", {"A": "two\nlines"}, "env")
    assert os.listdir(tmp_path) == [".env"]


def test_file_is_written_whole(tmp_path: Path) -> None:
    """Sorted keys, trailing newline, folder created, readable as other new files are, nothing else left."""
    target = tmp_path / "cfn-outputs" / "flat-outputs.json"

    assert write_outputs(target, {"B": "2", "A": "ä"}) == target
    assert target.read_text(encoding="utf-8") == '{\n  "A": "ä",\n  "B": "2"\n}\n'
    assert os.listdir(target.parent) == ["flat-outputs.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask


def test_file_keeps_its_mode_when_replaced(tmp_path: Path) -> None:
    """A file that was private stays private."""
    target = tmp_path / "o.json"
    target.write_text("{}")
    target.chmod(0o600)

    write_outputs(target, {"A": "1"})
    assert target.stat().st_mode & 0o777 == 0o600


def test_nothing_is_not_written(tmp_path: Path) -> None:
    """An empty mapping writes no file."""
    with pytest.raises(OutputError, match="no outputs"):
        write_outputs(tmp_path / "o.json", {})
    assert not (tmp_path / "o.json").exists()


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in the folder's place is explained."""
    (tmp_path / "taken").write_text("")

    with pytest.raises(UsageError, match="name a file in a folder that can be written"):
        write_outputs(tmp_path / "taken" / "o.json", {"A": "1"})


def test_failed_write_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old file stays and no half-written one remains."""
    target = tmp_path / "o.json"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="no space left"):
        write_outputs(target, {"A": "1"})
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["o.json"]


def test_output_errors_are_deployment_errors() -> None:
    """They end with exit code 1."""
    assert issubclass(OutputError, DeploymentError)
    assert OutputError.exit_code == 1
