"""Tags of the stack itself, as far as the template tells them: those that all of its resources have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tap_templates.data.resource_types import LIST, MAP, PROPAGATE_AT_LAUNCH, resource_type
from tap_templates.errors import UsageError
from tap_templates.tagging import LONGEST_KEY, LONGEST_VALUE, MOST_TAGS

PRODUCTION = ("prd", "prod", "production")
"""Values of the tag ``Environment`` with which a stack is protected from deletion unless told otherwise."""


def tags_of_template(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """Tags that every tagged resource of the template has with one value: Project, Environment, Owner and so on.

    Args:
        values: Of the template's parameters, as far as they are known; defaults fill in.
    """
    defaults = {
        name: str(each["Default"]) for name, each in template.get("Parameters", {}).items() if "Default" in each
    }
    tagged = [tags for tags in map(_tags, template["Resources"].values()) if tags]
    common = dict(tagged[0]) if tagged else {}
    for tags in tagged[1:]:
        common = {key: value for key, value in common.items() if tags.get(key) == value}
    known = {key: _known(value, {**defaults, **values}) for key, value in common.items() if key != "Name"}
    return {key: value for key, value in known.items() if value and is_tag(key, value)}


def check_tags(tags: Mapping[str, str]) -> None:
    """Raises a UsageError for the first tag that CloudFormation would refuse."""
    for key, value in tags.items():
        if not is_tag(key, value):
            remedy = f"use a key of up to {LONGEST_KEY} characters, not beginning with aws:, and up to {LONGEST_VALUE}"
            raise UsageError(f"tag {key[:40]}", found=f"{key}={value}"[:80], remedy=f"{remedy} for the value")
    if len(tags) > MOST_TAGS:
        raise UsageError("tags", found=f"{len(tags)} tags", remedy=f"keep to {MOST_TAGS}, the limit of AWS")


def is_tag(key: str, value: str) -> bool:
    """Whether CloudFormation takes this tag for a stack (CloudFormation API reference, data type Tag)."""
    return 0 < len(key) <= LONGEST_KEY and len(value) <= LONGEST_VALUE and not key.lower().startswith("aws:")


def is_production(tags: Mapping[str, str]) -> bool:
    """Whether the stack says that it is one of production."""
    return tags.get("Environment", "").lower() in PRODUCTION


def as_mapping(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """``[{"Key": "Owner", "Value": "me"}]`` as ``{"Owner": "me"}``."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def _tags(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The tags that a resource states plainly."""
    known = resource_type(str(resource.get("Type")))
    if known is None or not known.tag_property:
        return {}
    stated = resource.get("Properties", {}).get(known.tag_property)
    if known.tag_shape == MAP and isinstance(stated, dict):
        return stated
    if known.tag_shape in (LIST, PROPAGATE_AT_LAUNCH) and isinstance(stated, list):
        tags = [tag for tag in stated if isinstance(tag, dict) and isinstance(tag.get("Key"), str)]
        return {tag["Key"]: tag["Value"] for tag in tags if "Value" in tag}
    return {}


def _known(value: Any, values: Mapping[str, str]) -> str | None:
    """A tag's value: plain, or that of the parameter it refers to."""
    if isinstance(value, str):
        return value
    return values.get(str(value["Ref"])) if isinstance(value, dict) and set(value) == {"Ref"} else None
