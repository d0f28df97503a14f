"""Which sides of conditions come together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tap_templates.checks.conditions import settled, uncovered
from tap_templates.checks.view import MISSING, Found, View

NO_VALUE = {"Ref": "AWS::NoValue"}


def exclusive(scenario: Mapping[str, bool]) -> bool:
    """Whether A and B are not both true."""
    return not (scenario.get("A") and scenario.get("B"))


VIEW = View({}, exclusive)


def forms(value: Any, **when: bool) -> list[tuple[Any, Mapping[str, bool]]]:
    """Each form of a value with its conditions."""
    return [(found.value, found.when) for found in settled(VIEW, Found((), value, when))]


def test_value_without_conditions_has_one_form() -> None:
    """It comes back as it is, without what has no value."""
    assert forms({"a": [1, NO_VALUE], "b": NO_VALUE}) == [({"a": [1]}, {})]


def test_conditions_inside_a_value_are_read_together() -> None:
    """One name has one side, wherever it stands."""
    value = {"a": {"Fn::If": ["A", 1, 2]}, "b": [{"Fn::If": ["A", 3, NO_VALUE]}]}

    assert forms(value) == [({"a": 1, "b": [3]}, {"A": True}), ({"a": 2, "b": []}, {"A": False})]
    assert forms(value, A=False) == [({"a": 2, "b": []}, {"A": False})]


def test_sides_that_exclude_each_other_do_not_come_together() -> None:
    """A and B are never both true here."""
    value = [{"Fn::If": ["A", "a", "-"]}, {"Fn::If": ["B", "b", "-"]}]

    assert [form for form, _ in forms(value)] == [["a", "-"], ["-", "b"], ["-", "-"]]


def test_whole_value_may_be_missing_or_malformed() -> None:
    """A side may leave it out; an If that is none stays."""
    assert forms({"Fn::If": ["A", NO_VALUE, 1]}) == [(MISSING, {"A": True}), (1, {"A": False})]
    assert forms({"Fn::If": ["A", 1]}) == [({"Fn::If": ["A", 1]}, {})]


@pytest.mark.parametrize(
    ("covers", "left"),
    [
        ([], {}),
        ([{}], None),
        ([{"A": True}], {"A": False}),
        ([{"A": True}, {"A": False}], None),
        ([{"A": True, "C": True}, {"A": False}], {"A": True, "C": False}),
        ([{"A": True, "C": True}, {"A": False}, {"C": False}], None),
        ([{"A": True, "B": False}, {"A": False}], None),
    ],
)
def test_what_is_left_uncovered_is_named(covers: list[dict[str, bool]], left: dict[str, bool] | None) -> None:
    """The first scenario that no cover reaches, or None."""
    assert uncovered(VIEW, {}, covers) == left


def test_covers_are_asked_for_below_the_conditions_given() -> None:
    """What cannot be together with them counts for nothing."""
    assert uncovered(VIEW, {"A": True}, [{"A": True}]) is None
    assert uncovered(VIEW, {"A": True}, [{"A": False}]) == {"A": True}


def test_too_many_conditions_count_as_uncovered() -> None:
    """Nobody waits for a hundred conditions to be tried out."""
    names = [f"C{number}" for number in range(100)]
    covers = [{name: True} for name in names] + [dict.fromkeys(names, False)]

    assert uncovered(View({}), {}, covers) == dict.fromkeys(names[:7], False)
