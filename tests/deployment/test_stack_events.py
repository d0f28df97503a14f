"""The first cause of a failure is found, and consequences are not mistaken for it."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.deployment.events import EventStream, StackEvent
from tap_templates.deployment.failures import DEFAULT_REMEDY, first_cause, remedy_for


def event(number: int, status: str, reason: str = "", kind: str = "AWS::S3::Bucket") -> StackEvent:
    """One event of resource ``R{number}``."""
    return StackEvent(str(number), f"R{number}", "", kind, status, reason)


def test_first_cause_is_the_earliest_real_failure() -> None:
    """Cancelled resources and the stack's own summary follow from it."""
    events = [
        event(1, "CREATE_IN_PROGRESS"),
        event(2, "CREATE_FAILED", "Resource creation cancelled"),
        event(3, "CREATE_FAILED", "x already exists"),
        event(4, "CREATE_FAILED", "later"),
        event(5, "CREATE_FAILED", "The following resource(s) failed to create: [R3]", "AWS::CloudFormation::Stack"),
    ]

    assert first_cause(events) == events[2]


def test_a_stack_can_be_the_cause() -> None:
    """When no resource failed, the stack's failure is the cause; without failures there is none."""
    failed = event(1, "UPDATE_FAILED", "Output refers to nothing", "AWS::CloudFormation::Stack")

    assert first_cause([failed]) == failed
    assert first_cause([event(1, "CREATE_COMPLETE")]) is None


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("b already exists", "somebody else owns this name"),
        ("Cannot determine ownership of IAM group", "somebody else owns this name"),
        ("is not authorized to perform: iam:CreateRole", "ask for the permission"),
        ("LimitExceeded", "Service Quotas"),
        ("Throttling", "again"),
        ("NoSuchBucket", "create what the message names"),
        ("what?", DEFAULT_REMEDY),
    ],
)
def test_reasons_have_remedies(reason: str, remedy: str) -> None:
    """What to do follows from CloudFormation's words."""
    assert remedy in remedy_for(reason)


class Pages:
    """A client with two pages of events, newest first, as CloudFormation answers."""

    def __init__(self) -> None:
        self.ids = [4, 3, 2, 1]

    def get_paginator(self, _: str) -> Pages:
        """Pages of the method's answers."""
        return self

    def paginate(self, **_: Any) -> Any:
        """One answer per page."""
        half = len(self.ids) - 2
        return [{"StackEvents": [{"EventId": str(n)} for n in part]} for part in (self.ids[:half], self.ids[half:])]


def test_events_are_told_once_and_in_order() -> None:
    """Pages are put in order, old ones skipped, new ones told once."""
    client, told = Pages(), []
    client.ids = [2, 1]
    stream = EventStream(client, "s", lambda e: told.append(e.id)).skip_past()
    client.ids = [4, 3, 2, 1]

    assert [e.id for e in stream.poll()] == ["3", "4"]
    assert stream.poll() == []
    assert told == ["3", "4"]
