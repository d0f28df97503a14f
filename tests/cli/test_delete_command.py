"""What a person types and sees: ``delete``, against an embedded AWS."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from tap_templates.cli import main
from tap_templates.cli.target import STATE_FOLDER
from tap_templates.deployment import Clients, DeletionPlan, Fate
from tap_templates.deployment.remains import CANNOT_TELL
from tap_templates.emulator import background

Deployed = Callable[..., str]


@pytest.fixture
def clients(shared: pathlib.Path) -> Clients:
    """Clients of the embedded AWS of the folder."""
    return Clients(arguments=background.start(shared / STATE_FOLDER).aws.client_arguments())


@pytest.fixture
def deployed(
    shared: pathlib.Path, clients: Clients, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> Deployed:
    """Deploys resources as a stack, and returns its name."""

    def deploy(**resources: Any) -> str:
        name = request.node.name.replace("_", "-").partition("[")[0]
        (shared / "t.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
        assert main(["deploy", "t.json", "--stack", name, "--local", "--yes", "--no-checks"]) == 0
        capsys.readouterr()
        return name

    return deploy


QUEUE = {"Type": "AWS::SQS::Queue"}


def test_stack_is_deleted_after_a_person_agreed(
    deployed: Deployed, typed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """What goes and what is lost is shown first; no leaves it, yes deletes it, and then there is none."""
    stack = deployed(Jobs=QUEUE)

    typed("n\n")
    assert main(["delete", stack, "--local"]) == 1
    said = capsys.readouterr().err
    assert "messages that nobody has received yet" in said
    assert f"Delete stack {stack}? [y/N]" in said
    assert "nothing was changed" in said

    typed("y\n")
    assert main(["delete", stack, "--local"]) == 0
    said = capsys.readouterr().err
    assert "1/1 DELETE_COMPLETE    Jobs" in said
    assert f"stack {stack}: deleted" in said

    assert main(["delete", stack, "--local", "--yes"]) == 2
    assert "found 'no such stack in this account and region (us-east-1)'" in capsys.readouterr().err


def test_what_stayed_is_listed_for_other_programs(
    deployed: Deployed, clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stdout, with the physical ids: a bucket with objects, and what the template keeps."""
    stack = deployed(Data={"Type": "AWS::S3::Bucket"}, Kept={**QUEUE, "DeletionPolicy": "Retain"}, Jobs=QUEUE)
    resources = clients("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    ids = {said["LogicalResourceId"]: said["PhysicalResourceId"] for said in resources}
    clients("s3").put_object(Bucket=ids["Data"], Key="k", Body=b"v")

    assert main(["delete", stack, "--local", "--yes"]) == 0
    said = capsys.readouterr()
    assert sorted(said.out.splitlines()) == [
        f"stayed: Data (AWS::S3::Bucket) {ids['Data']}",
        f"stayed: Kept (AWS::SQS::Queue) {ids['Kept']}",
    ]
    assert f"stack {stack}: 1 go, 2 stay" in said.err
    assert "Data cannot be deleted, and stays behind" in said.err


def test_protected_stack_is_refused_before_anything_is_asked(
    deployed: Deployed, clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a command that lifts the protection at this endpoint."""
    stack = deployed(Jobs=QUEUE)
    client = clients("cloudformation")
    client.update_termination_protection(StackName=stack, EnableTerminationProtection=True)

    assert main(["delete", stack, "--local", "--yes"]) == 1
    said = capsys.readouterr().err
    assert (
        "switch it off first: aws cloudformation update-termination-protection --no-enable-termination-protection "
        f"--stack-name {stack} --region us-east-1 --endpoint-url {client.meta.endpoint_url}"
    ) in said
    client.update_termination_protection(StackName=stack, EnableTerminationProtection=False)


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["delete", "s", "--local"], "no terminal to ask on"),
        (["delete", "--local", "--yes"], "STACK"),
        (["delete", "s", "--local", "--profile", "p", "--yes"], "use one of them"),
        (["delete", "s", "--local", "--yes", "--timeout", "-1"], "--timeout"),
    ],
)
def test_bad_input_deletes_nothing(
    arguments: list[str], remedy: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Exit code 2 with what to do; no embedded AWS is started for it."""
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 2
    assert remedy in capsys.readouterr().err
    assert not (tmp_path / ".tap-templates").exists()


def test_snapshots_that_stayed_are_listed(
    shared: pathlib.Path, clients: Clients, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is left of a database is told with what was left behind; what only might have stayed is not."""
    fates = (
        Fate("Db", "AWS::RDS::DBInstance", "db-1", stays="a snapshot of it is taken"),
        Fate("Data", "AWS::S3::Bucket", "data-1", stays=CANNOT_TELL),
    )
    monkeypatch.setattr("tap_templates.deployment.deletion_plan", lambda *_: DeletionPlan("s", {}, fates))
    monkeypatch.setattr("tap_templates.deployment.delete", lambda *_, **__: True)

    assert main(["delete", "s", "--local", "--yes"]) == 0
    assert capsys.readouterr().out == "stayed: a snapshot of Db (AWS::RDS::DBInstance) db-1\n"
