"""The state of a stack, and waiting for it: short polling, a total time budget, events told on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tap_templates.deployment.clients import explained, sdk_errors
from tap_templates.deployment.events import EventStream
from tap_templates.deployment.failures import StillRunningError

POLL_SECONDS = 0.5
"""CloudFormation's own waiters ask every 30 seconds; resources of a small stack are done sooner."""


def describe(client: Any, stack_name: str) -> dict[str, Any] | None:
    """The stack as ``describe_stacks`` says it, or None when there is none (deleted ones do not count)."""
    try:
        [stack] = client.describe_stacks(StackName=stack_name)["Stacks"]
    except sdk_errors() as error:
        if "does not exist" in str(error):
            return None
        raise explained(f"stack {stack_name}", error) from error
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else dict(stack)


def wait_until_settled(
    client: Any,
    stack_name: str,
    *,
    stack_id: str,
    events: EventStream,
    deadline: float,
    poll_seconds: float = POLL_SECONDS,
    busy: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """The stack once nothing is in progress any more; a deleted one has the status ``DELETE_COMPLETE``.

    ``busy`` says whose operation it is, where it is somebody else's.

    Raises:
        StillRunningError: Still in progress at the deadline (of ``time.monotonic``); work in AWS goes on.
    """
    while True:
        stack = describe(client, stack_id) or {"StackName": stack_name, "StackStatus": "DELETE_COMPLETE"}
        events.poll()
        status = stack["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            return stack
        if time.monotonic() >= deadline:
            raise StillRunningError(
                f"stack {stack_name}",
                found=busy or status,
                remedy="the time is up and AWS goes on: look at the stack again later, or allow more time",
            )
        sleep(poll_seconds)
