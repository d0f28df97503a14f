"""Deleting a stack and waiting for the end."""

from __future__ import annotations

import time
from typing import Any

from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.events import EventStream, OnEvent, first_cause, remedy_for
from tap_templates.deployment.stacks import POLL_SECONDS, describe, wait_until_settled
from tap_templates.errors import DeploymentError

TIMEOUT_SECONDS = 1800.0


def delete(
    stack_name: str,
    *,
    client: Any,
    on_event: OnEvent | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> bool:
    """Delete the stack and wait; False when there was none. Resources with DeletionPolicy Retain stay.

    Raises:
        DeploymentError: Protected, or a resource that could not be deleted, with its reason.
    """
    stack = describe(client, stack_name)
    if stack is None:
        return False
    if stack.get("EnableTerminationProtection"):
        raise DeploymentError(
            f"stack {stack_name}",
            found="termination protection",
            remedy="switch it off first: aws cloudformation update-termination-protection "
            f"--no-enable-termination-protection --stack-name {stack_name}",
        )
    events = EventStream(client, stack["StackId"], on_event).skip_past()
    with aws_errors(f"stack {stack_name}"):
        client.delete_stack(StackName=stack["StackId"])
    settled = wait_until_settled(
        client,
        stack_name,
        stack_id=stack["StackId"],
        events=events,
        deadline=time.monotonic() + timeout_seconds,
        poll_seconds=poll_seconds,
    )
    if settled["StackStatus"] != "DELETE_COMPLETE":
        cause = first_cause(events.told)
        where = f"{cause.logical_id} ({cause.type}) of stack {stack_name}" if cause else f"stack {stack_name}"
        reason = cause.reason if cause else settled.get("StackStatusReason") or "no reason given"
        raise DeploymentError(
            where,
            found=f"{settled['StackStatus']}: {reason}",
            remedy="empty or release this resource, then delete the stack again" if cause else remedy_for(reason),
        )
    return True
