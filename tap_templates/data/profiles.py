"""What differs between environments: amounts only, never a control. Source: ``profiles.json``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import load


class Amount(NamedTuple):
    """One amount of the environments: what it means, what a smaller one saves, its bounds, and a value for each.

    ``requirement`` names the demand below which no value goes.
    """

    key: str
    means: str
    saves: str
    minimum: int
    maximum: int
    values: dict[str, int]
    requirement: str | None = None


@cache
def profiles() -> tuple[str, ...]:
    """Names of the profiles, the smallest environment first."""
    return tuple(load("profiles.json")["profiles"])


@cache
def amounts() -> dict[str, Amount]:
    """Every amount, by its key."""
    return {
        key: Amount(key, **{**row, "values": dict(zip(profiles(), row["values"], strict=True))})
        for key, row in load("profiles.json")["amounts"].items()
    }
