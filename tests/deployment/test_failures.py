"""What a failed operation is told as: its first cause, also when that is inside of a nested stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deployment.scripted import MADE, STACK, Scripted, client_error, event, stacks

from tap_templates.deployment import deploy
from tap_templates.deployment.events import newest_first
from tap_templates.deployment.failures import DEFAULT_REMEDY, failure
from tap_templates.errors import DeploymentError

FAILED = {"StackId": "id", "StackName": "s", "StackStatus": "UPDATE_ROLLBACK_COMPLETE"}
SUMMARY = "The following resource(s) failed to update: [Inner]."


def nested(number: int, status: str, reason: str, physical_id: str) -> dict[str, Any]:
    """One event of the nested stack ``Inner``."""
    return {
        **event(number, status, reason, title="Inner"),
        "PhysicalResourceId": physical_id,
        "ResourceType": STACK,
    }


class Stacks(Scripted):
    """A client that tells of each stack its own events, oldest first."""

    def __init__(self, **events: list[dict[str, Any]]) -> None:
        super().__init__()
        self.events = events

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        """The newest first, as CloudFormation answers."""
        self.calls.append(StackName)
        return {"StackEvents": list(reversed(self.events[StackName]))}


def told(client: Stacks) -> Any:
    """The error for stack ``id``."""
    return failure(client, "s", FAILED, reversed(list(newest_first(client, "id"))))


def test_cause_inside_of_a_nested_stack_is_found() -> None:
    """Two levels down: the resource itself is named, with its reason, and not the stacks around it."""
    client = Stacks(
        id=[
            event(1, "UPDATE_IN_PROGRESS"),
            nested(2, "UPDATE_FAILED", "Embedded stack was not updated", "inner"),
        ],
        inner=[event(1, "UPDATE_IN_PROGRESS"), nested(2, "CREATE_FAILED", "Embedded stack deep was not made", "deep")],
        deep=[
            event(1, "CREATE_IN_PROGRESS"),
            event(2, "CREATE_FAILED", "Jobs already exists", title="Jobs"),
            event(3, "CREATE_FAILED", "Resource creation cancelled", title="Mail"),
        ],
    )
    error = told(client)

    assert error.where == "Jobs (AWS::SQS::Queue) of stack s"
    assert error.found == "CREATE_FAILED: Jobs already exists"
    assert error.remedy.startswith("somebody else owns this name")
    assert error.remedy.endswith("the stack is now UPDATE_ROLLBACK_COMPLETE")


def test_nested_stack_that_tells_nothing_is_the_cause_itself() -> None:
    """Its own reason is given when no resource in it failed."""
    client = Stacks(
        id=[nested(1, "CREATE_FAILED", "Template URL must be reachable", "inner")],
        inner=[event(1, "CREATE_IN_PROGRESS")],
    )

    assert told(client).found == "CREATE_FAILED: Template URL must be reachable"


def test_resource_beside_a_nested_stack_comes_first() -> None:
    """When a resource of the stack itself failed, nested stacks are not asked."""
    client = Stacks(
        id=[
            event(1, "CREATE_FAILED", "no such key", title="Jobs"),
            nested(2, "CREATE_FAILED", "Embedded stack was not made", "inner"),
        ]
    )

    assert told(client).where.startswith("Jobs ")
    assert client.calls == ["id"]


def test_stacks_nested_in_a_circle_end() -> None:
    """However the events refer to each other, the search ends and the nearest reason is told."""
    client = Stacks(
        id=[nested(1, "CREATE_FAILED", "Embedded stack a was not made", "a")],
        a=[nested(1, "CREATE_FAILED", "Embedded stack b was not made", "b")],
        b=[nested(1, "CREATE_FAILED", "Embedded stack a was not made", "a")],
    )

    assert "was not made" in str(told(client).found)
    assert len(client.calls) < 10


def test_stack_that_gives_no_reason_at_all() -> None:
    """That, too, is said."""
    error = told(Stacks(id=[]))

    assert (error.where, error.found) == ("stack s", "UPDATE_ROLLBACK_COMPLETE: no reason given")
    assert error.remedy == DEFAULT_REMEDY


APART = "Validation failed with 2 error(s). Call DescribeEvents to retrieve the full list of issues"


def invalid(title: str, reason: str, path: str = "", *, operation: str = "new", **more: Any) -> dict[str, Any]:
    """One thing that CloudFormation found wrong beforehand."""
    return {
        "EventType": "VALIDATION_ERROR",
        "OperationId": operation,
        "Timestamp": "2" if operation == "new" else "1",
        "LogicalResourceId": title,
        "ResourceType": "AWS::SQS::Queue",
        "ValidationStatusReason": reason,
        "ValidationPath": path,
        **more,
    }


TAKEN = "Resource of type 'AWS::SQS::Queue' with identifier 'jobs' already exists."
FOUND = [
    invalid("Jobs", TAKEN, "/Resources/Jobs"),
    invalid("Mail", "Unsupported property [Delay]", "/Resources/Mail/Properties/Delay"),
    invalid("Old", "of an operation before", operation="old"),
    invalid("Odd", "a warning only", ValidationFailureMode="WARN"),
    {"EventType": "PROVISIONING_ERROR", "OperationId": "new", "ResourceStatusReason": APART},
]


def test_what_was_found_wrong_beforehand_is_asked_for() -> None:
    """The stack's own event says only that there is something: each resource is named with its reason."""
    client = Stacks(id=[event(1, "UPDATE_FAILED", APART)])
    client.answers["describe_events"] = [{"OperationEvents": FOUND}]
    error = told(client)

    assert error.where == "Jobs (AWS::SQS::Queue) of stack s"
    assert error.found == f"{TAKEN}; Mail: Delay: Unsupported property [Delay]"
    assert error.remedy.startswith("somebody else owns this name")
    assert error.remedy.endswith("the stack is now UPDATE_ROLLBACK_COMPLETE")
    assert client.arguments["describe_events"] == {"StackName": "id", "Filters": {"FailedEvents": True}}


@pytest.mark.parametrize("answer", [client_error("AccessDenied"), {"OperationEvents": []}, {}])
def test_reasons_that_nobody_may_ask_for(answer: Any) -> None:
    """CloudFormation's own words, with the permission that shows more."""
    client = Stacks(id=[event(1, "UPDATE_FAILED", APART)])
    client.answers["describe_events"] = [answer]
    error = told(client)

    assert error.found == f"UPDATE_FAILED: {APART}"
    assert error.remedy.startswith("CloudFormation keeps the reasons apart: allow cloudformation:DescribeEvents")


def test_change_set_that_is_refused_for_what_was_found_wrong() -> None:
    """The reasons are asked for before the change set goes; nothing was changed."""
    reason = (
        "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot "
        "Early Validation errors, use the DescribeEvents API for detailed failure information."
    )
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[{"Status": "FAILED", "StatusReason": reason}],
        describe_events=[{"OperationEvents": FOUND[:1]}],
    )

    with pytest.raises(DeploymentError, match=r"^Jobs \(AWS::SQS::Queue\) of stack s: .*; nothing was changed$"):
        deploy(
            json.dumps({"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}),
            stack_name="s",
            client=client,
            poll_seconds=0,
        )
    assert client.calls[-2:] == ["describe_events", "delete_change_set"]
    assert client.arguments["describe_events"]["ChangeSetName"] == "cs"
