"""Deploying by change set: what will change is computed by CloudFormation first, then executed and watched."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tap_templates.deployment.change_sets import ChangeSet
from tap_templates.deployment.changes import Plan
from tap_templates.deployment.events import OnEvent, OnWait
from tap_templates.deployment.failures import StillRunningError, failure
from tap_templates.deployment.outputs import flat_outputs
from tap_templates.deployment.parameters import change_set_parameters, check_parameters
from tap_templates.deployment.protection import Guard, Protection, check_replaceable, refuse_losses
from tap_templates.deployment.readiness import GOOD, ConfirmDeletion, DeclinedError, Request, new_change_set
from tap_templates.deployment.stack_tags import as_mapping
from tap_templates.deployment.stacks import POLL_SECONDS, describe
from tap_templates.deployment.templates import CAPABILITIES, acknowledgements, needed_capabilities, parsed
from tap_templates.deployment.uploads import Upload
from tap_templates.deployment.watching import Note, Watch, goes_on, request_token
from tap_templates.deployment.withheld import without_secrets
from tap_templates.errors import TapTemplatesError, UsageError, did_you_mean
from tap_templates.stack.limits import LARGEST_BODY_BYTES, LARGEST_TEMPLATE_BYTES

TIMEOUT_SECONDS = 1800.0
UNPROTECTED = Protection()

Confirm = Callable[[Plan], bool]
"""Asked before a change set is executed; False leaves everything as it is."""


@dataclass(frozen=True)
class DeployedStack:
    """A stack after a deployment; ``changed`` is False when the template and parameters were those it had.

    ``outputs`` are those that hold no secret.
    """

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
    kept: Collection[str] = (),
    tags: Mapping[str, str] | None = None,
    capabilities: Collection[str] = (),
    upload: Upload | None = None,
    protection: Protection = UNPROTECTED,
    confirm: Confirm | None = None,
    confirm_deletion: ConfirmDeletion | None = None,
    on_event: OnEvent | None = None,
    on_wait: OnWait | None = None,
    on_note: Note | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> DeployedStack:
    """Create or update the stack and wait for the end; events are told in order, each once.

    A parameter with a default that is not given keeps the value that the stack has; so do those of ``kept``, and
    with ``keep_values`` all. ``tags`` join those that the stack has. ``capabilities`` are acknowledged beside those
    that the template shows to be needed. A template that is too long for a request goes through ``upload``, which
    returns its URL. A stack at which another operation is at work is waited for, and watched. One that never came into
    being (``ROLLBACK_COMPLETE``) is deleted first, when ``confirm_deletion`` agrees; ``on_note`` is told.

    Raises:
        UsageError: Template or parameters that CloudFormation would refuse; said before any call.
        DeclinedError: ``confirm`` or ``confirm_deletion`` said no.
        StillRunningError: The time is up, or somebody pressed Ctrl-C; the operation goes on.
        DeploymentError: AWS refused or a resource failed: its first cause, with logical id, reason and remedy.
    """
    template = parsed(template_body)
    _check_length(template_body, upload)
    _check_capabilities(capabilities)
    given = parameters or {}
    check_parameters(template, given, kept=template.get("Parameters", {}) if keep_values else kept)
    watch = Watch(client, stack_name, time.monotonic() + timeout_seconds, poll_seconds, on_event, on_wait, on_note)
    request = _request(template, template_body, given, tags or {}, capabilities, upload)
    change_set = new_change_set(watch, request, confirm_deletion)
    with _taken_back(change_set):
        described = change_set.ready()
        if described is not None:
            _agree(change_set, described, template, protection, confirm)
    guard = Guard(client, change_set.stack_id, protection, on_note)
    finish = _unchanged if described is None else _executed
    return finish(watch, change_set, guard, template)


def _request(
    template: Mapping[str, Any],
    body: str,
    given: Mapping[str, str],
    tags: Mapping[str, str],
    capabilities: Collection[str],
    upload: Upload | None,
) -> Request:
    """What makes the arguments of the change set, for the stack as it is found."""
    carried: dict[str, str] = {}

    def request(stack: Mapping[str, Any] | None) -> dict[str, Any]:
        kept = {said["ParameterKey"] for said in stack.get("Parameters", [])} if stack else set()
        check_parameters(template, given, kept=kept)
        if not carried:
            long = upload is not None and len(body.encode()) > LARGEST_BODY_BYTES
            carried.update({"TemplateURL": upload(body)} if upload and long else {"TemplateBody": body})
        joined = {**as_mapping(stack.get("Tags", []) if stack else []), **tags}
        return {
            "ChangeSetType": "UPDATE" if stack else "CREATE",
            **carried,
            "Parameters": change_set_parameters(template, given, kept=kept),
            "Capabilities": sorted({*needed_capabilities(template), *capabilities}),
            "Tags": [{"Key": key, "Value": value} for key, value in sorted(joined.items())],
        }

    return request


def _agree(
    change_set: ChangeSet,
    described: Mapping[str, Any],
    template: Mapping[str, Any],
    protection: Protection,
    confirm: Confirm | None,
) -> None:
    """Nothing when the change set may be executed; an error that says why not."""
    changes = change_set.changes(described, template)
    check_replaceable(protection.replaceable, {*template["Resources"], *(each.logical_id for each in changes)})
    plan = Plan(
        change_set.stack_name, change_set.creates, changes, tuple(acknowledgements(template)), protection.termination
    )
    refuse_losses(plan, protection)
    if confirm and not confirm(plan):
        raise DeclinedError(f"stack {plan.stack_name}", found="no", remedy="nothing was changed")


@contextmanager
def _taken_back(change_set: ChangeSet) -> Iterator[None]:
    """Whatever ends the block early (Ctrl-C too) leaves no change set behind."""
    try:
        yield
    except BaseException:
        change_set.discard()
        raise


def _executed(watch: Watch, change_set: ChangeSet, guard: Guard, template: Mapping[str, Any]) -> DeployedStack:
    """The stack after its change set."""
    events = watch.events(change_set.stack_id).skip_past()
    with goes_on(watch.stack_name):
        if not change_set.creates:
            guard.open()
        try:
            change_set.execute(request_token())
            settled = watch.settled(change_set.stack_id, events)
            if settled["StackStatus"] not in GOOD:
                raise failure(watch.client, watch.stack_name, settled, events.told)
        except StillRunningError:
            raise  # The next deployment closes the stack's policy.
        except TapTemplatesError:
            guard.restore()
            raise
        guard.close(template)
    return _deployed(watch, settled, change_set.stack_id, template, changed=True)


def _unchanged(watch: Watch, change_set: ChangeSet, guard: Guard, template: Mapping[str, Any]) -> DeployedStack:
    """The stack as it was, which is as it should be."""
    watch.note(f"stack {watch.stack_name} is up to date")
    guard.close(template)
    stack = describe(watch.client, change_set.stack_id) or {}
    return _deployed(watch, stack, change_set.stack_id, template, changed=False)


def _deployed(
    watch: Watch, stack: Mapping[str, Any], stack_id: str, template: Mapping[str, Any], *, changed: bool
) -> DeployedStack:
    named = {"StackName": watch.stack_name, **stack, "StackId": stack_id}
    flat = flat_outputs(stack.get("Outputs", []))
    outputs = without_secrets(watch.client, named, flat, template=template, on_note=watch.note)
    return DeployedStack(watch.stack_name, stack_id, str(stack.get("StackStatus", "")), changed, outputs)


def _check_capabilities(capabilities: Collection[str]) -> None:
    for name in capabilities:
        if name not in CAPABILITIES:
            remedy = f"use one of {', '.join(CAPABILITIES)}{did_you_mean(name, CAPABILITIES)}"
            raise UsageError("--capability", found=name, remedy=remedy)


def _check_length(template_body: str, upload: Upload | None) -> None:
    size = len(template_body.encode())
    most = LARGEST_BODY_BYTES if upload is None else LARGEST_TEMPLATE_BYTES
    if size > most:
        way_out = (
            "in a request: pass upload, which puts it into a bucket" if upload is None else "at most: split the stack"
        )
        raise UsageError("template", found=f"{size} bytes", remedy=f"CloudFormation takes {most} {way_out}")
