"""Values of a template's parameters, settled before the first call to AWS."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from tap_templates.data.parameter_types import parameter_type
from tap_templates.errors import UsageError, did_you_mean

LONGEST_VALUE_BYTES = 4096  # CloudFormation user guide, quotas: "Parameter values".
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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


def is_hidden(declaration: Mapping[str, Any]) -> bool:
    """Whether nobody may see the parameter's value."""
    return str(declaration.get("NoEcho", "")).lower() == "true"


def _fault(value: str, declaration: Mapping[str, Any]) -> str | None:
    """Why a value is not acceptable; None when it is. The template's own words come first."""
    for broken in (_too_long, _wrong_form, _not_allowed, _wrong_pattern, _wrong_length, _wrong_number):
        fault = broken(value, declaration)
        if fault:
            shown = "***" if is_hidden(declaration) else repr(value if len(value) <= 80 else f"{value[:80]}…")
            said = declaration.get("ConstraintDescription")
            return f"found {shown}; {f'{said} ({fault})' if said else fault}"
    return None


def _too_long(value: str, declaration: Mapping[str, Any]) -> str | None:
    size = len(value.encode())
    return f"use at most {LONGEST_VALUE_BYTES} bytes, not {size}" if size > LONGEST_VALUE_BYTES else None


def _wrong_form(value: str, declaration: Mapping[str, Any]) -> str | None:
    """What a type of AWS's own demands: ``vpc-…`` for ``AWS::EC2::VPC::Id``."""
    form = parameter_type(str(declaration.get("Type", "")))
    if form is None or all(re.fullmatch(form.pattern, item) for item in _items(value, declaration)):
        return None
    return f"a value of {declaration['Type']} is like {form.example}"


def _not_allowed(value: str, declaration: Mapping[str, Any]) -> str | None:
    choices = declaration.get("AllowedValues")
    allowed = [_text(choice) for choice in choices] if isinstance(choices, list) else []
    if not allowed or all(item in allowed for item in _items(value, declaration)):
        return None
    return f"use one of {', '.join(allowed)}{did_you_mean(value, allowed)}"


def _wrong_pattern(value: str, declaration: Mapping[str, Any]) -> str | None:
    """The pattern has to match the whole value, or each item of a list (template reference, AllowedPattern)."""
    pattern = str(declaration.get("AllowedPattern", ""))
    if not pattern:
        return None
    try:
        matches = all(re.fullmatch(pattern, item) for item in _items(value, declaration))
    except re.error:
        return None  # Java's regular expressions have forms that Python's lack: CloudFormation tells.
    return None if matches else f"must match {pattern}"


def _wrong_length(value: str, declaration: Mapping[str, Any]) -> str | None:
    if declaration.get("Type", "String") != "String":
        return None
    return _outside(len(value), declaration.get("MinLength"), declaration.get("MaxLength"), "characters")


def _wrong_number(value: str, declaration: Mapping[str, Any]) -> str | None:
    if declaration.get("Type") not in ("Number", "List<Number>"):
        return None
    for item in _items(value, declaration):
        if not NUMBER.fullmatch(item):
            return "use a number"
        fault = _outside(float(item), declaration.get("MinValue"), declaration.get("MaxValue"), "")
        if fault:
            return fault
    return None


def _outside(number: float, lowest: Any, highest: Any, unit: str) -> str | None:
    said = f" {unit}" if unit else ""
    if _is_number(lowest) and number < float(lowest):
        return f"use at least {lowest}{said}"
    if _is_number(highest) and number > float(highest):
        return f"use at most {highest}{said}"
    return None


def _is_number(bound: Any) -> bool:
    """Of a bound that is none, CloudFormation tells."""
    return NUMBER.fullmatch(str(bound)) is not None


def _items(value: str, declaration: Mapping[str, Any]) -> list[str]:
    """The values that the constraints are about: those of a list, or the one."""
    kind = str(declaration.get("Type", ""))
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [item.strip() for item in value.split(",")]
    return [value]


def _text(value: object) -> str:
    """A value as CloudFormation compares it: booleans are words."""
    return str(value).lower() if isinstance(value, bool) else str(value)
