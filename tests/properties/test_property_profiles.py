"""A profile can never weaken a control: the amounts of an environment change no verdict of any check."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.blueprint_forms import EVERY_FORM, FORMS, PROFILES, asked_form, fixed_form

from tap_templates.blueprints import build
from tap_templates.checks.engine import configuration
from tap_templates.checks.rule import Rule
from tap_templates.checks.rules import every_rule
from tap_templates.checks.view import View
from tap_templates.data.profiles import Amount, amounts, profiles
from tap_templates.settings import Settings
from tap_templates.stack import Stack

pytestmark = pytest.mark.once

Verdicts = Counter[tuple[str, str, str]]
DEMANDED = {row.key: row.requirement for row in amounts().values() if row.requirement}
SAMPLE = [(name, next(iter(forms))) for name, forms in FORMS.items()]


def verdicts(stack: Stack) -> Verdicts:
    """Every rule, resource and result, with how often."""
    view = View(stack.to_dict())
    counted: Verdicts = Counter()
    for rule in rules(repr(stack.requirements), configuration(stack.requirements)):
        for verdict in rule.judge(view):
            counted[rule.id, str(verdict.path[1]) if len(verdict.path) > 1 else "", verdict.result] += 1
    return counted


_RULES: dict[str, list[Rule]] = {}


def rules(demands: str, configured: Any) -> list[Rule]:
    """Every rule, with the demands."""
    if demands not in _RULES:
        made = [type(rule)() for rule in every_rule()]
        for rule in made:
            rule.configure(configured.get(rule.id))
        _RULES[demands] = made
    return _RULES[demands]


@cache
def of_dev(name: str, form: str) -> Verdicts:
    """The verdicts in the smallest environment."""
    return verdicts(build(name, fixed_form(name, form, environment="dev")))


def values(row: Amount) -> st.SearchStrategy[int]:
    """What an amount may be set to: its bounds, what any requirement asks for at least, and between."""
    floor = min(row.maximum, 35) if row.requirement else row.minimum
    return st.sampled_from([floor, row.maximum]) | st.integers(floor, row.maximum)


@st.composite
def environments(draw: st.DrawFn) -> dict[str, Any]:
    """A team's own environment: its name, the profile that it resembles, and amounts of its own."""
    sizes = draw(st.fixed_dictionaries({}, optional={key: values(row) for key, row in amounts().items()}))
    name = draw(st.from_regex(r"[a-z][a-z0-9]{1,9}", fullmatch=True))
    return {"environment": name, "profile": draw(st.sampled_from(profiles())), "sizes": sizes}


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "dev"])
@pytest.mark.parametrize(("name", "form"), EVERY_FORM)
def test_every_profile_has_the_verdicts_of_dev(name: str, form: str, profile: str) -> None:
    """The same rules judge the same resources as often, with the same results."""
    found = verdicts(build(name, fixed_form(name, form, **PROFILES[profile])))

    assert found == of_dev(name, form)
    assert sum(found.values()) > 100


@pytest.mark.parametrize(("name", "form"), SAMPLE)
@settings(max_examples=8)
@given(environment=environments())
def test_amounts_of_a_team_change_no_verdict(name: str, form: str, environment: dict[str, Any]) -> None:
    """Whatever they are, within their bounds."""
    assert verdicts(build(name, fixed_form(name, form, **environment))) == of_dev(name, form)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "form"), EVERY_FORM)
@settings(max_examples=6)
@given(environment=environments())
def test_amounts_of_a_team_change_no_verdict_of_any_form(name: str, form: str, environment: dict[str, Any]) -> None:
    """The same, in every form of every blueprint."""
    assert verdicts(build(name, fixed_form(name, form, **environment))) == of_dev(name, form)


@pytest.mark.parametrize(("name", "form"), SAMPLE)
@settings(max_examples=5)
@given(sizes=environments().map(lambda environment: environment["sizes"]))
def test_amounts_change_no_verdict_where_the_environment_is_asked(name: str, form: str, sizes: dict[str, int]) -> None:
    """Neither where the profiles stand in a Mapping; without any amount in it, there is no Mapping to be counted."""
    found = verdicts(build(name, asked_form(name, form, sizes=sizes)))
    for limits in ("E9517", "W9517"):
        del found[limits, "", "holds"]
    expected = verdicts(build(name, asked_form(name, form)))

    assert found.items() <= expected.items()
    assert {rule for rule, _, _ in expected.keys() - found.keys()} == {"E9517", "W9517"}


def test_weaker_control_would_be_seen() -> None:
    """The comparison sees a single verdict that is another one."""
    weakened = build("data-store", Settings())
    weakened.template.resources["RecordsTable"].DeletionProtectionEnabled = False

    assert verdicts(weakened) != verdicts(build("data-store", Settings()))
