"""What the embedded AWS does not apply, as data: a known gap is expected, a new one is a failure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GAPS_FILE = Path(__file__).with_name("gaps.json")
WHOLE_TYPE = "*"


@dataclass(frozen=True)
class Gap:
    """A property (dotted path, or ``*`` for the whole type) that the backend accepts or refuses, and does not apply."""

    type: str
    property: str
    reason: str


@cache
def _all_gaps() -> tuple[Gap, ...]:
    return tuple(Gap(**entry) for entry in json.loads(GAPS_FILE.read_text(encoding="utf-8"))["gaps"])


def known_gaps(resource_type: str | None = None) -> tuple[Gap, ...]:
    """The known gaps of one resource type, or all of them."""
    return tuple(gap for gap in _all_gaps() if resource_type in (None, gap.type))


def gap_reason(resource_type: str, path: str) -> str | None:
    """Why ``path`` is known not to be applied for this type, or a property it lies in; None when it has to be."""
    for gap in known_gaps(resource_type):
        if (
            gap.property == WHOLE_TYPE
            or path == gap.property
            or path.startswith((f"{gap.property}.", f"{gap.property}["))
        ):
            return gap.reason
    return None


def is_known_gap(resource_type: str, path: str) -> bool:
    """True when ``path``, or a property it lies in, is known not to be applied for this type."""
    return gap_reason(resource_type, path) is not None
