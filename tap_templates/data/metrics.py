"""CloudWatch metrics of AWS's namespaces and its agent: which, by which dimensions. Source: ``metrics.json``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tap_templates.data import entry, keys


class Namespace(NamedTuple):
    """What one service sends to CloudWatch."""

    source: str  # URL
    dimensions: tuple[str, ...]  # Names, of all its metrics together.
    metrics: tuple[str, ...]


@cache
def namespace(name: str) -> Namespace | None:
    """The namespace ``AWS/Lambda``, …, or None when the table does not have it."""
    row = entry("metrics.json", name)
    return None if row is None else Namespace(row["source"], tuple(row["dimensions"]), tuple(row["metrics"]))


def namespaces() -> tuple[str, ...]:
    """Names of the namespaces in the table, sorted."""
    return keys("metrics.json")
