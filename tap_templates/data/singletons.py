"""Types that an account can have one of, in all or in each Region. Source: ``singletons.json``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import load


class Singleton(NamedTuple):
    """One such type; with a property, those of its resources alone that have one of the values there."""

    type: str
    scope: str  # "account" or "Region"
    source: str  # URL
    property: str = ""
    values: tuple[str, ...] = ()


@cache
def singletons() -> tuple[Singleton, ...]:
    """All of them, sorted by type."""
    rows = load("singletons.json")["types"]
    return tuple(
        Singleton(**{"type": name, **row, "values": tuple(row.get("values", ()))}) for name, row in rows.items()
    )
