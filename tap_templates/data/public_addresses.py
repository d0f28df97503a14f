"""Properties that give a resource an address on the internet. Source: ``public_addresses.json``."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from tap_templates.data import load


class PublicAddress(NamedTuple):
    """One such property, the values with which it gives none, and what AWS does without it."""

    type: str
    property: str  # Dotted, with * for each item of a list.
    private: tuple[Any, ...]  # Without any value, whatever is given makes it public.
    default: str  # private, public, unknown or elsewhere


@cache
def public_addresses() -> tuple[PublicAddress, ...]:
    """All of them, sorted by type."""
    rows = load("public_addresses.json")["properties"]
    return tuple(PublicAddress(**{**row, "private": tuple(row["private"])}) for row in rows)
