"""How fast a rollout goes and how many failures it bears, in numbers or in per cent, as StackSets counts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from tap_templates.errors import UsageError


class Share(NamedTuple):
    """A number of accounts, or per cent of the accounts of a region."""

    number: int
    percent: bool = False

    def __str__(self) -> str:
        return f"{self.number}%" if self.percent else str(self.number)

    def of(self, accounts: int) -> int:
        """How many of ``accounts``; rounded down."""
        return accounts * self.number // 100 if self.percent else self.number


def share(text: str, *, option: str, least: int) -> Share:
    """``"3"`` or ``"20%"`` as a share.

    Raises:
        UsageError: Neither, or out of bounds.
    """
    found = re.fullmatch(r"([0-9]{1,9})(%?)", text.strip())
    remedy = f"use a number of accounts from {least} up, or per cent of them: {least}% to 100%"
    if not found:
        raise UsageError(option, found=text, remedy=remedy)
    said = Share(int(found[1]), bool(found[2]))
    if said.number < least or (said.percent and said.number > 100):
        raise UsageError(option, found=text, remedy=remedy)
    return said


class Preferences(NamedTuple):
    """Failures that a region bears, accounts at one time in a region, and whether regions take turns.

    Counted strictly, StackSets' default: no more accounts at one time than the failures that are still borne, plus one.

    Source: CloudFormation API reference, StackSetOperationPreferences; user guide, "Concurrency Mode".
    """

    failure_tolerance: Share = Share(0)
    concurrency: Share = Share(1)
    parallel_regions: bool = False

    def tolerated(self, accounts: int) -> int:
        """Failures that a region of so many accounts bears."""
        return self.failure_tolerance.of(accounts)

    def at_once(self, accounts: int, *, failed: int = 0) -> int:
        """Accounts at one time in a region of so many, after so many failures; 0 when it bears no more."""
        return max(0, min(max(1, self.concurrency.of(accounts)), self.tolerated(accounts) + 1 - failed))

    def as_argument(self, regions: Sequence[str]) -> dict[str, Any]:
        """``OperationPreferences`` of a call that goes to ``regions``."""
        tolerance = "FailureTolerancePercentage" if self.failure_tolerance.percent else "FailureToleranceCount"
        concurrency = "MaxConcurrentPercentage" if self.concurrency.percent else "MaxConcurrentCount"
        order = (
            {"RegionConcurrencyType": "PARALLEL"}
            if self.parallel_regions
            else {"RegionConcurrencyType": "SEQUENTIAL", "RegionOrder": list(regions)}
        )
        return {tolerance: self.failure_tolerance.number, concurrency: self.concurrency.number, **order}


FOR_READING = Preferences(Share(100, percent=True), Share(100, percent=True), parallel_regions=True)
"""Drift detection changes nothing: everywhere at once, whatever fails."""
