"""Getting a stack to where a change set can be made for it: waiting, and removing what never came into being."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tap_templates.deployment.change_sets import ChangeSet
from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.deletion import delete
from tap_templates.deployment.failures import failure
from tap_templates.deployment.stacks import describe
from tap_templates.deployment.watching import OURS, Watch, operation_said
from tap_templates.errors import DeploymentError

GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
UNDER_REVIEW = "REVIEW_IN_PROGRESS"  # a change set that would create it was made, and never executed
BUSY = re.compile(r"_IN_PROGRESS state|OperationInProgress")

ConfirmDeletion = Callable[[str], bool]
"""Asked, with its status, before a stack is deleted that never came into being."""
Request = Callable[["Mapping[str, Any] | None"], dict[str, Any]]
"""The arguments of a change set for the stack as it is; None when there is none."""


class DeclinedError(DeploymentError):
    """Whoever was asked said no; nothing was changed."""


def new_change_set(watch: Watch, request: Request, confirm_deletion: ConfirmDeletion | None) -> ChangeSet:
    """A change set, once the stack is free for it.

    Raises:
        DeclinedError: The leftover of a stack has to go first, and may not.
        StillRunningError: Another operation is still at work when the time is up.
        DeploymentError: That operation failed, or CloudFormation refused.
    """
    while True:
        stack = _free(watch, confirm_deletion)
        is_new = stack is None or stack["StackStatus"] == UNDER_REVIEW
        arguments = request(None if is_new else stack)
        try:
            with aws_errors(f"stack {watch.stack_name}"):
                made = watch.client.create_change_set(
                    StackName=watch.stack_name, ChangeSetName=f"{OURS}{uuid.uuid4().hex[:12]}", **arguments
                )
        except DeploymentError as error:
            if BUSY.search(str(error.found)) and watch.seconds_left > 0:
                time.sleep(watch.poll_seconds)  # Somebody was faster.
                continue
            raise
        return ChangeSet(
            watch.client,
            watch.stack_name,
            made["Id"],
            made["StackId"],
            creates=is_new,
            alone=stack is None,
            deadline=watch.deadline,
            poll_seconds=watch.poll_seconds,
        )


def _free(watch: Watch, confirm_deletion: ConfirmDeletion | None) -> dict[str, Any] | None:
    """The stack when nothing is at work at it, None when there is none."""
    while True:
        stack = describe(watch.client, watch.stack_name)
        if stack is None:
            return None
        status = stack["StackStatus"]
        if status == "UPDATE_ROLLBACK_FAILED":
            command = f"aws cloudformation continue-update-rollback --stack-name {watch.stack_name}"
            raise watch.error(status, f"finish it first: {command}")
        if status in NEVER_CREATED:
            _delete_leftover(watch, status, confirm_deletion)
        elif status.endswith("_IN_PROGRESS") and status != UNDER_REVIEW:
            _wait_for_other(watch, stack)
        else:
            return stack


def _wait_for_other(watch: Watch, stack: Mapping[str, Any]) -> None:
    """Watches the operation that is at work; when it fails, its error ends this deployment, too."""
    events = watch.events(stack["StackId"])
    said = operation_said(stack["StackStatus"], events.skip_to_operation())
    watch.note(f"stack {watch.stack_name} is busy ({said}): waiting until that has ended")
    settled = watch.settled(stack["StackId"], events, busy=said)
    if settled["StackStatus"] not in (*GOOD, "DELETE_COMPLETE"):
        raise failure(watch.client, watch.stack_name, settled, events.told)


def _delete_leftover(watch: Watch, status: str, confirm_deletion: ConfirmDeletion | None) -> None:
    if confirm_deletion and not confirm_deletion(status):
        remedy = "it has to be deleted before it can be created; nothing was changed"
        raise DeclinedError(f"stack {watch.stack_name}", found=status, remedy=remedy)
    watch.note(f"stack {watch.stack_name} is {status}: it is deleted before it is created again")
    delete(
        watch.stack_name,
        client=watch.client,
        on_event=watch.on_event,
        timeout_seconds=watch.seconds_left,
        poll_seconds=watch.poll_seconds,
    )
