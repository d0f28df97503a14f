"""Whether something is there in every case: under each combination of conditions in which it is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from tap_templates.checks.view import Scenario, View


def gap(view: View, wanted: Scenario, there: Sequence[Scenario]) -> Scenario | None:
    """A case of ``wanted`` in which none of ``there`` holds, as the conditions that make it; None when all are covered.

    Args:
        wanted: conditions under which it must be there: ``{}`` for always
        there: conditions under which it is there, one mapping for each place that has it
    """
    left = [scenario for scenario in there if _agree(scenario, wanted)]
    if any(scenario.items() <= wanted.items() for scenario in left):
        return None
    if not left:
        return wanted
    name = next(name for name in left[0] if name not in wanted)
    for holds in (True, False):
        case = {**wanted, name: holds}
        found = gap(view, case, left) if view.is_possible(case) else None
        if found is not None:
            return found
    return None


def in_words(scenario: Scenario) -> str:
    """`` where IsProd does not hold``, or nothing for always."""
    parts = [f"{name} {'holds' if holds else 'does not hold'}" for name, holds in scenario.items()]
    return f" where {' and '.join(parts)}" if parts else ""


def _agree(one: Scenario, other: Scenario) -> bool:
    return all(other.get(name, holds) == holds for name, holds in one.items())
