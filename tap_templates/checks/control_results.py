"""What verdicts say of controls: a control holds by its checks alone, and never by what no check shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS
from tap_templates.data.controls import IN_PART, NOT_COVERED, OUTSIDE, Control
from tap_templates.data.security_hub import Proof, hub_controls

SUPPRESSED = "suppressed"
HOLDS_IN_PART = "holds in part"
EXCLUDED = "excluded"
NOTHING = "nothing to judge"
WITH_VERDICTS = (FAILS, CANNOT_TELL, SUPPRESSED, HOLDS_IN_PART, HOLDS)
RESULTS = (*WITH_VERDICTS, NOTHING, NOT_COVERED, EXCLUDED, OUTSIDE)
WORST_FIRST = (FAILS, CANNOT_TELL, SUPPRESSED, HOLDS)


class ControlResult(NamedTuple):
    """One control of a framework, and what the checks say of it."""

    framework: str
    control: str  # "cis-aws 3.5"
    title: str
    result: str  # One of RESULTS.
    rules: tuple[str, ...]  # Checks that show it, without those that are excluded.
    security_hub: tuple[str, ...]  # Controls of Security Hub by which it is shown.
    reason: str  # Why it has no verdict, or what the checks leave open.

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**self._asdict(), "rules": list(self.rules), "security_hub": list(self.security_hub)}


def proven(
    controls: Sequence[Control], excluded: Mapping[str, str], rule: str, type_name: str, property_name: str
) -> Iterator[str]:
    """Names of the controls of which a verdict says something."""
    for control in controls:
        if any(proof.covers(rule, type_name, property_name) for proof in _followed(control, excluded)):
            yield control.name


def control_results(
    controls: Sequence[Control], said: Mapping[str, Collection[str]], excluded: Mapping[str, str], ran: Collection[str]
) -> Iterator[ControlResult]:
    """Every control with its result.

    Args:
        said: results of the verdicts that say something of a control, by its name
        excluded: why a control is not followed, by its name or by that of one that it is shown by
        ran: ids of the checks that ran
    """
    for control in controls:
        rules = tuple(sorted({proof.rule for proof in _followed(control, excluded)}))
        result, reason = _result(control, rules, said.get(control.name, ()), excluded, ran)
        shown_by = tuple(
            name
            for name in control.related
            if hub_controls()[name].proofs and f"{control.framework} {name}" not in excluded
        )
        yield ControlResult(control.framework, control.name, control.title, result, rules, shown_by, reason)


def _result(
    control: Control, rules: Sequence[str], said: Collection[str], excluded: Mapping[str, str], ran: Collection[str]
) -> tuple[str, str]:
    if control.name in excluded:
        return EXCLUDED, excluded[control.name]
    if control.state in (OUTSIDE, NOT_COVERED):
        return control.state, control.reason
    left_out = {proof.by: excluded[proof.by] for proof in control.proofs if proof.by in excluded}
    gaps = [f"Excluded: {name.partition(' ')[2]} ({reason})." for name, reason in left_out.items()]
    if not rules:
        return EXCLUDED, " ".join(gaps)
    idle = [rule for rule in rules if rule not in ran]
    if idle:
        gaps.append(f"Did not run: {', '.join(idle)}.")
    reason = " ".join([*gaps, *([control.reason] if control.reason else [])])
    if len(idle) == len(rules):
        return NOT_COVERED, reason
    worst = next((word for word in WORST_FIRST if word in said), NOTHING)
    if worst == HOLDS and (gaps or control.state == IN_PART):
        worst = HOLDS_IN_PART
    return worst, reason


def _followed(control: Control, excluded: Mapping[str, str]) -> Iterator[Proof]:
    """Proofs of a control, without those that are excluded."""
    if control.name not in excluded:
        yield from (proof for proof in control.proofs if proof.by not in excluded)
