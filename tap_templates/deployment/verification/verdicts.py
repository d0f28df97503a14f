"""What a verification finds: one verdict for each value that the template states."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

APPLIED = "applied"
DIFFERENT = "different"
CANNOT_READ = "cannot read"
CANNOT_TELL = "cannot tell"
NOT_TOLD = "not told by any API"
KNOWN_GAP = "known gap"
STALE_GAP = "stale gap"
STATUSES = (APPLIED, DIFFERENT, CANNOT_READ, CANNOT_TELL, NOT_TOLD, KNOWN_GAP, STALE_GAP)
GOOD = (APPLIED, NOT_TOLD, KNOWN_GAP)
UNDECIDED = (CANNOT_READ, CANNOT_TELL)


@dataclass(frozen=True)
class Verdict:
    """One value: its resource, its dotted path (empty: the resource itself), and what became of it."""

    logical_id: str
    type: str
    path: str
    status: str
    expected: Any = None
    found: Any = None
    reason: str = ""

    @property
    def place(self) -> str:
        """``DataBucket.VersioningConfiguration.Status``."""
        return f"{self.logical_id}.{self.path}" if self.path else self.logical_id


@dataclass(frozen=True)
class Verification:
    """All verdicts on one stack, in the order of its template."""

    stack: str
    verdicts: tuple[Verdict, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many verdicts there are of each status, ``{"applied": 512, "different": 1, ...}``."""
        found = Counter(verdict.status for verdict in self.verdicts)
        return {status: found[status] for status in STATUSES}

    def of(self, *statuses: str) -> tuple[Verdict, ...]:
        """The verdicts of these statuses."""
        return tuple(verdict for verdict in self.verdicts if verdict.status in statuses)

    def failures(self, *, allow_undecided: bool = False) -> tuple[Verdict, ...]:
        """What keeps the stack from being verified: differences, stale gaps, and what could not be decided."""
        good = GOOD + UNDECIDED if allow_undecided else GOOD
        return tuple(verdict for verdict in self.verdicts if verdict.status not in good)
