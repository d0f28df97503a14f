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
FUNCTION, LOOP = "Fn::", "Fn::ForEach"


class Capability(NamedTuple):
    """What the deployer acknowledges, and what of the template asks for it."""

    name: str
    because: tuple[str, ...]


def parsed(template_body: str) -> dict[str, Any]:
    """The template as data; resources that ``Fn::ForEach`` repeats stand once among the others.

    Raises:
        UsageError: Neither JSON nor YAML, without Resources, or with an entry that is none.
    """
    try:
        template = as_data(template_body)
    except ValueError as error:
        raise UsageError("template", found=str(error), remedy="pass the JSON text of a template, or YAML") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise UsageError("template", found="no Resources", remedy="pass a CloudFormation template")
    for section in ("Parameters", "Outputs"):
        _check_entries(section, template.get(section, {}))
    template["Resources"] = dict(_each_once(template["Resources"]))
    _check_entries("Resources", template["Resources"])
    for title, resource in template["Resources"].items():
        if not title.startswith(FUNCTION):
            _check_resource(f"template: {title}", resource)
    return template


def _each_once(resources: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Those of a loop as they stand in it: ``[name, collection, {"Topic${Name}": {...}}]``."""
    for title, resource in resources.items():
        if title.startswith(LOOP) and isinstance(resource, list) and resource and isinstance(resource[-1], dict):
            yield from _each_once(resource[-1])
        else:
            yield title, resource


def _check_entries(section: str, entries: Any) -> None:
    """Raises a UsageError unless it is a mapping of mappings."""
    if not isinstance(entries, dict):
        raise UsageError(f"template: {section}", found=entries, remedy="write a mapping of names to their definitions")
    for name, entry in entries.items():
        if not isinstance(entry, dict) and not name.startswith(FUNCTION):
            raise UsageError(f"template: {section}.{name}", found=entry, remedy="write its definition, a mapping")


def _check_resource(where: str, resource: Mapping[str, Any]) -> None:
    if not isinstance(resource.get("Type"), str):
        raise UsageError(f"{where}.Type", found=resource.get("Type"), remedy="write a type such as AWS::S3::Bucket")
    properties = resource.get("Properties", {})
    if not isinstance(properties, dict):
        raise UsageError(f"{where}.Properties", found=properties, remedy="write a mapping, or leave it out")


def as_data(text: str) -> Any:
    """JSON, or YAML with CloudFormation's short forms, as data.

    Raises:
        ValueError: It is neither.
    """
    try:
        if text.lstrip()[:1] in ("{", "["):
            return json.loads(text)
        # A dependency of troposphere, which knows CloudFormation's tags; plain data comes out.
        return json.loads(importlib.import_module("cfn_flip").to_json(text))
    except RecursionError as error:
        raise ValueError("data nested too deep") from error
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
