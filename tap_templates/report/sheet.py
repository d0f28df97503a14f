"""The upload sheet: what a person who uploads a template has to know, made from the stack itself."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from tap_templates.data.names import name_rule
from tap_templates.data.profiles import amounts
from tap_templates.data.sizes import choices, machine, price
from tap_templates.report.rendering import render
from tap_templates.stack import Stack, assets, limits, references, to_json

CAPABILITIES = {"AWS::IAM::": "CAPABILITY_NAMED_IAM"}
BY_CLOUDFORMATION = "by CloudFormation"
OTHER_PARAMETERS = "Other Parameters"  # What the console calls parameters without a group.
STATEFUL = ("Retain", "RetainExceptOnCreate", "Snapshot")


class Question(NamedTuple):
    """One field of the console's form."""

    label: str
    parameter: str
    description: str
    answers: str
    default: str
    changes: str


class Created(NamedTuple):
    """One resource of the template."""

    title: str
    type: str
    name: str
    condition: str
    stays: bool


class Size(NamedTuple):
    """One amount that depends on the environment, with its value in each profile that can be chosen."""

    key: str
    means: str
    saves: str
    chosen: dict[str, int]


class Chosen(NamedTuple):
    """The machine of a workload, with what it is in each profile that can be chosen, and why it was."""

    key: str
    means: str
    chosen: dict[str, str]


def upload_sheet(name: str, stack: Stack) -> str:
    """The sheet in Markdown, for a template called ``name``."""
    encoded = stack.to_dict()
    created = _created(encoded)
    return render(
        "upload_sheet.md.j2",
        {
            "name": name,
            "description": encoded.get("Description", ""),
            "size_note": limits.size_note(to_json(encoded, compact=True)),
            "groups": _questions(encoded),
            "archives": stack.assets,
            "assets_folder": assets.FOLDER,
            "assets_bucket": assets.BY_CONVENTION.format(account="ACCOUNT", region="REGION"),
            "capabilities": capabilities(encoded),
            "counts": sorted(Counter(resource.type for resource in created).items()),
            "created": created,
            "staying": [resource for resource in created if resource.stays],
            "conditions": _conditions(encoded),
            "outputs": encoded.get("Outputs", {}),
            "coverage": stack.coverage(),
            "wildcards": stack.wildcards(encoded),
            "sizes": [Size(key, *_explained(key), chosen) for key, chosen in stack.sizes.items()],
            "machines": [_machine(stack, key, chosen) for key, chosen in stack.machines.items()],
            "prices": [price(kind) for kind in sorted({choices()[key].kind for key in stack.machines})],
            "requirements": {key: getattr(stack.requirements, key) for key in stack.requirements.__slots__},
        },
    )


def capabilities(encoded: dict[str, Any]) -> list[str]:
    """Capabilities that CloudFormation asks its user to acknowledge for a template.

    Source: CloudFormation API reference, CreateChangeSet, Capabilities.
    """
    types = [resource["Type"] for resource in encoded["Resources"].values()]
    return sorted({word for prefix, word in CAPABILITIES.items() if any(kind.startswith(prefix) for kind in types)})


def _explained(amount: str) -> tuple[str, str]:
    return amounts()[amount].means, amounts()[amount].saves


def _machine(stack: Stack, key: str, chosen: dict[str, str]) -> Chosen:
    choice = choices()[key]
    own = f"Chosen by the settings: sizes.{key}." if key in stack.settings.sizes else choice.means
    return Chosen(key, own, {profile: _specified(choice.kind, name) for profile, name in chosen.items()})


def _specified(kind: str, name: str) -> str:
    """``db.m6g.large: 2 vCPU, 8 GiB, up to 10 Gbps, arm64, 9.5 times the price of the smallest``."""
    known = machine(kind, name)
    if known is None:
        return f"{name}: its price is not in the table"
    power = f"{known.vcpu} vCPU, {known.memory_gib} GiB, {known.network_gbps} Gbps, {known.architecture}"
    return f"{name}: {power}, {known.times_smallest:g} times the price of the smallest"


def _questions(encoded: dict[str, Any]) -> list[tuple[str, list[Question]]]:
    interface = encoded.get("Metadata", {}).get("AWS::CloudFormation::Interface", {})
    used: dict[str, list[str]] = {}
    for name, place in references({key: encoded[key] for key in ("Conditions", "Resources") if key in encoded}):
        used.setdefault(name, []).append(place)
    labels = interface.get("ParameterLabels", {})
    named = [(group["Label"]["default"], group["Parameters"]) for group in interface.get("ParameterGroups", [])]
    parameters = encoded.get("Parameters", {})
    left = [name for name in parameters if not any(name in names for _, names in named)]
    groups = []
    for group_label, names in [*named, *([(OTHER_PARAMETERS, left)] if left else [])]:
        rows = []
        for name in names:
            label = labels.get(name, {"default": name})["default"]
            rows.append(_question(name, label, parameters[name], _changes(used.get(name, []))))
        groups.append((group_label, rows))
    return groups


def _question(name: str, label: str, parameter: dict[str, Any], changes: str) -> Question:
    if "AllowedValues" in parameter:
        answers = ", ".join(str(value) for value in parameter["AllowedValues"])
    elif "MinValue" in parameter and "MaxValue" in parameter:
        answers = f"{parameter['MinValue']} to {parameter['MaxValue']}"
    else:
        answers = parameter.get("ConstraintDescription", f"a {parameter['Type']}")
    default = parameter.get("Default")
    shown = "must be given" if default is None else "empty" if default == "" else str(default)
    return Question(label, name, parameter.get("Description", ""), answers, shown, changes)


def _changes(places: list[str]) -> str:
    """What an answer changes, from the places that refer to it."""
    tagged = {place.split(".")[1] for place in places if ".Tags." in f"{place}."}
    deciding = sorted({place.split(".")[1] for place in places if place.startswith("Conditions.")})
    other = {place.split(".")[1] for place in places if place.startswith("Resources.") and ".Tags." not in f"{place}."}
    parts = []
    if len(other) > 10:
        parts.append(f"names and policies of {len(other)} resources; changing it later replaces what it names")
    elif other:
        parts.append(", ".join(sorted(other)))
    if deciding:
        parts.append(f"condition {', '.join(deciding)}")
    if tagged:
        parts.append(f"a tag on {len(tagged)} resources")
    return "; ".join(parts)


def _created(encoded: dict[str, Any]) -> list[Created]:
    rows = []
    for title, resource in encoded["Resources"].items():
        properties = resource.get("Properties", {})
        rule = name_rule(resource["Type"])
        stays = resource.get("DeletionPolicy") in STATEFUL
        name = readable(properties.get(rule.property)) if rule else BY_CLOUDFORMATION
        rows.append(Created(title, resource["Type"], name, resource.get("Condition", ""), stays))
    return rows


def readable(value: Any) -> str:
    """A name as a person writes it: parameters and the suffix in angle brackets."""
    if isinstance(value, dict) and "Fn::Sub" in value:
        text = value["Fn::Sub"][0] if isinstance(value["Fn::Sub"], list) else value["Fn::Sub"]
        return str(text).replace("${", "<").replace("}", ">").lower()
    return value if isinstance(value, str) else BY_CLOUDFORMATION


def _conditions(encoded: dict[str, Any]) -> list[tuple[str, list[str]]]:
    rows = []
    for name in encoded.get("Conditions", {}):
        titles = [title for title, resource in encoded["Resources"].items() if _depends(resource, name)]
        rows.append((name, titles))
    return rows


def _depends(resource: Any, condition: str) -> bool:
    if isinstance(resource, dict):
        if resource.get("Condition") == condition or (resource.get("Fn::If") or [None])[0] == condition:
            return True
        return any(_depends(value, condition) for value in resource.values())
    return isinstance(resource, list) and any(_depends(item, condition) for item in resource)
