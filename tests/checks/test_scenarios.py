"""Whether something is there in every case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tap_templates.checks.references import references
from tap_templates.checks.scenarios import gap, in_words
from tap_templates.checks.view import View

FREE = View({})


@pytest.mark.parametrize(
    ("wanted", "there", "expected"),
    [
        ({}, [], {}),
        ({}, [{}], None),
        ({"A": True}, [{"A": True}], None),
        ({"A": True}, [{"A": False}], {"A": True}),
        ({}, [{"A": True}], {"A": False}),
        ({}, [{"A": True}, {"A": False}], None),
        ({}, [{"A": True}, {"A": False, "B": True}], {"A": False, "B": False}),
        ({}, [{"A": True}, {"B": True}, {"A": False, "B": False}], None),
        ({"B": True}, [{"A": True}, {"A": False, "B": True}], None),
    ],
)
def test_gap_is_a_case_in_which_it_is_missing(wanted: Any, there: Any, expected: Any) -> None:
    """None where every case is covered."""
    assert gap(FREE, wanted, there) == expected


def test_case_that_cannot_be_is_no_gap() -> None:
    """Conditions that exclude each other."""

    def possible(scenario: Mapping[str, bool]) -> bool:
        return scenario != {"IsDev": False, "IsProd": False}

    assert gap(View({}, possible), {}, [{"IsDev": True}, {"IsProd": True}]) is None
    assert gap(FREE, {}, [{"IsDev": True}, {"IsProd": True}]) == {"IsDev": False, "IsProd": False}


def test_case_in_words() -> None:
    """As it stands at the end of a remedy."""
    assert in_words({}) == ""
    assert in_words({"IsDev": False, "IsEu": True}) == " where IsDev does not hold and IsEu holds"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "A"}, ["A"]),
        ([{"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": "B.Arn"}], ["A", "B"]),
        ({"Fn::Sub": "${A.Arn} ${B} ${!C}"}, ["A", "B"]),
        ({"Fn::Sub": ["${A} ${B}", {"A": {"Ref": "C"}}]}, ["B", "C"]),
        ({"Fn::Sub": ["${A}", 3]}, ["A"]),
        ({"Fn::Sub": [1, 2, 3]}, []),
        ({"Fn::If": ["C", {"Ref": "A"}, [{"deep": {"Ref": "B"}}]]}, ["A", "B"]),
        ({"Ref": ["A"]}, []),
        ({"Fn::GetAtt": [1]}, []),
        ("A", []),
    ],
)
def test_references_of_a_value(value: Any, expected: list[str]) -> None:
    """Whatever it is made of."""
    assert list(references(value)) == expected
