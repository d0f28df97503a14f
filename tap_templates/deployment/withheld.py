"""Outputs that are not given away: what the template of a deployed stack says to be secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.contracts.sensitive import sensitive_outputs
from tap_templates.deployment.clients import aws_errors
from tap_templates.deployment.templates import as_data
from tap_templates.deployment.watching import Note
from tap_templates.errors import DeploymentError


def without_secrets(
    client: Any,
    stack: Mapping[str, Any],
    outputs: Mapping[str, str],
    *,
    template: Mapping[str, Any] | None = None,
    on_note: Note | None = None,
) -> dict[str, str]:
    """The outputs that hold no secret; ``on_note`` is told which others there are, and why.

    Args:
        stack: as ``describe_stacks`` says it.
        template: what it was deployed from; by default as CloudFormation has it.

    Raises:
        DeploymentError: The template cannot be read, so that nobody can tell which outputs are secret.
    """
    name, stack_id = str(stack.get("StackName", "")), str(stack["StackId"])
    templates = _templates(client, stack_id) if template is None else [template]
    hidden: dict[str, str] = {}
    for each in templates:
        hidden |= sensitive_outputs(each, nested=lambda title: _nested(client, stack_id, title))
    held = {key: hidden[key] for key in outputs if key in hidden}
    if held and on_note:
        named = "; ".join(f"{key} ({reason})" for key, reason in held.items())
        on_note(f"stack {name}: left out, because they hold a secret: {named}")
    return {key: value for key, value in outputs.items() if key not in held}


def _templates(client: Any, stack_id: str) -> list[Mapping[str, Any]]:
    """As it was written; where macros had a part in it, as they made it, too."""
    original = _template(client, stack_id, "Original")
    return [original, _template(client, stack_id, "Processed")] if "Transform" in original else [original]


def _template(client: Any, stack_id: str, stage: str) -> Mapping[str, Any]:
    where = f"template of stack {stack_id}"
    with aws_errors(where):
        body = client.get_template(StackName=stack_id, TemplateStage=stage).get("TemplateBody")
    try:
        found = as_data(body) if isinstance(body, str) else body
    except ValueError as error:
        found = str(error)
    if isinstance(found, Mapping):
        return found
    remedy = "which outputs are secret cannot be told, so none is given away: read them in the console"
    raise DeploymentError(where, found=found, remedy=remedy)


def _nested(client: Any, stack_id: str, title: str) -> Mapping[str, Any]:
    with aws_errors(f"nested stack {title}"):
        said = client.describe_stack_resource(StackName=stack_id, LogicalResourceId=title)["StackResourceDetail"]
    return _template(client, said["PhysicalResourceId"], "Original")
