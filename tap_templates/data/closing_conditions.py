"""Condition keys that close a statement which everyone is named in. Source: ``closing_conditions.json``."""

from __future__ import annotations

from functools import cache

from tap_templates.data import load


@cache
def closing_keys() -> frozenset[str]:
    """Keys, in lower case as AWS compares them, whose fixed value says who may call."""
    return frozenset(key.lower() for key in load("closing_conditions.json")["keys"])
