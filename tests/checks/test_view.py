"""The view: every value that a property can have, on each side of each condition."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.checks.view import MISSING, View, is_intrinsic

CONDITION = {"Fn::If": ["IsProd", "prod", "dev"]}


def values(properties: Any, dotted: str, **sections: Any) -> list[Any]:
    """What a property of one resource can be."""
    view = View({"Resources": {"It": {"Type": "A::B::C", "Properties": properties}}, **sections})
    [resource] = view.resources
    return [found.value for found in resource.get(dotted)]


@pytest.mark.parametrize(
    ("properties", "dotted", "expected"),
    [
        ({"A": 1}, "A", [1]),
        ({"A": {"B": 1}}, "A.B", [1]),
        ({"A": [{"B": 1}, {"B": 2}, {}]}, "A.*.B", [1, 2, MISSING]),
        ({"A": {"B": 1}}, "A.*.B", [1]),
        ({"A": []}, "A.*.B", [MISSING]),
        ({}, "A.B", [MISSING]),
        ({"A": "text"}, "A.B", [MISSING]),
        ([1], "A", [MISSING]),
        ({"A": CONDITION}, "A", ["prod", "dev"]),
        ({"A": {"Fn::If": ["C", {"B": 1}, {"Ref": "AWS::NoValue"}]}}, "A.B", [1, MISSING]),
        ({"A": {"Fn::If": ["C", {"Fn::If": ["C", 1, 2]}, 3]}}, "A", [1, 3]),
        ({"A": {"Fn::If": ["C", 1]}}, "A", [{"Fn::If": ["C", 1]}]),
        ({"A": {"Fn::Sub": "plain ${!left}"}}, "A", ["plain ${left}"]),
        ({"A": {"Fn::Sub": "${Open}"}}, "A", [{"Fn::Sub": "${Open}"}]),
        ({"A": {"Ref": "Closed"}}, "A", ["a", "b"]),
        ({"A": {"Ref": "Open"}}, "A", [{"Ref": "Open"}]),
        ({"A": {"Fn::FindInMap": ["M", "dev", "size"]}}, "A", [1]),
        ({"A": {"Fn::FindInMap": ["M", {"Ref": "Open"}, "size"]}}, "A", [1, 2]),
        ({"A": {"Fn::FindInMap": ["M", "dev", {"Ref": "Open"}]}}, "A", [1, 5]),
        ({"A": {"Fn::FindInMap": ["N", "dev", "size"]}}, "A", [{"Fn::FindInMap": ["N", "dev", "size"]}]),
        ({"A": {"Fn::FindInMap": ["M", "none", "size"]}}, "A", [{"Fn::FindInMap": ["M", "none", "size"]}]),
    ],
)
def test_values_of_a_property(properties: Any, dotted: str, expected: list[Any]) -> None:
    """Conditions, Parameters with AllowedValues and Mappings give each value; what is not there is missing."""
    sections = {
        "Parameters": {"Closed": {"AllowedValues": ["a", "b"]}, "Open": {"Type": "String"}},
        "Mappings": {"M": {"dev": {"size": 1, "count": 5}, "prod": {"size": 2}}},
    }

    assert values(properties, dotted, **sections) == expected


def test_found_says_where_and_when() -> None:
    """A value has its path, through the side of the condition, and the conditions under which it stands."""
    body = {"Type": "A::B::C", "Condition": "Made", "Properties": {"A": [CONDITION]}}
    [resource] = View({"Resources": {"It": body}}).resources

    assert [(found.path, dict(found.when)) for found in resource.get("A.*")] == [
        (("Resources", "It", "Properties", "A", 0, "Fn::If", 1), {"Made": True, "IsProd": True}),
        (("Resources", "It", "Properties", "A", 0, "Fn::If", 2), {"Made": True, "IsProd": False}),
    ]


def test_sides_that_exclude_each_other_are_left_out() -> None:
    """What the conditions cannot be together is not judged."""
    view = View({"Resources": {}}, satisfiable=lambda scenario: not (scenario.get("A") and scenario.get("B")))
    value = {"Fn::If": ["A", {"Fn::If": ["B", "both", "only A"]}, "not A"]}

    assert [found.value for found in view.alternatives(value)] == ["only A", "not A"]


def test_more_than_can_be_judged_is_said() -> None:
    """Conditions inside conditions end in one value that no rule can tell."""
    value: Any = 0
    for name in "ABCDEFGHIJKL":
        value = {"Fn::If": [name, value, value]}
    found = values({"A": value}, "A")

    assert len(found) == 1001
    assert is_intrinsic(found[-1])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "It"}, "It"),
        ({"Fn::GetAtt": ["It", "Arn"]}, "It"),
        ({"Fn::GetAtt": "It.Arn"}, "It"),
        ({"Fn::Sub": "${It.Arn}"}, "It"),
        ({"Fn::Sub": "${It.Arn}/*"}, None),
        ({"Fn::GetAtt": []}, None),
        ({"Ref": "Other"}, None),
        ({"Ref": ["It"]}, None),
        ({"Fn::Join": ["", []]}, None),
        ("It", None),
    ],
)
def test_what_a_value_refers_to(value: Any, expected: str | None) -> None:
    """Ref, GetAtt and a Sub of nothing else name a resource of the template."""
    found = View({"Resources": {"It": {"Type": "A::B::C"}}}).referred(value)

    assert (found.logical_id if found else None) == expected


def test_odd_templates_have_no_resources() -> None:
    """What is no resource is passed over."""
    assert View({"Resources": {"A": [], "B": {}, "C": {"Type": 5}}}).resources == ()
    assert View({"Resources": []}).resources == ()
