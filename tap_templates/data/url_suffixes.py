"""What ``AWS::URLSuffix`` is in each partition. Source: ``url_suffixes.json``."""

from __future__ import annotations

from tap_templates.data import load


def url_suffix(partition: str) -> str:
    """``amazonaws.com`` for ``aws``; that too for a partition that is not known."""
    return str(load("url_suffixes.json")["partitions"].get(partition, "amazonaws.com"))
