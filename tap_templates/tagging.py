"""The convention of tags: the required ones and Name on every taggable resource, in the shape its type wants.

Tags are laid on the finished template, so that resources added by hand get them too. Which types are taggable, under
which property and in which shape, comes from ``data/resource_types.json``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Ref, encode_to_dict

from tap_templates.data.resource_types import (
    ITEMS,
    LAUNCHED,
    MAP,
    OWN_RESOURCE_TYPE,
    PROPAGATE_AT_LAUNCH,
    ResourceType,
    resource_type,
)
from tap_templates.errors import TaggingError
from tap_templates.naming import Convention, role_of
from tap_templates.settings import SETTING

MANAGED_BY = "tap_templates"
# Tag Editor user guide, tag naming limits and requirements.
MOST_TAGS = 50
LONGEST_KEY = 128
LONGEST_VALUE = 256
CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")

SOURCES = {
    "Project": "project",
    "Environment": "environment",
    "Owner": "owner",
    "CostCenter": "cost_center",
    "DataClassification": "data_classification",
}


def required_tags(convention: Convention) -> dict[str, Any]:
    """Value of each required tag and of the settings' further tags, as plain text or a ``Ref``.

    Raises:
        TaggingError: A required tag has no source, or a tag is outside AWS's limits.
    """
    settings = convention.settings
    tags: dict[str, Any] = {}
    for key in settings.requirements.required_tags:
        if key in SOURCES:
            value = settings.get(SOURCES[key])
            tags[key] = encode_to_dict(Ref(SETTING[SOURCES[key]].parameter)) if value is None else str(value)
        elif key == "ManagedBy":
            tags[key] = _managed_by(settings.requirements.allowed_tag_values.get(key, (MANAGED_BY,)))
        elif key not in settings.tags:
            raise TaggingError(
                f"tags.{key}", found="no value", remedy=f"give the required tag a value: tags: {{{key}: …}}"
            )
    tags.update(settings.tags)
    _check_limits("settings.tags", {**tags, "Name": ""})
    return tags


def _managed_by(allowed: Sequence[str]) -> str:
    if MANAGED_BY not in allowed:
        remedy = (
            f"add {MANAGED_BY} to requirements.allowed_tag_values.ManagedBy, or take ManagedBy out of required_tags"
        )
        raise TaggingError("tags.ManagedBy", found=list(allowed), remedy=remedy)
    return MANAGED_BY


def asked_settings(convention: Convention) -> list[str]:
    """Keys of the settings that tags take from the form."""
    keys = [SOURCES[key] for key in convention.settings.requirements.required_tags if key in SOURCES]
    return [key for key in keys if convention.settings.get(key) is None]


def tag_resource(title: str, resource: dict[str, Any], tags: Mapping[str, Any], convention: Convention) -> None:
    """Adds the tags and Name to one resource of an encoded template, in place; types without tags stay as they are.

    A tag that the resource has by itself stays beside them; ``Name`` alone may be given by hand.

    Raises:
        TaggingError: A tag of the convention is given by hand with another value, a limit of AWS's is passed, or the
            tags stand in an intrinsic and cannot be joined.
    """
    known = resource_type(resource["Type"])
    if known is None or not (known.tag_property or known.tag_specifications):
        return
    named = {**tags, "Name": encode_to_dict(convention.display_name(role_of(title)))}
    properties = resource.setdefault("Properties", {})
    if known.tag_property:
        where = f"{title}.{known.tag_property}"
        present = properties.get(known.tag_property, {} if known.tag_shape in (MAP, ITEMS) else [])
        properties[known.tag_property] = _joined(where, known, present, named)
    for path in known.tag_specifications:
        _add_missing_specifications(known.name, properties, path)
        _tag_specifications(title, properties, path.split("."), named)


def _joined(where: str, known: ResourceType, present: Any, tags: Mapping[str, Any]) -> Any:
    if known.tag_shape == MAP:
        if not isinstance(present, dict) or any(key.startswith("Fn::") or key == "Ref" for key in present):
            raise _not_joinable(where, present)
        return _merged(where, present, tags)
    if known.tag_shape == ITEMS:
        if not isinstance(present, dict) or set(present) - {"Items"}:
            raise _not_joinable(where, present)
        return {"Items": _joined_list(where, present.get("Items", []), tags)}
    extra = {"PropagateAtLaunch": True} if known.tag_shape == PROPAGATE_AT_LAUNCH else {}
    return _joined_list(where, present, tags, extra)


def _joined_list(
    where: str, present: Any, tags: Mapping[str, Any], extra: Mapping[str, Any] | None = None
) -> list[Any]:
    """Tags by hand keep their place and further parts; the convention's come before them with ``extra``."""
    if not isinstance(present, list) or not all(isinstance(tag, dict) and _is_plain(tag) for tag in present):
        raise _not_joinable(where, present)
    by_hand = {tag["Key"]: tag for tag in present}
    if len(by_hand) < len(present):
        raise TaggingError(where, found=[tag["Key"] for tag in present], remedy="give each key once")
    merged = _merged(where, {key: tag["Value"] for key, tag in by_hand.items()}, tags)
    return [by_hand.get(key) or {"Key": key, "Value": value, **(extra or {})} for key, value in merged.items()]


def _is_plain(tag: Mapping[str, Any]) -> bool:
    return isinstance(tag.get("Key"), str) and "Value" in tag


def _merged(where: str, by_hand: Mapping[str, Any], tags: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in by_hand.items():
        if key != "Name" and key in tags and value != tags[key]:
            remedy = "leave it out: this tag is made from the settings, so that it is the same everywhere"
            raise TaggingError(f"{where}.{key}", found=value, remedy=remedy)
    merged = {**tags, **by_hand}
    _check_limits(where, merged)
    return merged


def _add_missing_specifications(type_name: str, properties: dict[str, Any], path: str) -> None:
    """Adds the specification of the resource itself, and those of what a launch template launches, where missing."""
    if path == "TagSpecifications" and type_name in OWN_RESOURCE_TYPE:
        properties.setdefault(path, [{"ResourceType": OWN_RESOURCE_TYPE[type_name]}])
    elif path == "LaunchTemplateData.TagSpecifications" and isinstance(properties.get("LaunchTemplateData"), dict):
        specifications = properties["LaunchTemplateData"].setdefault("TagSpecifications", [])
        if not _are_mappings(specifications):
            return  # Refused where the tags are joined.
        present = {specification.get("ResourceType") for specification in specifications}
        specifications.extend({"ResourceType": kind} for kind in LAUNCHED if kind not in present)


def _tag_specifications(where: str, holder: Any, path: list[str], tags: Mapping[str, Any]) -> None:
    """Joins the tags to each TagSpecification that the resource has at ``path``, in which ``*`` is any item."""
    if (not path or path[0] == "*") and not _are_mappings(holder):
        raise _not_joinable(where, holder)
    if not path:
        for specification in holder:
            specification["Tags"] = _joined_list(f"{where}.Tags", specification.get("Tags", []), tags)
    elif path[0] == "*":
        for index, item in enumerate(holder):
            _tag_specifications(f"{where}.{index}", item, path[1:], tags)
    elif path[0] in holder:
        _tag_specifications(f"{where}.{path[0]}", holder[path[0]], path[1:], tags)


def _are_mappings(holder: Any) -> bool:
    return isinstance(holder, list) and all(isinstance(item, dict) for item in holder)


def _not_joinable(where: str, found: Any) -> TaggingError:
    return TaggingError(
        where, found=found, remedy="give the tags as plain keys and values; the convention's are joined to them"
    )


def _check_limits(where: str, tags: Mapping[str, Any]) -> None:
    if len(tags) > MOST_TAGS:
        raise TaggingError(where, found=f"{len(tags)} tags", remedy=f"keep to {MOST_TAGS}, the limit of AWS")
    for key, value in tags.items():
        if not 1 <= len(key) <= LONGEST_KEY or not CHARACTERS.fullmatch(key) or key.lower().startswith("aws:"):
            remedy = f"use 1 to {LONGEST_KEY} letters, digits, spaces and _ . : / = + - @, not beginning with aws:"
            raise TaggingError(f"{where}.{key[:40]}", found=key[:40], remedy=remedy)
        if isinstance(value, str) and (len(value) > LONGEST_VALUE or not CHARACTERS.fullmatch(value)):
            remedy = f"use up to {LONGEST_VALUE} letters, digits, spaces and _ . : / = + - @"
            raise TaggingError(f"{where}.{key}", found=value[:40], remedy=remedy)
