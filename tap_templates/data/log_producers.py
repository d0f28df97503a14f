"""Types that write logs: which property names the log group, and where they write without it. Source: the JSON."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import load


class LogProducer(NamedTuple):
    """How one type writes its logs."""

    type: str
    property: str  # Dotted; * is any item.
    source: str  # URL
    default: str = ""  # What the name of its log group begins with where the property is missing; or it writes nothing.
    name: str = ""  # Property whose value follows that.


@cache
def log_producers() -> tuple[LogProducer, ...]:
    """All of them, sorted by type."""
    return tuple(LogProducer(type=name, **row) for name, row in load("log_producers.json")["types"].items())
