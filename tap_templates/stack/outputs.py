"""Which outputs a template has: whatever an operator, another stack or a test could need to name.

Every resource is named by an output or exempt with a reason, so that covered and exempt are all there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tap_templates.data.attachments import attachments
from tap_templates.data.resource_types import resource_type

PLACEHOLDER = re.compile(r"\$\{([^!}]+)\}")
EXEMPT_TYPES = attachments()


class Coverage(NamedTuple):
    """Logical ids that outputs name, and those exempt with the reason; together all resources."""

    covered: tuple[str, ...]
    exempt: dict[str, str]


def complete(encoded: dict[str, Any], stated: Mapping[str, str], exempt: Mapping[str, str]) -> None:
    """Adds outputs for every resource that none names yet and that is not exempt, in place."""
    present = encoded.setdefault("Outputs", {})
    named = _named(present)
    for title, resource in encoded["Resources"].items():
        if title in named or title in exempt or resource["Type"] in EXEMPT_TYPES:
            continue
        says = stated.get(title, f"{resource['Type']} {title}")
        for suffix, value in _identifiers(title, resource["Type"]).items():
            output = {"Description": f"{suffix} of the {says}", "Value": value}
            if "Condition" in resource:
                output = {"Condition": resource["Condition"], **output}
            present.setdefault(f"{title}{suffix}", output)


def coverage(encoded: Mapping[str, Any], exempt: Mapping[str, str]) -> Coverage:
    """How the outputs of a finished template cover its resources."""
    named = _named(encoded.get("Outputs", {}))
    covered, reasons = [], {}
    for title, resource in encoded["Resources"].items():
        if title in named:
            covered.append(title)
        elif title in exempt or resource["Type"] in EXEMPT_TYPES:
            reasons[title] = exempt.get(title) or EXEMPT_TYPES[resource["Type"]]
    return Coverage(tuple(covered), reasons)


def _identifiers(title: str, type_name: str) -> dict[str, Any]:
    known = resource_type(type_name)
    identifiers: dict[str, Any] = {known.ref if known and known.ref else "Ref": {"Ref": title}}
    if known and known.arn_attribute and "Arn" not in identifiers:
        identifiers["Arn"] = {"Fn::GetAtt": [title, known.arn_attribute]}
    return identifiers


def _named(outputs: Mapping[str, Any]) -> set[str]:
    return {name for output in outputs.values() for name in _referred(output["Value"])}


def _referred(value: Any) -> set[str]:
    if isinstance(value, list):
        return {name for item in value for name in _referred(item)}
    if not isinstance(value, dict):
        return set()
    names: set[str] = set()
    for key, item in value.items():
        if key == "Ref":
            names.add(str(item))
        elif key == "Fn::GetAtt":
            names.add(str(item[0] if isinstance(item, list) else item.split(".")[0]))
        elif key == "Fn::Sub":
            text = item[0] if isinstance(item, list) else item
            names |= {name.split(".")[0] for name in PLACEHOLDER.findall(text)}
            names |= _referred(item[1]) if isinstance(item, list) else set()
        else:
            names |= _referred(item)
    return names
