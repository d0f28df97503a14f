"""Partitions and their Regions. Source: ``regions.json``."""

from __future__ import annotations

from tap_templates.data import load


def partitions() -> tuple[str, ...]:
    """``("aws", "aws-cn", ...)``, sorted."""
    return tuple(load("regions.json")["partitions"])


def regions(partition: str | None = None) -> tuple[str, ...]:
    """Regions of ``partition``, or of all, sorted; none when there is no such partition."""
    table = load("regions.json")["partitions"]
    chosen = table.values() if partition is None else [table.get(partition, ())]
    return tuple(sorted(region for group in chosen for region in group))


def partition_of(region: str) -> str | None:
    """The partition that ``region`` is in, or None when there is no such Region."""
    return next((name for name, group in load("regions.json")["partitions"].items() if region in group), None)


def longest_region(partition: str | None = None) -> str:
    """The Region with the longest name of ``partition``, or of all: the worst case for a name that carries it."""
    return max(regions(partition), key=len, default="")
