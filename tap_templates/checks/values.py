"""What single values of a template mean: switches, numbers, texts made of parts, and what only AWS will put in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.checks.rule import as_number, is_true
from tap_templates.checks.view import PLACEHOLDER, View, is_intrinsic

MASK = "\0"  # Stands in no template.
DYNAMIC = "{{resolve:"  # CloudFormation user guide, dynamic references: replaced when the stack is deployed.


def is_dynamic(value: object) -> bool:
    """Whether a text is, or holds, a dynamic reference."""
    return isinstance(value, str) and DYNAMIC in value


def is_on(value: Any) -> bool | None:
    """Whether a plain value switches something on; None for a dynamic reference."""
    return None if is_dynamic(value) else is_true(value)


def is_at_least(view: View, value: Any, least: float) -> bool | None:
    """Whether a value is a number that is not below ``least``; None where only AWS knows.

    A ``Ref`` to a Parameter with a MinValue is decided by that.
    """
    if is_dynamic(value):
        return None
    if is_intrinsic(value):
        lowest = as_number(parameter(view, value).get("MinValue"))
        return True if lowest is not None and lowest >= least else None
    number = as_number(value)
    return number is not None and number >= least


def is_given(view: View, value: Any) -> bool | None:
    """Whether a text is not empty; None where only AWS knows.

    Decided are references to resources, a ``Fn::Sub`` or ``Fn::Join`` with a letter of its own, and Parameters that
    cannot be left empty.
    """
    if not is_intrinsic(value):
        return isinstance(value, str) and value != ""
    if view.referred(value) is not None or PLACEHOLDER.sub("", as_text(value)):
        return True
    found = parameter(view, value)
    shortest = as_number(found.get("MinLength"))
    never_empty = str(found.get("Type", "")).startswith("AWS::")
    return True if never_empty or (shortest is not None and shortest > 0) else None


def parameter(view: View, value: Any) -> Mapping[str, Any]:
    """The Parameter that a ``Ref`` names; empty when it is none."""
    name = value.get("Ref") if isinstance(value, Mapping) else None
    found = view.section("Parameters").get(name) if isinstance(name, str) else None
    return found if isinstance(found, Mapping) else {}


def as_text(value: Any) -> str:
    """A value as one text: what is known stands in it, and every reference as ``${...}``.

    ``{"Fn::GetAtt": ["Documents", "Arn"]}`` and ``{"Fn::Sub": "${Documents.Arn}"}`` come out the same.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping) or not is_intrinsic(value):
        return str(value)
    [(function, argument)] = value.items()
    if function == "Ref" and isinstance(argument, str):
        return f"${{{argument}}}"
    if function == "Fn::GetAtt" and argument:
        parts = argument if isinstance(argument, list) else [argument]
        return f"${{{'.'.join(str(part) for part in parts)}}}"
    if function == "Fn::Sub":
        return _substituted(argument)
    if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        return str(argument[0]).join(as_text(part) for part in argument[1])
    return f"${{{function} {argument!r}}}"


def arn_parts(text: str) -> list[str]:
    """The six parts of an ARN in a text of ``as_text``; a colon inside ``${...}`` parts nothing."""
    masked = PLACEHOLDER.sub(lambda name: name.group().replace(":", MASK), text)
    parts = [part.replace(MASK, ":") for part in masked.split(":", 5)]
    return parts + [""] * (6 - len(parts))


def _substituted(argument: Any) -> str:
    text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(variables, Mapping):
        return f"${{Fn::Sub {argument!r}}}"
    filled = PLACEHOLDER.sub(
        lambda name: as_text(variables[name.group(1)]) if name.group(1) in variables else name.group(), text
    )
    return filled.replace("${!", "${")
