"""Alarms on CloudTrail events that the CIS AWS Foundations Benchmark asks for. Source: ``cis_alarms.json``.

Where the benchmark and Security Hub differ, ``pattern`` is Security Hub's, because its check takes no other; ``note``
says how they differ.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from tap_templates.data import load


class CisAlarm(NamedTuple):
    """One event that must raise an alarm."""

    control: str  # Number in CIS AWS Foundations Benchmark 5.0.
    role: str  # For logical ids: RootUsage
    title: str  # What happened.
    pattern: str  # Metric filter pattern of CloudWatch Logs.
    threshold: int  # Events in one period.
    period_seconds: int
    controls: dict[str, Any]  # {"cis-aws": {"5.0": "4.3", ...}, "security-hub": "CloudWatch.1"}
    note: str  # How the benchmark and Security Hub differ, or nothing.
    source: str  # URL


@cache
def cis_alarms() -> tuple[CisAlarm, ...]:
    """Every alarm of the benchmark's chapter on monitoring, in its order."""
    return tuple(CisAlarm(**{"note": "", **row}) for row in load("cis_alarms.json")["alarms"])
