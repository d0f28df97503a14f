"""IAM actions: which exist, and on which resource types each can be granted. Source: ``actions.json``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tap_templates.data import entry, keys
from tap_templates.errors import PolicyError, did_you_mean

Types = tuple[str, ...]


def exists(action: str) -> bool:
    """Whether IAM knows ``action``, or, with ``*`` or ``?`` in it, any action like it; case does not matter."""
    return bool(_find(action))


def needs_wildcard(action: str) -> bool:
    """Whether ``"*"`` is the only resource that ``action``, or every action like it, can be granted on.

    Raises:
        PolicyError: No such action.
    """
    return not resource_types(action)


def resource_types(action: str) -> Types:
    """Resource types that ``action`` can be granted on, sorted; none when ``"*"`` is its only resource.

    A pattern has the types of all actions like it.

    Args:
        action: ``"s3:GetObject"`` or ``"s3:Get*"``

    Returns:
        Names of the Service Authorization Reference in lower case: ``("accesspointobject", "object")``

    Raises:
        PolicyError: No such action.
    """
    found = _find(action)
    if not found:
        raise PolicyError("Action", found=action, remedy=correction(action))
    if len(found) == 1:
        return found[0][1]
    return tuple(sorted({name for _, types in found for name in types}))


def correction(action: str) -> str:
    """What to do about an action that IAM does not know."""
    return f"use an action that IAM has{_suggestion(action)}"


def expand(pattern: str) -> tuple[str, ...]:
    """Actions like ``pattern``, spelled as AWS spells them and sorted; none when there are none."""
    return tuple(name for name, _ in _find(pattern))


@cache
def _find(action: str) -> tuple[tuple[str, Types], ...]:
    """Name and resource types of the actions like ``action``."""
    prefix, colon, name = action.lower().partition(":")
    if not colon:
        prefix, name = (prefix, "*") if prefix == "*" else ("", "")
    if not _is_pattern(prefix + name):
        spelled, types = _service(prefix).get(name, ("", ()))
        return ((f"{prefix}:{spelled}", types),) if spelled else ()
    matches_name = _matcher(name)
    services = [key for key in keys("actions.json") if _matcher(prefix)(key)] if _is_pattern(prefix) else [prefix]
    return tuple(
        sorted(
            (f"{service}:{spelled}", types)
            for service in services
            for lower, (spelled, types) in _service(service).items()
            if matches_name(lower)
        )
    )


@cache
def _service(prefix: str) -> dict[str, tuple[str, Types]]:
    """``{"getobject": ("GetObject", ("accesspointobject", "object")), ...}``"""
    return {
        lower: (name, types)
        for joined, names in (entry("actions.json", prefix) or {}).items()
        for types in (tuple(joined.split()),)
        for lower, name in zip(names.lower().split(), names.split(), strict=True)
    }


def _is_pattern(word: str) -> bool:
    return "*" in word or "?" in word


def _matcher(pattern: str) -> Callable[[str], object]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")).fullmatch


def _suggestion(action: str) -> str:
    prefix, _, name = action.partition(":")
    known = _service(prefix.lower())
    if not known:
        services = keys("actions.json")
        return did_you_mean(prefix, services) if name else ", in the form service:Action"
    return did_you_mean(action, [f"{prefix.lower()}:{spelled}" for spelled, _ in known.values()])
