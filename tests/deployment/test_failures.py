"""What a failed operation is told as: its first cause, also when that is inside of a nested stack."""

from __future__ import annotations

from typing import Any

from deployment.scripted import STACK, Scripted, event

from tap_templates.deployment.events import newest_first
from tap_templates.deployment.failures import DEFAULT_REMEDY, failure

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
