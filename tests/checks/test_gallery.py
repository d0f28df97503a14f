"""What every rule says of the gallery: nothing, for all of it is known to be good; and of mutants of it: a lot."""

from __future__ import annotations

from collections import Counter

import pytest
from checks.test_every_rule import LOWEST_SCORE, OF_THE_ENGINE
from support.equivalent_mutants import EQUIVALENTS, why_good
from support.good_template_mutants import is_caught, mutants
from support.good_templates import good_templates

from tap_templates.checks.rule import HOLDS
from tap_templates.checks.rules import every_rule
from tap_templates.checks.view import View

pytestmark = pytest.mark.once


@pytest.mark.parametrize("name", good_templates())
def test_good_template_is_without_findings(name: str) -> None:
    """No rule fires on it, and none is undecided."""
    good = good_templates()[name]
    view = View(good.template)
    verdicts = [(rule.id, verdict) for rule in every_rule() for verdict in good.configured(rule).judge(view)]

    assert [(rule, verdict.message()) for rule, verdict in verdicts if verdict.result != HOLDS] == []


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_mutants_of_the_gallery_are_caught(every: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Nearly every mutant that is no longer good is found by the rule that names its place; each rule finds some."""
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for rule in every_rule():
        for demanding, mutant in mutants(rule, every):
            reason = why_good(demanding, mutant)
            if reason:
                good[reason] += 1
                continue
            made[rule.id] += 1
            caught[rule.id] += is_caught(demanding, mutant.template)
    score = caught.total() / made.total()
    below = {rule: f"{caught[rule]} of {made[rule]}" for rule in made if caught[rule] < made[rule]}
    with capsys.disabled():
        print(f"\nmutants of the gallery: {caught.total()} of {made.total()} caught ({score:.1%}), ", end="")
        print(f"{good.total()} still good; rules that missed some: {below or 'none'}")

    assert score >= LOWEST_SCORE, below
    assert [rule for rule in made if not caught[rule]] == []
    assert every > 1 or {rule.id for rule in every_rule()} - set(made) == set(OF_THE_ENGINE)
    assert every > 1 or set(good) == {each.reason for each in EQUIVALENTS}
