"""A template's text as data, in JSON or YAML, and what has to be acknowledged for it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tap_templates.errors import UsageError

# CloudFormation user guide, "Acknowledging IAM resources": naming any of these needs CAPABILITY_NAMED_IAM.
NAMED_BY = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
UNNAMED_IAM = {"AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"}
NAMED_IAM, IAM, AUTO_EXPAND = "CAPABILITY_NAMED_IAM", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"
CAPABILITIES = (IAM, NAMED_IAM, AUTO_EXPAND)


class Capability(NamedTuple):
    """What the deployer acknowledges, and what of the template asks for it."""

    name: str
    because: tuple[str, ...]


def parsed(template_body: str) -> dict[str, Any]:
    """The template as data.

    Raises:
        UsageError: Neither JSON nor YAML, or without Resources.
    """
    try:
        template = as_data(template_body)
    except ValueError as error:
        raise UsageError("template", found=str(error), remedy="pass the JSON text of a template, or YAML") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise UsageError("template", found="no Resources", remedy="pass a CloudFormation template")
    return template


def as_data(text: str) -> Any:
    """JSON, or YAML with CloudFormation's short forms, as data.

    Raises:
        ValueError: It is neither.
    """
    if text.lstrip()[:1] in ("{", "["):
        return json.loads(text)
    try:
        # A dependency of troposphere, which knows CloudFormation's tags; plain data comes out.
        return json.loads(importlib.import_module("cfn_flip").to_json(text))
    except Exception as error:
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from error


def acknowledgements(template: Mapping[str, Any]) -> list[Capability]:
    """What the deployer must acknowledge for this template, no more, each with what asks for it."""
    asking: dict[str, list[str]] = {}
    for capability, title in _asking(template):
        asking.setdefault(capability, []).append(title)
    if NAMED_IAM in asking:
        asking[NAMED_IAM] = [*asking[NAMED_IAM], *asking.pop(IAM, [])]
    return [Capability(name, tuple(asking[name])) for name in sorted(asking)]


def needed_capabilities(template: Mapping[str, Any]) -> list[str]:
    """The names of ``acknowledgements``."""
    return [capability.name for capability in acknowledgements(template)]


def _asking(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for title, resource in template["Resources"].items():
        kind = resource.get("Type")
        named_by = NAMED_BY.get(kind)
        if named_by and named_by in resource.get("Properties", {}):
            yield NAMED_IAM, title
        elif named_by or kind in UNNAMED_IAM:
            yield IAM, title
    if "Transform" in template or '"Fn::Transform"' in json.dumps(template["Resources"]):
        yield AUTO_EXPAND, "Transform"
