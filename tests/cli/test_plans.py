"""The tables that a person agrees to: a change set, and a deletion."""

from __future__ import annotations

import pytest

from tap_templates.cli.plans import show_changes, show_deletion
from tap_templates.deployment import Change, DeletionPlan, Fate, Plan
from tap_templates.deployment.templates import Capability


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows."""
    lines = [line.replace("┃", "│").strip().removeprefix("│").removesuffix("│") for line in text.splitlines()]
    return [[cell.strip() for cell in line.split("│")] for line in lines]


def test_change_set_shows_what_is_replaced_and_lost(capsys: pytest.CaptureFixture[str]) -> None:
    """Action, resource, type, whether it is replaced and for what, what is lost; on stderr, with a count."""
    plan = Plan(
        "payments-dev",
        creates=False,
        changes=(
            Change("Add", "Jobs", "AWS::SQS::Queue"),
            Change("Modify", "Data", "AWS::S3::Bucket", "True", ("BucketName",), "objects; the new one is empty", True),
            Change("Modify", "Mail", "AWS::SQS::Queue", "Conditional", (), "if it is replaced: messages"),
            Change("Modify", "Role", "AWS::IAM::Role", "False"),
            Change("Remove", "Old", "AWS::SQS::Queue", loses="messages [all]", data_at_risk=True),
            Change("Import", "Found", "AWS::SNS::Topic"),
            Change("Dynamic", "Nested", "AWS::CloudFormation::Stack"),
        ),
        capabilities=(Capability("CAPABILITY_NAMED_IAM", tuple(f"R{number}" for number in range(7))),),
        termination_protection=True,
    )
    show_changes(plan)

    said = capsys.readouterr()
    assert said.out == ""
    shown = rows(said.err)
    assert ["stack payments-dev: changes"] in shown
    assert ["action", "resource", "type", "replacement", "lost"] in shown
    assert ["Add", "Jobs", "AWS::SQS::Queue", "", ""] in shown
    assert ["Modify", "Data", "AWS::S3::Bucket", "yes: BucketName", "objects; the new one is empty"] in shown
    assert ["Modify", "Mail", "AWS::SQS::Queue", "perhaps", "if it is replaced: messages"] in shown
    assert ["Modify", "Role", "AWS::IAM::Role", "", ""] in shown
    assert ["Remove", "Old", "AWS::SQS::Queue", "", "messages [all]"] in shown
    assert "acknowledges CAPABILITY_NAMED_IAM: R0, R1, R2, R3, R4 and 2 more" in said.err
    assert "termination protection: on" in said.err
    assert said.err.endswith(
        "stack payments-dev: 1 to add, 3 to modify, 1 to remove, 1 to import, 1 that only AWS can tell, "
        "1 of them replaced\n"
    )


def test_large_new_stack_is_counted_by_type(capsys: pytest.CaptureFixture[str]) -> None:
    """Dozens of additions say less than their numbers; what is not an addition is still shown one by one."""
    added = [Change("Add", f"Q{number}", "AWS::SQS::Queue") for number in range(12)]
    plan = Plan(
        "s",
        creates=True,
        changes=(*added, Change("Add", "News", "AWS::SNS::Topic"), Change("Remove", "Old", "AWS::IAM::Role")),
        termination_protection=False,
    )
    show_changes(plan)

    said = capsys.readouterr().err
    assert ["stack s: new"] in rows(said)
    assert ["Add", "12 resources", "AWS::SQS::Queue", "", ""] in rows(said)
    assert ["Add", "News", "AWS::SNS::Topic", "", ""] in rows(said)
    assert ["Remove", "Old", "AWS::IAM::Role", "", ""] in rows(said)
    assert "Q0" not in said
    assert "termination protection: off" in said


def test_change_of_outputs_alone_has_no_resource_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """A change set without resources is said as such."""
    show_changes(Plan("s", creates=False, changes=()))

    assert capsys.readouterr().err.endswith("stack s: no resource changes\n")


def test_deletion_shows_what_goes_what_stays_and_what_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    """What tells something stands alone; the rest is counted by type."""
    fates = (
        Fate("A", "AWS::IAM::Role", "a"),
        Fate("B", "AWS::IAM::Role", "b"),
        Fate("News", "AWS::SNS::Topic", "n"),
        Fate("Data", "AWS::S3::Bucket", "d", stays="it is not empty"),
        Fate("Jobs", "AWS::SQS::Queue", "j", loses="messages"),
    )
    show_deletion(DeletionPlan("s", {}, fates))

    said = capsys.readouterr()
    assert said.out == ""
    shown = rows(said.err)
    assert ["2 resources", "AWS::IAM::Role", "goes", ""] in shown
    assert ["News", "AWS::SNS::Topic", "goes", ""] in shown
    assert ["Data", "AWS::S3::Bucket", "stays: it is not empty", ""] in shown
    assert ["Jobs", "AWS::SQS::Queue", "goes", "messages"] in shown
    assert said.err.endswith("stack s: 4 go, 1 stay\n")
