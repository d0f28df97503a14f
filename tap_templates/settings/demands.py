"""What the values of settings demand of each other: requirements, sizes, people and tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.data.instance_classes import EC2, classes, sellers
from tap_templates.data.profiles import amounts, profiles
from tap_templates.data.sizes import choices
from tap_templates.errors import UsageError, did_you_mean
from tap_templates.requirements import REQUIRED_TAGS, ContradictionError, Requirements
from tap_templates.settings import DEFAULT_GROUPS, SETTING
from tap_templates.settings.named import Locate, alike, entries, names
from tap_templates.settings.words import short, words


def demanded(demands: Mapping[str, Any], locate: Locate, problems: list[str]) -> Requirements | None:
    """The requirements, or None with what cannot be demanded among the problems."""
    try:
        return Requirements(**demands)
    except UsageError as error:
        every = error.problems if isinstance(error, ContradictionError) else (error,)
        problems += [f"{locate(each.where.split('.', 2))}: found {each.found!r}; {each.remedy}" for each in every]
        return None


def outside_requirements(values: Mapping[str, Any], requirements: Requirements, locate: Locate) -> list[str]:
    """Settings that the requirements do not allow."""
    problems = []
    for key, value in values.items():
        narrowed = SETTING[key].bounded_by(requirements)
        too_much = narrowed.kind is int and narrowed.maximum is not None and value > narrowed.maximum
        if too_much or (narrowed.allowed and value not in narrowed.allowed):
            limit = f"at most {narrowed.maximum}" if too_much else f"one of {words(narrowed.allowed)}"
            problems.append(f"{locate(key.split('.'))}: found {value!r}; the requirements ask for {limit}")
    return problems


def sizes_below_requirements(sizes: Mapping[str, Any], requirements: Requirements, locate: Locate) -> list[str]:
    """Amounts of a team's own that are less than a requirement."""
    problems = []
    for key, value in sizes.items():
        requirement = amounts()[key].requirement if key in amounts() else None
        floor = int(getattr(requirements, requirement)) if requirement else value
        if value < floor:
            problems.append(
                f"{locate(['sizes', key])}: found {value}; requirements.{requirement} asks for at least {floor}"
            )
    return problems


def unknown_machines(sizes: Mapping[str, Any], locate: Locate) -> list[str]:
    """Instance types that EC2 does not have, and DB instance classes that no engine of the kind has."""
    problems = []
    for key, choice in choices().items():
        if key not in sizes:
            continue
        by_kind = {
            "instance": [EC2],
            "aurora": [name for name in sellers() if name.startswith("aurora-")],
            "database": [name for name in sellers() if name != EC2 and not name.startswith("aurora-")],
        }
        known = [name for seller in by_kind[choice.kind] for name in classes(seller)]
        if sizes[key] not in known:
            remedy = f"use what AWS has, such as {choice.values['prod']}{did_you_mean(sizes[key], known)}"
            problems.append(f"{locate(['sizes', key])}: found {short(sizes[key])}; {remedy}")
    return problems


def unknown_profile(environment: str | None, profile: str | None, locate: Locate) -> list[str]:
    """An environment of a team's own of which nothing says which profile it resembles."""
    if not environment or environment in profiles() or profile:
        return []
    remedy = f"use one of {words(profiles())}, or say with profile: which of them it resembles"
    return [f"{locate(['environment'])}: found {environment!r}; {remedy}"]


def people_problems(data: Mapping[str, Any], locate: Locate) -> list[str]:
    """Names that come twice or cannot be told apart, and groups of users that are not there."""
    problems = []
    for kind in ("groups", "users"):
        problems += alike([([kind, index, "name"], name) for index, name in names(data, kind)], locate)
    return problems + _unknown_groups(data, locate)


def _unknown_groups(data: Mapping[str, Any], locate: Locate) -> list[str]:
    groups = [group.name for group in DEFAULT_GROUPS]
    if data.get("groups") is not None:
        groups = [name for _, name in names(data, "groups")]
        if not isinstance(data["groups"], list) or len(groups) < len(data["groups"]):
            return []  # A group has no name that can be read: any could be meant.
    problems = []
    for index, user in entries(data, "users"):
        wanted = user.get("groups")
        for position, name in enumerate(wanted if isinstance(wanted, list) else []):
            if isinstance(name, str) and name not in groups:
                place = locate(["users", index, "groups", position])
                problems.append(f"{place}: found {short(name)}; use one of {words(groups)}{did_you_mean(name, groups)}")
    return problems


def tag_problems(data: Mapping[str, Any], requirements: Requirements | None, locate: Locate) -> list[str]:
    """Tags that the convention makes itself or AWS keeps for itself, values not allowed, required tags without one."""
    problems = []
    tags = data.get("tags") or {}
    keys = [key for key in tags if isinstance(key, str)] if isinstance(tags, dict) else []
    required = requirements.required_tags if requirements else ()
    for key in keys:
        if key == "Name" or key in REQUIRED_TAGS:
            problems.append(f"{locate(['tags', key])}: found {key!r}; this tag is made from the settings: leave it out")
    allowed = requirements.allowed_tag_values if requirements else {}
    for key in keys:
        if key in allowed and tags[key] not in allowed[key]:
            one_of = words(allowed[key])
            problems.append(
                f"{locate(['tags', key])}: found {short(tags[key])}; the requirements ask for one of {one_of}"
            )
    for path in (*(["tags", key] for key in keys), *(["requirements", "required_tags", key] for key in required)):
        if path[-1].lower().startswith("aws:"):
            problems.append(f"{locate(path)}: found {path[-1]!r}; use a key that does not begin with aws:")
    missing = [key for key in required if key not in keys and key not in REQUIRED_TAGS]
    if missing:
        problems.append(f"{locate(['tags'])}: found no {words(missing)}; requirements.required_tags asks for it")
    return problems
