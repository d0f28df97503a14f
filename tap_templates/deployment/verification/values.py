"""What a reader answers with, and what cannot be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Whole(dict[str, Any]):
    """A mapping in which what the template does not state must not be."""


class Policy(dict[str, Any]):
    """A policy document: compared statement by statement, whatever way AWS writes it."""


class Tags(dict[str, str]):
    """Tags by key; keys that the template does not state may be there."""


@dataclass(frozen=True)
class Unknown:
    """In the place of an expected value that cannot be worked out from the template and the stack."""

    reason: str


def first_unknown(value: Any) -> Unknown | None:
    """The first thing in a value that is not known; None when all is."""
    if isinstance(value, Unknown):
        return value
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((found for found in map(first_unknown, items) if found), None)


def tags_of(tags: Any, key: str = "Key", value: str = "Value") -> Tags:
    """Tags of either shape that services and templates have, without those that AWS reserves for itself.

    Args:
        tags: ``[{"Key": "Owner", "Value": "me"}]`` or ``{"Owner": "me"}``
        key: The word of the service for a tag's key.
        value: Its word for the value.
    """
    pairs = dict(tags) if isinstance(tags, Mapping) else {tag[key]: tag[value] for tag in tags or ()}
    return Tags((name, said) for name, said in pairs.items() if not str(name).startswith("aws:"))
