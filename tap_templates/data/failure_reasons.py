"""Reasons that CloudFormation gives for a failed resource, and what to do. Source: ``failure_reasons.json``."""

from __future__ import annotations

import re
from functools import cache

from tap_templates.data import load


def remedy_of_reason(reason: str) -> str | None:
    """What to do about a reason; None when the table has no such reason."""
    return next((remedy for pattern, remedy in _rows() if pattern.search(reason)), None)


@cache
def _rows() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = load("failure_reasons.json")["reasons"]
    return tuple((re.compile(row["pattern"], re.IGNORECASE), row["remedy"]) for row in rows)
