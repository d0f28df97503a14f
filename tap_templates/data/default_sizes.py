"""Sizes that AWS chooses where a template says none. Source: ``default_sizes.json``."""

from __future__ import annotations

from typing import NamedTuple

from tap_templates.data import load


class DefaultSize(NamedTuple):
    """A property that sets what a resource costs and can do, and what it is when it is left out."""

    type: str
    property: str
    default: str
    unless: str | None  # A property that says the size in its place.


def default_sizes() -> tuple[DefaultSize, ...]:
    """All of them, in the order of their types."""
    rows = load("default_sizes.json")["sizes"]
    return tuple(DefaultSize(row["type"], row["property"], row["default"], row["unless"]) for row in rows)
