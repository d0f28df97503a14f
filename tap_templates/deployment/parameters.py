"""Parameters and capabilities of a template, settled before the first call to AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tap_templates.errors import UsageError, did_you_mean

# CloudFormation user guide, "Acknowledging IAM resources": naming any of these needs CAPABILITY_NAMED_IAM.
NAMED_BY = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
UNNAMED_IAM = {"AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"}


def parsed(template_body: str) -> dict[str, Any]:
    """The template as data.

    Raises:
        UsageError: Not JSON, or without Resources.
    """
    try:
        template = json.loads(template_body)
    except ValueError as error:
        raise UsageError("template", found=str(error), remedy="pass the JSON text of a template") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise UsageError("template", found="no Resources", remedy="pass a CloudFormation template")
    return template


def needed_capabilities(template: Mapping[str, Any]) -> list[str]:
    """What the deployer must acknowledge for this template, no more."""
    needed = set()
    for resource in template["Resources"].values():
        named_by = NAMED_BY.get(resource.get("Type"))
        if named_by:
            named = named_by in resource.get("Properties", {})
            needed.add("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM")
        elif resource.get("Type") in UNNAMED_IAM:
            needed.add("CAPABILITY_IAM")
    if "Transform" in template or '"Fn::Transform"' in json.dumps(template["Resources"]):
        needed.add("CAPABILITY_AUTO_EXPAND")
    if "CAPABILITY_NAMED_IAM" in needed:
        needed.discard("CAPABILITY_IAM")
    return sorted(needed)


def check_parameters(template: Mapping[str, Any], given: Mapping[str, str], *, kept: Collection[str] = ()) -> None:
    """Nothing when CloudFormation would take ``given``; ``kept`` names those that may keep the stack's value.

    Raises:
        UsageError: Every missing, unknown and unacceptable parameter, in one message.
    """
    declared: Mapping[str, Any] = template.get("Parameters", {})
    problems = [f"{name}: no such parameter{did_you_mean(name, declared)}" for name in given if name not in declared]
    problems += [
        f"{name}: no value given; {declaration.get('Description', 'it is required')}"
        for name, declaration in declared.items()
        if name not in given and name not in kept and "Default" not in declaration
    ]
    faults = {name: _fault(str(value), declared[name]) for name, value in given.items() if name in declared}
    problems += [f"{name}: {fault}" for name, fault in faults.items() if fault]
    if problems:
        raise UsageError(
            "parameters",
            found="; ".join(sorted(problems)),
            remedy="give a value that the template accepts for each of these",
        )


def change_set_parameters(
    template: Mapping[str, Any], given: Mapping[str, str], *, kept: Collection[str] = ()
) -> list[dict[str, Any]]:
    """``given`` as a change set takes it; of the rest, those in ``kept`` keep the stack's value."""
    return [
        {"ParameterKey": name, "ParameterValue": str(given[name])}
        if name in given
        else {"ParameterKey": name, "UsePreviousValue": True}
        for name in template.get("Parameters", {})
        if name in given or name in kept
    ]


def _fault(value: str, declaration: Mapping[str, Any]) -> str | None:
    """Why a value is not acceptable; None when it is. The template's own words come first."""
    for broken in (_not_allowed, _wrong_pattern, _wrong_length, _wrong_number):
        fault = broken(value, declaration)
        if fault:
            shown = "***" if str(declaration.get("NoEcho", "")).lower() == "true" else repr(value)
            said = declaration.get("ConstraintDescription")
            return f"found {shown}; {f'{said} ({fault})' if said else fault}"
    return None


def _not_allowed(value: str, declaration: Mapping[str, Any]) -> str | None:
    allowed = [_text(choice) for choice in declaration.get("AllowedValues", [])]
    items = value.split(",") if _is_list(declaration) else [value]
    if not allowed or all(item.strip() in allowed for item in items):
        return None
    return f"use one of {', '.join(allowed)}{did_you_mean(value, allowed)}"


def _wrong_pattern(value: str, declaration: Mapping[str, Any]) -> str | None:
    pattern = declaration.get("AllowedPattern")
    return f"must match {pattern}" if pattern and not re.fullmatch(pattern, value) else None


def _wrong_length(value: str, declaration: Mapping[str, Any]) -> str | None:
    if declaration.get("Type", "String") != "String":
        return None
    return _outside(len(value), declaration.get("MinLength"), declaration.get("MaxLength"), "characters")


def _wrong_number(value: str, declaration: Mapping[str, Any]) -> str | None:
    if declaration.get("Type") not in ("Number", "List<Number>"):
        return None
    for item in value.split(",") if _is_list(declaration) else [value]:
        try:
            number = float(item)
        except ValueError:
            return "use a number"
        fault = _outside(number, declaration.get("MinValue"), declaration.get("MaxValue"), "")
        if fault:
            return fault
    return None


def _outside(number: float, lowest: Any, highest: Any, unit: str) -> str | None:
    said = f" {unit}" if unit else ""
    if lowest is not None and number < float(lowest):
        return f"use at least {lowest}{said}"
    if highest is not None and number > float(highest):
        return f"use at most {highest}{said}"
    return None


def _is_list(declaration: Mapping[str, Any]) -> bool:
    kind = str(declaration.get("Type", ""))
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def _text(value: object) -> str:
    """A value as CloudFormation compares it: booleans are words."""
    return str(value).lower() if isinstance(value, bool) else str(value)


Note = Callable[[str], None]
"""Told what is going on, one sentence at a time."""
