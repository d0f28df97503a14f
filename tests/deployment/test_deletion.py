"""Deleting a stack: gone, absent, protected, failing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tap_templates.deployment import delete, deploy
from tap_templates.deployment.stacks import describe
from tap_templates.errors import DeploymentError

QUEUE = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})


def test_stack_is_deleted_and_its_end_is_told(cloudformation: Any, stack_name: str) -> None:
    """The stack is gone, the events of its deletion were told, and deleting again is no error."""
    deploy(QUEUE, stack_name=stack_name, client=cloudformation, poll_seconds=0.02)
    told: list[str] = []

    gone = delete(stack_name, client=cloudformation, on_event=lambda e: told.append(e.status), poll_seconds=0.02)
    assert gone
    assert describe(cloudformation, stack_name) is None
    assert "DELETE_COMPLETE" in told
    assert not delete(stack_name, client=cloudformation)


def test_protected_stack_stays(cloudformation: Any, stack_name: str) -> None:
    """Termination protection is respected, with the way to lift it."""
    deploy(QUEUE, stack_name=stack_name, client=cloudformation, poll_seconds=0.02)
    cloudformation.update_termination_protection(StackName=stack_name, EnableTerminationProtection=True)

    with pytest.raises(DeploymentError, match="no-enable-termination-protection"):
        delete(stack_name, client=cloudformation)
    cloudformation.update_termination_protection(StackName=stack_name, EnableTerminationProtection=False)


class Failing:
    """A stack whose deletion fails, with or without an event that tells why."""

    def __init__(self, *events: dict[str, str]) -> None:
        self.status, self.events, self.deleted = "CREATE_COMPLETE", list(events), False

    def describe_stacks(self, **_: Any) -> Any:
        """The stack as it is now."""
        return {"Stacks": [{"StackId": "id", "StackStatus": self.status, "StackStatusReason": "because"}]}

    def delete_stack(self, **_: Any) -> None:
        """It fails at once."""
        self.deleted, self.status = True, "DELETE_FAILED"

    def get_paginator(self, _: str) -> Failing:
        """Pages of the method's answers."""
        return self

    def paginate(self, **_: Any) -> Any:
        """One answer per page."""
        return [{"StackEvents": self.events if self.deleted else []}]


def test_resource_that_cannot_be_deleted_is_named() -> None:
    """The first cause, with what to do."""
    event = {
        "EventId": "1",
        "LogicalResourceId": "Bucket",
        "ResourceType": "AWS::S3::Bucket",
        "ResourceStatus": "DELETE_FAILED",
        "ResourceStatusReason": "not empty",
    }

    with pytest.raises(DeploymentError, match=r"Bucket \(AWS::S3::Bucket\) of stack s.*not empty.*empty or release"):
        delete("s", client=Failing(event), poll_seconds=0)


def test_failure_without_events_gives_the_stack_s_reason() -> None:
    """Even then something is said."""
    with pytest.raises(DeploymentError, match="DELETE_FAILED: because"):
        delete("s", client=Failing(), poll_seconds=0)
