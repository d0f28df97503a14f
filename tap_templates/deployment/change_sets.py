"""Deploying by change set: what will change is computed by CloudFormation first, then executed and watched."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.deletion import delete
from tap_templates.deployment.events import EventStream, OnEvent, first_cause, remedy_for
from tap_templates.deployment.outputs import flat_outputs
from tap_templates.deployment.parameters import (
    Note,
    change_set_parameters,
    check_parameters,
    needed_capabilities,
    parsed,
)
from tap_templates.deployment.stacks import POLL_SECONDS, describe, wait_until_settled
from tap_templates.deployment.uploads import Upload
from tap_templates.errors import DeploymentError, UsageError
from tap_templates.stack.limits import LARGEST_BODY_BYTES, LARGEST_TEMPLATE_BYTES

TIMEOUT_SECONDS = 1800.0
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
UNDER_REVIEW = "REVIEW_IN_PROGRESS"  # a change set that would create it was made, and never executed
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
NOT_BEGUN = ("AVAILABLE", "UNAVAILABLE")


@dataclass(frozen=True)
class DeployedStack:
    """A stack after a deployment; ``changed`` is False when the template and parameters were those it had."""

    name: str
    stack_id: str
    status: str
    changed: bool
    outputs: Mapping[str, str] = field(default_factory=dict)


def deploy(
    template_body: str,
    *,
    stack_name: str,
    client: Any,
    parameters: Mapping[str, str] | None = None,
    keep_values: bool = False,
    tags: Mapping[str, str] | None = None,
    upload: Upload | None = None,
    on_event: OnEvent | None = None,
    on_note: Note | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> DeployedStack:
    """Create or update the stack and wait for the end; events are told in order, each once.

    A parameter with a default that is not given keeps the value that the stack has; with ``keep_values`` so do those
    without. A stack that never came into being (``ROLLBACK_COMPLETE``) is deleted first; ``on_note`` is told.
    A template that is too long for a request goes through ``upload``, which returns its URL.

    Raises:
        UsageError: Template or parameters that CloudFormation would refuse; said before any call.
        DeploymentError: AWS refused or a resource failed: its first cause, with logical id, reason and remedy.
    """
    template = parsed(template_body)
    _check_length(template_body, upload)
    given = parameters or {}
    check_parameters(template, given, kept=template.get("Parameters", {}) if keep_values else {})
    run = _Run(client, stack_name, time.monotonic() + timeout_seconds, poll_seconds, on_event, on_note)
    stack = run.stack_to_update()
    kept = {said["ParameterKey"] for said in stack.get("Parameters", [])} if stack else set()
    check_parameters(template, given, kept=kept)
    carried = _carried(template_body, upload)
    with aws_errors(f"stack {stack_name}"):
        change_set = client.create_change_set(
            StackName=stack_name,
            ChangeSetName=f"tap-templates-{uuid.uuid4().hex[:12]}",
            ChangeSetType="UPDATE" if stack else "CREATE",
            **carried,
            Parameters=change_set_parameters(template, given, kept=kept),
            Capabilities=needed_capabilities(template),
            Tags=[{"Key": key, "Value": value} for key, value in sorted((tags or {}).items())],
        )
    return run.execute(change_set["Id"], change_set["StackId"])


def _check_length(template_body: str, upload: Upload | None) -> None:
    size = len(template_body.encode())
    most = LARGEST_BODY_BYTES if upload is None else LARGEST_TEMPLATE_BYTES
    if size > most:
        way_out = (
            "in a request: pass upload, which puts it into a bucket" if upload is None else "at most: split the stack"
        )
        raise UsageError("template", found=f"{size} bytes", remedy=f"CloudFormation takes {most} {way_out}")


def _carried(template_body: str, upload: Upload | None) -> dict[str, str]:
    """The argument of a call that carries the template: its text, or where it was uploaded to."""
    if upload is None or len(template_body.encode()) <= LARGEST_BODY_BYTES:
        return {"TemplateBody": template_body}
    return {"TemplateURL": upload(template_body)}


@dataclass(frozen=True)
class _Run:
    """One deployment under way."""

    client: Any
    stack_name: str
    deadline: float
    poll_seconds: float
    on_event: OnEvent | None
    on_note: Note | None

    def stack_to_update(self) -> dict[str, Any] | None:
        """The stack when it can be updated; None when it has to be created, after removing what never came to be."""
        stack = describe(self.client, self.stack_name)
        if stack is None or stack["StackStatus"] == UNDER_REVIEW:
            return None
        status = stack["StackStatus"]
        if status in NEVER_CREATED:
            self._note(f"stack {self.stack_name} is {status}: it is deleted before it is created again")
            delete(
                self.stack_name,
                client=self.client,
                on_event=self.on_event,
                timeout_seconds=self.deadline - time.monotonic(),
                poll_seconds=self.poll_seconds,
            )
            return None
        if status.endswith("_IN_PROGRESS"):
            raise self._error(status, "another operation is at work: wait until it ends, then deploy again")
        if status == "UPDATE_ROLLBACK_FAILED":
            command = f"aws cloudformation continue-update-rollback --stack-name {self.stack_name}"
            raise self._error(status, f"finish it first: {command}")
        return stack

    def execute(self, change_set: str, stack_id: str) -> DeployedStack:
        """The stack after its change set, if that holds any change."""
        if not self._is_ready(change_set):
            self._note(f"stack {self.stack_name} is up to date")
            return self._deployed(describe(self.client, stack_id) or {}, stack_id, changed=False)
        events = EventStream(self.client, stack_id, self.on_event).skip_past()
        with aws_errors(f"stack {self.stack_name}"):
            self.client.execute_change_set(ChangeSetName=change_set)
        self._wait_until_begun(change_set)
        settled = wait_until_settled(
            self.client,
            self.stack_name,
            stack_id=stack_id,
            events=events,
            deadline=self.deadline,
            poll_seconds=self.poll_seconds,
        )
        if settled["StackStatus"] not in GOOD:
            raise self._failure(settled, events)
        return self._deployed(settled, stack_id, changed=True)

    def _is_ready(self, change_set: str) -> bool:
        """True when the change set can be executed, False when it holds no change; one that failed is removed."""
        while True:
            with aws_errors(f"stack {self.stack_name}"):
                found = self.client.describe_change_set(ChangeSetName=change_set)
            status, reason = found["Status"], found.get("StatusReason", "")
            if status == "CREATE_COMPLETE":
                return True
            if status == "FAILED":
                with aws_errors(f"stack {self.stack_name}"):
                    self.client.delete_change_set(ChangeSetName=change_set)
                if any(words in reason for words in NO_CHANGES):
                    return False
                raise self._error(f"change set failed: {reason}", remedy_for(reason))
            if time.monotonic() >= self.deadline:
                raise self._error(f"change set {status}", "the time is up: allow more time and deploy again")
            time.sleep(self.poll_seconds)

    def _wait_until_begun(self, change_set: str) -> None:
        """Execution starts a moment after the call; until then the stack still shows its old state."""
        from botocore.exceptions import ClientError

        while time.monotonic() < self.deadline:
            try:
                with aws_errors(f"stack {self.stack_name}"):
                    found = self.client.describe_change_set(ChangeSetName=change_set)
            except DeploymentError as error:
                if isinstance(error.__cause__, ClientError) and "ChangeSetNotFound" in str(error.found):
                    return  # it goes once it is executed
                raise
            if found["ExecutionStatus"] not in NOT_BEGUN:
                return
            time.sleep(self.poll_seconds)

    def _failure(self, stack: Mapping[str, Any], events: EventStream) -> DeploymentError:
        status, cause = stack["StackStatus"], first_cause(events.told)
        if cause is None:
            reason = stack.get("StackStatusReason") or "no reason given"
            return self._error(f"{status}: {reason}", remedy_for(reason))
        return DeploymentError(
            f"{cause.logical_id} ({cause.type}) of stack {self.stack_name}",
            found=f"{cause.status}: {cause.reason}",
            remedy=f"{remedy_for(cause.reason)}; the stack is now {status}",
        )

    def _deployed(self, stack: Mapping[str, Any], stack_id: str, *, changed: bool) -> DeployedStack:
        outputs = flat_outputs(stack.get("Outputs", []))
        return DeployedStack(self.stack_name, stack_id, str(stack.get("StackStatus", "")), changed, outputs)

    def _error(self, found: str, remedy: str) -> DeploymentError:
        return DeploymentError(f"stack {self.stack_name}", found=found, remedy=remedy)

    def _note(self, text: str) -> None:
        if self.on_note:
            self.on_note(text)
