"""Deleting a stack and waiting for the end; what cannot go stays, and is named."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.events import STACK, EventStream, OnEvent, OnWait
from tap_templates.deployment.failures import first_cause, remedy_for
from tap_templates.deployment.stacks import POLL_SECONDS, describe
from tap_templates.deployment.watching import Note, Watch, goes_on, operation_said, request_token
from tap_templates.errors import DeploymentError

TIMEOUT_SECONDS = 1800.0
BEGUN_WITHIN_SECONDS = 30.0
UNDER_REVIEW, DELETING = "REVIEW_IN_PROGRESS", "DELETE_IN_PROGRESS"


def delete(
    stack_name: str,
    *,
    client: Any,
    leave: Collection[str] = (),
    on_event: OnEvent | None = None,
    on_wait: OnWait | None = None,
    on_note: Note | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> bool:
    """Delete the stack and wait; False when there was none. Resources with DeletionPolicy Retain stay.

    A stack at which another operation is at work is waited for. ``leave`` are logical ids of resources that stay
    behind when CloudFormation cannot delete them: buckets with objects.

    Raises:
        StillRunningError: The time is up, or somebody pressed Ctrl-C; the deletion goes on.
        DeploymentError: Protected, or a resource that could not be deleted, with its reason.
    """
    watch = Watch(client, stack_name, time.monotonic() + timeout_seconds, poll_seconds, on_event, on_wait, on_note)
    stack = _free(watch)
    if stack is None:
        return False
    refuse_protected(client, stack_name, stack)
    settled, events = _deleted(watch, stack)
    failed = {event.logical_id for event in events.told if event.type != STACK and event.status == "DELETE_FAILED"}
    if settled["StackStatus"] == "DELETE_FAILED" and failed and failed <= set(leave):
        watch.note(f"{', '.join(sorted(failed))} cannot be deleted, and stays behind")
        settled, events = _deleted(watch, stack, retain=sorted(failed))
    if settled["StackStatus"] != "DELETE_COMPLETE":
        raise _failure(stack_name, settled, events)
    return True


def refuse_protected(client: Any, stack_name: str, stack: Mapping[str, Any]) -> None:
    """Raises a DeploymentError when the stack is protected from deletion, with the command that lifts it."""
    if stack.get("EnableTerminationProtection"):
        meta = getattr(client, "meta", None)
        place = f" --region {meta.region_name}" if meta else ""
        if meta and "amazonaws" not in meta.endpoint_url:
            place += f" --endpoint-url {meta.endpoint_url}"
        command = "aws cloudformation update-termination-protection --no-enable-termination-protection"
        raise DeploymentError(
            f"stack {stack_name}",
            found="termination protection",
            remedy=f"switch it off first: {command} --stack-name {stack_name}{place}",
        )


def _free(watch: Watch) -> dict[str, Any] | None:
    """The stack once no other operation than its deletion is at work; None when there is none."""
    stack = describe(watch.client, watch.stack_name)
    while (
        stack
        and stack["StackStatus"].endswith("_IN_PROGRESS")
        and stack["StackStatus"]
        not in (
            UNDER_REVIEW,
            DELETING,
        )
    ):
        events = watch.events(stack["StackId"])
        said = operation_said(stack["StackStatus"], events.skip_to_operation())
        watch.note(f"stack {watch.stack_name} is busy ({said}): waiting until that has ended")
        watch.settled(stack["StackId"], events, busy=said)
        stack = describe(watch.client, watch.stack_name)
    return stack


def _deleted(
    watch: Watch, stack: Mapping[str, Any], retain: Collection[str] = ()
) -> tuple[dict[str, Any], EventStream]:
    """The stack after its deletion, with the events of it; one that is on its way already is watched."""
    events = watch.events(stack["StackId"])
    with goes_on(watch.stack_name):
        if stack["StackStatus"] == DELETING and not retain:
            events.skip_to_operation()
        else:
            events.skip_past()
            more = {"RetainResources": list(retain)} if retain else {}
            with aws_errors(f"stack {watch.stack_name}"):
                watch.client.delete_stack(StackName=stack["StackId"], ClientRequestToken=request_token(), **more)
            _wait_until_begun(watch, events, stack["StackStatus"])
    return watch.settled(stack["StackId"], events), events


def _wait_until_begun(watch: Watch, events: EventStream, before: str) -> None:
    """Deletion starts a moment after the call; until then the stack still shows its old state."""
    longest = time.monotonic() + min(BEGUN_WITHIN_SECONDS, watch.seconds_left)
    while not events.poll() and time.monotonic() < longest:
        stack = describe(watch.client, events.stack)
        if stack is None or stack["StackStatus"] != before:
            return
        time.sleep(watch.poll_seconds)


def _failure(stack_name: str, settled: Mapping[str, Any], events: EventStream) -> DeploymentError:
    cause = first_cause(events.told)
    where = f"{cause.logical_id} ({cause.type}) of stack {stack_name}" if cause else f"stack {stack_name}"
    reason = cause.reason if cause else settled.get("StackStatusReason") or "no reason given"
    remedy = f"{remedy_for(reason)}; empty or release this resource" if cause else remedy_for(reason)
    return DeploymentError(where, found=f"{settled['StackStatus']}: {reason}", remedy=remedy)
