"""Types that belong to another resource and have no name of their own that anyone could use: ``attachments.json``."""

from __future__ import annotations

from tap_templates.data import load


def attachments() -> dict[str, str]:
    """What each such type is, by its name."""
    types: dict[str, str] = load("attachments.json")["types"]
    return types
