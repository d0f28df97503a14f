"""What a failed operation is told as: its first cause with resource, reason and remedy, not the last event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tap_templates.data.failure_reasons import remedy_of_reason
from tap_templates.deployment.events import STACK, StackEvent, newest_first
from tap_templates.errors import DeploymentError

DEFAULT_REMEDY = "correct this resource in the template and deploy again"
DEEPEST_NESTING = 5
APART = "DescribeEvents"
"""In a reason that says no more than where the reasons are."""


class StillRunningError(DeploymentError):
    """Nobody waits any more for an operation that goes on in AWS."""


class InterruptedWaitError(StillRunningError):
    """The person interrupted the wait; the operation goes on in AWS."""

    exit_code = 130


def first_cause(events: Iterable[StackEvent]) -> StackEvent | None:
    """The failure that the others followed from: the earliest one of a resource, else of the stack."""
    failures = [event for event in events if event.failed]
    of_resources = [event for event in failures if event.type != STACK]
    return next(iter([*of_resources, *failures]), None)


def deepest_cause(client: Any, stack_id: str, events: Iterable[StackEvent], *, depth: int = 0) -> StackEvent | None:
    """The first cause; inside of a nested stack, when it is one of those that failed."""
    told = list(events)
    cause = first_cause(told)
    if (cause is not None and cause.type != STACK) or depth == DEEPEST_NESTING:
        return cause
    for event in told:
        if event.type == STACK and event.status.endswith("_FAILED") and event.physical_id not in ("", stack_id):
            inside = reversed(list(newest_first(client, event.physical_id)))
            found = deepest_cause(client, event.physical_id, inside, depth=depth + 1)
            if found is not None:
                return found
    return cause


def early_failures(client: Any, **asked: str) -> list[StackEvent]:
    """What CloudFormation found wrong before it touched a resource, of the last operation at which it did.

    It checks properties, names that are taken and buckets that are not empty beforehand, and says of that no more than
    that there is something: the rest is told to whoever asks for it. Nothing when it may not be asked.

    Args:
        asked: ``StackName`` or ``ChangeSetName``.

    Source: CloudFormation API reference, DescribeEvents and data type OperationEvent.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        pages = client.get_paginator("describe_events").paginate(**asked, Filters={"FailedEvents": True})
        said = [each for page in pages for each in page.get("OperationEvents", [])]
    except (BotoCoreError, ClientError):
        return []
    invalid = [
        each
        for each in said
        if each.get("EventType") == "VALIDATION_ERROR" and each.get("ValidationFailureMode", "FAIL") == "FAIL"
    ]
    operations = [each.get("OperationId") for each in sorted(invalid, key=lambda each: str(each.get("Timestamp", "")))]
    return [_early(each) for each in invalid if each.get("OperationId") == operations[-1]]


def early_failure(stack_name: str, found: Sequence[StackEvent], state: str) -> DeploymentError:
    """The error of what was found wrong beforehand: all of it, since all of it has to be corrected."""
    first = found[0]
    where = f"{first.logical_id} ({first.type}) of stack {stack_name}"
    others = [f"; {each.logical_id}: {each.reason}" for each in found[1:]]
    return DeploymentError(
        where, found=f"{first.reason}{''.join(others)}", remedy=f"{remedy_for(first.reason)}; {state}"
    )


def _early(said: Mapping[str, Any]) -> StackEvent:
    reason, path = str(said.get("ValidationStatusReason", "no reason given")), str(said.get("ValidationPath", ""))
    title = str(said.get("LogicalResourceId", ""))
    place = path.removeprefix(f"/Resources/{title}").removeprefix("/Properties").strip("/")
    return StackEvent(
        id=str(said.get("EventId", "")),
        logical_id=title,
        physical_id=str(said.get("PhysicalResourceId", "")),
        type=str(said.get("ResourceType", "")),
        status="VALIDATION_FAILED",
        reason=f"{place}: {reason}" if place else reason,
    )


def failure(client: Any, stack_name: str, stack: Mapping[str, Any], events: Iterable[StackEvent]) -> DeploymentError:
    """The error of an operation that ended badly, from the stack as it is now and the operation's events."""
    status, cause = stack["StackStatus"], deepest_cause(client, stack.get("StackId", ""), events)
    if cause is not None and cause.type == STACK and APART in cause.reason:
        found = early_failures(client, StackName=stack.get("StackId", stack_name))
        if found:
            return early_failure(stack_name, found, f"the stack is now {status}")
    if cause is None:
        reason = stack.get("StackStatusReason") or "no reason given"
        return DeploymentError(f"stack {stack_name}", found=f"{status}: {reason}", remedy=remedy_for(reason))
    return DeploymentError(
        f"{cause.logical_id} ({cause.type}) of stack {stack_name}",
        found=f"{cause.status}: {cause.reason}",
        remedy=f"{remedy_for(cause.reason)}; the stack is now {status}",
    )


def remedy_for(reason: str) -> str:
    """What to do about a reason that CloudFormation gave."""
    return remedy_of_reason(reason) or DEFAULT_REMEDY
