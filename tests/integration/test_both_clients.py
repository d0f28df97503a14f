"""Our command line and the AWS CLI at the same stacks, each as a process of its own: what one does the other sees."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tap_templates.emulator import EmbeddedAws

TIMEOUT_SECONDS = 120


class Ran(NamedTuple):
    """What a command ended with."""

    code: int
    out: str
    err: str


class Shell:
    """Commands as a person runs them: processes of their own, in a folder, with the environment of an endpoint."""

    def __init__(self, embedded: EmbeddedAws, folder: pathlib.Path) -> None:
        library = str(pathlib.Path(__file__).parents[2])
        ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.folder = folder
        self.environment = {**ours, **embedded.environment(), "PYTHONPATH": library, "AWS_PAGER": ""}

    def aws(self, *words: str) -> str:
        """What ``aws WORDS`` prints; its success is expected."""
        program = shutil.which("aws", path=sysconfig.get_path("scripts"))
        assert program is not None
        ran = self._run(program, *words)
        assert ran.code == 0, ran.err
        return ran.out

    def ask(self, *words: str) -> Any:
        """The same as data."""
        return json.loads(self.aws(*words, "--output", "json"))

    def ours(self, *words: str) -> Ran:
        """``tap-templates WORDS``."""
        return self._run(sys.executable, "-m", "tap_templates", *words)

    def write(self, name: str, template: dict[str, Any]) -> str:
        """A template file."""
        (self.folder / name).write_text(json.dumps(template), encoding="utf-8")
        return name

    def _run(self, *words: str) -> Ran:
        ran = subprocess.run(
            [*words, "--endpoint-url", self.environment["AWS_ENDPOINT_URL"]],  # `aws sqs` reads no environment.
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def shell(embedded: EmbeddedAws, tmp_path: pathlib.Path) -> Shell:
    """A shell in a folder of its own."""
    return Shell(embedded, tmp_path)


@pytest.fixture
def seen(shell: Shell) -> Callable[[str], dict[str, Any]]:
    """A stack as the AWS CLI sees it."""

    def see(name: str) -> dict[str, Any]:
        [stack] = shell.ask("cloudformation", "describe-stacks", "--stack-name", name)["Stacks"]
        return dict(stack)

    return see


def flat(stack: dict[str, Any]) -> dict[str, str]:
    """The outputs of a stack as the AWS CLI says them."""
    return {said["OutputKey"]: said["OutputValue"] for said in stack.get("Outputs", [])}


def template(seconds: int = 60, taken: str = "") -> dict[str, Any]:
    """A queue with this time-out, and a bucket of a name, where one is given, that is made after the queue."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}
    bucket = {"Type": "AWS::S3::Bucket", "DependsOn": "Jobs", "Properties": {"BucketName": taken}}
    return {
        "Parameters": {"Owner": {"Type": "String"}},
        "Resources": {"Jobs": queue, **({"Data": bucket} if taken else {})},
        "Outputs": {
            "JobsUrl": {"Value": {"Ref": "Jobs"}},
            "Owner": {"Value": {"Ref": "Owner"}},
            "Seconds": {"Value": str(seconds)},
        },
    }


def test_outputs_of_a_stack_that_the_cli_deployed(shell: Shell, seen: Callable[[str], dict[str, Any]]) -> None:
    """However a stack came to be: our outputs, drift and deletion are about the same one."""
    file = shell.write("t.json", template())
    words = ("--template-file", file, "--stack-name", "by-cli", "--parameter-overrides", "Owner=me")
    shell.aws("cloudformation", "deploy", *words)

    written = shell.ours("outputs", "by-cli", "-o", "cfn-outputs/flat-outputs.json")
    assert written.code == 0, written.err
    found = json.loads((shell.folder / "cfn-outputs/flat-outputs.json").read_text(encoding="utf-8"))
    assert found == flat(seen("by-cli"))
    assert found["Owner"] == "me"

    again = shell.ours("deploy", file, "--stack", "by-cli", "-p", "Owner=me", "--yes", "--no-checks")
    assert again.code == 0, again.err
    assert "(no changes)" in again.err
    assert shell.ours("drift", "by-cli").code == 0
    gone = shell.ours("delete", "by-cli", "--yes")
    assert gone.code == 0, gone.err
    names = [said["StackName"] for said in shell.ask("cloudformation", "describe-stacks")["Stacks"]]
    assert "by-cli" not in names


def test_update_by_change_set_and_a_failed_one_that_rolls_back(
    shell: Shell, seen: Callable[[str], dict[str, Any]]
) -> None:
    """Both as the AWS CLI sees them afterwards: the update is there whole, and of the failed one nothing is."""

    def deploy(seconds: int, taken: str = "") -> Ran:
        file = shell.write("t.json", template(seconds, taken))
        return shell.ours("deploy", file, "--stack", "both", "-p", "Owner=me", "--yes", "--no-checks")

    def seconds() -> str:
        words = ("--queue-url", flat(seen("both"))["JobsUrl"], "--attribute-names", "VisibilityTimeout")
        return str(shell.ask("sqs", "get-queue-attributes", *words)["Attributes"]["VisibilityTimeout"])

    assert deploy(60).code == 0
    created = seen("both")
    updated = deploy(90)
    assert updated.code == 0, updated.err
    assert "stack both: 1 to modify" in updated.err
    stack = seen("both")
    assert (stack["StackStatus"], stack["StackId"]) == ("UPDATE_COMPLETE", created["StackId"])
    assert flat(stack) == {**flat(created), "Seconds": "90"}
    assert seconds() == "90"

    shell.aws("s3api", "create-bucket", "--bucket", "taken-by-another")
    failed = deploy(120, "taken-by-another")
    assert failed.code == 1
    assert "error: Data (AWS::S3::Bucket) of stack both: found" in failed.err
    assert "already exists" in failed.err
    assert "the stack is now UPDATE_ROLLBACK_COMPLETE" in failed.err
    assert "Traceback" not in failed.err
    assert failed.out == ""
    rolled_back = seen("both")
    assert rolled_back["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert flat(rolled_back) == flat(stack)
    assert seconds() == "90"
    summaries = shell.ask("cloudformation", "list-stack-resources", "--stack-name", "both")["StackResourceSummaries"]
    present = [said["LogicalResourceId"] for said in summaries if said["ResourceStatus"] != "DELETE_COMPLETE"]
    assert present == ["Jobs"]
    waiting = shell.ask("cloudformation", "list-change-sets", "--stack-name", "both")["Summaries"]
    assert [said for said in waiting if said["ExecutionStatus"] == "AVAILABLE"] == []

    mended = deploy(120)
    assert mended.code == 0, mended.err
    assert (seen("both")["StackStatus"], seconds()) == ("UPDATE_COMPLETE", "120")
