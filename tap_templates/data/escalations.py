"""Ways in which somebody with some rights gets more of them. Source: ``escalations.json``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import load

OWN, PATH, PASS = "own", "path", "pass"


class Escalation(NamedTuple):
    """What is gained, the actions that together give it, the first of them deciding, and when they are sound."""

    name: str
    actions: tuple[str, ...]
    kind: str


@cache
def escalations() -> tuple[Escalation, ...]:
    """All that are known."""
    return tuple(
        Escalation(row["name"], tuple(row["actions"]), row["kind"]) for row in load("escalations.json")["escalations"]
    )


def kinds() -> dict[str, str]:
    """What each kind means, in one sentence."""
    return dict(load("escalations.json")["kinds"])
