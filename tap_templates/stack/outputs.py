"""Which outputs a template has: whatever an operator, another stack or a test could need to name.

Every resource is named by an output or exempt with a reason, so that covered and exempt are all there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tap_templates.data.attachments import attachments
from tap_templates.data.resource_types import resource_type
from tap_templates.stack.limits import MOST

PLACEHOLDER = re.compile(r"\$\{([^!}]+)\}")
EXEMPT_TYPES = attachments()
LISTED = 40  # In one output, so that a value stays readable: names have up to 255 characters.


class Coverage(NamedTuple):
    """Logical ids that outputs name, and those exempt with the reason; together all resources."""

    covered: tuple[str, ...]
    exempt: dict[str, str]


def complete(encoded: dict[str, Any], stated: Mapping[str, str], exempt: Mapping[str, str]) -> None:
    """Adds outputs for every resource that none names yet and that is not exempt, in place.

    Each has outputs of its own. Where a template has no room for so many, the resources of its most frequent types are
    named together, in lists separated by commas: ``CloudWatchAlarmNames``,
    ``CloudWatchAlarmNames2``. One with a condition keeps its own.
    """
    present = encoded.setdefault("Outputs", {})
    named = _named(present)
    kinds: dict[str, dict[str, Any]] = {}
    for title, resource in encoded["Resources"].items():
        if title not in named and title not in exempt and resource["Type"] not in EXEMPT_TYPES:
            kinds.setdefault(resource["Type"], {})[title] = resource
    own = {kind: _own(resources, stated) for kind, resources in kinds.items()}
    for kind in sorted(own, key=lambda kind: -len(own[kind])):
        if len(present) + sum(map(len, own.values())) <= MOST["Outputs"]:
            break
        own[kind] = _listed(kind, kinds[kind], stated)
    for outputs in own.values():
        for key, output in outputs.items():
            present.setdefault(key, output)


def _own(resources: Mapping[str, Any], stated: Mapping[str, str]) -> dict[str, Any]:
    """Outputs for each identifier of each resource."""
    found = {}
    for title, resource in resources.items():
        says = stated.get(title, f"{resource['Type']} {title}")
        for suffix, value in _identifiers(title, resource["Type"]).items():
            output = {"Description": f"{suffix} of the {says}", "Value": value}
            if "Condition" in resource:
                output = {"Condition": resource["Condition"], **output}
            found[f"{title}{suffix}"] = output
    return found


def _listed(kind: str, resources: Mapping[str, Any], stated: Mapping[str, str]) -> dict[str, Any]:
    """Outputs that name the resources of one type together, by the first of their identifiers."""
    conditional = {title: resource for title, resource in resources.items() if "Condition" in resource}
    found = _own(conditional, stated)
    titles = [title for title in resources if title not in conditional]
    for number, begin in enumerate(range(0, len(titles), LISTED), start=1):
        some = titles[begin : begin + LISTED]
        values = [_identifiers(title, kind) for title in some]
        suffix = next(iter(values[0]))
        key = f"{kind.replace('AWS::', '').replace('::', '')}{suffix}s{number if number > 1 else ''}"
        found[key] = {
            "Description": f"{suffix} of each of {len(some)} {kind}, separated by commas",
            "Value": {"Fn::Join": [",", [each[suffix] for each in values]]},
        }
    return found


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
