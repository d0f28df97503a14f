"""What a failed operation is told as: its first cause with resource, reason and remedy, not the last event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tap_templates.data.failure_reasons import remedy_of_reason
from tap_templates.deployment.events import STACK, StackEvent, newest_first
from tap_templates.errors import DeploymentError

DEFAULT_REMEDY = "correct this resource in the template and deploy again"
DEEPEST_NESTING = 5


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


def failure(client: Any, stack_name: str, stack: Mapping[str, Any], events: Iterable[StackEvent]) -> DeploymentError:
    """The error of an operation that ended badly, from the stack as it is now and the operation's events."""
    status, cause = stack["StackStatus"], deepest_cause(client, stack.get("StackId", ""), events)
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
